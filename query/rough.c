/*
 * rough.c - a product of impact and weight is its upper 16 bits. Weights are rounded up and products down, which loses
 * less than one unit a term: so much is given back when sums are compared.
 *
 * Dense postings have a bit map that says where their impacts belong. Processors with AVX-512 (VBMI2) put 64 of them in
 * their places by one instruction, those with SSSE3 eight, by a table; others go through the bits. What the processor
 * is, is found out when the program runs.
 */
#include "query/rough.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* ---- on any processor ------------------------------------------------------------------------------------------ */

static bool is_always_possible(void)
{
    return true;
}

static void add_by_bits(uint16_t scores[IMPACT_WINDOW], const uint8_t *postings, uint16_t weight)
{
    const uint8_t *impacts = postings + IMPACT_BITMAP_BYTES;
    for (size_t i = 0; i < PLACES_WORDS; i++) {
        for (uint64_t left = LOAD(uint64_t, postings + 8 * i); left; left &= left - 1) {
            const size_t place = 64 * i + (unsigned)__builtin_ctzll(left);
            scores[place] = (uint16_t)(scores[place] + (*impacts++ * (uint32_t)weight >> 8));
        }
    }
}

static void keep_by_places(const uint16_t scores[IMPACT_WINDOW], uint16_t least, struct places *places)
{
    for (uint32_t place = 0; place < IMPACT_WINDOW; place++) {
        if (scores[place] < least) {
            places_remove(places, place);
        }
    }
}

#ifdef __x86_64__

/* ---- eight places at once, by SSSE3 ---------------------------------------------------------------------------- */

/* For bit J of the byte M: which of the impacts behind one another is its own; none (0x80) where it is not set. */
#define RANK(m, j) ((m) >> (j) & 1 ? __builtin_popcount((m) & ((1U << (j)) - 1)) : 0x80)
#define SPREAD(m) {RANK(m, 0), RANK(m, 1), RANK(m, 2), RANK(m, 3), RANK(m, 4), RANK(m, 5), RANK(m, 6), RANK(m, 7)}
#define SPREAD4(m) SPREAD(m), SPREAD((m) + 1), SPREAD((m) + 2), SPREAD((m) + 3)
#define SPREAD16(m) SPREAD4(m), SPREAD4((m) + 4), SPREAD4((m) + 8), SPREAD4((m) + 12)
#define SPREAD64(m) SPREAD16(m), SPREAD16((m) + 16), SPREAD16((m) + 32), SPREAD16((m) + 48)

static const uint8_t spread[256][8] = {SPREAD64(0U), SPREAD64(64U), SPREAD64(128U), SPREAD64(192U)};

#define BY_EIGHT __attribute__((target("ssse3")))

static bool has_ssse3(void)
{
    return __builtin_cpu_supports("ssse3");
}

BY_EIGHT static void add_by_eight(uint16_t scores[IMPACT_WINDOW], const uint8_t *postings, uint16_t weight)
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

/* Which of 16 scores are LEASTS at least. */
BY_EIGHT static uint32_t reaching(const __m128i *scores, __m128i leasts)
{
    const __m128i none = _mm_setzero_si128();
    const __m128i low = _mm_cmpeq_epi16(_mm_subs_epu16(leasts, _mm_load_si128(scores)), none);
    const __m128i high = _mm_cmpeq_epi16(_mm_subs_epu16(leasts, _mm_load_si128(scores + 1)), none);
    return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(low, high));
}

BY_EIGHT static void keep_by_eight(const uint16_t scores[IMPACT_WINDOW], uint16_t least, struct places *places)
{
    const __m128i leasts = _mm_set1_epi16((short)least);
    for (size_t i = 0; i < PLACES_WORDS; i++) {
        uint64_t kept = 0;
        for (size_t j = 0; places->bits[i] && j < 4; j++) {
            kept |= (uint64_t)reaching((const __m128i *)(const void *)(scores + 64 * i + 16 * j), leasts) << 16 * j;
        }
        places->bits[i] &= kept;
    }
}

/* ---- 64 places at once, by AVX-512 ----------------------------------------------------------------------------- */

#define BY_64 __attribute__((target("avx512f,avx512bw,avx512vbmi2")))

static bool has_vbmi2(void)
{
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2");
}

/* SUMS with the products of 32 IMPACTS. */
BY_64 static __m512i add_products(__m512i sums, __m256i impacts, __m512i weights)
{
    const __m512i high = _mm512_slli_epi16(_mm512_cvtepu8_epi16(impacts), 8);
    return _mm512_add_epi16(sums, _mm512_mulhi_epu16(high, weights));
}

BY_64 static void add_by_64(uint16_t scores[IMPACT_WINDOW], const uint8_t *postings, uint16_t weight)
{
    const uint8_t *impacts = postings + IMPACT_BITMAP_BYTES;
    const __m512i weights = _mm512_set1_epi16((short)weight);
    for (size_t i = 0; i < PLACES_WORDS; i++) {
        const uint64_t bits = LOAD(uint64_t, postings + 8 * i);
        const __m512i placed = _mm512_maskz_expand_epi8(bits, _mm512_loadu_si512(impacts));
        __m512i *sums = (__m512i *)(void *)(scores + 64 * i);
        sums[0] = add_products(sums[0], _mm512_castsi512_si256(placed), weights);
        sums[1] = add_products(sums[1], _mm512_extracti64x4_epi64(placed, 1), weights);
        impacts += __builtin_popcountll(bits);
    }
}

BY_64 static void keep_by_64(const uint16_t scores[IMPACT_WINDOW], uint16_t least, struct places *places)
{
    const __m512i leasts = _mm512_set1_epi16((short)least);
    for (size_t i = 0; i < PLACES_WORDS; i++) {
        const __m512i *sums = (const __m512i *)(const void *)(scores + 64 * i);
        const uint64_t low = _mm512_cmpge_epu16_mask(sums[0], leasts);
        const uint64_t high = _mm512_cmpge_epu16_mask(sums[1], leasts);
        places->bits[i] &= low | high << 32;
    }
}

#endif

/* ---- the ways -------------------------------------------------------------------------------------------------- */

const struct rough_way rough_ways[] = {
#ifdef __x86_64__
    {has_vbmi2, add_by_64, keep_by_64},
    {has_ssse3, add_by_eight, keep_by_eight},
#endif
    {is_always_possible, add_by_bits, keep_by_places},
};

const size_t rough_way_count = sizeof rough_ways / sizeof *rough_ways;

void rough_begin(struct rough *r, uint32_t windows, uint64_t total, size_t terms)
{
    r->way = rough_ways;
    while (!r->way->is_possible()) {
        r->way++;
    }
    r->scale = (uint32_t)(((uint64_t)(ROUGH_MOST - terms) << 16) / MAX(total, 1U));
    r->added = 0;
    for (uint32_t left = windows; left; left &= left - 1) {
        memset(r->scores[__builtin_ctz(left)], 0, sizeof *r->scores);
    }
}

void rough_next(struct rough *r, uint32_t weight)
{
    r->weight = (uint16_t)(((uint64_t)weight * r->scale + 0xffff) >> 16);
    r->added++;
}

void rough_add(struct rough *r, uint32_t i, const uint8_t *postings, uint32_t count)
{
    uint16_t *scores = r->scores[i];
    if (count > IMPACT_SPARSE_MAX) {
        r->way->add_dense(scores, postings, r->weight);
        return;
    }
    for (uint32_t p = 0; p < count; p++) {
        uint16_t *score = &scores[postings[p]];
        *score = (uint16_t)(*score + (postings[count + p] * (uint32_t)r->weight >> 8));
    }
}

void rough_add_points(struct rough *r, uint32_t i, const struct places *places, uint32_t points)
{
    const uint64_t units = ((uint64_t)points * r->scale + 0xffffff) >> 24;
    for (uint32_t w = 0; w < PLACES_WORDS; w++) {
        for (uint64_t left = places->bits[w]; left; left &= left - 1) {
            uint16_t *score = &r->scores[i][64 * w + (uint32_t)__builtin_ctzll(left)];
            *score = (uint16_t)(*score + units);
        }
    }
}

/* The rough score that NEEDED points have at least. */
static uint16_t least_score(const struct rough *r, uint32_t needed)
{
    const uint64_t units = (uint64_t)needed * r->scale >> 24;
    return (uint16_t)(units > r->added ? MIN(units - r->added, ROUGH_MOST) : 0);
}

void rough_keep(const struct rough *r, uint32_t i, uint32_t needed, struct places *places)
{
    r->way->keep(r->scores[i], least_score(r, needed), places);
}
