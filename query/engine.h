/*
 * engine.h - the best articles of a plan, by pruning over windows of the impact index.
 *
 * The score of an article is the sum, over the words of the query and the terms that stand for them, of weight times
 * impact (archive/impact.h), plus a mild bonus for recent articles, and one for those that have all words of a relaxed
 * query. Tighter tiers come before looser ones whatever the score. Articles of equal standing: the later one first.
 *
 * A phrase that every article must have may be left open by the plan: then the best by its words are found, and looked
 * into for the phrase, until there are enough of them.
 */
#ifndef TRABAO_ENGINE_H
#define TRABAO_ENGINE_H

#include "query/plan.h"

#define ENGINE_POINT (PLAN_WEIGHT_SCALE * 255) /* integer score of one point */
#define ENGINE_ALL_WORDS 1U /* points for having all words of a relaxed query; adjacency.h has more for a passage */
#define ENGINE_RECENCY_POINTS 0.25             /* bonus of an article of the archive's last day */
#define ENGINE_RECENCY_HALF_YEARS 2.0          /* after so many years half of it is left */

#define ENGINE_HEAVY 100000 /* windows of terms: fewer are sooner looked at than shared */

/* An article's place in the order of relevance: larger comes first. */
struct engine_hit {
    uint32_t score; /* in 1 / ENGINE_POINT points */
    uint8_t tier;   /* enum trabao_tier */
    uint32_t article; /* number */
    /* Part of the score: what pairs of neighbours are worth that it may have (neighbours.h), or what adjacency gave. */
    uint32_t estimate;
    uint32_t pairs; /* points of the second stage (adjacency.h), plus one; 0: not known yet */
};

/* Negative when A comes before B. */
int engine_compare(const struct engine_hit *a, const struct engine_hit *b);

/* Sorts HITS, the first by relevance first. */
void engine_sort(struct engine_hit *hits, size_t count);

/* Room for hits. While they are looked for it is a heap whose root is the worst of the best. */
struct engine_hits {
    struct engine_hit *items;
    size_t count, capacity;
};

struct engine_options {
    bool recency; /* prefer recent articles a little */
    uint32_t heavy; /* another thread helps where terms have so many windows together; 0: none ever does */
    const struct engine_hit *after; /* only what comes after this one; NULL: from the best */
    /*
     * Says whether the article of HIT has all phrases of the plan, TRABAO_NONE if not; may set HIT->pairs. NULL: the
     * phrases are settled first (plan.h).
     */
    enum trabao_status (*has_phrases)(void *context, struct engine_hit *hit, struct trabao_error *err);
    void *phrases; /* its context */
};

/* The first hits by relevance, in order: as many as there are and as HITS, which is empty, has room for. */
enum trabao_status engine_best(struct archive_reader *r, struct plan *plan, const struct engine_options *options,
                               struct engine_hits *hits, struct trabao_error *err);

/* The same by scoring everything: the reference that engine_best is tested against. */
enum trabao_status engine_best_exhaustive(struct archive_reader *r, struct plan *plan,
                                          const struct engine_options *options, struct engine_hits *hits,
                                          struct trabao_error *err);

/* The order of dates. */
struct engine_dates {
    bool newest;    /* first; else the oldest */
    uint32_t start; /* number of an article: only what comes behind it; UINT32_MAX: from the first on */
};

/* The first matching articles by date. Scores are not computed. As engine_best otherwise. */
enum trabao_status engine_by_date(struct archive_reader *r, struct plan *plan, const struct engine_options *options,
                                  const struct engine_dates *dates, struct engine_hits *hits,
                                  struct trabao_error *err);

/* Articles that match, by tier. */
enum trabao_status engine_count(struct archive_reader *r, struct plan *plan,
                                const struct engine_options *options, uint64_t by_tier[TRABAO_TIERS],
                                struct trabao_error *err);

/* The parts of one article's first-stage score. */
struct engine_parts {
    uint32_t words, recency, all_words, estimate;
};
enum trabao_status engine_explain(struct archive_reader *r, struct plan *plan,
                                  const struct engine_options *options, uint32_t article, struct engine_parts *out,
                                  struct trabao_error *err);

#endif
