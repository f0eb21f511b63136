/*
 * plan_inside.h - what the pieces of planning share (plan.h says what it does).
 *
 *   plan_variants.c  which terms stand for a word of the query, and at which tier
 *   plan_prefix.c    which terms begin as a prefix of the query does
 *   plan_words.c     words with their variants and weights; which of them add to the score
 *   plan_sets.c      what is looked for now: phrases, NEAR and other fields, at every tier
 *   plan_limits.c    dates and fields that the request limits a search to
 *   plan.c           the tree, and the public functions
 *
 * The status is sticky: once it is not TRABAO_OK, what a function returns means nothing and is not looked at.
 */
#ifndef TRABAO_PLAN_INSIDE_H
#define TRABAO_PLAN_INSIDE_H

#include "query/plan.h"

#define PLAN_SPELLINGS_MAX 64 /* spellings that were not typed and whose words are scored */

struct planner {
    struct archive_reader *r;
    const struct lexicon *lexicon; /* of R's archive */
    const struct query_tree *tree;
    const struct plan_limits *limits;
    struct text_analyzer *analyzer;
    struct plan *plan;
    size_t group_capacity;    /* of the arrays of the plan */
    enum trabao_tier loosest; /* at which words are bound now */
    unsigned alternatives;    /* nodes around the one bound now that match without all of their children */
    unsigned units;           /* nodes around it that are an abbreviation and its full forms */
    double share;             /* of their weight that words get now */
    const struct query_node *spellings[PLAN_SPELLINGS_MAX]; /* scored last */
    size_t spelling_count;
    struct trabao_error *err;
    enum trabao_status status; /* sticky */
};

/* Zeroed memory of the plan; NULL, with the status set, when memory runs out. */
void *plan_piece(struct planner *p, size_t n, size_t size) TRABAO_MUST_USE;

/* A node without children, or one that has room for CAPACITY of them; NULL when memory runs out. */
struct plan_node *plan_new_node(struct planner *p, enum plan_kind kind) TRABAO_MUST_USE;
struct plan_node *plan_new_list(struct planner *p, enum plan_kind kind, size_t capacity) TRABAO_MUST_USE;

/* Adds CHILD (NULL: nothing) to a list that has room for it. */
void plan_add_child(struct plan_node *list, struct plan_node *child);

/* ---- plan_variants.c, plan_prefix.c ---------------------------------------------------------------------------- */

/* True for what is looked for in title or body, whose words the lexicon counts. */
bool plan_in_text(enum query_field field);

/* The variants, *COUNT of them and not yet weighed, of TOKEN of NODE, or of the prefix that NODE is. */
struct plan_variant *plan_variants(struct planner *p, const struct query_node *node, const struct query_token *token,
                                   size_t *count);

/* The commonest terms that begin like TOKEN: with its marks if it has any, else by their folded forms. */
struct plan_variant *plan_prefix_variants(struct planner *p, const struct query_token *token, size_t *count);

/* ---- plan_words.c ---------------------------------------------------------------------------------------------- */

/* What the words of a node do for the score. */
enum plan_scoring {
    PLAN_UNSCORED, /* nothing: an article has them not, or has them beside what is scored */
    PLAN_SCORED,
    PLAN_SCORED_BEHIND /* and the first one stands right behind the word that was scored before it */
};

/* Adds the word TOKEN, which VARIANTS (COUNT of them) stand for; returns its place in the groups of the plan. */
size_t plan_add_group(struct planner *p, const struct query_token *token, struct plan_variant *variants, size_t count);

/* The condition that an article has the word of NODE (TERM, PREFIX), and the word's score. */
struct plan_node *plan_word(struct planner *p, const struct query_node *node, enum plan_scoring scoring);

/* Scores the words of NODE, which stand one behind another; none of them is a condition. */
void plan_score_words(struct planner *p, const struct query_node *node, enum plan_scoring scoring);

/* ---- plan_sets.c ----------------------------------------------------------------------------------------------- */

/* The columns of the FTS5 table in which FIELD is: bit i for column i. */
uint32_t plan_columns(enum query_field field);

/*
 * True when what is stored of an article has the word TOKEN wherever it stands: a date may stand beside the words that
 * spell it, and the year of one (7/2020) beside the date.
 */
bool plan_is_stored(const struct query_token *token);

/* The articles that match NODE (TERM, PHRASE, NEAR, PREFIX) at the tiers bound now, tighter ones included. */
struct plan_node *plan_set(struct planner *p, const struct query_node *node);

/* The same, so that the tier at which an article matches can be told. */
struct plan_node *plan_set_by_tier(struct planner *p, const struct query_node *node);

/* ---- plan_limits.c --------------------------------------------------------------------------------------------- */

#define PLAN_FIELD_LIMITS 4 /* children that plan_limit_fields adds at the most */

/* Sets the range of articles of the plan, and what is excluded from it. */
void plan_limit_dates(struct planner *p);

/* Adds what author, source, section and name of the request ask for to ROOT, an AND. */
void plan_limit_fields(struct planner *p, struct plan_node *root);

#endif
