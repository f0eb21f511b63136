/*
 * words.h - reading what words articles have, in text order.
 *
 * A query reads the words of many articles to rank them, and then of the few that it shows once more, for their
 * snippets. So the streams that it read last are kept, unpacked: in WORDS_SLOTS places, found by the article's id,
 * and none that is longer than a place.
 */
#ifndef TRABAO_WORDS_H
#define TRABAO_WORDS_H

#include <sqlite3.h>

#include "archive/pack.h"
#include "archive/wordcode.h"
#include "base/status.h"

#define WORDS_SLOTS 256
#define WORDS_SLOT_BYTES 4096 /* with what is kept beside the stream */

struct words_reader;

/* For one thread. TERM_COUNT: of the lexicon. What is handed over lives longer than the reader. */
enum trabao_status words_reader_open(sqlite3 *db, struct pack_context *pack, const struct pack_dictionary *dictionary,
                                     uint32_t term_count, struct words_reader **out, struct trabao_error *err);
void words_reader_close(struct words_reader *r);

/* The terms of title and body of article ID, which the archive has. */
enum trabao_status words_read(struct words_reader *r, int64_t id, struct wordcode_terms *out,
                              struct trabao_error *err);

/* Keeps nothing of what was read so far: a search is over. */
void words_forget(struct words_reader *r);

#endif
