/*
 * engine_bounds.c - the largest impacts that every term has in a window are added up to a bound of what is in it. Where
 * phrases leave few windows open, all of these are looked at.
 */
#include "query/engine_inside.h"

#include "base/mem.h"

#define TIER_STEP (UINT64_C(1) << 32)
#define MINOR_SHARE 16 /* the windows of minor variants are not looked through: each is taken to be everywhere */
#define STEPS 512
#define FEW_SHARE 8 /* one window in so many is sooner looked at than bounds are made for all */

/*
 * False when no article of a window can match. PRESENT: bit i says that one of the groups i, i + 64, ... occurs in it;
 * groups that share a bit only let more windows through.
 */
static bool may_match(const struct plan *plan, const struct plan_node *node, const uint64_t *present)
{
    switch (node->kind) {
    case PLAN_GROUP:
        return *present >> (node->group % 64) & 1;
    case PLAN_NOT:
    case PLAN_SET:
        return true;
    case PLAN_PHRASE:
        for (size_t w = 0; w < node->words; w++) {
            if (!(*present >> (plan->scored[node->first_word + w] % 64) & 1)) {
                return false;
            }
        }
        return true;
    case PLAN_AND:
        for (size_t c = 0; c < node->child_count; c++) {
            if (!may_match(plan, node->children[c], present)) {
                return false;
            }
        }
        return true;
    case PLAN_OR:
    case PLAN_AT_LEAST:
        break;
    }
    const size_t least = node->kind == PLAN_OR ? 1 : node->least;
    size_t matching = 0;
    for (size_t c = 0; c < node->child_count && matching < least; c++) {
        matching += may_match(plan, node->children[c], present);
    }
    return matching >= least;
}

size_t engine_majors(const struct plan_group *group, uint32_t share, uint32_t *bound)
{
    size_t first = group->count;
    *bound = 0;
    while (first > 1 && *bound + group->variants[first - 1].weight * IMPACT_MAX <= group->weight * IMPACT_MAX / share) {
        *bound += group->variants[--first].weight * IMPACT_MAX;
    }
    return first;
}

/* Adds one group's part: presence at its tier, and if it is scored, its largest scores. */
static void bound_group(const struct engine *e, size_t g, bool scored, uint32_t *sums, uint64_t *present)
{
    const struct plan_group *group = &e->plan->groups[g];
    uint32_t minor_bound;
    const size_t major = e->tiers == 1 ? engine_majors(group, MINOR_SHARE, &minor_bound) : group->count;
    for (uint32_t w = 0; major < group->count && w < e->windows; w++) {
        sums[w] += scored ? minor_bound : 0;
        present[w] |= UINT64_C(1) << (g % 64);
    }
    for (size_t v = 0; v < major; v++) {
        const struct plan_variant *variant = &group->variants[v];
        const struct impact_term *t = variant->postings;
        const unsigned tier = engine_tier_place(e, variant);
        for (uint32_t i = 0; t && i < t->windows; i++) {
            const uint32_t window = t->entries[i].window;
            sums[window] += scored ? variant->weight * t->entries[i].largest : 0;
            present[(size_t)tier * e->windows + window] |= UINT64_C(1) << (g % 64);
        }
    }
}

/* What an article of a window may get for having all words. */
static uint32_t complete_bound(const struct plan *plan, const uint64_t *present)
{
    for (size_t c = 0; plan->relaxed && c < plan->relaxed->child_count; c++) {
        if (!may_match(plan, plan->relaxed->children[c], present)) {
            return 0;
        }
    }
    return plan->relaxed ? ENGINE_ALL_WORDS * ENGINE_POINT : 0;
}

/*
 * Orders the windows by their bounds as exactly as STEPS steps between the least and the largest allow, which is all
 * that their order is good for.
 */
static void order_windows(struct bounds *b)
{
    uint32_t starts[STEPS + 1] = {0};
    uint64_t least = UINT64_MAX, most = 0;
    for (size_t i = 0; i < b->count; i++) {
        least = MIN(least, b->bound[b->found[i]]);
        most = MAX(most, b->bound[b->found[i]]);
    }
    const uint64_t step = b->count ? (most - least) / STEPS + 1 : 1;
    for (size_t i = 0; i < b->count; i++) {
        starts[(most - b->bound[b->found[i]]) / step + 1]++;
    }
    for (size_t i = 1; i <= STEPS; i++) {
        starts[i] += starts[i - 1];
    }
    for (size_t i = 0; i < b->count; i++) {
        b->order[starts[(most - b->bound[b->found[i]]) / step]++] = b->found[i];
    }
}

/* Finds the windows with open places. */
static void find_open_windows(const struct engine *e, struct bounds *b)
{
    for (uint32_t w = e->first_window; w < e->end_window; w++) {
        const struct places open = engine_allowed(e, w);
        b->found[b->count] = w;
        b->count += !places_empty(&open);
    }
}

/* Finds what the windows in b->found give at most, and leaves out those that have no match. */
static enum trabao_status bound_windows(struct engine *e, struct bounds *b)
{
    const size_t n = MAX(1U, e->windows), open = b->count;
    uint32_t *sums = mem_zalloc(n, sizeof *sums);
    uint64_t *present = mem_zalloc(n * e->tiers, sizeof *present);
    const enum trabao_status status = sums && present ? TRABAO_OK : error_no_memory(e->err);
    for (size_t g = 0; status == TRABAO_OK && g < e->plan->group_count; g++) {
        bound_group(e, g, e->scored[g], sums, present);
    }
    b->count = 0;
    for (size_t i = 0; status == TRABAO_OK && i < open; i++) {
        const uint32_t w = b->found[i];
        uint64_t here = 0;
        for (unsigned t = 0; t < e->tiers && !b->bound[w]; t++) {
            here |= present[(size_t)t * e->windows + w];
            if (!e->plan->root || may_match(e->plan, e->plan->root, &here)) {
                b->bound[w] = (TIERS - (unsigned)e->plan->tightest - t) * TIER_STEP + sums[w] +
                              engine_window_recency(e, w) + complete_bound(e->plan, &here) + e->estimates_most;
                b->found[b->count++] = w;
            }
        }
    }
    mem_free(sums);
    mem_free(present);
    return status;
}

enum trabao_status engine_make_bounds(struct engine *e, struct bounds *b)
{
    const size_t n = MAX(1U, e->windows);
    enum trabao_status status = TRABAO_OK;
    b->bound = mem_zalloc(n, sizeof *b->bound);
    b->found = mem_alloc(n, sizeof *b->found);
    b->order = mem_alloc(n, sizeof *b->order);
    if (!b->bound || !b->found || !b->order) {
        return error_no_memory(e->err);
    }
    find_open_windows(e, b);
    if (b->count > e->windows / FEW_SHARE) {
        status = bound_windows(e, b);
    } else {
        for (size_t i = 0; i < b->count; i++) {
            b->bound[b->found[i]] = UINT64_MAX;
        }
    }
    order_windows(b);
    return status;
}

void engine_free_bounds(struct bounds *b)
{
    mem_free(b->bound);
    mem_free(b->found);
    mem_free(b->order);
}

uint64_t engine_bound_of_hit(const struct engine_hit *hit)
{
    return (uint64_t)(TIERS - hit->tier) * TIER_STEP + hit->score;
}
