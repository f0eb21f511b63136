/*
 * removed.c - a sorted array and its table (see removed.h).
 */
#include "archive/removed.h"

#include "archive/db.h"
#include "base/mem.h"

void removed_free(struct removed_list *list)
{
    mem_free(list->items);
    *list = (struct removed_list){0};
}

/* The place of KEY_HASH, or where it belongs. */
static size_t place_of(const struct removed_list *list, uint64_t key_hash)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (list->items[middle].key_hash < key_hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_at(const struct removed_list *list, size_t place, uint64_t key_hash)
{
    return place < list->count && list->items[place].key_hash == key_hash;
}

bool removed_has(const struct removed_list *list, uint64_t key_hash)
{
    return is_at(list, place_of(list, key_hash), key_hash);
}

bool removed_add(struct removed_list *list, uint64_t key_hash, int64_t at)
{
    const size_t place = place_of(list, key_hash);
    if (!is_at(list, place, key_hash)) {
        if (!mem_grow((void **)&list->items, &list->capacity, list->count + 1, sizeof *list->items)) {
            return false;
        }
        memmove(&list->items[place + 1], &list->items[place], (list->count++ - place) * sizeof *list->items);
    }
    list->items[place] = (struct removed){key_hash, at};
    return true;
}

bool removed_lift(struct removed_list *list, uint64_t key_hash)
{
    const size_t place = place_of(list, key_hash);
    if (!is_at(list, place, key_hash)) {
        return false;
    }
    memmove(&list->items[place], &list->items[place + 1], (--list->count - place) * sizeof *list->items);
    return true;
}

static enum trabao_status load_rows(struct removed_list *list, sqlite3_stmt *rows, struct trabao_error *err)
{
    enum trabao_status status;
    while ((status = db_step(rows, "reading what was removed", err)) == TRABAO_OK) {
        if (!removed_add(list, (uint64_t)sqlite3_column_int64(rows, 0), sqlite3_column_int64(rows, 1))) {
            return error_no_memory(err);
        }
    }
    return status == TRABAO_NONE ? TRABAO_OK : status;
}

enum trabao_status removed_load(struct removed_list *list, sqlite3 *db, struct trabao_error *err)
{
    sqlite3_stmt *table = NULL, *rows = NULL;
    enum trabao_status status = db_prepare(db, "SELECT 1 FROM sqlite_schema WHERE name = 'removed'", &table, err);
    if (status == TRABAO_OK) {
        status = db_step(table, "looking for the table of what was removed", err);
    }
    if (status == TRABAO_OK) {
        status = db_prepare(db, "SELECT key_hash, at FROM removed ORDER BY key_hash", &rows, err);
    }
    if (status == TRABAO_OK) {
        status = load_rows(list, rows, err);
    }
    sqlite3_finalize(table);
    sqlite3_finalize(rows);
    return status == TRABAO_NONE ? TRABAO_OK : status;
}

enum trabao_status removed_save(const struct removed_list *list, sqlite3 *db, struct trabao_error *err)
{
    sqlite3_stmt *insert = NULL;
    enum trabao_status status = db_exec(db, "DELETE FROM removed", "emptying the table of what was removed", err);
    if (status == TRABAO_OK) {
        status = db_prepare(db, "INSERT INTO removed(key_hash, at) VALUES(?1, ?2)", &insert, err);
    }
    for (size_t i = 0; status == TRABAO_OK && i < list->count; i++) {
        sqlite3_bind_int64(insert, 1, (int64_t)list->items[i].key_hash);
        sqlite3_bind_int64(insert, 2, list->items[i].at);
        status = db_run(insert, "writing what was removed", err);
    }
    sqlite3_finalize(insert);
    return status;
}
