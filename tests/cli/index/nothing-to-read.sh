# An empty file, an empty folder, a folder without articles: each is status 66 or 65, and no archive is made.
: >empty.jsonl
mkdir -p folder/deep/deeper none
printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR' >folder/deep/a.png
printf '\n\n  \n' >folder/deep/deeper/blank.txt
for path in empty.jsonl none folder /dev/null; do
    trabao index --db a.trabao $path 2>err
    echo "$path: status $?"
    sort err
done
trabao index --db a.trabao - </dev/null
echo "stdin: status $?"
ls -A
