/*
 * schema.c - the archive's tables in SQL (see schema.h).
 */
#include "archive/schema.h"

#include "archive/db.h"
#include "text/text.h"

static const char SCHEMA[] =
    /* The stored articles. id: publication second * 16 + n (article.h), so id order is date order. */
    "CREATE TABLE article("
    "  id INTEGER PRIMARY KEY,"
    "  key TEXT,"                    /* the record's id, else path#record; NULL: the URL */
    "  key_hash INTEGER NOT NULL,"   /* of the key: the {id} of /article/{id} */
    "  content_hash INTEGER NOT NULL," /* of all fields: an unchanged record is not indexed again */
    "  generation INTEGER NOT NULL," /* that added or last changed it */
    "  second INTEGER,"              /* civil seconds of the date; NULL: undated, or those of the id */
    "  precision INTEGER NOT NULL,"  /* enum civil_precision */
    "  title TEXT,"                  /* NULL: there is none, or it is in the residue */
    "  url TEXT, author TEXT, source TEXT, section TEXT,"
    "  extra TEXT,"                  /* JSON object of the record's other keys */
    "  record_id TEXT,"              /* `id` of a record whose key is its URL */
    "  reads INTEGER,"               /* the portal's read counter */
    "  encoding TEXT,"               /* what its bytes were taken for, NULL: utf-8 */
    "  residue BLOB NOT NULL);"      /* title and body without their words (wordcode.h), packed (pack.h) */
    "CREATE UNIQUE INDEX article_key ON article(key_hash);"
    /* The terms of title and body in text order (wordcode.h), packed: the forward index. */
    "CREATE TABLE words(id INTEGER PRIMARY KEY, terms BLOB NOT NULL);"
    /* What FTS5 checks itself against. trabao_row() is fts_rows.h, the others put texts together. */
    "CREATE VIEW article_text AS SELECT trabao_row(article.id) AS row,"
    "  trabao_body(words.terms, article.residue) AS body,"
    "  coalesce(title, trabao_title(words.terms, article.residue)) AS title, author, source, section"
    "  FROM article JOIN words ON words.id = article.id;"
    /* columnsize=0: lengths are needed for bm25(), which is not used. */
    "CREATE VIRTUAL TABLE fts USING fts5(body, title, author, source, section, content='article_text',"
    "  content_rowid='row', tokenize='vietnamese', columnsize=0);"
    "CREATE TABLE removed(key_hash INTEGER PRIMARY KEY, at INTEGER NOT NULL);" /* removed.h */
    "CREATE TABLE dictionary(name TEXT PRIMARY KEY, frame BLOB NOT NULL) WITHOUT ROWID;" /* dictionary.h */
    /* What the articles introduce as abbreviations, by how many (abbreviations.h); words '': none to be used. */
    "CREATE TABLE abbreviation(id INTEGER PRIMARY KEY, short TEXT NOT NULL, words TEXT NOT NULL,"
    "  articles INTEGER NOT NULL);"
    "CREATE TABLE ngrams(first INTEGER PRIMARY KEY, slots BLOB NOT NULL);" /* ngrams.h */
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;";

/* The tables that go by the numbers of articles, which change with every article that comes or goes. */
static const char NUMBERED[] =
    "CREATE TABLE lexicon(first INTEGER PRIMARY KEY, terms BLOB NOT NULL);" /* lexicon.h */
    "CREATE TABLE impact(id INTEGER PRIMARY KEY, block BLOB NOT NULL);"     /* impact.h */
    "CREATE TABLE signature(id INTEGER PRIMARY KEY, bits BLOB NOT NULL);"   /* signatures.h */
    /* The ids of all articles in ascending order, 8 bytes each: an article's number is its place here. How precisely
       the date of each is known, a byte each (enum civil_precision). And the rows of each in the FTS5 index, 4 bytes
       each (fts_rows.h); NULL: as a full build gives them. */
    "CREATE TABLE numbers(first INTEGER PRIMARY KEY, ids BLOB NOT NULL, precisions BLOB NOT NULL, rows BLOB);";

enum trabao_status schema_create(sqlite3 *db, struct trabao_error *err)
{
    char pragmas[128];
    snprintf(pragmas, sizeof pragmas, "PRAGMA application_id=%d; PRAGMA user_version=%d", SCHEMA_APPLICATION_ID,
             SCHEMA_VERSION);
    TRY(db_exec(db, pragmas, "marking the archive", err));
    TRY(db_exec(db, SCHEMA, "creating the tables", err));
    TRY(db_exec(db, NUMBERED, "creating the tables", err));
    /* The largest leaf that fits our page: a quarter of the rows of the default. */
    TRY(db_exec(db, "INSERT INTO fts(fts, rank) VALUES('pgsz', 16320)", "configuring FTS5", err));
    return schema_set_meta(db, "text_version", TEXT_VERSION, err);
}

enum trabao_status schema_renew_numbered(sqlite3 *db, struct trabao_error *err)
{
    TRY(db_exec(db, "DROP TABLE lexicon; DROP TABLE impact; DROP TABLE signature; DROP TABLE numbers",
                "dropping tables", err));
    return db_exec(db, NUMBERED, "creating the tables", err);
}

static enum trabao_status read_number(sqlite3 *db, const char *sql, int64_t *value, struct trabao_error *err)
{
    sqlite3_stmt *statement = NULL;
    *value = 0;
    enum trabao_status status = db_prepare(db, sql, &statement, err);
    if (status == TRABAO_OK) {
        status = db_step(statement, sql, err);
        if (status == TRABAO_OK) {
            *value = sqlite3_column_int64(statement, 0);
        }
    }
    sqlite3_finalize(statement);
    return status;
}

enum trabao_status schema_check(sqlite3 *db, const char *path, struct trabao_error *err)
{
    int64_t application, version, text_version;
    if (read_number(db, "PRAGMA application_id", &application, NULL) != TRABAO_OK ||
        application != SCHEMA_APPLICATION_ID) {
        return error_set(err, TRABAO_DATA, "%s is not a Trabao archive, or it is damaged: reindex", path);
    }
    if (read_number(db, "PRAGMA user_version", &version, NULL) != TRABAO_OK || version != SCHEMA_VERSION) {
        return error_set(err, TRABAO_DATA, "%s has archive format %lld, this program reads %d: reindex", path,
                         (long long)version, SCHEMA_VERSION);
    }
    if (schema_get_meta(db, "text_version", &text_version, NULL) != TRABAO_OK) {
        return error_set(err, TRABAO_DATA, "%s is damaged: reindex", path);
    }
    if (text_version != TEXT_VERSION) {
        return error_set(err, TRABAO_DATA, "%s was indexed with text version %lld, this program has %d: reindex", path,
                         (long long)text_version, TEXT_VERSION);
    }
    return TRABAO_OK;
}

enum trabao_status schema_set_meta(sqlite3 *db, const char *name, int64_t value, struct trabao_error *err)
{
    sqlite3_stmt *statement = NULL;
    enum trabao_status status =
        db_prepare(db, "INSERT OR REPLACE INTO meta(name, value) VALUES(?1, ?2)", &statement, err);
    if (status == TRABAO_OK) {
        sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 2, value);
        status = db_run(statement, "writing the archive's facts", err);
    }
    sqlite3_finalize(statement);
    return status;
}

enum trabao_status schema_get_meta(sqlite3 *db, const char *name, int64_t *value, struct trabao_error *err)
{
    sqlite3_stmt *statement = NULL;
    enum trabao_status status = db_prepare(db, "SELECT value FROM meta WHERE name = ?1", &statement, err);
    if (status == TRABAO_OK) {
        sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
        status = db_step(statement, "reading the archive's facts", err);
        if (status == TRABAO_OK) {
            *value = sqlite3_column_int64(statement, 0);
        }
    }
    sqlite3_finalize(statement);
    return status;
}
