/*
 * db.c - hardened handles and the translation of SQLite's result codes (see db.h).
 */
#include "archive/db.h"

#include <fcntl.h>
#include <unistd.h>

#include "archive/held.h"
#include "base/buf.h"

#define PATH_CEILING 16384
#define READ_CACHE_KIB 4096
#define BUILD_CACHE_KIB 65536

static enum trabao_status status_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return TRABAO_OK;
    case SQLITE_NOMEM:
        return TRABAO_NO_MEMORY;
    case SQLITE_INTERRUPT:
        return TRABAO_TIMEOUT;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
        return TRABAO_DATA;
    case SQLITE_CANTOPEN:
        return TRABAO_NO_INPUT;
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_BUSY:
        return TRABAO_IO;
    default:
        return TRABAO_INTERNAL;
    }
}

enum trabao_status db_failure(sqlite3 *db, const char *step, struct trabao_error *err)
{
    const int code = db ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;
    const int errnum = db ? sqlite3_system_errno(db) : 0;
    const enum trabao_status status = status_of(code);
    const char *message = db ? sqlite3_errmsg(db) : "out of memory";
    if (status == TRABAO_TIMEOUT) {
        return error_set(err, status, "%s: the query took longer than its deadline", step);
    }
    if (status == TRABAO_IO && errnum) {
        return error_set_errno(err, status, errnum, "%s: %s", step, message);
    }
    if (status == TRABAO_DATA) {
        return error_set(err, status, "%s: %s; reindex", step, message);
    }
    return error_set(err, status == TRABAO_OK ? TRABAO_INTERNAL : status, "%s: %s", step, message);
}

/* A file: URI for PATH with everything that a URI gives a meaning to escaped. */
static bool uri_for(const char *path, const char *parameters, struct buf *out)
{
    buf_append_str(out, "file:");
    for (const char *p = path; *p; p++) {
        if (strchr("?#%", *p)) {
            buf_printf(out, "%%%02X", (unsigned char)*p);
        } else {
            buf_append_char(out, *p);
        }
    }
    return buf_append_str(out, parameters);
}

static enum trabao_status harden(sqlite3 *db, bool views, struct trabao_error *err)
{
    static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_ENABLE_TRIGGER,
                              SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL,
                              SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION};
    bool ok = sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK &&
              sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, views ? 1 : 0, NULL) == SQLITE_OK;
    for (size_t i = 0; i < ARRAY_LEN(off); i++) {
        ok = ok && sqlite3_db_config(db, off[i], 0, NULL) == SQLITE_OK;
    }
    return ok ? TRABAO_OK : error_set(err, TRABAO_INTERNAL, "hardening the database handle failed");
}

static enum trabao_status open_uri(const char *path, const char *parameters, int flags, bool views, sqlite3 **out,
                                   struct trabao_error *err)
{
    struct buf uri;
    buf_init(&uri, PATH_CEILING);
    *out = NULL;
    sqlite3 *db = NULL;
    enum trabao_status status = TRABAO_OK;
    if (!uri_for(path, parameters, &uri)) {
        status = uri.full ? error_set(err, TRABAO_USAGE, "%.200s...: the path is too long", path)
                          : error_no_memory(err);
        goto done;
    }
    if (sqlite3_open_v2(buf_str(&uri), &db, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
                        NULL) != SQLITE_OK) {
        status = db_failure(db, path, err);
        goto done;
    }
    sqlite3_extended_result_codes(db, 1);
    status = harden(db, views, err);
done:
    buf_free(&uri);
    if (status == TRABAO_OK) {
        *out = db;
    } else {
        sqlite3_close(db);
    }
    return status;
}

static enum trabao_status pragmas(sqlite3 *db, const char *sql, struct trabao_error *err)
{
    return db_exec(db, sql, "configuring the database handle", err);
}

/* Whether SQLite should be asked to open PATH, of which FACTS are known: of a pipe it would wait for a writer. */
static enum trabao_status expect_file(const char *path, const struct stat *facts, struct trabao_error *err)
{
    if (S_ISDIR(facts->st_mode)) {
        return error_set(err, TRABAO_DATA, "%s is a folder: name the file of an archive", path);
    }
    if (!S_ISREG(facts->st_mode)) {
        return error_set(err, TRABAO_DATA, "%s is no file: name the file of an archive", path);
    }
    return TRABAO_OK;
}

enum trabao_status db_hold(const char *path, int *fd, struct stat *facts, struct trabao_error *err)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0 || fstat(*fd, facts) != 0) {
        return error_set(err, TRABAO_NO_INPUT, "%s: no such archive, or it cannot be read", path);
    }
    return expect_file(path, facts, err);
}

enum trabao_status db_open_held(int fd, const char *path, sqlite3 **out, struct trabao_error *err)
{
    char name[HELD_NAME_MAX];
    held_register();
    held_name(fd, name);
    enum trabao_status status = open_uri(name, "?vfs=" HELD_VFS, SQLITE_OPEN_READONLY, false, out, err);
    if (status == TRABAO_NO_INPUT) {
        return error_set(err, TRABAO_IO, "%s: it cannot be opened once more: too many files are open", path);
    }
    if (status != TRABAO_OK) {
        return status;
    }
    char sql[256];
    snprintf(sql, sizeof sql,
             "PRAGMA query_only=1; PRAGMA mmap_size=0; PRAGMA cell_size_check=1; PRAGMA temp_store=MEMORY;"
             "PRAGMA cache_size=-%d",
             READ_CACHE_KIB);
    status = pragmas(*out, sql, err);
    if (status != TRABAO_OK) {
        db_close(*out);
        *out = NULL;
        return error_set(err, TRABAO_DATA, "%s is not a Trabao archive, or it is damaged: reindex", path);
    }
    return TRABAO_OK;
}

enum trabao_status db_open_published(const char *path, sqlite3 **out, struct trabao_error *err)
{
    struct stat facts;
    int fd;
    *out = NULL;
    enum trabao_status status = db_hold(path, &fd, &facts, err);
    if (status == TRABAO_OK) {
        status = db_open_held(fd, path, out, err);
    }
    if (fd >= 0) {
        close(fd);
    }
    return status;
}

enum trabao_status db_open_for_check(const char *path, sqlite3 **out, struct trabao_error *err)
{
    struct stat facts;
    if (stat(path, &facts) != 0 || access(path, R_OK) != 0) {
        return error_set(err, TRABAO_NO_INPUT, "%s: no such archive, or it cannot be read", path);
    }
    TRY(expect_file(path, &facts, err));
    return open_uri(path, "", SQLITE_OPEN_READWRITE, true, out, err);
}

static enum trabao_status open_for_writing(const char *path, int flags, bool views, sqlite3 **out,
                                           struct trabao_error *err)
{
    enum trabao_status status = open_uri(path, "", SQLITE_OPEN_READWRITE | flags, views, out, err);
    if (status != TRABAO_OK) {
        return status;
    }
    char sql[256];
    snprintf(sql, sizeof sql,
             "PRAGMA page_size=%d; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"
             "PRAGMA secure_delete=OFF; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-%d",
             DB_PAGE_BYTES, BUILD_CACHE_KIB);
    status = pragmas(*out, sql, err);
    if (status != TRABAO_OK) {
        db_close(*out);
        *out = NULL;
    }
    return status;
}

enum trabao_status db_create(const char *path, sqlite3 **out, struct trabao_error *err)
{
    return open_for_writing(path, SQLITE_OPEN_CREATE, true, out, err);
}

enum trabao_status db_open_copy(const char *path, sqlite3 **out, struct trabao_error *err)
{
    return open_for_writing(path, 0, false, out, err);
}

enum trabao_status db_allow_shadow(sqlite3 *db, bool allow, struct trabao_error *err)
{
    return sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, allow ? 0 : 1, NULL) == SQLITE_OK
               ? TRABAO_OK
               : error_set(err, TRABAO_INTERNAL, "configuring the database handle failed");
}

void db_close(sqlite3 *db)
{
    sqlite3_close_v2(db);
}

enum trabao_status db_exec(sqlite3 *db, const char *sql, const char *step, struct trabao_error *err)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? TRABAO_OK : db_failure(db, step, err);
}

enum trabao_status db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, struct trabao_error *err)
{
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK) {
        return db_failure(db, "preparing a statement", err);
    }
    return TRABAO_OK;
}

enum trabao_status db_step(sqlite3_stmt *statement, const char *step, struct trabao_error *err)
{
    switch (sqlite3_step(statement)) {
    case SQLITE_ROW:
        return TRABAO_OK;
    case SQLITE_DONE:
        return TRABAO_NONE;
    default:
        return db_failure(sqlite3_db_handle(statement), step, err);
    }
}

enum trabao_status db_run(sqlite3_stmt *statement, const char *step, struct trabao_error *err)
{
    const enum trabao_status status = db_step(statement, step, err);
    sqlite3_reset(statement);
    return status == TRABAO_NONE ? TRABAO_OK : status;
}
