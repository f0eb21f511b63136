/*
 * fts_rows.h - the rows that articles have in the FTS5 index.
 *
 * FTS5 writes the distance from one row to the next with every posting. Ids are dates: they lie so far apart that these
 * distances alone would take a seventh of the size of the texts. So rows are counted: a full build gives them in the
 * order of numbers, from 1 on, and an update gives its articles rows behind all that there ever were, since rows in
 * between are taken. None is given twice: what FTS5 has of a row that is gone is never an article's.
 */
#ifndef TRABAO_FTS_ROWS_H
#define TRABAO_FTS_ROWS_H

#include "base/base.h"

#define FTS_ROWS_NONE UINT32_MAX

struct fts_rows {
    uint32_t *rows;       /* [count] by number of the article */
    uint32_t count;
    uint32_t *numbers;    /* [end] by row: the article's number; FTS_ROWS_NONE: it is gone */
    uint32_t end;         /* above all rows that were ever given */
    uint32_t ordered_end; /* rows below this one stand in the order of numbers */
};

/* The row that a full build gives. */
static inline uint32_t fts_rows_of_build(uint32_t number)
{
    return number + 1;
}

/* The number of the article with ROW, as FTS5 has it, or FTS_ROWS_NONE. */
static inline uint32_t fts_rows_number(const struct fts_rows *r, int64_t row)
{
    return row > 0 && row < r->end ? r->numbers[row] : FTS_ROWS_NONE;
}

/* Completes R, of which rows, count and end are set. *FINE: no two articles have the same row. False: no memory. */
bool fts_rows_index(struct fts_rows *r, bool *fine) TRABAO_MUST_USE;
void fts_rows_free(struct fts_rows *r);

#endif
