/*
 * engine.c - window by window (see engine.h).
 *
 * First it is found out which articles of the archive match (engine_all.c), but where any of the words is enough; only
 * those are scored. Then the largest impacts of every term in a window with matches are added up to a bound. The few
 * windows with the largest bounds are taken first: with them the k-th hit is nearly as good as it will be. Of the
 * others, those whose bound can beat it are taken from the first to the last, as they lie in memory, which is worth
 * more than a better order. In each, what cannot come before the k-th any more is dropped as soon as that is known
 * (engine_lean.c, engine_runs.c).
 */
#include "query/engine_inside.h"

#include "base/mem.h"
#include "query/neighbours.h"

#define BEST_WINDOWS 64 /* taken first */

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

enum trabao_status engine_make_room(struct engine *e)
{
    const struct plan *plan = e->plan;
    size_t variants = 1;
    for (size_t g = 0; g < plan->group_count; g++) {
        variants += plan->groups[g].count;
    }
    e->groups = mem_alloc(plan->group_count * e->tiers + 1, sizeof *e->groups);
    e->scored = mem_zalloc(plan->group_count + 1, sizeof *e->scored);
    e->located = mem_alloc(variants, sizeof *e->located);
    for (size_t s = 0; e->scored && s < plan->scored_count; s++) {
        e->scored[plan->scored[s]] = true;
    }
    if (!e->groups || !e->scored || !e->located) {
        return error_no_memory(e->err);
    }
    if (!e->pruned || e->tiers > 1 || plan->relaxed || plan->group_count == 0) {
        return TRABAO_OK;
    }
    const enum trabao_status status = engine_runs_open(e);
    return status == TRABAO_OK && !engine_any_word_matches(e) ? engine_lean_open(e) : status;
}

void engine_free_room(struct engine *e)
{
    mem_free(e->groups);
    mem_free(e->scored);
    mem_free(e->located);
    engine_lean_close(e);
    engine_runs_close(e);
}

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
    e->pruned = pruned;
    for (size_t s = 0; s < plan->scored_count; s++) {
        e->estimates_most += plan->neighbours[s].estimate;
    }
    return engine_make_room(e);
}

static enum trabao_status begin_open(struct engine *e, struct archive_reader *r, struct plan *plan,
                                     const struct engine_options *options, bool pruned, struct trabao_error *err)
{
    const enum trabao_status status = begin(e, r, plan, options, pruned, err);
    return status == TRABAO_OK ? engine_find_open(e) : status;
}

/* ---- the best K ---------------------------------------------------------------------------------------------- */

static bool is_full(const struct engine_hits *heap)
{
    return heap->count == heap->capacity;
}

/* True when a window may hold a hit that is among the best. */
static bool is_promising(const struct bounds *b, uint32_t window, const struct engine_hits *heap)
{
    /* Equal is not beaten by score, but perhaps by date. */
    return b->bound[window] != ENGINE_NO_BOUND &&
           !(is_full(heap) && b->bound[window] < engine_bound_of_hit(&heap->items[0]));
}

/* Takes the first of COUNT WINDOWS that are in one run. *TAKEN: how many these are. */
static enum trabao_status take_promising(struct engine *e, const struct bounds *b, const uint32_t *windows,
                                         size_t count, size_t *taken, struct engine_hits *heap)
{
    const uint32_t first = windows[0] - windows[0] % IMPACT_RUN;
    uint32_t promising = 0;
    size_t i = 0;
    for (; i < count && windows[i] / IMPACT_RUN == windows[0] / IMPACT_RUN; i++) {
        promising |= (uint32_t)is_promising(b, windows[i], heap) << (windows[i] - first);
    }
    *taken = i;
    return promising ? engine_take_run(e, first, promising, heap) : TRABAO_OK;
}

enum trabao_status engine_take_bounded(struct engine *e, const struct bounds *b, const uint32_t *windows, size_t count,
                                       struct engine_hits *heap)
{
    enum trabao_status status = TRABAO_OK;
    for (size_t i = 0, taken; status == TRABAO_OK && i < count; i += taken) {
        taken = 1;
        if (engine_runs_pay(e, heap)) {
            status = take_promising(e, b, windows + i, count - i, &taken, heap);
        } else if (is_promising(b, windows[i], heap)) {
            status = engine_take_window(e, windows[i], heap);
        }
    }
    return status;
}

static enum trabao_status take_all(struct engine *e, const struct bounds *b, struct engine_hits *heap)
{
    return engine_take_bounded(e, b, b->found, b->count, heap);
}

/* The first of COUNT HITS, each once, into HEAP. */
static void keep_best(struct engine_hit *hits, size_t count, struct engine_hits *heap)
{
    engine_sort(hits, count);
    heap->count = 0;
    for (size_t i = 0; i < count && heap->count < heap->capacity; i++) {
        if (i == 0 || engine_compare(&hits[i - 1], &hits[i]) != 0) {
            heap->items[heap->count++] = hits[i];
        }
    }
}

/* Takes all in two threads, each of which begins with the best so far. */
static enum trabao_status take_all_split(struct engine *e, const struct bounds *b, struct engine_hits *heap)
{
    struct engine_hit *hits = mem_alloc(2 * heap->capacity, sizeof *hits);
    struct engine_hits other = {hits, heap->count, heap->capacity};
    if (!hits) {
        return error_no_memory(e->err);
    }
    memcpy(hits, heap->items, heap->count * sizeof *hits);
    const enum trabao_status status = engine_take_split(e, b, heap, &other);
    memcpy(hits + other.count, heap->items, heap->count * sizeof *hits);
    keep_best(hits, other.count + heap->count, heap);
    mem_free(hits);
    return status;
}

enum trabao_status engine_find_best(struct engine *e, struct engine_hits *heap)
{
    struct bounds bounds = {0};
    enum trabao_status status = engine_make_bounds(e, &bounds);
    for (size_t i = 0; status == TRABAO_OK && i < MIN(bounds.count, BEST_WINDOWS); i++) {
        status = engine_take_bounded(e, &bounds, &bounds.order[i], 1, heap);
        bounds.bound[bounds.order[i]] = ENGINE_NO_BOUND;
    }
    if (status == TRABAO_OK) {
        status = (engine_is_heavy(e) ? take_all_split : take_all)(e, &bounds, heap);
    }
    engine_sort(heap->items, heap->count);
    engine_free_bounds(&bounds);
    return status;
}

enum trabao_status engine_best(struct archive_reader *r, struct plan *plan, const struct engine_options *options,
                               struct engine_hits *hits, struct trabao_error *err)
{
    struct engine e;
    enum trabao_status status = begin_open(&e, r, plan, options, true, err);
    if (status == TRABAO_OK) {
        status = plan->phrase_count ? engine_sift(&e, hits) : engine_find_best(&e, hits);
    }
    engine_free_room(&e);
    return status;
}

enum trabao_status engine_best_exhaustive(struct archive_reader *r, struct plan *plan,
                                          const struct engine_options *options, struct engine_hits *hits,
                                          struct trabao_error *err)
{
    struct engine e;
    enum trabao_status status = begin(&e, r, plan, options, false, err);
    for (uint32_t w = e.first_window; status == TRABAO_OK && w < e.end_window; w++) {
        status = engine_take_window(&e, w, hits);
    }
    engine_sort(hits->items, hits->count);
    engine_free_room(&e);
    return status;
}

/* ---- by date, and counting ----------------------------------------------------------------------------------- */

/* Appends the matches of a window in the order of DATES; false when OUT is full. */
static bool put_by_date(const struct engine *e, uint32_t window, const struct places by_tier[TIERS],
                        const struct engine_dates *dates, struct engine_hits *out)
{
    for (uint32_t i = 0; i < WINDOW; i++) {
        const uint32_t place = dates->newest ? WINDOW - 1 - i : i;
        const uint32_t article = window * WINDOW + place;
        if (dates->start != UINT32_MAX && (dates->newest ? article >= dates->start : article <= dates->start)) {
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

enum trabao_status engine_by_date(struct archive_reader *r, struct plan *plan, const struct engine_options *options,
                                  const struct engine_dates *dates, struct engine_hits *hits,
                                  struct trabao_error *err)
{
    struct engine e;
    enum trabao_status status = begin_open(&e, r, plan, options, false, err);
    if (status == TRABAO_OK && dates->start != UINT32_MAX) {
        if (dates->newest) {
            e.end_window = MIN(e.end_window, dates->start / WINDOW + 1);
        } else {
            e.first_window = MAX(e.first_window, dates->start / WINDOW);
        }
    }
    const uint32_t windows = e.end_window > e.first_window ? e.end_window - e.first_window : 0;
    for (uint32_t i = 0; status == TRABAO_OK && i < windows; i++) {
        const uint32_t window = dates->newest ? e.end_window - 1 - i : e.first_window + i;
        struct places by_tier[TIERS];
        bool any;
        status = engine_match_window(&e, window, by_tier, &any);
        if (status == TRABAO_OK && any && !put_by_date(&e, window, by_tier, dates, hits)) {
            break;
        }
    }
    engine_free_room(&e);
    return status;
}

enum trabao_status engine_count(struct archive_reader *r, struct plan *plan,
                                const struct engine_options *options, uint64_t by_tier[TRABAO_TIERS],
                                struct trabao_error *err)
{
    struct engine e = {0};
    struct places *matches[TIERS];
    enum trabao_status status = TRABAO_OK;
    if (!plan->is_counted) {
        status = begin(&e, r, plan, options, false, err);
        if (status == TRABAO_OK) {
            status = engine_match_all(&e, matches);
        }
        engine_free_room(&e);
    }
    memcpy(by_tier, plan->matching, sizeof plan->matching);
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
    engine_free_room(&e);
    return status;
}
