# Words typed without the blanks between them.
show() {
    trabao search --db "$ARCHIVE" --format json --limit 1 "$@" |
        jq -c '[.total, .understood, .suggestion, .warnings]'
}
show danang
show Danang
show gia caphe
show cà phê daklak
show title:lehoi OR caphe
show -- lehoi -caphe
# Foreign words, and what the archive does not have in parts, are what they are.
show covid facebook thoitiet
show =danang
show --strict danang
# All that stands side by side finds the same.
for query in caphe giavang lehoi mattran; do
    trabao search --db "$ARCHIVE" --format json $query | jq -c .total
done
for query in 'ca phe' 'gia vang' 'le hoi' 'mat tran'; do
    trabao search --db "$ARCHIVE" --format json "$query" | jq -c .total
done
