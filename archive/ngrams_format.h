/*
 * ngrams_format.h - what building and reading the n-gram table share: hashing and the layout of a slot.
 *
 * Table `ngrams`: the slots, three bytes each, in rows of NGRAMS_ROW_SLOTS. A slot is the number
 * fingerprint << NGRAMS_LOG_BITS | logarithm, little-endian, 0 when free. The place where the search for a hash begins
 * comes from its high bits, the fingerprint from bits below.
 */
#ifndef TRABAO_NGRAMS_FORMAT_H
#define TRABAO_NGRAMS_FORMAT_H

#include <math.h>

#include "base/base.h"

#define NGRAMS_SLOT_BYTES 3
#define NGRAMS_ROW_SLOTS 21820 /* of a row, which fills four pages */
#define NGRAMS_PROBES_MAX 4096 /* places that are looked at: more than stand in a row when a fifth of all is free */
#define NGRAMS_LOG_BITS 6
#define NGRAMS_STEPS 3 /* steps of the logarithm in a doubling */
#define NGRAMS_HASH_BITS 44 /* of a hash that are used, the high ones */
#define NGRAMS_FINGERPRINT_BITS 18

/* What stands in the place of a missing word; no term number is that large (LEXICON_TERMS_MAX). */
#define NGRAMS_NO_WORD UINT32_C(0xffffffff)
#define NGRAMS_FOLLOWERS UINT32_C(0xfffffffe) /* as second word: not a pair, but how many pairs the first begins */

static inline uint64_t ngrams_hash(uint32_t a, uint32_t b, uint32_t c)
{
    /* The constant term keeps the first words of the lexicon from hashing to 0, which stands for no hash. */
    uint64_t h = UINT64_C(0x27d4eb2f165667c5) ^ (uint64_t)a * UINT64_C(0x9e3779b97f4a7c15) ^
                 (uint64_t)b * UINT64_C(0xc2b2ae3d27d4eb4f) ^
                 (uint64_t)c * UINT64_C(0x165667b19e3779f9);
    h ^= h >> 32;
    h *= UINT64_C(0xd6e8feb86659fd93);
    return h ^ h >> 32;
}

static inline uint64_t ngrams_home(uint64_t hash, uint64_t capacity)
{
    return (hash >> 32) * capacity >> 32;
}

static inline uint32_t ngrams_fingerprint(uint64_t hash)
{
    return (uint32_t)(hash >> (64 - NGRAMS_HASH_BITS)) & ((1U << NGRAMS_FINGERPRINT_BITS) - 1);
}

/* Reads one byte past the slot. */
static inline uint32_t ngrams_slot(const uint8_t *slots, uint64_t place)
{
    return LOAD(uint32_t, slots + place * NGRAMS_SLOT_BYTES) & 0xffffff;
}

/* 1.. for a count from 1. */
static inline uint32_t ngrams_log(uint32_t count)
{
    const double steps = NGRAMS_STEPS * log2(count);
    return MIN((uint32_t)lround(steps), (1U << NGRAMS_LOG_BITS) - 2) + 1;
}

static inline double ngrams_count(uint32_t log)
{
    static const double steps[NGRAMS_STEPS] = {1, 0x1.428a2f98d728bp+0, 0x1.965fea53d6e3dp+0}; /* powers of 2^(1/3) */
    return log ? steps[(log - 1) % NGRAMS_STEPS] * (double)(UINT32_C(1) << (log - 1) / NGRAMS_STEPS) : 0;
}

#endif
