#!/usr/bin/env bash
# Measures building, searching, serving and updating: `make bench`, or BUILD=build tests/bench/run.sh
#
# Prints tables and leaves BUILD/bench/result.json; asserts nothing. README.md beside this says what is measured how,
# and which variables there are.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! command -v python3 >/dev/null; then
    echo "bench: needs python3" >&2
    exit 69
fi
exec python3 tests/bench/bench.py
