/*
 * seal.c - the seal is the meta value `seal`, which every archive of this format has.
 *
 * What the other proofs of check.c cover is not in it: the articles have hashes of their own, and FTS5 is held against
 * them. Counts of word pairs, abbreviations and the impacts themselves are nowhere else; SQLite's own integrity check
 * does not look into values.
 */
#include "archive/seal.h"

#define XXH_STATIC_LINKING_ONLY /* its state on the stack */
#include <xxhash.h>

#include "archive/db.h"
#include "archive/schema.h"

static const char *const TABLES[] = {
    "SELECT name, frame FROM dictionary ORDER BY name",
    "SELECT id, short, words, articles FROM abbreviation ORDER BY id",
    "SELECT first, slots FROM ngrams ORDER BY first",
    "SELECT first, terms FROM lexicon ORDER BY first",
    "SELECT id, block FROM impact ORDER BY id",
    "SELECT id, bits FROM signature ORDER BY id",
    "SELECT first, ids, precisions, rows FROM numbers ORDER BY first",
    "SELECT key_hash, at FROM removed ORDER BY key_hash",
    "SELECT name, value FROM meta WHERE name <> 'seal' ORDER BY name",
};

/* Each value after its length, so that what moves from one value to the next is seen. */
static void add_row(sqlite3_stmt *row, XXH3_state_t *hash)
{
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        const void *bytes = sqlite3_column_blob(row, i);
        const uint64_t n = (uint64_t)sqlite3_column_bytes(row, i);
        XXH3_64bits_update(hash, &n, sizeof n);
        XXH3_64bits_update(hash, bytes, (size_t)n);
    }
}

static enum trabao_status add_table(sqlite3 *db, const char *sql, XXH3_state_t *hash, struct trabao_error *err)
{
    sqlite3_stmt *rows = NULL;
    enum trabao_status status = db_prepare(db, sql, &rows, err);
    while (status == TRABAO_OK && (status = db_step(rows, "sealing the tables", err)) == TRABAO_OK) {
        add_row(rows, hash);
    }
    sqlite3_finalize(rows);
    return status == TRABAO_NONE ? TRABAO_OK : status;
}

static enum trabao_status compute(sqlite3 *db, int64_t *seal, struct trabao_error *err)
{
    XXH3_state_t hash;
    XXH3_64bits_reset(&hash);
    for (size_t i = 0; i < ARRAY_LEN(TABLES); i++) {
        TRY(add_table(db, TABLES[i], &hash, err));
    }
    *seal = (int64_t)XXH3_64bits_digest(&hash);
    return TRABAO_OK;
}

enum trabao_status seal_write(sqlite3 *db, struct trabao_error *err)
{
    int64_t seal;
    TRY(compute(db, &seal, err));
    return schema_set_meta(db, "seal", seal, err);
}

enum trabao_status seal_check(sqlite3 *db, bool *holds, struct trabao_error *err)
{
    int64_t written, seal;
    const enum trabao_status status = schema_get_meta(db, "seal", &written, err);
    *holds = false;
    if (status != TRABAO_OK) {
        return status == TRABAO_NONE ? TRABAO_OK : status;
    }
    TRY(compute(db, &seal, err));
    *holds = seal == written;
    return TRABAO_OK;
}
