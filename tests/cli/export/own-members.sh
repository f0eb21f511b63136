# What a record has under a key of the house that is of no use to it is exported as it was read: nothing is dropped.
printf '%s\n' '{"id":["8"],"title":"một"}' '{"id":1.50,"title":"hai"}' '{"id":true,"title":"ba","key":"k"}' \
    '{"id":"4","title":"bốn","key":"k","category":["x",7],"section":"Mục","url":{"a":1},"reads":"nhiều"}' \
    '{"url":"https://a.example/5","title":"năm","id":{"$oid":"5"},"key":"k"}' >records.jsonl
trabao index --quiet --db a.trabao records.jsonl
trabao export --db a.trabao | jq -c 'del(.[] | nulls)' | tee again.jsonl
trabao index --db a.trabao again.jsonl 2>&1 | grep files:
