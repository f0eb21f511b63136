# As grep: nothing found is status 1, and not an error.
trabao search --db "$ARCHIVE" --format jsonl xyzzyx 2>err
echo "status $?"
sed -E 's/[0-9.,]+ ms/N ms/' err
trabao search --db "$ARCHIVE" --format json xyzzyx | jq -c '[.total, .hits]'
