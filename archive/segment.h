/*
 * segment.h - the FTS5 index of an archive, written as the one segment that FTS5 itself would have made of the articles
 * by inserting and merging them all.
 */
#ifndef TRABAO_SEGMENT_H
#define TRABAO_SEGMENT_H

#include <sqlite3.h>

#include "archive/lexicon.h"
#include "archive/runs.h"
#include "archive/schema.h"
#include "base/status.h"

struct segment_plan {
    const struct runs *runs;       /* ended */
    const struct lexicon *lexicon; /* of their terms */
    uint32_t count;                /* of the articles, whose rows are those of a full build (fts_rows.h) */
    uint64_t tokens[SCHEMA_COLUMNS]; /* positions in each column of all articles together */
};

struct segment;

/*
 * Begins to make the pages of the table `fts` of DB, which is empty, in another thread, to which what PLAN refers to
 * belongs until segment_finish is back: of the lexicon it reads the forms alone.
 */
enum trabao_status segment_start(const struct segment_plan *plan, sqlite3 *db, struct segment **out,
                                 struct trabao_error *err);

/* Writes the pages. FTS5 sees them through handles that are opened later. */
enum trabao_status segment_finish(struct segment *s, struct trabao_error *err);

/* Ends the thread, wherever it is. */
void segment_close(struct segment *s);

#endif
