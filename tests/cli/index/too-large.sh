# A file that may not grow as large as the archive: that is told, and nothing stays behind.
for i in $(seq 2000); do
    echo "{\"id\": \"k$i\", \"title\": \"tin số $i\", \"body\": \"nội dung $i $RANDOM $RANDOM\"}"
done >all.jsonl
(
    ulimit -f 64
    trabao index --quiet --db a.trabao all.jsonl 2>err
    echo "status $?"
)
grep -c 'File too large' err
ls | tr '\n' ' '
