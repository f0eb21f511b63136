#!/usr/bin/env bash
# Random queries through the whole engine on the samples: tests/fuzz/queries.sh FOLDER [COUNT [SEED [NAME]]]
#
# FOLDER is a build directory, best one with sanitizers; queries.py makes the queries. Every one of at most 4,096 bytes
# must be answered, whatever it is; the strict reading refuses exactly those that are answered with warnings; the time
# of each is bounded.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 74
. tests/count.sh

program=$1/trabao
count=${2:-1000}
seed=${3:-1}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$program" index --quiet --db "$scratch/archive" corpus/samples
python3 tests/fuzz/queries.py "$count" "$seed" | LC_ALL=C awk -F'\t' 'length($2) <= 4096' >"$scratch/queries"
asked=$(wc -l <"$scratch/queries")

search() { # OPTION...
    timeout 3600 "$program" search --db "$scratch/archive" --batch "$scratch/queries" --format json --limit 2 "$@"
}

search >"$scratch/answers" 2>"$scratch/err"
if [ $? -le 1 ] && [ "$(wc -l <"$scratch/answers")" -eq "$asked" ] && [ ! -s "$scratch/err" ]; then
    passed "$asked random queries (seed $seed) are answered"
else
    tail -n 40 "$scratch/err"
    failed "of $asked random queries (seed $seed) $(wc -l <"$scratch/answers") are answered"
fi

search --strict >"$scratch/strict" 2>"$scratch/refused"
# What was typed in Telex or VNI keys can be read; that it was is only said.
unwarned=$(jq -c 'select(.warnings | all(startswith("Các phím gõ kiểu"))) | .query_id' "$scratch/answers" | sha256sum)
if [ "$(jq -c .query_id "$scratch/strict" | sha256sum)" = "$unwarned" ] &&
    [ $(($(wc -l <"$scratch/strict") + $(wc -l <"$scratch/refused"))) -eq "$asked" ]; then
    passed "the strict reading refuses the $(wc -l <"$scratch/refused") that carry warnings"
else
    failed "the strict reading does not refuse exactly those that carry warnings"
fi

slowest=$(jq .took_ms "$scratch/answers" | sort -g | tail -n 1)
if [ "$(jq -n "$slowest < 1000")" = true ]; then
    passed "the slowest took $slowest ms"
else
    failed "the slowest took $slowest ms"
fi
end_count "${4:-queries}"
