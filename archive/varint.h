/*
 * varint.h - unsigned numbers in as few bytes as they need (LEB128: seven bits a byte, low ones first).
 */
#ifndef TRABAO_VARINT_H
#define TRABAO_VARINT_H

#include "base/base.h"
#include "base/buf.h"

#define VARINT_MAX 10

static inline bool varint_append(struct buf *b, uint64_t value)
{
    char bytes[VARINT_MAX];
    size_t n = 0;
    while (value >= 0x80) {
        bytes[n++] = (char)(value | 0x80);
        value >>= 7;
    }
    bytes[n++] = (char)value;
    return buf_append(b, bytes, n);
}

/* Reads a number at *P, which is moved past it; false when it does not end before END or does not fit. */
static inline bool varint_read(const uint8_t **p, const uint8_t *end, uint64_t *value)
{
    uint64_t v = 0;
    for (unsigned shift = 0; *p < end && shift < 64; shift += 7) {
        const uint8_t byte = *(*p)++;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *value = v;
            return true;
        }
    }
    return false;
}

#endif
