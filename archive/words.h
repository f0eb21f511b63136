/*
 * words.h - reading what words articles have, in text order.
 *
 * A query reads the words of some dozen articles to rank them, and then of the few that it shows once more, for their
 * snippets; and what one query ranks high, others do. So the streams are kept as they were unpacked, shared by all
 * threads, within a ceiling (blocks.h).
 */
#ifndef TRABAO_WORDS_H
#define TRABAO_WORDS_H

#include <sqlite3.h>

#include "archive/blocks.h"
#include "archive/pack.h"
#include "archive/wordcode.h"
#include "base/status.h"

struct words_reader;

/* What a reader needs; lives longer than the reader. */
struct words_source {
    sqlite3 *db;
    struct blocks *cache; /* of streams alone: they are known there by the ids of their articles */
    struct pack_context *pack;
    const struct pack_dictionary *dictionary;
    uint32_t term_count; /* of the lexicon */
};

/* For one thread. */
enum trabao_status words_reader_open(const struct words_source *source, struct words_reader **out,
                                     struct trabao_error *err);
void words_reader_close(struct words_reader *r);

/* The terms of title and body of article ID, which the archive has. */
enum trabao_status words_read(struct words_reader *r, int64_t id, struct wordcode_terms *out,
                              struct trabao_error *err);

#endif
