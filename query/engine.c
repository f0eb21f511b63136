/*
 * engine.c - window by window (see engine.h).
 *
 * A window is looked at in two steps: bit maps of its 256 places decide which articles match; only those are scored.
 * Before, the largest impacts of every term in a window are added up to a bound. The few windows with the largest
 * bounds are taken first: with them the k-th hit is nearly as good as it will be. Of the others, those whose bound can
 * beat it are taken from the first to the last, as they lie in memory, which is worth more than a better order. Once
 * there are K hits, a window is looked at without those terms that cannot lift anything above the k-th.
 */
#include "query/engine_inside.h"

#include "archive/positions.h"
#include "base/mem.h"
#include "query/neighbours.h"

#define BEST_WINDOWS 64 /* taken first */
#define CANDIDATES_EACH 2 /* articles looked for, for each hit of a phrase */
#define CANDIDATES_GROW 4 /* in every round, so many times those of the round before */
#define REFUSALS_LEAST 20 /* articles looked at in vain, before these say how many more there will be */

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

/* PRUNED: for the best alone; phrases may be looked for in the articles that would be hits. */
static enum trabao_status begin(struct engine *e, struct archive_reader *r, struct plan *plan,
                                const struct engine_options *options, bool pruned, struct trabao_error *err)
{
    const struct archive *a = r->archive;
    *e = (struct engine){.r = r, .plan = plan, .options = options, .after = options->after, .err = err};
    enum trabao_status status = neighbours_find(r, plan, err);
    if (status == TRABAO_OK && !(pruned && options->has_phrases)) {
        status = plan_settle(r, plan, NULL, err);
    }
    if (status != TRABAO_OK) {
        return status;
    }
    e->windows = impact_windows(a->count);
    e->first_window = plan->first / WINDOW;
    e->end_window = plan->end > plan->first ? impact_windows(plan->end) : e->first_window;
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
    if (!e->groups || !e->scored || !e->located) {
        return error_no_memory(err);
    }
    return pruned ? engine_lean_open(e) : TRABAO_OK;
}

static enum trabao_status begin_open(struct engine *e, struct archive_reader *r, struct plan *plan,
                                     const struct engine_options *options, bool pruned, struct trabao_error *err)
{
    const enum trabao_status status = begin(e, r, plan, options, pruned, err);
    return status == TRABAO_OK ? engine_find_open(e) : status;
}

static void end(struct engine *e)
{
    mem_free(e->groups);
    mem_free(e->scored);
    mem_free(e->located);
    engine_lean_close(e);
}

/* ---- the best K ---------------------------------------------------------------------------------------------- */

/* Takes WINDOW unless its bound says that nothing in it comes before the K-th hit. */
static enum trabao_status take_if_worth(struct engine *e, const struct bounds *b, uint32_t window, struct heap *heap)
{
    const bool full = heap->count == heap->capacity;
    /* Equal is not beaten by score, but perhaps by date. */
    if (b->bound[window] == ENGINE_NO_BOUND || (full && b->bound[window] < engine_bound_of_hit(&heap->items[0]))) {
        return TRABAO_OK;
    }
    return full && e->lean ? engine_lean_window(e, window, heap) : engine_take_window(e, window, heap);
}

/* The best by the plan, but for phrases that it leaves open. */
static enum trabao_status find_best(struct engine *e, struct heap *heap)
{
    struct bounds bounds = {0};
    enum trabao_status status = engine_make_bounds(e, &bounds);
    for (size_t i = 0; status == TRABAO_OK && i < MIN(bounds.count, BEST_WINDOWS); i++) {
        status = take_if_worth(e, &bounds, bounds.order[i], heap);
        bounds.bound[bounds.order[i]] = ENGINE_NO_BOUND;
    }
    for (size_t i = 0; status == TRABAO_OK && i < bounds.count; i++) {
        status = take_if_worth(e, &bounds, bounds.found[i], heap);
    }
    engine_sort(heap->items, heap->count);
    engine_free_bounds(&bounds);
    return status;
}

/* In about how many articles could be looked while the phrases are looked up. */
static uint64_t looks_of_settling(const struct plan *plan)
{
    uint64_t postings = 0;
    for (size_t i = 0; i < plan->phrase_count; i++) {
        const struct plan_node *phrase = plan->phrases[i];
        for (size_t w = 0; w < phrase->words; w++) {
            postings += plan->groups[plan->scored[phrase->first_word + w]].articles;
        }
    }
    return postings / POSITIONS_LOOK;
}

static uint64_t count_open(const struct engine *e)
{
    uint64_t count = 0;
    for (uint32_t w = e->first_window; w < e->end_window; w++) {
        const struct places open = engine_allowed(e, w);
        count += places_count(&open);
    }
    return count;
}

/* The search for phrases in articles. */
struct sifting {
    struct heap candidates;
    uint64_t open, settling; /* articles that may have the phrases; looks that it takes to look these up */
    uint64_t refused;        /* articles that have not */
};

/* True when it takes less to look the phrases up than to look into articles until OUT is full. */
static bool is_hopeless(const struct sifting *s, const struct heap *out)
{
    const uint64_t looks = s->refused + out->count;
    const uint64_t expected = (out->capacity - out->count) * (looks + 1) / (out->count + 1);
    const uint64_t left = MIN(expected, s->open - MIN(looks, s->open));
    /* The best have them more often than those behind them: more will be in vain than were. */
    return s->refused >= REFUSALS_LEAST && left + s->refused / 3 > s->settling;
}

/* Looks for the phrases in the candidates, until OUT is full. TRABAO_NONE: too few have them. */
static enum trabao_status look_into(struct engine *e, struct sifting *s, struct heap *out)
{
    const struct engine_options *o = e->options;
    for (size_t i = 0; i < s->candidates.count && out->count < out->capacity; i++) {
        struct engine_hit *hit = &s->candidates.items[i];
        enum trabao_status status = engine_check_clock(e);
        if (status == TRABAO_OK) {
            status = o->has_phrases(o->phrases, hit, e->err);
        }
        if (status == TRABAO_OK) {
            out->items[out->count++] = *hit;
        } else if (status == TRABAO_NONE) {
            e->open[hit->article / 64] &= ~(UINT64_C(1) << hit->article % 64);
            s->refused++;
        }
        if ((status != TRABAO_OK && status != TRABAO_NONE) || is_hopeless(s, out)) {
            return status == TRABAO_OK ? TRABAO_NONE : status;
        }
    }
    return TRABAO_OK;
}

/* Makes room for so many candidates. */
static bool make_room(struct heap *candidates, size_t count)
{
    mem_free(candidates->items);
    *candidates = (struct heap){mem_alloc(count, sizeof *candidates->items), 0, count};
    return candidates->items != NULL;
}

/*
 * Looks for the phrases in the best candidates, then in those after them, until OUT is full. TRABAO_NONE: too few of
 * the articles have them.
 */
static enum trabao_status sift(struct engine *e, struct sifting *s, struct heap *out)
{
    struct engine_hit last;
    enum trabao_status status;
    size_t room = CANDIDATES_EACH * out->capacity;
    do {
        status = make_room(&s->candidates, room) ? find_best(e, &s->candidates) : error_no_memory(e->err);
        if (status == TRABAO_OK) {
            status = look_into(e, s, out);
        }
        if (status != TRABAO_OK || s->candidates.count < room) {
            break;
        }
        last = s->candidates.items[room - 1];
        e->after = &last;
        room = MIN(CANDIDATES_GROW * room, (size_t)e->r->archive->count + 1);
    } while (out->count < out->capacity);
    e->after = e->options->after;
    return status;
}

/* True when a phrase is likely in fewer than WANTED articles, so that all that may have it have to be looked into. */
static bool is_rare(const struct engine *e, size_t wanted)
{
    for (size_t i = 0; i < e->plan->phrase_count; i++) {
        if (neighbours_expected(e->r->archive, e->plan, e->plan->phrases[i]) < (double)wanted / 2) {
            return true;
        }
    }
    return false;
}

static enum trabao_status best_with_phrases(struct engine *e, struct heap *out)
{
    struct sifting s = {.open = count_open(e), .settling = looks_of_settling(e->plan)};
    const bool settles = s.open > s.settling && is_rare(e, out->capacity);
    enum trabao_status status = settles ? TRABAO_NONE : sift(e, &s, out);
    mem_free(s.candidates.items);
    if (status == TRABAO_NONE) {
        out->count = 0;
        status = plan_settle(e->r, e->plan, e->open, e->err);
        if (status == TRABAO_OK) {
            status = engine_find_open(e);
        }
        if (status == TRABAO_OK) {
            status = find_best(e, out);
        }
    }
    return status;
}

enum trabao_status engine_best(struct archive_reader *r, struct plan *plan, const struct engine_options *options,
                               size_t k, struct engine_hit *hits, size_t *found, struct trabao_error *err)
{
    struct engine e;
    struct heap heap = {hits, 0, k};
    enum trabao_status status = begin_open(&e, r, plan, options, true, err);
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
        status = engine_take_window(&e, w, &heap);
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
            if (places_has(&by_tier[t], place)) {
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
    enum trabao_status status = begin_open(&e, r, plan, options, false, err);
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
        status = engine_match_window(&e, window, by_tier, &any);
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
    enum trabao_status status = begin_open(&e, r, plan, options, false, err);
    by_tier[0] = by_tier[1] = by_tier[2] = 0;
    for (uint32_t w = e.first_window; status == TRABAO_OK && w < e.end_window; w++) {
        struct places places[TIERS];
        bool any;
        status = engine_match_window(&e, w, places, &any);
        for (unsigned t = 0; status == TRABAO_OK && any && t < e.tiers; t++) {
            by_tier[(unsigned)plan->tightest + t] += places_count(&places[t]);
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
        status = engine_match_window(&e, window, by_tier, &any);
    }
    if (status == TRABAO_OK) {
        engine_score_window(&e, by_tier);
        const bool complete = places_has(&e.complete, article % WINDOW);
        const uint32_t all_words = complete ? ENGINE_ALL_WORDS * ENGINE_POINT : 0;
        const uint32_t words = e.scores[article % WINDOW] - all_words;
        engine_add_estimates(&e, window);
        *out = (struct engine_parts){words, engine_recency(&e, article), all_words, e.estimates[article % WINDOW]};
    }
    end(&e);
    return status;
}
