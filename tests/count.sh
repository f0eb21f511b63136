#!/usr/bin/env bash
# count.sh - sourced by the runners: counts tests and says the counts in the one form that tests/run.sh adds up.
#
# A runner calls passed, failed or skipped once a test and ends with `end_count NAME`, which prints
# "NAME: 3 passed, 0 failed, 1 skipped" as its last line and exits 1 when a test failed.

count_passed=0
count_failed=0
count_skipped=0

passed() {
    echo "  ok      $*"
    count_passed=$((count_passed + 1))
}

failed() {
    echo "  FAILED  $*"
    count_failed=$((count_failed + 1))
}

skipped() {
    echo "  skipped $*"
    count_skipped=$((count_skipped + 1))
}

end_count() {
    echo "$1: $count_passed passed, $count_failed failed, $count_skipped skipped"
    [ "$count_failed" -eq 0 ]
    exit
}
