# What indexing makes itself is no input: the archive, its lock, what a killed run left, the reject file. Another
# archive is, and one that cannot be read.
mkdir own
printf '%s\n' '{"title":"một"}' >own/one.jsonl
run() {
    trabao index "$@" 2>&1 | grep -E '^own.*: (empty|format|parse):|files:|no article'
    echo "status ${PIPESTATUS[0]}"
}
run --db own/x.db --reject own/r.jsonl own
run --db own/x.db --reject own/r.jsonl own
cp own/x.db own/x.db.building
ln own/x.db own/hard
ln -s x.db own/link
run --dry-run --db own/link --rebuild --reject own/r.jsonl own
run --db own/x.db own/[ox]*
run --db own/x.db own/x.db
echo hỏng >own/two.jsonl
run --db own/x.db --reject own/r.jsonl own
jq -r .path own/r.jsonl
cp own/x.db own/other.db
run --db own/x.db --reject own/r.jsonl own
