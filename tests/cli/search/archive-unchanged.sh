# Reading an archive writes nothing: neither the file nor anything beside it, even when it may not be written to.
mkdir folder
cp "$ARCHIVE" folder/a.trabao
chmod 444 folder/a.trabao
chmod 555 folder
cksum <folder/a.trabao >before
trabao search --db folder/a.trabao gạo >/dev/null 2>&1 || echo "search: status $?"
trabao stats --db folder/a.trabao >/dev/null || echo "stats: status $?"
trabao export --db folder/a.trabao >/dev/null || echo "export: status $?"
trabao check --db folder/a.trabao >/dev/null 2>&1 || echo "check: status $?"
cksum <folder/a.trabao | cmp before -
ls -A folder
