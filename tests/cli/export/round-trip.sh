# An export is input again: the archive made of it exports the same.
trabao export --db "$ARCHIVE" >a.jsonl
trabao index --quiet --db b.trabao a.jsonl || echo "index: status $?"
trabao export --db b.trabao | cmp a.jsonl -
trabao export --db "$ARCHIVE" | jq -r .key | sort | uniq -d
