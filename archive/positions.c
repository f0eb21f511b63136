/*
 * positions.c - see positions.h.
 *
 * An occurrence is one number: article << 32 | column << 28 | position, so that sorted lists of them can be merged. The
 * candidates are the places where the phrase could begin. The rarest slot makes them; every other slot keeps those that
 * it agrees with.
 */
#include "archive/positions.h"

#include "archive/article.h"
#include "archive/db.h"
#include "archive/fts5_format.h"
#include "base/buf.h"
#include "base/mem.h"

#define STRUCTURE_V2 "\xff\x00\x00\x01" /* after the cookie: a later format of the record */
#define SEGMENTS_MAX 2000
#define SEGMENT_ID_MAX 65535
#define PAGE_MAX INT32_MAX
#define TERM_MAX 255    /* bytes of a term; ours are shorter */
#define COLUMN_SHIFT 28
#define POSITION_MAX ((UINT32_C(1) << COLUMN_SHIFT) - 1)
#define COLUMNS_MAX 16
#define SPANNING_CEILING ((size_t)64 << 20) /* bytes of the positions of one article */

struct segment {
    uint32_t id;
    uint32_t first, last; /* pages; 0 when a merge under way has taken all of them */
};

struct positions {
    sqlite3_stmt *leaf, *page_of;
    const int64_t *ids;
    uint32_t count;
    struct segment *segments; /* the newest first */
    size_t segment_count;
    uint64_t *seen; /* bit per article: a newer segment has spoken; NULL with one segment */
};

static enum trabao_status damaged(struct trabao_error *err)
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
static enum trabao_status read_structure(struct positions *p, const uint8_t *at, const uint8_t *end,
                                         struct trabao_error *err)
{
    uint64_t levels, segments, writes;
    at += MIN((size_t)4, (size_t)(end - at)); /* cookie */
    if ((size_t)(end - at) >= 4 && memcmp(at, STRUCTURE_V2, 4) == 0) {
        return damaged(err);
    }
    if (!fts5_read(&at, end, &levels) || !fts5_read(&at, end, &segments) || !fts5_read(&at, end, &writes) ||
        segments > SEGMENTS_MAX) {
        return damaged(err);
    }
    p->segments = mem_zalloc(segments + 1, sizeof *p->segments);
    if (!p->segments) {
        return error_no_memory(err);
    }
    for (uint64_t level = 0; level < levels; level++) {
        uint64_t merging, here;
        if (!fts5_read(&at, end, &merging) || !fts5_read(&at, end, &here) ||
            here > segments - p->segment_count) {
            return damaged(err);
        }
        for (uint64_t i = here; i-- > 0;) {
            uint64_t id, first, last;
            if (!fts5_read(&at, end, &id) || !fts5_read(&at, end, &first) || !fts5_read(&at, end, &last) ||
                id > SEGMENT_ID_MAX || first > last || last > PAGE_MAX) {
                return damaged(err);
            }
            p->segments[p->segment_count + i] = (struct segment){(uint32_t)id, (uint32_t)first, (uint32_t)last};
        }
        p->segment_count += here;
    }
    return TRABAO_OK;
}

static enum trabao_status load_structure(struct positions *p, sqlite3 *db, struct trabao_error *err)
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
        status = damaged(err);
    }
    sqlite3_finalize(row);
    return status;
}

enum trabao_status positions_open(sqlite3 *db, const int64_t *ids, uint32_t count, struct positions **out,
                                  struct trabao_error *err)
{
    struct positions *p = mem_zalloc(1, sizeof *p);
    *out = NULL;
    if (!p) {
        return error_no_memory(err);
    }
    p->ids = ids;
    p->count = count;
    enum trabao_status status = load_structure(p, db, err);
    if (status == TRABAO_OK && p->segment_count > 1) {
        p->seen = mem_zalloc(count / 64 + 1, sizeof *p->seen);
        status = p->seen ? TRABAO_OK : error_no_memory(err);
    }
    if (status == TRABAO_OK) {
        status = db_prepare(db, "SELECT block FROM fts_data WHERE id = ?1", &p->leaf, err);
    }
    if (status == TRABAO_OK) {
        status = db_prepare(db, "SELECT pgno FROM fts_idx WHERE segid = ?1 AND term <= ?2 ORDER BY term DESC LIMIT 1",
                            &p->page_of, err);
    }
    if (status == TRABAO_OK) {
        *out = p;
    } else {
        positions_close(p);
    }
    return status;
}

void positions_close(struct positions *p)
{
    if (p) {
        sqlite3_finalize(p->leaf);
        sqlite3_finalize(p->page_of);
        mem_free(p->segments);
        mem_free(p->seen);
        mem_free(p);
    }
}

/* ---- one doclist ----------------------------------------------------------------------------------------------- */

struct doclist {
    struct positions *p;
    const struct segment *segment;
    uint32_t page;
    const uint8_t *start, *end; /* of the page; end without the page index */
    const uint8_t *at;          /* the next rowid */
    const uint8_t *stop;        /* end of the doclist on this page */
    bool last_page;             /* another term follows on this page */
    bool absolute;              /* the next rowid is not a difference */
    int64_t id;                 /* of the posting that was read last */
    const uint8_t *list;        /* its positions */
    size_t list_bytes;
    struct buf spanning; /* positions that go over the end of a page */
    struct trabao_error *err;
};

/* Reads PAGE. *FIRST_TERM: where the first term begins on it, NULL when none does. */
static enum trabao_status load_page(struct doclist *d, uint32_t page, const uint8_t **first_term)
{
    sqlite3_stmt *leaf = d->p->leaf;
    sqlite3_reset(leaf);
    sqlite3_bind_int64(leaf, 1, (int64_t)d->segment->id << FTS5_SEGMENT_SHIFT | page);
    const enum trabao_status status = db_step(leaf, "reading positions", d->err);
    if (status != TRABAO_OK) {
        return status == TRABAO_NONE ? damaged(d->err) : status;
    }
    const size_t n = (size_t)sqlite3_column_bytes(leaf, 0);
    d->start = sqlite3_column_blob(leaf, 0);
    const size_t size = n >= FTS5_LEAF_HEADER ? read_u16(d->start + 2) : 0;
    if (size < FTS5_LEAF_HEADER || size > n) {
        return damaged(d->err);
    }
    d->page = page;
    d->end = d->start + size;
    *first_term = NULL;
    if (n > size) {
        const uint8_t *index = d->end;
        uint64_t offset;
        if (!fts5_read(&index, d->start + n, &offset) || offset > size) {
            return damaged(d->err);
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
        return damaged(d->err);
    }
    return rowid ? TRABAO_OK : TRABAO_NONE;
}

/* Collects a position list of N bytes that begins on this page and goes on over the following ones. */
static enum trabao_status join_list(struct doclist *d, size_t n)
{
    buf_clear(&d->spanning);
    if (d->last_page) {
        return damaged(d->err);
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
            return damaged(d->err);
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
    return d->at > d->stop ? damaged(d->err) : TRABAO_OK;
}

/* The next posting. TRABAO_NONE at the end. */
static inline enum trabao_status next_posting(struct doclist *d)
{
    uint64_t id, size;
    while (d->at >= d->stop) {
        const enum trabao_status status = next_page(d);
        if (status != TRABAO_OK) {
            return status;
        }
    }
    if (!fts5_read(&d->at, d->stop, &id) || !fts5_read(&d->at, d->stop, &size)) {
        return damaged(d->err);
    }
    d->id = (int64_t)(d->absolute ? id : (uint64_t)d->id + id);
    d->absolute = false;
    /* The low bit says that older segments do not count, which holds for every posting of a newer one. */
    d->list_bytes = size >> 1;
    if (d->list_bytes <= (size_t)(d->stop - d->at)) {
        d->list = d->at;
        d->at += d->list_bytes;
        return TRABAO_OK;
    }
    return d->list_bytes > SPANNING_CEILING ? damaged(d->err) : join_list(d, d->list_bytes);
}

/* The page on which a term of the segment is, if it is anywhere. TRABAO_NONE when it is before all of them. */
static enum trabao_status find_page(struct doclist *d, const char *term, size_t n, uint32_t *page)
{
    sqlite3_stmt *s = d->p->page_of;
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

/* Goes to the first posting of TERM (N bytes, with the prefix). TRABAO_NONE: the segment does not have it. */
static enum trabao_status find_term(struct doclist *d, const char *term, size_t n)
{
    uint32_t page;
    const uint8_t *at;
    enum trabao_status status = find_page(d, term, n, &page);
    if (status == TRABAO_OK) {
        status = load_page(d, page, &at);
    }
    if (status != TRABAO_OK || !at) {
        return status == TRABAO_OK ? TRABAO_NONE : status;
    }
    const uint8_t *index = d->end, *const index_end = d->start + sqlite3_column_bytes(d->p->leaf, 0);
    uint64_t offset = 0, kept = 0, added, step = 0;
    size_t same = 0; /* bytes that the term before and ours have in common */
    fts5_read(&index, index_end, &offset);
    for (bool first = true;; first = false) {
        const bool follows = fts5_read(&index, index_end, &step);
        if (follows && step > (uint64_t)(d->end - d->start) - offset) {
            return damaged(d->err);
        }
        const uint8_t *next = follows ? d->start + offset + step : d->end;
        if ((!first && !fts5_read(&at, next, &kept)) || !fts5_read(&at, next, &added) ||
            added > (uint64_t)(next - at) || kept > TERM_MAX) {
            return damaged(d->err);
        }
        /* Ours stands where it would have more in common with the term before it than this one has. */
        if (kept < same) {
            return TRABAO_NONE;
        }
        if (kept == same) {
            size_t more = 0;
            while (more < added && same + more < n && at[more] == (uint8_t)term[same + more]) {
                more++;
            }
            same += more;
            if (same == n && more == added) {
                d->at = at + added;
                d->stop = next;
                d->last_page = follows;
                d->absolute = true;
                return TRABAO_OK;
            }
        }
        if (!follows) {
            return TRABAO_NONE;
        }
        at = next;
        offset += step;
    }
}

/* ---- occurrences ----------------------------------------------------------------------------------------------- */

struct occurrences {
    uint64_t *items; /* ascending */
    size_t count, capacity;
};

/* What is done with the occurrences of one form. */
struct pass {
    uint32_t place;   /* of the slot in the phrase */
    uint32_t columns;
    struct occurrences *starts; /* where the phrase could begin */
    uint8_t *kept; /* by start: this slot agrees; NULL while the starts are being made */
};

/* Decodes the positions of the current posting: of article NUMBER, from START on in pass->starts. */
static enum trabao_status take_list(const struct doclist *d, const struct pass *pass, uint32_t number, size_t start)
{
    const uint8_t *at = d->list, *const end = d->list + d->list_bytes;
    struct occurrences *starts = pass->starts;
    uint64_t column = 0, position = 0, value;
    bool wanted = pass->columns & 1;
    /* A position takes a byte at least. */
    if (!pass->kept && !mem_grow((void **)&starts->items, &starts->capacity, starts->count + d->list_bytes,
                                 sizeof *starts->items)) {
        return error_no_memory(d->err);
    }
    while (at < end) {
        if (!fts5_read(&at, end, &value)) {
            return damaged(d->err);
        }
        if (value == FTS5_COLUMN_MARK) {
            if (!fts5_read(&at, end, &column) || column >= COLUMNS_MAX) {
                return damaged(d->err);
            }
            wanted = pass->columns >> column & 1;
            position = 0;
            continue;
        }
        position += value - 2;
        if (value < 2 || position > POSITION_MAX) {
            return damaged(d->err);
        }
        if (!wanted || position < pass->place) {
            continue;
        }
        const uint64_t begins = (uint64_t)number << 32 | column << COLUMN_SHIFT | (position - pass->place);
        if (!pass->kept) {
            starts->items[starts->count++] = begins;
            continue;
        }
        while (start < starts->count && starts->items[start] < begins) {
            start++;
        }
        if (start == starts->count) {
            break;
        }
        pass->kept[start] |= starts->items[start] == begins;
    }
    return TRABAO_OK;
}

/* The first start of an article from NUMBER on, at or after FROM. */
static inline size_t start_from(const struct occurrences *starts, size_t from, uint32_t number)
{
    while (from < starts->count && starts->items[from] >> 32 < number) {
        from++;
    }
    return from;
}

/* True when a newer segment has not spoken of the article yet; from now on one has. */
static inline bool is_newest(struct positions *p, uint32_t number)
{
    if (!p->seen) {
        return true;
    }
    uint64_t *word = &p->seen[number / 64];
    const uint64_t bit = UINT64_C(1) << number % 64;
    const bool newest = !(*word & bit);
    *word |= bit;
    return newest;
}

static enum trabao_status walk_doclist(struct doclist *d, const struct pass *pass)
{
    struct positions *p = d->p;
    uint32_t number = 0;
    size_t start = 0;
    enum trabao_status status;
    while ((status = next_posting(d)) == TRABAO_OK) {
        if (pass->kept && start == pass->starts->count) {
            return TRABAO_OK;
        }
        /* Most postings are of articles that are out already. */
        if (pass->kept && d->id < p->ids[pass->starts->items[start] >> 32]) {
            continue;
        }
        number = article_number_from(p->ids, p->count, number, d->id);
        if (number == p->count || p->ids[number] != d->id) {
            continue; /* an article that has been taken out */
        }
        start = pass->kept ? start_from(pass->starts, start, number) : 0;
        /* An article that was only taken out has an empty list. */
        status = is_newest(p, number) ? take_list(d, pass, number, start) : TRABAO_OK;
        if (status != TRABAO_OK) {
            return status;
        }
    }
    return status == TRABAO_NONE ? TRABAO_OK : status;
}

static enum trabao_status walk_form(struct positions *p, const struct positions_form *form, const struct pass *pass,
                                    struct trabao_error *err)
{
    char term[1 + TERM_MAX];
    if (form->len > TERM_MAX) {
        return TRABAO_OK;
    }
    term[0] = FTS5_MAIN_PREFIX;
    memcpy(term + 1, form->form, form->len);
    if (p->seen) {
        memset(p->seen, 0, (p->count / 64 + 1) * sizeof *p->seen);
    }
    enum trabao_status status = TRABAO_OK;
    for (size_t s = 0; status == TRABAO_OK && s < p->segment_count; s++) {
        struct doclist d = {.p = p, .segment = &p->segments[s], .err = err};
        buf_init(&d.spanning, SPANNING_CEILING);
        status = find_term(&d, term, form->len + 1);
        if (status == TRABAO_OK) {
            status = walk_doclist(&d, pass);
        } else if (status == TRABAO_NONE) {
            status = TRABAO_OK;
        }
        buf_free(&d.spanning);
    }
    return status;
}

/* ---- the phrase ------------------------------------------------------------------------------------------------ */

static int by_place(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Sorts the starts, which are ascending but where another form or segment begins, and drops doubles. */
static void sort_starts(struct occurrences *starts)
{
    bool sorted = true;
    for (size_t i = 1; i < starts->count && sorted; i++) {
        sorted = starts->items[i - 1] < starts->items[i];
    }
    if (sorted) {
        return;
    }
    qsort(starts->items, starts->count, sizeof *starts->items, by_place);
    size_t kept = 1;
    for (size_t i = 1; i < starts->count; i++) {
        if (starts->items[i] != starts->items[kept - 1]) {
            starts->items[kept++] = starts->items[i];
        }
    }
    starts->count = kept;
}

static enum trabao_status make_starts(struct positions *p, const struct positions_slot *slot, struct pass *pass,
                                      struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    for (size_t f = 0; status == TRABAO_OK && f < slot->count; f++) {
        status = walk_form(p, &slot->forms[f], pass, err);
    }
    if (status == TRABAO_OK) {
        sort_starts(pass->starts);
    }
    return status;
}

static enum trabao_status keep_starts(struct positions *p, const struct positions_slot *slot, struct pass *pass,
                                      struct trabao_error *err)
{
    struct occurrences *starts = pass->starts;
    enum trabao_status status = TRABAO_OK;
    if (starts->count == 0) {
        return TRABAO_OK;
    }
    pass->kept = mem_zalloc(starts->count, 1);
    if (!pass->kept) {
        return error_no_memory(err);
    }
    for (size_t f = 0; status == TRABAO_OK && f < slot->count; f++) {
        status = walk_form(p, &slot->forms[f], pass, err);
    }
    size_t kept = 0;
    for (size_t i = 0; i < starts->count; i++) {
        starts->items[kept] = starts->items[i];
        kept += pass->kept[i];
    }
    starts->count = kept;
    mem_free(pass->kept);
    return status;
}

/* The place of the rarest slot that is not done. */
static size_t next_slot(const struct positions_slot *slots, size_t count, const bool *done)
{
    size_t best = count;
    for (size_t i = 0; i < count; i++) {
        if (!done[i] && (best == count || slots[i].postings < slots[best].postings)) {
            best = i;
        }
    }
    return best;
}

/* The articles that STARTS are in. */
static enum trabao_status numbers_of(const struct occurrences *starts, uint32_t **numbers, size_t *found,
                                     struct trabao_error *err)
{
    *found = 0;
    *numbers = mem_alloc(starts->count + 1, sizeof **numbers);
    if (!*numbers) {
        return error_no_memory(err);
    }
    for (size_t i = 0; i < starts->count; i++) {
        const uint32_t number = (uint32_t)(starts->items[i] >> 32);
        if (*found == 0 || (*numbers)[*found - 1] != number) {
            (*numbers)[(*found)++] = number;
        }
    }
    return TRABAO_OK;
}

enum trabao_status positions_phrase(struct positions *p, const struct positions_slot *slots, size_t count,
                                    uint32_t columns, uint32_t **numbers, size_t *found, struct trabao_error *err)
{
    struct occurrences starts = {0};
    bool *done = mem_zalloc(count + 1, sizeof *done);
    enum trabao_status status = done ? TRABAO_OK : error_no_memory(err);
    *numbers = NULL;
    *found = 0;
    for (size_t i = 0; status == TRABAO_OK && i < count; i++) {
        const size_t slot = next_slot(slots, count, done);
        struct pass pass = {.place = (uint32_t)slot, .columns = columns, .starts = &starts};
        done[slot] = true;
        status = i == 0 ? make_starts(p, &slots[slot], &pass, err) : keep_starts(p, &slots[slot], &pass, err);
    }
    sqlite3_reset(p->leaf);
    if (status == TRABAO_OK) {
        status = numbers_of(&starts, numbers, found, err);
    }
    mem_free(starts.items);
    mem_free(done);
    return status;
}
