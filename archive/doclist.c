/*
 * doclist.c - see doclist.h.
 */
#include "archive/doclist.h"

#include "archive/db.h"
#include "archive/fts5_format.h"
#include "base/mem.h"

#define STRUCTURE_V2 "\xff\x00\x00\x01" /* after the cookie: a later format of the record */
#define SEGMENTS_MAX 2000
#define SEGMENT_ID_MAX 65535
#define PAGE_MAX INT32_MAX
#define TERM_MAX 255    /* bytes of a term; ours are shorter */
#define SPANNING_CEILING ((size_t)64 << 20) /* bytes of the positions of one article */

enum trabao_status doclist_damaged(struct trabao_error *err)
{
    return error_set(err, TRABAO_DATA, "the FTS5 index is damaged, or of a kind that this program does not know; "
                                       "reindex");
}

static inline uint32_t read_u16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

/* ---- opening ------------------------------------------------------------------------------------------------- */

/* The structure record: levels from the newest, and in each the oldest segment first. */
static enum trabao_status read_structure(struct doclists *p, const uint8_t *at, const uint8_t *end,
                                         struct trabao_error *err)
{
    uint64_t levels, segments, writes;
    at += MIN((size_t)4, (size_t)(end - at)); /* cookie */
    if ((size_t)(end - at) >= 4 && memcmp(at, STRUCTURE_V2, 4) == 0) {
        return doclist_damaged(err);
    }
    if (!fts5_read(&at, end, &levels) || !fts5_read(&at, end, &segments) ||
        !fts5_read(&at, end, &writes) || segments > SEGMENTS_MAX) {
        return doclist_damaged(err);
    }
    p->segments = mem_zalloc(segments + 1, sizeof *p->segments);
    if (!p->segments) {
        return error_no_memory(err);
    }
    for (uint64_t level = 0; level < levels; level++) {
        uint64_t merging, here;
        if (!fts5_read(&at, end, &merging) || !fts5_read(&at, end, &here) ||
            here > segments - p->segment_count) {
            return doclist_damaged(err);
        }
        for (uint64_t i = here; i-- > 0;) {
            uint64_t id, first, last;
            if (!fts5_read(&at, end, &id) || !fts5_read(&at, end, &first) ||
                !fts5_read(&at, end, &last) || id > SEGMENT_ID_MAX || first > last || last > PAGE_MAX) {
                return doclist_damaged(err);
            }
            p->segments[p->segment_count + i] = (struct doclist_segment){(uint32_t)id, (uint32_t)first, (uint32_t)last};
        }
        p->segment_count += here;
    }
    return TRABAO_OK;
}

static enum trabao_status load_structure(struct doclists *p, sqlite3 *db, struct trabao_error *err)
{
    sqlite3_stmt *row = NULL;
    enum trabao_status status = db_prepare(db, "SELECT block FROM fts_data WHERE id = ?1", &row, err);
    if (status == TRABAO_OK) {
        sqlite3_bind_int(row, 1, FTS5_STRUCTURE_ROW);
        status = db_step(row, "reading the structure of the FTS5 index", err);
    }
    if (status == TRABAO_OK) {
        const uint8_t *record = sqlite3_column_blob(row, 0);
        status = read_structure(p, record, record + sqlite3_column_bytes(row, 0), err);
    } else if (status == TRABAO_NONE) {
        status = doclist_damaged(err);
    }
    sqlite3_finalize(row);
    return status;
}

enum trabao_status doclists_open(sqlite3 *db, struct doclists *out, struct trabao_error *err)
{
    *out = (struct doclists){0};
    enum trabao_status status = load_structure(out, db, err);
    if (status == TRABAO_OK) {
        status = db_prepare(db, "SELECT block FROM fts_data WHERE id = ?1", &out->leaf, err);
    }
    if (status == TRABAO_OK) {
        status = db_prepare(db, "SELECT pgno FROM fts_idx WHERE segid = ?1 AND term <= ?2 ORDER BY term DESC LIMIT 1",
                            &out->page_of, err);
    }
    return status;
}

void doclists_close(struct doclists *lists)
{
    sqlite3_finalize(lists->leaf);
    sqlite3_finalize(lists->page_of);
    mem_free(lists->segments);
}

void doclists_rest(struct doclists *lists)
{
    sqlite3_reset(lists->leaf);
}

/* ---- one doclist ----------------------------------------------------------------------------------------------- */

/* Reads PAGE. *FIRST_TERM: where the first term begins on it, NULL when none does. */
static enum trabao_status load_page(struct doclist *d, uint32_t page, const uint8_t **first_term)
{
    sqlite3_stmt *leaf = d->lists->leaf;
    sqlite3_reset(leaf);
    sqlite3_bind_int64(leaf, 1, (int64_t)d->segment->id << FTS5_SEGMENT_SHIFT | page);
    const enum trabao_status status = db_step(leaf, "reading positions", d->err);
    if (status != TRABAO_OK) {
        return status == TRABAO_NONE ? doclist_damaged(d->err) : status;
    }
    const size_t n = (size_t)sqlite3_column_bytes(leaf, 0);
    d->start = sqlite3_column_blob(leaf, 0);
    const size_t size = n >= FTS5_LEAF_HEADER ? read_u16(d->start + 2) : 0;
    if (size < FTS5_LEAF_HEADER || size > n) {
        return doclist_damaged(d->err);
    }
    d->page = page;
    d->end = d->start + size;
    *first_term = NULL;
    if (n > size) {
        const uint8_t *index = d->end;
        uint64_t offset;
        if (!fts5_read(&index, d->start + n, &offset) || offset > size) {
            return doclist_damaged(d->err);
        }
        *first_term = d->start + offset;
    }
    return TRABAO_OK;
}

/* Goes to the page after this one, to its first rowid. TRABAO_NONE: the doclist does not go on there. */
static enum trabao_status next_page(struct doclist *d)
{
    const uint8_t *first_term;
    if (d->last_page || d->page >= d->segment->last) {
        return TRABAO_NONE;
    }
    const enum trabao_status status = load_page(d, d->page + 1, &first_term);
    if (status != TRABAO_OK) {
        return status;
    }
    const uint32_t rowid = read_u16(d->start);
    d->last_page = first_term != NULL;
    d->stop = first_term ? first_term : d->end;
    d->at = rowid ? d->start + rowid : d->stop;
    d->absolute = true;
    if (d->at > d->stop) {
        return doclist_damaged(d->err);
    }
    return rowid ? TRABAO_OK : TRABAO_NONE;
}

/* Collects a position list of N bytes that begins on this page and goes on over the following ones. */
static enum trabao_status join_list(struct doclist *d, size_t n)
{
    buf_clear(&d->spanning);
    if (d->last_page) {
        return doclist_damaged(d->err);
    }
    while (true) {
        const size_t here = MIN(n - d->spanning.len, (size_t)(d->end - d->at));
        if (!buf_append(&d->spanning, d->at, here)) {
            return error_no_memory(d->err);
        }
        if (d->spanning.len == n) {
            break;
        }
        const uint8_t *first_term;
        if (d->page >= d->segment->last) {
            return doclist_damaged(d->err);
        }
        const enum trabao_status status = load_page(d, d->page + 1, &first_term);
        if (status != TRABAO_OK) {
            return status;
        }
        d->at = d->start + FTS5_LEAF_HEADER;
        d->last_page = first_term != NULL;
        d->stop = first_term ? first_term : d->end;
    }
    const uint32_t rowid = read_u16(d->start);
    d->at = rowid ? d->start + rowid : d->stop;
    d->absolute = true;
    d->list = (const uint8_t *)d->spanning.data;
    return d->at > d->stop ? doclist_damaged(d->err) : TRABAO_OK;
}

enum trabao_status doclist_next(struct doclist *d)
{
    uint64_t id, size;
    while (d->at >= d->stop) {
        const enum trabao_status status = next_page(d);
        if (status != TRABAO_OK) {
            return status;
        }
    }
    if (!fts5_read(&d->at, d->stop, &id) || !fts5_read(&d->at, d->stop, &size)) {
        return doclist_damaged(d->err);
    }
    d->row = (int64_t)(d->absolute ? id : (uint64_t)d->row + id);
    d->absolute = false;
    /* The low bit says that older segments do not count, which holds for every posting of a newer one. */
    d->list_bytes = size >> 1;
    if (d->list_bytes <= (size_t)(d->stop - d->at)) {
        d->list = d->at;
        d->at += d->list_bytes;
        return TRABAO_OK;
    }
    return d->list_bytes > SPANNING_CEILING ? doclist_damaged(d->err) : join_list(d, d->list_bytes);
}

/* The page on which a term of the segment is, if it is anywhere. TRABAO_NONE when it is before all of them. */
static enum trabao_status find_page(struct doclist *d, const char *term, size_t n, uint32_t *page)
{
    sqlite3_stmt *s = d->lists->page_of;
    sqlite3_bind_int64(s, 1, d->segment->id);
    sqlite3_bind_blob64(s, 2, term, n, SQLITE_STATIC);
    const enum trabao_status status = db_step(s, "looking up a term", d->err);
    if (status == TRABAO_OK) {
        /* A merge under way has taken pages off the beginning, and left the table of terms as it was. */
        *page = MAX((uint32_t)(sqlite3_column_int64(s, 0) >> 1), d->segment->first);
    }
    sqlite3_reset(s);
    return status;
}

/* The terms of a page, one after another. */
struct page_terms {
    const uint8_t *index, *index_end; /* distances from term to term */
    uint64_t offset;                  /* of NEXT in the page */
    const uint8_t *at, *next;         /* bytes of its own that the term has; where what belongs to it ends */
    uint64_t kept, added;             /* bytes that it shares with the term before, and those at AT */
    bool last;
};

/* Goes on to the next term, or to the first one, whose length is at AT. TRABAO_NONE: there is none. */
static enum trabao_status next_term(const struct doclist *d, struct page_terms *t)
{
    const bool first = t->next == NULL;
    uint64_t step = 0;
    if (t->last) {
        return TRABAO_NONE;
    }
    t->at = first ? t->at : t->next;
    t->last = !fts5_read(&t->index, t->index_end, &step);
    if (!t->last && step > (uint64_t)(d->end - d->start) - t->offset) {
        return doclist_damaged(d->err);
    }
    t->offset += step;
    t->next = t->last ? d->end : d->start + t->offset;
    if ((!first && !fts5_read(&t->at, t->next, &t->kept)) || !fts5_read(&t->at, t->next, &t->added) ||
        t->added > (uint64_t)(t->next - t->at) || t->kept > TERM_MAX) {
        return doclist_damaged(d->err);
    }
    return TRABAO_OK;
}

/* Bytes that A and B have in common at their beginnings. */
static size_t in_common(const uint8_t *a, size_t a_len, const char *b, size_t b_len)
{
    size_t i = 0;
    while (i < a_len && i < b_len && a[i] == (uint8_t)b[i]) {
        i++;
    }
    return i;
}

/* Goes to the first posting of TERM (N bytes, with the prefix). TRABAO_NONE: the segment does not have it. */
static enum trabao_status find_term(struct doclist *d, const char *term, size_t n)
{
    uint32_t page;
    struct page_terms t = {0};
    enum trabao_status status = find_page(d, term, n, &page);
    if (status == TRABAO_OK) {
        status = load_page(d, page, &t.at);
    }
    if (status != TRABAO_OK || !t.at) {
        return status == TRABAO_OK ? TRABAO_NONE : status;
    }
    t.index = d->end;
    t.index_end = d->start + sqlite3_column_bytes(d->lists->leaf, 0);
    fts5_read(&t.index, t.index_end, &t.offset);
    /* Bytes that the term before and ours have in common: ours stands before a term that has less of that one. */
    size_t same = 0;
    while ((status = next_term(d, &t)) == TRABAO_OK && t.kept >= same) {
        if (t.kept > same) {
            continue;
        }
        const size_t more = in_common(t.at, t.added, term + same, n - same);
        same += more;
        if (same == n && more == t.added) {
            d->at = t.at + t.added;
            d->stop = t.next;
            d->last_page = !t.last;
            d->absolute = true;
            return TRABAO_OK;
        }
    }
    return status == TRABAO_OK ? TRABAO_NONE : status;
}

enum trabao_status doclist_open(struct doclist *d, const struct doclists *lists, size_t segment, const char *form,
                                size_t n, struct trabao_error *err)
{
    char term[1 + TERM_MAX];
    *d = (struct doclist){.lists = lists, .segment = &lists->segments[segment], .err = err};
    buf_init(&d->spanning, SPANNING_CEILING);
    if (n > TERM_MAX) {
        return TRABAO_NONE;
    }
    term[0] = FTS5_MAIN_PREFIX;
    memcpy(term + 1, form, n);
    return find_term(d, term, n + 1);
}

void doclist_close(struct doclist *d)
{
    buf_free(&d->spanning);
}
