#!/usr/bin/env bash
# What is found in real articles, which are not part of the product: BUILD=build tests/articles/run.sh
#
# TRABAO_DATA names the folder that has them, as NAME.jsonl.zst; without it everything is skipped. The spellings of an
# abbreviation must find the same articles, and as many as a scan by regular expressions (scan.py).
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 74
. tests/count.sh

program=${BUILD:-build}/trabao
inputs=()
for name in tuoitre2024 trends_vn; do
    [ ! -e "${TRABAO_DATA:-none}/$name.jsonl.zst" ] || inputs+=("$TRABAO_DATA/$name.jsonl.zst")
done
if [ ${#inputs[@]} -eq 0 ]; then
    skipped "no articles: set TRABAO_DATA to the folder that has them"
    end_count articles
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
archive=$scratch/articles.trabao
"$program" index --quiet --db "$archive" "${inputs[@]}"
"$program" export --db "$archive" >"$scratch/articles.jsonl"

# keys QUERY: those of all articles that it finds, oldest first
keys() {
    "$program" search --db "$archive" --format jsonl --sort oldest --limit all --tier exact -- "$1" | jq -r .key
}

# one_unit NAME SPELLING... -- QUERY...: all of the queries find what has one of the spellings.
one_unit() {
    local name=$1 spellings=() query expected found
    shift
    while [ "$1" != -- ]; do
        spellings+=("$1")
        shift
    done
    shift
    keys "$1" >"$scratch/first"
    expected=$(python3 tests/articles/scan.py "${spellings[@]}" <"$scratch/articles.jsonl")
    found=$(wc -l <"$scratch/first")
    if [ "$found" = "$expected" ] && [ "$found" -gt 10 ]; then
        passed "$name: $found articles"
    else
        failed "$name: $found articles, by scanning $expected"
    fi
    shift
    for query; do
        if keys "$query" | cmp -s - "$scratch/first"; then
            passed "$name: $query"
        else
            failed "$name: $query finds other articles"
        fi
    done
}

one_unit UBND ubnd 'ủy ban nhân dân' -- UBND ubnd '"UBND"' 'ủy ban nhân dân' 'Uỷ ban Nhân dân' '"uy ban nhan dan"'
one_unit TP.HCM 'tp hcm' tphcm 'tp hồ chí minh' 'thành phố hồ chí minh' -- TP.HCM 'TP HCM' tphcm '"TP.HCM"' \
    'thành phố Hồ Chí Minh' 'TP. Hồ Chí Minh' 'thanh pho ho chi minh'
one_unit GD-ĐT 'gd đt' gdđt 'giáo dục ?và đào tạo' -- GD-ĐT 'GD&ĐT' GDĐT gddt 'giáo dục đào tạo' \
    '"Giáo dục và Đào tạo"' 'giáo dục - đào tạo'
one_unit TAND tand 'tòa án nhân dân' -- TAND 'toà án nhân dân' 'toa an nhan dan'
one_unit HĐND hđnd 'hội đồng nhân dân' -- HĐND HDND 'hội đồng nhân dân'
end_count articles
