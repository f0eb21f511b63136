#!/usr/bin/env bash
# Golden tests of the command line: tests/cli/run.sh [--rewrite] FOLDER [NAME [CASE...]]
#
# FOLDER is the build directory with the program. A case is a script AREA/x.sh, run by bash in an empty folder of its
# own with `trabao` in PATH and
#   SAMPLES   the folder corpus/samples
#   ARCHIVE   an archive of the samples, made once, not to be written to
# Beside it lies what is expected; what is absent is expected to be empty, and the exit status to be 0:
#   x.sh.stdout.exact   x.sh.stderr.exact   the bytes
#   x.sh.stdout.glob    x.sh.stderr.glob    a pattern for bash; a line "..." stands for any number of lines
#   x.sh.exit                               the exit status
# --rewrite writes .exact and .exit anew from what the program does now; read the difference before you commit it.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 74
. tests/count.sh

rewrite=false
if [ "${1:-}" = --rewrite ]; then
    rewrite=true
    shift
fi
program=$(realpath "$1/trabao")
name=${2:-cli}
shift $(($# < 2 ? $# : 2))

root=$PWD
scratch=$(mktemp -d)
# Folders that a case has closed to itself are opened again, or they could not be removed.
trap 'chmod -R u+rwx "$scratch"; rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
ln -s "$program" "$scratch/bin/trabao"
export SAMPLES=$PWD/corpus/samples
export ARCHIVE=$scratch/samples.trabao
export PATH=$scratch/bin:$PATH
export LC_ALL=C.UTF-8

# By a relative name, which is part of the keys of articles that have no other.
make_archive() {
    "$program" index --quiet --db "$ARCHIVE" corpus/samples
}

# Whether FILE is what EXPECTED.exact or EXPECTED.glob says. Prints the difference if not.
is_expected() { # FILE EXPECTED
    local out pattern
    if [ -e "$2.glob" ]; then
        # The x keeps the newlines at the end, which $( ) would take away.
        out=$(cat "$1" && echo x)
        pattern=$(sed 's/^\.\.\.$/*/' "$2.glob" | sed -z 's/\n\*\n/\n*/g; s/^\*\n/*/' && echo x)
        # shellcheck disable=SC2053 # it is a pattern
        [[ $out == $pattern ]] || { echo "does not match:" && cat "$1" && false; }
    elif [ -e "$2.exact" ]; then
        diff "$2.exact" "$1"
    else
        diff /dev/null "$1"
    fi
}

write_expected() { # FILE EXPECTED
    if [ ! -e "$2.glob" ]; then
        rm -f "$2.exact"
        [ ! -s "$1" ] || cp "$1" "$2.exact"
    fi
}

run_case() { # CASE
    local case=$1 folder=$scratch/case status out
    mkdir "$folder"
    (cd "$folder" && bash -u "$root/$case") >"$scratch/stdout" 2>"$scratch/stderr" </dev/null
    status=$?
    chmod -R u+rwx "$folder"
    rm -rf "$folder"
    if $rewrite; then
        write_expected "$scratch/stdout" "$case.stdout"
        write_expected "$scratch/stderr" "$case.stderr"
        rm -f "$case.exit"
        [ $status -eq 0 ] || echo $status >"$case.exit"
    fi
    if out=$(
        [ "$status" = "$(cat "$case.exit" 2>/dev/null || echo 0)" ] || echo "exit status $status"
        is_expected "$scratch/stdout" "$case.stdout" | sed 's/^/stdout: /'
        is_expected "$scratch/stderr" "$case.stderr" | sed 's/^/stderr: /'
    ) && [ -z "$out" ]; then
        passed "$case"
    else
        failed "$case:"
        printf '%s\n' "$out" | head -n 40 | sed 's/^/    /'
    fi
}

# The runner's own rules, on scripts that need no program.
selftest() {
    local folder=$scratch/self
    mkdir "$folder"
    printf 'a 1\nb\nc\n' >"$folder/out"
    printf 'a ?\n...\nc\n' >"$folder/good.glob"
    printf 'a ?\n...\nd\n' >"$folder/bad.glob"
    printf 'a ?\n' >"$folder/short.glob"
    printf 'a 1\nb\nc\n' >"$folder/good.exact.exact"
    printf 'a 1\nb\n' >"$folder/bad.exact.exact"
    local expectation
    for expectation in good good.exact; do
        is_expected "$folder/out" "$folder/$expectation" >/dev/null || failed "runner refuses $expectation"
    done
    for expectation in bad short bad.exact absent; do
        ! is_expected "$folder/out" "$folder/$expectation" >/dev/null || failed "runner accepts $expectation"
    done
    [ "$count_failed" -gt 0 ] || passed "runner: what is expected and what is not"
}

selftest
if make_archive; then
    if [ $# -eq 0 ]; then
        mapfile -t cases < <(find tests/cli -mindepth 2 -name '*.sh' | sort)
    else
        cases=("$@")
    fi
    for case in "${cases[@]}"; do
        run_case "$case"
    done
else
    failed "an archive of the samples could not be made"
fi
end_count "$name"
