# A first run adds everything, a second finds nothing changed, and what is changed is replaced.
cp -r "$SAMPLES" samples
counts() {
    trabao index --db a.trabao "$@" 2>err || echo "status $?"
    sed -nE 's/^([0-9]+ files: .*)/\1/p; s/^(a.trabao: [0-9]+ articles).*/\1/p; s/^(a.trabao: unchanged)$/\1/p' err
}
counts samples
cp a.trabao before
counts samples
cmp before a.trabao && echo "the file is the same"
sed -i '1s/"title": *"/&Sửa: /' samples/bao-mau.jsonl
counts samples/bao-mau.jsonl
trabao search --db a.trabao --format jsonl 'title:sửa' 2>/dev/null | jq -r .title
trabao export --db a.trabao | wc -l
ls -A
