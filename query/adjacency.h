/*
 * adjacency.h - the second stage of ranking: words that stand side by side in the query and in the article.
 *
 * In Vietnamese a word is mostly two syllables, and syllables are what is indexed; so it is pairs that carry the
 * meaning. For every pair of neighbours of the query the places are counted where the article has the same neighbours
 * in the same order, those in the title more. A pair adds
 *
 *     ADJACENCY_WEIGHT * (mean weight of its two words) * f / (f + ADJACENCY_HALF)
 */
#ifndef TRABAO_ADJACENCY_H
#define TRABAO_ADJACENCY_H

#include "query/engine.h"

#define ADJACENCY_WEIGHT 0.9
#define ADJACENCY_HALF 1.0
#define ADJACENCY_TITLE 3 /* a pair in the title counts as so many in the body */

/* Articles, best first by BM25F, that are ranked anew by their pairs; those behind them keep their order. */
#define ADJACENCY_ARTICLES 50

/* True when the plan has neighbours, that is, when a second stage changes anything. */
bool adjacency_matters(const struct plan *plan);

/* Adds the pairs to the scores of HITS and sorts them. */
enum trabao_status adjacency_rank(struct archive_reader *r, const struct plan *plan, struct engine_hit *hits,
                                  size_t count, struct trabao_error *err);

/* The points that the pairs add to one article of a tier. */
enum trabao_status adjacency_points(struct archive_reader *r, const struct plan *plan, uint32_t article, uint8_t tier,
                                    uint32_t *points, struct trabao_error *err);

#endif
