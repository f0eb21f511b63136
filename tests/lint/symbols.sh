#!/usr/bin/env bash
# A loadable extension exports its entry point and nothing else, and brings no SQLite of its own: symbols.sh FILE.so
set -uo pipefail
wanted=sqlite3_trabaofts_init
[ -e "$1" ] || { echo "$1: has not been built"; exit 1; }
exported=$(nm -D --defined-only "$1" | awk '{ print $NF }' | sed 's/@.*//' | sort | paste -sd ' ')
status=0
if [ "$exported" != "$wanted" ]; then
    echo "$1: exports \"$exported\" instead of $wanted alone"
    status=1
fi
if readelf -d "$1" | grep -q 'NEEDED.*libsqlite3'; then
    echo "$1: is linked with libsqlite3, though its host brings SQLite"
    status=1
fi
exit $status
