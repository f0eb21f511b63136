/*
 * engine_lean.c - one window, without the terms that cannot matter in it (MaxScore: Turtle, Flood: Query evaluation:
 * strategies and optimizations, 1995).
 *
 * When the best K are full, an article needs so many points to be one of them. A word that was typed without marks
 * stands for many terms, most of which are unlikely readings with hardly any weight: they are left out at first, and
 * looked up only for articles that would have enough points with all that was left out. Which articles match is known
 * (e->open); only their points are asked for.
 */
#include "query/engine_inside.h"

#include "base/mem.h"
#include "query/neighbours.h"

#define WORDS PLACES_WORDS
#define MINOR_SHARE 8 /* terms of a word that are left out at first give together no more than one in so many points */

/* A word. */
struct lean_word {
    const struct plan_group *group;
    size_t majors;   /* variants that are looked at first */
    uint32_t minors; /* what the others give at most */
    uint32_t bound;  /* in the window: what the first ones give at most */
    size_t number;   /* of the group */
};

struct lean {
    struct lean_word *words; /* that add to the score, the weightiest first */
    size_t word_count;
    bool all_there; /* every match has all words */
    uint32_t minors; /* what the minor terms of all words give at most */
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

static int by_word_weight(const void *a, const void *b)
{
    const struct lean_word *x = a, *y = b;
    return x->group->weight != y->group->weight ? (x->group->weight > y->group->weight ? -1 : 1)
                                                : (x->number > y->number) - (x->number < y->number);
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

enum trabao_status engine_lean_open(struct engine *e)
{
    struct lean *lean = mem_zalloc(1, sizeof *lean);
    e->lean = lean;
    if (!lean) {
        return error_no_memory(e->err);
    }
    lean->words = mem_alloc(e->plan->group_count, sizeof *lean->words);
    if (!lean->words) {
        return error_no_memory(e->err);
    }
    list_words(e);
    return TRABAO_OK;
}

void engine_lean_close(struct engine *e)
{
    if (e->lean) {
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
    return engine_reaching(look->e, places, look->needed - MIN(more, look->needed));
}

static void put(const struct look *look, const struct places *places)
{
    engine_put_places(look->e, look->window, places, (uint8_t)look->e->plan->tightest, look->recency, look->heap);
}

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
    const struct look look = {.e = e,
                              .window = window,
                              .recency = recency,
                              .needed = engine_least_score(heap, (uint8_t)e->plan->tightest, recency),
                              .heap = heap};
    return look_for_all(&look);
}
