# The articles that a query finds, all of them, oldest first.
trabao export --db "$ARCHIVE" 'giá vàng' >found.jsonl
jq -r .key found.jsonl | sort >exported
trabao search --db "$ARCHIVE" --format jsonl --limit all 'giá vàng' 2>/dev/null | jq -r .key | sort | diff exported -
jq -r '.date // ""' found.jsonl | sort -c
trabao export --db "$ARCHIVE" xyzzyx
echo "status $?"
