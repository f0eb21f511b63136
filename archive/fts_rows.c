/*
 * fts_rows.c - see fts_rows.h.
 */
#include "archive/fts_rows.h"

#include "base/mem.h"

static bool enter_rows(struct fts_rows *r)
{
    for (uint32_t number = 0; number < r->count; number++) {
        const uint32_t row = r->rows[number];
        if (row == 0 || row >= r->end || r->numbers[row] != FTS_ROWS_NONE) {
            return false;
        }
        r->numbers[row] = number;
    }
    return true;
}

static uint32_t find_ordered_end(const struct fts_rows *r)
{
    uint32_t next = 0;
    for (uint32_t row = 0; row < r->end; row++) {
        if (r->numbers[row] == FTS_ROWS_NONE) {
            continue;
        }
        if (r->numbers[row] < next) {
            return row;
        }
        next = r->numbers[row] + 1;
    }
    return r->end;
}

bool fts_rows_index(struct fts_rows *r, bool *fine)
{
    *fine = false;
    r->numbers = mem_alloc(r->end, sizeof *r->numbers);
    if (!r->numbers) {
        return false;
    }
    memset(r->numbers, 0xff, r->end * sizeof *r->numbers);
    *fine = enter_rows(r);
    r->ordered_end = find_ordered_end(r);
    return true;
}

void fts_rows_free(struct fts_rows *r)
{
    mem_free(r->rows);
    mem_free(r->numbers);
}
