/*
 * engine.c - window by window (see engine.h).
 *
 * A window is looked at in two steps: bit maps of its 256 places decide which articles match (one per word and tier,
 * combined along the tree of the plan); only those are scored. Before, the largest impacts of every term in a window
 * are added up to a bound; windows are taken in descending order of it, and the search ends when the bound of the next
 * one cannot beat the k-th hit.
 */
#include "query/engine.h"

#include <math.h>

#include "archive/places.h"
#include "base/mem.h"
#include "query/neighbours.h"

#define WINDOW IMPACT_WINDOW
#define WORDS PLACES_WORDS
#define TIERS 3
#define SECONDS_PER_YEAR (365.25 * 86400)
#define TIER_STEP (UINT64_C(1) << 32)
#define MINOR_SHARE 16 /* variants that weigh together so small a part of their word are minor */
#define CANDIDATES_EACH 2 /* articles looked for, for each hit of a phrase */
#define REFUSALS_MAX 150 /* articles looked at in vain, before this is counted against those that were not: */
#define REFUSALS_EACH 4
#define CHECK_EVERY 64 /* windows, or articles looked into, between two looks at the clock */

/* The postings that one variant has in the window being looked at. */
struct located {
    const uint8_t *postings;
    uint32_t count;
    uint32_t weight;
    unsigned tier; /* less the tightest one */
};

struct engine {
    struct archive_reader *r;
    struct plan *plan;
    const struct engine_options *options;
    const struct engine_hit *after; /* only what comes after it; NULL: from the best */
    struct trabao_error *err;
    uint32_t windows, first_window, end_window;
    int64_t newest; /* civil second of the last dated article */
    unsigned tiers; /* different tiers that a match may have */
    struct places *groups; /* [group_count * tiers], cumulative: looser ones include tighter ones */
    bool *scored;          /* [group_count] the group adds to the score */
    struct located *located; /* [variants of all groups] postings of the window that add to the score */
    size_t located_count;
    uint32_t scores[WINDOW];
    uint32_t estimates[WINDOW]; /* part of the scores */
    uint32_t estimates_most;    /* of all pairs of neighbours together */
    struct places complete; /* of a relaxed query: places that have all of its words */
    uint32_t checks;
};

int engine_compare(const struct engine_hit *a, const struct engine_hit *b)
{
    if (a->tier != b->tier) {
        return a->tier < b->tier ? -1 : 1;
    }
    if (a->score != b->score) {
        return a->score > b->score ? -1 : 1;
    }
    return a->article > b->article ? -1 : a->article < b->article;
}

static int compare_hits(const void *a, const void *b)
{
    return engine_compare(a, b);
}

void engine_sort(struct engine_hit *hits, size_t count)
{
    if (count) {
        qsort(hits, count, sizeof *hits, compare_hits);
    }
}

/* ---- setting up ---------------------------------------------------------------------------------------------- */

/* WAITING: phrases may be looked for in the articles that would be hits. */
static enum trabao_status begin(struct engine *e, struct archive_reader *r, struct plan *plan,
                                const struct engine_options *options, bool waiting, struct trabao_error *err)
{
    const struct archive *a = r->archive;
    *e = (struct engine){.r = r, .plan = plan, .options = options, .after = options->after, .err = err};
    enum trabao_status status = neighbours_find(r, plan, err);
    if (status == TRABAO_OK && !(waiting && options->has_phrases)) {
        status = plan_settle(r, plan, err);
    }
    if (status != TRABAO_OK) {
        return status;
    }
    e->windows = (a->count + WINDOW - 1) / WINDOW;
    e->first_window = plan->first / WINDOW;
    e->end_window = plan->end > plan->first ? (plan->end + WINDOW - 1) / WINDOW : e->first_window;
    e->newest = a->count ? a->ids[a->count - 1] / ARTICLE_SLOTS : 0;
    e->tiers = (unsigned)plan->loosest - (unsigned)plan->tightest + 1;
    size_t variants = 1;
    for (size_t g = 0; g < plan->group_count; g++) {
        variants += plan->groups[g].count;
    }
    e->groups = mem_alloc(plan->group_count * e->tiers + 1, sizeof *e->groups);
    e->scored = mem_zalloc(plan->group_count + 1, sizeof *e->scored);
    e->located = mem_alloc(variants, sizeof *e->located);
    for (size_t s = 0; e->scored && s < plan->scored_count; s++) {
        e->scored[plan->scored[s]] = true;
        e->estimates_most += plan->neighbours[s].estimate;
    }
    return e->groups && e->scored && e->located ? TRABAO_OK : error_no_memory(err);
}

static void end(struct engine *e)
{
    mem_free(e->groups);
    mem_free(e->scored);
    mem_free(e->located);
}

static enum trabao_status check_clock(struct engine *e)
{
    if (++e->checks % CHECK_EVERY == 0 && e->options->expired && e->options->expired(e->options->context)) {
        return error_set(e->err, TRABAO_TIMEOUT, "the query took longer than its deadline");
    }
    return TRABAO_OK;
}

/* ---- matching ------------------------------------------------------------------------------------------------ */

/* The place of a variant's tier among those of the plan. */
static unsigned tier_place(const struct engine *e, const struct plan_variant *variant)
{
    const unsigned tightest = e->plan->tightest;
    return MIN(MAX(variant->tier, tightest) - tightest, e->tiers - 1);
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
            const struct impact_term *t = group->variants[v].postings;
            const uint32_t i = t ? impact_place(t, window) : UINT32_MAX;
            if (i == UINT32_MAX) {
                continue;
            }
            const uint8_t *postings;
            const enum trabao_status status = impact_postings(e->r->impacts, t, i, &postings, e->err);
            if (status != TRABAO_OK) {
                return status;
            }
            const unsigned tier = tier_place(e, &group->variants[v]);
            places_add_postings(&of_group[tier], postings, t->count_less[i] + 1U);
            if (e->scored[g]) {
                e->located[e->located_count++] =
                    (struct located){postings, t->count_less[i] + 1U, group->variants[v].weight, tier};
            }
        }
        for (unsigned t = 1; t < e->tiers; t++) {
            for (size_t i = 0; i < WORDS; i++) {
                of_group[t].bits[i] |= of_group[t - 1].bits[i];
            }
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
        out.bits[(set[low] - first) / 64] |= UINT64_C(1) << (set[low] - first) % 64;
    }
    return out;
}

static struct places match_node(const struct engine *e, const struct plan_node *node, uint32_t window, unsigned tier);

/* Places at which at least node->least children match: bit-sliced counters, one addition a child. */
static struct places match_at_least(const struct engine *e, const struct plan_node *node, uint32_t window,
                                    unsigned tier)
{
    enum { PLANES = 12 }; /* counts up to 4095: no query has so many words in its TRABAO_QUERY_MAX bytes */
    _Static_assert(TRABAO_QUERY_MAX < 1 << (PLANES + 1), "a word takes two bytes");
    uint64_t planes[PLANES][WORDS] = {0};
    for (size_t c = 0; c < node->child_count; c++) {
        struct places carry = match_node(e, node->children[c], window, tier);
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
    for (size_t w = 0; w < node->words; w++) {
        const size_t s = node->first_word + w;
        const struct places *word = &e->groups[e->plan->scored[s] * e->tiers + tier];
        const uint64_t *may = w ? e->plan->neighbours[s].may : NULL;
        for (size_t i = 0; i < WORDS; i++) {
            out.bits[i] &= may ? word->bits[i] & may[(size_t)window * WORDS + i] : word->bits[i];
        }
    }
    return out;
}

static struct places match_node(const struct engine *e, const struct plan_node *node, uint32_t window, unsigned tier)
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
        out = match_node(e, node->children[0], window, tier);
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
        const struct places child = match_node(e, node->children[c], window, tier);
        for (size_t i = 0; i < WORDS; i++) {
            out.bits[i] = both ? out.bits[i] & child.bits[i] : out.bits[i] | child.bits[i];
        }
    }
    return out;
}

/* Places inside the limits of the plan. */
static struct places places_allowed(const struct engine *e, uint32_t window)
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
    return out;
}

/* Adds to e->complete the places of MATCHING, at one tier, that have all words of a relaxed query. */
static void note_complete(struct engine *e, uint32_t window, unsigned tier, struct places matching)
{
    const struct plan_node *relaxed = e->plan->relaxed;
    for (size_t c = 0; c < relaxed->child_count; c++) {
        const struct places child = match_node(e, relaxed->children[c], window, tier);
        for (size_t i = 0; i < WORDS; i++) {
            matching.bits[i] &= child.bits[i];
        }
    }
    for (size_t i = 0; i < WORDS; i++) {
        e->complete.bits[i] |= matching.bits[i];
    }
}

/* The matching places of a window, split by tier: each in the tightest one it matches. *ANY: some. */
static enum trabao_status match_window(struct engine *e, uint32_t window, struct places by_tier[TIERS], bool *any)
{
    enum trabao_status status = check_clock(e);
    *any = false;
    if (status == TRABAO_OK) {
        status = load_groups(e, window);
    }
    if (status != TRABAO_OK) {
        return status;
    }
    struct places open = places_allowed(e, window);
    e->complete = (struct places){0};
    for (unsigned t = 0; t < e->tiers; t++) {
        if (e->plan->root) {
            by_tier[t] = match_node(e, e->plan->root, window, t);
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

/* ---- scoring ------------------------------------------------------------------------------------------------- */

static uint32_t recency_of(const struct engine *e, uint32_t article)
{
    const int64_t id = e->r->archive->ids[article];
    if (!e->options->recency || id < ARTICLE_UNDATED_END) {
        return 0;
    }
    const double years = (double)(e->newest - id / ARTICLE_SLOTS) / SECONDS_PER_YEAR;
    return (uint32_t)(ENGINE_POINT * ENGINE_RECENCY_POINTS * exp2(-years / ENGINE_RECENCY_HALF_YEARS));
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

/* Adds weight * impact at those places of a term that are WANTED, and at others if that is quicker. */
static void add_scores(struct engine *e, const struct located *l, const struct places *wanted, bool all)
{
    if (l->count <= IMPACT_SPARSE_MAX) {
        for (uint32_t i = 0; i < l->count; i++) {
            const uint8_t place = l->postings[i];
            if (all || wanted->bits[place / 64] >> place % 64 & 1) {
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

/* Scores the matches of the window that match_window has just looked at, each by the words of its own tier alone. */
static void score_window(struct engine *e, const struct places by_tier[TIERS])
{
    struct places wanted[TIERS]; /* matches of a tier and looser ones */
    for (unsigned t = e->tiers; t-- > 0;) {
        wanted[t] = by_tier[t];
        for (size_t i = 0; t + 1 < e->tiers && i < WORDS; i++) {
            wanted[t].bits[i] |= wanted[t + 1].bits[i];
        }
    }
    memset(e->scores, 0, sizeof e->scores);
    for (size_t i = 0; i < WORDS; i++) {
        for (uint64_t left = e->complete.bits[i]; left; left &= left - 1) {
            e->scores[64 * i + (unsigned)__builtin_ctzll(left)] = ENGINE_ALL_WORDS * ENGINE_POINT;
        }
    }
    for (size_t i = 0; i < e->located_count; i++) {
        add_scores(e, &e->located[i], &wanted[e->located[i].tier], e->tiers == 1);
    }
}

/* Adds what pairs of neighbours are worth where they may be. */
static void add_estimates(struct engine *e, uint32_t window)
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

/* ---- the best K ---------------------------------------------------------------------------------------------- */

/* A heap whose root is the worst of the best. */
struct heap {
    struct engine_hit *items;
    size_t count, capacity;
};

static void heap_put(struct heap *h, struct engine_hit hit)
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

/* The score of the words alone below which a hit of TIER is none of the best, whatever its date. */
static uint32_t least_score(const struct heap *heap, uint8_t tier, uint32_t recency)
{
    if (heap->count < heap->capacity || heap->items[0].tier > tier) {
        return 0;
    }
    return heap->items[0].tier < tier ? UINT32_MAX : heap->items[0].score - MIN(recency, heap->items[0].score);
}

static void put_window(struct engine *e, uint32_t window, const struct places by_tier[TIERS], struct heap *heap)
{
    const uint32_t recency = recency_of(e, MIN((window + 1) * WINDOW, e->r->archive->count) - 1);
    for (unsigned t = 0; t < e->tiers; t++) {
        const uint8_t tier = (uint8_t)((unsigned)e->plan->tightest + t);
        for (uint32_t i = 0; i < WORDS; i++) {
            for (uint64_t left = by_tier[t].bits[i]; left; left &= left - 1) {
                const uint32_t place = 64 * i + (uint32_t)__builtin_ctzll(left);
                const uint32_t article = window * WINDOW + place;
                if (e->scores[place] < least_score(heap, tier, recency)) {
                    continue;
                }
                const struct engine_hit hit = {.score = e->scores[place] + recency_of(e, article),
                                               .tier = tier,
                                               .article = article,
                                               .estimate = e->estimates[place]};
                if (!e->after || engine_compare(e->after, &hit) < 0) {
                    heap_put(heap, hit);
                }
            }
        }
    }
}

static enum trabao_status take_window(struct engine *e, uint32_t window, struct heap *heap)
{
    struct places by_tier[TIERS];
    bool any;
    enum trabao_status status = match_window(e, window, by_tier, &any);
    if (status == TRABAO_OK && any) {
        score_window(e, by_tier);
        add_estimates(e, window);
        put_window(e, window, by_tier, heap);
    }
    return status;
}

/* ---- bounds -------------------------------------------------------------------------------------------------- */

/* What the windows can give at most. */
struct bounds {
    uint64_t *bound;  /* by window: the tier step and the largest possible score; 0: nothing to find */
    uint32_t *order;  /* windows worth looking at, best bound first */
    size_t count;
};

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
    size_t matching = 0;
    for (size_t c = 0; c < node->child_count; c++) {
        matching += may_match(plan, node->children[c], present);
    }
    return matching >= (node->kind == PLAN_OR ? 1 : node->least);
}

/*
 * The variants of a group from this one on weigh so little together that their windows are not worth looking through:
 * each is taken to be everywhere, with the largest impact there is.
 */
static size_t first_minor(const struct engine *e, const struct plan_group *group, uint32_t *bound)
{
    size_t first = group->count;
    *bound = 0;
    while (e->tiers == 1 && first > 1 &&
           *bound + group->variants[first - 1].weight * IMPACT_MAX <= group->weight * IMPACT_MAX / MINOR_SHARE) {
        *bound += group->variants[--first].weight * IMPACT_MAX;
    }
    return first;
}

/* Adds one group's part: presence at its tier, and if it is scored, its largest scores. */
static void bound_group(const struct engine *e, size_t g, bool scored, uint32_t *sums, uint64_t *present)
{
    const struct plan_group *group = &e->plan->groups[g];
    uint32_t minor_bound;
    const size_t major = first_minor(e, group, &minor_bound);
    for (uint32_t w = 0; major < group->count && w < e->windows; w++) {
        sums[w] += scored ? minor_bound : 0;
        present[w] |= UINT64_C(1) << (g % 64);
    }
    for (size_t v = 0; v < major; v++) {
        const struct plan_variant *variant = &group->variants[v];
        const struct impact_term *t = variant->postings;
        const unsigned tier = tier_place(e, variant);
        for (uint32_t i = 0; t && i < t->windows; i++) {
            const uint32_t window = t->window[i];
            sums[window] += scored ? variant->weight * t->largest[i] : 0;
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

static int by_bound(const void *a, const void *b, void *context)
{
    const uint64_t *bound = context;
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (bound[x] != bound[y]) {
        return bound[x] > bound[y] ? -1 : 1;
    }
    return x > y ? -1 : x < y;
}

static enum trabao_status make_bounds(struct engine *e, struct bounds *b)
{
    const size_t n = MAX(1U, e->windows);
    uint32_t *sums = mem_zalloc(n, sizeof *sums);
    uint64_t *present = mem_zalloc(n * e->tiers, sizeof *present);
    b->bound = mem_zalloc(n, sizeof *b->bound);
    b->order = mem_alloc(n, sizeof *b->order);
    enum trabao_status status = sums && present && b->bound && b->order ? TRABAO_OK : error_no_memory(e->err);
    if (status == TRABAO_OK) {
        for (size_t g = 0; g < e->plan->group_count; g++) {
            bound_group(e, g, e->scored[g], sums, present);
        }
        for (uint32_t w = e->first_window; w < e->end_window; w++) {
            uint64_t here = 0;
            for (unsigned t = 0; t < e->tiers && !b->bound[w]; t++) {
                here |= present[(size_t)t * e->windows + w];
                if (!e->plan->root || may_match(e->plan, e->plan->root, &here)) {
                    const uint32_t last = MIN((w + 1) * WINDOW, e->r->archive->count) - 1;
                    b->bound[w] = (TIERS - (unsigned)e->plan->tightest - t) * TIER_STEP + sums[w] +
                                  recency_of(e, last) + complete_bound(e->plan, &here) + e->estimates_most;
                    b->order[b->count++] = w;
                }
            }
        }
        qsort_r(b->order, b->count, sizeof *b->order, by_bound, b->bound);
    }
    mem_free(sums);
    mem_free(present);
    return status;
}

static void free_bounds(struct bounds *b)
{
    mem_free(b->bound);
    mem_free(b->order);
}

/* The bound that a window must reach to hold a hit that comes before HIT. */
static uint64_t bound_of_hit(const struct engine_hit *hit)
{
    return (uint64_t)(TIERS - hit->tier) * TIER_STEP + hit->score;
}

/* The best by the plan, but for phrases that it leaves open. */
static enum trabao_status find_best(struct engine *e, struct heap *heap)
{
    struct bounds bounds = {0};
    enum trabao_status status = make_bounds(e, &bounds);
    for (size_t i = 0; status == TRABAO_OK && i < bounds.count; i++) {
        const uint32_t window = bounds.order[i];
        /* Equal is not beaten by score, but perhaps by date. */
        if (heap->count == heap->capacity && bounds.bound[window] < bound_of_hit(&heap->items[0])) {
            break;
        }
        status = take_window(e, window, heap);
    }
    engine_sort(heap->items, heap->count);
    free_bounds(&bounds);
    return status;
}

/* So many articles without the phrases, and so few with them, that these are better looked up. */
static bool is_hopeless(uint32_t refused, size_t accepted)
{
    return refused >= REFUSALS_MAX && refused > REFUSALS_EACH * accepted;
}

/*
 * Looks for the phrases in the best CANDIDATES, then in those after them, until OUT is full. TRABAO_NONE: too few
 * of the articles have them.
 */
static enum trabao_status sift(struct engine *e, struct heap *candidates, struct heap *out)
{
    const struct engine_options *o = e->options;
    struct engine_hit last;
    uint32_t refused = 0;
    do {
        candidates->count = 0;
        enum trabao_status status = find_best(e, candidates);
        for (size_t i = 0; i < candidates->count && out->count < out->capacity; i++) {
            struct engine_hit *hit = &candidates->items[i];
            if (status == TRABAO_OK) {
                status = check_clock(e);
            }
            if (status == TRABAO_OK) {
                status = o->has_phrases(o->phrases, hit, e->err);
            }
            if (status == TRABAO_OK) {
                out->items[out->count++] = *hit;
            } else if (status != TRABAO_NONE || is_hopeless(++refused, out->count)) {
                return status;
            }
            status = TRABAO_OK;
        }
        if (status != TRABAO_OK) {
            return status;
        }
        last = candidates->count ? candidates->items[candidates->count - 1] : (struct engine_hit){0};
        e->after = &last;
    } while (out->count < out->capacity && candidates->count == candidates->capacity);
    e->after = o->after;
    return TRABAO_OK;
}

static enum trabao_status best_with_phrases(struct engine *e, struct heap *out)
{
    struct heap candidates = {mem_alloc(CANDIDATES_EACH * out->capacity, sizeof *candidates.items), 0,
                              CANDIDATES_EACH * out->capacity};
    if (!candidates.items) {
        return error_no_memory(e->err);
    }
    enum trabao_status status = sift(e, &candidates, out);
    if (status == TRABAO_NONE) {
        out->count = 0;
        e->after = e->options->after;
        status = plan_settle(e->r, e->plan, e->err);
        if (status == TRABAO_OK) {
            status = find_best(e, out);
        }
    }
    mem_free(candidates.items);
    return status;
}

enum trabao_status engine_best(struct archive_reader *r, struct plan *plan, const struct engine_options *options,
                               size_t k, struct engine_hit *hits, size_t *found, struct trabao_error *err)
{
    struct engine e;
    struct heap heap = {hits, 0, k};
    enum trabao_status status = begin(&e, r, plan, options, true, err);
    if (status == TRABAO_OK) {
        status = plan->phrase_count ? best_with_phrases(&e, &heap) : find_best(&e, &heap);
    }
    *found = heap.count;
    end(&e);
    return status;
}

enum trabao_status engine_best_exhaustive(struct archive_reader *r, struct plan *plan,
                                          const struct engine_options *options, size_t k, struct engine_hit *hits,
                                          size_t *found, struct trabao_error *err)
{
    struct engine e;
    struct heap heap = {hits, 0, k};
    enum trabao_status status = begin(&e, r, plan, options, false, err);
    for (uint32_t w = e.first_window; status == TRABAO_OK && w < e.end_window; w++) {
        status = take_window(&e, w, &heap);
    }
    engine_sort(hits, heap.count);
    *found = heap.count;
    end(&e);
    return status;
}

/* ---- by date, and counting ----------------------------------------------------------------------------------- */

/* Appends the matches of a window in date order; false when HITS is full. */
static bool put_by_date(const struct engine *e, uint32_t window, const struct places by_tier[TIERS], bool newest,
                        uint32_t start, struct heap *out)
{
    for (uint32_t i = 0; i < WINDOW; i++) {
        const uint32_t place = newest ? WINDOW - 1 - i : i;
        const uint32_t article = window * WINDOW + place;
        if (start != UINT32_MAX && (newest ? article >= start : article <= start)) {
            continue;
        }
        for (unsigned t = 0; t < e->tiers; t++) {
            if (by_tier[t].bits[place / 64] >> place % 64 & 1) {
                if (out->count == out->capacity) {
                    return false;
                }
                out->items[out->count++] =
                    (struct engine_hit){.tier = (uint8_t)((unsigned)e->plan->tightest + t), .article = article};
            }
        }
    }
    return true;
}

enum trabao_status engine_by_date(struct archive_reader *r, struct plan *plan,
                                  const struct engine_options *options, bool newest, uint32_t start, size_t k,
                                  struct engine_hit *hits, size_t *found, struct trabao_error *err)
{
    struct engine e;
    struct heap out = {hits, 0, k};
    enum trabao_status status = begin(&e, r, plan, options, false, err);
    if (status == TRABAO_OK && start != UINT32_MAX) {
        if (newest) {
            e.end_window = MIN(e.end_window, start / WINDOW + 1);
        } else {
            e.first_window = MAX(e.first_window, start / WINDOW);
        }
    }
    const uint32_t windows = e.end_window > e.first_window ? e.end_window - e.first_window : 0;
    for (uint32_t i = 0; status == TRABAO_OK && i < windows; i++) {
        const uint32_t window = newest ? e.end_window - 1 - i : e.first_window + i;
        struct places by_tier[TIERS];
        bool any;
        status = match_window(&e, window, by_tier, &any);
        if (status == TRABAO_OK && any && !put_by_date(&e, window, by_tier, newest, start, &out)) {
            break;
        }
    }
    *found = out.count;
    end(&e);
    return status;
}

enum trabao_status engine_count(struct archive_reader *r, struct plan *plan,
                                const struct engine_options *options, uint64_t by_tier[3], struct trabao_error *err)
{
    struct engine e;
    enum trabao_status status = begin(&e, r, plan, options, false, err);
    by_tier[0] = by_tier[1] = by_tier[2] = 0;
    for (uint32_t w = e.first_window; status == TRABAO_OK && w < e.end_window; w++) {
        struct places places[TIERS];
        bool any;
        status = match_window(&e, w, places, &any);
        for (unsigned t = 0; status == TRABAO_OK && any && t < e.tiers; t++) {
            for (size_t i = 0; i < WORDS; i++) {
                by_tier[(unsigned)plan->tightest + t] += (uint64_t)__builtin_popcountll(places[t].bits[i]);
            }
        }
    }
    end(&e);
    return status;
}

enum trabao_status engine_explain(struct archive_reader *r, struct plan *plan,
                                  const struct engine_options *options, uint32_t article, struct engine_parts *out,
                                  struct trabao_error *err)
{
    struct engine e;
    const uint32_t window = article / WINDOW;
    struct places by_tier[TIERS];
    bool any;
    enum trabao_status status = begin(&e, r, plan, options, false, err);
    if (status == TRABAO_OK) {
        status = match_window(&e, window, by_tier, &any);
    }
    if (status == TRABAO_OK) {
        score_window(&e, by_tier);
        const bool complete = e.complete.bits[article % WINDOW / 64] >> article % 64 & 1;
        const uint32_t all_words = complete ? ENGINE_ALL_WORDS * ENGINE_POINT : 0;
        const uint32_t words = e.scores[article % WINDOW] - all_words;
        add_estimates(&e, window);
        *out = (struct engine_parts){words, recency_of(&e, article), all_words, e.estimates[article % WINDOW]};
    }
    end(&e);
    return status;
}
