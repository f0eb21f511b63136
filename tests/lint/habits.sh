#!/usr/bin/env bash
# One habit of the tree, named by the first argument: columns, unfinished, comment, length, paths or runnable.
#
# Run in the tree's root; prints the places that break the habit and exits 1 if there was one.
set -uo pipefail

list() {
    "${0%/*}/files.sh" | grep -E "$1"
}

code='\.([ch]|sh|mk|js|css)$|(^|/)Makefile$|^\.ci/'

# No line of code is longer than 120 characters (not bytes: Vietnamese letters have up to three).
columns() {
    list "$code" | LC_ALL=C.UTF-8 xargs -r grep -nHE '^.{121,}$'
}

# Nothing is left for later.
unfinished() {
    list "$code" | xargs -r grep -nHwE 'TO[D]O|FIX[M]E|X[X]X|HA[C]K'
}

# Each file of C begins with the comment that says what the file owns.
comment() {
    list '\.[ch]$' | while read -r file; do
        [ "$(head -c 2 "$file")" = '/*' ] || echo "$file:1: does not begin with a comment"
    done | grep .
}

# A file is one room of thought: 900 lines are more than one.
length() {
    list '\.[ch]$' | xargs -r awk 'FNR == 901 { print FILENAME ": more than 900 lines" }' | grep .
}

# No path of one particular machine. Tests make temporary folders, with mktemp or where TMPDIR says.
paths() {
    list . | xargs -r grep -nHIE '(^|[^[:alnum:]_.~:/-])/(work|home|tmp|root|Users)(/|$|[^[:alnum:]_.-])' |
        grep -vE '^tests/[^:]*:[0-9]+:.*(mktemp|mkdtemp|TMPDIR)'
}

# A script with a first line that names its interpreter can be run.
runnable() {
    list '\.sh$|^\.ci/' | while read -r file; do
        [ -x "$file" ] || [ "$(head -c 2 "$file")" != '#!' ] || echo "$file: is a script but cannot be run"
    done | grep .
}

case ${1:-} in
columns | unfinished | comment | length | paths | runnable)
    # Each of them prints what it found, and ends well exactly if it found something.
    ! "$1"
    ;;
*)
    echo "habits.sh: there is no habit \"${1:-}\"" >&2
    exit 64
    ;;
esac
