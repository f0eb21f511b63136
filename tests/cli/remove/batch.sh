# Keys come one a line from a file or standard input, with line ends of either kind; those that are not there are told
# and change nothing.
cp "$ARCHIVE" a.trabao
trabao export --db a.trabao | jq -r .key | head -n 4 >keys
{
    sed -n 1p keys
    echo
    echo https://nowhere.example/
    sed -n 2p keys | sed 's/$/\r/'
    sed -n 1p keys
} | trabao remove --db a.trabao --batch -
echo "status $?"
sed -n 3p keys >third
trabao remove --quiet --db a.trabao --batch third "$(sed -n 4p keys)"
echo "status $?"
cp a.trabao before
trabao remove --db a.trabao --batch third
echo "again: status $?"
trabao remove --quiet --db a.trabao https://nowhere.example/
echo "unknown: status $?"
trabao remove --db a.trabao --restore https://nowhere.example/
echo "not removed: status $?"
cmp a.trabao before
trabao remove --db a.trabao --batch absent
echo "no such file: status $?"
trabao export --db a.trabao | jq -r .key | head -n 1 | diff - <(trabao export --db "$ARCHIVE" | jq -r .key | sed -n 5p)
trabao check --db a.trabao
ls -A
