# Files that cannot be opened because too many are open are no rejects: the run ends, and the archive is what it was.
mkdir folder
for i in 1 2 3; do
    echo "{\"id\": \"$i\", \"title\": \"tin $i\"}" >folder/$i.jsonl
done
for ((n = 3; n < 20; n++)); do
    rm -f a.trabao*
    (ulimit -n $n && timeout 20 trabao index --quiet --db a.trabao folder) 2>err
    status=$?
    [ $status -ne 1 ] && [ $status -ne 65 ] || echo "$n descriptors: status $status: $(cat err)"
    [ ! -e a.trabao ] || break
done
trabao export --db a.trabao | wc -l
