/*
 * impact_read.c - the impact index, one reader a thread, over blocks that all threads share (blocks.h). Two threads
 * that work on one query may ask one reader for postings.
 */
#include "archive/impact.h"

#include <pthread.h>

#include "archive/blocks.h"
#include "archive/db.h"
#include "archive/places.h"
#include "base/mem.h"

struct impact_chunk {
    struct block block; /* first: what the cache sees */
    uint32_t len;       /* bytes of data: postings */
    struct impact_term head; /* of chunk 0: points into the memory behind data */
    uint8_t data[];
};

#define FEW_WINDOWS 8 /* so many are looked through one by one */

struct impact_reader {
    struct blocks *cache;
    uint32_t windows; /* of the archive */
    sqlite3_stmt *select;
    struct block **held;
    size_t held_count, held_capacity;
    struct impact_term **terms; /* handed out since the last release, each with its chunks; owned */
    size_t term_count, term_capacity;
    pthread_mutex_t mutex; /* held while a chunk is fetched */
};

static enum trabao_status damaged(struct trabao_error *err)
{
    return error_set(err, TRABAO_DATA, "the impact index of the archive is damaged; reindex");
}

/* Bytes of a head with N windows. */
static size_t head_bytes(size_t n)
{
    return 2 + 4 * n;
}

/* Words of the bit map of the windows of a head with N of them; 0 for one that is looked through. */
static size_t directory_words(const uint8_t *head, size_t n)
{
    return n > FEW_WINDOWS ? LOAD(uint16_t, head + 2 * n) / 64U + 1 : 0;
}

/* Memory for the tables that a head with N windows is decoded into. */
static size_t table_bytes(const uint8_t *head, size_t n)
{
    return n * sizeof(struct impact_entry) + directory_words(head, n) * (sizeof(uint64_t) + sizeof(uint16_t)) + 8;
}

/* Enters the windows of T into its bit map of so many WORDS, which begins at MEMORY. */
static void make_directory(struct impact_term *t, uint64_t *present, size_t words)
{
    uint16_t *before = (uint16_t *)(void *)(present + words);
    for (uint32_t i = 0; i < t->windows; i++) {
        present[t->entries[i].window / 64] |= UINT64_C(1) << t->entries[i].window % 64;
    }
    for (size_t w = 1; w < words; w++) {
        before[w] = (uint16_t)(before[w - 1] + __builtin_popcountll(present[w - 1]));
    }
    t->present = present;
    t->before = before;
}

/* Decodes HEAD, of a term with N windows, into BLOCK, whose memory has room for its tables at TABLES. */
static enum trabao_status decode_head(struct impact_chunk *block, const uint8_t *head, uint32_t n, uint32_t windows,
                                      uint8_t *tables, struct trabao_error *err)
{
    struct impact_entry *entries = (struct impact_entry *)(void *)(tables + (8 - (uintptr_t)tables % 8) % 8);
    const uint8_t *largest = head + 2 + 2 * (size_t)n, *count_less = largest + n;
    const bool inside = block->len > 0;
    uint32_t chunk = inside ? 0 : 1, offset = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t bytes = impact_bytes(count_less[i] + 1U);
        if (!inside && offset + bytes > IMPACT_BLOCK_MAX) {
            chunk++;
            offset = 0;
        }
        entries[i] = (struct impact_entry){.chunk = (uint16_t)chunk,
                                           .offset = (uint16_t)offset,
                                           .window = LOAD(uint16_t, head + 2 + 2 * (size_t)i),
                                           .largest = largest[i],
                                           .count_less = count_less[i]};
        offset += bytes;
        if ((inside && offset > block->len) || entries[i].window >= windows ||
            (i && entries[i].window <= entries[i - 1].window)) {
            return damaged(err);
        }
    }
    block->head = (struct impact_term){
        .windows = n, .last = entries[n - 1].window, .entries = entries, .chunk_count = chunk + 1};
    const size_t words = directory_words(head, n);
    if (words) {
        make_directory(&block->head, (uint64_t *)(void *)(entries + n), words);
    }
    return TRABAO_OK;
}

/* Makes a block of the LEN bytes of the row ID. */
static enum trabao_status decode_block(const struct impact_reader *r, int64_t id, const uint8_t *bytes, uint32_t len,
                                       struct impact_chunk **out, struct trabao_error *err)
{
    const bool has_head = (id & ((1 << IMPACT_CHUNK_BITS) - 1)) == 0;
    const uint32_t n = has_head && len >= 2 ? LOAD(uint16_t, bytes) : 0;
    const size_t head = has_head ? head_bytes(n) : 0;
    if (len < head || (has_head && n == 0) || len - head > IMPACT_BLOCK_MAX) {
        return damaged(err);
    }
    const uint32_t rest = len - (uint32_t)head;
    /* A damaged bit map may promise more impacts than there are: whoever believes it stays inside the block. */
    const size_t spare = rest > IMPACT_BITMAP_BYTES + IMPACT_SPARSE_MAX ? IMPACT_WINDOW : 0;
    const size_t memory = sizeof(struct impact_chunk) + rest + spare + (has_head ? table_bytes(bytes, n) : 0);
    struct impact_chunk *block = mem_alloc(memory, 1);
    *out = block;
    if (!block) {
        return error_no_memory(err);
    }
    *block = (struct impact_chunk){.block = {.id = id, .memory = memory}, .len = rest};
    if (rest) {
        memcpy(block->data, bytes + head, rest);
    }
    memset(block->data + rest, 0, memory - sizeof *block - rest);
    return has_head ? decode_head(block, bytes, n, r->windows, block->data + rest + spare, err) : TRABAO_OK;
}

static enum trabao_status read_block(struct impact_reader *r, int64_t id, struct impact_chunk **out,
                                     struct trabao_error *err)
{
    *out = NULL;
    sqlite3_bind_int64(r->select, 1, id);
    enum trabao_status status = db_step(r->select, "reading the impact index", err);
    if (status == TRABAO_OK) {
        const uint8_t *bytes = sqlite3_column_blob(r->select, 0);
        const uint32_t len = (uint32_t)sqlite3_column_bytes(r->select, 0);
        struct impact_chunk *block = NULL;
        status = decode_block(r, id, bytes, len, &block, err);
        if (status == TRABAO_OK) {
            *out = (struct impact_chunk *)blocks_put(r->cache, &block->block);
        } else {
            mem_free(block);
        }
    }
    sqlite3_reset(r->select);
    return status == TRABAO_NONE ? TRABAO_OK : status;
}

static enum trabao_status hold(struct impact_reader *r, int64_t id, struct impact_chunk **out,
                               struct trabao_error *err)
{
    if (!mem_grow((void **)&r->held, &r->held_capacity, r->held_count + 1, sizeof(struct block *))) {
        return error_no_memory(err);
    }
    *out = (struct impact_chunk *)blocks_get(r->cache, id);
    if (!*out) {
        const enum trabao_status status = read_block(r, id, out, err);
        if (status != TRABAO_OK || !*out) {
            return status;
        }
    }
    r->held[r->held_count++] = &(*out)->block;
    return TRABAO_OK;
}

enum trabao_status impact_reader_open(sqlite3 *db, struct blocks *cache, uint32_t articles,
                                      struct impact_reader **out, struct trabao_error *err)
{
    struct impact_reader *r = mem_zalloc(1, sizeof *r);
    *out = r;
    if (!r) {
        return error_no_memory(err);
    }
    r->cache = cache;
    r->windows = impact_windows(articles);
    pthread_mutex_init(&r->mutex, NULL);
    return db_prepare(db, "SELECT block FROM impact WHERE id = ?1", &r->select, err);
}

void impact_reader_close(struct impact_reader *r)
{
    if (r) {
        impact_release(r);
        sqlite3_finalize(r->select);
        mem_free(r->held);
        mem_free(r->terms);
        pthread_mutex_destroy(&r->mutex);
        mem_free(r);
    }
}

enum trabao_status impact_find(struct impact_reader *r, uint32_t term, const struct impact_term **out,
                               struct trabao_error *err)
{
    struct impact_chunk *block;
    *out = NULL;
    const enum trabao_status status = hold(r, (int64_t)term << IMPACT_CHUNK_BITS, &block, err);
    if (status != TRABAO_OK || !block) {
        return status;
    }
    const uint32_t chunks = block->head.chunk_count;
    struct impact_term *t = mem_zalloc(1, sizeof *t + chunks * sizeof(struct impact_chunk *));
    if (!t || !mem_grow((void **)&r->terms, &r->term_capacity, r->term_count + 1, sizeof(struct impact_term *))) {
        mem_free(t);
        return error_no_memory(err);
    }
    *t = block->head;
    t->term = term;
    t->chunks = (struct impact_chunk **)(void *)(t + 1);
    t->chunks[0] = block;
    r->terms[r->term_count++] = t;
    *out = t;
    return TRABAO_OK;
}

/* Fetches chunk number CHUNK of T unless the other thread has. */
static enum trabao_status fetch(struct impact_reader *r, const struct impact_term *t, uint32_t chunk,
                                struct impact_chunk **out, struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    pthread_mutex_lock(&r->mutex);
    *out = t->chunks[chunk];
    if (!*out) {
        status = hold(r, (int64_t)t->term << IMPACT_CHUNK_BITS | chunk, out, err);
        if (status == TRABAO_OK) {
            __atomic_store_n(&t->chunks[chunk], *out, __ATOMIC_RELEASE);
        }
    }
    pthread_mutex_unlock(&r->mutex);
    return status;
}

enum trabao_status impact_postings(struct impact_reader *r, const struct impact_term *t, uint32_t i,
                                   const uint8_t **out, struct trabao_error *err)
{
    const struct impact_entry *at = &t->entries[i];
    struct impact_chunk *block = __atomic_load_n(&t->chunks[at->chunk], __ATOMIC_ACQUIRE);
    if (!block) {
        const enum trabao_status status = fetch(r, t, at->chunk, &block, err);
        if (status != TRABAO_OK) {
            return status;
        }
    }
    if (!block || at->offset + impact_bytes(at->count_less + 1U) > block->len) {
        return damaged(err);
    }
    *out = block->data + at->offset;
    return TRABAO_OK;
}

/* Which of COUNT postings is that of PLACE; COUNT: none. */
static uint32_t find_place(const uint8_t *postings, uint32_t count, uint8_t place)
{
    if (count <= IMPACT_SPARSE_MAX) {
        const uint8_t *found = memchr(postings, place, count);
        return found ? (uint32_t)(found - postings) : count;
    }
    struct places all = {0};
    places_add_postings(&all, postings, count);
    return places_has(&all, place) ? MIN(places_below(&all, place), count) : count;
}

enum trabao_status impact_in_article(struct impact_reader *r, const struct impact_term *t, uint32_t article,
                                     uint8_t *impact, struct trabao_error *err)
{
    const uint8_t *postings;
    uint32_t count;
    const enum trabao_status status = impact_look(r, t, article / IMPACT_WINDOW, &postings, &count, err);
    *impact = 0;
    if (status == TRABAO_OK && count) {
        const uint32_t i = find_place(postings, count, (uint8_t)(article % IMPACT_WINDOW));
        *impact = i < count ? postings[impact_bytes(count) - count + i] : 0;
    }
    return status;
}

uint32_t impact_places(const uint8_t *postings, uint32_t count, uint8_t places[IMPACT_WINDOW])
{
    if (count <= IMPACT_SPARSE_MAX) {
        memcpy(places, postings, count);
        return count;
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < IMPACT_WINDOW; i++) {
        if (postings[i / 8] >> i % 8 & 1) {
            places[n++] = (uint8_t)i;
        }
    }
    return n;
}

void impact_release(struct impact_reader *r)
{
    blocks_release(r->cache, r->held, r->held_count);
    for (size_t i = 0; i < r->term_count; i++) {
        mem_free(r->terms[i]);
    }
    r->held_count = r->term_count = 0;
}
