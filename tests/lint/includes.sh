#!/usr/bin/env bash
# The law of includes: which room may include which, and which file may include which outside library.
#
# Run in the tree's root; prints each include that breaks the law and exits 1 if there was one. What is not named here
# is forbidden: a new room or library has to be written into one of the two tables first.
set -euo pipefail

files=$("${0%/*}/files.sh" | grep -E '\.[ch]$' || true)
[ -n "$files" ] || exit 0

# shellcheck disable=SC2086 # names of our own, without blanks
awk '
BEGIN {
    # Room or file -> what it may include, as prefixes. Longer names are looked up first.
    own["base"] = "base/"
    own["text"] = "text/ base/"
    own["archive"] = "archive/ text/ base/"
    own["corpus"] = "corpus/ text/text.h text/charset.h base/"
    own["indexer"] = "indexer/ corpus/ archive/ text/ base/"
    own["query"] = "query/ archive/ text/ base/"
    own["server"] = "server/ query/trabao.h base/ server_static.h"
    own["server/embed.c"] = "base/"
    own["tests"] = "tests/ base/ text/ archive/ corpus/ indexer/ query/ server/ server_static.h"
    own["trabao.c"] = "base/ indexer/indexer.h query/commands.h query/trabao.h server/server.h"

    # Header of an outside library, as a prefix -> who may include it. The C library and POSIX are free to all.
    outside["unicode/"] = "text/ tests/"
    outside["archive.h"] = "corpus/ tests/"
    outside["archive_entry.h"] = "corpus/ tests/"
    outside["libxml/"] = "corpus/ tests/"
    outside["microhttpd.h"] = "server/http.c"
    outside["sqlite3.h"] = "archive/ query/ text/fts5_vietnamese.c text/extension.c tests/"
    outside["sqlite3ext.h"] = "text/fts5_vietnamese.c text/extension.c"
    outside["zstd.h"] = "archive/ tests/"
    outside["zdict.h"] = "archive/ tests/"
    outside["xxhash.h"] = "archive/ indexer/ base/ tests/"
    outside["jansson.h"] = "archive/ indexer/ query/ server/ tests/"
    outside["yajl/"] = "base/yajl_memory.h corpus/ query/json_writer.c"
    outside["cmocka.h"] = "tests/"
    free = "^(linux|sys|netinet|arpa|net)/|^(argp|assert|ctype|dirent|dlfcn|endian|errno|fcntl|fenv|fnmatch|ftw|" \
           "getopt|glob|iconv|inttypes|libgen|limits|locale|math|netdb|poll|pthread|pwd|regex|sched|search|semaphore|" \
           "setjmp|signal|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|strings|" \
           "sysexits|syslog|termios|threads|time|uchar|unistd|wchar|wctype|[a-z]mmintrin|x86intrin)\\.h$"
}

function starts_with_one(name, prefixes,    list, n, i) {
    n = split(prefixes, list, " ")
    for (i = 1; i <= n; i++)
        if (substr(name, 1, length(list[i])) == list[i])
            return 1
    return 0
}

function forbid(why) {
    print FILENAME ":" FNR ": " why
    bad = 1
}

function check_own(name,    room) {
    room = FILENAME
    if (!(room in own))
        sub(/\/.*/, "", room)
    if (!(room in own))
        forbid("no law for this room")
    else if (!starts_with_one(name, own[room]))
        forbid(room " may not include \"" name "\"")
}

function check_outside(name,    library) {
    for (library in outside)
        if (starts_with_one(name, library)) {
            if (!starts_with_one(FILENAME, outside[library]))
                forbid("<" name "> belongs to " outside[library])
            return
        }
    if (name !~ free)
        forbid("<" name "> is no header of the C library or of a library that a room owns")
}

/^[ \t]*#[ \t]*include[ \t]*"/ { split($0, part, "\""); check_own(part[2]); next }
/^[ \t]*#[ \t]*include[ \t]*</ { split($0, part, /[<>]/); check_outside(part[2]); next }
/^[ \t]*#[ \t]*include/ { forbid("an include that cannot be read") }
END { exit bad }
' $files
