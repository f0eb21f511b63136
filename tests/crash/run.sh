#!/usr/bin/env bash
# Kills the indexer wherever it writes, and makes its writes fail: BUILD=build tests/crash/run.sh
#
# An archive of all samples is made where there was none ("new") or one of some of them ("more"), or of all but a few,
# which are put into it ("update"), or a few are taken out of it ("remove"), and
#   - the process is killed at the N-th call of each system call that changes a file, for N = 1, 2, ... to the last,
#   - it is killed at random moments,
#   - the N-th such call fails for want of space or with an input/output error.
# Each time, what is found under the archive's name must be the old articles or the new ones, whole; a failure must
# have been said and its exit status be 74; and a rerun must make exactly the archive of an unbroken run and leave
# nothing else in the folder. Archives are compared by their export and proved by `trabao check`.
#
# CRASH_POINTS (0: all) takes so many points of each system call instead of all; CRASH_RANDOM (100) is the number of
# random kills. Without strace only random kills are done.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 74
. tests/count.sh

program=$(realpath "${BUILD:-build}/trabao")
points=${CRASH_POINTS:-0}
random=${CRASH_RANDOM:-100}
killed_calls=(openat pwrite64 write copy_file_range fsync fdatasync ftruncate rename unlink)
failing_calls=(pwrite64 copy_file_range fsync fdatasync rename)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
all=corpus/samples
some=corpus/samples/bao-mau.jsonl
few=corpus/samples/tin-mau.jsonl
folder=$scratch/archives
db=$folder/a.trabao

# Of articles of one day, which one comes first depends on when they came.
export_of() { # FILE
    "$program" export --db "$1" >"$scratch/lines" && sort "$scratch/lines"
}

# The archive that a scenario starts from, and the export of what it is to become.
declare -A origin=([new]= [more]=$scratch/some.trabao [update]=$scratch/rest.trabao [remove]=$scratch/all.trabao)
declare -A goal=([new]=all [more]=all [update]=all [remove]=rest)

prepare() {
    local name status
    "$program" index --quiet --db "$scratch/some.trabao" $some
    "$program" index --quiet --db "$scratch/all.trabao" $all
    status=$?
    [ $status -le 1 ] || return 1
    "$program" index --quiet --db "$scratch/few.trabao" $few
    "$program" export --db "$scratch/few.trabao" | jq -r .key >"$scratch/keys"
    find $all -type f -not -path $few -print0 | xargs -0 "$program" index --quiet --db "$scratch/rest.trabao"
    for name in some all rest; do
        export_of "$scratch/$name.trabao" >"$scratch/$name.jsonl" || return 1
    done
    [ "$(wc -l <"$scratch/all.jsonl")" -eq $(($(wc -l <"$scratch/rest.jsonl") + $(wc -l <"$scratch/keys"))) ]
}

lay_out() { # SCENARIO
    rm -rf "$folder"
    mkdir "$folder"
    [ -z "${origin[$1]}" ] || cp "${origin[$1]}" "$db"
    command=("$program" index --quiet --threads 2 --db "$db" $all)
    [ "$1" != remove ] || command=("$program" remove --quiet --db "$db" --batch "$scratch/keys")
}

# The braces keep the shell from telling of every killed process.
run_it() { # [COMMAND-BEFORE...]
    { "$@" "${command[@]}" >"$scratch/out" 2>"$scratch/err"; } 2>/dev/null
}

# Which state the archive is in: none, old, new or broken.
state() { # SCENARIO
    [ -e "$db" ] || { echo none && return; }
    export_of "$db" >"$scratch/now.jsonl" 2>"$scratch/export-err" || { echo broken && return; }
    if cmp -s "$scratch/now.jsonl" "$scratch/${goal[$1]}.jsonl"; then
        echo new
    elif [ -n "${origin[$1]}" ] && cmp -s "$scratch/now.jsonl" "${origin[$1]%.trabao}.jsonl"; then
        echo old
    else
        echo broken
    fi
}

# After a broken run: whether STATE may be in scenario $1, and whether a rerun mends everything.
verify() { # SCENARIO WHAT
    local before now status left
    before=$([ "$1" = new ] && echo none || echo old)
    now=$(state "$1")
    if [ "$now" != "$before" ] && [ "$now" != new ]; then
        failed "$1, $2: the archive is $now: $(cat "$scratch/export-err")"
        return
    fi
    run_it
    status=$?
    now=$(state "$1")
    if [ $status -gt 1 ]; then
        failed "$1, $2: the rerun fails with status $status: $(cat "$scratch/err")"
    elif [ "$now" != new ]; then
        failed "$1, $2: after the rerun the archive is $now"
    elif ! "$program" check --db "$db" >"$scratch/out" 2>&1; then
        failed "$1, $2: after the rerun check says: $(cat "$scratch/out")"
    elif left=$(cd "$folder" && find . -mindepth 1 -not -name a.trabao) && [ -n "$left" ]; then
        failed "$1, $2: the rerun leaves $left"
    else
        count_passed=$((count_passed + 1))
    fi
}

# How often the busiest thread makes the call CALL in a run that nothing disturbs.
count_calls() { # SCENARIO CALL
    lay_out "$1"
    run_it strace -f -qq -e trace="$2" -o "$scratch/calls"
    awk '!/ (\+\+\+|---) / { n[$1]++ } END { for (t in n) if (n[t] > m) m = n[t]; print m + 0 }' "$scratch/calls"
}

# The points 1..N, or POINTS of them with the first and the last.
some_points() { # N
    if [ "$points" -eq 0 ] || [ "$1" -le "$points" ]; then
        seq "$1"
    else
        awk -v n="$1" -v p="$points" 'BEGIN { for (i = 0; i < p; i++) print int(1 + i * (n - 1) / (p - 1)) }'
    fi
}

sweep_kills() { # SCENARIO
    local call n calls before
    for call in "${killed_calls[@]}"; do
        calls=$(count_calls "$1" "$call")
        before=$count_failed
        for n in $(some_points "$calls"); do
            lay_out "$1"
            run_it strace -f -qq -e trace="$call" -e inject="$call:signal=SIGKILL:when=$n" -o "$scratch/calls"
            verify "$1" "killed at $call $n"
        done
        echo "  $1, killed at $call: $calls places, $((count_failed - before)) failed"
    done
}

sweep_errors() { # SCENARIO
    local call n calls error status before
    for call in "${failing_calls[@]}"; do
        calls=$(count_calls "$1" "$call")
        before=$count_failed
        for n in $(some_points "$calls"); do
            for error in ENOSPC EIO; do
                lay_out "$1"
                run_it strace -f -qq -e trace="$call" -e inject="$call:error=$error:when=$n" -o "$scratch/calls"
                status=$?
                if [ $status -gt 1 ] && { [ $status -ne 74 ] || [ ! -s "$scratch/err" ]; }; then
                    failed "$1, $error from $call $n: status $status: $(head -n 3 "$scratch/err")"
                else
                    verify "$1" "$error from $call $n"
                fi
            done
        done
        echo "  $1, errors from $call: $calls places, $((count_failed - before)) failed"
    done
}

random_kills() { # SCENARIO
    local i start ms process before=$count_failed
    lay_out "$1"
    start=${EPOCHREALTIME/./}
    run_it
    ms=$(((${EPOCHREALTIME/./} - start) / 1000))
    for ((i = 0; i < random; i++)); do
        lay_out "$1"
        "${command[@]}" >"$scratch/out" 2>"$scratch/err" &
        process=$!
        sleep "$(awk -v ms="$ms" -v r="$RANDOM" 'BEGIN { print ms * r / 32767000 }')"
        kill -9 "$process" 2>/dev/null
        { wait "$process"; } 2>/dev/null
        verify "$1" "killed at random ($i)"
    done
    echo "  $1, killed at random: $random times within $ms ms, $((count_failed - before)) failed"
}

if ! prepare; then
    failed "archives to compare with could not be made"
    end_count crash
fi
for scenario in new more update remove; do
    random_kills $scenario
    if command -v strace >/dev/null; then
        sweep_kills $scenario
        sweep_errors $scenario
    else
        skipped "$scenario: without strace there are no kills at system calls"
    fi
done
end_count crash
