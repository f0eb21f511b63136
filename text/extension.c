/*
 * extension.c - the tokenizer `vietnamese` as a loadable extension of any SQLite: `.load trabao_fts5`.
 *
 * The entry point bears the name that SQLite derives from the file's, and is the only symbol the file exports.
 */
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1

#include "text/fts5_vietnamese.h"

#define EXPORTED __attribute__((visibility("default")))

EXPORTED int sqlite3_trabaofts_init(sqlite3 *db, char **message, const sqlite3_api_routines *api);

EXPORTED int sqlite3_trabaofts_init(sqlite3 *db, char **message, const sqlite3_api_routines *api)
{
    SQLITE_EXTENSION_INIT2(api);
    struct trabao_error err = {TRABAO_OK, ""};
    switch (fts5_vietnamese_register(db, NULL, &err)) {
    case TRABAO_OK:
        return SQLITE_OK;
    case TRABAO_NO_MEMORY:
        return SQLITE_NOMEM;
    default:
        if (message != NULL) {
            *message = sqlite3_mprintf("%s", err.message);
        }
        return SQLITE_ERROR;
    }
}
