/*
 * rough.c - a product of impact and weight is its upper 16 bits. Weights are rounded up and products down, which loses
 * less than one unit a term: so much is given back when sums are compared.
 *
 * Dense postings are taken eight places at a time: a byte of the bit map says where their impacts belong, which one
 * instruction of SSSE3 does by a table; other processors go through the bits.
 */
#include "query/rough.h"

#ifdef __SSSE3__
#include <tmmintrin.h>
#endif

void rough_begin(struct rough *r, uint64_t total, size_t terms)
{
    r->scale = (uint32_t)(((uint64_t)(ROUGH_MOST - terms) << 16) / MAX(total, 1U));
}

void rough_clear(struct rough *r)
{
    memset(r->scores, 0, sizeof r->scores);
    r->added = 0;
}

static uint16_t rough_weight(const struct rough *r, uint32_t weight)
{
    return (uint16_t)(((uint64_t)weight * r->scale + 0xffff) >> 16);
}

#ifdef __SSSE3__

/* For bit J of the byte M: which of the impacts behind one another is its own; none (0x80) where it is not set. */
#define RANK(m, j) ((m) >> (j) & 1 ? __builtin_popcount((m) & ((1U << (j)) - 1)) : 0x80)
#define SPREAD(m) {RANK(m, 0), RANK(m, 1), RANK(m, 2), RANK(m, 3), RANK(m, 4), RANK(m, 5), RANK(m, 6), RANK(m, 7)}
#define SPREAD4(m) SPREAD(m), SPREAD((m) + 1), SPREAD((m) + 2), SPREAD((m) + 3)
#define SPREAD16(m) SPREAD4(m), SPREAD4((m) + 4), SPREAD4((m) + 8), SPREAD4((m) + 12)
#define SPREAD64(m) SPREAD16(m), SPREAD16((m) + 16), SPREAD16((m) + 32), SPREAD16((m) + 48)

static const uint8_t spread[256][8] = {SPREAD64(0U), SPREAD64(64U), SPREAD64(128U), SPREAD64(192U)};

static void add_dense(uint16_t *scores, const uint8_t *postings, uint16_t weight)
{
    const uint8_t *impacts = postings + IMPACT_BITMAP_BYTES;
    const __m128i weights = _mm_set1_epi16((short)weight);
    for (size_t i = 0; i < IMPACT_BITMAP_BYTES; i++) {
        const uint8_t bits = postings[i];
        __m128i *sum = (__m128i *)(void *)(scores + 8 * i);
        const __m128i packed = _mm_loadl_epi64((const __m128i *)(const void *)impacts);
        const __m128i placed = _mm_shuffle_epi8(packed, _mm_loadl_epi64((const __m128i *)(const void *)spread[bits]));
        const __m128i high = _mm_unpacklo_epi8(_mm_setzero_si128(), placed);
        _mm_store_si128(sum, _mm_add_epi16(_mm_load_si128(sum), _mm_mulhi_epu16(high, weights)));
        impacts += __builtin_popcount(bits);
    }
}

#else

static void add_dense(uint16_t *scores, const uint8_t *postings, uint16_t weight)
{
    const uint8_t *impacts = postings + IMPACT_BITMAP_BYTES;
    for (size_t i = 0; i < PLACES_WORDS; i++) {
        for (uint64_t left = LOAD(uint64_t, postings + 8 * i); left; left &= left - 1) {
            const size_t place = 64 * i + (unsigned)__builtin_ctzll(left);
            scores[place] = (uint16_t)(scores[place] + (*impacts++ * (uint32_t)weight >> 8));
        }
    }
}

#endif

void rough_add(struct rough *r, const uint8_t *postings, uint32_t count, uint32_t weight)
{
    const uint16_t w = rough_weight(r, weight);
    r->added++;
    if (count > IMPACT_SPARSE_MAX) {
        add_dense(r->scores, postings, w);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint16_t *score = &r->scores[postings[i]];
        *score = (uint16_t)(*score + (postings[count + i] * (uint32_t)w >> 8));
    }
}

/* The rough score that NEEDED points have at least. */
static uint16_t least_score(const struct rough *r, uint32_t needed)
{
    const uint64_t units = (uint64_t)needed * r->scale >> 24;
    return (uint16_t)(units > r->added ? MIN(units - r->added, ROUGH_MOST) : 0);
}

#ifdef __SSSE3__

/* Those of 64 places that have LEAST at least. */
static uint64_t reaching(const uint16_t *scores, uint16_t least)
{
    const __m128i leasts = _mm_set1_epi16((short)least), none = _mm_setzero_si128();
    const __m128i *sums = (const __m128i *)(const void *)scores;
    uint64_t out = 0;
    for (size_t i = 0; i < 4; i++) {
        const __m128i low = _mm_cmpeq_epi16(_mm_subs_epu16(leasts, _mm_load_si128(sums + 2 * i)), none);
        const __m128i high = _mm_cmpeq_epi16(_mm_subs_epu16(leasts, _mm_load_si128(sums + 2 * i + 1)), none);
        out |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_packs_epi16(low, high)) << 16 * i;
    }
    return out;
}

#else

static uint64_t reaching(const uint16_t *scores, uint16_t least)
{
    uint64_t out = 0;
    for (unsigned i = 0; i < 64; i++) {
        out |= (uint64_t)(scores[i] >= least) << i;
    }
    return out;
}

#endif

void rough_keep(const struct rough *r, uint32_t needed, struct places *places)
{
    const uint16_t least = least_score(r, needed);
    for (size_t i = 0; i < PLACES_WORDS; i++) {
        if (places->bits[i]) {
            places->bits[i] &= reaching(r->scores + 64 * i, least);
        }
    }
}
