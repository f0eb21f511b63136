# Changed bytes in the middle of any part are found, or do no harm: then the export is as it was.
trabao export --db "$ARCHIVE" >good.jsonl
size=$(stat -c %s "$ARCHIVE")
for ((i = 1; i < 24; i++)); do
    cp "$ARCHIVE" a.trabao
    printf '\xa5\x5a\xa5\x5a\xa5\x5a\xa5\x5a' | dd of=a.trabao bs=1 seek=$((size * i / 24)) conv=notrunc status=none
    timeout 20 trabao check --db a.trabao >out 2>&1
    status=$?
    if [ $status -eq 0 ]; then
        trabao export --db a.trabao 2>&1 | cmp -s good.jsonl - || echo "place $i: check passes, the export is another"
    elif [ $status -ne 65 ]; then
        echo "place $i: status $status: $(tail -n 1 out)"
    fi
done
