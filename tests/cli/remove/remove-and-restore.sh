# What was removed is not found, not exported and not indexed again, until that is lifted.
cp "$ARCHIVE" a.trabao
cp -r "$SAMPLES" samples
key=https://tinmau.example/gia-ca-phe-ky-luc-dak-lak
other=https://baomau.example/kinh-te/ca-phe-dak-lak-cham-90000-2024030807.html
titles() {
    trabao export --db a.trabao 'cà phê date:2024-03' | jq -r .title
}
last_lines() {
    sed -E 's/ in [0-9.]+ s.*//; s/, [0-9.]+ MB.*//' err
}
removed() {
    trabao stats --db a.trabao | grep -E '^(generation|articles|removed):' | paste -sd' '
}
titles
trabao remove --db a.trabao $key
echo "status $?"
titles
removed
trabao check --db a.trabao
trabao index --db a.trabao samples/tin-mau.jsonl 2>err
last_lines
trabao index --rebuild --db a.trabao samples/*.jsonl 2>err
last_lines
removed
titles
trabao remove --db a.trabao $key $other
trabao remove --restore --db a.trabao $key
removed
trabao index --db a.trabao samples/*.jsonl 2>err
last_lines
titles
trabao check --db a.trabao
ls -A
