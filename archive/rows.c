/*
 * rows.c - the statements that write and delete articles (see rows.h).
 *
 * FTS5 gets the tokens that were cut ahead. To delete an article from an index whose texts are stored elsewhere, FTS5
 * must be handed exactly what was inserted; tokens depend on the text and its version alone, so they are cut again.
 */
#include "archive/rows.h"

#include "archive/db.h"
#include "text/fts5_vietnamese.h"

#define NUMBERS_PER_ROW 2000

enum trabao_status rows_register(struct rows *rows, sqlite3 *db, struct trabao_error *err)
{
    return fts5_vietnamese_register(db, &rows->fts, err);
}

enum trabao_status rows_open(struct rows *rows, sqlite3 *db, struct trabao_error *err)
{
    static const char *const sql[ROWS_STATEMENTS] = {
        [ROWS_ARTICLE] =
            ("INSERT INTO article(id, key, key_hash, content_hash, generation, second, precision, title, url, author,"
             " source, section, extra, encoding, record_id, reads, residue)"
             " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"),
        [ROWS_WORDS] = "INSERT INTO words(id, terms) VALUES(?1, ?2)",
        [ROWS_FTS] = "INSERT INTO fts(rowid, body, title, author, source, section) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
        [ROWS_DELETE_ARTICLE] = "DELETE FROM article WHERE id = ?1",
        [ROWS_DELETE_WORDS] = "DELETE FROM words WHERE id = ?1",
        [ROWS_DELETE_FTS] = ("INSERT INTO fts(fts, rowid, body, title, author, source, section)"
                             " VALUES('delete', ?1, ?2, ?3, ?4, ?5, ?6)"),
    };
    enum trabao_status status = TRABAO_OK;
    for (size_t i = 0; status == TRABAO_OK && i < ROWS_STATEMENTS; i++) {
        status = db_prepare(db, sql[i], &rows->statements[i], err);
    }
    return status;
}

void rows_close(struct rows *rows)
{
    for (size_t i = 0; i < ROWS_STATEMENTS; i++) {
        sqlite3_finalize(rows->statements[i]);
    }
}

static void bind_text(sqlite3_stmt *statement, int parameter, const struct article_text *text)
{
    if (text->text) {
        sqlite3_bind_text64(statement, parameter, text->text, text->len, SQLITE_STATIC, SQLITE_UTF8);
    } else {
        sqlite3_bind_null(statement, parameter);
    }
}

static bool key_is_url(const struct article *a)
{
    const struct article_text *key = &a->fields[ARTICLE_KEY], *url = &a->fields[ARTICLE_URL];
    return url->text && url->len == key->len && memcmp(url->text, key->text, key->len) == 0;
}

static enum trabao_status insert_article(struct rows *rows, const struct spill_entry *e, uint64_t generation,
                                         const struct document *d, struct trabao_error *err)
{
    static const enum article_field texts[] = {ARTICLE_TITLE,   ARTICLE_URL,   ARTICLE_AUTHOR,   ARTICLE_SOURCE,
                                               ARTICLE_SECTION, ARTICLE_EXTRA, ARTICLE_ENCODING, ARTICLE_RECORD_ID};
    sqlite3_stmt *s = rows->statements[ROWS_ARTICLE];
    const struct article *a = &d->article;
    int p = 1;
    sqlite3_bind_int64(s, p++, e->id);
    bind_text(s, p++, key_is_url(a) ? &(struct article_text){0} : &a->fields[ARTICLE_KEY]);
    sqlite3_bind_int64(s, p++, (int64_t)e->key_hash);
    sqlite3_bind_int64(s, p++, (int64_t)e->content_hash);
    sqlite3_bind_int64(s, p++, (int64_t)(a->generation ? a->generation : generation));
    if (a->date.precision == CIVIL_NONE || a->date.second == e->id / ARTICLE_SLOTS) {
        sqlite3_bind_null(s, p++);
    } else {
        sqlite3_bind_int64(s, p++, a->date.second);
    }
    sqlite3_bind_int(s, p++, a->date.precision);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        const bool elsewhere = texts[i] == ARTICLE_TITLE && d->title_coded;
        bind_text(s, p++, elsewhere ? &(struct article_text){0} : &a->fields[texts[i]]);
    }
    if (a->reads < 0) {
        sqlite3_bind_null(s, p++);
    } else {
        sqlite3_bind_int64(s, p++, a->reads);
    }
    sqlite3_bind_blob64(s, p, d->packed_residue.data, d->packed_residue.len, SQLITE_STATIC);
    return db_run(s, "writing an article", err);
}

/* Hands the tokens of D to FTS5 with STATEMENT, which inserts or deletes them. */
static enum trabao_status run_fts(struct rows *rows, sqlite3_stmt *statement, uint32_t row, const struct document *d,
                                  const char *step, struct trabao_error *err)
{
    struct fts5_replay replay[SCHEMA_COLUMNS];
    sqlite3_bind_int64(statement, 1, row);
    for (enum schema_column c = 0; c < SCHEMA_COLUMNS; c++) {
        const struct article_text *text = document_column(d, c);
        bind_text(statement, 2 + (int)c, text);
        replay[c] = (struct fts5_replay){&d->columns[c], text->len};
    }
    fts5_vietnamese_replay(rows->fts, replay, SCHEMA_COLUMNS);
    const enum trabao_status status = db_run(statement, step, err);
    fts5_vietnamese_replay(rows->fts, NULL, 0);
    return status;
}

enum trabao_status rows_store(struct rows *rows, const struct spill_entry *entry, uint64_t generation,
                              const struct document *d, struct trabao_error *err)
{
    const enum trabao_status status = insert_article(rows, entry, generation, d, err);
    if (status != TRABAO_OK) {
        return status;
    }
    sqlite3_stmt *s = rows->statements[ROWS_WORDS];
    sqlite3_bind_int64(s, 1, entry->id);
    sqlite3_bind_blob64(s, 2, d->packed_words.data, d->packed_words.len, SQLITE_STATIC);
    return db_run(s, "writing the words of an article", err);
}

enum trabao_status rows_index(struct rows *rows, uint32_t row, const struct document *d, struct trabao_error *err)
{
    return run_fts(rows, rows->statements[ROWS_FTS], row, d, "indexing an article", err);
}

enum trabao_status rows_delete(struct rows *rows, int64_t id, uint32_t row, const struct document *d,
                               struct trabao_error *err)
{
    enum trabao_status status =
        run_fts(rows, rows->statements[ROWS_DELETE_FTS], row, d, "taking an article out of the FTS5 index", err);
    for (int i = ROWS_DELETE_ARTICLE; status == TRABAO_OK && i <= ROWS_DELETE_WORDS; i++) {
        sqlite3_bind_int64(rows->statements[i], 1, id);
        status = db_run(rows->statements[i], "deleting an article", err);
    }
    return status;
}

enum trabao_status rows_write_numbers(sqlite3 *db, const struct rows_numbers *numbers, struct trabao_error *err)
{
    sqlite3_stmt *insert = NULL;
    enum trabao_status status =
        db_prepare(db, "INSERT INTO numbers(first, ids, precisions, rows) VALUES(?1, ?2, ?3, ?4)", &insert, err);
    for (uint32_t first = 0; status == TRABAO_OK && first < numbers->count; first += NUMBERS_PER_ROW) {
        const uint32_t n = MIN((uint32_t)NUMBERS_PER_ROW, numbers->count - first);
        sqlite3_bind_int64(insert, 1, first);
        sqlite3_bind_blob64(insert, 2, numbers->ids + first, n * sizeof *numbers->ids, SQLITE_STATIC);
        sqlite3_bind_blob64(insert, 3, numbers->precisions + first, n, SQLITE_STATIC);
        if (numbers->rows) {
            sqlite3_bind_blob64(insert, 4, numbers->rows + first, n * sizeof *numbers->rows, SQLITE_STATIC);
        }
        status = db_run(insert, "writing the article numbers", err);
    }
    sqlite3_finalize(insert);
    return status;
}

enum trabao_status rows_write_facts(sqlite3 *db, const struct rows_facts *facts, struct trabao_error *err)
{
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {{"generation", facts->generation},
                {"articles", facts->articles},
                {"text_bytes", facts->text_bytes},
                {"words", facts->words},
                {"terms", facts->terms},
                {"average_length", facts->average_length},
                {"changes", facts->changes},
                {"rows_end", facts->rows_end},
                {"built_at", (uint64_t)civil_now()}};
    enum trabao_status status = TRABAO_OK;
    for (size_t i = 0; status == TRABAO_OK && i < ARRAY_LEN(rows); i++) {
        status = schema_set_meta(db, rows[i].name, (int64_t)rows[i].value, err);
    }
    return status;
}

uint64_t rows_text_bytes(const struct document *d)
{
    return document_column(d, SCHEMA_TITLE)->len + document_column(d, SCHEMA_BODY)->len;
}
