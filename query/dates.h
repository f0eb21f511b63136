/*
 * dates.h - what all date filters of a search leave of time: filters that stand together narrow it to what they have in
 * common, filters joined by OR let through what any of them does.
 */
#ifndef TRABAO_QUERY_DATES_H
#define TRABAO_QUERY_DATES_H

#include "query/arena.h"

/* A span of civil time in civil seconds, from the first moment included to the last excluded. */
struct query_span {
    int64_t from, to; /* INT64_MIN / INT64_MAX where open */
};

/* A span, but for the gaps in it. */
struct query_dates {
    bool limited; /* false: all of time and undated articles too */
    int64_t from, to;
    const struct query_span *gaps; /* ascending, apart, and inside FROM..TO with something around each of them */
    size_t gap_count;
};

#define QUERY_ALL_DATES ((struct query_dates){.from = INT64_MIN, .to = INT64_MAX})

/* Sorts N spans and joins those that overlap or touch; returns how many are left. */
size_t query_spans_join(struct query_span *spans, size_t n);

/* Leaves of DATES what is in one of the N > 0 SPANS, as query_spans_join gives them. False: memory ran out. */
bool query_dates_narrow(struct query_dates *dates, const struct query_span *spans, size_t n,
                        struct query_arena *arena) TRABAO_MUST_USE;

/* What lies before gap I, or before the end for the number of gaps. */
struct query_span query_dates_part(const struct query_dates *dates, size_t i);

/* True when nothing is left. */
bool query_dates_empty(const struct query_dates *dates);

#endif
