/*
 * adjacency.c - see adjacency.h. A table from term to the words of the query that it stands for is made once; then the
 * terms of each article, in text order, are walked through once.
 */
#include "query/adjacency.h"

#include <math.h>

#include "archive/schema.h"
#include "base/mem.h"
#include "query/neighbours.h"
#include "query/term_slots.h"

#define WORDS_MAX PLAN_WAITING_WORDS
#define LIKELY 4 /* a reading of a word is likely that weighs at least one in so many of the likeliest */

/* What else is known of a term that stands for words, which are the scored ones of the plan. */
struct entry {
    uint32_t weight;
    uint8_t tier;    /* tightest tier at which it stands for any of them */
    uint64_t likely; /* bit i: it is likely meant by the i-th */
};

struct adjacency {
    struct archive_reader *r;
    const struct plan *plan;
    struct term_slots slots;
    struct entry *entries; /* by slot */
    size_t words;
    uint32_t weights[WORDS_MAX]; /* of the words */
    uint64_t needed;         /* bit i: every article must have the i-th scored word */
    bool matters;
    double passage_word; /* points of a word in the best passage, as scores have them */
    uint64_t phrase_starts, phrase_ends; /* bit i: a phrase of the plan begins, or ends, with the i-th scored word */
    uint64_t title_ends, body_ends;      /* the ends of those that may be in the title, or in the body */
    struct wordcode_terms terms;         /* of the article that was read last */
};

static bool make_table(struct adjacency *t, const struct plan *plan)
{
    size_t variants = 0;
    t->words = MIN(plan->typed_count, (size_t)WORDS_MAX);
    for (size_t s = 0; s < t->words; s++) {
        variants += plan->groups[plan->scored[s]].count;
    }
    if (!term_slots_make(&t->slots, variants, plan->arena)) {
        return false;
    }
    t->entries = query_arena_alloc(plan->arena, t->slots.mask + 1, sizeof *t->entries);
    if (!t->entries) {
        return false;
    }
    for (uint32_t i = 0; i <= t->slots.mask; i++) {
        t->entries[i].tier = UINT8_MAX;
    }
    for (size_t s = 0; s < t->words; s++) {
        const struct plan_group *group = &plan->groups[plan->scored[s]];
        for (size_t v = 0; v < group->count; v++) {
            struct entry *e = &t->entries[term_slots_add(&t->slots, group->variants[v].term, s)];
            e->tier = MIN(e->tier, group->variants[v].tier);
            e->weight = MAX(e->weight, group->variants[v].weight);
            e->likely |= group->variants[v].weight * LIKELY >= group->weight ? UINT64_C(1) << s : 0;
        }
        t->weights[s] = group->weight;
    }
    return true;
}

bool adjacency_matters(const struct plan *plan)
{
    for (size_t s = 1; s < plan->typed_count; s++) {
        if (plan->follows[s]) {
            return true;
        }
    }
    return false;
}

size_t adjacency_articles(const struct plan *plan)
{
    return plan->relaxed || plan->phrase_count || !adjacency_matters(plan) ? ADJACENCY_FEW : ADJACENCY_ARTICLES;
}

/* What was counted for one pair of neighbours. */
struct pair {
    uint32_t frequency;
    double weight; /* largest product of the weights of the two terms */
};

/* The words of the query among the last ADJACENCY_PASSAGE of an article, as they go by. */
struct passage {
    struct {
        size_t place;
        uint64_t words;
    } ring[ADJACENCY_PASSAGE];
    size_t first, end; /* of what is in the ring, counted on and on */
    uint8_t counts[WORDS_MAX];
    uint32_t words, most; /* different ones in there, now and at most */
    double points;        /* of the best passage, in those of a word */
};

static void passage_drop(struct passage *p)
{
    for (uint64_t words = p->ring[p->first++ % ADJACENCY_PASSAGE].words; words; words &= words - 1) {
        p->words -= --p->counts[__builtin_ctzll(words)] == 0;
    }
}

static void passage_add(struct passage *p, size_t place, uint64_t words)
{
    while (p->first < p->end && p->ring[p->first % ADJACENCY_PASSAGE].place + ADJACENCY_PASSAGE <= place) {
        passage_drop(p);
    }
    p->ring[p->end % ADJACENCY_PASSAGE].place = place;
    p->ring[p->end++ % ADJACENCY_PASSAGE].words = words;
    for (; words; words &= words - 1) {
        p->words += p->counts[__builtin_ctzll(words)]++ == 0;
    }
    /* One that has no more than an earlier one is worth less. */
    if (p->words > p->most) {
        p->most = p->words;
        p->points = fmax(p->points, p->words * (1 + ADJACENCY_EARLY / (1 + (double)place / ADJACENCY_EARLY_HALF)));
    }
}

/* What is in one article. */
struct view {
    uint32_t points;
    bool has_phrases;
    bool is_meant; /* it has all words that it must have, as they are likely meant */
};

/* How much the S-th word and the one before it count, where the weights of their readings have the PRODUCT. */
static double share_of(const struct adjacency *t, size_t s, double product)
{
    const double likeliest = (double)t->weights[s - 1] * t->weights[s];
    /* A term of a syllable that is typed twice may weigh more in its other place. */
    const double share = likeliest > 0 ? fmin(1, product / likeliest) : 0;
    return ADJACENCY_ANY_READING + (1 - ADJACENCY_ANY_READING) * share;
}

static double points_of_pairs(const struct adjacency *t, const struct pair *pairs)
{
    const double average = t->r->archive->average_length;
    const double length = average > 0 ? (double)t->terms.count / average : 1;
    const double half = ADJACENCY_HALF * (1 - ADJACENCY_B + ADJACENCY_B * length);
    double points = 0;
    for (size_t s = 1; s < t->words; s++) {
        const double f = MIN(pairs[s].frequency, IMPACT_FREQUENCY_MAX), share = share_of(t, s, pairs[s].weight);
        points += ADJACENCY_WEIGHT * t->plan->neighbours[s].weight * share * IMPACT_MAX * f / (f + half);
    }
    return points;
}

/* An article of a tier gets its points by the words of that tier and of tighter ones. */
static struct view view_of(const struct adjacency *t, uint8_t tier)
{
    const struct wordcode_terms *terms = &t->terms;
    struct pair pairs[WORDS_MAX] = {0};
    struct passage passage = {0};
    const struct entry *before = NULL;
    uint64_t words_before = 0, running = 0, found = 0, meant = 0;
    size_t next = 0; /* behind the last term that stands for words */
    for (size_t i = 0; (i = term_slots_next(&t->slots, terms->terms, i, terms->count)) < terms->count; i++) {
        const uint32_t slot = term_slots_find(&t->slots, terms->terms[i]);
        if (slot == TERM_SLOTS_NONE || t->entries[slot].tier > tier) {
            continue;
        }
        if (i != next || i == terms->title_count) {
            words_before = running = 0;
        }
        next = i + 1;
        const struct entry *here = &t->entries[slot];
        const uint64_t words = t->slots.slots[slot].words;
        running = term_slots_run(running, t->phrase_starts, words);
        found |= running & (i < terms->title_count ? t->title_ends : t->body_ends);
        meant |= here->likely;
        passage_add(&passage, i, words);
        const uint32_t occurrence = i < terms->title_count                       ? ADJACENCY_TITLE
                                    : i < terms->title_count + IMPACT_LEAD_WORDS ? ADJACENCY_LEAD
                                                                                 : 1;
        for (uint64_t both = words & words_before << 1; both; both &= both - 1) {
            struct pair *pair = &pairs[__builtin_ctzll(both)];
            pair->frequency += occurrence;
            pair->weight = fmax(pair->weight, (double)before->weight * here->weight);
        }
        before = here;
        words_before = words;
    }
    const double points = points_of_pairs(t, pairs) + t->passage_word * passage.points;
    return (struct view){(uint32_t)points, found == t->phrase_ends, (meant & t->needed) == t->needed};
}

/* Looks into the article of HIT, which keeps its points. */
static enum trabao_status read_view(struct adjacency *a, struct engine_hit *hit, struct view *out,
                                    struct trabao_error *err)
{
    TRY(archive_terms(a->r, a->r->archive->ids[hit->article], &a->terms, err));
    *out = view_of(a, hit->tier);
    hit->pairs = out->points + 1;
    return TRABAO_OK;
}

static void note_phrases(struct adjacency *a)
{
    for (size_t i = 0; i < a->plan->phrase_count; i++) {
        const struct plan_node *phrase = a->plan->phrases[i];
        const uint64_t last = UINT64_C(1) << (phrase->first_word + phrase->words - 1);
        a->phrase_starts |= UINT64_C(1) << phrase->first_word;
        a->phrase_ends |= last;
        a->title_ends |= phrase->columns >> SCHEMA_TITLE & 1 ? last : 0;
        a->body_ends |= phrase->columns >> SCHEMA_BODY & 1 ? last : 0;
    }
}

/* Notes the words that NODE demands by themselves. */
static void note_needed(struct adjacency *a, const struct plan_node *node)
{
    for (size_t i = 0; node && node->kind == PLAN_AND && i < node->child_count; i++) {
        note_needed(a, node->children[i]);
    }
    for (size_t s = 0; node && node->kind == PLAN_GROUP && s < a->words; s++) {
        a->needed |= a->plan->scored[s] == node->group ? UINT64_C(1) << s : 0;
    }
}

enum trabao_status adjacency_open(struct archive_reader *r, struct plan *plan, struct adjacency **out,
                                  struct trabao_error *err)
{
    struct adjacency *a = mem_zalloc(1, sizeof *a);
    *out = a;
    if (!a) {
        return error_no_memory(err);
    }
    a->r = r;
    a->plan = plan;
    a->matters = adjacency_matters(plan);
    a->passage_word = ENGINE_POINT * ADJACENCY_PASSAGE_WORD * log(1 + (double)r->archive->count);
    note_phrases(a);
    const enum trabao_status status = neighbours_find(r, plan, err);
    if (status != TRABAO_OK) {
        return status;
    }
    if (!make_table(a, plan)) {
        return error_no_memory(err);
    }
    note_needed(a, plan->root);
    return TRABAO_OK;
}

void adjacency_close(struct adjacency *a)
{
    if (a) {
        wordcode_terms_free(&a->terms);
        mem_free(a);
    }
}

enum trabao_status adjacency_has_phrases(void *adjacency, struct engine_hit *hit, struct trabao_error *err)
{
    struct view view = {0};
    const enum trabao_status status = read_view(adjacency, hit, &view, err);
    return status == TRABAO_OK && !view.has_phrases ? TRABAO_NONE : status;
}

enum trabao_status adjacency_enough_meant(struct adjacency *a, struct engine_hit *hits, size_t count, size_t least,
                                          bool *enough, struct trabao_error *err)
{
    size_t meant = 0;
    for (size_t i = 0; meant < least && i < count; i++) {
        struct view view;
        TRY(read_view(a, &hits[i], &view, err));
        meant += view.is_meant;
    }
    *enough = meant >= least;
    return TRABAO_OK;
}

/* What the impact index knows of a word in an article, in any reading. */
struct glance {
    double most; /* by impact_most; 0: it is not there */
    bool early;
};

static enum trabao_status glance_at(const struct adjacency *a, uint32_t article, struct glance *glances,
                                    struct trabao_error *err)
{
    for (size_t s = 0; s < a->words; s++) {
        const struct plan_group *group = &a->plan->groups[a->plan->scored[s]];
        glances[s] = (struct glance){0};
        for (size_t v = 0; v < group->count; v++) {
            uint8_t impact;
            TRY(impact_in_article(a->r->impacts, group->variants[v].postings, article, &impact, err));
            glances[s].most += impact ? impact_most(impact) : 0;
            glances[s].early |= impact_is_early(impact);
        }
    }
    return TRABAO_OK;
}

/* The most that the passages of an article can add: those at its beginning, and the others. */
static double most_of_passages(const struct adjacency *a, const struct glance *glances)
{
    uint32_t early = 0, all = 0;
    for (size_t s = 0; s < a->words; s++) {
        early += glances[s].early;
        all += glances[s].most > 0;
    }
    return a->passage_word *
           fmax(early * (1 + ADJACENCY_EARLY),
                all * (1 + ADJACENCY_EARLY / (1 + (double)IMPACT_EARLY_WORDS / ADJACENCY_EARLY_HALF)));
}

/* Gives HIT the most that it can come to: a pair that it may have is there as often as its rarer word. */
static enum trabao_status give_most(const struct adjacency *a, struct engine_hit *hit, struct trabao_error *err)
{
    struct glance glances[WORDS_MAX];
    TRY(glance_at(a, hit->article, glances, err));
    double points = most_of_passages(a, glances);
    for (size_t s = 1; s < a->words; s++) {
        const struct neighbours *n = &a->plan->neighbours[s];
        const double most = fmin(glances[s - 1].most, glances[s].most);
        if (neighbours_may(n, hit->article)) {
            points += ADJACENCY_WEIGHT * n->weight * IMPACT_MAX / (1 + ADJACENCY_HALF / IMPACT_K1 / most);
        }
    }
    const uint32_t most = (uint32_t)ceil(points);
    hit->score += most - hit->estimate;
    hit->estimate = most;
    return TRABAO_OK;
}

/* Replaces the points that HIT was given ahead by those that it has. */
static void give_points(struct engine_hit *hit)
{
    hit->score += hit->pairs - 1 - hit->estimate;
    hit->estimate = hit->pairs - 1;
}

static enum trabao_status look_into(struct adjacency *a, struct engine_hit *hit, struct trabao_error *err)
{
    struct view view;
    TRY(read_view(a, hit, &view, err));
    give_points(hit);
    return TRABAO_OK;
}

/* Moves HITS[I] to its place among those before it, which are sorted. */
static void sort_in(struct engine_hit *hits, size_t i)
{
    const struct engine_hit hit = hits[i];
    while (i && engine_compare(&hit, &hits[i - 1]) < 0) {
        hits[i] = hits[i - 1];
        i--;
    }
    hits[i] = hit;
}

/*
 * Every hit is given the most that it can come to ahead. In that order they are looked into, and sorted in, until what
 * is left cannot reach the best WANTED.
 */
enum trabao_status adjacency_rank(struct adjacency *a, struct engine_hit *hits, size_t count, size_t wanted,
                                  struct trabao_error *err)
{
    if (!a->matters) {
        return TRABAO_OK;
    }
    enum trabao_status status = TRABAO_OK;
    for (size_t i = 0; status == TRABAO_OK && i < count; i++) {
        if (hits[i].pairs) {
            give_points(&hits[i]);
        } else {
            status = give_most(a, &hits[i], err);
        }
    }
    engine_sort(hits, count);
    for (size_t i = 0; status == TRABAO_OK && i < count; i++) {
        if (i >= wanted && engine_compare(&hits[wanted - 1], &hits[i]) < 0) {
            break;
        }
        if (hits[i].pairs == 0) {
            status = look_into(a, &hits[i], err);
        }
        sort_in(hits, i);
    }
    return status;
}
