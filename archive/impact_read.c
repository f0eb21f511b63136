/*
 * impact_read.c - the impact index, one reader a thread, over blocks that all threads share (blocks.h).
 */
#include "archive/blocks.h"
#include "archive/db.h"
#include "archive/impact.h"
#include "base/mem.h"

struct impact_chunk {
    struct block block; /* first: what the cache sees */
    uint32_t len;       /* bytes of data */
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
};

static enum trabao_status damaged(struct trabao_error *err)
{
    return error_set(err, TRABAO_DATA, "the impact index of the archive is damaged; reindex");
}

/* Words of the bit map of windows of a head of LEN bytes with N windows; 0 for one that is looked through. */
static size_t directory_words(const uint8_t *data, size_t len, size_t n)
{
    return n > FEW_WINDOWS && len >= 2 + 4 * n ? LOAD(uint16_t, data + 2 * n) / 64U + 1 : 0;
}

/* Enters the windows of the head of BLOCK into its bit map, which begins at MEMORY. */
static void make_directory(struct impact_chunk *block, uint8_t *memory, size_t words)
{
    uint64_t *present = (uint64_t *)(void *)memory;
    uint16_t *before = (uint16_t *)(void *)(memory + words * sizeof *present);
    for (uint32_t i = 0; i < block->head.windows; i++) {
        present[block->head.window[i] / 64] |= UINT64_C(1) << block->head.window[i] % 64;
    }
    for (size_t w = 1; w < words; w++) {
        before[w] = (uint16_t)(before[w - 1] + __builtin_popcountll(present[w - 1]));
    }
    block->head.present = present;
    block->head.before = before;
}

/* Decodes the head of a term in BLOCK, whose trailing memory has room for the tables of places and windows. */
static enum trabao_status decode_head(struct impact_chunk *block, uint32_t windows, struct trabao_error *err)
{
    const uint32_t n = block->len >= 2 ? LOAD(uint16_t, block->data) : 0;
    const uint32_t head = 2 + 4 * n;
    if (n == 0 || block->len < head) {
        return damaged(err);
    }
    /* u16 numbers are read in place: data begins at an even address, and the array 2 bytes behind it. */
    const uint8_t *p = block->data + 2;
    uint32_t *place = (uint32_t *)(void *)(block->data + (block->len + 3U) / 4 * 4);
    block->head = (struct impact_term){.windows = n,
                                       .window = (const uint16_t *)(const void *)p,
                                       .largest = p + 2 * (size_t)n,
                                       .count_less = p + 3 * (size_t)n,
                                       .place = place};
    const bool inside = block->len > head;
    uint32_t chunk = inside ? 0 : 1, offset = inside ? head : 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t bytes = impact_bytes(block->head.count_less[i] + 1U);
        if (!inside && offset + bytes > IMPACT_BLOCK_MAX) {
            chunk++;
            offset = 0;
        }
        place[i] = chunk << 16 | offset;
        offset += bytes;
        if ((inside && offset > block->len) || (i && block->head.window[i] <= block->head.window[i - 1])) {
            return damaged(err);
        }
    }
    block->head.chunk_count = chunk + 1;
    if (block->head.window[n - 1] >= windows) {
        return damaged(err);
    }
    const size_t words = directory_words(block->data, block->len, n);
    if (words) {
        const uintptr_t end = (uintptr_t)(place + n);
        make_directory(block, (uint8_t *)(place + n) + (8 - end % 8) % 8, words);
    }
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
        const uint32_t len = (uint32_t)sqlite3_column_bytes(r->select, 0);
        const bool head = (id & ((1 << IMPACT_CHUNK_BITS) - 1)) == 0;
        const size_t windows = head && len >= 2 ? LOAD(uint16_t, bytes) : 0;
        /* A damaged bit map may promise more impacts than there are: whoever believes it stays inside the block. */
        const size_t spare = len > IMPACT_BITMAP_BYTES + IMPACT_SPARSE_MAX ? IMPACT_WINDOW : 0;
        const size_t directory = directory_words(bytes, len, windows) * (sizeof(uint64_t) + sizeof(uint16_t)) + 8;
        const size_t memory =
            sizeof(struct impact_chunk) + len + 3 + windows * sizeof(uint32_t) + directory + spare;
        struct impact_chunk *block = mem_zalloc(memory, 1);
        if (!block) {
            status = error_no_memory(err);
        } else {
            *block = (struct impact_chunk){.block = {.id = id, .memory = memory}, .len = len};
            if (len) {
                memcpy(block->data, bytes, len);
            }
            status = head ? decode_head(block, r->windows, err) : TRABAO_OK;
        }
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
    return db_prepare(db, "SELECT block FROM impact WHERE id = ?1", &r->select, err);
}

void impact_reader_close(struct impact_reader *r)
{
    if (r) {
        impact_release(r);
        sqlite3_finalize(r->select);
        mem_free(r->held);
        mem_free(r->terms);
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

enum trabao_status impact_postings(struct impact_reader *r, const struct impact_term *t, uint32_t i,
                                   const uint8_t **out, struct trabao_error *err)
{
    const uint32_t chunk = t->place[i] >> 16, offset = t->place[i] & 0xffff;
    if (!t->chunks[chunk]) {
        const enum trabao_status status =
            hold(r, (int64_t)t->term << IMPACT_CHUNK_BITS | chunk, &t->chunks[chunk], err);
        if (status != TRABAO_OK) {
            return status;
        }
    }
    const struct impact_chunk *block = t->chunks[chunk];
    if (!block || offset + impact_bytes(t->count_less[i] + 1U) > block->len) {
        return damaged(err);
    }
    *out = block->data + offset;
    return TRABAO_OK;
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
