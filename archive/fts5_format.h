/*
 * fts5_format.h - what the reader (doclist.h) and the writer (segment.h) of FTS5's own index share.
 *
 * An index is a set of segments; a segment is a row of leaf pages with terms in the order of their bytes, each followed
 * by its doclist: rowids (differences), each with the size of its position list and the list. Table fts_data has the
 * pages and two records, table fts_idx the first terms of pages. All described at the head of SQLite's fts5_index.c.
 */
#ifndef TRABAO_FTS5_FORMAT_H
#define TRABAO_FTS5_FORMAT_H

#include "base/base.h"

#define FTS5_AVERAGES_ROW 1   /* id in fts_data: number of rows, and of tokens by column */
#define FTS5_STRUCTURE_ROW 10 /* levels and segments */
#define FTS5_SEGMENT_SHIFT 37 /* id of a leaf: segment << 37 | page */
#define FTS5_DOCLIST_SHIFT 36 /* id of a page of a doclist index: segment << 37 | 1 << 36 | height << 31 | page */
#define FTS5_HEIGHT_SHIFT 31
#define FTS5_LEAF_HEADER 4    /* u16 offset of the first rowid, u16 size without the page index; big-endian */
#define FTS5_MAIN_PREFIX '0'  /* before every term of the main index */
#define FTS5_COLUMN_MARK 1    /* in a position list: a column number follows */
#define FTS5_VARINT_MAX 9

/* SQLite's varint: seven bits a byte, high ones first, the ninth byte whole. False at the end. */
static inline bool fts5_read(const uint8_t **p, const uint8_t *end, uint64_t *value)
{
    const uint8_t *at = *p;
    if (at < end && *at < 0x80) {
        *value = *at;
        *p = at + 1;
        return true;
    }
    uint64_t v = 0;
    for (int i = 0; i < FTS5_VARINT_MAX && at < end; i++) {
        const uint8_t byte = *at++;
        if (i == FTS5_VARINT_MAX - 1 || byte < 0x80) {
            *value = i == FTS5_VARINT_MAX - 1 ? v << 8 | byte : v << 7 | byte;
            *p = at;
            return true;
        }
        v = v << 7 | (byte & 0x7f);
    }
    return false;
}

/* Bytes of VALUE as SQLite's varint. It has at most 56 bits: rowids are far smaller. */
static inline size_t fts5_size(uint64_t value)
{
    /* A seventh of the bits, rounded up; how many they are cannot be predicted, so nothing branches. */
    const unsigned highest = 63 - (unsigned)__builtin_clzll(value | 1);
    return (highest * 9 + 73) / 64;
}

/* Writes VALUE, of at most 56 bits, to OUT. Returns how many bytes it takes. */
static inline size_t fts5_put(uint8_t *out, uint64_t value)
{
    if (value < 0x80) {
        *out = (uint8_t)value;
        return 1;
    }
    const size_t n = fts5_size(value);
    for (size_t i = n; i-- > 0; value >>= 7) {
        out[i] = (uint8_t)((value & 0x7f) | (i + 1 < n ? 0x80 : 0));
    }
    return n;
}

#endif
