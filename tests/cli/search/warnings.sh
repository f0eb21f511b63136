# What could not be read as typed is told in English, like everything the command line says; the JSON object is that of
# the HTTP interface, in Vietnamese.
for query in '"gạo' '((gạo' 'gạo)' 'OR gạo' 'g* gạo' 'date:31/02/2020 gạo' '-date:2020 gạo' '-date:mai gạo' '***' \
    "$(printf 'gạo %.0s' {1..70})"; do
    trabao search --db "$ARCHIVE" --format csv -- "$query" 2>&1 >/dev/null
    trabao search --db "$ARCHIVE" --format json -- "$query" | jq -r '.warnings[]'
done
