# Every reader of archives refuses what is none: status 66 for a missing file, 65 for another or a damaged one, and the
# message names the file and says what to do.
refused() {
    echo "== $1"
    shift
    for command in "search --db $1 gạo" "stats --db $1" "export --db $1" "check --db $1" "serve --db $1"; do
        # shellcheck disable=SC2086 # words without blanks
        timeout 10 trabao $command >out 2>err
        echo "${command%% *} $?: $(head -n 1 err)"
        cat out
    done
}
refused "missing" missing.trabao
mkdir folder
refused "a folder" folder
: >empty
refused "empty" empty
head -c 20000 "$SAMPLES/bao-mau.jsonl" >text
refused "text" text
sqlite3 other.db 'CREATE TABLE article(id)'
refused "another database" other.db
head -c 100000 "$ARCHIVE" >truncated
refused "cut off" truncated
mkfifo pipe
refused "a pipe" pipe
# A page that reads as nothing, one after the other: some command comes upon each of them, and says what to do.
size=$(stat -c %s "$ARCHIVE")
for ((page = 1; page < size / 16384; page++)); do
    cp "$ARCHIVE" page.trabao
    dd if=/dev/zero of=page.trabao bs=16384 seek=$page count=1 conv=notrunc status=none
    for command in "search --db page.trabao gạo" "index --db page.trabao $SAMPLES/bao-mau.jsonl"; do
        # shellcheck disable=SC2086 # words without blanks
        timeout 10 trabao $command >out 2>err
        status=$?
        if [ $status -gt 1 ] && { [ $status -ne 65 ] || ! grep -q reindex err; }; then
            echo "page $page: ${command%% *} $status: $(tail -n 1 err)"
        fi
    done
done
