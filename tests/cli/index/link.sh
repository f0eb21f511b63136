# An archive named by a link is replaced where it lies, and the link goes on leading to it.
mkdir archives
cp "$ARCHIVE" archives/2024.trabao
ln -s archives/2024.trabao current
echo '{"id": "1", "title": "tin mới"}' >one.jsonl
trabao index --quiet --db current one.jsonl || echo "index: status $?"
trabao remove --quiet --db current "$(trabao export --db current | head -n 1 | jq -r .key)" || echo "remove: status $?"
[ -L current ] || echo "the link is gone"
trabao stats --db archives/2024.trabao | grep -E '^(generation|articles):'
ls -A . archives
