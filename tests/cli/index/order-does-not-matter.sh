# The archive is the same whatever the order of files and the number of threads.
cp -r "$SAMPLES" samples
trabao index --quiet --threads 1 --db a.trabao samples/pages samples/*.jsonl
trabao index --quiet --threads 4 --db b.trabao samples/tu-lieu.jsonl samples/pages samples/tin-mau.jsonl \
    samples/bao-mau.jsonl
trabao export --db a.trabao >a.jsonl
trabao export --db b.trabao | cmp a.jsonl -
