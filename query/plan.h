/*
 * plan.h - a syntax tree bound to an archive: which terms stand for each word at which tier, with what weight, and
 * which articles have what words alone do not decide: phrases (archive/positions.h), NEAR and other fields (FTS5).
 */
#ifndef TRABAO_PLAN_H
#define TRABAO_PLAN_H

#include "archive/archive.h"
#include "query/arena.h"
#include "query/parse.h"
#include "query/readings.h"
#include "query/trabao.h"

#define PLAN_VARIANTS_MAX 256  /* terms that stand for one word */
#define PLAN_WEIGHT_SCALE 256  /* weights are inverse document frequencies in this fixed point */
#define PLAN_WAITING_WORDS 64  /* scored words among which PHRASE nodes are: bits of a word of the machine */

/* One term that stands for a word of the query. */
struct plan_variant {
    uint32_t term;
    uint32_t weight;  /* > 0 */
    uint8_t tier;     /* tightest enum trabao_tier at which it stands for the word */
    const struct impact_term *postings; /* NULL: in no article */
};

/* A word of the query with its variants: tighter tiers first, then heavier ones. */
struct plan_group {
    struct plan_variant *variants;
    size_t count;
    const struct query_token *token;
    uint32_t weight;  /* of the word as a whole: the largest of its variants */
    uint32_t meant;   /* the term of that one */
    uint64_t articles; /* at most so many articles have it */
};

enum plan_kind { PLAN_AND, PLAN_OR, PLAN_NOT, PLAN_GROUP, PLAN_SET, PLAN_AT_LEAST, PLAN_PHRASE };

/* The condition that an article has to meet. */
struct plan_node {
    enum plan_kind kind;
    struct plan_node **children; /* of AND, OR, NOT (one), AT_LEAST */
    size_t child_count;
    size_t least;     /* AT_LEAST: children that must match */
    size_t group;     /* GROUP: place in plan.groups */
    uint32_t *set;    /* SET: ascending article numbers; in the arena */
    size_t set_count;
    size_t first_word, words; /* PHRASE: places in plan.scored */
    uint32_t columns;         /* PHRASE: bit i: it may be in column i of the FTS5 table */
    const uint64_t *may;      /* PHRASE, by neighbours_find: bit by article: others do not have it; NULL: any may */
};

struct neighbours;

struct plan {
    struct plan_node *root; /* NULL: every article */
    struct plan_group *groups;  /* all that add to the score or to the condition */
    size_t group_count;
    size_t *scored;   /* groups that add to the score, in the order of the query */
    size_t scored_count;
    size_t typed_count; /* the first of them; behind them are those of spellings that were not typed */
    bool *follows;    /* [scored_count] the word stands right behind the one before it in the query */
    struct neighbours *neighbours; /* [scored_count] of the word and the one before it; NULL: neighbours_find */
    uint8_t *run;     /* [scored_count] words of the phrase that begins here; 1: a word by itself; 0: inside a phrase */
    const struct plan_node *relaxed; /* AT_LEAST: articles that match all of its children come first; or NULL */
    struct plan_node **phrases; /* the PHRASE nodes, each of which an article must match */
    size_t phrase_count;
    enum trabao_tier tightest, loosest; /* tiers that variants may have */
    bool widens; /* at a looser tier more terms would stand for the words */
    uint64_t matching[TRABAO_TIERS]; /* by tier: articles that match but for phrases that wait, by engine_match_all */
    bool is_counted;                 /* it has found those, and no phrase waited */
    uint32_t first, end; /* article numbers inside the date limits */
    uint32_t *excluded;  /* ascending: articles in there, but in a gap of the dates, or dated too vaguely */
    size_t excluded_count;
    struct query_arena *arena; /* owns all of the above */
};

struct plan_limits {
    struct query_dates dates;
    const char *author, *source, *section, *name; /* NULL: any */
    enum trabao_tier tightest; /* with marks: tiers up to this one are not told apart, but count as this one */
    enum trabao_tier loosest;
    bool relax; /* not all words have to match */
    const struct readings *readings; /* what the words mean; NULL: each is itself */
};

/* Binds TREE. *OUT is freed with plan_free; it holds postings of R until archive_reader_release. */
enum trabao_status plan_make(struct archive_reader *r, struct text_analyzer *analyzer, const struct query_tree *tree,
                             const struct plan_limits *limits, struct plan **out, struct trabao_error *err);

/*
 * Finds the articles of all phrases: PHRASE nodes become SET nodes, of articles that are OPEN (bit by article), which
 * have all of their words; NULL: of all. A plan may have PHRASE nodes because the best few articles are found sooner by
 * looking at what else they need first, and then for the phrase in the few themselves. Needs its neighbours
 * (neighbours.h).
 */
enum trabao_status plan_settle(struct archive_reader *r, struct plan *plan, const uint64_t *open,
                               struct trabao_error *err);

void plan_free(struct plan *plan);

#endif
