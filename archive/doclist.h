/*
 * doclist.h - the doclists of FTS5: for a term, its articles by row (fts_rows.h), each with the list of its positions.
 *
 * They are read from the table `fts_data`, whose format is described at the head of SQLite's ext/fts5/fts5_index.c: a
 * term's doclist runs over consecutive leaf pages of a segment. Updates leave segments; as no row is given twice, each
 * that an article has is in one of them. This is read-only and self-contained: nothing but the format is relied on.
 */
#ifndef TRABAO_DOCLIST_H
#define TRABAO_DOCLIST_H

#include <sqlite3.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/status.h"

struct doclist_segment {
    uint32_t id;
    uint32_t first, last; /* pages; 0 when a merge under way has taken all of them */
};

/* One thread's access to the doclists of an open archive. */
struct doclists {
    sqlite3_stmt *leaf, *page_of;
    struct doclist_segment *segments; /* the newest first */
    size_t segment_count;
};

/* OUT is closed also after a failure. */
enum trabao_status doclists_open(sqlite3 *db, struct doclists *out, struct trabao_error *err);
void doclists_close(struct doclists *lists);

/* Lets go of the page that was read last: no doclist is read on. */
void doclists_rest(struct doclists *lists);

/* The doclist of one term in one segment, being read. Only one at a time for a struct doclists. */
struct doclist {
    const struct doclists *lists;
    const struct doclist_segment *segment;
    uint32_t page;
    const uint8_t *start, *end; /* of the page; end without the page index */
    const uint8_t *at;          /* the next rowid */
    const uint8_t *stop;        /* end of the doclist on this page */
    bool last_page;             /* another term follows on this page */
    bool absolute;              /* the next rowid is not a difference */
    int64_t row;                /* of the posting that was read last */
    const uint8_t *list;        /* its positions */
    size_t list_bytes;
    struct buf spanning; /* positions that go over the end of a page */
    struct trabao_error *err;
};

/*
 * Goes before the first posting of FORM (N bytes) in SEGMENT of LISTS. TRABAO_NONE: it does not have it. D is closed
 * in any case.
 */
enum trabao_status doclist_open(struct doclist *d, const struct doclists *lists, size_t segment, const char *form,
                                size_t n, struct trabao_error *err);
void doclist_close(struct doclist *d);

/* The next posting: its row and list. TRABAO_NONE at the end. */
enum trabao_status doclist_next(struct doclist *d);

/* Says what is the matter with the index. */
enum trabao_status doclist_damaged(struct trabao_error *err);

#define DOCLIST_LOOK 18 /* bytes that a rowid and the size of its list take at most */

/* Reads, of eight bytes, a rowid of up to four and a size of up to two. The bytes they take; 0: they are longer. */
static inline unsigned doclist_short(const uint8_t *p, uint32_t *row, uint32_t *size)
{
    const uint32_t bytes = LOAD(uint32_t, p), ends = ~bytes & UINT32_C(0x80808080);
    if (!ends) {
        return 0;
    }
    const unsigned bits = (unsigned)__builtin_ctz(ends) + 1;
    const uint32_t v = __builtin_bswap32(bytes) >> (32 - bits);
    *row = (v & 0x7f) | (v >> 1 & 0x3f80) | (v >> 2 & 0x1fc000) | (v >> 3 & 0xfe00000);
    p += bits / 8;
    *size = p[0] & 0x7fU;
    if (p[0] < 0x80) {
        return bits / 8 + 1;
    }
    *size = *size << 7 | p[1];
    return p[1] < 0x80 ? bits / 8 + 2 : 0;
}

/*
 * Goes to the first posting whose row is not below ROW: the one that was read last, or a later one. TRABAO_NONE: there
 * is none.
 */
static inline enum trabao_status doclist_seek(struct doclist *d, int64_t row)
{
    while (true) {
        const uint8_t *at = d->at, *const stop = d->stop;
        int64_t here = d->row;
        uint32_t step, size;
        while (here < row && !d->absolute && stop - at >= DOCLIST_LOOK) {
            const unsigned n = doclist_short(at, &step, &size);
            /* The low bit says that older segments do not count, which holds for every posting of a newer one. */
            if (!n || size >> 1 > (size_t)(stop - at) - n) {
                break;
            }
            here += step;
            d->list = at + n;
            d->list_bytes = size >> 1;
            at = d->list + d->list_bytes;
        }
        d->at = at;
        d->row = here;
        if (here >= row) {
            return TRABAO_OK;
        }
        const enum trabao_status status = doclist_next(d);
        if (status != TRABAO_OK) {
            return status;
        }
    }
}

#endif
