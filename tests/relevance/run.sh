#!/usr/bin/env bash
# How well the best hits answer the judged queries of tests/relevance/judged: BUILD=build tests/relevance/run.sh
#
# Where the variable JSONL names a file of articles, that file is measured instead: README.md beside this says how.
#
# Prints, for each kind of user, nDCG@10 (gain 2^grade - 1), MRR@10 of the first article with grade 2 or more, the
# share of articles with grade 2 or more that are among all hits, and how many tempting wrong articles stand above one
# that is meant; then the worst queries. It fails below the floors, which are what was reached once, less a margin:
# raise them when ranking gets better. RELEVANCE_VERBOSE=1 prints every query. How it was judged: judged/README.md.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 74
. tests/count.sh

if [ -n "${JSONL:-}" ]; then
    exec python3 tests/relevance/measure.py
fi

program=$(realpath "${BUILD:-build}/trabao")
judged=$PWD/tests/relevance/judged
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Keys of articles without an address are paths relative to corpus/samples, hence from there.
search_all() {
    cd corpus/samples && "$program" index --quiet --db "$scratch/samples.trabao" pages *.jsonl &&
        cut -f 1,2 "$judged/queries.tsv" |
        "$program" search --db "$scratch/samples.trabao" --batch - --limit all --format trec >"$scratch/run"
}

evaluate() {
    awk -F '\t' -v verbose="${RELEVANCE_VERBOSE:-0}" -f tests/relevance/evaluate.awk \
        "$judged/queries.tsv" "$judged/qrels.tsv" <(tr ' ' '\t' <"$scratch/run")
}

# floor NAME VALUE LEAST
floor() {
    if awk -v value="$2" -v least="$3" 'BEGIN { exit !(value >= least) }'; then
        passed "$1 $2, at least $3"
    else
        failed "$1 $2 is below $3"
    fi
}

selftest() {
    if ! command -v python3 >/dev/null; then
        skipped "python3 is not installed: the measuring scripts were not tested"
    elif python3 tests/relevance/selftest.py "$program" >"$scratch/selftest" 2>&1; then
        passed "the measuring scripts measure right ($(grep -c ' ok$' "$scratch/selftest") tests)"
    else
        failed "the measuring scripts do not measure right"
        cat "$scratch/selftest"
    fi
}

selftest
(search_all)
status=$?
if [ $status -gt 1 ]; then
    failed "the judged queries could not be searched (status $status)"
    end_count relevance
fi
evaluate >"$scratch/figures" || failed "the figures could not be computed"
grep -v '^all' "$scratch/figures"
read -r _ ndcg mrr recall _ < <(grep '^all' "$scratch/figures")
floor nDCG@10 "$ndcg" 0.92
floor MRR@10 "$mrr" 0.95
floor recall "$recall" 0.93
end_count relevance
