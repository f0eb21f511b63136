# An archive that cannot be written to is not called damaged. Permissions stop everybody but root.
cp "$ARCHIVE" a.trabao
chmod 444 a.trabao
trabao check --db a.trabao >out 2>err
echo "status $?: $(cat out err)" >said
if [ "$(id -u)" -eq 0 ]; then
    grep -qx 'status 0: ok' said || cat said
else
    grep -q '^status 74: .* cannot be written to, .*: check a copy$' said || cat said
fi
