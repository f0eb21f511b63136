# Hidden files and folders inside folders are passed over, and counted; one that is named itself is read.
mkdir -p folder/deep folder/.git
cp "$SAMPLES/bao-mau.jsonl" folder/.hidden.jsonl
cp "$SAMPLES/bao-mau.jsonl" folder/.git/objects
printf '{"title": "một"}\n' >folder/one.jsonl
printf '{"title": "hai"}\n' >folder/deep/two.jsonl
: >folder/deep/.keep
trabao index --db a.trabao folder 2>&1 | head -n 1
printf '{"title": "ba"}\n' >folder/.three.jsonl
trabao index --db a.trabao folder/deep folder/.three.jsonl 2>&1 | head -n 1
trabao index --db a.trabao folder/one.jsonl 2>&1 | head -n 1
