/*
 * adjacency.h - the second stage of ranking: words that stand side by side in the query and in the article, and
 * passages of it that have many words of the query.
 *
 * In Vietnamese a word is mostly two syllables, and syllables are what is indexed; so it is pairs that carry the
 * meaning. For every pair of neighbours of the query the places are counted where the article has the same neighbours
 * in the same order, those in the title and the lead more. A pair adds
 *
 *     ADJACENCY_WEIGHT * (inverse document frequency of the pair) * f / (f + h),
 *     h = ADJACENCY_HALF * (1 - ADJACENCY_B + ADJACENCY_B * (length of the article) / (average length))
 *
 * The document frequency of a pair is estimated from its count (archive/ngrams.h), and is at most that of its rarer
 * word. A pair of less likely readings counts a little less, ADJACENCY_ANY_READING at least: which reading is meant is
 * often told by nothing but that they stand side by side in an article. An article has to do with a query when it says
 * most of it in one breath, and the more so when it begins with that. Of all its passages of ADJACENCY_PASSAGE words
 * the best one counts, by how many different words of the query are in it, in any reading: among the others a common
 * word tells as much as a rare one. It ends at the p-th word, and adds
 *
 *     ADJACENCY_PASSAGE_WORD * log(1 + articles of the archive) * (number of those words)
 *         * (1 + ADJACENCY_EARLY / (1 + p / ADJACENCY_EARLY_HALF))
 *
 * where the logarithm is what the rarest words weigh, beside which this has to count.
 *
 * Tuned on development splits of titles and pieces of titles, of three collections.
 *
 * An article that is read for its pairs is known to have the phrases of the plan, or not, by the same walk.
 */
#ifndef TRABAO_ADJACENCY_H
#define TRABAO_ADJACENCY_H

#include "query/engine.h"

#define ADJACENCY_WEIGHT 0.25
#define ADJACENCY_HALF 0.5
#define ADJACENCY_B IMPACT_B /* so that what is known of the words bounds what is not known of the pair */
#define ADJACENCY_ANY_READING 0.7 /* share of its weight that a pair of unlikely readings has at least */
#define ADJACENCY_TITLE 3 /* a pair in the title counts as so many in the body */
#define ADJACENCY_LEAD 3  /* one that ends among the first IMPACT_LEAD_WORDS of the body */
#define ADJACENCY_PASSAGE 30
#define ADJACENCY_PASSAGE_WORD 0.066 /* points */
#define ADJACENCY_EARLY 0.5     /* share of its weight that a passage at the beginning gets in addition */
#define ADJACENCY_EARLY_HALF 50 /* words from there, after which half of that is left */

/*
 * Articles, best first by BM25F, that are ranked anew by their pairs; those behind them keep their order. Where words
 * do not all have to match, or phrases have to, the words say more, and it is fewer.
 */
#define ADJACENCY_ARTICLES 100
#define ADJACENCY_FEW 50
size_t adjacency_articles(const struct plan *plan);

/* True when the plan has neighbours, that is, when a second stage changes anything. */
bool adjacency_matters(const struct plan *plan);

/* What looking into articles needs; for one plan and one thread. Closed before the plan is freed. */
struct adjacency;

enum trabao_status adjacency_open(struct archive_reader *r, struct plan *plan, struct adjacency **out,
                                  struct trabao_error *err);
void adjacency_close(struct adjacency *a);

/*
 * For engine_options: whether the article of HIT has the phrases of the plan, TRABAO_NONE if not. Leaves its points in
 * HIT, since it had to be read.
 */
enum trabao_status adjacency_has_phrases(void *adjacency, struct engine_hit *hit, struct trabao_error *err);

/*
 * *ENOUGH: at least LEAST of HITS have all words that every article must have, as they are likely meant. Leaves the
 * points of each that it looked into.
 */
enum trabao_status adjacency_enough_meant(struct adjacency *a, struct engine_hit *hits, size_t count, size_t least,
                                          bool *enough, struct trabao_error *err);

/*
 * Adds the points to the scores of HITS and sorts them, as far as it takes to have the best WANTED (>= 1) in front;
 * those behind keep the most that they could come to as their score.
 */
enum trabao_status adjacency_rank(struct adjacency *a, struct engine_hit *hits, size_t count, size_t wanted,
                                  struct trabao_error *err);

#endif
