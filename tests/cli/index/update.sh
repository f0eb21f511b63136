# A few articles are put into the archive there is: what comes out is, but for the order of articles of one day, what
# building it anew from all of them makes.
cp -r "$SAMPLES" samples
cp samples/bao-mau.jsonl all.jsonl
sed -i '3s/"title": *"/&Sửa: /' all.jsonl
{
    echo '{"url": "https://moi.example/1", "title": "Bài mới", "date": "2030-01-02", "body": "Từ mới: xyzzy."}'
    echo '{"url": "https://moi.example/2", "title": "Bài cũ", "date": "1901-05", "body": "Một bài rất cũ về gạo."}'
    echo '{"url": "https://moi.example/3", "title": "Không ngày", "body": "Bài này không có ngày."}'
} >>all.jsonl
trabao index --quiet --db a.trabao samples
trabao index --db a.trabao all.jsonl 2>err
sed -E 's/ in [0-9.]+ s.*//' err
trabao index --quiet --db b.trabao samples all.jsonl
for archive in a b; do
    trabao export --db $archive.trabao | sort >$archive.jsonl
done
diff a.jsonl b.jsonl
for query in xyzzy gạo 'title:sửa' 'cà phê' 'date:1901' 'không ngày' 'viet nam'; do
    for archive in a b; do
        trabao search --db $archive.trabao --format jsonl --limit all "$query" 2>/dev/null |
            jq -r .key | sort >$archive.keys
    done
    diff a.keys b.keys
    echo "$query: $(wc -l <a.keys)"
done
trabao check --db a.trabao
trabao stats --db a.trabao | grep -E '^(articles|undated|text_bytes|words|first_date|last_date):' >a.stats
trabao stats --db b.trabao | grep -E '^(articles|undated|text_bytes|words|first_date|last_date):' | diff a.stats -
