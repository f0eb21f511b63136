/*
 * engine_runs.c - windows where many articles match, a run of them at a time.
 *
 * When the best K are full, an article needs so many points to be one of them. An article with none of the weightiest
 * terms has no more points than the others can give (MaxScore: Turtle, Flood: Query evaluation: strategies and
 * optimizations, 1995), so these are added up first, roughly (rough.h), and the others only as long as there are
 * articles that may have enough points with them. Only what is left then is scored exactly.
 *
 * It is memory that this waits for, above all where a word that was typed without marks stands for many terms. So it
 * goes term by term through a run of neighbouring windows, whose postings lie behind one another.
 */
#include "query/engine_inside.h"

#include "base/mem.h"
#include "query/neighbours.h"
#include "query/rough.h"

#define MANY 8 /* matches in the average window: of fewer, it is sooner asked for each of them what terms give */
#define OTHERS_SHARE 3 /* terms that give less than one in so many of the needed points are not looked at at once */
#define REST_SHARE 64 /* terms that give together less than one in so many of the needed points are not added roughly */

struct run_term {
    const struct impact_term *postings;
    uint32_t weight;
    size_t group;  /* of the plan */
    uint32_t rest; /* what it and those behind it give at most */
    /* In the run that is being looked at: */
    uint32_t windows; /* that have it: bit i, the i-th */
    uint32_t place;   /* of the first of these among all that have it */
    uint32_t most;    /* what it gives */
};

struct runs {
    bool any;        /* any of the words is enough */
    bool all_there;  /* every match has all words */
    struct run_term *terms; /* of all words that add to the score, the weightiest first */
    size_t count;
    uint32_t total; /* of their weights; what neighbours are worth as one */
};

/* Neighbouring windows. */
struct run {
    struct engine *e;
    struct engine_hits *heap;
    uint32_t first;   /* window */
    uint32_t recency; /* at least that of each article */
    uint32_t needed;  /* points of its words */
    uint32_t windows; /* where some places may have enough points: bit i, the i-th */
    struct places left[IMPACT_RUN]; /* by window: these */
    struct rough rough;
};

/* ---- setting up ------------------------------------------------------------------------------------------------ */

static int by_weight(const void *a, const void *b)
{
    const struct run_term *x = a, *y = b;
    return x->weight != y->weight ? (x->weight > y->weight ? -1 : 1)
                                  : (x->postings->term > y->postings->term) - (x->postings->term < y->postings->term);
}

bool engine_any_word_matches(const struct engine *e)
{
    const struct plan_node *root = e->plan->root;
    if (!root || e->estimates_most) {
        return false;
    }
    if (root->kind == PLAN_GROUP) {
        return e->scored[root->group] && e->plan->group_count == 1;
    }
    bool any = root->kind == PLAN_OR && root->child_count == e->plan->group_count;
    for (size_t c = 0; any && c < root->child_count; c++) {
        any = root->children[c]->kind == PLAN_GROUP && e->scored[root->children[c]->group];
    }
    return any;
}

static void list_terms(const struct engine *e, struct runs *runs)
{
    for (size_t g = 0; g < e->plan->group_count; g++) {
        const struct plan_group *group = &e->plan->groups[g];
        for (size_t v = 0; e->scored[g] && v < group->count; v++) {
            const struct plan_variant *variant = &group->variants[v];
            if (variant->postings) {
                runs->terms[runs->count++] =
                    (struct run_term){.postings = variant->postings, .weight = variant->weight, .group = g};
            }
        }
    }
    if (runs->count) {
        qsort(runs->terms, runs->count, sizeof *runs->terms, by_weight);
    }
    for (size_t i = runs->count; i-- > 0;) {
        runs->total += runs->terms[i].weight;
        runs->terms[i].rest = runs->total * IMPACT_MAX;
    }
}

enum trabao_status engine_runs_open(struct engine *e)
{
    size_t variants = e->plan->scored_count + 1; /* neighbours are added roughly, too */
    for (size_t g = 0; g < e->plan->group_count; g++) {
        variants += e->plan->groups[g].count;
    }
    if (variants > ROUGH_TERMS_MAX) {
        return TRABAO_OK;
    }
    e->runs = mem_zalloc(1, sizeof *e->runs);
    if (e->runs) {
        e->runs->terms = mem_alloc(variants, sizeof *e->runs->terms);
    }
    if (!e->runs || !e->runs->terms) {
        return error_no_memory(e->err);
    }
    e->runs->any = engine_any_word_matches(e);
    e->runs->all_there = engine_all_have_words(e);
    list_terms(e, e->runs);
    e->runs->total += e->estimates_most / IMPACT_MAX + 1;
    return TRABAO_OK;
}

void engine_runs_close(struct engine *e)
{
    if (e->runs) {
        mem_free(e->runs->terms);
        mem_free(e->runs);
    }
}

bool engine_runs_pay(const struct engine *e, const struct engine_hits *heap)
{
    return e->runs && heap->count == heap->capacity &&
           (e->runs->any || e->plan->matching[e->plan->tightest] > (uint64_t)MANY * e->windows);
}

/* ---- roughly --------------------------------------------------------------------------------------------------- */

/* Finds where a term is in the run, and what it gives there at most. */
static uint32_t measure(const struct run *run, struct run_term *term)
{
    uint32_t largest = 0;
    term->windows = impact_run(term->postings, run->first, &term->place);
    const struct impact_entry *entry = term->postings->entries + term->place;
    for (uint32_t left = term->windows; left; left &= left - 1, entry++) {
        largest = MAX(largest, run->windows & left & -left ? entry->largest : 0U);
    }
    term->most = term->weight * largest;
    return term->most;
}

/* Keeps the windows and places that may have enough points with OTHERS. */
static void keep_reaching(struct run *run, uint32_t others)
{
    for (uint32_t left = run->windows; left; left &= left - 1) {
        struct places *places = &run->left[__builtin_ctz(left)];
        rough_keep(&run->rough, (uint32_t)__builtin_ctz(left), run->needed - others, places);
        run->windows &= places_empty(places) ? ~(left & -left) : UINT32_MAX;
    }
}

/* Begins the rough scores with what neighbours are worth where they may be. */
static void add_neighbours(struct run *run)
{
    const struct plan *plan = run->e->plan;
    for (size_t s = 1; run->e->estimates_most && s < plan->scored_count; s++) {
        const struct neighbours *n = &plan->neighbours[s];
        if (n->estimate == 0) {
            continue;
        }
        for (uint32_t left = run->windows; left; left &= left - 1) {
            const uint32_t i = (uint32_t)__builtin_ctz(left);
            struct places places = run->left[i];
            places_keep_window(&places, n->may, run->first + i);
            rough_add_points(&run->rough, i, &places, n->estimate);
        }
    }
}

/* Adds roughly what a term gives. */
static enum trabao_status add_roughly(struct run *run, const struct run_term *term)
{
    struct engine *e = run->e;
    const struct impact_entry *entry = term->postings->entries + term->place;
    const uint8_t *postings[IMPACT_RUN], **of_window = postings;
    const uint32_t count = (uint32_t)__builtin_popcount(term->windows);
    TRY(impact_run_postings(e->r->impacts, term->postings, term->place, count, postings, e->err));
    rough_next(&run->rough, term->weight);
    for (uint32_t left = term->windows; left; left &= left - 1, entry++, of_window++) {
        if (run->windows & left & -left) {
            rough_add(&run->rough, (uint32_t)__builtin_ctz(left), *of_window, entry->count_less + 1U);
        }
    }
    return TRABAO_OK;
}

/*
 * Leaves the windows and places that may have enough points. Each has one of the weightiest terms, for the others give
 * too little; they are added one by one, as long as it matters and there are such places.
 */
static enum trabao_status look_roughly(struct run *run)
{
    const struct runs *runs = run->e->runs;
    enum trabao_status status = TRABAO_OK;
    size_t count = runs->count;
    uint32_t others = 0;
    while (count && runs->terms[count - 1].rest < run->needed / REST_SHARE) {
        others = runs->terms[--count].rest;
    }
    while (count && others + measure(run, &runs->terms[count - 1]) < run->needed / OTHERS_SHARE) {
        others += runs->terms[--count].most;
    }
    rough_begin(&run->rough, run->windows, runs->total, runs->count + run->e->plan->scored_count);
    add_neighbours(run);
    size_t i = 0;
    for (; status == TRABAO_OK && i < count; i++) {
        measure(run, &runs->terms[i]);
        status = add_roughly(run, &runs->terms[i]);
    }
    keep_reaching(run, others);
    for (; status == TRABAO_OK && others > run->needed / REST_SHARE && run->windows; i++) {
        if (runs->terms[i].most) {
            others -= runs->terms[i].most;
            status = add_roughly(run, &runs->terms[i]);
            keep_reaching(run, others);
        }
    }
    return status;
}

/* ---- exactly --------------------------------------------------------------------------------------------------- */

/* Scores what is left of the I-th window, and puts it among the best. */
static enum trabao_status take_left(const struct run *run, uint32_t i)
{
    struct engine *e = run->e;
    const struct runs *runs = e->runs;
    memset(e->scores, 0, sizeof e->scores);
    for (size_t g = 0; e->estimates_most && g < e->plan->group_count; g++) {
        e->groups[g] = runs->all_there ? run->left[i] : (struct places){0};
    }
    for (size_t t = 0; t < runs->count; t++) {
        const struct run_term *term = &runs->terms[t];
        struct located l = {.weight = term->weight};
        TRY(impact_look(e->r->impacts, term->postings, run->first + i, &l.postings, &l.count, e->err));
        if (l.count) {
            engine_add_scores(e, &l, &run->left[i], false);
            if (e->estimates_most && !runs->all_there) {
                places_add_postings(&e->groups[term->group], l.postings, l.count);
            }
        }
    }
    if (e->estimates_most) {
        engine_add_estimates(e, run->first + i);
    }
    const struct places places = engine_reaching(e, &run->left[i], run->needed);
    engine_put_places(e, run->first + i, &places, (uint8_t)e->plan->tightest, run->recency, run->heap);
    return TRABAO_OK;
}

enum trabao_status engine_take_run(struct engine *e, uint32_t first, uint32_t windows, struct engine_hits *heap)
{
    enum trabao_status status = engine_check_clock(e);
    struct run run; /* most of it is scores, and those are cleared in their place */
    run.e = e;
    run.heap = heap;
    run.first = first;
    run.recency = engine_window_recency(e, first);
    /* Without a point an article has no word. */
    run.needed = MAX(e->runs->any, engine_least_score(heap, (uint8_t)e->plan->tightest, run.recency));
    run.windows = windows;
    for (uint32_t left = windows; left; left &= left - 1) {
        run.left[__builtin_ctz(left)] = engine_allowed(e, first + (uint32_t)__builtin_ctz(left));
    }
    if (status == TRABAO_OK) {
        status = look_roughly(&run);
    }
    for (uint32_t left = run.windows; status == TRABAO_OK && left; left &= left - 1) {
        status = take_left(&run, (uint32_t)__builtin_ctz(left));
    }
    return status;
}
