/*
 * engine_inside.h - what the pieces of the engine share (engine.h says what it does).
 *
 *   engine_match.c   which articles of a window match
 *   engine_all.c     which articles match, in all windows at once
 *   engine_score.c   what they score, and the best so far
 *   engine_bounds.c  the windows that are worth looking at, the best bound first
 *   engine_gather.c  all candidates for phrases, where they are few
 *   engine_sift.c    which of the candidates have the phrases
 *   engine_lean.c    one window, without the terms that cannot matter in it
 *   engine_runs.c    a run of windows, where many articles match
 *   engine_split.c   the windows of a heavy query, looked at by two threads
 *   engine.c         the public functions
 */
#ifndef TRABAO_ENGINE_INSIDE_H
#define TRABAO_ENGINE_INSIDE_H

#include "archive/places.h"
#include "query/engine.h"

#define WINDOW IMPACT_WINDOW
#define TIERS TRABAO_TIERS

/* The postings that one variant has in the window being looked at. */
struct located {
    const uint8_t *postings;
    uint32_t count;
    uint32_t weight;
    unsigned tier; /* less the tightest one */
};

struct lean;
struct runs;

struct engine {
    struct archive_reader *r;
    struct plan *plan;
    const struct engine_options *options;
    const struct engine_hit *after; /* only what comes after it; NULL: from the best */
    struct trabao_error *err;
    uint32_t windows, first_window, end_window;
    int64_t newest; /* civil second of the last dated article */
    unsigned tiers; /* different tiers that a match may have */
    bool pruned;    /* only the best are asked for */
    uint64_t *open; /* bit by article: others do not match (engine_find_open); NULL: any may */
    struct places *groups; /* [group_count * tiers], cumulative: looser ones include tighter ones */
    bool *scored;          /* [group_count] the group adds to the score */
    struct located *located; /* [variants of all groups] postings of the window that add to the score */
    size_t located_count;
    uint32_t scores[WINDOW];
    uint32_t estimates[WINDOW]; /* part of the scores */
    uint32_t estimates_most;    /* of all pairs of neighbours together */
    struct places complete; /* of a relaxed query: places that have all of its words */
    struct lean *lean;      /* NULL: windows are looked at with all terms */
    struct runs *runs;      /* NULL: nor a run of windows at a time */
    uint32_t checks;
    uint32_t recency_end, recency_most; /* of the windows asked for last, those before this one: the most in them */
};

/* ---- matching (engine_match.c) -------------------------------------------------------------------------------- */

/* TRABAO_TIMEOUT when the deadline has passed. */
enum trabao_status engine_look_at_clock(const struct engine *e);

/* The same; looks at the clock now and then. */
enum trabao_status engine_check_clock(struct engine *e);

/* The place of a variant's tier among those of the plan. */
static inline unsigned engine_tier_place(const struct engine *e, const struct plan_variant *variant)
{
    const unsigned tightest = e->plan->tightest;
    return MIN(MAX(variant->tier, tightest) - tightest, e->tiers - 1);
}

/* The places of WINDOW at which NODE matches at a tier, by e->groups. */
struct places engine_match_node(const struct engine *e, const struct plan_node *node, uint32_t window, unsigned tier);

/*
 * Finds e->open: if e->pruned, the articles that match but for the phrases that wait, unless any word is enough; else
 * those of the sets that every match is of. To be called again when phrases have been settled.
 */
enum trabao_status engine_find_open(struct engine *e);

/*
 * By tier and window, the articles that match at a tier and at no tighter one, but for the phrases that wait. The plan
 * keeps how many there are if none waits.
 */
enum trabao_status engine_match_all(struct engine *e, struct places *by_tier[TIERS]);

#define ENGINE_TALLY_PLANES 12 /* counts up to 4095: no query has so many words in its TRABAO_QUERY_MAX bytes */
_Static_assert(TRABAO_QUERY_MAX < 1 << (ENGINE_TALLY_PLANES + 1), "a word takes two bytes");

/* How often each place was added: bit p of its count is in plane p. */
struct engine_tally {
    struct places planes[ENGINE_TALLY_PLANES];
};

void engine_tally_add(struct engine_tally *tally, struct places places);

/* The places that were added at LEAST so often. */
struct places engine_tally_reaches(const struct engine_tally *tally, size_t least);

/* Places inside the limits of the plan, and open. */
struct places engine_allowed(const struct engine *e, uint32_t window);

/* The matching places of a window, split by tier: each in the tightest one it matches. *ANY: some. */
enum trabao_status engine_match_window(struct engine *e, uint32_t window, struct places by_tier[TIERS], bool *any);

/* ---- scoring (engine_score.c) ---------------------------------------------------------------------------------- */

uint32_t engine_recency(const struct engine *e, uint32_t article);

/* What no article of WINDOW has more than, nor any other in its run: it falls slowly. */
uint32_t engine_window_recency(struct engine *e, uint32_t window);

/* Adds to e->scores, at places that are WANTED, what L gives there; if ALL, at others too where that is quicker. */
void engine_add_scores(struct engine *e, const struct located *l, const struct places *wanted, bool all);

/* Those of PLACES that have NEEDED points in e->scores. */
struct places engine_reaching(const struct engine *e, const struct places *places, uint32_t needed);

/* Scores the matches of the window that was matched last, each by the words of its own tier alone. */
void engine_score_window(struct engine *e, const struct places by_tier[TIERS]);

/* Adds what pairs of neighbours are worth where they may be, by e->groups and at their loosest tier. */
void engine_add_estimates(struct engine *e, uint32_t window);

/* The score of the words alone below which a hit of TIER is none of the best, whatever its date. */
uint32_t engine_least_score(const struct engine_hits *heap, uint8_t tier, uint32_t recency);

/* Puts the scored PLACES of a window, of one tier, among the best. RECENCY: at least that of each. */
void engine_put_places(struct engine *e, uint32_t window, const struct places *places, uint8_t tier, uint32_t recency,
                       struct engine_hits *heap);

/* Looks at a window and puts its hits among the best. */
enum trabao_status engine_take_window(struct engine *e, uint32_t window, struct engine_hits *heap);

/* ---- bounds (engine_bounds.c) ---------------------------------------------------------------------------------- */

#define ENGINE_NO_BOUND 0 /* nothing to find, or found already */

/* What the windows can give at most. */
struct bounds {
    uint64_t *bound;  /* by window: the tier step and the largest possible score, or ENGINE_NO_BOUND */
    uint32_t *found;  /* windows worth looking at, ascending */
    uint32_t *order;  /* the same from the best bound on, roughly */
    size_t count;
};

enum trabao_status engine_make_bounds(struct engine *e, struct bounds *b);
void engine_free_bounds(struct bounds *b);

/* The bound that a window must reach to hold a hit that comes before HIT. */
uint64_t engine_bound_of_hit(const struct engine_hit *hit);

/*
 * How many variants of a group are not minor: the others, from there on, weigh together no more than one in SHARE of
 * their word. *BOUND: what they give together at most.
 */
size_t engine_majors(const struct plan_group *group, uint32_t share, uint32_t *bound);

/* ---- lean windows (engine_lean.c) ------------------------------------------------------------------------------ */

/* Sets e->lean. For plans with one tier, where not any word is enough. */
enum trabao_status engine_lean_open(struct engine *e);
void engine_lean_close(struct engine *e);

/* As engine_take_window. */
enum trabao_status engine_lean_window(struct engine *e, uint32_t window, struct engine_hits *heap);

/* ---- runs of windows (engine_runs.c) --------------------------------------------------------------------------- */

/* True when every match is an article that has one of the scored words, and any will do. */
bool engine_any_word_matches(const struct engine *e);

/* Sets e->runs, unless there are too many terms. For plans with one tier. */
enum trabao_status engine_runs_open(struct engine *e);
void engine_runs_close(struct engine *e);

/* True when windows are sooner looked at in runs than one by one. */
bool engine_runs_pay(const struct engine *e, const struct engine_hits *heap);

/* Looks at some of IMPACT_RUN windows, from FIRST on: bit i of WINDOWS, the i-th. HEAP is full. */
enum trabao_status engine_take_run(struct engine *e, uint32_t first, uint32_t windows, struct engine_hits *heap);

/* ---- many windows (engine.c, engine_split.c) ------------------------------------------------------------------- */

/* What an engine needs to look at windows; its plan and options are set. To be freed even after a failure. */
enum trabao_status engine_make_room(struct engine *e);
void engine_free_room(struct engine *e);

/* Takes COUNT WINDOWS but those whose bound says that nothing in them comes before the worst of a full HEAP. */
enum trabao_status engine_take_bounded(struct engine *e, const struct bounds *b, const uint32_t *windows, size_t count,
                                       struct engine_hits *heap);

/* True when two threads are sooner through with the windows than one, and there may be two. */
bool engine_is_heavy(const struct engine *e);

/* Takes all windows of BOUNDS, some in another thread, which has an engine like E and puts what it finds into OTHER. */
enum trabao_status engine_take_split(struct engine *e, const struct bounds *bounds, struct engine_hits *own,
                                     struct engine_hits *other);

/* ---- finding (engine.c, engine_sift.c) --------------------------------------------------------------------------- */

/* The best by the plan, in order, but for phrases that it leaves open. */
enum trabao_status engine_find_best(struct engine *e, struct engine_hits *heap);

/* The best by a plan with phrases, which it may settle. */
enum trabao_status engine_sift(struct engine *e, struct engine_hits *out);

/* ---- all candidates (engine_gather.c) --------------------------------------------------------------------------- */

/* True when each article that matches, but for the phrases that wait, has all words of the plan. */
bool engine_all_have_words(const struct engine *e);

/* Then: scores the COUNT articles that are open into OUT, for engine_take_best. Its items are the caller's. */
enum trabao_status engine_gather(struct engine *e, uint64_t count, struct engine_hits *out);

/* Takes the best HIT. False: there is none left. */
bool engine_take_best(struct engine_hits *gathered, struct engine_hit *hit);

#endif
