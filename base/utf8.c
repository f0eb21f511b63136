/*
 * utf8.c - stepping through UTF-8 (see utf8.h).
 */
#include "base/utf8.h"

#include <endian.h>
#ifdef __SSSE3__
#include <tmmintrin.h>
#endif

#define CHARACTER_MAX 4 /* bytes */
#define REPLACEMENT 0xfffd

/* Length that the first byte of a character announces; 0: no first byte. */
static size_t announced(uint8_t first)
{
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xc2 || first > 0xf4) {
        return 0;
    }
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t utf8_decode(const char *s, size_t n, uint32_t *code_point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t *p = (const uint8_t *)s;
    const size_t len = announced(p[0]);
    if (len == 1) {
        *code_point = p[0];
        return 1;
    }
    *code_point = REPLACEMENT;
    if (len == 0 || len > n) {
        return 1;
    }
    uint32_t c = p[0] & (0x7fU >> len);
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 1;
        }
        c = c << 6 | (p[i] & 0x3fU);
    }
    if (c < least[len] || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff) {
        return 1;
    }
    *code_point = c;
    return len;
}

size_t utf8_encode(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* Bytes before the first one that is not ASCII. */
static size_t ascii_length(const char *s, size_t n)
{
    size_t i = 0;
    while (i + 8 <= n) {
        const uint64_t high = LOAD(uint64_t, s + i) & UINT64_C(0x8080808080808080);
        if (high) {
            return i + (size_t)__builtin_ctzll(le64toh(high)) / 8;
        }
        i += 8;
    }
    while (i < n && (uint8_t)s[i] < 0x80) {
        i++;
    }
    return i;
}

/* Length of the character at S (N bytes) if it is seen at a glance to be a valid one of two or three bytes; else 0. */
static size_t plain_length(const char *s, size_t n)
{
    const uint32_t v = n >= sizeof(uint32_t) ? le32toh(LOAD(uint32_t, s)) : 0;
    if ((v & 0xc0f0) == 0x80c0 || (v & 0xc0f0) == 0x80d0) {
        return (v & 0x1e) ? 2 : 0;
    }
    const bool three = (v & 0xc0c0f0) == 0x8080e0;
    return three && (v & 0xf) != 0 && (v & 0xf) != 0xd ? 3 : 0;
}

#ifdef __SSSE3__

#define BLOCK sizeof(__m128i)

/* What can be wrong in two bytes in a row. Two errors that no pair of bytes can have both share a bit. */
enum {
    TOO_SHORT = 1,      /* a first byte without what it announces */
    TOO_LONG = 2,       /* a continuation of ASCII */
    OVERLONG_3 = 4,     /* e0 80 to e0 9f */
    TOO_LARGE = 8,      /* f4 90 to f4 bf, or f5 to ff and 90 to bf */
    SURROGATE = 16,     /* ed a0 to ed bf */
    OVERLONG_2 = 32,    /* c0, c1 */
    TOO_LARGE_F5 = 64,  /* f5 to ff, and 80 to 8f */
    OVERLONG_4 = 64,    /* f0 80 to f0 8f */
    CONTINUATIONS = 128 /* two in a row: right where a third or fourth byte must stand, and wrong elsewhere */
};
#define ANY_FIRST (TOO_SHORT | TOO_LONG | CONTINUATIONS) /* whatever the low half of the first byte is */
#define F5_UP (ANY_FIRST | TOO_LARGE | TOO_LARGE_F5)     /* that half being 5 or more */
#define ANY_CONTINUATION (TOO_LONG | OVERLONG_2 | CONTINUATIONS)

/* By the halves of a byte and the one before it, all that may be wrong: what all three say is wrong. */
static __m128i errors_of_two(__m128i bytes, __m128i before)
{
    const __m128i first_high = _mm_setr_epi8(
        TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, (char)CONTINUATIONS,
        (char)CONTINUATIONS, (char)CONTINUATIONS, (char)CONTINUATIONS, TOO_SHORT | OVERLONG_2, TOO_SHORT,
        TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | TOO_LARGE_F5);
    const __m128i first_low = _mm_setr_epi8(
        (char)(ANY_FIRST | OVERLONG_2 | OVERLONG_3 | OVERLONG_4), (char)(ANY_FIRST | OVERLONG_2), (char)ANY_FIRST,
        (char)ANY_FIRST, (char)(ANY_FIRST | TOO_LARGE), (char)F5_UP, (char)F5_UP, (char)F5_UP, (char)F5_UP, (char)F5_UP,
        (char)F5_UP, (char)F5_UP, (char)F5_UP, (char)(F5_UP | SURROGATE), (char)F5_UP, (char)F5_UP);
    const __m128i second_high = _mm_setr_epi8(
        TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
        (char)(ANY_CONTINUATION | OVERLONG_3 | TOO_LARGE_F5), (char)(ANY_CONTINUATION | OVERLONG_3 | TOO_LARGE),
        (char)(ANY_CONTINUATION | SURROGATE | TOO_LARGE), (char)(ANY_CONTINUATION | SURROGATE | TOO_LARGE), TOO_SHORT,
        TOO_SHORT, TOO_SHORT, TOO_SHORT);
    const __m128i half = _mm_set1_epi8(0x0f);
    return _mm_and_si128(_mm_shuffle_epi8(first_low, _mm_and_si128(before, half)),
                         _mm_and_si128(_mm_shuffle_epi8(first_high, _mm_and_si128(_mm_srli_epi16(before, 4), half)),
                                       _mm_shuffle_epi8(second_high, _mm_and_si128(_mm_srli_epi16(bytes, 4), half))));
}

/* True when BYTES, which follow BEFORE, break no rule; what the next bytes must be is looked at with them. */
static bool is_valid_block(__m128i bytes, __m128i before)
{
    if (!_mm_movemask_epi8(_mm_or_si128(bytes, before))) {
        return true;
    }
    const __m128i two_back = _mm_alignr_epi8(bytes, before, BLOCK - 2);
    const __m128i three_back = _mm_alignr_epi8(bytes, before, BLOCK - 3);
    /* Has its top bit where a second or third continuation must stand. */
    const __m128i more = _mm_or_si128(_mm_subs_epu8(two_back, _mm_set1_epi8(0xe0 - 0x80)),
                                      _mm_subs_epu8(three_back, _mm_set1_epi8(0xf0 - 0x80)));
    const __m128i errors = _mm_xor_si128(errors_of_two(bytes, _mm_alignr_epi8(bytes, before, BLOCK - 1)),
                                         _mm_and_si128(more, _mm_set1_epi8((char)0x80)));
    return _mm_movemask_epi8(_mm_cmpeq_epi8(errors, _mm_setzero_si128())) == 0xffff;
}

/*
 * Bytes at the start of S that are valid by a look at many at once, a whole number of characters (Keiser, Lemire:
 * Validating UTF-8 in less than one instruction per byte, 2021).
 */
static size_t valid_blocks(const char *s, size_t n)
{
    __m128i before = _mm_setzero_si128();
    size_t end = 0;
    for (; n - end >= BLOCK; end += BLOCK) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(s + end));
        if (!is_valid_block(bytes, before)) {
            break;
        }
        before = bytes;
    }
    /* First bytes, right or wrong, whose character goes on behind the end: nobody has looked at it. */
    static const uint8_t least[CHARACTER_MAX] = {0, 0xc0, 0xe0, 0xf0};
    for (size_t back = 1; back < CHARACTER_MAX && back <= end; back++) {
        if ((uint8_t)s[end - back] >= least[back]) {
            return end - back;
        }
    }
    return end;
}

#else

static size_t valid_blocks(const char *s TRABAO_UNUSED, size_t n TRABAO_UNUSED)
{
    return 0;
}

#endif

size_t utf8_valid_prefix(const char *s, size_t n)
{
    size_t i = valid_blocks(s, n);
    i += ascii_length(s + i, n - i);
    while (i < n) {
        uint32_t c;
        size_t len = plain_length(s + i, n - i);
        len = len ? len : utf8_decode(s + i, n - i, &c);
        if (len == 1) {
            break;
        }
        i += len;
        i += ascii_length(s + i, n - i);
    }
    return i;
}

size_t utf8_clip(const char *s, size_t n, size_t max)
{
    if (n <= max) {
        return n;
    }
    /* A character that is cut begins one to three bytes before; stray continuation bytes are no part of any. */
    for (size_t back = 1; back < CHARACTER_MAX && back <= max; back++) {
        const size_t len = announced((uint8_t)s[max - back]);
        if (len) {
            uint32_t c;
            return utf8_decode(s + max - back, n - (max - back), &c) > back ? max - back : max;
        }
    }
    return max;
}

size_t utf8_count(const char *s, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; count++) {
        uint32_t c;
        i += utf8_decode(s + i, n - i, &c);
    }
    return count;
}
