/*
 * neighbours.h - the pairs of neighbouring words of a plan: what each weighs, and which articles may have it.
 *
 * A pair weighs the inverse document frequency of its document frequency, which is estimated from its count in the
 * archive (archive/ngrams.h) and is at most that of its rarer word. Which articles may have it is told by the
 * signatures of the archive, where all variants of a word have one folded form.
 */
#ifndef TRABAO_NEIGHBOURS_H
#define TRABAO_NEIGHBOURS_H

#include "query/plan.h"

/* A word and the one before it. */
struct neighbours {
    double weight;  /* of the pair of the likeliest readings, in the scale of the words' weights; 0: no neighbours */
    uint64_t *may;  /* bit a: article number a may have them side by side; NULL: any may */
    uint32_t estimate; /* points that the first stage counts on where they may; 0 where MAY is NULL */
};

/* False when ARTICLE cannot have them side by side. */
static inline bool neighbours_may(const struct neighbours *n, uint32_t article)
{
    return !n->may || n->may[article / 64] >> article % 64 & 1;
}

/* What all COUNT VARIANTS of a word are when they are folded, as signatures have it; -1: not one word. */
int64_t neighbours_word(const struct lexicon *lexicon, const struct plan_variant *variants, size_t count);

/*
 * *MAY: bit by article, of those between PLAN->first and PLAN->end: it may have COUNT WORDS, each by neighbours_word,
 * one behind the other. NULL: any may.
 */
enum trabao_status neighbours_narrow(struct archive_reader *r, const struct plan *plan, const int64_t *words,
                                     size_t count, uint64_t **may, struct trabao_error *err);

/* About how often PHRASE stands in the articles, by its rarest pair. */
double neighbours_expected(const struct archive *a, const struct plan *plan, const struct plan_node *phrase);

/*
 * Fills in PLAN->neighbours, and the `may` of its phrases, for the articles between PLAN->first and PLAN->end. Nothing
 * is done where it was done before.
 */
enum trabao_status neighbours_find(struct archive_reader *r, struct plan *plan, struct trabao_error *err);

#endif
