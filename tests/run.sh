#!/usr/bin/env bash
# Runs groups of tests and ends with one line that counts them all: "N passed, N failed, N skipped".
#
#   tests/run.sh all | GROUP...      groups: the functions group_* below; BUILD names the build directory
#
# A group prints what it does and ends with "NAME: N passed, N failed, N skipped"; one that ends without that line
# counts as one failed test. Building is a group too, so that what does not compile is counted.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 74

BUILD=${BUILD:-build}
MAKE=${MAKE:-make}
JOBS=${JOBS:-2}
export BUILD JOBS
export LC_ALL=C.UTF-8
unset TZ
# The variants are built with a number of jobs of their own; CC and flags of the caller are for his own build.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES

if [ -z "${TRABAO_DATA:-}" ] && [ -d ../shared/data ]; then
    TRABAO_DATA=$(cd ../shared/data && pwd)
    export TRABAO_DATA
fi

build() { # NAME TARGET...
    local name=$1
    shift
    if "$MAKE" --no-print-directory -k -j"$JOBS" BUILD="$BUILD" "$@"; then
        echo "$name: 1 passed, 0 failed, 0 skipped"
    else
        echo "$name: 0 passed, 1 failed, 0 skipped"
        return 1
    fi
}

# The programs of the sources given, in the build directory $1.
programs_of() {
    local folder=$1 source
    shift
    for source in "$@"; do
        [ ! -e "$source" ] || echo "$folder/${source%.c}"
    done
}

group_build() {
    build build all programs
}

group_clang() {
    build clang clang-build
}

group_lint() {
    tests/lint/run.sh "$BUILD"
}

unit_tests() { # NAME FOLDER
    # shellcheck disable=SC2046 # names of our own, without blanks
    tests/programs.sh "$1" $(programs_of "$2" tests/unit/test_*.c)
}

http_tests() { # NAME FOLDER
    # shellcheck disable=SC2046
    tests/programs.sh "$1" $(programs_of "$2" tests/http/test_*.c)
}

group_unit() {
    unit_tests unit "$BUILD"
}

group_http() {
    http_tests http "$BUILD"
}

group_cli() {
    tests/cli/run.sh "$BUILD"
}

group_extension() {
    tests/extension/run.sh "$BUILD"
}

# A sample of what `make crash` does in full.
group_crash() {
    CRASH_POINTS=${CRASH_POINTS:-6} CRASH_RANDOM=${CRASH_RANDOM:-10} tests/crash/run.sh
}

group_relevance() {
    tests/relevance/run.sh
}

group_oracle() {
    ORACLE_QUERIES=${ORACLE_QUERIES:-2000} tests/oracle/run.sh
}

group_articles() {
    tests/articles/run.sh
}

group_browser() {
    tests/browser/run.sh
}

export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1

group_asan() {
    build asan-build asan-build
    unit_tests asan-unit "$BUILD/asan"
    tests/cli/run.sh "$BUILD/asan" asan-cli
}

group_fuzz-replay() {
    build replay-build asan-build
    tests/fuzz/replay.sh "$BUILD/asan"
    tests/fuzz/queries.sh "$BUILD/asan" 3000 1 asan-queries
}

group_ubsan() {
    build ubsan-build ubsan-build
    unit_tests ubsan-unit "$BUILD/ubsan"
    tests/cli/run.sh "$BUILD/ubsan" ubsan-cli
}

group_tsan() {
    build tsan-build tsan-build
    unit_tests tsan-unit "$BUILD/tsan"
    http_tests tsan-http "$BUILD/tsan"
}

group_valgrind() {
    build build programs
    WRAP='valgrind -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=99' TIMEOUT=1800 \
        unit_tests valgrind "$BUILD"
}

coverage_report() { # FOLDER
    local branches=(--rc lcov_branch_coverage=1)
    lcov -q "${branches[@]}" --capture --directory "$1" --output-file "$1/all.info" 2>/dev/null &&
        lcov -q "${branches[@]}" --remove "$1/all.info" '/usr/*' "$PWD/tests/*" '*/gen/*' \
            --output-file "$1/report.info" &&
        genhtml -q --branch-coverage --output-directory "$1/report" "$1/report.info" &&
        lcov "${branches[@]}" --summary "$1/report.info"
}

group_coverage() {
    local folder="$BUILD/coverage"
    build coverage-build coverage-build
    find "$folder" -name '*.gcda' -delete
    unit_tests coverage-unit "$folder"
    http_tests coverage-http "$folder"
    tests/cli/run.sh "$folder" coverage-cli
    tests/fuzz/replay.sh "$folder" coverage-replay
    coverage_report "$folder"
}

total_passed=0
total_failed=0
total_skipped=0
summary=()

# Adds up the counts that the group wrote to the file $2; it may have written several.
add_counts() {
    local group=$1 log=$2 status=$3 line found=0
    while read -r line; do
        [[ $line =~ ^([a-z-]+):\ ([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]] || continue
        total_passed=$((total_passed + BASH_REMATCH[2]))
        total_failed=$((total_failed + BASH_REMATCH[3]))
        total_skipped=$((total_skipped + BASH_REMATCH[4]))
        summary+=("$line")
        found=$((found + 1 + BASH_REMATCH[3]))
    done <"$log"
    # A group that says nothing, or that failed without naming a test, has failed as one.
    if [ "$found" -eq 0 ] || { [ "$status" -ne 0 ] && ! grep -qE ', [1-9][0-9]* failed, ' "$log"; }; then
        total_failed=$((total_failed + 1))
        summary+=("$group: ended with status $status and without a count (counted as 1 failed)")
    fi
}

# What mostly waits for the disk runs beside the other groups, and is told of when it is its turn.
declare -A beside=()

start_beside() {
    "group_$1" >"$BUILD/log/$1.log" 2>&1 &
    beside[$1]=$!
}

run_group() {
    local group=$1 log="$BUILD/log/$1.log" start=$SECONDS status
    echo "== $group"
    if [ -n "${beside[$group]:-}" ]; then
        wait "${beside[$group]}"
        status=$?
        cat "$log"
    else
        "group_$group" 2>&1 | tee "$log"
        status=${PIPESTATUS[0]}
    fi
    add_counts "$group" "$log" "$status"
    echo "   ($((SECONDS - start)) s)"
}

groups=("$@")
after_build=()
if [ "${1:-all}" = all ]; then
    groups=(build clang lint unit extension cli http relevance articles oracle crash)
    [ ! -x tests/browser/run.sh ] || groups+=(browser)
    groups+=(asan fuzz-replay)
    after_build=(crash)
fi

mkdir -p "$BUILD/log"
for group in "${groups[@]}"; do
    run_group "$group"
    if [ "$group" = build ]; then
        for other in "${after_build[@]}"; do
            start_beside "$other"
        done
    fi
done
echo "== summary"
printf '   %s\n' "${summary[@]}"
echo "$total_passed passed, $total_failed failed, $total_skipped skipped"
[ "$total_failed" -eq 0 ]
