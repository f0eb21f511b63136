# The same with permissions, which stop everybody but root.
mkdir folder
cp "$SAMPLES/tin-mau.jsonl" folder/
echo '{"title": "kín"}' >folder/closed.jsonl
chmod 000 folder/closed.jsonl
trabao index --quiet --db a.trabao folder 2>err
status=$?
articles=$(trabao export --db a.trabao | wc -l)
if [ "$(id -u)" -eq 0 ]; then
    [ "$status $articles" = "0 13" ] || echo "as root: status $status, $articles articles"
else
    [ "$status $articles" = "1 12" ] || echo "status $status, $articles articles"
fi
