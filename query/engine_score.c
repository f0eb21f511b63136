/*
 * engine_score.c - what the matching articles of a window score, and the best so far.
 */
#include "query/engine_inside.h"

#include <math.h>

#include "query/neighbours.h"

#define WORDS PLACES_WORDS
#define SECONDS_PER_YEAR (365.25 * 86400)

uint32_t engine_recency(const struct engine *e, uint32_t article)
{
    const int64_t id = e->r->archive->ids[article];
    if (!e->options->recency || id < ARTICLE_UNDATED_END) {
        return 0;
    }
    const double years = (double)(e->newest - id / ARTICLE_SLOTS) / SECONDS_PER_YEAR;
    return (uint32_t)(ENGINE_POINT * ENGINE_RECENCY_POINTS * exp2(-years / ENGINE_RECENCY_HALF_YEARS));
}

uint32_t engine_window_recency(struct engine *e, uint32_t window)
{
    const uint32_t end = (window / IMPACT_RUN + 1) * IMPACT_RUN;
    if (e->recency_end != end) {
        e->recency_end = end;
        e->recency_most = engine_recency(e, MIN(end * WINDOW, e->r->archive->count) - 1);
    }
    return e->recency_most;
}

/* Adds weight * impact at every place of a dense term. */
static void add_all_scores(struct engine *e, const struct located *l)
{
    const uint8_t *impact = l->postings + IMPACT_BITMAP_BYTES;
    for (size_t i = 0; i < WORDS; i++) {
        for (uint64_t left = LOAD(uint64_t, l->postings + 8 * i); left; left &= left - 1) {
            e->scores[64 * i + (unsigned)__builtin_ctzll(left)] += l->weight * *impact++;
        }
    }
}

void engine_add_scores(struct engine *e, const struct located *l, const struct places *wanted, bool all)
{
    if (l->count <= IMPACT_SPARSE_MAX) {
        for (uint32_t i = 0; i < l->count; i++) {
            const uint8_t place = l->postings[i];
            if (all || places_has(wanted, place)) {
                e->scores[place] += l->weight * l->postings[l->count + i];
            }
        }
        return;
    }
    if (all && 2 * places_count(wanted) > l->count) {
        add_all_scores(e, l);
        return;
    }
    const uint8_t *impacts = l->postings + IMPACT_BITMAP_BYTES;
    for (size_t i = 0; i < WORDS; i++) {
        const uint64_t bits = LOAD(uint64_t, l->postings + 8 * i);
        for (uint64_t left = bits & wanted->bits[i]; left; left &= left - 1) {
            const unsigned place = (unsigned)__builtin_ctzll(left);
            const uint64_t below = bits & ((UINT64_C(1) << place) - 1);
            e->scores[64 * i + place] += l->weight * impacts[__builtin_popcountll(below)];
        }
        impacts += __builtin_popcountll(bits);
    }
}

struct places engine_reaching(const struct engine *e, const struct places *places, uint32_t needed)
{
    struct places out = {0};
    for (uint32_t i = 0; i < WORDS; i++) {
        for (uint64_t left = places->bits[i]; left; left &= left - 1) {
            const uint32_t place = 64 * i + (uint32_t)__builtin_ctzll(left);
            out.bits[i] |= (uint64_t)(e->scores[place] >= needed) << place % 64;
        }
    }
    return out;
}

void engine_score_window(struct engine *e, const struct places by_tier[TIERS])
{
    struct places wanted[TIERS]; /* matches of a tier and looser ones */
    for (unsigned t = e->tiers; t-- > 0;) {
        wanted[t] = by_tier[t];
        if (t + 1 < e->tiers) {
            places_join(&wanted[t], &wanted[t + 1]);
        }
    }
    memset(e->scores, 0, sizeof e->scores);
    for (size_t i = 0; i < WORDS; i++) {
        for (uint64_t left = e->complete.bits[i]; left; left &= left - 1) {
            e->scores[64 * i + (unsigned)__builtin_ctzll(left)] = ENGINE_ALL_WORDS * ENGINE_POINT;
        }
    }
    for (size_t i = 0; i < e->located_count; i++) {
        engine_add_scores(e, &e->located[i], &wanted[e->located[i].tier], e->tiers == 1);
    }
}

void engine_add_estimates(struct engine *e, uint32_t window)
{
    const struct plan *plan = e->plan;
    memset(e->estimates, 0, sizeof e->estimates);
    for (size_t s = 1; e->estimates_most && s < plan->scored_count; s++) {
        const struct neighbours *n = &plan->neighbours[s];
        const struct places *before = &e->groups[plan->scored[s - 1] * e->tiers + e->tiers - 1];
        const struct places *here = &e->groups[plan->scored[s] * e->tiers + e->tiers - 1];
        for (size_t i = 0; n->estimate && i < WORDS; i++) {
            uint64_t left = n->may[(size_t)window * WORDS + i] & before->bits[i] & here->bits[i];
            for (; left; left &= left - 1) {
                const size_t place = 64 * i + (unsigned)__builtin_ctzll(left);
                e->estimates[place] += n->estimate;
                e->scores[place] += n->estimate;
            }
        }
    }
}

static void heap_put(struct engine_hits *h, struct engine_hit hit)
{
    if (h->count < h->capacity) {
        size_t i = h->count++;
        while (i && engine_compare(&h->items[(i - 1) / 2], &hit) < 0) {
            h->items[i] = h->items[(i - 1) / 2];
            i = (i - 1) / 2;
        }
        h->items[i] = hit;
        return;
    }
    if (engine_compare(&hit, &h->items[0]) > 0) {
        return;
    }
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < h->count; i = child) {
        if (child + 1 < h->count && engine_compare(&h->items[child], &h->items[child + 1]) < 0) {
            child++;
        }
        if (engine_compare(&h->items[child], &hit) < 0) {
            break;
        }
        h->items[i] = h->items[child];
    }
    h->items[i] = hit;
}

uint32_t engine_least_score(const struct engine_hits *heap, uint8_t tier, uint32_t recency)
{
    if (heap->count < heap->capacity || heap->items[0].tier > tier) {
        return 0;
    }
    return heap->items[0].tier < tier ? UINT32_MAX : heap->items[0].score - MIN(recency, heap->items[0].score);
}

void engine_put_places(struct engine *e, uint32_t window, const struct places *places, uint8_t tier, uint32_t recency,
                       struct engine_hits *heap)
{
    uint32_t least = engine_least_score(heap, tier, recency);
    for (uint32_t i = 0; i < WORDS; i++) {
        for (uint64_t left = places->bits[i]; left; left &= left - 1) {
            const uint32_t place = 64 * i + (uint32_t)__builtin_ctzll(left);
            const uint32_t article = window * WINDOW + place;
            if (e->scores[place] < least) {
                continue;
            }
            const struct engine_hit hit = {.score = e->scores[place] + (recency ? engine_recency(e, article) : 0),
                                           .tier = tier,
                                           .article = article,
                                           .estimate = e->estimates[place]};
            if (!e->after || engine_compare(e->after, &hit) < 0) {
                heap_put(heap, hit);
                least = engine_least_score(heap, tier, recency);
            }
        }
    }
}

static void put_window(struct engine *e, uint32_t window, const struct places by_tier[TIERS], struct engine_hits *heap)
{
    const uint32_t recency = engine_window_recency(e, window);
    for (unsigned t = 0; t < e->tiers; t++) {
        engine_put_places(e, window, &by_tier[t], (uint8_t)((unsigned)e->plan->tightest + t), recency, heap);
    }
}

enum trabao_status engine_take_window(struct engine *e, uint32_t window, struct engine_hits *heap)
{
    struct places by_tier[TIERS];
    bool any;
    if (e->lean) {
        return engine_lean_window(e, window, heap);
    }
    enum trabao_status status = engine_match_window(e, window, by_tier, &any);
    if (status == TRABAO_OK && any) {
        engine_score_window(e, by_tier);
        engine_add_estimates(e, window);
        put_window(e, window, by_tier, heap);
    }
    return status;
}
