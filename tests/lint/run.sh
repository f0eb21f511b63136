#!/usr/bin/env bash
# Checks the tree's law of includes and habits, then that these checks see what they are for: run.sh [BUILD]
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 74
. tests/count.sh
. tests/lint/selftest.sh

build=${1:-build}

rule() { # NAME COMMAND...
    local name=$1 out
    shift
    if out=$("$@" 2>&1); then
        passed "$name"
    else
        failed "$name:"
        printf '%s\n' "$out" | head -n 40 | cut -c 1-200 | sed 's/^/    /'
    fi
}

rule includes tests/lint/includes.sh
for habit in columns unfinished comment braces length paths runnable; do
    rule "$habit" tests/lint/habits.sh $habit
done
rule symbols tests/lint/symbols.sh "$build/trabao_fts5.so"
selftest_includes
selftest_habits
selftest_symbols
end_count lint
