/*
 * fts5_vietnamese.h - the chain of text.h as the FTS5 tokenizer `vietnamese` (tokenizer API v1 of SQLite 3.40).
 *
 * Arguments (none: the form the archive uses): `fold none|tone|full` colocates nothing but replaces each token by its
 * looser key at index and query time alike, for databases that have no lexicon.
 *
 * In query mode (FTS5_TOKENIZE_QUERY) a quoted string may hold alternatives: canonical forms joined by `|` become
 * colocated tokens ("tử|từ vong|vòng"). The caller has canonicalised them: with fold none they are taken as they are,
 * all of a string that has a `|` anywhere ("|tử vong" is two such forms). Any other string is cut as a document is,
 * with one token a position: of a date with its year the whole date.
 *
 * An indexer that has tokenised ahead hands its tokens over with fts5_vietnamese_replay, and FTS5 then stores them
 * without the text being cut a second time.
 */
#ifndef TRABAO_FTS5_VIETNAMESE_H
#define TRABAO_FTS5_VIETNAMESE_H

#include "base/status.h"
#include "text/text.h"

struct sqlite3;
struct fts5_vietnamese; /* the registration on one connection; freed by SQLite when the connection closes */

/* Registers the tokenizer on DB. *OUT (which may be NULL) is for replaying; it lives as long as DB does. */
enum trabao_status fts5_vietnamese_register(struct sqlite3 *db, struct fts5_vietnamese **out,
                                            struct trabao_error *err);

/*
 * Queues the tokens of the row that is inserted next: one entry per FTS5 column, in column order, borrowed until that
 * insert returns. FTS5 consumes an entry per non-empty column (entries of length 0 are passed over); an entry whose
 * length differs from the text that FTS5 hands over, or a text after the last entry, makes the insert fail with
 * SQLITE_MISUSE. COUNT 0 goes back to cutting the text itself.
 */
struct fts5_replay {
    const struct text_tokens *tokens;
    size_t text_len;
};
void fts5_vietnamese_replay(struct fts5_vietnamese *v, const struct fts5_replay *columns, size_t count);

#endif
