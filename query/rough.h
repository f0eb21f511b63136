/*
 * rough.h - scores of all articles of a window at once, in 16 bits: never too small, and hardly too large.
 *
 * What cannot be among the best is told from them by adding up many terms in a few instructions each; only what is left
 * is scored exactly. A rough score is in units of ROUGH_MOST for the largest possible sum of all terms of a query.
 */
#ifndef TRABAO_ROUGH_H
#define TRABAO_ROUGH_H

#include "archive/places.h"

#define ROUGH_MOST 65535
#define ROUGH_TERMS_MAX 4096 /* more terms than this cannot be told apart in so few units */

struct rough {
    uint32_t scale; /* rough weights of 1 << 16 points */
    _Alignas(16) uint16_t scores[IMPACT_WINDOW];
    uint32_t added; /* terms; each may have lost one unit */
};

/* For TERMS (<= ROUGH_TERMS_MAX) terms whose weights add up to TOTAL. */
void rough_begin(struct rough *r, uint64_t total, size_t terms);

/* Forgets the scores. */
void rough_clear(struct rough *r);

/* Adds COUNT (> 0) postings of a window, each with IMPACT_MAX times WEIGHT points at most. */
void rough_add(struct rough *r, const uint8_t *postings, uint32_t count, uint32_t weight);

/* Keeps those of PLACES that may have NEEDED (> 0) points. */
void rough_keep(const struct rough *r, uint32_t needed, struct places *places);

#endif
