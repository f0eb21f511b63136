# A year of two digits and a date without separators are dates of records; in a query they are words, with a warning.
printf '%s\n' '{"id": "1", "title": "Một", "date": "06/05/24"}' '{"id": "2", "title": "Hai", "date": "31/12/99"}' \
    '{"id": "3", "title": "Ba", "date": 20240507}' '{"id": "4", "title": "Bốn", "date": "05/24/06"}' |
    trabao index --db a.trabao - 2>/dev/null
trabao export --db a.trabao | jq -c '[.id // .key, .date]'
trabao stats --db a.trabao | grep _date
trabao search --db a.trabao --format json date:06/05/24 | jq -r '.warnings[]'
