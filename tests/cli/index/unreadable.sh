# A damaged file in a folder is a reject, and so is a link that leads nowhere; one that leads back is not followed. A
# link that was named leads to a file or is an error.
mkdir folder
cp "$SAMPLES/tin-mau.jsonl" folder/
gzip -nc "$SAMPLES/bao-mau.jsonl" | head -c 100 >folder/cut.jsonl.gz
ln -s nowhere folder/dangling.jsonl
ln -s . folder/loop
ln -s "$SAMPLES/tu-lieu.jsonl" link
trabao index --db a.trabao folder 2>err
echo "status $?"
sed -E 's/[0-9.]+ MB.*//' err
trabao index --quiet --db a.trabao link
trabao export --db a.trabao | wc -l
trabao index --db a.trabao folder/dangling.jsonl
echo "status $?"
