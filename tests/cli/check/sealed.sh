# A changed value of a table that is made of the articles is found, in a new archive and in an updated one, and so is a
# seal that is missing.
echo '{"id": "1", "title": "tin mới"}' >one.jsonl
cp "$ARCHIVE" built
cp "$ARCHIVE" updated
trabao index --quiet --db updated one.jsonl
for archive in built updated; do
    echo "$archive: $(trabao check --db $archive 2>&1)"
    for change in "UPDATE ngrams SET slots = zeroblob(length(slots))" \
        "UPDATE impact SET block = CAST(substr(block, 1, length(block) - 1) || x'01' AS BLOB)" \
        "INSERT INTO removed VALUES(1, 1)" "DELETE FROM meta WHERE name = 'seal'"; do
        cp $archive changed
        sqlite3 changed "$change"
        trabao check --db changed >out 2>/dev/null
        status=$?
        echo "$(cut -d ' ' -f 1-3 <<<"$change"): status $status, $(head -n 1 out)"
    done
done
