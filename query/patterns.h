/*
 * patterns.h - what of a query is highlighted: its words and phrases as patterns of canonical forms.
 */
#ifndef TRABAO_PATTERNS_H
#define TRABAO_PATTERNS_H

#include "query/library.h"
#include "query/plan.h"
#include "query/snippet.h"

struct query_patterns {
    struct snippet_patterns list; /* in the arena */
    struct query_arena *arena;
};

/*
 * The patterns of a plan, as far as an article of TIER was found by them. OUT is always left fit for
 * query_patterns_free.
 */
enum trabao_status query_patterns_of_plan(const struct lexicon *lexicon, const struct plan *plan, uint8_t tier,
                                          struct query_patterns *out, struct trabao_error *err);

/* The patterns of a query as typed, not widened. OUT is always left fit for query_patterns_free. */
enum trabao_status query_patterns_of_text(struct trabao_reader *r, const char *query, struct query_patterns *out,
                                          struct trabao_error *err);
void query_patterns_free(struct query_patterns *patterns);

/* Sets the marks of MARKED, whose text is given; they live in ARENA. */
enum trabao_status query_patterns_mark(struct trabao_reader *r, const struct query_patterns *patterns,
                                       struct query_arena *arena, struct trabao_marked *marked,
                                       struct trabao_error *err);

#endif
