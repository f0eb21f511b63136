#!/usr/bin/env bash
# Fuzzes: tests/fuzz/run.sh FOLDER SECONDS TARGET...
#
# FOLDER is the build directory with the libFuzzer programs; what they find new grows in FOLDER/corpus/TARGET, what
# makes them fail is left in FOLDER/found/TARGET: once it is understood it belongs in tests/fuzz/regress/TARGET.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 74
. tests/count.sh

folder=$1
seconds=$2
shift 2

fuzz() { # TARGET
    local seeds=() options=("-max_total_time=$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1)
    local corpus=$folder/corpus/$1 found=$folder/found/$1 kept
    mkdir -p "$corpus" "$found"
    for kept in "tests/fuzz/seeds/$1" "tests/fuzz/regress/$1"; do
        [ ! -d "$kept" ] || seeds+=("$kept")
    done
    [ ! -e "tests/fuzz/$1.dict" ] || options+=("-dict=tests/fuzz/$1.dict")
    echo "== $1 ($seconds s)"
    if "$folder/tests/fuzz/fuzz_$1" "${options[@]}" "-artifact_prefix=$found/" "$corpus" "${seeds[@]}" \
        >"$folder/$1.log" 2>&1; then
        passed "$1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/$1.log") runs," \
            "$(find "$corpus" -type f | wc -l) inputs kept"
    else
        tail -n 60 "$folder/$1.log"
        failed "$1: see $folder/$1.log and $found"
    fi
}

for target in "$@"; do
    fuzz "$target"
done
end_count fuzz
