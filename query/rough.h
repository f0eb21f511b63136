/*
 * rough.h - scores of all articles of a run of windows at once, in 16 bits: never too small, and hardly too large.
 *
 * What cannot be among the best is told from them by adding up many terms in a few instructions each; only what is left
 * is scored exactly. A rough score is in units of ROUGH_MOST for the largest possible sum of all terms of a query.
 */
#ifndef TRABAO_ROUGH_H
#define TRABAO_ROUGH_H

#include "archive/places.h"

#define ROUGH_MOST 65535
#define ROUGH_TERMS_MAX 4096 /* more terms than this cannot be told apart in so few units */

/* How a kind of processor does it. */
struct rough_way {
    bool (*is_possible)(void); /* on this processor */
    /* Adds WEIGHT times impact, less what is lost, for the postings of more than IMPACT_SPARSE_MAX articles. */
    void (*add_dense)(uint16_t scores[IMPACT_WINDOW], const uint8_t *postings, uint16_t weight);
    /* Keeps those of PLACES that have LEAST at least. */
    void (*keep)(const uint16_t scores[IMPACT_WINDOW], uint16_t least, struct places *places);
};

extern const struct rough_way rough_ways[]; /* the quickest first */
extern const size_t rough_way_count;

struct rough {
    const struct rough_way *way;
    uint32_t scale;  /* rough weights of 1 << 16 points */
    uint32_t added;  /* terms; each may have lost one unit */
    uint16_t weight; /* of the term that is being added */
    _Alignas(64) uint16_t scores[IMPACT_RUN][IMPACT_WINDOW];
};

/*
 * Nothing has a score yet in WINDOWS (bit i: the i-th), which alone are asked for. In each, up to TERMS
 * (<= ROUGH_TERMS_MAX) times something will be added, IMPACT_MAX times TOTAL points at most.
 */
void rough_begin(struct rough *r, uint32_t windows, uint64_t total, size_t terms);

/* Begins with the next term. A posting of it has IMPACT_MAX times WEIGHT points at most. */
void rough_next(struct rough *r, uint32_t weight);

/* Adds its COUNT (> 0) postings of the I-th window. IMPACT_WINDOW bytes behind the bit map of many can be read. */
void rough_add(struct rough *r, uint32_t i, const uint8_t *postings, uint32_t count);

/* Adds POINTS at PLACES of the I-th window. */
void rough_add_points(struct rough *r, uint32_t i, const struct places *places, uint32_t points);

/* Keeps those of PLACES, of the I-th window, that may have NEEDED (> 0) points. */
void rough_keep(const struct rough *r, uint32_t i, uint32_t needed, struct places *places);

#endif
