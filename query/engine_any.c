/*
 * engine_any.c - windows where any of the words is enough, a run of them at a time.
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
#include "query/rough.h"

#define OTHERS_SHARE 3 /* terms that give less than one in so many of the needed points are not looked at at once */
#define REST_SHARE 64 /* terms that give together less than one in so many of the needed points are not added roughly */

struct any_term {
    const struct impact_term *postings;
    uint32_t weight;
    uint32_t rest; /* what it and those behind it give at most */
    /* In the run that is being looked at: */
    uint32_t windows; /* that have it: bit i, the i-th */
    uint32_t place;   /* of the first of these among all that have it */
    uint32_t most;    /* what it gives */
};

struct any {
    struct any_term *terms; /* of all words, the weightiest first */
    size_t count;
    uint32_t total; /* of their weights */
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
    const struct any_term *x = a, *y = b;
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

static void list_terms(const struct plan *plan, struct any *any)
{
    for (size_t g = 0; g < plan->group_count; g++) {
        const struct plan_group *group = &plan->groups[g];
        for (size_t v = 0; v < group->count; v++) {
            if (group->variants[v].postings) {
                any->terms[any->count++] =
                    (struct any_term){.postings = group->variants[v].postings, .weight = group->variants[v].weight};
            }
        }
    }
    if (any->count) {
        qsort(any->terms, any->count, sizeof *any->terms, by_weight);
    }
    for (size_t i = any->count; i-- > 0;) {
        any->total += any->terms[i].weight;
        any->terms[i].rest = any->total * IMPACT_MAX;
    }
}

enum trabao_status engine_any_open(struct engine *e)
{
    size_t variants = 1;
    for (size_t g = 0; g < e->plan->group_count; g++) {
        variants += e->plan->groups[g].count;
    }
    if (variants > ROUGH_TERMS_MAX) {
        return TRABAO_OK;
    }
    e->any = mem_zalloc(1, sizeof *e->any);
    if (e->any) {
        e->any->terms = mem_alloc(variants, sizeof *e->any->terms);
    }
    if (!e->any || !e->any->terms) {
        return error_no_memory(e->err);
    }
    list_terms(e->plan, e->any);
    return TRABAO_OK;
}

void engine_any_close(struct engine *e)
{
    if (e->any) {
        mem_free(e->any->terms);
        mem_free(e->any);
    }
}

/* ---- roughly --------------------------------------------------------------------------------------------------- */

/* Finds where a term is in the run, and what it gives there at most. */
static uint32_t measure(const struct run *run, struct any_term *term)
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

/* Adds roughly what a term gives. */
static enum trabao_status add_roughly(struct run *run, const struct any_term *term)
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
    struct any *any = run->e->any;
    enum trabao_status status = TRABAO_OK;
    size_t count = any->count;
    uint32_t others = 0;
    while (count && any->terms[count - 1].rest < run->needed / REST_SHARE) {
        others = any->terms[--count].rest;
    }
    while (count && others + measure(run, &any->terms[count - 1]) < run->needed / OTHERS_SHARE) {
        others += any->terms[--count].most;
    }
    rough_begin(&run->rough, run->windows, any->total, any->count);
    size_t i = 0;
    for (; status == TRABAO_OK && i < count; i++) {
        measure(run, &any->terms[i]);
        status = add_roughly(run, &any->terms[i]);
    }
    keep_reaching(run, others);
    for (; status == TRABAO_OK && others > run->needed / REST_SHARE && run->windows; i++) {
        if (any->terms[i].most) {
            others -= any->terms[i].most;
            status = add_roughly(run, &any->terms[i]);
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
    memset(e->scores, 0, sizeof e->scores);
    for (size_t t = 0; t < e->any->count; t++) {
        struct located l = {.weight = e->any->terms[t].weight};
        TRY(impact_look(e->r->impacts, e->any->terms[t].postings, run->first + i, &l.postings, &l.count, e->err));
        if (l.count) {
            engine_add_scores(e, &l, &run->left[i], false);
        }
    }
    const struct places places = engine_reaching(e, &run->left[i], run->needed);
    engine_put_places(e, run->first + i, &places, (uint8_t)e->plan->tightest, run->recency, run->heap);
    return TRABAO_OK;
}

enum trabao_status engine_any_run(struct engine *e, uint32_t first, uint32_t windows, struct engine_hits *heap)
{
    enum trabao_status status = engine_check_clock(e);
    struct run run; /* most of it is scores, and those are cleared in their place */
    run.e = e;
    run.heap = heap;
    run.first = first;
    run.recency = engine_window_recency(e, first);
    run.needed = MAX(1U, engine_least_score(heap, (uint8_t)e->plan->tightest, run.recency));
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
