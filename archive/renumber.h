/*
 * renumber.h - which ids and numbers articles have after an update: an article's number is its place in the order of
 * ids, so that most numbers change when articles come and go. An article that is replaced keeps its id if its date has
 * the same second still.
 */
#ifndef TRABAO_RENUMBER_H
#define TRABAO_RENUMBER_H

#include "archive/archive.h"
#include "archive/spill.h"
#include "base/base.h"
#include "base/status.h"

/* "Old" is what the archive has, "added" what the spill has. */
struct renumbering {
    uint32_t count;       /* articles after the update */
    int64_t *ids;         /* [count] by new number, ascending */
    uint8_t *precisions;  /* [count] of dates: enum civil_precision */
    uint32_t *rows;       /* [count] in the FTS5 index */
    uint32_t rows_end;    /* above all of these */
    uint32_t *numbers;    /* [archive->count] new number by old one, or IMPACT_GONE; else ascending */
    uint32_t *added;      /* [spill_count] new number by place in the spill */
    int64_t *added_ids;   /* [spill_count] id by place in the spill */
    int64_t *deleted_ids; /* [deleted_count] of articles that are gone and whose ids no other got */
    uint32_t gone_count;  /* old articles that are deleted or replaced */
    uint32_t deleted_count;
};

/*
 * Gives the articles of SPILL ids beside those of ARCHIVE, and sorts the spill by them. GONE [archive->count] is not 0
 * for old articles that are deleted, and becomes so for those that are replaced. To be freed after a failure too.
 * TRABAO_USAGE: the articles are too many for one archive.
 */
enum trabao_status renumber(struct renumbering *out, const struct archive *archive, struct spill *spill, uint8_t *gone,
                            struct trabao_error *err);
void renumbering_free(struct renumbering *r);

#endif
