# evaluate.awk - figures of a run: queries.tsv, qrels.tsv and the run (TREC form, tabs) in this order.
#
# Prints "KIND NDCG MRR RECALL WRONG QUERIES" for each kind of user and for `all`, after the queries that are worst.

function gain(grade) { return 2 ^ grade - 1 }

# The best nDCG that ten places allow, from how many articles have each grade.
function ideal(q,    grade, place, left, sum) {
    for (grade = 3; grade >= 1; grade--)
        for (left = graded[q, grade]; left > 0 && place < 10; left--)
            sum += gain(grade) / log(++place + 1)
    return sum
}

FNR == 1 { file++ }
file == 1 { kind[$1] = $3; text[$1] = $2; order[++queries] = $1; next }
file == 2 {
    grade[$1, $3] = $4
    judged[$1, $3] = 1
    graded[$1, $4]++
    next
}
{
    place = ++hits[$1]
    g = grade[$1, $3] + 0
    if (place <= 10) {
        dcg[$1] += gain(g) / log(place + 1)
        if (g >= 2 && !($1 in first))
            first[$1] = place
    }
    if (g >= 2)
        found[$1]++
    # A tempting wrong one counts once a meant one follows it.
    if (g == 0 && (($1, $3) in judged))
        waiting[$1]++
    else if (g >= 2) {
        wrong[$1] += waiting[$1]
        waiting[$1] = 0
    }
}

function add(name, q) {
    n[name]++
    ndcg[name] += score[q]
    mrr[name] += (q in first) ? 1 / first[q] : 0
    recall[name] += found[q] / (graded[q, 2] + graded[q, 3])
    errors[name] += wrong[q]
}

function print_query(q) {
    printf "  %s nDCG %.2f, first %s, %d of %d meant, %d wrong above: %s\n", q, score[q], (q in first) ? first[q] : "-", \
        found[q], graded[q, 2] + graded[q, 3], wrong[q], text[q]
}

END {
    for (i = 1; i <= queries; i++) {
        q = order[i]
        # A query that nothing answers is right when nothing is found.
        if (graded[q, 1] + graded[q, 2] + graded[q, 3] == 0) {
            nothing++
            quiet += !(q in hits)
            continue
        }
        score[q] = dcg[q] / ideal(q)
        if (graded[q, 2] + graded[q, 3] == 0)
            continue
        add(kind[q], q)
        add("all", q)
        if (verbose + 0 || score[q] < 0.7)
            print_query(q)
    }
    if (nothing)
        printf "  %d of %d queries that nothing answers find nothing\n", quiet, nothing
    printf "%-12s %6s %6s %6s %6s %8s\n", "kind", "nDCG", "MRR", "recall", "wrong", "queries"
    for (name in n)
        printf "%-12s %6.3f %6.3f %6.3f %6d %8d\n", name, ndcg[name] / n[name], mrr[name] / n[name], \
            recall[name] / n[name], errors[name], n[name]
}
