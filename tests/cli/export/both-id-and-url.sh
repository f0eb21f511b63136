# A record with an address keeps its id, and one that is known by its id alone is exported with it once.
printf '%s\n' '{"id":"r-1","url":"https://a.example/1","title":"Một","body":"Bài thứ nhất."}' \
    '{"id":"r-2","title":"Hai","body":"Bài thứ hai."}' '{"title":"Ba","body":"Bài thứ ba."}' >three.jsonl
trabao index --quiet --db ids.trabao three.jsonl
trabao export --db ids.trabao | jq -c '[.key, .id, .url]' | sort
trabao export --db ids.trabao >again.jsonl
trabao index --db ids.trabao again.jsonl 2>&1 | grep -c ' 3 unchanged'
