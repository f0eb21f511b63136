# What cannot be written is an error, for every command that prints.
status() {
    "$@" >/dev/full 2>err
    echo "$?: $(tail -n 1 err)"
}
status trabao --help
status trabao --version
status trabao search --db "$ARCHIVE" gạo
status trabao search --db "$ARCHIVE" --format json gạo
status trabao stats --db "$ARCHIVE"
status trabao export --db "$ARCHIVE"
status trabao check --db "$ARCHIVE"
status trabao analyze gạo
