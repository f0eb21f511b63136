/*
 * match_fts.h - the conditions that only FTS5 decides: phrases, nearness, single fields.
 */
#ifndef TRABAO_MATCH_FTS_H
#define TRABAO_MATCH_FTS_H

#include "archive/archive.h"
#include "query/arena.h"

/* Ascending numbers of the articles that MATCH (an FTS5 expression built by us, never typed text) finds. */
enum trabao_status match_fts(struct archive_reader *r, const char *match, struct query_arena *arena, uint32_t **set,
                             size_t *count, struct trabao_error *err);

#endif
