# A name mistyped is found before any work is done, and no archive is made.
trabao index --db a.trabao "$SAMPLES/bao-mau.jsonl" bao-mua.jsonl
echo "status $?"
ls -A
