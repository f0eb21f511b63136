#!/usr/bin/env bash
# selftest.sh - sourced by run.sh: proves that each rule fires on a bad example and is silent on a good one.
#
# A case is a small tree with one file; the rules are run inside it as they are run in the real one.

selftest_folder=$(mktemp -d)
trap 'rm -rf "$selftest_folder"' EXIT

# The example that every rule must accept.
good='/* a.c - an example. */
#include <stdio.h>
#include "base/base.h"
int a; /* a line of exactly 120 characters, with letters of several bytes: '

lay_out() { # FILE TEXT
    rm -rf "$selftest_folder/tree"
    mkdir -p "$selftest_folder/tree/$(dirname "$1")"
    printf '%s\n' "$2" >"$selftest_folder/tree/$1"
}

# fires RULE WHAT FILE TEXT COMMAND...: the rule must refuse the tree and name the file.
fires() {
    local rule=$1 what=$2 file=$3 out
    lay_out "$file" "$4"
    shift 4
    if out=$(cd "$selftest_folder/tree" && GIT_DIR=none "$@" 2>&1); then
        failed "$rule does not see $what"
    elif [[ $out != *"$file"* ]]; then
        failed "$rule sees $what but does not say where: $out"
    else
        passed "$rule sees $what"
    fi
}

silent() { # RULE WHAT FILE TEXT COMMAND...
    local rule=$1 what=$2 out
    lay_out "$3" "$4"
    shift 4
    if out=$(cd "$selftest_folder/tree" && GIT_DIR=none "$@" 2>&1); then
        passed "$rule accepts $what"
    else
        failed "$rule refuses $what: $out"
    fi
}

selftest_includes() {
    local rule=$PWD/tests/lint/includes.sh pair
    for pair in base/x.c:text/text.h text/x.c:archive/archive.h corpus/x.c:archive/archive.h \
        corpus/x.c:text/tokens.h archive/x.h:query/trabao.h query/x.c:corpus/corpus.h query/x.c:server/server.h \
        server/x.c:archive/archive.h server/x.c:query/parse.h server/x.c:text/text.h indexer/x.c:query/trabao.h \
        base/x.c:x.h trabao.c:archive/archive.h attic/x.c:base/base.h server/x.c:../archive/archive.h; do
        fires includes "${pair%:*} including \"${pair#*:}\"" "${pair%:*}" "#include \"${pair#*:}\"" "$rule"
    done
    for pair in query/x.c:unicode/utypes.h indexer/x.c:archive.h text/x.c:libxml/HTMLparser.h \
        server/api.c:microhttpd.h server/x.c:sqlite3.h text/x.c:sqlite3.h query/x.c:zstd.h base/x.c:jansson.h \
        query/x.c:curl/curl.h base/x.c:text/text.h; do
        fires includes "${pair%:*} including <${pair#*:}>" "${pair%:*}" "  #  include <${pair#*:}>" "$rule"
    done
    fires includes "an include by macro" base/x.c '#include HEADER' "$rule"
    for pair in server/http.c:microhttpd.h text/extension.c:sqlite3.h corpus/x.c:archive.h base/x.c:sys/stat.h; do
        silent includes "${pair%:*} including <${pair#*:}>" "${pair%:*}" "#include <${pair#*:}>" "$rule"
    done
    for pair in server/x.c:query/trabao.h query/x.c:text/text.h trabao.c:server/server.h tests/unit/x.c:text/memo.h; do
        silent includes "${pair%:*} including \"${pair#*:}\"" "${pair%:*}" "#include \"${pair#*:}\"" "$rule"
    done
}

selftest_habits() {
    local rule=$PWD/tests/lint/habits.sh habit wide long naked braced
    wide=$(printf 'ệ%.0s' {1..120})
    long=$(printf '/* */\n%.0s' {1..600})
    braced=$'if (c == \'(\' && s[0] != \'"\') {\n    x();\n} else if (a(b) ||\n    c) {\n    y();\n}'
    fires columns "a line of 121 characters" base/x.c "${wide}x" "$rule" columns
    silent columns "a line of 120 characters" base/x.c "$wide" "$rule" columns
    fires unfinished "something left for later" base/x.c "/* TO""DO: later */" "$rule" unfinished
    silent unfinished "a longer word" base/x.c "/* TO""DOS */" "$rule" unfinished
    fires comment "a file without a first comment" base/x.h "#define X" "$rule" comment
    for naked in $'if (x)\n    y();' $'while (a(b) ||\n    c) /* so */\n    y();' $'} else\n    y();' \
        $'do\n    y();'; do
        fires braces "a body without braces" base/x.c "$naked" "$rule" braces
    done
    silent braces "bodies in braces" base/x.c "$braced" "$rule" braces
    silent braces "a loop without a body" base/x.c 'while (x());' "$rule" braces
    silent braces "the end of a macro" base/x.c $'do { \\\n    x(); \\\n} while (0)' "$rule" braces
    fires length "a file of 601 lines" base/x.c "$long"$'\nint x;' "$rule" length
    silent length "a file of 600 lines" base/x.c "$long" "$rule" length
    silent length "a test of 601 lines" tests/x.c "$long"$'\nint x;' "$rule" length
    fires length "a test of 901 lines" tests/x.c "$long${long:0:1800}"$'\nint x;' "$rule" length
    fires paths "a path of this machine" README.md "see /ho""me/me/x" "$rule" paths
    fires paths "a temporary path in code" base/x.c '"/tm''p/x"' "$rule" paths
    fires paths "a fixed temporary path in a test" tests/x.sh 'x=/tm''p/x' "$rule" paths
    # shellcheck disable=SC2016 # an example, not to be expanded
    silent paths "mktemp in a test" tests/x.sh 'x=$(mktemp -d /tm''p/x.XXXX)' "$rule" paths
    silent paths "the middle of an address" base/x.c '"https://bao.vn/ho''me/x", "a/wo''rk/b"' "$rule" paths
    fires runnable "a script that cannot be run" tests/x.sh '#!/bin/sh' "$rule" runnable
    for habit in columns unfinished comment braces length paths; do
        silent "$habit" "the good example" base/a.c "$good$(printf 'ệ%.0s' {1..40}) */" "$rule" "$habit"
    done
}

# An extension that shows too much, and one that is as it should be.
selftest_symbols() {
    local rule=$PWD/tests/lint/symbols.sh so=$selftest_folder/x.so
    local entry='int sqlite3_trabaofts_init(void) { return 0; }'
    echo "$entry int text_fold(void) { return 0; }" | "${CC:-gcc}" -shared -o "$so" -x c -
    fires symbols "a second exported symbol" x.so x "$rule" "$so"
    echo "$entry" | "${CC:-gcc}" -shared -o "$so" -x c -
    silent symbols "the entry point alone" x.so x "$rule" "$so"
    echo "$entry" | "${CC:-gcc}" -shared -Wl,--no-as-needed -o "$so" -x c - -lsqlite3
    fires symbols "a linked libsqlite3" x.so x "$rule" "$so"
    fires symbols "a missing file" x.so x "$rule" "$selftest_folder/none/x.so"
}
