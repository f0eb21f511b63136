/*
 * utf8.c - stepping through UTF-8 (see utf8.h).
 */
#include "base/utf8.h"

#include <endian.h>

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

size_t utf8_valid_prefix(const char *s, size_t n)
{
    size_t i = ascii_length(s, n);
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
