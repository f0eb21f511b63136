# An abbreviation and the words it stands for find the same articles, and whichever occurs is marked.
keys() {
    echo "== $*: $(trabao search --db "$ARCHIVE" --format jsonl --limit all -- "$@" 2>/dev/null | jq -r .key |
        sort | md5sum | cut -c 1-8) $(trabao search --db "$ARCHIVE" --format json -- "$@" | jq .total)"
}
for query in UBND ubnd '"UBND"' 'ủy ban nhân dân' '"Uỷ ban nhân dân"' 'uy ban nhan dan' '=UBND' \
    TP.HCM '"TP.HCM"' 'TP HCM' tphcm 'thành phố Hồ Chí Minh' '"thanh pho ho chi minh"' \
    'sở GD-ĐT' 'sở giáo dục đào tạo' 'sở giáo dục và đào tạo' HĐND hdnd 'hội đồng nhân dân'; do
    keys "$query"
done
for query in UBND TP.HCM HĐND; do
    echo "== $query"
    trabao search --db "$ARCHIVE" --format json --limit all -- "$query" |
        jq -r '.hits[] | .snippet_html, .title_html | scan("<mark>[^<]*</mark>") | ascii_downcase' | sort -u
done
