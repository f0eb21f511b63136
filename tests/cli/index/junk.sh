# Bytes that are no text are rejects with a reason; they cost nothing but themselves.
seq 1 20000 | gzip -9n | tail -c 20000 >junk.bin
head -c 300 "$SAMPLES/bao-mau.jsonl" >truncated.jsonl
sed -n '2p' "$SAMPLES/bao-mau.jsonl" >good.jsonl
gzip -nc good.jsonl | head -c 200 >cut.jsonl.gz
printf '\0\0\0\0' >zeros
tar -cf files.tar good.jsonl
python3 -c 'import zipfile; zipfile.ZipFile("files.zip", "w").write("good.jsonl")'
python3 -c 'print("Bài báo một\n" * 9)' | iconv -t UTF-32 >utf-32
for path in files.tar files.zip utf-32 junk.bin truncated.jsonl cut.jsonl.gz zeros; do
    trabao index --db a.trabao $path 2>err
    echo "$path: status $?"
    sort err | cut -c 1-200
done
trabao index --db a.trabao --reject rejects.jsonl junk.bin truncated.jsonl cut.jsonl.gz zeros good.jsonl 2>/dev/null
echo "together: status $?"
trabao export --db a.trabao | jq -r .title
jq -r '[.path, .number, .step] | @tsv' rejects.jsonl
