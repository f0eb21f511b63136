# What the text says is what the JSON says, and both are what the export says.
trabao stats --db "$ARCHIVE" >text
trabao stats --db "$ARCHIVE" --format json >json
jq -r 'to_entries[] | "\(.key): \(.value)"' json | diff text -
[ "$(jq .articles json)" -eq "$(trabao export --db "$ARCHIVE" | wc -l)" ] || echo "articles differ"
[ "$(jq .file_bytes json)" -eq "$(stat -c %s "$ARCHIVE")" ] || echo "file size differs"
first=$(trabao export --db "$ARCHIVE" | jq -r 'select(.date) | .date' | head -n 1)
[[ $(jq -r .first_date json) == "$first"* ]] || echo "the first date is $first"
jq -r 'keys_unsorted[]' json
