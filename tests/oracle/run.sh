#!/usr/bin/env bash
# The best by pruning against the best by scoring everything (oracle.c): BUILD=build tests/oracle/run.sh
#
# ORACLE_QUERIES (20000) random queries are shared out among archives: of generated articles as they were built, after
# articles were changed, added and taken out, and built anew; the same of articles made of the sentences of real ones
# where TRABAO_DATA names the folder that has vietnews.jsonl.zst; and of the samples. The figures stay in
# $BUILD/oracle/result.json, an array with an object for each archive.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 74
. tests/count.sh

export PYTHONDONTWRITEBYTECODE=1
build=${BUILD:-build}
queries=${ORACLE_QUERIES:-20000}
articles=${ORACLE_ARTICLES:-6000}
folder=$build/oracle
seed=0
real=${TRABAO_DATA:-none}/vietnews.jsonl.zst
sources=(corpus/samples/bao-mau.jsonl)
[ ! -e "$real" ] || sources+=("$real")
share=$((queries / (3 * ${#sources[@]} + 1) + 1))
mkdir -p "$folder"
: >"$folder/figures"

# ask ARCHIVE WHAT
ask() {
    seed=$((seed + 1))
    if "$build/tests/oracle/oracle" "$1" "$share" "$seed" >>"$folder/figures"; then
        passed "$2: $share queries"
    else
        failed "$2: the $share queries of seed $seed"
    fi
}

index() {
    "$build/trabao" "$@" >"$folder/log" 2>&1 || failed "trabao $1: $(tail -1 "$folder/log")"
}

phases() { # SOURCE NAME
    local db=$folder/$2.trabao
    python3 tests/oracle/articles.py "$1" "$articles" "$folder" || failed "articles made of $1"
    index index --quiet --rebuild --db "$db" "$folder/first.jsonl"
    ask "$db" "$2, as built"
    index index --quiet --db "$db" "$folder/later.jsonl"
    index remove --db "$db" --batch "$folder/gone.txt"
    ask "$db" "$2, changed"
    index index --quiet --rebuild --db "$db" "$folder/first.jsonl" "$folder/later.jsonl"
    ask "$db" "$2, built anew"
}

phases "${sources[0]}" generated
[ ${#sources[@]} -eq 1 ] || phases "$real" real
index index --quiet --rebuild --db "$folder/samples.trabao" corpus/samples
ask "$folder/samples.trabao" "samples"
jq -s . "$folder/figures" >"$folder/result.json"
end_count oracle
