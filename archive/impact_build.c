/*
 * impact_build.c - the postings of a load (runs.h), term by term, are written as the table `impact`.
 *
 * The impact of a posting needs the average length, which is known only at the end; runs hold what it is made of. An
 * update walks through the postings of the index before as well, which keep their impacts and change their numbers.
 *
 * A thread of its own merges, so that the one that owns the database can do other things first.
 */
#include <math.h>
#include <pthread.h>

#include "archive/db.h"
#include "archive/fts5_format.h"
#include "archive/impact.h"
#include "archive/row_queue.h"
#include "archive/varint.h"
#include "base/buf.h"
#include "base/mem.h"

/* The thread that owns the database comes to these rows last; what the pipeline and counting pairs took is free. */
#define AHEAD_MAX ((size_t)96 << 20)
#define LEAF_BYTES (DB_PAGE_BYTES - 8) /* of a leaf page, for cells */
#define CHUNK_MIN 512U                 /* bytes for which a chunk is begun on a page; a window's postings fit */

struct impact_builder {
    bool merging;
    pthread_t thread;
    struct impact_plan plan;
    struct lexicon *lexicon; /* borrowed */
    struct row_queue queue;
    enum trabao_status status;
    struct trabao_error error;
};

#define WEIGHT_EARLY 0x80

uint8_t impact_weight(uint32_t frequency, bool early)
{
    return (uint8_t)(MIN(frequency, IMPACT_FREQUENCY_MAX) | (early ? WEIGHT_EARLY : 0));
}

uint8_t impact_of(uint8_t weight, uint32_t length, double average)
{
    const double frequency = weight & ~WEIGHT_EARLY;
    const double k = IMPACT_K1 * (1 - IMPACT_B + IMPACT_B * length / average);
    const double exact = IMPACT_MAX * frequency / (frequency + k);
    return (uint8_t)(weight & WEIGHT_EARLY ? 2 * (int)(exact / 2) + 1 : MAX(2, 2 * (int)(exact / 2 + 0.5)));
}

double impact_most(uint8_t impact)
{
    /* Being odd or even moves it by one at most. */
    const double share = (impact + 1) / (double)IMPACT_MAX;
    return share < 1 ? share / (1 - share) : (double)INFINITY;
}

enum trabao_status impact_builder_open(struct impact_builder **out, struct trabao_error *err)
{
    struct impact_builder *b = mem_zalloc(1, sizeof *b);
    *out = b;
    if (!b) {
        return error_no_memory(err);
    }
    row_queue_open(&b->queue, AHEAD_MAX);
    return TRABAO_OK;
}

void impact_builder_close(struct impact_builder *b)
{
    if (!b) {
        return;
    }
    if (b->merging) {
        row_queue_stop(&b->queue);
        pthread_join(b->thread, NULL);
    }
    row_queue_close(&b->queue);
    mem_free(b);
}

/* ---- one term ------------------------------------------------------------------------------------------------ */

/* Collects the postings of one term and writes them as rows. */
struct term_writer {
    struct row_queue *queue;
    uint32_t all_windows; /* of the archive */
    size_t room;          /* that the last row left on its page */
    uint32_t term;
    uint32_t articles; /* that have been put */
    uint32_t windows;
    uint16_t *window; /* the three arrays of the head, [capacity] */
    uint8_t *largest, *count_less;
    size_t capacity;
    struct buf postings; /* of all windows */
    struct buf head;
    uint8_t places[IMPACT_WINDOW], impacts[IMPACT_WINDOW]; /* of the window being collected */
    uint32_t current, count;
};

static enum trabao_status end_window(struct term_writer *w, struct trabao_error *err)
{
    if (w->count == 0) {
        return TRABAO_OK;
    }
    if (w->windows == w->capacity) {
        const size_t bigger = MAX((size_t)64, w->capacity * 2);
        size_t capacities[3] = {w->capacity, w->capacity, w->capacity};
        if (!mem_grow((void **)&w->window, &capacities[0], bigger, sizeof *w->window) ||
            !mem_grow((void **)&w->largest, &capacities[1], bigger, 1) ||
            !mem_grow((void **)&w->count_less, &capacities[2], bigger, 1)) {
            return error_no_memory(err);
        }
        w->capacity = bigger;
    }
    uint8_t largest = 0;
    for (uint32_t i = 0; i < w->count; i++) {
        largest = MAX(largest, w->impacts[i]);
    }
    w->window[w->windows] = (uint16_t)w->current;
    w->largest[w->windows] = largest;
    w->count_less[w->windows++] = (uint8_t)(w->count - 1);
    if (w->count > IMPACT_SPARSE_MAX) {
        uint8_t bits[IMPACT_BITMAP_BYTES] = {0};
        for (uint32_t i = 0; i < w->count; i++) {
            bits[w->places[i] / 8] |= (uint8_t)(1U << w->places[i] % 8);
        }
        buf_append(&w->postings, bits, sizeof bits);
    } else {
        buf_append(&w->postings, w->places, w->count);
    }
    const bool ok = buf_append(&w->postings, w->impacts, w->count);
    w->count = 0;
    return ok ? TRABAO_OK : error_no_memory(err);
}

/*
 * What a row with ID and N bytes takes of a leaf page: its place in the list of cells, and the cell, of two lengths,
 * the id and a record with a head of three numbers, one of them a byte for the NULL that stands for the id (SQLite's
 * Database File Format, 1.6 and 2.1).
 */
static size_t cell_bytes(int64_t id, size_t n)
{
    const size_t record = 2 + fts5_size(2 * n + 12) + n;
    return 2 + fts5_size(record) + fts5_size((uint64_t)id) + record;
}

/* Rows come in ascending order, so one that does not fit opens a new page, and nobody returns to the one before. */
static enum trabao_status write_block(struct term_writer *w, uint32_t chunk, const void *bytes, size_t n,
                                      struct trabao_error *err)
{
    const int64_t id = (int64_t)w->term << IMPACT_CHUNK_BITS | chunk;
    const size_t cell = cell_bytes(id, n);
    const size_t room = cell <= w->room ? w->room : LEAF_BYTES;
    w->room = room - MIN(cell, room);
    return row_queue_put(w->queue, id, bytes, n) ? TRABAO_OK : error_no_memory(err);
}

/* Bytes that the next chunk may have: all that is left of the page if that is about enough. */
static size_t chunk_ceiling(const struct term_writer *w)
{
    const size_t around = cell_bytes((int64_t)w->term << IMPACT_CHUNK_BITS, IMPACT_CHUNK_MAX) - IMPACT_CHUNK_MAX;
    const size_t room = w->room - MIN(around, w->room);
    return room >= CHUNK_MIN && room <= IMPACT_CHUNK_MAX ? room : IMPACT_BLOCK_MAX;
}

/* How many windows from FIRST on go into a chunk of no more than CEILING bytes. *BYTES: what they take. */
static uint32_t fill_chunk(const struct term_writer *w, uint32_t first, size_t ceiling, size_t *bytes)
{
    uint32_t i = first;
    *bytes = 0;
    for (; i < w->windows; i++) {
        const size_t next = impact_bytes(w->count_less[i] + 1U);
        if (*bytes + next > ceiling) {
            break;
        }
        *bytes += next;
    }
    return i - first;
}

/* Writes the postings as chunks, and how many windows each has to the head. */
static enum trabao_status write_chunks(struct term_writer *w, struct trabao_error *err)
{
    const char *postings = w->postings.data;
    uint32_t chunk = 0;
    for (uint32_t i = 0; i < w->windows; chunk++) {
        size_t bytes;
        if (chunk == IMPACT_HEAD) {
            return error_set(err, TRABAO_INTERNAL, "a term has too many postings");
        }
        const uint32_t windows = fill_chunk(w, i, chunk_ceiling(w), &bytes);
        TRY(write_block(w, chunk, postings, bytes, err));
        varint_append(&w->head, windows);
        postings += bytes;
        i += windows;
    }
    return TRABAO_OK;
}

static bool append_windows(struct term_writer *w)
{
    varint_append(&w->head, w->windows);
    if (!impact_is_mapped(w->windows, w->all_windows)) {
        for (uint32_t i = 0, before = 0; i < w->windows; before = w->window[i++]) {
            varint_append(&w->head, w->window[i] - before);
        }
        return !buf_failed(&w->head);
    }
    const size_t bytes = impact_map_bytes(w->all_windows);
    uint8_t *map = (uint8_t *)buf_reserve(&w->head, bytes);
    if (!map) {
        return false;
    }
    memset(map, 0, bytes);
    for (uint32_t i = 0; i < w->windows; i++) {
        map[w->window[i] / 8] |= (uint8_t)(1U << w->window[i] % 8);
    }
    w->head.len += bytes;
    return true;
}

static enum trabao_status end_term(struct term_writer *w, struct trabao_error *err)
{
    TRY(end_window(w, err));
    if (w->windows == 0) {
        return TRABAO_OK;
    }
    buf_clear(&w->head);
    if (!append_windows(w) || !buf_append(&w->head, w->largest, w->windows) ||
        !buf_append(&w->head, w->count_less, w->windows)) {
        return error_no_memory(err);
    }
    if (w->head.len + w->postings.len <= IMPACT_BLOCK_MAX) {
        buf_append(&w->head, w->postings.data, w->postings.len);
    } else {
        TRY(write_chunks(w, err));
    }
    if (buf_failed(&w->head)) {
        return error_no_memory(err);
    }
    TRY(write_block(w, IMPACT_HEAD, w->head.data, w->head.len, err));
    w->windows = 0;
    buf_clear(&w->postings);
    return TRABAO_OK;
}

static enum trabao_status put(struct term_writer *w, uint32_t article, uint8_t impact, struct trabao_error *err)
{
    const uint32_t window = article / IMPACT_WINDOW;
    if (w->count && window != w->current) {
        const enum trabao_status status = end_window(w, err);
        if (status != TRABAO_OK) {
            return status;
        }
    }
    w->current = window;
    w->places[w->count] = (uint8_t)(article % IMPACT_WINDOW);
    w->impacts[w->count++] = impact;
    w->articles++;
    return TRABAO_OK;
}

/* ---- merging ------------------------------------------------------------------------------------------------- */

/* The postings of one term that were added. */
struct added {
    const struct impact_plan *plan;
    uint32_t term;
    struct runs_cursor cursor;
    struct runs_posting next;
    bool more; /* NEXT is one */
};

/* Terms of other columns have no weight, and no impact. */
static void next_added(struct added *a)
{
    do {
        a->more = runs_next(&a->cursor, &a->next);
    } while (a->more && a->next.weight == 0);
}

/* Puts all that were added to articles below END. */
static enum trabao_status put_added(struct added *a, struct term_writer *w, uint64_t end, struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    while (status == TRABAO_OK && a->more && a->next.article < end) {
        const uint32_t article = a->next.article;
        const uint8_t impact = impact_of(a->next.weight, a->plan->lengths[article], a->plan->average);
        status = put(w, article, impact, err);
        next_added(a);
    }
    return status;
}

/* Puts the postings of the I-th window of T under their new numbers, and what was added before each. */
static enum trabao_status put_window(struct added *a, struct term_writer *w, const struct impact_term *t, uint32_t i,
                                     struct trabao_error *err)
{
    const struct impact_before *before = a->plan->before;
    const uint32_t count = t->entries[i].count_less + 1U;
    const uint32_t first = (uint32_t)t->entries[i].window * IMPACT_WINDOW;
    const uint8_t *postings;
    uint8_t places[IMPACT_WINDOW];
    enum trabao_status status = impact_postings(before->reader, t, i, &postings, err);
    if (status != TRABAO_OK) {
        return status;
    }
    const bool all = impact_places(postings, count, places) == count;
    const uint8_t *impacts = postings + impact_bytes(count) - count;
    for (uint32_t k = 0; status == TRABAO_OK && k < count; k++) {
        if (!all || first + places[k] >= before->articles || (k && places[k] <= places[k - 1])) {
            return error_set(err, TRABAO_DATA, "the impact index of the archive is damaged; reindex");
        }
        const uint32_t article = before->numbers[first + places[k]];
        if (article != IMPACT_GONE) {
            status = put_added(a, w, article, err);
            if (status == TRABAO_OK) {
                status = put(w, article, impacts[k], err);
            }
        }
    }
    return status;
}

static enum trabao_status put_before(struct added *a, struct term_writer *w, struct trabao_error *err)
{
    const struct impact_before *before = a->plan->before;
    const struct impact_term *t = NULL;
    enum trabao_status status = impact_find(before->reader, a->term, &t, err);
    for (uint32_t i = 0; status == TRABAO_OK && t && i < t->windows; i++) {
        status = put_window(a, w, t, i, err);
    }
    impact_release(before->reader);
    return status;
}

static enum trabao_status merge_term(struct added *a, struct term_writer *w, uint32_t term, uint32_t *articles,
                                     struct trabao_error *err)
{
    const struct impact_before *before = a->plan->before;
    a->term = w->term = term;
    w->articles = 0;
    runs_seek(a->plan->runs, term, &a->cursor);
    next_added(a);
    enum trabao_status status = TRABAO_OK;
    if (before && term < before->terms) {
        status = put_before(a, w, err);
    }
    if (status == TRABAO_OK) {
        status = put_added(a, w, UINT64_MAX, err);
    }
    *articles = w->articles;
    return status == TRABAO_OK ? end_term(w, err) : status;
}

static void *merge(void *context)
{
    struct impact_builder *b = context;
    struct term_writer w = {.queue = &b->queue, .all_windows = impact_windows(b->plan.articles)};
    struct added added = {.plan = &b->plan};
    buf_init(&w.postings, (size_t)1 << 30);
    buf_init(&w.head, (size_t)1 << 20);
    for (uint32_t term = 0; b->status == TRABAO_OK && term < b->lexicon->count; term++) {
        b->status = merge_term(&added, &w, term, &b->lexicon->terms[term].articles, &b->error);
    }
    row_queue_end(&b->queue);
    buf_free(&w.postings);
    buf_free(&w.head);
    mem_free(w.window);
    mem_free(w.largest);
    mem_free(w.count_less);
    return NULL;
}

enum trabao_status impact_builder_start(struct impact_builder *b, const struct impact_plan *plan,
                                        struct lexicon *lexicon, struct trabao_error *err)
{
    b->plan = *plan;
    b->lexicon = lexicon;
    b->merging = pthread_create(&b->thread, NULL, merge, b) == 0;
    return b->merging ? TRABAO_OK : error_set(err, TRABAO_INTERNAL, "starting a thread failed");
}

enum trabao_status impact_builder_finish(struct impact_builder *b, sqlite3 *db, struct trabao_error *err)
{
    sqlite3_stmt *insert = NULL;
    enum trabao_status status = db_prepare(db, "INSERT INTO impact(id, block) VALUES(?1, ?2)", &insert, err);
    if (status == TRABAO_OK) {
        status = row_queue_write(&b->queue, insert, "writing the impact index", err);
    }
    sqlite3_finalize(insert);
    row_queue_stop(&b->queue);
    pthread_join(b->thread, NULL);
    b->merging = false;
    return status == TRABAO_OK && b->status != TRABAO_OK ? error_set(err, b->status, "%s", b->error.message) : status;
}
