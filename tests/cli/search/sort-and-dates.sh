# --sort and --from/--to: dates ascend or descend and lie where they were asked to lie; totals are exact.
dates() {
    echo "== $*"
    trabao search --db "$ARCHIVE" --format jsonl --limit 4 "$@" 2>/dev/null | jq -r .date
}
dates --sort newest báo
dates --sort oldest báo
dates --sort oldest --from 2020 --to 2020-12 và
dates --sort newest --to 31/12/1999 và
dates --sort newest --from 2090 và
trabao search --db "$ARCHIVE" --format json --from 2020 --to 2020 và | jq .total
trabao search --db "$ARCHIVE" --format jsonl --limit all --from 2020 --to 2020 và 2>/dev/null | wc -l
