/*
 * plan_words.c - the words of a plan: their variants weighed, and which of them add to the score.
 *
 * A variant weighs as much as its term is rare (inverse document frequency), times how likely it is what was meant.
 */
#include <math.h>

#include "query/plan_inside.h"

static double idf_of(const struct archive *a, uint32_t articles)
{
    return log(1 + ((double)a->count - articles + 0.5) / (articles + 0.5));
}

static int by_tier_and_weight(const void *a, const void *b)
{
    const struct plan_variant *x = a, *y = b;
    if (x->tier != y->tier) {
        return x->tier < y->tier ? -1 : 1;
    }
    return x->weight != y->weight ? (x->weight > y->weight ? -1 : 1) : (x->term > y->term) - (x->term < y->term);
}

/* How much a term counts as a reading of TOKEN. */
static double share_of(const struct planner *p, const struct query_token *token, uint32_t term)
{
    const double probability = p->limits->readings ? readings_probability(p->limits->readings, token, term) : -1;
    return probability < 0 ? 1 : probability;
}

/* Weighs the variants, sorts them, and drops those beyond the ceiling. */
static void finish_group(struct planner *p, struct plan_group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        struct plan_variant *v = &group->variants[i];
        const struct lexicon_term *term = &p->lexicon->terms[v->term];
        const double share = share_of(p, group->token, v->term);
        v->weight = (uint32_t)fmax(1, PLAN_WEIGHT_SCALE * p->share * share * idf_of(p->r->archive, term->articles));
        group->articles += term->articles;
    }
    qsort(group->variants, group->count, sizeof *group->variants, by_tier_and_weight);
    group->count = MIN(group->count, (size_t)PLAN_VARIANTS_MAX);
    for (size_t i = 0; i < group->count && p->status == TRABAO_OK; i++) {
        struct plan_variant *v = &group->variants[i];
        if (v->weight > group->weight) {
            group->weight = v->weight;
            group->meant = v->term;
        }
        p->status = impact_find(p->r->impacts, v->term, &v->postings, p->err);
    }
}

/* A copy of OLD, COUNT items of SIZE bytes, with room for CAPACITY; NULL when memory runs out. */
static void *enlarged(struct planner *p, const void *old, size_t count, size_t capacity, size_t size)
{
    void *items = plan_piece(p, capacity, size);
    if (items && count) {
        memcpy(items, old, count * size);
    }
    return items;
}

/* Makes room for another group, which may be scored too. */
static bool make_room(struct planner *p)
{
    struct plan *plan = p->plan;
    if (plan->group_count < p->group_capacity) {
        return true;
    }
    const size_t capacity = MAX((size_t)16, p->group_capacity * 2);
    plan->groups = enlarged(p, plan->groups, plan->group_count, capacity, sizeof *plan->groups);
    plan->scored = enlarged(p, plan->scored, plan->scored_count, capacity, sizeof *plan->scored);
    plan->follows = enlarged(p, plan->follows, plan->scored_count, capacity, sizeof *plan->follows);
    plan->run = enlarged(p, plan->run, plan->scored_count, capacity, sizeof *plan->run);
    p->group_capacity = capacity;
    return plan->groups && plan->scored && plan->follows && plan->run;
}

size_t plan_add_group(struct planner *p, const struct query_token *token, struct plan_variant *variants, size_t count)
{
    struct plan *plan = p->plan;
    if (p->status != TRABAO_OK || !make_room(p)) {
        return 0;
    }
    struct plan_group *group = &plan->groups[plan->group_count];
    *group = (struct plan_group){.variants = variants, .count = count, .token = token};
    finish_group(p, group);
    return plan->group_count++;
}

/* Lets GROUP add to the score. RUN as in the plan. */
static void score_group(struct planner *p, size_t group, enum plan_scoring scoring, size_t run)
{
    struct plan *plan = p->plan;
    if (p->status == TRABAO_OK && scoring != PLAN_UNSCORED) {
        plan->run[plan->scored_count] = (uint8_t)MIN(run, (size_t)UINT8_MAX);
        plan->follows[plan->scored_count] = scoring == PLAN_SCORED_BEHIND && plan->scored_count;
        plan->scored[plan->scored_count++] = group;
    }
}

struct plan_node *plan_word(struct planner *p, const struct query_node *node, enum plan_scoring scoring)
{
    size_t count;
    struct plan_node *out = plan_new_node(p, PLAN_GROUP);
    struct plan_variant *variants = plan_variants(p, node, node->tokens, &count);
    if (out && variants) {
        out->group = plan_add_group(p, node->tokens, variants, count);
        score_group(p, out->group, scoring, 1);
    }
    return out;
}

void plan_score_words(struct planner *p, const struct query_node *node, enum plan_scoring scoring)
{
    for (size_t i = 0; i < node->token_count && p->status == TRABAO_OK; i++) {
        size_t count;
        struct plan_variant *variants = plan_variants(p, node, &node->tokens[i], &count);
        if (variants) {
            const size_t group = plan_add_group(p, &node->tokens[i], variants, count);
            score_group(p, group, i > 0 ? PLAN_SCORED_BEHIND : scoring, i == 0 ? node->token_count : 0);
        }
    }
}
