# An archive of another text version or format is refused with "reindex", by readers and by index itself; indexing it
# anew with --rebuild helps.
for change in 'PRAGMA user_version = 999' "UPDATE meta SET value = 0 WHERE name = 'text_version'"; do
    cp "$ARCHIVE" a.trabao
    sqlite3 a.trabao "$change"
    for command in "search --db a.trabao gạo" "stats --db a.trabao" "export --db a.trabao" "check --db a.trabao" \
        "serve --db a.trabao" "index --db a.trabao $SAMPLES/bao-mau.jsonl"; do
        # shellcheck disable=SC2086 # words without blanks
        timeout 10 trabao $command >out 2>err
        echo "${command%% *} $?: $(head -n 1 err)"
        head -n 1 out
    done
    trabao index --quiet --rebuild --db a.trabao "$SAMPLES/bao-mau.jsonl" && trabao stats --db a.trabao | grep articles
done
