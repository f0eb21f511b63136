/*
 * engine_all.c - which articles match, in all windows at once: condition by condition, bit maps of the whole archive.
 *
 * Each condition narrows what the ones before it left, words that few articles have first. Frequent words have their
 * bit map ready (archive/word_map.h), so that this takes a few operations for 64 articles.
 */
#include "query/engine_inside.h"

#include "archive/word_map.h"

/* What is narrowed. */
struct narrowing {
    struct engine *e;
    unsigned tier;       /* less the tightest one */
    struct places *room; /* [windows] scratch */
};

static enum trabao_status keep_node(const struct narrowing *n, const struct plan_node *node, struct places *among);

static struct places *new_places(const struct narrowing *n)
{
    return query_arena_alloc(n->e->plan->arena, n->e->windows + 1U, sizeof(struct places));
}

static struct places *copy_places(const struct narrowing *n, const struct places *from)
{
    struct places *out = new_places(n);
    if (out) {
        memcpy(out, from, n->e->windows * sizeof *out);
    }
    return out;
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static enum trabao_status keep_group(const struct narrowing *n, size_t number, struct places *among)
{
    struct engine *e = n->e;
    const struct plan_group *group = &e->plan->groups[number];
    struct word_terms word = {
        .terms = query_arena_alloc(e->plan->arena, group->count + 1, sizeof *word.terms),
        .numbers = query_arena_alloc(e->plan->arena, group->count + 1, sizeof *word.numbers),
    };
    if (!word.terms || !word.numbers) {
        return error_no_memory(e->err);
    }
    TRY(engine_look_at_clock(e));
    for (size_t v = 0; v < group->count; v++) {
        const struct plan_variant *variant = &group->variants[v];
        if (variant->postings && engine_tier_place(e, variant) <= n->tier) {
            word.terms[word.count++] = variant->postings;
            word.articles += e->r->archive->lexicon.terms[variant->term].articles;
        }
    }
    return word_map_keep(e->r->impacts, &word, e->windows, among, n->room, e->err);
}

/* ---- sets -------------------------------------------------------------------------------------------------------- */

static void keep_set(const struct narrowing *n, const struct plan_node *node, struct places *among)
{
    const uint32_t windows = n->e->windows;
    memset(n->room, 0, windows * sizeof *n->room);
    for (size_t i = 0; i < node->set_count; i++) {
        places_add(&n->room[node->set[i] / WINDOW], node->set[i] % WINDOW);
    }
    for (uint32_t w = 0; w < windows; w++) {
        places_keep(&among[w], &n->room[w]);
    }
}

static enum trabao_status keep_phrase(const struct narrowing *n, const struct plan_node *node, struct places *among)
{
    enum trabao_status status = TRABAO_OK;
    for (uint32_t w = 0; node->may && w < n->e->windows; w++) {
        places_keep_window(&among[w], node->may, w);
    }
    for (size_t w = 0; status == TRABAO_OK && w < node->words; w++) {
        status = keep_group(n, n->e->plan->scored[node->first_word + w], among);
    }
    return status;
}

/* ---- conditions of conditions ------------------------------------------------------------------------------------ */

/* In about how many articles a condition is met, for the order in which they are looked at. */
static uint64_t articles_of(const struct engine *e, const struct plan_node *node)
{
    uint64_t articles = node->kind == PLAN_SET ? node->set_count : e->r->archive->count;
    if (node->kind == PLAN_GROUP) {
        articles = e->plan->groups[node->group].articles;
    }
    for (size_t w = 0; node->kind == PLAN_PHRASE && w < node->words; w++) {
        articles = MIN(articles, e->plan->groups[e->plan->scored[node->first_word + w]].articles);
    }
    return articles;
}

/* A condition, and how many articles meet it. */
struct weighed {
    const struct plan_node *node;
    uint64_t articles;
    size_t number;
};

static int by_articles(const void *a, const void *b)
{
    const struct weighed *x = a, *y = b;
    return x->articles != y->articles ? (x->articles < y->articles ? -1 : 1)
                                      : (x->number > y->number) - (x->number < y->number);
}

static enum trabao_status keep_all(const struct narrowing *n, const struct plan_node *node, struct places *among)
{
    enum trabao_status status = TRABAO_OK;
    struct weighed *ordered = query_arena_alloc(n->e->plan->arena, node->child_count + 1, sizeof *ordered);
    if (!ordered) {
        return error_no_memory(n->e->err);
    }
    for (size_t c = 0; c < node->child_count; c++) {
        ordered[c] = (struct weighed){node->children[c], articles_of(n->e, node->children[c]), c};
    }
    qsort(ordered, node->child_count, sizeof *ordered, by_articles);
    for (size_t c = 0; status == TRABAO_OK && c < node->child_count; c++) {
        status = keep_node(n, ordered[c].node, among);
    }
    return status;
}

static enum trabao_status keep_any(const struct narrowing *n, const struct plan_node *node, struct places *among)
{
    enum trabao_status status = TRABAO_OK;
    struct places *left = copy_places(n, among), *child = new_places(n);
    if (!left || !child) {
        return error_no_memory(n->e->err);
    }
    memset(among, 0, n->e->windows * sizeof *among);
    for (size_t c = 0; status == TRABAO_OK && c < node->child_count; c++) {
        memcpy(child, left, n->e->windows * sizeof *child);
        status = keep_node(n, node->children[c], child);
        for (uint32_t w = 0; w < n->e->windows; w++) {
            places_join(&among[w], &child[w]);
            places_drop(&left[w], &child[w]);
        }
    }
    return status;
}

static enum trabao_status drop_child(const struct narrowing *n, const struct plan_node *node, struct places *among)
{
    struct places *child = copy_places(n, among);
    if (!child) {
        return error_no_memory(n->e->err);
    }
    const enum trabao_status status = keep_node(n, node->children[0], child);
    for (uint32_t w = 0; w < n->e->windows; w++) {
        places_drop(&among[w], &child[w]);
    }
    return status;
}

static enum trabao_status keep_at_least(const struct narrowing *n, const struct plan_node *node, struct places *among)
{
    enum trabao_status status = TRABAO_OK;
    struct places *child = new_places(n);
    struct engine_tally *tallies = query_arena_alloc(n->e->plan->arena, n->e->windows + 1U, sizeof *tallies);
    if (!child || !tallies) {
        return error_no_memory(n->e->err);
    }
    for (size_t c = 0; status == TRABAO_OK && c < node->child_count; c++) {
        memcpy(child, among, n->e->windows * sizeof *child);
        status = keep_node(n, node->children[c], child);
        for (uint32_t w = 0; w < n->e->windows; w++) {
            engine_tally_add(&tallies[w], child[w]);
        }
    }
    for (uint32_t w = 0; w < n->e->windows; w++) {
        const struct places enough = engine_tally_reaches(&tallies[w], node->least);
        places_keep(&among[w], &enough);
    }
    return status;
}

static enum trabao_status keep_node(const struct narrowing *n, const struct plan_node *node, struct places *among)
{
    switch (node->kind) {
    case PLAN_GROUP:
        return keep_group(n, node->group, among);
    case PLAN_PHRASE:
        return keep_phrase(n, node, among);
    case PLAN_SET:
        keep_set(n, node, among);
        return TRABAO_OK;
    case PLAN_AND:
        return keep_all(n, node, among);
    case PLAN_OR:
        return keep_any(n, node, among);
    case PLAN_NOT:
        return drop_child(n, node, among);
    case PLAN_AT_LEAST:
        break;
    }
    return keep_at_least(n, node, among);
}

/* ---- tiers ------------------------------------------------------------------------------------------------------- */

/* The articles inside the limits of the plan. */
static struct places *limited(const struct narrowing *n)
{
    const struct plan *plan = n->e->plan;
    struct places *out = new_places(n);
    const uint32_t first = n->e->first_window, end = n->e->end_window;
    if (out && first < end) {
        memset(&out[first], 0xff, (end - first) * sizeof *out);
        places_cut(&out[first], first, plan->first, plan->end);
        places_cut(&out[end - 1], end - 1, plan->first, plan->end);
    }
    for (size_t i = 0; out && i < plan->excluded_count; i++) {
        places_remove(&out[plan->excluded[i] / WINDOW], plan->excluded[i] % WINDOW);
    }
    return out;
}

/* Leaves in LEFT what matches at a tier. *NEXT: the rest of it, for the next tier; NULL: that was the last. */
static enum trabao_status match_tier(const struct narrowing *n, struct places *left, struct places **next)
{
    const bool last = n->tier + 1 == n->e->tiers;
    *next = last ? NULL : copy_places(n, left);
    if (!last && !*next) {
        return error_no_memory(n->e->err);
    }
    if (n->e->plan->root) {
        TRY(keep_node(n, n->e->plan->root, left));
    }
    for (uint32_t w = 0; !last && w < n->e->windows; w++) {
        places_drop(&(*next)[w], &left[w]);
    }
    return TRABAO_OK;
}

static uint64_t count_places(const struct engine *e, const struct places *places)
{
    uint64_t count = 0;
    for (uint32_t w = 0; w < e->windows; w++) {
        count += places_count(&places[w]);
    }
    return count;
}

enum trabao_status engine_match_all(struct engine *e, struct places *by_tier[TIERS])
{
    struct plan *plan = e->plan;
    struct narrowing n = {.e = e};
    struct places *left = limited(&n);
    n.room = new_places(&n);
    if (!n.room || !left) {
        return error_no_memory(e->err);
    }
    for (; n.tier < e->tiers; n.tier++) {
        struct places *next;
        by_tier[n.tier] = left;
        TRY(match_tier(&n, left, &next));
        plan->matching[(unsigned)plan->tightest + n.tier] = count_places(e, left);
        left = next;
    }
    plan->is_counted = plan->phrase_count == 0;
    return TRABAO_OK;
}
