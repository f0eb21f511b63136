# A filter needs no query beside it; without either there is nothing to search for.
trabao search --db "$ARCHIVE" --author 'Vũ Hải' --sort oldest --format jsonl 2>/dev/null |
    jq -r '[.date, .author] | @tsv'
trabao search --db "$ARCHIVE" --from 2024-03-08 --to 2024-03-08 --format csv | tail -n +2 | wc -l
trabao search --db "$ARCHIVE" --name 'Nguyễn' --format json | jq '.query, .total > 0'
trabao search --db "$ARCHIVE" --sort newest 2>err
echo "status $?: $(head -n 1 err)"
