# The first and the last date are given as precisely as known, and no more precisely than days.
printf '%s\n' '{"id": "1", "title": "Một", "date": "1975"}' '{"id": "2", "title": "Hai", "date": "2020-07"}' |
    trabao index --quiet --db a.trabao -
trabao stats --db a.trabao | grep _date
echo '{"id": "3", "title": "Ba", "date": "2020-07-20T14:30:00"}' | trabao index --quiet --db a.trabao -
trabao stats --db a.trabao | grep _date
