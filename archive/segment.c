/*
 * segment.c - see segment.h; the format is that of fts5_format.h.
 *
 * A thread walks through the terms in the order of their bytes and lays their postings out in leaves. A leaf is full
 * when it and its page index reach the page size that FTS5 is configured for. Where a doclist goes on, the first rowid
 * of a leaf is written whole, and its offset into the header. The table of pages (fts_idx) gets, per leaf that begins a
 * term, the shortest key that separates this term from the one before. A doclist that goes over several leaves has
 * a doclist index: the first rowid of each leaf, in pages that form a tree. These and the table of pages are small and
 * wait for the end; the leaves go to the thread that owns the database through a queue.
 */
#include "archive/segment.h"

#include "archive/db.h"
#include "archive/fts5_format.h"
#include "archive/fts_rows.h"
#include "archive/row_queue.h"
#include "base/mem.h"
#include "text/text.h"

#define SEGMENT_ID 1
#define PAGE_SIZE_MAX 65536 /* FTS5's own limit */
#define PAGE_SLACK 64       /* what is written beyond a full page: a term or the head of a posting */
#define KEY_MAX (1 + TEXT_FORM_MAX)
#define DOCLIST_INDEX_LEAVES 4 /* leaves without a term that make a doclist index worth it */
#define HEIGHTS 8
#define AHEAD_MAX ((size_t)24 << 20)
#define WRITING "writing the FTS5 index"
#define ASIDE_CEILING ((size_t)1 << 30)
/* Levels 0, empty, and 1, with our segment: what comes in later is merged among itself first. */
#define LEVELS 2

/* A term's key, and its first bytes as a number that sorts as they do. */
struct sorted {
    uint64_t beginning;
    uint32_t term;
};

/* One height of the doclist index that is being made. */
struct height {
    uint32_t page;
    int64_t first, last; /* rowids on this page */
    struct buf bytes;
};

struct segment {
    struct segment_plan plan;
    sqlite3 *db;
    struct row_queue queue;
    bool started;
    pthread_t thread;
    enum trabao_status status;
    struct trabao_error error;
    /* The leaf that is being filled. */
    size_t page_size;
    uint32_t page;
    uint8_t leaf[PAGE_SIZE_MAX + PAGE_SLACK];
    size_t size;
    uint8_t index[PAGE_SIZE_MAX + PAGE_SLACK]; /* its page index */
    size_t index_size;
    size_t term_at;    /* of the last term on it; 0: none */
    bool needs_rowid;  /* neither a term nor a rowid is on it */
    uint8_t key[KEY_MAX]; /* of the present term */
    size_t key_size;
    int64_t rowid; /* the last one of the doclist */
    bool first;    /* the next rowid is the doclist's first */
    /* The last leaf that began a term, and what separates it from those before. */
    uint32_t begun;
    uint8_t separator[KEY_MAX];
    size_t separator_size;
    uint32_t without_term; /* leaves since then */
    struct height heights[HEIGHTS];
    struct row_queue aside; /* doclist indexes; never waited for */
    struct buf pages;       /* rows of fts_idx: number of the leaf (u64), size of the separator (1 byte), separator */
};

/* ---- doclist indexes ----------------------------------------------------------------------------------------- */

static bool append_varint(struct buf *b, uint64_t value)
{
    uint8_t bytes[FTS5_VARINT_MAX];
    return buf_append(b, bytes, fts5_put(bytes, value));
}

static bool put_aside(struct segment *s, size_t height, const struct height *h)
{
    const int64_t id = (int64_t)SEGMENT_ID << FTS5_SEGMENT_SHIFT | INT64_C(1) << FTS5_DOCLIST_SHIFT |
                       (int64_t)height << FTS5_HEIGHT_SHIFT | h->page;
    return row_queue_put(&s->aside, id, h->bytes.data, h->bytes.len);
}

/* Begins a page: whether it has others above, the page below that it begins with, and the rowid of that. */
static bool begin_height(struct height *h, bool has_parent, uint32_t below, int64_t rowid)
{
    h->first = rowid;
    return append_varint(&h->bytes, has_parent) && append_varint(&h->bytes, below) &&
           append_varint(&h->bytes, (uint64_t)rowid);
}

/* Puts the full page at HEIGHT aside; if it was the root, there is a new one above that begins with it. */
static bool end_height(struct segment *s, size_t height)
{
    struct height *h = &s->heights[height], *above = h + 1;
    h->bytes.data[0] = 1;
    bool fine = height + 1 < HEIGHTS && put_aside(s, height, h);
    if (fine && above->bytes.len == 0) {
        above->page = h->page;
        above->last = h->first;
        fine = begin_height(above, false, h->page, h->first);
    }
    buf_clear(&h->bytes);
    h->page++;
    return fine;
}

/* The present leaf begins with ROWID. */
static bool index_rowid(struct segment *s, int64_t rowid)
{
    bool full = true, fine = true;
    for (size_t i = 0; fine && full; i++) {
        struct height *h = &s->heights[i];
        full = h->bytes.len >= s->page_size;
        fine = !full || end_height(s, i);
        if (fine && h->bytes.len) {
            fine = append_varint(&h->bytes, (uint64_t)(rowid - h->last));
        } else if (fine) {
            fine = begin_height(h, full, i ? h[-1].page : s->page, rowid);
        }
        h->last = rowid;
    }
    return fine;
}

/* The doclist has ended: keeps or drops its index. */
static bool end_doclist_index(struct segment *s, bool keep)
{
    bool fine = true;
    for (size_t i = 0; i < HEIGHTS && s->heights[i].bytes.len; i++) {
        fine = fine && (!keep || put_aside(s, i, &s->heights[i]));
        buf_clear(&s->heights[i].bytes);
    }
    s->without_term = 0;
    return fine;
}

/* ---- leaves -------------------------------------------------------------------------------------------------- */

static void write_u16(uint8_t *p, size_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static void begin_leaf(struct segment *s)
{
    s->page++;
    s->size = FTS5_LEAF_HEADER;
    memset(s->leaf, 0, FTS5_LEAF_HEADER);
    s->index_size = s->term_at = 0;
    s->needs_rowid = true;
}

static bool end_leaf(struct segment *s)
{
    bool fine = true;
    write_u16(s->leaf + 2, s->size);
    if (s->term_at == 0) {
        /* A leaf amid a position list counts in the doclist index. */
        fine = !s->needs_rowid || s->heights[0].bytes.len == 0 || append_varint(&s->heights[0].bytes, 0);
        s->without_term++;
    }
    memcpy(s->leaf + s->size, s->index, s->index_size);
    fine = fine && row_queue_put(&s->queue, (int64_t)SEGMENT_ID << FTS5_SEGMENT_SHIFT | s->page, s->leaf,
                                 s->size + s->index_size);
    begin_leaf(s);
    return fine;
}

/* Enters the last leaf that began a term into the table of pages. */
static bool end_begun(struct segment *s)
{
    const bool indexed = s->heights[0].bytes.len && s->without_term >= DOCLIST_INDEX_LEAVES;
    const uint64_t leaf = (uint64_t)s->begun << 1 | indexed;
    const uint8_t size = (uint8_t)s->separator_size;
    return end_doclist_index(s, indexed) && buf_append(&s->pages, &leaf, sizeof leaf) &&
           buf_append(&s->pages, &size, 1) && buf_append(&s->pages, s->separator, size);
}

/* The present leaf begins with KEY, which has COMMON bytes in common with the key before. */
static bool begin_term_leaf(struct segment *s, const uint8_t *key, size_t common)
{
    if (s->page == 1) {
        s->begun = 1;
        return true;
    }
    const bool fine = end_begun(s);
    s->separator_size = common + 1;
    memcpy(s->separator, key, s->separator_size);
    s->begun = s->page;
    return fine;
}

static size_t common_bytes(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
    size_t n = 0;
    while (n < MIN(a_size, b_size) && a[n] == b[n]) {
        n++;
    }
    return n;
}

static bool put_term(struct segment *s, const uint8_t *key, size_t n)
{
    size_t common = common_bytes(key, n, s->key, s->key_size);
    bool fine = true;
    if (s->size > FTS5_LEAF_HEADER && s->size + s->index_size + n + 2 >= s->page_size) {
        fine = end_leaf(s);
    }
    s->index_size += fts5_put(s->index + s->index_size, s->size - s->term_at);
    const size_t at = s->size;
    if (s->term_at == 0) {
        fine = fine && begin_term_leaf(s, key, common);
        common = 0;
    } else {
        s->size += fts5_put(s->leaf + s->size, common);
    }
    s->term_at = at;
    s->size += fts5_put(s->leaf + s->size, n - common);
    memcpy(s->leaf + s->size, key + common, n - common);
    s->size += n - common;
    memcpy(s->key, key, n);
    s->key_size = n;
    s->needs_rowid = false;
    s->first = true;
    s->heights[0].page = s->page;
    return fine;
}

/* Copies N bytes, mostly one to three: a call would cost more. */
static void put_bytes(struct segment *s, const uint8_t *p, size_t n)
{
    uint8_t *const out = s->leaf + s->size;
    for (size_t i = 0; i < n; i++) {
        out[i] = p[i];
    }
    s->size += n;
}

/* The first bytes of P, whole varints, that are at least N bytes. */
static size_t whole_varints(const uint8_t *p, size_t n)
{
    while (n && p[n - 1] & 0x80) {
        n++;
    }
    return n;
}

/* N bytes of positions; they may go over the end of the leaf, but no number in them does. */
static bool put_positions(struct segment *s, const uint8_t *p, size_t n)
{
    bool fine = true;
    while (fine && s->size + s->index_size + n >= s->page_size) {
        const size_t used = s->size + s->index_size;
        const size_t here = whole_varints(p, used < s->page_size ? s->page_size - used : 0);
        put_bytes(s, p, here);
        p += here;
        n -= here;
        fine = end_leaf(s);
    }
    put_bytes(s, p, n);
    return fine;
}

static bool put_posting(struct segment *s, const struct runs_posting *posting)
{
    const int64_t rowid = fts_rows_of_build(posting->article);
    bool fine = true;
    if (s->size + s->index_size >= s->page_size) {
        fine = end_leaf(s);
    }
    if (s->needs_rowid) {
        write_u16(s->leaf, s->size);
        fine = fine && index_rowid(s, rowid);
    }
    s->size += fts5_put(s->leaf + s->size, (uint64_t)(s->first || s->needs_rowid ? rowid : rowid - s->rowid));
    s->rowid = rowid;
    s->first = s->needs_rowid = false;
    const size_t head = whole_varints(posting->positions, 1);
    put_bytes(s, posting->positions, head);
    return fine && put_positions(s, posting->positions + head, posting->bytes - head);
}

/* ---- all terms ----------------------------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b, void *context)
{
    const struct lexicon *lexicon = context;
    const struct sorted *x = a, *y = b;
    if (x->beginning != y->beginning) {
        return x->beginning < y->beginning ? -1 : 1;
    }
    const size_t n = lexicon->terms[x->term].len, m = lexicon->terms[y->term].len;
    const int order = memcmp(lexicon_form(lexicon, x->term), lexicon_form(lexicon, y->term), MIN(n, m));
    return order ? order : n < m ? -1 : n > m;
}

/* All terms in the order of their bytes. NULL when memory runs out. */
static struct sorted *sort_terms(const struct lexicon *lexicon)
{
    struct sorted *all = mem_alloc(lexicon->count, sizeof *all);
    for (uint32_t t = 0; all && t < lexicon->count; t++) {
        uint64_t beginning = 0;
        for (size_t i = 0; i < sizeof beginning; i++) {
            beginning = beginning << 8 | (i < lexicon->terms[t].len ? (uint8_t)lexicon_form(lexicon, t)[i] : 0);
        }
        all[t] = (struct sorted){beginning, t};
    }
    if (all) {
        struct lexicon unchanged = *lexicon;
        qsort_r(all, lexicon->count, sizeof *all, by_key, &unchanged);
    }
    return all;
}

static bool put_doclist(struct segment *s, uint32_t term, struct runs_cursor *cursor)
{
    struct runs_posting posting;
    uint8_t key[KEY_MAX] = {FTS5_MAIN_PREFIX};
    const size_t n = s->plan.lexicon->terms[term].len;
    runs_seek(s->plan.runs, term, cursor);
    if (!runs_next(cursor, &posting)) {
        return true;
    }
    memcpy(key + 1, lexicon_form(s->plan.lexicon, term), n);
    bool fine = put_term(s, key, 1 + n);
    do {
        fine = fine && put_posting(s, &posting);
    } while (fine && runs_next(cursor, &posting));
    return fine;
}

static void *make_pages(void *context)
{
    struct segment *s = context;
    struct sorted *terms = sort_terms(s->plan.lexicon);
    struct runs_cursor cursor = {0};
    bool fine = terms;
    begin_leaf(s);
    for (uint32_t i = 0; fine && i < s->plan.lexicon->count; i++) {
        fine = put_doclist(s, terms[i].term, &cursor);
    }
    if (fine && s->size > FTS5_LEAF_HEADER) {
        fine = end_leaf(s);
    }
    if (fine && s->page > 1) {
        fine = end_begun(s);
    }
    s->status = fine ? TRABAO_OK : error_no_memory(&s->error);
    row_queue_end(&s->queue);
    mem_free(terms);
    return NULL;
}

/* ---- the door ------------------------------------------------------------------------------------------------ */

static enum trabao_status read_page_size(struct segment *s, struct trabao_error *err)
{
    sqlite3_stmt *row = NULL;
    enum trabao_status status = db_prepare(s->db, "SELECT v FROM fts_config WHERE k = 'pgsz'", &row, err);
    if (status == TRABAO_OK) {
        status = db_step(row, "reading the configuration of FTS5", err);
    }
    const int64_t size = status == TRABAO_OK ? sqlite3_column_int64(row, 0) : 0;
    sqlite3_finalize(row);
    if (size <= 0 || size > PAGE_SIZE_MAX) {
        return error_set(err, TRABAO_INTERNAL, "FTS5 is not configured");
    }
    s->page_size = (size_t)size;
    return TRABAO_OK;
}

enum trabao_status segment_start(const struct segment_plan *plan, sqlite3 *db, struct segment **out,
                                 struct trabao_error *err)
{
    struct segment *s = mem_zalloc(1, sizeof *s);
    *out = s;
    if (!s) {
        return error_no_memory(err);
    }
    s->plan = *plan;
    s->db = db;
    row_queue_open(&s->queue, AHEAD_MAX);
    row_queue_open(&s->aside, ASIDE_CEILING);
    buf_init(&s->pages, ASIDE_CEILING);
    for (size_t i = 0; i < HEIGHTS; i++) {
        buf_init(&s->heights[i].bytes, PAGE_SIZE_MAX + PAGE_SLACK);
    }
    const enum trabao_status status = read_page_size(s, err);
    if (status != TRABAO_OK) {
        return status;
    }
    s->started = pthread_create(&s->thread, NULL, make_pages, s) == 0;
    return s->started ? TRABAO_OK : error_set(err, TRABAO_INTERNAL, "starting a thread failed");
}

static enum trabao_status put_row(sqlite3_stmt *put, int64_t id, const void *bytes, size_t n, struct trabao_error *err)
{
    sqlite3_bind_int64(put, 1, id);
    sqlite3_bind_blob64(put, 2, bytes, n, SQLITE_STATIC);
    return db_run(put, WRITING, err);
}

static enum trabao_status put_pages(struct segment *s, struct trabao_error *err)
{
    sqlite3_stmt *put = NULL;
    enum trabao_status status =
        db_prepare(s->db, "INSERT INTO fts_idx(segid, term, pgno) VALUES(?1, ?2, ?3)", &put, err);
    const char *const end = s->pages.data + s->pages.len;
    for (const char *p = s->pages.data; status == TRABAO_OK && p < end;) {
        const uint8_t size = (uint8_t)p[8];
        sqlite3_bind_int(put, 1, SEGMENT_ID);
        sqlite3_bind_blob(put, 2, p + 9, size, SQLITE_STATIC);
        sqlite3_bind_int64(put, 3, LOAD(int64_t, p));
        status = db_run(put, "writing the pages of the FTS5 index", err);
        p += 9 + size;
    }
    sqlite3_finalize(put);
    return status;
}

/* The structure record that FTS5 wrote of nothing begins with a number that goes with its configuration. */
static enum trabao_status put_structure(struct segment *s, sqlite3_stmt *put, struct trabao_error *err)
{
    sqlite3_stmt *row = NULL;
    struct buf record;
    buf_init(&record, 64);
    enum trabao_status status = db_prepare(s->db, "SELECT block FROM fts_data WHERE id = ?1", &row, err);
    if (status == TRABAO_OK) {
        sqlite3_bind_int(row, 1, FTS5_STRUCTURE_ROW);
        status = db_step(row, "reading the structure of the FTS5 index", err);
    }
    if (status == TRABAO_OK && sqlite3_column_bytes(row, 0) >= 4) {
        /* Of each level how many are being merged, and how many there are: number, first and last leaf of each. */
        const uint64_t values[] = {LEVELS, 1, 0, 0, 0, 0, 1, SEGMENT_ID, 1, s->page - 1};
        buf_append(&record, sqlite3_column_blob(row, 0), 4);
        for (size_t i = 0; i < ARRAY_LEN(values); i++) {
            append_varint(&record, values[i]);
        }
        sqlite3_reset(row);
        status = buf_failed(&record) ? error_no_memory(err)
                                     : put_row(put, FTS5_STRUCTURE_ROW, record.data, record.len, err);
    }
    sqlite3_finalize(row);
    buf_free(&record);
    return status;
}

static enum trabao_status put_averages(struct segment *s, sqlite3_stmt *put, struct trabao_error *err)
{
    struct buf record;
    buf_init(&record, 128);
    append_varint(&record, s->plan.count);
    for (size_t c = 0; c < SCHEMA_COLUMNS; c++) {
        append_varint(&record, s->plan.tokens[c]);
    }
    const enum trabao_status status =
        buf_failed(&record) ? error_no_memory(err) : put_row(put, FTS5_AVERAGES_ROW, record.data, record.len, err);
    buf_free(&record);
    return status;
}

/* Everything that is small, once the leaves are written. */
static enum trabao_status put_rest(struct segment *s, sqlite3_stmt *put, struct trabao_error *err)
{
    if (s->status != TRABAO_OK) {
        return error_set(err, s->status, "%s", s->error.message);
    }
    row_queue_end(&s->aside);
    enum trabao_status status = row_queue_write(&s->aside, put, WRITING, err);
    if (status == TRABAO_OK && s->page > 1) {
        status = put_pages(s, err);
    }
    if (status == TRABAO_OK && s->page > 1) {
        status = put_structure(s, put, err);
    }
    return status == TRABAO_OK && s->plan.count ? put_averages(s, put, err) : status;
}

enum trabao_status segment_finish(struct segment *s, struct trabao_error *err)
{
    sqlite3_stmt *put = NULL;
    enum trabao_status status = db_allow_shadow(s->db, true, err);
    if (status == TRABAO_OK) {
        status = db_prepare(s->db, "INSERT OR REPLACE INTO fts_data(id, block) VALUES(?1, ?2)", &put, err);
    }
    if (status == TRABAO_OK) {
        status = row_queue_write(&s->queue, put, WRITING, err);
    }
    if (status != TRABAO_OK) {
        row_queue_stop(&s->queue);
    }
    pthread_join(s->thread, NULL);
    s->started = false;
    if (status == TRABAO_OK) {
        status = put_rest(s, put, err);
    }
    sqlite3_finalize(put);
    return status == TRABAO_OK ? db_allow_shadow(s->db, false, err) : status;
}

void segment_close(struct segment *s)
{
    if (!s) {
        return;
    }
    if (s->started) {
        row_queue_stop(&s->queue);
        pthread_join(s->thread, NULL);
    }
    row_queue_close(&s->queue);
    row_queue_close(&s->aside);
    buf_free(&s->pages);
    for (size_t i = 0; i < HEIGHTS; i++) {
        buf_free(&s->heights[i].bytes);
    }
    mem_free(s);
}
