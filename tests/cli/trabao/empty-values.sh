# What is empty, as a shell's variable may be, is not taken for something that was left away.
echo '{"title":"một"}' >one.jsonl
first_line() {
    "$@" >out 2>&1
    echo "status $?"
    head -n 1 out
    rm out
}
for command in index remove search suggest export; do
    first_line trabao $command --db '' one.jsonl
done
for command in stats check serve; do
    first_line trabao $command --db ''
done
first_line trabao index --db a.trabao --reject '' one.jsonl
first_line trabao search --db "$ARCHIVE" ''
first_line trabao export --db "$ARCHIVE" ''
first_line trabao export --db "$ARCHIVE" '' ''
trabao export --db "$ARCHIVE" | wc -l
ls -A
