/*
 * search_inside.h - what the pieces of a search share.
 *
 *   search.c         which articles a page has: widening, relaxing, paging, counting; trabao_search
 *   search_answer.c  what the answer says of them
 */
#ifndef TRABAO_SEARCH_INSIDE_H
#define TRABAO_SEARCH_INSIDE_H

#include "query/adjacency.h"
#include "query/cursor.h"
#include "query/engine.h"
#include "query/readings.h"

#define SEARCH_WARNINGS 5 /* of dates and fields; no more can be */

struct search {
    struct trabao_reader *r;
    const struct trabao_request *request;
    struct trabao_answer *answer;
    struct query_arena *arena;
    struct query_tree *tree;
    struct plan *plan;
    struct adjacency *adjacency;
    struct plan_limits limits;
    struct plan_limits found; /* with which articles were found last, if any were */
    bool any_found;
    struct readings readings[TRABAO_TIERS]; /* of the words, by the loosest tier; NULL items: not weighed yet */
    const struct readings *offered; /* from which the suggestion is made; NULL: those of the limits */
    struct engine_options options;
    struct cursor cursor;
    const char *warnings[SEARCH_WARNINGS]; /* static: of what the request has beside its query */
    size_t warning_count;
    bool continued; /* the request has a cursor */
    size_t limit; /* one hit more is looked for, to know whether another page follows */
    struct engine_hit *hits; /* [ADJACENCY_ARTICLES + limit + 1] */
    size_t ranked;       /* articles that the second stage ranks, */
    size_t ranked_count; /* and those that it has ranked: the first of hits */
    size_t first, count; /* the page inside hits */
    size_t known;        /* articles that match, if all were seen; else SIZE_MAX */
    struct engine_hit ranked_last; /* the last of the ranked articles, as the first stage scored it */
    struct trabao_error *err;
};

/* True for hits in the order of their scores, not of their dates. */
bool search_by_relevance(const struct search *s);

/* Fills all of the answer but its totals and its time. */
enum trabao_status search_fill_answer(struct search *s);

#endif
