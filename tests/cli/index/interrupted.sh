# SIGTERM ends the indexer with a word and status 75; the archive is what it was, and nothing is left lying about.
cp "$ARCHIVE" a.trabao
mkfifo slow
trabao index --db a.trabao - <slow 2>err &
indexer=$!
exec 3>slow
cat "$SAMPLES/tin-mau.jsonl" >&3
for ((i = 0; i < 100; i++)); do
    [ ! -e a.trabao.lock ] || break
    sleep 0.05
done
kill -TERM $indexer
sleep 0.2
exec 3>&-
wait $indexer
echo "status $?"
tail -n 1 err
cmp a.trabao "$ARCHIVE"
ls -A
