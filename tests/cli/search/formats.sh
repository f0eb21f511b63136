# Each format has the same hits in the same order.
for format in json jsonl csv trec text; do
    trabao search --db "$ARCHIVE" --limit 5 --format $format 'giá vàng' >$format 2>/dev/null ||
        echo "$format: status $?"
done
jq -r '.hits[].key' json >keys
jq -r .key jsonl | diff keys - && awk '{ print $3 }' trec | diff keys -
[ "$(wc -l <csv)" -eq $(($(wc -l <keys) + 1)) ] || echo "csv: not a header and a line a hit"
while read -r key; do
    grep -qF "$key" csv || echo "csv lacks $key"
done <keys
awk '{ print $1, $2, $4, $6, NF }' trec
jq -r '.hits[0] | keys_unsorted | @tsv' json
jq -c '[.query, .understood, .total, .total_relation, (.hits | length)]' json
head -n 1 csv
