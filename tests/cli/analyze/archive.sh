# With an archive: the words that each finds, by tier, and the query with abbreviations and what they stand for as one.
trabao analyze --db "$ARCHIVE" 'tử vong ubnd' '"30/4"'
trabao analyze --db "$ARCHIVE" --format json 'uy ban nhan dan' | jq -c '.query, (.tokens[3].found | map(.form))'
head -c 5000 /dev/zero | tr '\0' a | trabao analyze --db "$ARCHIVE" --format json | jq -c '.query'
trabao analyze --db absent.trabao x
echo "status $?"
