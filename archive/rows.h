/*
 * rows.h - what is written of an article: its rows in `article` and `words`, its entries in the FTS5 index, its number.
 */
#ifndef TRABAO_ROWS_H
#define TRABAO_ROWS_H

#include <sqlite3.h>

#include "archive/document.h"
#include "archive/spill.h"
#include "base/base.h"
#include "base/status.h"

enum { ROWS_ARTICLE, ROWS_WORDS, ROWS_FTS, ROWS_DELETE_ARTICLE, ROWS_DELETE_WORDS, ROWS_DELETE_FTS, ROWS_STATEMENTS };

struct rows {
    struct fts5_vietnamese *fts;
    sqlite3_stmt *statements[ROWS_STATEMENTS];
};

/* Registers the tokenizer on DB; the tables need not be there yet. */
enum trabao_status rows_register(struct rows *rows, sqlite3 *db, struct trabao_error *err);

/* Makes the statements ready. */
enum trabao_status rows_open(struct rows *rows, sqlite3 *db, struct trabao_error *err);
void rows_close(struct rows *rows);

/* Writes the rows of D, packed, under the id of ENTRY; GENERATION is that of an article that has none yet. */
enum trabao_status rows_store(struct rows *rows, const struct spill_entry *entry, uint64_t generation,
                              const struct document *d, struct trabao_error *err);

/* Enters the tokens of D into the FTS5 index, as ROW. */
enum trabao_status rows_index(struct rows *rows, uint32_t row, const struct document *d, struct trabao_error *err);

/* Takes the article with ID out of everything again. D holds the tokens that it was indexed with, as ROW. */
enum trabao_status rows_delete(struct rows *rows, int64_t id, uint32_t row, const struct document *d,
                               struct trabao_error *err);

/* All COUNT articles by number. */
struct rows_numbers {
    const int64_t *ids;
    const uint8_t *precisions; /* of dates: enum civil_precision */
    const uint32_t *rows;      /* in the FTS5 index; NULL: as a full build gives them */
    uint32_t count;
};

/* Writes the table `numbers`, which is empty. */
enum trabao_status rows_write_numbers(sqlite3 *db, const struct rows_numbers *numbers, struct trabao_error *err);

/* What the table `meta` says of the whole. */
struct rows_facts {
    uint64_t generation, articles, text_bytes, words, terms;
    uint64_t average_length; /* thousandths of a word */
    uint64_t changes;        /* articles that came and went since the last full build */
    uint64_t rows_end;       /* above all rows of the FTS5 index */
};
enum trabao_status rows_write_facts(sqlite3 *db, const struct rows_facts *facts, struct trabao_error *err);

/* Bytes of title and body. */
uint64_t rows_text_bytes(const struct document *d);

#endif
