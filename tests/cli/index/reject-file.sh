# --reject writes over rejects of an earlier run and over nothing else: neither the archive, nor an input, nor any file.
cp "$ARCHIVE" a.trabao
printf '%s\n' '{"title":"một"}' 'hỏng' >one.jsonl
printf '%s\n' '{"title":"hai"}' '{"path":"one.jsonl"}' >two.jsonl
mkdir folder
cp one.jsonl folder/
ln a.trabao hard
ln -s a.trabao.lock link
ln one.jsonl again.jsonl
cp -a . ../before

refused() { # REJECT_FILE ARGUMENT...
    trabao index --reject "$@" 2>&1 | sed "s|$PWD|.|"
    echo "status ${PIPESTATUS[0]}"
    diff -r --no-dereference ../before .
}
for run in --quiet --dry-run; do
    for path in a.trabao ./a.trabao "$PWD/a.trabao" hard link a.trabao.lock a.trabao.building; do
        refused "$path" $run --db a.trabao one.jsonl
    done
    refused new.trabao $run --db new.trabao one.jsonl
    refused again.jsonl $run --db a.trabao two.jsonl one.jsonl
    refused one.jsonl $run --db a.trabao - <one.jsonl
    refused one.jsonl $run --rebuild --db a.trabao two.jsonl
    refused two.jsonl $run --db a.trabao one.jsonl
    refused folder/one.jsonl $run --db a.trabao folder
    refused kept $run --db a.trabao missing
done

# Where it may be written, the rejects are those of the last run.
trabao index --quiet --db a.trabao --reject kept two.jsonl one.jsonl
echo "status $?"
trabao index --quiet --db a.trabao --reject kept missing
jq -c '[.path, .number]' kept
trabao index --quiet --db a.trabao --reject kept one.jsonl
jq -c '[.path, .number]' kept
trabao index --quiet --db a.trabao --reject kept folder/../again.jsonl
jq -c '[.path, .number]' kept
echo '{"title":"ba"}' >good.jsonl
trabao index --quiet --db a.trabao --reject kept good.jsonl
echo "status $?"
cat kept
trabao index --quiet --db a.trabao --reject /dev/stdout one.jsonl | jq -c '[.path, .number]'
trabao index --quiet --db a.trabao --reject /dev/full one.jsonl 2>/dev/null
echo "status $?"
rm -r ../before
