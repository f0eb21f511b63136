/*
 * engine_lean.c - one window, without the terms that cannot matter in it (MaxScore: Turtle, Flood: Query evaluation:
 * strategies and optimizations, 1995).
 *
 * When the best K are full, an article needs so many points to be one of them. A word that was typed without marks
 * stands for many terms, most of which are unlikely readings with hardly any weight: they are left out at first, and
 * looked up only for articles that would have enough points with all that was left out.
 *
 * Where any of the words is enough, an article with none of the terms looked at has no more points than those left out
 * can give. Else it is known which articles match (e->open), and only their points are asked for.
 */
#include "query/engine_inside.h"

#include "base/mem.h"
#include "query/neighbours.h"
#include "query/rough.h"

#define WORDS PLACES_WORDS
#define OTHERS_SHARE 3 /* terms that give less than one in so many of the needed points are not looked at at once */
#define REST_SHARE 64 /* terms that give together less than one in so many of the needed points are not added roughly */
#define MINOR_SHARE 8 /* terms of a word that are left out at first give together no more than one in so many points */

/* A term that adds to the score. */
struct lean_term {
    const struct impact_term *postings;
    uint32_t weight;
    uint32_t rest; /* what it and those behind it give at most */
};

/* A word. */
struct lean_word {
    const struct plan_group *group;
    size_t majors;   /* variants that are looked at first */
    uint32_t minors; /* what the others give at most */
    uint32_t bound;  /* in the window: what the first ones give at most */
    size_t number;   /* of the group */
};

struct lean {
    bool any; /* any of the words is enough */
    struct lean_term *terms; /* if so: of all words, the weightiest first */
    size_t count;
    struct lean_word *words; /* else: those that add to the score, the weightiest first */
    size_t word_count;
    bool all_there; /* every match has all words */
    uint32_t minors; /* what the minor terms of all words give at most */
    struct rough rough;
};

/* What is known of the window being looked at. */
struct look {
    struct engine *e;
    uint32_t window;
    uint32_t recency; /* at least that of each article */
    uint32_t needed;  /* points of its words */
    struct engine_hits *heap;
};

/* ---- setting up ------------------------------------------------------------------------------------------------ */

static int by_weight(const void *a, const void *b)
{
    const struct lean_term *x = a, *y = b;
    return x->weight != y->weight ? (x->weight > y->weight ? -1 : 1)
                                  : (x->postings->term > y->postings->term) - (x->postings->term < y->postings->term);
}

static int by_word_weight(const void *a, const void *b)
{
    const struct lean_word *x = a, *y = b;
    return x->group->weight != y->group->weight ? (x->group->weight > y->group->weight ? -1 : 1)
                                                : (x->number > y->number) - (x->number < y->number);
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

static void list_words(const struct engine *e)
{
    struct lean *lean = e->lean;
    lean->all_there = engine_all_have_words(e);
    for (size_t g = 0; g < e->plan->group_count; g++) {
        if (e->scored[g]) {
            struct lean_word *word = &lean->words[lean->word_count++];
            *word = (struct lean_word){.group = &e->plan->groups[g], .number = g};
            word->majors = engine_majors(word->group, MINOR_SHARE, &word->minors);
            lean->minors += word->minors;
        }
    }
    if (lean->word_count) {
        qsort(lean->words, lean->word_count, sizeof *lean->words, by_word_weight);
    }
}

static void list_terms(const struct engine *e)
{
    struct lean *lean = e->lean;
    for (size_t g = 0; g < e->plan->group_count; g++) {
        const struct plan_group *group = &e->plan->groups[g];
        for (size_t v = 0; v < group->count; v++) {
            if (group->variants[v].postings) {
                lean->terms[lean->count++] =
                    (struct lean_term){group->variants[v].postings, group->variants[v].weight, 0};
            }
        }
    }
    qsort(lean->terms, lean->count, sizeof *lean->terms, by_weight);
    uint32_t total = 0;
    for (size_t i = lean->count; i-- > 0;) {
        total += lean->terms[i].weight;
        lean->terms[i].rest = total * IMPACT_MAX;
    }
    rough_begin(&lean->rough, total, lean->count);
}

enum trabao_status engine_lean_open(struct engine *e)
{
    size_t variants = 1;
    if (e->tiers > 1 || e->plan->relaxed || e->plan->group_count == 0) {
        return TRABAO_OK;
    }
    for (size_t g = 0; g < e->plan->group_count; g++) {
        variants += e->plan->groups[g].count;
    }
    const bool any = engine_any_word_matches(e);
    if (any && variants > ROUGH_TERMS_MAX) {
        return TRABAO_OK;
    }
    struct lean *lean = mem_zalloc(1, sizeof *lean);
    e->lean = lean;
    if (!lean) {
        return error_no_memory(e->err);
    }
    lean->any = any;
    e->lean_always = !lean->any;
    if (lean->any) {
        lean->terms = mem_alloc(variants, sizeof *lean->terms);
    } else {
        lean->words = mem_alloc(e->plan->group_count, sizeof *lean->words);
    }
    if (!lean->terms && !lean->words) {
        return error_no_memory(e->err);
    }
    if (lean->any) {
        list_terms(e);
    } else {
        list_words(e);
    }
    return TRABAO_OK;
}

void engine_lean_close(struct engine *e)
{
    if (e->lean) {
        mem_free(e->lean->terms);
        mem_free(e->lean->words);
        mem_free(e->lean);
    }
}

/* ---- looking ---------------------------------------------------------------------------------------------------- */

/* What a term gives in the window at most. */
static inline uint32_t bound_of(const struct look *look, const struct impact_term *t, uint32_t weight)
{
    const uint32_t i = t ? impact_place(t, look->window) : UINT32_MAX;
    return i == UINT32_MAX ? 0 : weight * t->entries[i].largest;
}

/* The postings of a term in the window; those of none are 0. */
static inline enum trabao_status locate(const struct look *look, const struct impact_term *t, uint32_t weight,
                                        struct located *out)
{
    *out = (struct located){.weight = weight};
    return impact_look(look->e->r->impacts, t, look->window, &out->postings, &out->count, look->e->err);
}

/* Those of PLACES that have enough points with MORE. */
static struct places promising(const struct look *look, const struct places *places, uint32_t more)
{
    struct places out = {0};
    for (uint32_t i = 0; i < WORDS; i++) {
        for (uint64_t left = places->bits[i]; left; left &= left - 1) {
            const uint32_t place = 64 * i + (uint32_t)__builtin_ctzll(left);
            out.bits[i] |= (uint64_t)(look->e->scores[place] + more >= look->needed) << place % 64;
        }
    }
    return out;
}

static void put(const struct look *look, const struct places *places)
{
    engine_put_places(look->e, look->window, places, (uint8_t)look->e->plan->tightest, look->recency, look->heap);
}

/* Adds what a term gives at PLACES. */
static enum trabao_status add_term(const struct look *look, const struct impact_term *t, uint32_t weight,
                                   const struct places *places)
{
    struct located l;
    const enum trabao_status status = locate(look, t, weight, &l);
    if (status == TRABAO_OK && l.count) {
        engine_add_scores(look->e, &l, places, false);
    }
    return status;
}

/* ---- any word --------------------------------------------------------------------------------------------------- */

/*
 * Takes from the end of the COUNT weightiest terms those that give less than ENOUGH, together with those behind them,
 * which give *REST at most. Returns how many are left.
 */
static size_t leave_out(const struct look *look, size_t count, uint32_t enough, uint32_t *rest)
{
    const struct lean_term *terms = look->e->lean->terms;
    while (count && *rest < enough) {
        const uint32_t bound = bound_of(look, terms[count - 1].postings, terms[count - 1].weight);
        if (*rest + bound >= enough) {
            break;
        }
        *rest += bound;
        count--;
    }
    return count;
}

/* Adds roughly what a term gives. */
static enum trabao_status add_roughly(const struct look *look, const struct lean_term *term)
{
    struct located l;
    const enum trabao_status status = locate(look, term->postings, term->weight, &l);
    if (status == TRABAO_OK && l.count) {
        rough_add(&look->e->lean->rough, l.postings, l.count, l.weight);
    }
    return status;
}

/* Keeps the places that may have enough points with OTHERS. */
static void keep_reaching(const struct look *look, uint32_t others, struct places *places)
{
    rough_keep(&look->e->lean->rough, look->needed - others, places);
}

/*
 * The places that may have enough points. Each has one of the first FOUND terms, for those behind them give no more
 * than OTHERS; they are added one by one, as long as it matters and there are such places.
 */
static enum trabao_status look_roughly(const struct look *look, size_t found, uint32_t others, struct places *out)
{
    struct lean *lean = look->e->lean;
    enum trabao_status status = TRABAO_OK;
    *out = engine_allowed(look->e, look->window);
    rough_clear(&lean->rough);
    size_t i = 0;
    for (; status == TRABAO_OK && i < found; i++) {
        status = add_roughly(look, &lean->terms[i]);
    }
    keep_reaching(look, others, out);
    for (; status == TRABAO_OK && others > look->needed / REST_SHARE && !places_empty(out); i++) {
        const uint32_t bound = bound_of(look, lean->terms[i].postings, lean->terms[i].weight);
        if (bound) {
            others -= bound;
            status = add_roughly(look, &lean->terms[i]);
            keep_reaching(look, others, out);
        }
    }
    return status;
}

static enum trabao_status look_for_any(const struct look *look)
{
    struct engine *e = look->e;
    const struct lean *lean = e->lean;
    struct places places;
    uint32_t others = 0;
    size_t count = lean->count;
    while (count && lean->terms[count - 1].rest < look->needed / REST_SHARE) {
        others = lean->terms[--count].rest;
    }
    const size_t found = leave_out(look, count, look->needed / OTHERS_SHARE, &others);
    enum trabao_status status = look_roughly(look, found, others, &places);
    if (status != TRABAO_OK || places_empty(&places)) {
        return status;
    }
    memset(e->scores, 0, sizeof e->scores);
    for (size_t i = 0; status == TRABAO_OK && i < lean->count; i++) {
        status = add_term(look, lean->terms[i].postings, lean->terms[i].weight, &places);
    }
    if (status == TRABAO_OK) {
        places = promising(look, &places, 0);
        put(look, &places);
    }
    return status;
}

/* ---- all words, and other conditions ---------------------------------------------------------------------------- */

/* What the words give in the window at most. */
static uint32_t bound_words(const struct look *look)
{
    const struct lean *lean = look->e->lean;
    uint32_t sum = lean->minors;
    for (size_t w = 0; w < lean->word_count; w++) {
        struct lean_word *word = &lean->words[w];
        word->bound = 0;
        for (size_t v = 0; v < word->majors; v++) {
            word->bound += bound_of(look, word->group->variants[v].postings, word->group->variants[v].weight);
        }
        sum += word->bound;
    }
    return sum;
}

/* Begins the scores of PLACES with what their neighbours would be worth if all words were there. */
static void score_neighbours(const struct look *look, const struct places *places)
{
    struct engine *e = look->e;
    for (uint32_t i = 0; i < WORDS; i++) {
        for (uint64_t left = places->bits[i]; left; left &= left - 1) {
            e->estimates[64 * i + (uint32_t)__builtin_ctzll(left)] = 0;
        }
        for (size_t s = 1; e->estimates_most && s < e->plan->scored_count; s++) {
            const struct neighbours *n = &e->plan->neighbours[s];
            uint64_t left = n->estimate ? n->may[(size_t)look->window * WORDS + i] & places->bits[i] : 0;
            for (; left; left &= left - 1) {
                e->estimates[64 * i + (uint32_t)__builtin_ctzll(left)] += n->estimate;
            }
        }
        for (uint64_t left = places->bits[i]; left; left &= left - 1) {
            const uint32_t place = 64 * i + (uint32_t)__builtin_ctzll(left);
            e->scores[place] = e->estimates[place];
        }
    }
}

/* Puts in their place what they are worth. Where all words are there, that is the same. */
static void settle_neighbours(const struct look *look, const struct places *places)
{
    struct engine *e = look->e;
    if (e->lean->all_there) {
        return;
    }
    for (uint32_t i = 0; i < WORDS; i++) {
        for (uint64_t left = places->bits[i]; left; left &= left - 1) {
            const uint32_t place = 64 * i + (uint32_t)__builtin_ctzll(left);
            e->scores[place] -= e->estimates[place];
        }
    }
    engine_add_estimates(e, look->window);
}

/* Adds what the variants of a word from FIRST to END give at PLACES. */
static enum trabao_status add_word(const struct look *look, const struct lean_word *word, size_t first, size_t end,
                                   const struct places *places)
{
    struct engine *e = look->e;
    enum trabao_status status = TRABAO_OK;
    for (size_t v = first; status == TRABAO_OK && v < end; v++) {
        struct located l;
        status = locate(look, word->group->variants[v].postings, word->group->variants[v].weight, &l);
        if (status == TRABAO_OK && l.count) {
            engine_add_scores(e, &l, places, false);
            if (e->estimates_most && !e->lean->all_there) {
                places_add_postings(&e->groups[word->number], l.postings, l.count);
            }
        }
    }
    return status;
}

static enum trabao_status look_for_all(const struct look *look)
{
    struct engine *e = look->e;
    const struct lean *lean = e->lean;
    struct places places = engine_allowed(e, look->window);
    uint32_t rest = bound_words(look);
    if (rest + e->estimates_most < look->needed || places_empty(&places)) {
        return TRABAO_OK;
    }
    enum trabao_status status = TRABAO_OK;
    score_neighbours(look, &places);
    places = promising(look, &places, rest);
    for (size_t w = 0; status == TRABAO_OK && !places_empty(&places) && w < lean->word_count; w++) {
        e->groups[lean->words[w].number] = (struct places){0};
        status = add_word(look, &lean->words[w], 0, lean->words[w].majors, &places);
        rest -= lean->words[w].bound;
        places = promising(look, &places, rest);
    }
    for (size_t w = 0; status == TRABAO_OK && !places_empty(&places) && w < lean->word_count; w++) {
        status = add_word(look, &lean->words[w], lean->words[w].majors, lean->words[w].group->count, &places);
    }
    if (status == TRABAO_OK && !places_empty(&places)) {
        settle_neighbours(look, &places);
        put(look, &places);
    }
    return status;
}

enum trabao_status engine_lean_window(struct engine *e, uint32_t window, struct engine_hits *heap)
{
    const enum trabao_status status = engine_check_clock(e);
    if (status != TRABAO_OK) {
        return status;
    }
    const uint32_t recency = engine_window_recency(e, window);
    const uint32_t least = engine_least_score(heap, (uint8_t)e->plan->tightest, recency);
    const struct look look = {.e = e,
                              .window = window,
                              .recency = recency,
                              .needed = e->lean->any ? MAX(1U, least) : least, /* without a point it has no word */
                              .heap = heap};
    return e->lean->any ? look_for_any(&look) : look_for_all(&look);
}
