# Many queries in one run, in TREC's form; a line that is no query costs that line alone.
printf 'q1\tgiá vàng\nq2\ttử vong\nno tab\n\tno id\nq4\t%s\nq3\tgạo\n' "$(printf 'a%.0s' {1..5000})" >batch.tsv
trabao search --db "$ARCHIVE" --limit 2 --format trec --batch batch.tsv >out 2>err
echo "status $?"
awk '{ print $1, $2, $4, $6 }' out
cut -c 1-120 err
trabao search --db "$ARCHIVE" --limit 2 --format trec --batch - <batch.tsv 2>/dev/null | cmp out -
trabao search --db "$ARCHIVE" --format trec --batch missing.tsv
echo "status $?"
