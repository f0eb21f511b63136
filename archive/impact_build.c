/*
 * impact_build.c - postings are collected, sorted in runs, merged by term and written as the table `impact`.
 *
 * Articles come in ascending order, so a run covers a range of articles and a term's postings in the whole index are
 * those of the first run, then those of the second, and so on: the merge is a walk through all runs side by side. The
 * impact of a posting needs the average length, which is known only at the end; runs hold weighted frequencies. An
 * update walks through the postings of the index before as well, which keep their impacts and change their numbers.
 *
 * A thread of its own merges, so that the one that owns the database can do other things first.
 */
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "archive/db.h"
#include "archive/impact.h"
#include "archive/row_queue.h"
#include "base/buf.h"
#include "base/fsutil.h"
#include "base/mem.h"

/* A posting in memory, one number that sorts by term: term (24 bits), article (32), weighted frequency (8). */
#define ENTRY(term, article, frequency) ((uint64_t)(term) << 40 | (uint64_t)(article) << 8 | (frequency))
#define ENTRY_TERM(e) ((uint32_t)((e) >> 40))
#define ENTRY_ARTICLE(e) ((uint32_t)((e) >> 8))
#define ENTRY_FREQUENCY(e) ((uint8_t)(e))

#define RUN_ENTRIES ((size_t)12 << 20) /* 96 MiB, and as much again while sorting */
#define RUN_BUFFER ((size_t)1 << 16)   /* entries read at a time while merging */
#define RADIX_BITS 12
#define RADIX_SIZE (1U << RADIX_BITS)

struct run {
    int fd;          /* -1: still in memory */
    uint64_t *items; /* the run itself, or its read buffer; owned */
    size_t at, count;
};

struct impact_builder {
    char *folder;
    uint64_t *entries; /* of the run being collected */
    size_t count, capacity;
    struct run *runs;
    size_t run_count, run_capacity;
    /* The merge, which runs in a thread of its own from impact_builder_start on. */
    bool merging;
    pthread_t thread;
    struct impact_plan plan;
    struct lexicon *lexicon; /* borrowed */
    struct row_queue queue;
    enum trabao_status status;
    struct trabao_error error;
};

uint8_t impact_of(uint32_t frequency, uint32_t length, double average)
{
    const double k = IMPACT_K1 * (1 - IMPACT_B + IMPACT_B * length / average);
    const double weight = frequency / (frequency + k);
    return (uint8_t)MAX(1, (int)(255 * weight + 0.5));
}

enum trabao_status impact_builder_open(const char *folder, struct impact_builder **out, struct trabao_error *err)
{
    struct impact_builder *b = mem_zalloc(1, sizeof *b);
    *out = b;
    if (!b) {
        return error_no_memory(err);
    }
    row_queue_open(&b->queue);
    b->folder = mem_dup(folder, strlen(folder));
    return b->folder ? TRABAO_OK : error_no_memory(err);
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
    for (size_t i = 0; i < b->run_count; i++) {
        if (b->runs[i].fd >= 0) {
            close(b->runs[i].fd);
        }
        mem_free(b->runs[i].items);
    }
    mem_free(b->runs);
    mem_free(b->entries);
    mem_free(b->folder);
    mem_free(b);
}

/* Sorts by term and keeps the order of articles: two counting passes over the 24 bits of the term. */
static bool sort_entries(uint64_t *items, size_t n)
{
    uint64_t *other = mem_alloc(n, sizeof *other);
    if (!other) {
        return false;
    }
    mem_scattered(other, n, sizeof *other);
    uint64_t *from = items, *to = other;
    for (unsigned shift = 40; shift < 64; shift += RADIX_BITS) {
        size_t starts[RADIX_SIZE] = {0};
        size_t sum = 0;
        for (size_t i = 0; i < n; i++) {
            starts[from[i] >> shift & (RADIX_SIZE - 1)]++;
        }
        for (size_t r = 0; r < RADIX_SIZE; r++) {
            const size_t here = starts[r];
            starts[r] = sum;
            sum += here;
        }
        for (size_t i = 0; i < n; i++) {
            to[starts[from[i] >> shift & (RADIX_SIZE - 1)]++] = from[i];
        }
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    mem_free(other);
    return true;
}
_Static_assert(24 % RADIX_BITS == 0 && 24 / RADIX_BITS % 2 == 0,
               "after an even number of passes the items are in place");

static enum trabao_status write_run(struct impact_builder *b, struct run *run, struct trabao_error *err)
{
    run->fd = fs_open_unnamed(b->folder);
    if (run->fd < 0) {
        return error_set_errno(err, TRABAO_IO, errno, "%s: making a temporary file for postings", b->folder);
    }
    return fs_write_at(run->fd, run->items, run->count * sizeof *run->items, 0)
               ? TRABAO_OK
               : error_set_errno(err, TRABAO_IO, errno, "%s: writing temporary postings", b->folder);
}

/* Closes the run being collected; unless it is the LAST one, it goes to disk. */
static enum trabao_status end_run(struct impact_builder *b, bool last, struct trabao_error *err)
{
    if (!mem_grow((void **)&b->runs, &b->run_capacity, b->run_count + 1, sizeof *b->runs) ||
        !sort_entries(b->entries, b->count)) {
        return error_no_memory(err);
    }
    struct run *run = &b->runs[b->run_count++];
    *run = (struct run){.fd = -1, .items = b->entries, .count = b->count};
    enum trabao_status status = TRABAO_OK;
    if (last) {
        b->entries = NULL;
        b->capacity = 0;
    } else {
        status = write_run(b, run, err);
        run->items = NULL;
        run->count = 0;
    }
    b->count = 0;
    return status;
}

enum trabao_status impact_builder_add(struct impact_builder *b, uint32_t term, uint32_t article, uint32_t frequency,
                                      struct trabao_error *err)
{
    if (b->count == RUN_ENTRIES) {
        const enum trabao_status status = end_run(b, false, err);
        if (status != TRABAO_OK) {
            return status;
        }
    }
    if (!mem_grow((void **)&b->entries, &b->capacity, b->count + 1, sizeof *b->entries)) {
        return error_no_memory(err);
    }
    b->entries[b->count++] = ENTRY(term, article, MIN(frequency, 255U));
    return TRABAO_OK;
}

/* ---- merging ------------------------------------------------------------------------------------------------- */

static enum trabao_status refill(struct run *run, struct trabao_error *err)
{
    if (run->fd < 0 || run->at < run->count) {
        return TRABAO_OK;
    }
    if (!run->items && !(run->items = mem_alloc(RUN_BUFFER, sizeof *run->items))) {
        return error_no_memory(err);
    }
    size_t n = 0;
    while (n < RUN_BUFFER * sizeof *run->items) {
        const ssize_t r = read(run->fd, (char *)run->items + n, RUN_BUFFER * sizeof *run->items - n);
        if (r < 0) {
            return error_set_errno(err, TRABAO_IO, errno, "reading temporary postings");
        }
        if (r == 0) {
            break;
        }
        n += (size_t)r;
    }
    run->at = 0;
    run->count = n / sizeof *run->items;
    return TRABAO_OK;
}

/* Collects the postings of one term and writes them as rows. */
struct term_writer {
    struct row_queue *queue;
    uint32_t term;
    uint32_t articles; /* that have been put */
    uint32_t windows;
    uint16_t *window; /* the four arrays of the head, [capacity] */
    uint8_t *largest, *count_less;
    size_t capacity;
    struct buf postings; /* of all windows */
    struct buf block;
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

static enum trabao_status write_block(struct term_writer *w, uint32_t chunk, const void *bytes, size_t n,
                                      struct trabao_error *err)
{
    const int64_t id = (int64_t)w->term << IMPACT_CHUNK_BITS | chunk;
    return row_queue_put(w->queue, id, bytes, n) ? TRABAO_OK : error_no_memory(err);
}

static enum trabao_status write_chunks(struct term_writer *w, struct trabao_error *err)
{
    size_t start = 0, end = 0;
    uint32_t chunk = 1;
    for (uint32_t i = 0; i <= w->windows; i++) {
        const size_t next = i < w->windows ? impact_bytes(w->count_less[i] + 1U) : 0;
        if (i == w->windows || end - start + next > IMPACT_BLOCK_MAX) {
            const enum trabao_status status = write_block(w, chunk++, w->postings.data + start, end - start, err);
            if (status != TRABAO_OK) {
                return status;
            }
            start = end;
        }
        end += next;
    }
    return chunk < 1U << IMPACT_CHUNK_BITS ? TRABAO_OK
                                           : error_set(err, TRABAO_INTERNAL, "a term has too many postings");
}

static enum trabao_status end_term(struct term_writer *w, struct trabao_error *err)
{
    enum trabao_status status = end_window(w, err);
    if (status != TRABAO_OK || w->windows == 0) {
        return status;
    }
    const uint16_t n = (uint16_t)w->windows;
    buf_clear(&w->block);
    buf_append(&w->block, &n, sizeof n);
    buf_append(&w->block, w->window, w->windows * sizeof *w->window);
    buf_append(&w->block, w->largest, w->windows);
    buf_append(&w->block, w->count_less, w->windows);
    const bool whole = w->block.len + w->postings.len <= IMPACT_BLOCK_MAX;
    if (whole) {
        buf_append(&w->block, w->postings.data, w->postings.len);
    }
    if (buf_failed(&w->block)) {
        return error_no_memory(err);
    }
    status = write_block(w, 0, w->block.data, w->block.len, err);
    if (status == TRABAO_OK && !whole) {
        status = write_chunks(w, err);
    }
    w->windows = 0;
    buf_clear(&w->postings);
    return status;
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

/* The postings of one term that were added, out of all runs in turn. */
struct added {
    struct impact_builder *builder;
    const struct impact_plan *plan;
    uint32_t term;
    size_t run;
    uint64_t entry; /* the next one; 0: no more (a frequency is never 0) */
};

static enum trabao_status next_added(struct added *a, struct trabao_error *err)
{
    a->entry = 0;
    for (; a->run < a->builder->run_count; a->run++) {
        struct run *run = &a->builder->runs[a->run];
        const enum trabao_status status = refill(run, err);
        if (status != TRABAO_OK) {
            return status;
        }
        if (run->at < run->count && ENTRY_TERM(run->items[run->at]) == a->term) {
            a->entry = run->items[run->at++];
            return TRABAO_OK;
        }
    }
    return TRABAO_OK;
}

/* Puts all that were added to articles below END. */
static enum trabao_status put_added(struct added *a, struct term_writer *w, uint64_t end, struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    while (status == TRABAO_OK && a->entry && ENTRY_ARTICLE(a->entry) < end) {
        const uint32_t article = ENTRY_ARTICLE(a->entry);
        const uint8_t impact = impact_of(ENTRY_FREQUENCY(a->entry), a->plan->lengths[article], a->plan->average);
        status = put(w, article, impact, err);
        if (status == TRABAO_OK) {
            status = next_added(a, err);
        }
    }
    return status;
}

/* Puts the postings of the I-th window of T under their new numbers, and what was added before each. */
static enum trabao_status put_window(struct added *a, struct term_writer *w, const struct impact_term *t, uint32_t i,
                                     struct trabao_error *err)
{
    const struct impact_before *before = a->plan->before;
    const uint32_t count = t->count_less[i] + 1U;
    const uint32_t first = (uint32_t)t->window[i] * IMPACT_WINDOW;
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
    a->run = 0;
    w->articles = 0;
    enum trabao_status status = next_added(a, err);
    if (status == TRABAO_OK && before && term < before->terms) {
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
    struct term_writer w = {.queue = &b->queue};
    struct added added = {.builder = b, .plan = &b->plan};
    buf_init(&w.postings, (size_t)1 << 30);
    buf_init(&w.block, (size_t)1 << 20);
    b->status = end_run(b, true, &b->error);
    for (uint32_t term = 0; b->status == TRABAO_OK && term < b->lexicon->count; term++) {
        b->status = merge_term(&added, &w, term, &b->lexicon->terms[term].articles, &b->error);
    }
    row_queue_end(&b->queue);
    buf_free(&w.postings);
    buf_free(&w.block);
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
    struct buf rows;
    buf_init(&rows, b->queue.rows.ceiling);
    enum trabao_status status = db_prepare(db, "INSERT INTO impact(id, block) VALUES(?1, ?2)", &insert, err);
    while (status == TRABAO_OK && row_queue_take(&b->queue, &rows)) {
        int64_t id;
        const char *bytes;
        uint32_t n;
        for (size_t at = 0; status == TRABAO_OK && row_queue_next(&rows, &at, &id, &bytes, &n);) {
            sqlite3_bind_int64(insert, 1, id);
            sqlite3_bind_blob64(insert, 2, bytes, n, SQLITE_STATIC);
            status = db_run(insert, "writing the impact index", err);
        }
    }
    sqlite3_finalize(insert);
    buf_free(&rows);
    row_queue_stop(&b->queue);
    pthread_join(b->thread, NULL);
    b->merging = false;
    return status == TRABAO_OK && b->status != TRABAO_OK ? error_set(err, b->status, "%s", b->error.message) : status;
}
