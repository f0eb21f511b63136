# An archive may become empty, is sound then too, and is filled again by what was not removed.
cp "$ARCHIVE" a.trabao
trabao export --db a.trabao | jq -r .key | trabao remove --quiet --db a.trabao --batch -
echo "status $?"
trabao check --db a.trabao
trabao export --db a.trabao
echo "export: status $?"
trabao index --quiet --db a.trabao "$SAMPLES/tin-mau.jsonl"
echo "all removed: status $?"
echo '{"url": "https://moi.example/", "title": "Bài mới"}' | trabao index --quiet --db a.trabao -
trabao export --db a.trabao | jq -r .title
trabao check --db a.trabao
