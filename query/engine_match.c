/*
 * engine_match.c - which articles of a window match: bit maps of its 256 places, one per word and tier, combined along
 * the tree of the plan.
 */
#include "query/engine_inside.h"

#include "query/neighbours.h"

#define WORDS PLACES_WORDS
#define CHECK_EVERY 64 /* windows, or articles looked into, between two looks at the clock */

enum trabao_status engine_look_at_clock(const struct engine *e)
{
    return archive_reader_late(e->r) ? error_set(e->err, TRABAO_TIMEOUT, "the query took longer than its deadline")
                                     : TRABAO_OK;
}

enum trabao_status engine_check_clock(struct engine *e)
{
    return ++e->checks % CHECK_EVERY == 0 ? engine_look_at_clock(e) : TRABAO_OK;
}

/* The places of every group in WINDOW, by tier. */
static enum trabao_status load_groups(struct engine *e, uint32_t window)
{
    memset(e->groups, 0, e->plan->group_count * e->tiers * sizeof *e->groups);
    e->located_count = 0;
    for (size_t g = 0; g < e->plan->group_count; g++) {
        const struct plan_group *group = &e->plan->groups[g];
        struct places *of_group = e->groups + g * e->tiers;
        for (size_t v = 0; v < group->count; v++) {
            const struct plan_variant *variant = &group->variants[v];
            struct located l = {.weight = variant->weight, .tier = engine_tier_place(e, variant)};
            const enum trabao_status status =
                impact_look(e->r->impacts, variant->postings, window, &l.postings, &l.count, e->err);
            if (status != TRABAO_OK) {
                return status;
            }
            places_add_postings(&of_group[l.tier], l.postings, l.count);
            if (e->scored[g] && l.count) {
                e->located[e->located_count++] = l;
            }
        }
        for (unsigned t = 1; t < e->tiers; t++) {
            places_join(&of_group[t], &of_group[t - 1]);
        }
    }
    return TRABAO_OK;
}

/* The part of an ascending set of article numbers that lies in WINDOW. */
static struct places places_of_set(const uint32_t *set, size_t count, uint32_t window)
{
    struct places out = {0};
    size_t low = 0, high = count;
    const uint32_t first = window * WINDOW;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (set[middle] < first) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < count && set[low] < first + WINDOW; low++) {
        places_add(&out, set[low] - first);
    }
    return out;
}

void engine_tally_add(struct engine_tally *tally, struct places carry)
{
    for (size_t p = 0; p < ENGINE_TALLY_PLANES && !places_empty(&carry); p++) {
        for (size_t i = 0; i < WORDS; i++) {
            const uint64_t both = tally->planes[p].bits[i] & carry.bits[i];
            tally->planes[p].bits[i] ^= carry.bits[i];
            carry.bits[i] = both;
        }
    }
}

struct places engine_tally_reaches(const struct engine_tally *tally, size_t least)
{
    struct places out;
    for (size_t i = 0; i < WORDS; i++) {
        uint64_t greater = 0, equal = ~UINT64_C(0);
        for (size_t p = ENGINE_TALLY_PLANES; p-- > 0;) {
            const uint64_t wanted = least >> p & 1 ? ~UINT64_C(0) : 0;
            greater |= equal & tally->planes[p].bits[i] & ~wanted;
            equal &= ~(tally->planes[p].bits[i] ^ wanted);
        }
        out.bits[i] = greater | equal;
    }
    return out;
}

/* Places at which at least node->least children match. */
static struct places match_at_least(const struct engine *e, const struct plan_node *node, uint32_t window,
                                    unsigned tier)
{
    struct engine_tally tally = {0};
    for (size_t c = 0; c < node->child_count; c++) {
        engine_tally_add(&tally, engine_match_node(e, node->children[c], window, tier));
    }
    return engine_tally_reaches(&tally, node->least);
}

struct places engine_match_node(const struct engine *e, const struct plan_node *node, uint32_t window, unsigned tier)
{
    struct places out = {0};
    switch (node->kind) {
    case PLAN_PHRASE: /* settled before windows are matched one by one */
        return out;
    case PLAN_GROUP:
        return e->groups[node->group * e->tiers + tier];
    case PLAN_SET:
        return places_of_set(node->set, node->set_count, window);
    case PLAN_AT_LEAST:
        return match_at_least(e, node, window, tier);
    case PLAN_NOT:
        out = engine_match_node(e, node->children[0], window, tier);
        for (size_t i = 0; i < WORDS; i++) {
            out.bits[i] = ~out.bits[i];
        }
        return out;
    case PLAN_AND:
    case PLAN_OR:
        break;
    }
    const bool both = node->kind == PLAN_AND;
    memset(&out, both ? 0xff : 0, sizeof out);
    for (size_t c = 0; c < node->child_count; c++) {
        const struct places child = engine_match_node(e, node->children[c], window, tier);
        (both ? places_keep : places_join)(&out, &child);
    }
    return out;
}

struct places engine_allowed(const struct engine *e, uint32_t window)
{
    if (e->pruned && e->open) {
        return ((const struct places *)(const void *)e->open)[window];
    }
    struct places out;
    memset(&out, 0xff, sizeof out);
    if (window <= e->first_window || window + 1 >= e->end_window) {
        places_cut(&out, window, e->plan->first, e->plan->end);
    }
    if (e->plan->excluded_count) {
        const struct places excluded = places_of_set(e->plan->excluded, e->plan->excluded_count, window);
        places_drop(&out, &excluded);
    }
    if (e->open) {
        places_keep_window(&out, e->open, window);
    }
    return out;
}

/* Leaves open what is of SET, and was open before. */
static bool keep_set(struct engine *e, const uint32_t *set, size_t count)
{
    uint64_t *kept = query_arena_alloc(e->plan->arena, (size_t)e->windows * WORDS + 1, sizeof *kept);
    for (size_t i = 0; kept && i < count; i++) {
        const uint64_t bit = UINT64_C(1) << set[i] % 64;
        kept[set[i] / 64] |= e->open ? e->open[set[i] / 64] & bit : bit;
    }
    e->open = kept;
    return kept != NULL;
}

/* Leaves open what is of all sets that every match is of. */
static bool keep_required(struct engine *e, const struct plan_node *node)
{
    bool fine = true;
    for (size_t c = 0; fine && node->kind == PLAN_AND && c < node->child_count; c++) {
        fine = keep_required(e, node->children[c]);
    }
    return fine && node->kind == PLAN_SET ? keep_set(e, node->set, node->set_count) : fine;
}

/* Opens all that match, at whatever tier. */
static enum trabao_status match_open(struct engine *e)
{
    struct places *by_tier[TIERS];
    TRY(engine_match_all(e, by_tier));
    for (unsigned t = 1; t < e->tiers; t++) {
        for (uint32_t w = 0; w < e->windows; w++) {
            places_join(&by_tier[0][w], &by_tier[t][w]);
        }
    }
    e->open = by_tier[0][0].bits;
    return TRABAO_OK;
}

enum trabao_status engine_find_open(struct engine *e)
{
    e->open = NULL;
    if (e->pruned && !engine_any_word_matches(e)) {
        return match_open(e);
    }
    return !e->plan->root || keep_required(e, e->plan->root) ? TRABAO_OK : error_no_memory(e->err);
}

/* Adds to e->complete the places of MATCHING, at one tier, that have all words of a relaxed query. */
static void note_complete(struct engine *e, uint32_t window, unsigned tier, struct places matching)
{
    const struct plan_node *relaxed = e->plan->relaxed;
    for (size_t c = 0; c < relaxed->child_count; c++) {
        const struct places child = engine_match_node(e, relaxed->children[c], window, tier);
        places_keep(&matching, &child);
    }
    places_join(&e->complete, &matching);
}

enum trabao_status engine_match_window(struct engine *e, uint32_t window, struct places by_tier[TIERS], bool *any)
{
    enum trabao_status status = engine_check_clock(e);
    struct places open = engine_allowed(e, window);
    *any = false;
    if (status == TRABAO_OK && !places_empty(&open)) {
        status = load_groups(e, window);
    }
    if (status != TRABAO_OK || places_empty(&open)) {
        return status;
    }
    e->complete = (struct places){0};
    for (unsigned t = 0; t < e->tiers; t++) {
        if (e->plan->root) {
            by_tier[t] = engine_match_node(e, e->plan->root, window, t);
        } else {
            memset(&by_tier[t], 0xff, sizeof by_tier[t]);
        }
        for (size_t i = 0; i < WORDS; i++) {
            by_tier[t].bits[i] &= open.bits[i];
            open.bits[i] &= ~by_tier[t].bits[i];
        }
        if (e->plan->relaxed) {
            note_complete(e, window, t, by_tier[t]);
        }
        *any = *any || !places_empty(&by_tier[t]);
    }
    return TRABAO_OK;
}
