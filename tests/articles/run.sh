#!/usr/bin/env bash
# What is found in real articles, which are not part of the product: BUILD=build tests/articles/run.sh [all]
#
# TRABAO_DATA names the folder that has them, as NAME.jsonl.zst; without it everything is skipped. Each proof compares
# the product with a scan that shares nothing with it (words.py). Of the articles a sample is taken, so that it takes a
# minute; with `all`, all are, which takes half an hour, and the figures stay in $BUILD/articles.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 74
. tests/count.sh

export PYTHONDONTWRITEBYTECODE=1
all=${1:-}
folder=${BUILD:-build}/articles
mkdir -p "$folder"

# prove PROOF NAME EVERY: of EVERY articles of NAME one is taken.
prove() {
    local file=${TRABAO_DATA:-none}/$2.jsonl.zst every=$3
    if [ ! -e "$file" ]; then
        echo "  skipped $1 of $2: set TRABAO_DATA to the folder that has it"
        return
    fi
    [ "$all" != all ] || every=1
    python3 "tests/articles/$1.py" "$file" "$every" "$folder/$1-$2.json" 2>&1 ||
        echo "  FAILED  $1 of $2 did not end well"
}

rewritings() {
    prove rewriting tuoitre2024 10
    prove rewriting trends_vn 50
    prove rewriting headlines 200
}

scans() {
    prove tiers trends_vn 10
    prove tiers headlines 40
    prove dates trends_vn 4
    prove dates tuoitre2024 1
    prove forms tuoitre2024 4
    prove forms headlines 40
    [ "$all" != all ] || prove dates headlines 1
    [ "$all" != all ] || prove forms trends_vn 1
}

rewritings >"$folder/rewritings" &
scans | tee "$folder/scans"
wait
cat "$folder/rewritings"
count_passed=$(cat "$folder"/{scans,rewritings} | grep -c '^  ok ')
count_failed=$(cat "$folder"/{scans,rewritings} | grep -c '^  FAILED ')
count_skipped=$(cat "$folder"/{scans,rewritings} | grep -c '^  skipped ')
end_count articles
