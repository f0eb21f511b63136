/*
 * dates.c - see dates.h.
 */
#include "query/dates.h"

static int by_from(const void *a, const void *b)
{
    const int64_t x = ((const struct query_span *)a)->from, y = ((const struct query_span *)b)->from;
    return (x > y) - (x < y);
}

size_t query_spans_join(struct query_span *spans, size_t n)
{
    size_t kept = 0;
    qsort(spans, n, sizeof *spans, by_from);
    for (size_t i = 0; i < n; i++) {
        if (kept > 0 && spans[i].from <= spans[kept - 1].to) {
            spans[kept - 1].to = MAX(spans[kept - 1].to, spans[i].to);
        } else {
            spans[kept++] = spans[i];
        }
    }
    return kept;
}

/* Adds what lies between the N spans to the gaps. */
static bool add_gaps(struct query_dates *dates, const struct query_span *spans, size_t n, struct query_arena *arena)
{
    struct query_span *gaps = query_arena_alloc(arena, dates->gap_count + n, sizeof *gaps);
    size_t count = 0;
    if (gaps == NULL) {
        return false;
    }
    for (; count < dates->gap_count; count++) {
        gaps[count] = dates->gaps[count];
    }
    for (size_t i = 1; i < n; i++) {
        gaps[count++] = (struct query_span){spans[i - 1].to, spans[i].from};
    }
    dates->gaps = gaps;
    dates->gap_count = query_spans_join(gaps, count);
    return true;
}

/* Gaps at the ends, or behind them, are no gaps: the ends are nearer. */
static void trim(struct query_dates *dates)
{
    for (; dates->gap_count > 0 && dates->gaps[0].from <= dates->from; dates->gaps++, dates->gap_count--) {
        dates->from = MAX(dates->from, dates->gaps[0].to);
    }
    for (; dates->gap_count > 0 && dates->gaps[dates->gap_count - 1].to >= dates->to; dates->gap_count--) {
        dates->to = MIN(dates->to, dates->gaps[dates->gap_count - 1].from);
    }
}

bool query_dates_narrow(struct query_dates *dates, const struct query_span *spans, size_t n,
                        struct query_arena *arena)
{
    if (n > 1 && !add_gaps(dates, spans, n, arena)) {
        return false;
    }
    dates->limited = true;
    dates->from = MAX(dates->from, spans[0].from);
    dates->to = MIN(dates->to, spans[n - 1].to);
    if (dates->from == INT64_MIN && dates->to == INT64_MAX) {
        dates->from = 0; /* all of time: from the first moment that has a date */
    }
    trim(dates);
    return true;
}

struct query_span query_dates_part(const struct query_dates *dates, size_t i)
{
    return (struct query_span){i > 0 ? dates->gaps[i - 1].to : dates->from,
                               i < dates->gap_count ? dates->gaps[i].from : dates->to};
}

bool query_dates_empty(const struct query_dates *dates)
{
    return dates->limited && dates->from >= dates->to;
}
