/*
 * signatures.c - reading the matrix (see signatures.h).
 */
#include "archive/signatures.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "archive/db.h"
#include "archive/dictionary.h"
#include "archive/places.h"
#include "base/mem.h"
#include "text/text.h"

#define WINDOW_BYTES (SIGNATURES_WINDOW_WORDS * sizeof(uint64_t))

/* A piece of a row. */
struct piece {
    struct block block; /* first: what the cache sees */
    uint64_t bits[];
};

struct signatures_reader {
    struct blocks *cache;
    const struct signatures *signatures;
    uint32_t windows; /* of the archive */
    sqlite3_stmt *select;
};

static enum trabao_status damaged(struct trabao_error *err)
{
    return error_set(err, TRABAO_DATA, "the signatures of the archive are damaged; reindex");
}

uint32_t signatures_word(const char *folded, size_t n)
{
    return (uint32_t)XXH3_64bits(folded, n);
}

uint32_t signatures_term(const struct lexicon *lexicon, uint32_t term)
{
    char folded[TEXT_FORM_MAX];
    return signatures_word(folded, text_fold(lexicon_form(lexicon, term), lexicon->terms[term].len, folded));
}

enum trabao_status signatures_load(struct signatures *out, sqlite3 *db, struct trabao_error *err)
{
    struct buf facts;
    *out = (struct signatures){.map = mem_alloc(SIGNATURES_MAP_BYTES, 1)};
    buf_init(&facts, DICTIONARY_MAX);
    enum trabao_status status = out->map ? dictionary_load(db, "signatures", &facts, err) : error_no_memory(err);
    if (status == TRABAO_OK && facts.len == sizeof out->rows + SIGNATURES_MAP_BYTES) {
        out->rows = LOAD(uint32_t, facts.data);
        memcpy(out->map, facts.data + sizeof out->rows, SIGNATURES_MAP_BYTES);
        status = out->rows >> SIGNATURES_ROW_BITS ? damaged(err) : TRABAO_OK;
    } else if (status == TRABAO_OK) {
        status = damaged(err);
    }
    buf_free(&facts);
    return status;
}

void signatures_free(struct signatures *s)
{
    mem_free(s->map);
    *s = (struct signatures){0};
}

enum trabao_status signatures_reader_open(sqlite3 *db, struct blocks *cache, const struct signatures *s,
                                          uint32_t articles, struct signatures_reader **out, struct trabao_error *err)
{
    struct signatures_reader *r = mem_zalloc(1, sizeof *r);
    *out = r;
    if (!r) {
        return error_no_memory(err);
    }
    r->cache = cache;
    r->signatures = s;
    r->windows = impact_windows(articles);
    return db_prepare(db, "SELECT bits FROM signature WHERE id = ?1", &r->select, err);
}

void signatures_reader_close(struct signatures_reader *r)
{
    if (r) {
        sqlite3_finalize(r->select);
        mem_free(r);
    }
}

uint32_t signatures_segment_windows(const struct signatures_reader *r, uint32_t segment)
{
    return MIN((uint32_t)SIGNATURES_SEGMENT_WINDOWS, r->windows - segment * SIGNATURES_SEGMENT_WINDOWS);
}

static enum trabao_status read_piece(struct signatures_reader *r, int64_t id, int64_t cache_id, size_t bytes,
                                     struct piece **out, struct trabao_error *err)
{
    sqlite3_bind_int64(r->select, 1, id);
    enum trabao_status status = db_step(r->select, "reading the signatures", err);
    if (status == TRABAO_NONE || (status == TRABAO_OK && (size_t)sqlite3_column_bytes(r->select, 0) != bytes)) {
        status = damaged(err);
    }
    struct piece *piece = status == TRABAO_OK ? mem_alloc(sizeof *piece + bytes, 1) : NULL;
    if (piece) {
        piece->block = (struct block){.id = cache_id, .memory = sizeof *piece + bytes};
        memcpy(piece->bits, sqlite3_column_blob(r->select, 0), bytes);
        *out = (struct piece *)blocks_put(r->cache, &piece->block);
    } else if (status == TRABAO_OK) {
        status = error_no_memory(err);
    }
    sqlite3_reset(r->select);
    return status;
}

/* The piece of ROW in SEGMENT, held. Its name in the cache is negative: those of the impact index are not. */
static enum trabao_status hold_piece(struct signatures_reader *r, uint32_t segment, uint32_t row, struct piece **out,
                                     struct trabao_error *err)
{
    const int64_t id = (int64_t)segment << SIGNATURES_ROW_BITS | row;
    *out = (struct piece *)blocks_get(r->cache, -1 - id);
    const size_t bytes = signatures_segment_windows(r, segment) * WINDOW_BYTES;
    return *out ? TRABAO_OK : read_piece(r, id, -1 - id, bytes, out, err);
}

/* BITS &= the windows from FIRST to END of ROW. */
static enum trabao_status narrow_by_row(struct signatures_reader *r, uint32_t row, uint32_t first, uint32_t end,
                                        uint64_t *bits, struct trabao_error *err)
{
    for (uint32_t window = first; window < end;) {
        const uint32_t segment = window / SIGNATURES_SEGMENT_WINDOWS;
        const uint32_t start = segment * SIGNATURES_SEGMENT_WINDOWS;
        const uint32_t stop = MIN(end, start + SIGNATURES_SEGMENT_WINDOWS);
        struct piece *piece;
        const enum trabao_status status = hold_piece(r, segment, row, &piece, err);
        if (status != TRABAO_OK) {
            return status;
        }
        const struct places *const from = (const struct places *)(const void *)piece->bits + (window - start);
        struct places *const to = (struct places *)(void *)bits + window;
        for (uint32_t w = 0; w < stop - window; w++) {
            places_keep(&to[w], &from[w]);
        }
        blocks_release(r->cache, &(struct block *){&piece->block}, 1);
        window = stop;
    }
    return TRABAO_OK;
}

enum trabao_status signatures_narrow(struct signatures_reader *r, uint64_t pair, uint32_t first, uint32_t end,
                                     uint64_t *bits, struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    const unsigned count = r->signatures->rows ? signatures_bits(r->signatures, pair) : 0;
    for (unsigned i = 0; status == TRABAO_OK && i < count; i++) {
        const uint32_t row = signatures_row(pair, i, r->signatures->rows);
        status = narrow_by_row(r, row, first, MIN(end, r->windows), bits, err);
    }
    return status;
}

enum trabao_status signatures_read_row(struct signatures_reader *r, uint32_t row, uint64_t *bits,
                                       struct trabao_error *err)
{
    memset(bits, 0xff, r->windows * WINDOW_BYTES);
    return narrow_by_row(r, row, 0, r->windows, bits, err);
}

enum trabao_status signatures_read_segment(struct signatures_reader *r, uint32_t segment, uint64_t *bits,
                                           struct trabao_error *err)
{
    const size_t bytes = signatures_segment_windows(r, segment) * WINDOW_BYTES;
    enum trabao_status status = TRABAO_OK;
    for (uint32_t row = 0; status == TRABAO_OK && row < r->signatures->rows; row++) {
        struct piece *piece;
        status = hold_piece(r, segment, row, &piece, err);
        if (status == TRABAO_OK) {
            memcpy((uint8_t *)bits + row * bytes, piece->bits, bytes);
            blocks_release(r->cache, &(struct block *){&piece->block}, 1);
        }
    }
    return status;
}
