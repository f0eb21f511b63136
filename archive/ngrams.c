/*
 * ngrams.c - reading the n-gram table (see ngrams.h).
 */
#include "archive/ngrams.h"

#include "archive/db.h"
#include "archive/ngrams_format.h"
#include "base/mem.h"

static enum trabao_status damaged(struct trabao_error *err)
{
    return error_set(err, TRABAO_DATA, "the word pairs of the archive are damaged; reindex");
}

static enum trabao_status load_rows(struct ngrams *out, sqlite3_stmt *rows, size_t bytes, struct trabao_error *err)
{
    size_t loaded = 0;
    for (;;) {
        const enum trabao_status status = db_step(rows, "reading the word pairs", err);
        if (status != TRABAO_OK) {
            return status != TRABAO_NONE ? status : loaded == bytes ? TRABAO_OK : damaged(err);
        }
        const size_t n = (size_t)sqlite3_column_bytes(rows, 0);
        if (n > bytes - loaded) {
            return damaged(err);
        }
        if (n) {
            memcpy(out->slots + loaded, sqlite3_column_blob(rows, 0), n);
        }
        loaded += n;
    }
}

enum trabao_status ngrams_load(struct ngrams *out, sqlite3 *db, struct trabao_error *err)
{
    sqlite3_stmt *size = NULL, *rows = NULL;
    size_t bytes = 0;
    *out = (struct ngrams){0};
    enum trabao_status status = db_prepare(db, "SELECT coalesce(sum(length(slots)), 0) FROM ngrams", &size, err);
    if (status == TRABAO_OK) {
        status = db_step(size, "measuring the word pairs", err);
    }
    if (status == TRABAO_OK) {
        bytes = (size_t)sqlite3_column_int64(size, 0);
        out->capacity = bytes / NGRAMS_SLOT_BYTES;
        out->slots = mem_zalloc(bytes + NGRAMS_SLOT_BYTES, 1);
        status = out->slots ? TRABAO_OK : error_no_memory(err);
    }
    if (status == TRABAO_OK) {
        status = db_prepare(db, "SELECT slots FROM ngrams ORDER BY first", &rows, err);
    }
    if (status == TRABAO_OK) {
        status = load_rows(out, rows, bytes, err);
    }
    sqlite3_finalize(size);
    sqlite3_finalize(rows);
    if (status != TRABAO_OK) {
        ngrams_free(out);
    }
    return status;
}

void ngrams_free(struct ngrams *ngrams)
{
    mem_free(ngrams->slots);
    *ngrams = (struct ngrams){0};
}

static double find(const struct ngrams *n, uint32_t a, uint32_t b, uint32_t c)
{
    const uint64_t hash = ngrams_hash(a, b, c);
    const uint32_t wanted = ngrams_fingerprint(hash);
    uint64_t place = n->capacity ? ngrams_home(hash, n->capacity) : 0;
    /* A damaged table may have no free slot. */
    const uint64_t most = MIN(n->capacity, (uint64_t)NGRAMS_PROBES_MAX);
    for (uint64_t tried = 0; tried < most; tried++) {
        const uint32_t slot = ngrams_slot(n->slots, place);
        if (slot == 0) {
            break;
        }
        if (slot >> NGRAMS_LOG_BITS == wanted) {
            return ngrams_count(slot & ((1U << NGRAMS_LOG_BITS) - 1));
        }
        place = place + 1 == n->capacity ? 0 : place + 1;
    }
    return 0;
}

double ngrams_word(const struct ngrams *ngrams, uint32_t a)
{
    return find(ngrams, a, NGRAMS_NO_WORD, NGRAMS_NO_WORD);
}

double ngrams_pair(const struct ngrams *ngrams, uint32_t a, uint32_t b)
{
    return find(ngrams, a, b, NGRAMS_NO_WORD);
}

double ngrams_triple(const struct ngrams *ngrams, uint32_t a, uint32_t b, uint32_t c)
{
    return find(ngrams, a, b, c);
}

double ngrams_followers(const struct ngrams *ngrams, uint32_t a)
{
    return find(ngrams, a, NGRAMS_FOLLOWERS, NGRAMS_NO_WORD);
}
