/*
 * match_fts.c - runs an FTS5 expression and turns rowids into article numbers (see match_fts.h).
 *
 * FTS5 gives rowids in ascending order, as the ids stand in the archive, so the numbers are found by walking on.
 */
#include "query/match_fts.h"

#include "archive/db.h"
#include "base/mem.h"

static enum trabao_status collect(struct archive_reader *r, sqlite3_stmt *rows, uint32_t **numbers, size_t *count,
                                  struct trabao_error *err)
{
    size_t capacity = 0;
    uint32_t at = 0;
    enum trabao_status status;
    while ((status = db_step(rows, "searching", err)) == TRABAO_OK) {
        const int64_t id = sqlite3_column_int64(rows, 0);
        at = article_number_from(r->archive->ids, r->archive->count, at, id);
        if (at == r->archive->count || r->archive->ids[at] != id) {
            return error_set(err, TRABAO_DATA, "the FTS5 index names an article that is not there; reindex");
        }
        if (!mem_grow((void **)numbers, &capacity, *count + 1, sizeof **numbers)) {
            return error_no_memory(err);
        }
        (*numbers)[(*count)++] = at;
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
