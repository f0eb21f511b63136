/*
 * context.h - what the stages of reading one query share: the typed text, its tokens, the tree that grows, and the one
 * place where a doubt becomes a warning (or, in the strict reading, the end).
 *
 * The status is sticky: once it is not TRABAO_OK, every stage stops as soon as it looks.
 */
#ifndef TRABAO_QUERY_CONTEXT_H
#define TRABAO_QUERY_CONTEXT_H

#include "query/arena.h"
#include "query/parse.h"

#define QUERY_WARNINGS_MAX 16 /* further ones are not kept: they would say the same things again */

struct query_context {
    const char *text; /* the query, borrowed */
    size_t n;
    int64_t now; /* civil seconds */
    bool strict;
    const struct text_tokens *tokens; /* of the whole query; borrowed */
    struct query_tree *tree;          /* lives in its own arena */
    struct trabao_error *err;         /* may be NULL */
    enum trabao_status status;
};

/*
 * Adds a warning (once, if the same one is there) or, in the strict reading, fails with it. It is given in Vietnamese
 * and in English, with the same arguments; a failure is told in English, like all others.
 */
void query_warn(struct query_context *c, const char *vietnamese, const char *english, ...) TRABAO_PRINTF(2, 4)
    TRABAO_PRINTF(3, 4);

/* The warnings of another reading of the same query. */
void query_warn_again(struct query_context *c, const struct query_tree *before);

/* What is wrong with something that was typed; in Vietnamese also what is done with it. */
struct query_problem {
    const char *vietnamese, *english;
};

/*
 * A warning that quotes the typed bytes [START, END), shortened if need be, and says of them what PROBLEM says and that
 * they are searched as words.
 */
void query_warn_about(struct query_context *c, size_t start, size_t end, struct query_problem problem);

/* The same of what is left out. */
void query_warn_left_out(struct query_context *c, size_t start, size_t end, struct query_problem problem);

/* Records that memory ran out. */
void query_no_memory(struct query_context *c);

/* Zeroed memory of the tree; NULL, with the status set, when memory runs out. */
void *query_new(struct query_context *c, size_t n, size_t size) TRABAO_MUST_USE;

/* True when token I has the canonical form FORM. */
bool query_token_is(const struct query_context *c, size_t i, const char *form);

/* True when token I says no more than the date behind it: `tháng` before a MONTH; before a day `ngày` and the like. */
bool query_token_announces(const struct query_context *c, size_t i, bool month);

/* Makes token I a word of the query. */
void query_set_token(const struct query_context *c, struct query_token *out, size_t i);

/* How much the date that token I is says: 2 for 30/4/1975, 1 for 30/4 and 7/2020, 0 for what is no date. */
int query_token_slashes(const struct query_context *c, size_t i);

#endif
