/*
 * places.h - sets of articles of one window of the impact index, as bit maps.
 */
#ifndef TRABAO_PLACES_H
#define TRABAO_PLACES_H

#include "archive/impact.h"

#define PLACES_WORDS (IMPACT_WINDOW / 64)

struct places {
    uint64_t bits[PLACES_WORDS];
};

static inline bool places_empty(const struct places *p)
{
    return (p->bits[0] | p->bits[1] | p->bits[2] | p->bits[3]) == 0;
}

static inline unsigned places_count(const struct places *p)
{
    return (unsigned)(__builtin_popcountll(p->bits[0]) + __builtin_popcountll(p->bits[1]) +
                      __builtin_popcountll(p->bits[2]) + __builtin_popcountll(p->bits[3]));
}
_Static_assert(PLACES_WORDS == 4, "they look at four words");

static inline bool places_has(const struct places *p, unsigned place)
{
    return p->bits[place / 64] >> place % 64 & 1;
}

/* How many of P are below PLACE. */
static inline unsigned places_below(const struct places *p, unsigned place)
{
    unsigned count = (unsigned)__builtin_popcountll(p->bits[place / 64] & ((UINT64_C(1) << place % 64) - 1));
    for (unsigned i = 0; i < place / 64; i++) {
        count += (unsigned)__builtin_popcountll(p->bits[i]);
    }
    return count;
}

static inline void places_add(struct places *p, unsigned place)
{
    p->bits[place / 64] |= UINT64_C(1) << place % 64;
}

static inline void places_remove(struct places *p, unsigned place)
{
    p->bits[place / 64] &= ~(UINT64_C(1) << place % 64);
}

static inline void places_keep(struct places *p, const struct places *other)
{
    for (unsigned i = 0; i < PLACES_WORDS; i++) {
        p->bits[i] &= other->bits[i];
    }
}

/* The same with the part of OF_ALL, a bit map of all articles, that is of WINDOW. */
static inline void places_keep_window(struct places *p, const uint64_t *of_all, uint32_t window)
{
    for (unsigned i = 0; i < PLACES_WORDS; i++) {
        p->bits[i] &= of_all[(size_t)window * PLACES_WORDS + i];
    }
}

static inline void places_join(struct places *p, const struct places *other)
{
    for (unsigned i = 0; i < PLACES_WORDS; i++) {
        p->bits[i] |= other->bits[i];
    }
}

static inline void places_drop(struct places *p, const struct places *other)
{
    for (unsigned i = 0; i < PLACES_WORDS; i++) {
        p->bits[i] &= ~other->bits[i];
    }
}

/* Leaves of P, the places of WINDOW, those of the articles from FIRST up to END. */
static inline void places_cut(struct places *p, uint32_t window, uint32_t first, uint32_t end)
{
    for (unsigned i = 0; i < PLACES_WORDS; i++) {
        const uint32_t start = window * IMPACT_WINDOW + 64 * i;
        if (first > start) {
            p->bits[i] &= first - start >= 64 ? 0 : ~UINT64_C(0) << (first - start);
        }
        if (end < start + 64) {
            p->bits[i] &= end <= start ? 0 : ~UINT64_C(0) >> (64 - (end - start));
        }
    }
}

/* Adds the places of COUNT postings of a window. */
static inline void places_add_postings(struct places *p, const uint8_t *postings, uint32_t count)
{
    if (count > IMPACT_SPARSE_MAX) {
        for (unsigned i = 0; i < PLACES_WORDS; i++) {
            p->bits[i] |= LOAD(uint64_t, postings + 8 * (size_t)i);
        }
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        places_add(p, postings[i]);
    }
}

/* Adds to OUT, by window, the articles that have TERM; if AMONG is not NULL, those of windows with some AMONG. */
enum trabao_status places_add_term(struct impact_reader *r, const struct impact_term *term, const struct places *among,
                                   struct places *out, struct trabao_error *err);

/*
 * Keeps of AMONG, by window, the articles that have one of COUNT TERMS (NULL: in no article). ROOM, of as many WINDOWS,
 * is written over. Term by term, that is, through each term's postings in their order.
 */
enum trabao_status places_keep_word(struct impact_reader *r, const struct impact_term *const *terms, size_t count,
                                    uint32_t windows, struct places *among, struct places *room,
                                    struct trabao_error *err);

#endif
