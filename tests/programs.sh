#!/usr/bin/env bash
# Runs cmocka programs, $JOBS at a time: tests/programs.sh NAME PROGRAM...
#
# Each runs from the checkout's root with a temporary directory of its own as TMPDIR, within TIMEOUT seconds, below the
# tool that WRAP names, if any. cmocka's own count of a program's tests is taken; a program that ends with an error
# but names no failed test (a crash, a leak, a time limit) counts as one failed test, and so does one that ran none.
set -uo pipefail
. tests/count.sh

name=$1
shift

# shellcheck disable=SC2317 # xargs calls it
run_one() { # FOLDER PROGRAM
    local out=$1 program=$2 start=${EPOCHREALTIME/./} status
    mkdir -p "$out/tmp"
    # shellcheck disable=SC2086 # WRAP is a command with its arguments
    TMPDIR="$out/tmp" timeout "${TIMEOUT:-300}" ${WRAP:-} "$program" >"$out/log" 2>&1 </dev/null
    status=$?
    rm -rf "$out/tmp"
    echo "$status $(((${EPOCHREALTIME/./} - start) / 1000))" >"$out/status"
}

# The sum of the counts that stand behind PASSED, FAILED or SKIPPED in a log.
sum_of() {
    sed -nE "s/.*\[  $1 \] ([A-Za-z0-9_]+: )?([0-9]+) test.*/\2/p" "$2" | awk '{ n += $1 } END { print n + 0 }'
}

report() { # FOLDER PROGRAM
    local log="$1/log" ok bad skip status ms
    read -r status ms <"$1/status"
    ok=$(sum_of 'PASSED ' "$log")
    bad=$(sum_of 'FAILED ' "$log")
    skip=$(sum_of 'SKIPPED' "$log")
    if [ $((ok + bad + skip)) -eq 0 ] || { [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; }; then
        bad=$((bad + 1))
    fi
    count_passed=$((count_passed + ok))
    count_failed=$((count_failed + bad))
    count_skipped=$((count_skipped + skip))
    if [ "$bad" -gt 0 ]; then
        echo "  FAILED  $2 ($bad of $((ok + bad)), status $status, $ms ms):"
        grep -vE '^\[ (RUN|      OK)' "$log" | tail -n 60 | sed 's/^/    /'
    else
        echo "  ok      $2 ($ok tests, $skip skipped, $ms ms)"
    fi
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export -f run_one

i=0
# shellcheck disable=SC2016 # the inner bash expands them
for program in "$@"; do
    printf '%s\0%s\0' "$scratch/$i" "$program"
    i=$((i + 1))
done | xargs -0 -r -n 2 -P "${JOBS:-2}" bash -c 'run_one "$1" "$2"' run_one

i=0
for program in "$@"; do
    report "$scratch/$i" "$program"
    i=$((i + 1))
done
end_count "$name"
