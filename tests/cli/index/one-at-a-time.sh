# A second writer of the same archive is refused while the first one works, and the first one is not disturbed.
mkfifo slow
trabao index --quiet --db a.trabao - <slow &
first=$!
exec 3>slow
cat "$SAMPLES/tin-mau.jsonl" >&3
for ((i = 0; i < 100; i++)); do
    [ ! -e a.trabao.lock ] || break
    sleep 0.05
done
trabao index --quiet --db a.trabao "$SAMPLES/bao-mau.jsonl"
echo "second: status $?"
trabao remove --quiet --db a.trabao https://tinmau.example/
echo "third: status $?"
exec 3>&-
wait $first
echo "first: status $?"
trabao export --db a.trabao | wc -l
ls -A
