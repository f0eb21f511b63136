#!/usr/bin/env bash
# Hours of load on one server while its archive is replaced: BUILD=build [SOAK_SECONDS=3600] tests/soak/run.sh
#
# curl asks for every kind of page and answer, several requests at a time; each round changes an article of the archive,
# so that the server takes up a new generation again and again. No request may fail, /healthz must name each
# new generation, and from the warm server (after a tenth of the time) to the end memory may grow by a tenth and 8 MB,
# open files and threads by nothing. SIGTERM must end the server with status 0. SOAK_DB names another archive to
# search; then it is not replaced.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 74
. tests/count.sh

program=$(realpath "${BUILD:-build}/trabao")
seconds=${SOAK_SECONDS:-3600}
scratch=$(mktemp -d)
server=
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
    [ -z "$server" ] || kill -9 "$server" 2>/dev/null
    rm -rf "$scratch"
}
trap clean_up EXIT

db=${SOAK_DB:-$scratch/a.trabao}
mapfile -t articles < <(find "$PWD/corpus/samples" -mindepth 1 -maxdepth 1 | sort)

start_server() {
    local _
    "$program" serve --db "$db" --listen 127.0.0.1:0 2>"$scratch/server.log" &
    server=$!
    for _ in {1..100}; do
        base=$(sed -nE 's/^Listening on (http:[^ ]+)$/\1/p' "$scratch/server.log")
        [ -z "$base" ] || return 0
        sleep 0.1
    done
    return 1
}

# One curl configuration: every kind of page and answer, for each of the judged queries.
write_requests() {
    local query encoded path
    while IFS=$'\t' read -r _ query _; do
        encoded=$(jq -rn --arg q "$query" '$q | @uri')
        for path in "search?q=$encoded" "api/v1/search?q=$encoded&limit=100&duplicates=fold" \
            "api/v1/search?q=$encoded&sort=newest&total=none"; do
            printf 'url = "%s/%s"\noutput = /dev/null\n' "$base" "$path"
        done
    done <tests/relevance/judged/queries.tsv >"$scratch/requests"
    while read -r path; do
        printf 'url = "%s%s"\noutput = /dev/null\n' "$base" "$path"
    done < <(
        printf '/\n/healthz\n/readyz\n/api/v1/stats\n'
        curl -s "$base/api/v1/search?q=b%C3%A1o&limit=20" | jq -r '.hits[].href'
    ) >>"$scratch/requests"
}

# Prints the status of each answer that is not 200.
ask_all() {
    curl --silent --show-error --no-progress-meter --parallel --parallel-max 16 --write-out '%{http_code} %{url}\n' \
        --config "$scratch/requests" >"$scratch/answers" 2>"$scratch/curl.log"
    grep -v '^200 ' "$scratch/answers"
    cat "$scratch/curl.log"
}

# Memory in kB, open files, threads.
usage_of_server() {
    local kb files threads
    kb=$(awk '/^VmRSS/ { print $2 }' "/proc/$server/status")
    threads=$(awk '/^Threads/ { print $2 }' "/proc/$server/status")
    files=$(find "/proc/$server/fd" -mindepth 1 | wc -l)
    echo "$kb $files $threads"
}

# Publishes a new generation, in which one article has changed, and waits until it is served.
replace_archive() { # ROUND
    local before _
    before=$(curl -s "$base/healthz" | jq .generation)
    jq -nc --arg round "$1" '{id: "soak", title: "Vòng \($round)", body: "Bài báo của vòng thứ \($round)."}' |
        "$program" index --quiet --db "$db" --format jsonl - || return 1
    for _ in {1..50}; do
        [ "$(curl -s "$base/healthz" | jq .generation)" = "$before" ] || return 0
        sleep 0.1
    done
    echo "generation $before is still served"
    return 1
}

run_rounds() {
    local end=$((SECONDS + seconds)) warm_at=$((SECONDS + seconds / 10)) bad asking
    rounds=0 requests=0 warm=
    while [ $SECONDS -lt $end ]; do
        ask_all >"$scratch/bad" &
        asking=$!
        if [ -z "${SOAK_DB:-}" ] && ! bad=$(replace_archive "$rounds" 2>&1); then
            failed "round $rounds: the new archive is not served: $bad"
            return
        fi
        wait $asking
        if [ -s "$scratch/bad" ]; then
            failed "round $rounds: $(head -n 5 "$scratch/bad")"
            return
        fi
        requests=$((requests + $(wc -l <"$scratch/answers")))
        rounds=$((rounds + 1))
        if [ -z "$warm" ] && [ $SECONDS -ge $warm_at ]; then
            warm=$(usage_of_server)
        fi
    done
    passed "$requests requests in $rounds rounds were answered"
}

compare_usage() {
    local warm_kb warm_files warm_threads kb files threads
    read -r warm_kb warm_files warm_threads <<<"$warm"
    # What a search or a replaced archive still holds is let go within a moment.
    sleep 3
    read -r kb files threads <<<"$(usage_of_server)"
    if [ "$kb" -le $((warm_kb + warm_kb / 10 + 8192)) ]; then
        passed "memory $warm_kb kB when warm, $kb kB at the end"
    else
        failed "memory grew from $warm_kb kB to $kb kB"
    fi
    if [ "$files" -le "$warm_files" ] && [ "$threads" -le "$warm_threads" ]; then
        passed "$files open files, $threads threads"
    else
        failed "open files $warm_files -> $files, threads $warm_threads -> $threads"
    fi
}

stop_server() {
    local status
    kill -TERM "$server"
    wait "$server"
    status=$?
    server=
    if [ $status -eq 0 ]; then
        passed "SIGTERM ended the server"
    else
        failed "the server ended with status $status: $(tail -n 5 "$scratch/server.log")"
    fi
}

if [ -z "${SOAK_DB:-}" ]; then
    "$program" index --quiet --db "$db" "${articles[@]}" || exit
fi
if start_server; then
    write_requests
    run_rounds
    [ -z "$warm" ] || compare_usage
    stop_server
else
    failed "the server did not start: $(cat "$scratch/server.log")"
fi
end_count soak
