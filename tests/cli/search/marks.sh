# Marks that were typed are meant; a query without marks finds every reading; a phrase with marks is never widened.
keys() {
    echo "== $*"
    trabao search --db "$ARCHIVE" --format jsonl --limit all "$@" 2>/dev/null | jq -r .key | sed 's|.*/||' | sort
}
keys 'tử vong'
keys 'tu vong'
keys '"từ vòng"'
keys --tier exact 'hoà bình'
keys --tier exact 'hòa bình'
keys --tier tone 'tư vong'
