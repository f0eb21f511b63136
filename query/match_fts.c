/*
 * match_fts.c - runs an FTS5 expression and turns rowids into article numbers (see match_fts.h).
 *
 * FTS5 gives rowids in ascending order, which that of numbers is but for articles that came by an update.
 */
#include "query/match_fts.h"

#include "archive/db.h"
#include "base/mem.h"
#include "base/order.h"

static enum trabao_status collect(struct archive_reader *r, sqlite3_stmt *rows, uint32_t **numbers, size_t *count,
                                  struct trabao_error *err)
{
    size_t capacity = 0;
    bool ordered = true;
    enum trabao_status status;
    while ((status = db_step(rows, "searching", err)) == TRABAO_OK) {
        const uint32_t number = fts_rows_number(&r->archive->rows, sqlite3_column_int64(rows, 0));
        if (number == FTS_ROWS_NONE) {
            return error_set(err, TRABAO_DATA, "the FTS5 index names an article that is not there; reindex");
        }
        if (!mem_grow((void **)numbers, &capacity, *count + 1, sizeof **numbers)) {
            return error_no_memory(err);
        }
        ordered = ordered && (*count == 0 || (*numbers)[*count - 1] < number);
        (*numbers)[(*count)++] = number;
    }
    if (!ordered) {
        qsort(*numbers, *count, sizeof **numbers, order_u32);
    }
    return status == TRABAO_NONE ? TRABAO_OK : status;
}

enum trabao_status match_fts(struct archive_reader *r, const char *match, struct query_arena *arena, uint32_t **set,
                             size_t *count, struct trabao_error *err)
{
    sqlite3_stmt *rows = NULL;
    uint32_t *numbers = NULL;
    *count = 0;
    *set = NULL;
    enum trabao_status status =
        db_prepare(r->db, "SELECT rowid FROM fts WHERE fts MATCH ?1 ORDER BY rowid", &rows, err);
    if (status == TRABAO_OK) {
        sqlite3_bind_text(rows, 1, match, -1, SQLITE_STATIC);
        status = collect(r, rows, &numbers, count, err);
    }
    sqlite3_finalize(rows);
    if (status == TRABAO_OK) {
        *set = query_arena_alloc(arena, *count + 1, sizeof **set);
        if (!*set) {
            status = error_no_memory(err);
        } else if (*count) {
            memcpy(*set, numbers, *count * sizeof **set);
        }
    }
    mem_free(numbers);
    return status;
}
