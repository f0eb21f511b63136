#!/usr/bin/env bash
# Runs the kept inputs of every fuzz target through it: tests/fuzz/replay.sh FOLDER [NAME]
#
# FOLDER is the build directory with tests/fuzz/replay_TARGET. Inputs are tests/fuzz/seeds/TARGET/* and, for what once
# failed, tests/fuzz/regress/TARGET/*; to them come an empty input, and the first half of each seed.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 74
. tests/count.sh

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cut_in_half() { # FOLDER FILE...
    local folder=$1 file
    shift
    mkdir -p "$folder"
    : >"$folder/empty"
    for file in "$@"; do
        head -c $(($(stat -c %s "$file") / 2)) "$file" >"$folder/half-of-${file##*/}"
    done
}

replay() { # TARGET PROGRAM
    local inputs result file
    shopt -s nullglob
    inputs=(tests/fuzz/seeds/"$1"/* tests/fuzz/regress/"$1"/*)
    cut_in_half "$scratch/$1" "${inputs[@]}"
    inputs+=("$scratch/$1"/*)
    "$2" "${inputs[@]}" >"$scratch/out" 2>"$scratch/err"
    while read -r result file; do
        case $result in
        ok) count_passed=$((count_passed + 1)) ;;
        *) failed "$1: ${file#"$scratch"/}" ;;
        esac
    done <"$scratch/out"
    [ "$(wc -l <"$scratch/out")" -eq ${#inputs[@]} ] || failed "$1: did not run all of its ${#inputs[@]} inputs"
    ! grep -q '^FAILED' "$scratch/out" || sed 's/^/    /' "$scratch/err" | head -n 60
    echo "  ran     $1 on ${#inputs[@]} inputs"
}

for source in tests/fuzz/fuzz_*.c; do
    target=${source##*/fuzz_}
    replay "${target%.c}" "$1/tests/fuzz/replay_${target%.c}"
done
end_count "${2:-fuzz-replay}"
