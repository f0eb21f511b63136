/*
 * db.h - the one door to SQLite: every handle is opened, hardened and asked through here.
 *
 * A published archive is never written to: it is replaced whole by rename. Readers therefore open it immutable. The
 * builder's file is opened for writing, and by the checker the published one, since FTS5's check of itself asks for it.
 */
#ifndef TRABAO_DB_H
#define TRABAO_DB_H

#include <sqlite3.h>
#include <sys/stat.h>

#include "base/base.h"
#include "base/status.h"

#define DB_PAGE_BYTES 16384 /* of an archive */

/*
 * Opens the file at PATH, to be read through db_open_held, whatever takes its place at PATH later. The caller closes
 * *FD, which is -1 when it could not be opened.
 */
enum trabao_status db_hold(const char *path, int *fd, struct stat *facts, struct trabao_error *err);

/*
 * A handle of the file behind FD, of which PATH is the name for messages: read-only and immutable, with views and
 * triggers off and every SQL extension point closed. It does not need FD any more.
 */
enum trabao_status db_open_held(int fd, const char *path, sqlite3 **out, struct trabao_error *err);

/* Both, for a handle that is the only one of its file. */
enum trabao_status db_open_published(const char *path, sqlite3 **out, struct trabao_error *err);

/* Creates PATH (which must not exist) for building: no journal, no sync; it is fsynced as a whole when published. */
enum trabao_status db_create(const char *path, sqlite3 **out, struct trabao_error *err);

/* Opens PATH, a copy of an archive beside it, for updating: as db_create, and a file that breaks is thrown away. */
enum trabao_status db_open_copy(const char *path, sqlite3 **out, struct trabao_error *err);

/* Opens an existing PATH for the checker, with views on. Nothing is changed, though FTS5 must be able to. */
enum trabao_status db_open_for_check(const char *path, sqlite3 **out, struct trabao_error *err);

/* Lets DB write the tables behind a virtual one (SQLITE_DBCONFIG_DEFENSIVE), or forbids it again. */
enum trabao_status db_allow_shadow(sqlite3 *db, bool allow, struct trabao_error *err);

void db_close(sqlite3 *db);

/* Runs statements without results. STEP names the work in the message. */
enum trabao_status db_exec(sqlite3 *db, const char *sql, const char *step, struct trabao_error *err);

/* A statement that is kept for the life of its owner. */
enum trabao_status db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, struct trabao_error *err);

/* Steps STATEMENT, which returns no row, and resets it. */
enum trabao_status db_run(sqlite3_stmt *statement, const char *step, struct trabao_error *err);

/*
 * Steps STATEMENT: TRABAO_OK with a row, TRABAO_NONE at the end, else the failure. The caller resets it.
 */
enum trabao_status db_step(sqlite3_stmt *statement, const char *step, struct trabao_error *err);

/* Turns the last error of DB into a status and a message that begins with STEP. */
enum trabao_status db_failure(sqlite3 *db, const char *step, struct trabao_error *err);

/* Text of a column, or NULL; valid until the next step. */
static inline const char *db_text(sqlite3_stmt *statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

#endif
