/*
 * engine_match.c - which articles of a window match: bit maps of its 256 places, one per word and tier, combined along
 * the tree of the plan.
 */
#include "query/engine_inside.h"

#include "query/neighbours.h"

#define WORDS PLACES_WORDS
#define CHECK_EVERY 64 /* windows, or articles looked into, between two looks at the clock */

enum trabao_status engine_check_clock(struct engine *e)
{
    if (++e->checks % CHECK_EVERY == 0 && archive_reader_late(e->r)) {
        return error_set(e->err, TRABAO_TIMEOUT, "the query took longer than its deadline");
    }
    return TRABAO_OK;
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

/* Places at which at least node->least children match: bit-sliced counters, one addition a child. */
static struct places match_at_least(const struct engine *e, const struct plan_node *node, uint32_t window,
                                    unsigned tier)
{
    enum { PLANES = 12 }; /* counts up to 4095: no query has so many words in its TRABAO_QUERY_MAX bytes */
    _Static_assert(TRABAO_QUERY_MAX < 1 << (PLANES + 1), "a word takes two bytes");
    uint64_t planes[PLANES][WORDS] = {0};
    for (size_t c = 0; c < node->child_count; c++) {
        struct places carry = engine_match_node(e, node->children[c], window, tier);
        for (size_t p = 0; p < PLANES; p++) {
            for (size_t i = 0; i < WORDS; i++) {
                const uint64_t both = planes[p][i] & carry.bits[i];
                planes[p][i] ^= carry.bits[i];
                carry.bits[i] = both;
            }
        }
    }
    struct places out;
    for (size_t i = 0; i < WORDS; i++) {
        uint64_t greater = 0, equal = ~UINT64_C(0);
        for (size_t p = PLANES; p-- > 0;) {
            const uint64_t wanted = node->least >> p & 1 ? ~UINT64_C(0) : 0;
            greater |= equal & planes[p][i] & ~wanted;
            equal &= ~(planes[p][i] ^ wanted);
        }
        out.bits[i] = greater | equal;
    }
    return out;
}

/* Where all words of a phrase are, and each may stand behind the one before it. */
static struct places match_phrase(const struct engine *e, const struct plan_node *node, uint32_t window, unsigned tier)
{
    struct places out;
    memset(&out, 0xff, sizeof out);
    if (node->may) {
        places_keep_window(&out, node->may, window);
    }
    for (size_t w = 0; w < node->words; w++) {
        places_keep(&out, &e->groups[e->plan->scored[node->first_word + w] * e->tiers + tier]);
    }
    return out;
}

struct places engine_match_node(const struct engine *e, const struct plan_node *node, uint32_t window, unsigned tier)
{
    struct places out = {0};
    switch (node->kind) {
    case PLAN_PHRASE:
        return match_phrase(e, node, window, tier);
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
    struct places out = places_of_set(e->plan->excluded, e->plan->excluded_count, window);
    const uint32_t first = window * WINDOW;
    for (uint32_t i = 0; i < WORDS; i++) {
        const uint32_t start = first + 64 * i;
        uint64_t in = ~UINT64_C(0);
        if (e->plan->first > start) {
            in = e->plan->first - start >= 64 ? 0 : in << (e->plan->first - start);
        }
        if (e->plan->end < start + 64) {
            in &= e->plan->end <= start ? 0 : ~UINT64_C(0) >> (64 - (e->plan->end - start));
        }
        out.bits[i] = in & ~out.bits[i];
    }
    if (e->open) {
        places_keep_window(&out, e->open, window);
    }
    return out;
}

static size_t words_of_all(const struct engine *e)
{
    return (size_t)e->windows * WORDS;
}

/* Leaves open what is of SET, and was open before. */
static bool keep_set(struct engine *e, const uint32_t *set, size_t count)
{
    uint64_t *kept = query_arena_alloc(e->plan->arena, words_of_all(e) + 1, sizeof *kept);
    for (size_t i = 0; kept && i < count; i++) {
        const uint64_t bit = UINT64_C(1) << set[i] % 64;
        kept[set[i] / 64] |= e->open ? e->open[set[i] / 64] & bit : bit;
    }
    e->open = kept;
    return kept != NULL;
}

static bool open_all(struct engine *e)
{
    e->open = query_arena_alloc(e->plan->arena, words_of_all(e) + 1, sizeof *e->open);
    if (e->open) {
        memset(e->open, 0xff, words_of_all(e) * sizeof *e->open);
    }
    return e->open != NULL;
}

/* Leaves open what MAY is set for, too; something is open. */
static void keep_may(struct engine *e, const uint64_t *may)
{
    for (size_t i = 0; i < words_of_all(e); i++) {
        e->open[i] &= may[i];
    }
}

static bool keep_required(struct engine *e, const struct plan_node *node)
{
    bool fine = true;
    for (size_t c = 0; fine && node->kind == PLAN_AND && c < node->child_count; c++) {
        fine = keep_required(e, node->children[c]);
    }
    if (node->kind == PLAN_SET) {
        fine = keep_set(e, node->set, node->set_count);
    } else if (node->kind == PLAN_PHRASE && node->may) {
        keep_may(e, node->may);
    }
    return fine;
}

enum trabao_status engine_find_open(struct engine *e)
{
    bool fine = true;
    e->open = NULL;
    e->open_has_words = false;
    if (e->plan->phrase_count) {
        fine = open_all(e);
    }
    if (fine && e->plan->root) {
        fine = keep_required(e, e->plan->root);
    }
    return fine ? TRABAO_OK : error_no_memory(e->err);
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
