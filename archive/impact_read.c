/*
 * impact_read.c - the impact index, one reader a thread, over blocks that all threads share (blocks.h). Two threads
 * that work on one query may ask one reader for postings.
 */
#include "archive/impact.h"

#include <pthread.h>

#include "archive/blocks.h"
#include "archive/db.h"
#include "archive/places.h"
#include "archive/varint.h"
#include "base/mem.h"

struct impact_chunk {
    struct block block;      /* first: what the cache sees */
    uint32_t len;            /* bytes of postings */
    const uint8_t *postings; /* in the memory behind this */
    struct impact_term term; /* of a head: its tables are in that memory, too */
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

/* Words of the bit map of the windows of a term with N of them; 0 for one that is looked through. */
static size_t directory_words(const struct impact_reader *r, size_t n)
{
    return n > FEW_WINDOWS ? (r->windows + 63) / 64 : 0;
}

/* Memory for the tables of a term with N windows. */
static size_t table_bytes(const struct impact_reader *r, size_t n)
{
    return n * sizeof(struct impact_entry) + directory_words(r, n) * (sizeof(uint64_t) + sizeof(uint16_t));
}

/* What the head of a term with N windows has at least, after that number, before postings or chunks. */
static size_t head_bytes(const struct impact_reader *r, size_t n)
{
    return (impact_is_mapped((uint32_t)n, r->windows) ? impact_map_bytes(r->windows) : n) + 2 * n;
}

/* Enters the windows of T into a bit map of so many WORDS, which is made at MEMORY. */
static void make_directory(struct impact_term *t, uint64_t *memory, size_t words)
{
    uint16_t *before = (uint16_t *)(void *)(memory + words);
    memset(memory, 0, words * sizeof *memory);
    for (uint32_t i = 0; i < t->windows; i++) {
        memory[t->entries[i].window / 64] |= UINT64_C(1) << t->entries[i].window % 64;
    }
    before[0] = 0;
    for (size_t w = 1; w < words; w++) {
        before[w] = (uint16_t)(before[w - 1] + __builtin_popcountll(memory[w - 1]));
    }
    t->present = memory;
    t->before = before;
}

/* What is left of a row that is being read. */
struct rest {
    const uint8_t *at, *end;
};

/* Reads the N windows of a term as a bit map, which is there. */
static bool read_map(const struct impact_reader *r, struct rest *in, uint32_t n, struct impact_entry *entries)
{
    const uint32_t bytes = impact_map_bytes(r->windows);
    uint32_t found = 0;
    for (uint32_t w = 0; w < bytes * 8; w++) {
        if (in->at[w / 8] >> w % 8 & 1) {
            if (found == n || w >= r->windows) {
                return false;
            }
            entries[found++].window = (uint16_t)w;
        }
    }
    in->at += bytes;
    return found == n;
}

/* Reads them as distances. */
static bool read_distances(const struct impact_reader *r, struct rest *in, uint32_t n, struct impact_entry *entries)
{
    uint64_t window = 0, distance;
    for (uint32_t i = 0; i < n; i++) {
        if (!varint_read(&in->at, in->end, &distance) || (i && distance == 0) || distance >= r->windows ||
            window + distance >= r->windows) {
            return false;
        }
        window += distance;
        entries[i].window = (uint16_t)window;
    }
    return true;
}

/* Reads largest impacts and numbers of postings. *BYTES: what these take. */
static bool read_bounds(struct rest *in, uint32_t n, struct impact_entry *entries, size_t *bytes)
{
    *bytes = 0;
    if ((size_t)(in->end - in->at) < 2 * (size_t)n) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        entries[i].largest = in->at[i];
        entries[i].count_less = in->at[n + i];
        *bytes += impact_bytes(entries[i].count_less + 1U);
    }
    in->at += 2 * (size_t)n;
    return true;
}

/* Says of COUNT entries where in CHUNK their postings are. */
static bool place_entries(struct impact_entry *entries, uint32_t count, uint32_t chunk)
{
    uint32_t offset = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (offset > UINT16_MAX) {
            return false;
        }
        entries[i].chunk = (uint16_t)chunk;
        entries[i].offset = (uint16_t)offset;
        offset += impact_bytes(entries[i].count_less + 1U);
    }
    return true;
}

/* Reads how many windows each chunk of the term T has. */
static bool read_chunks(struct rest *in, struct impact_term *t, struct impact_entry *entries)
{
    uint64_t windows;
    t->chunk_count = 0;
    for (uint32_t i = 0; i < t->windows; i += (uint32_t)windows) {
        if (!varint_read(&in->at, in->end, &windows) || windows == 0 || windows > t->windows - i ||
            !place_entries(entries + i, (uint32_t)windows, t->chunk_count++)) {
            return false;
        }
    }
    return in->at == in->end && t->chunk_count <= IMPACT_HEAD;
}

/* Reads the head IN, of LEN bytes, of a term with N windows into BLOCK. False: it is damaged. */
static bool decode_head(const struct impact_reader *r, struct rest *in, size_t len, uint32_t n,
                        struct impact_chunk *block)
{
    struct impact_term *t = &block->term;
    struct impact_entry *entries = (struct impact_entry *)(void *)(block + 1);
    size_t bytes;
    if (!(impact_is_mapped(n, r->windows) ? read_map : read_distances)(r, in, n, entries) ||
        !read_bounds(in, n, entries, &bytes)) {
        return false;
    }
    *t = (struct impact_term){.windows = n, .last = entries[n - 1].window, .entries = entries, .chunk_count = 1};
    if (directory_words(r, n)) {
        make_directory(t, (uint64_t *)(void *)(entries + n), directory_words(r, n));
    }
    const size_t left = (size_t)(in->end - in->at);
    if (len - left + bytes > IMPACT_BLOCK_MAX) {
        return read_chunks(in, t, entries);
    }
    return left == bytes && place_entries(entries, n, 0);
}

/* Makes a block of the row ID, which is IN. */
static enum trabao_status decode_block(const struct impact_reader *r, int64_t id, struct rest in,
                                       struct impact_chunk **out, struct trabao_error *err)
{
    const bool is_head = (id & IMPACT_HEAD) == IMPACT_HEAD;
    const size_t len = (size_t)(in.end - in.at);
    uint64_t n = 0;
    if (is_head && (!varint_read(&in.at, in.end, &n) || n == 0 || n > r->windows)) {
        return damaged(err);
    }
    const size_t head = is_head ? head_bytes(r, n) : 0, left = (size_t)(in.end - in.at);
    if (left < head) {
        return damaged(err);
    }
    const size_t postings_max = left - head;
    /* A damaged bit map may promise more impacts than there are: whoever believes it stays inside the block. */
    const size_t spare = postings_max > IMPACT_BITMAP_BYTES + IMPACT_SPARSE_MAX ? IMPACT_WINDOW : 0;
    const size_t tables = is_head ? table_bytes(r, n) : 0;
    const size_t memory = sizeof(struct impact_chunk) + tables + postings_max + spare;
    struct impact_chunk *block = mem_alloc(memory, 1);
    *out = block;
    if (!block) {
        return error_no_memory(err);
    }
    *block = (struct impact_chunk){.block = {.id = id, .memory = memory}};
    if (is_head && !decode_head(r, &in, len, (uint32_t)n, block)) {
        return damaged(err);
    }
    uint8_t *postings = (uint8_t *)(block + 1) + tables;
    block->postings = postings;
    block->len = (uint32_t)(in.end - in.at);
    if (block->len) {
        memcpy(postings, in.at, block->len);
    }
    memset(postings + block->len, 0, postings_max - block->len + spare);
    return TRABAO_OK;
}

static enum trabao_status read_block(struct impact_reader *r, int64_t id, struct impact_chunk **out,
                                     struct trabao_error *err)
{
    *out = NULL;
    sqlite3_bind_int64(r->select, 1, id);
    enum trabao_status status = db_step(r->select, "reading the impact index", err);
    if (status == TRABAO_OK) {
        const uint8_t *bytes = sqlite3_column_blob(r->select, 0);
        const struct rest row = {bytes, bytes + sqlite3_column_bytes(r->select, 0)};
        struct impact_chunk *block = NULL;
        status = decode_block(r, id, row, &block, err);
        if (status == TRABAO_OK) {
            *out = (struct impact_chunk *)blocks_put(r->cache, &block->block);
        } else {
            mem_free(block);
        }
    }
    sqlite3_reset(r->select);
    return status == TRABAO_NONE ? TRABAO_OK : status;
}

/* Makes room for another block that is held. */
static enum trabao_status make_room(struct impact_reader *r, struct trabao_error *err)
{
    return mem_grow((void **)&r->held, &r->held_capacity, r->held_count + 1, sizeof(struct block *))
               ? TRABAO_OK
               : error_no_memory(err);
}

enum trabao_status impact_made(struct impact_reader *r, int64_t id, struct block **out, struct trabao_error *err)
{
    *out = NULL;
    TRY(make_room(r, err));
    *out = blocks_get(r->cache, id);
    if (*out) {
        r->held[r->held_count++] = *out;
    }
    return TRABAO_OK;
}

/* The block of row ID, from memory or read; held. *OUT NULL: there is no such row. */
static enum trabao_status hold(struct impact_reader *r, int64_t id, struct impact_chunk **out,
                               struct trabao_error *err)
{
    struct block *block;
    TRY(impact_made(r, id, &block, err));
    *out = (struct impact_chunk *)block;
    if (!block) {
        TRY(read_block(r, id, out, err));
        if (*out) {
            r->held[r->held_count++] = &(*out)->block; /* there is room, as it was looked for */
        }
    }
    return TRABAO_OK;
}

enum trabao_status impact_keep_made(struct impact_reader *r, struct block **block, struct trabao_error *err)
{
    const enum trabao_status status = make_room(r, err);
    if (status != TRABAO_OK) {
        mem_free(*block);
        *block = NULL;
        return status;
    }
    *block = blocks_put(r->cache, *block);
    r->held[r->held_count++] = *block;
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
    const enum trabao_status status = hold(r, (int64_t)term << IMPACT_CHUNK_BITS | IMPACT_HEAD, &block, err);
    if (status != TRABAO_OK || !block) {
        return status;
    }
    const uint32_t chunks = block->term.chunk_count;
    struct impact_term *t = mem_zalloc(1, sizeof *t + chunks * sizeof(struct impact_chunk *));
    if (!t || !mem_grow((void **)&r->terms, &r->term_capacity, r->term_count + 1, sizeof(struct impact_term *))) {
        mem_free(t);
        return error_no_memory(err);
    }
    *t = block->term;
    t->term = term;
    t->chunks = (struct impact_chunk **)(void *)(t + 1);
    if (block->len) {
        t->chunks[0] = block;
    }
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

/* *POSTINGS: of the chunk that window LAST of T is in. It holds those of that window. */
static inline enum trabao_status find_chunk(struct impact_reader *r, const struct impact_term *t,
                                            const struct impact_entry *last, const uint8_t **postings,
                                            struct trabao_error *err)
{
    struct impact_chunk *block = __atomic_load_n(&t->chunks[last->chunk], __ATOMIC_ACQUIRE);
    if (!block) {
        TRY(fetch(r, t, last->chunk, &block, err));
    }
    if (!block || last->offset + impact_bytes(last->count_less + 1U) > block->len) {
        return damaged(err);
    }
    *postings = block->postings;
    return TRABAO_OK;
}

enum trabao_status impact_postings(struct impact_reader *r, const struct impact_term *t, uint32_t i,
                                   const uint8_t **out, struct trabao_error *err)
{
    const uint8_t *postings = NULL;
    TRY(find_chunk(r, t, &t->entries[i], &postings, err));
    *out = postings + t->entries[i].offset;
    return TRABAO_OK;
}

enum trabao_status impact_run_postings(struct impact_reader *r, const struct impact_term *t, uint32_t i,
                                       uint32_t count, const uint8_t *out[IMPACT_RUN], struct trabao_error *err)
{
    const struct impact_entry *entries = &t->entries[i];
    for (uint32_t n = 0, end; n < count;) {
        const uint8_t *postings = NULL;
        for (end = n + 1; end < count && entries[end].chunk == entries[n].chunk; end++) {
        }
        TRY(find_chunk(r, t, &entries[end - 1], &postings, err));
        for (; n < end; n++) {
            out[n] = postings + entries[n].offset;
        }
    }
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
    const uint8_t *postings = NULL;
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
