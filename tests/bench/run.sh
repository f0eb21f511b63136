#!/usr/bin/env bash
# Measures building and searching: BUILD=build [BENCH_INPUT=FILE] [BENCH_RUNS=5] tests/bench/run.sh
#
# BENCH_INPUT is what is indexed (default: vietnews.jsonl.zst in TRABAO_DATA or ../shared/data, else corpus/samples).
# The queries are cut out of the titles of the archive itself, evenly spread over it: whole titles, pieces of four
# words, of two, and single words, 75 of each, once as written and once without marks. Figures go to stdout as a table,
# and to BUILD/bench/*.json as bench_query prints them. Nothing else should run on the machine meanwhile.
set -euo pipefail
cd "$(dirname "$0")/../.."

build=${BUILD:-build}
folder=$build/bench
db=$folder/bench.trabao
data=${TRABAO_DATA:-../shared/data}
input=${BENCH_INPUT:-$data/vietnews.jsonl.zst}
[ -e "$input" ] || input=corpus/samples
per_class=75
mkdir -p "$folder"

# Runs a command; sets `took` (ms) and `peak` (kB, as last seen, every 50 ms).
measure() {
    local start=${EPOCHREALTIME/./} process seen
    peak=0
    "$@" &
    process=$!
    while seen=$(awk '/^VmHWM/ { print $2 }' "/proc/$process/status" 2>/dev/null) && [ -n "$seen" ]; do
        peak=$seen
        sleep 0.05
    done
    wait "$process"
    took=$(((${EPOCHREALTIME/./} - start) / 1000))
}

bench_build() {
    rm -f "$db"
    measure "$build/trabao" index --quiet --rebuild --db "$db" "$input"
    "$build/trabao" stats --db "$db" | awk -v took="$took" -v peak="$peak" -F ': ' '
        { value[$1] = $2 }
        END {
            mb = value["text_bytes"] / 1e6
            printf "build: %d articles, %.1f MB of text in %.1f s, %.1f MB/s, ",
                value["articles"], mb, took / 1000, mb * 1000 / took
            printf "%.0f MB of memory, file %.2f of the text\n", peak / 1024, value["file_bytes"] / mb / 1e6
        }'
}

without_marks() {
    sed -e 'y/àáảãạăằắẳẵặâầấẩẫậ/aaaaaaaaaaaaaaaaa/' -e 'y/èéẻẽẹêềếểễệìíỉĩị/eeeeeeeeeeeiiiii/' \
        -e 'y/òóỏõọôồốổỗộơờớởỡợ/ooooooooooooooooo/' -e 'y/ùúủũụưừứửữựỳýỷỹỵđ/uuuuuuuuuuuyyyyyd/'
}

# Lines of identifier, class, query.
cut_queries() {
    "$build/trabao" export --db "$db" | jq -r '.title // empty' | sed 's/.*/\L&/; s/[^[:alnum:] ]/ /g; s/  */ /g' |
        awk -v n="$per_class" '
            NF >= 6 { line[++lines] = $0 }
            function words(text, first, count,    part, i, out, m) {
                m = split(text, part, " ")
                for (i = first; i < first + count && i <= m; i++)
                    out = out (out == "" ? "" : " ") part[i]
                return out
            }
            END {
                n = lines < n ? lines : n
                step = n ? int(lines / n) : 0
                for (i = 0; i < n; i++) {
                    at = line[1 + i * step]
                    print "title" i "\ttitle\t" words(at, 1, 12)
                    print "piece" i "\ttitlefrag\t" words(at, 1 + i % 3, 4)
                    print "pair" i "\tcompound\t" words(at, 1 + i % 5, 2)
                    print "word" i "\tsingle\t" words(at, 1 + i % 6, 1)
                }
            }'
}

write_queries() {
    cut_queries >"$folder/marked"
    {
        printf 'qid\tclass\tquery\tfolded\n'
        paste "$folder/marked" <(cut -f 3 "$folder/marked" | without_marks)
    } >"$folder/queries.tsv"
}

bench_queries() { # NAME COLUMN
    "$build/tests/bench/bench_query" "$db" "$folder/queries.tsv" "$2" "${BENCH_RUNS:-5}" >"$folder/$1.json"
    jq -r --arg name "$1" '.[] | select(.queries > 0) |
        [$name, .mode, .class, .what, .queries, .p50_ms, .p90_ms, .p99_ms, .max_ms] | @tsv' "$folder/$1.json" |
        awk -F '\t' '{
            printf "%-9s %-7s %-10s %-7s %5d %8.3f %8.3f %8.3f %8.3f\n", $1, $2, $3, $4, $5, $6, $7, $8, $9
        }'
}

bench_build
write_queries
printf '%-9s %-7s %-10s %-7s %5s %8s %8s %8s %8s\n' queries mode class what n p50_ms p90_ms p99_ms max_ms
bench_queries marked 3
bench_queries unmarked 4
