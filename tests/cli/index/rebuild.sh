# --rebuild starts over: only what is named remains.
cp "$ARCHIVE" a.trabao
trabao index --quiet --rebuild --db a.trabao "$SAMPLES/tin-mau.jsonl"
trabao export --db a.trabao | wc -l
