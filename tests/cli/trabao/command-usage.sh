# What makes no sense to a command is refused with status 64, a word on stderr and nothing on stdout.
refused() {
    trabao "$@" >out 2>err </dev/null
    echo "status $?: $(head -n 1 err)"
    cat out
}
for command in index remove search serve check stats export; do
    refused $command
    refused $command --db "$ARCHIVE" --frobnicate x
    refused $command --db
done
refused index --db a.trabao
refused index --db a.trabao --format docx x
refused index --db a.trabao --threads 0 x
refused index --db a.trabao --threads many x
refused search --db "$ARCHIVE"
refused search --db "$ARCHIVE" --limit 0 gạo
refused search --db "$ARCHIVE" --limit -1 gạo
refused search --db "$ARCHIVE" --limit 10x gạo
refused search --db "$ARCHIVE" --sort best gạo
refused search --db "$ARCHIVE" --tier loose gạo
refused search --db "$ARCHIVE" --format xml gạo
refused search --db "$ARCHIVE" --from yesteryear gạo
refused search --db "$ARCHIVE" --to 2020-13-40 gạo
refused search --db "$ARCHIVE" --batch "$SAMPLES/bao-mau.jsonl" gạo
refused search --db "$ARCHIVE" --strict '"gạo'
refused stats --db "$ARCHIVE" extra
refused stats --db "$ARCHIVE" --format xml
refused export --db "$ARCHIVE" --format xml
refused analyze --format xml gạo
refused serve --db "$ARCHIVE" --listen nowhere
refused serve --db "$ARCHIVE" --listen 127.0.0.1:99999
refused serve --db "$ARCHIVE" --threads 0
