/*
 * engine_gather.c - all candidates of a plan with phrases at once, term by term.
 *
 * Where signatures leave few articles that may have the phrases, one or two are in each of many windows, and nothing is
 * pruned as most of them turn out to have none. To look up every term in each of these windows takes longer than to go
 * through the postings of each term in their order.
 */
#include "query/engine_inside.h"

#include "base/mem.h"
#include "query/neighbours.h"

#define WORDS PLACES_WORDS

/* Counts the groups in conditions that every match meets; false when there are other conditions. */
static bool count_required(const struct plan_node *node, size_t *groups)
{
    bool fine = node->kind == PLAN_AND || node->kind == PLAN_GROUP || node->kind == PLAN_PHRASE ||
                node->kind == PLAN_SET;
    *groups += node->kind == PLAN_GROUP ? 1 : node->kind == PLAN_PHRASE ? node->words : 0;
    for (size_t c = 0; fine && node->kind == PLAN_AND && c < node->child_count; c++) {
        fine = count_required(node->children[c], groups);
    }
    return fine;
}

bool engine_all_have_words(const struct engine *e)
{
    size_t groups = 0;
    return e->tiers == 1 && !e->plan->relaxed && e->plan->root && count_required(e->plan->root, &groups) &&
           groups == e->plan->group_count && groups == e->plan->scored_count;
}

/* ---- their scores ------------------------------------------------------------------------------------------------ */

struct gather {
    struct engine *e;
    const struct places *among;
    uint32_t *before; /* by window: candidates in those before it */
    uint32_t *scores; /* by candidate */
};

/* Adds what the postings of a term in WINDOW give to the candidates there. */
static void add_scores(const struct gather *g, uint32_t window, const uint8_t *postings, uint32_t count,
                       uint32_t weight)
{
    const struct places *among = &g->among[window];
    const uint8_t *impacts = postings + (count > IMPACT_SPARSE_MAX ? IMPACT_BITMAP_BYTES : count);
    uint32_t *scores = g->scores + g->before[window];
    if (count > IMPACT_SPARSE_MAX) {
        for (uint32_t i = 0; i < WORDS; i++) {
            const uint64_t bits = LOAD(uint64_t, postings + 8 * (size_t)i), here = among->bits[i];
            for (uint64_t left = bits & here; left; left &= left - 1) {
                const uint64_t below = (left & -left) - 1;
                scores[__builtin_popcountll(here & below)] += weight * impacts[__builtin_popcountll(bits & below)];
            }
            impacts += __builtin_popcountll(bits);
            scores += __builtin_popcountll(here);
        }
        return;
    }
    for (uint32_t p = 0; p < count; p++) {
        if (places_has(among, postings[p])) {
            scores[places_below(among, postings[p])] += weight * impacts[p];
        }
    }
}

static enum trabao_status add_term(const struct gather *g, const struct impact_term *t, uint32_t weight)
{
    struct engine *e = g->e;
    for (uint32_t i = 0; t && i < t->windows; i++) {
        const uint8_t *postings;
        if (places_empty(&g->among[t->entries[i].window])) {
            continue;
        }
        const enum trabao_status status = impact_postings(e->r->impacts, t, i, &postings, e->err);
        if (status != TRABAO_OK) {
            return status;
        }
        add_scores(g, t->entries[i].window, postings, t->entries[i].count_less + 1U, weight);
    }
    return TRABAO_OK;
}

static enum trabao_status score(const struct gather *g)
{
    enum trabao_status status = TRABAO_OK;
    for (size_t n = 0; status == TRABAO_OK && n < g->e->plan->group_count; n++) {
        const struct plan_group *group = &g->e->plan->groups[n];
        for (size_t v = 0; status == TRABAO_OK && v < group->count; v++) {
            status = add_term(g, group->variants[v].postings, group->variants[v].weight);
        }
    }
    return status;
}

static struct engine_hit hit_of(const struct engine *e, uint32_t article, uint32_t score)
{
    struct engine_hit hit = {.tier = (uint8_t)e->plan->tightest, .article = article};
    for (size_t s = 1; s < e->plan->scored_count; s++) {
        const struct neighbours *n = &e->plan->neighbours[s];
        hit.estimate += n->estimate && neighbours_may(n, article) ? n->estimate : 0;
    }
    hit.score = score + engine_recency(e, article) + hit.estimate;
    return hit;
}

/* ---- the best first ---------------------------------------------------------------------------------------------- */

/* Moves HIT down from place I, which is free, to where none below comes before it. */
static void sink(struct engine_hits *h, size_t i, struct engine_hit hit)
{
    for (size_t child; (child = 2 * i + 1) < h->count; i = child) {
        if (child + 1 < h->count && engine_compare(&h->items[child + 1], &h->items[child]) < 0) {
            child++;
        }
        if (engine_compare(&hit, &h->items[child]) < 0) {
            break;
        }
        h->items[i] = h->items[child];
    }
    h->items[i] = hit;
}

bool engine_take_best(struct engine_hits *gathered, struct engine_hit *hit)
{
    if (gathered->count == 0) {
        return false;
    }
    *hit = gathered->items[0];
    const struct engine_hit last = gathered->items[--gathered->count];
    sink(gathered, 0, last);
    return true;
}

static void list_hits(const struct gather *g, struct engine_hits *out)
{
    const struct engine *e = g->e;
    uint32_t i = 0;
    for (uint32_t w = 0; w < e->windows * WORDS; w++) {
        for (uint64_t left = e->open[w]; left; left &= left - 1) {
            const struct engine_hit hit = hit_of(e, 64 * w + (uint32_t)__builtin_ctzll(left), g->scores[i++]);
            if (!e->after || engine_compare(e->after, &hit) < 0) {
                out->items[out->count++] = hit;
            }
        }
    }
    for (size_t n = out->count / 2; n-- > 0;) {
        sink(out, n, out->items[n]);
    }
}

enum trabao_status engine_gather(struct engine *e, uint64_t count, struct engine_hits *out)
{
    struct query_arena *arena = e->plan->arena;
    struct gather g = {.e = e,
                       .among = (const struct places *)(const void *)e->open,
                       .before = query_arena_alloc(arena, e->windows + 1U, sizeof *g.before),
                       .scores = query_arena_alloc(arena, count + 1, sizeof *g.scores)};
    *out = (struct engine_hits){mem_alloc(count + 1, sizeof *out->items), 0, count};
    if (!g.before || !g.scores || !out->items) {
        return error_no_memory(e->err);
    }
    for (uint32_t w = 0; w < e->windows; w++) {
        g.before[w + 1] = g.before[w] + places_count(&g.among[w]);
    }
    const enum trabao_status status = score(&g);
    if (status == TRABAO_OK) {
        list_hits(&g, out);
    }
    return status;
}
