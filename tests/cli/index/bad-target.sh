# What cannot be written to is said at once, and what is no archive is not replaced without --rebuild.
trabao index --quiet --db nowhere/a.trabao "$SAMPLES/tin-mau.jsonl"
echo "no such folder: status $?"
mkdir folder
trabao index --quiet --db folder "$SAMPLES/tin-mau.jsonl"
echo "a folder: status $?"
echo "thư riêng" >letter.txt
trabao index --quiet --db letter.txt "$SAMPLES/tin-mau.jsonl"
echo "another file: status $?"
cat letter.txt
head -c 100000 "$ARCHIVE" >cut.trabao
trabao index --quiet --db cut.trabao "$SAMPLES/tin-mau.jsonl"
echo "a damaged archive: status $?"
trabao index --quiet --rebuild --db cut.trabao "$SAMPLES/tin-mau.jsonl" && trabao export --db cut.trabao | wc -l
ls -A
