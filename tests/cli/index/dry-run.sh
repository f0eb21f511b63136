# --dry-run reads and counts, and writes nothing.
trabao index --dry-run --db a.trabao "$SAMPLES"/*.jsonl
echo "status $?"
cp "$ARCHIVE" b.trabao
trabao index --dry-run --db b.trabao "$SAMPLES/bao-mau.jsonl"
cmp b.trabao "$ARCHIVE"
ls -A
