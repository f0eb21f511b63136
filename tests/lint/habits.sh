#!/usr/bin/env bash
# One habit of the tree, named by the first argument: columns, unfinished, comment, braces, length, paths or runnable.
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

# What an if, else or loop does stands in braces. A condition may go over several lines; a loop may have no body (`;`).
braces() {
    # shellcheck disable=SC2016 # of awk, not of the shell
    list '\.[ch]$' | xargs -r awk '
    FNR == 1 { depth = 0; open = 0 }
    {
        line = $0
        gsub(/\\./, "", line)
        gsub(/"[^"]*"|\047[^\047]*\047/, "", line)
        sub(/ *\/\*.*/, "", line)
        sub(/ *\\?$/, "", line)
    }
    !open && line ~ /^ *(} else )?(if|for|while) \(/ { open = FNR }
    open {
        depth += gsub(/\(/, "(", line) - gsub(/\)/, ")", line)
        if (depth == 0) {
            if (line ~ /\)$/)
                print FILENAME ":" open ": no braces"
            open = 0
        }
    }
    line ~ /^ *(} )?(else|do)$/ { print FILENAME ":" FNR ": no braces" }' | grep .
}

# A file is one room of thought: 600 lines are more than one. Tests, rows of cases, may be longer.
length() {
    list '\.[ch]$' | xargs -r awk '
    FNR == (FILENAME ~ /^tests\// ? 901 : 601) { print FILENAME ": more than " FNR - 1 " lines" }' | grep .
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
columns | unfinished | comment | braces | length | paths | runnable)
    # Each of them prints what it found, and ends well exactly if it found something.
    ! "$1"
    ;;
*)
    echo "habits.sh: there is no habit \"${1:-}\"" >&2
    exit 64
    ;;
esac
