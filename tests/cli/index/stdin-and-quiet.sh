# `-` is standard input, compressed or not; --quiet says nothing when all is well.
trabao index --quiet --db a.trabao - <"$SAMPLES/tin-mau.jsonl"
gzip -c "$SAMPLES/tin-mau.jsonl" | trabao index --quiet --db b.trabao -
trabao export --db a.trabao >a.jsonl
trabao export --db b.trabao | cmp a.jsonl -
wc -l <a.jsonl
