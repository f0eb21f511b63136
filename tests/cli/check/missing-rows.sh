# An article without its row, without its words, or with an id that no number leads to: every command says so, and none
# goes on as if it were some other article.
for i in $(seq 40); do
    echo "{\"id\": \"k$i\", \"title\": \"tin số $i\", \"body\": \"nội dung $i\", \"date\": \"2020-01-$((i % 28 + 1))\"}"
done >all.jsonl
sed 's/nội dung/thân bài/' all.jsonl >changed.jsonl
head -n 1 changed.jsonl >one.jsonl
trabao index --quiet --db sound all.jsonl
for change in "DELETE FROM article WHERE record_id = 'k5' OR key = 'k5'" \
    "DELETE FROM words WHERE id = (SELECT id FROM article WHERE key = 'k5')" \
    "UPDATE words SET id = 9000000000000000000 WHERE id = (SELECT id FROM article WHERE key = 'k1');
     UPDATE article SET id = 9000000000000000000 WHERE key = 'k1'"; do
    cp sound broken
    sqlite3 broken "$change"
    echo "$(head -c 11 <<<"$change"):" "$(sqlite3 broken 'SELECT count(*) FROM article')" \
        "$(sqlite3 broken 'SELECT count(*) FROM words')"
    trabao check --db broken >out 2>err
    echo "check: status $?, $(wc -l <out | tr -d ' ') lines, $(tail -n 1 err)"
    head -n 30 changed.jsonl >most.jsonl
    [[ $change == DELETE* ]] && sed -i '/"k5"/d' most.jsonl
    cp broken rebuilt
    trabao index --quiet --db rebuilt most.jsonl 2>err
    echo "index: status $?, $(wc -l <err | tr -d ' ') lines, $(grep -c 'reindex' err) with advice"
    cp broken cut
    trabao remove --quiet --db cut k1 2>err
    echo "remove: status $?, $(grep -c 'has no number' err) without a number"
done
