#!/usr/bin/env bash
# The loadable extension in the programs that people load it into: tests/extension/run.sh BUILD
#
# search.sql is run by the sqlite3 shell and by Python; the rows must be those of search.expected.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 74
. tests/count.sh

extension=$1/trabao_fts5
[[ $extension == /* ]] || extension=./$extension
folder=tests/extension

rows_match() { # NAME ROWS
    local out
    if out=$(diff - $folder/search.expected <<<"$2"); then
        passed "$1"
    else
        failed "$1: got < instead of >"
        printf '%s\n' "$out" | sed 's/^/    /'
    fi
}

shell_tests() {
    local out
    if ! command -v sqlite3 >/dev/null; then
        skipped "sqlite3 shell: is not installed"
        return
    fi
    rows_match "sqlite3 shell" "$(sqlite3 -bail :memory: ".load $extension" ".read $folder/search.sql" 2>&1)"
    rows_match "sqlite3 shell, loaded twice" \
        "$(sqlite3 -bail :memory: ".load $extension" ".load $extension" ".read $folder/search.sql" 2>&1)"
    if out=$(sqlite3 -bail :memory: ".load $extension" \
        "CREATE VIRTUAL TABLE t USING fts5(a, tokenize = 'vietnamese fold sideways')" 2>&1); then
        failed "sqlite3 shell accepts an argument that means nothing"
    else
        passed "sqlite3 shell, an argument that means nothing: $out"
    fi
}

# The first Python that can load extensions, if any can.
python_tests() {
    local python out status
    for python in python3 /usr/bin/python3; do
        command -v "$python" >/dev/null || continue
        out=$("$python" $folder/search.py "$extension.so" $folder/search.sql 2>&1)
        status=$?
        [ $status -ne 77 ] || continue
        rows_match "$python" "$out"
        return
    done
    skipped "python3: none here can load extensions"
}

shell_tests
python_tests
end_count extension
