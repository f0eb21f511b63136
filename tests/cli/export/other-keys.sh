# Other keys come out as they were read, so that the articles count as unchanged when they are indexed again.
echo '{"id":"1","title":"Một","n":[1.10,1e5,-0,123456789012345678901],"nul":"x\u0000y",
       "d":0.12345678901234567,"date":"31/02/2020","author":["An",7]}' | tr -d '\n' >one.jsonl
trabao index --quiet --db a.trabao one.jsonl
trabao export --db a.trabao | tee again.jsonl
trabao index --db a.trabao again.jsonl 2>&1 | grep -c ' 1 unchanged'
