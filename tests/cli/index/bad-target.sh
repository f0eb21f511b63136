# What cannot be written to is said at once, and what is no archive is not replaced, not even with --rebuild.
trabao index --quiet --db nowhere/a.trabao "$SAMPLES/tin-mau.jsonl"
echo "no such folder: status $?"
mkdir folder
echo "thư riêng" >letter.txt
sqlite3 other.db 'CREATE TABLE riêng(a)'
: >empty
cp other.db before.db
for option in --quiet --rebuild; do
    for target in folder letter.txt other.db empty; do
        trabao index --quiet $option --db $target "$SAMPLES/tin-mau.jsonl"
        echo "$target: status $?"
    done
done
cat letter.txt
cmp other.db before.db
head -c 100000 "$ARCHIVE" >cut.trabao
trabao index --quiet --db cut.trabao "$SAMPLES/tin-mau.jsonl"
echo "a damaged archive: status $?"
trabao index --quiet --rebuild --db cut.trabao "$SAMPLES/tin-mau.jsonl" && trabao export --db cut.trabao | wc -l
ls -A
