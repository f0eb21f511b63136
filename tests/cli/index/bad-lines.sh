# One bad line costs one line: the others are indexed, the bad ones are counted and kept in the reject file.
{
    sed -n '1,3p' "$SAMPLES/tin-mau.jsonl"
    echo '{"title": "không đóng'
    echo '[1, 2, 3]'
    echo '{"url": "https://x.example/"}'
    echo '{"title": 7, "body": ["a"]}'
    printf '{"title": "\xff\xfe\x80", "body": "x"}\n'
    echo
    sed -n '4,5p' "$SAMPLES/tin-mau.jsonl"
} >mixed.jsonl
trabao index --db a.trabao --reject rejects.jsonl mixed.jsonl 2>err
echo "status $?"
sed -E 's/[0-9.]+ MB.*//' err
trabao export --db a.trabao | jq -r .title
jq -c 'del(.reason, .bytes, .text, .offset)' rejects.jsonl
