/*
 * dictionary.c - the table `dictionary` (see dictionary.h).
 */
#include "archive/dictionary.h"

#include <zstd.h>

#include "archive/db.h"

#define ZSTD_LEVEL 6

enum trabao_status dictionary_save(sqlite3 *db, const char *name, const void *bytes, size_t n, struct trabao_error *err)
{
    struct buf frame;
    sqlite3_stmt *insert = NULL;
    buf_init(&frame, ZSTD_compressBound(DICTIONARY_MAX));
    const size_t bound = ZSTD_compressBound(n);
    char *room = buf_reserve(&frame, bound);
    enum trabao_status status = room ? TRABAO_OK : error_no_memory(err);
    if (status == TRABAO_OK) {
        frame.len = ZSTD_compress(room, bound, bytes, n, ZSTD_LEVEL);
        status = ZSTD_isError(frame.len) ? error_no_memory(err) : TRABAO_OK;
    }
    if (status == TRABAO_OK) {
        status = db_prepare(db, "INSERT INTO dictionary(name, frame) VALUES(?1, ?2)", &insert, err);
    }
    if (status == TRABAO_OK) {
        sqlite3_bind_text(insert, 1, name, -1, SQLITE_STATIC);
        sqlite3_bind_blob64(insert, 2, frame.data, frame.len, SQLITE_STATIC);
        status = db_run(insert, "writing a dictionary", err);
    }
    sqlite3_finalize(insert);
    buf_free(&frame);
    return status;
}

/* Expands the frame of NAME, of N bytes. */
static enum trabao_status expand(const char *name, const void *frame, size_t n, struct buf *out,
                                 struct trabao_error *err)
{
    const unsigned long long plain = ZSTD_getFrameContentSize(frame, n);
    if (plain <= DICTIONARY_MAX) {
        char *room = buf_reserve(out, (size_t)plain);
        if (!room) {
            return error_no_memory(err);
        }
        if (ZSTD_decompress(room, (size_t)plain, frame, n) == plain) {
            out->len = (size_t)plain;
            return TRABAO_OK;
        }
    }
    return error_set(err, TRABAO_DATA, "the dictionary \"%s\" of the archive is damaged; reindex", name);
}

enum trabao_status dictionary_load(sqlite3 *db, const char *name, struct buf *out, struct trabao_error *err)
{
    sqlite3_stmt *row = NULL;
    buf_clear(out);
    enum trabao_status status = db_prepare(db, "SELECT frame FROM dictionary WHERE name = ?1", &row, err);
    if (status == TRABAO_OK) {
        sqlite3_bind_text(row, 1, name, -1, SQLITE_STATIC);
        status = db_step(row, "reading a dictionary", err);
    }
    if (status == TRABAO_OK) {
        status = expand(name, sqlite3_column_blob(row, 0), (size_t)sqlite3_column_bytes(row, 0), out, err);
    } else if (status == TRABAO_NONE) {
        status = error_set(err, TRABAO_DATA, "the archive has no dictionary \"%s\"; reindex", name);
    }
    sqlite3_finalize(row);
    return status;
}
