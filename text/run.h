/*
 * run.h - where a run of ASCII letters, ASCII digits and bytes of 0x80 and more ends, sixteen bytes at a time.
 *
 * Nothing here branches: the length of a word cannot be predicted, and a loop over its bytes would stall at the end of
 * each. Two ways to the same answer: arithmetic on 8-byte numbers, and SSE2 where the compiler has it.
 */
#ifndef TRABAO_RUN_H
#define TRABAO_RUN_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/base.h"

#define RUN_EACH_BYTE(x) (UINT64_C(0x0101010101010101) * (x))

/* The top bit of each byte of X that is part of a run. Additions cannot carry: all summands are below 0x80. */
static inline uint64_t run_bytes(uint64_t x)
{
    const uint64_t low = x & RUN_EACH_BYTE(0x7F);
    const uint64_t lower = low | RUN_EACH_BYTE(0x20);
    const uint64_t digit = (low + RUN_EACH_BYTE(0x80 - '0')) & ~(low + RUN_EACH_BYTE(0x80 - '9' - 1));
    const uint64_t alpha = (lower + RUN_EACH_BYTE(0x80 - 'a')) & ~(lower + RUN_EACH_BYTE(0x80 - 'z' - 1));
    return (x | digit | alpha) & RUN_EACH_BYTE(0x80);
}

/* Bit i is the top bit of byte i of TOP_BITS, which has no other bits. */
static inline uint32_t run_gather(uint64_t top_bits)
{
    return (uint32_t)(((top_bits >> 7) * UINT64_C(0x0102040810204080)) >> 56);
}

static inline unsigned run_length_portable(uint64_t lo, uint64_t hi)
{
    const uint32_t in_run = run_gather(run_bytes(lo)) | run_gather(run_bytes(hi)) << 8;
    return (unsigned)__builtin_ctz(~in_run);
}

/*
 * Bytes of the run at the start of sixteen bytes, of which LO holds the first eight, the first lowest; 16 when the run
 * may go on.
 */
static inline unsigned run_length(uint64_t lo, uint64_t hi)
{
#ifdef __SSE2__
    /* A range check is one signed comparison once the range has been moved to the lowest values. */
    const __m128i x = _mm_set_epi64x((long long)hi, (long long)lo);
    const __m128i lower = _mm_or_si128(x, _mm_set1_epi8(0x20));
    const __m128i from_a = _mm_add_epi8(lower, _mm_set1_epi8(0x80 - 'a'));
    const __m128i from_0 = _mm_add_epi8(x, _mm_set1_epi8(0x80 - '0'));
    const __m128i alpha = _mm_cmplt_epi8(from_a, _mm_set1_epi8(INT8_MIN + 26));
    const __m128i digit = _mm_cmplt_epi8(from_0, _mm_set1_epi8(INT8_MIN + 10));
    return (unsigned)__builtin_ctz(~(unsigned)_mm_movemask_epi8(_mm_or_si128(x, _mm_or_si128(alpha, digit))));
#else
    return run_length_portable(lo, hi);
#endif
}

#endif
