/*
 * plan.c - binding a syntax tree to an archive (see plan.h): each node of the query becomes the condition that an
 * article has to meet, and its words are scored in the order of the query.
 */
#include "query/plan_inside.h"

#define SPELLING_SHARE 0.3 /* weight of the words of a spelling that was not typed */

/* ---- pieces of a plan ------------------------------------------------------------------------------------------ */

void *plan_piece(struct planner *p, size_t n, size_t size)
{
    void *piece = query_arena_alloc(p->plan->arena, n, size);
    if (!piece && p->status == TRABAO_OK) {
        p->status = error_no_memory(p->err);
    }
    return piece;
}

struct plan_node *plan_new_node(struct planner *p, enum plan_kind kind)
{
    struct plan_node *node = plan_piece(p, 1, sizeof *node);
    if (node) {
        node->kind = kind;
    }
    return node;
}

struct plan_node *plan_new_list(struct planner *p, enum plan_kind kind, size_t capacity)
{
    struct plan_node *list = plan_new_node(p, kind);
    if (list) {
        list->children = plan_piece(p, capacity + 1, sizeof(struct plan_node *));
    }
    return list && list->children ? list : NULL;
}

void plan_add_child(struct plan_node *list, struct plan_node *child)
{
    if (child) {
        list->children[list->child_count++] = child;
    }
}

/* ---- phrases that wait ----------------------------------------------------------------------------------------- */

/* True for a phrase that every match must have, at one tier, and that can be looked for in what is stored. */
static bool may_wait(const struct planner *p, const struct query_node *node)
{
    const struct plan *plan = p->plan;
    bool waits = node->kind == QUERY_PHRASE && p->alternatives == 0 && !p->limits->relax &&
                 plan->tightest == plan->loosest && plan->scored_count + node->token_count <= PLAN_WAITING_WORDS;
    for (size_t i = 0; i < node->token_count; i++) {
        waits = waits && plan_is_stored(&node->tokens[i]);
    }
    return waits;
}

/* A phrase whose articles need not be known in advance: all of its words are scored, from FIRST_WORD on. */
static struct plan_node *waiting_phrase(struct planner *p, const struct query_node *node, size_t first_word)
{
    struct plan *plan = p->plan;
    struct plan_node *out = plan_new_node(p, PLAN_PHRASE);
    struct plan_node **phrases = plan_piece(p, plan->phrase_count + 1, sizeof(struct plan_node *));
    if (!out || !phrases) {
        return NULL;
    }
    out->first_word = first_word;
    out->words = plan->scored_count - first_word;
    out->columns = plan_columns(node->field);
    if (plan->phrase_count) {
        memcpy(phrases, plan->phrases, plan->phrase_count * sizeof(struct plan_node *));
    }
    phrases[plan->phrase_count++] = out;
    plan->phrases = phrases;
    return out;
}

/* ---- the tree -------------------------------------------------------------------------------------------------- */

static struct plan_node *bind(struct planner *p, const struct query_node *node, enum plan_scoring scoring);

/* True for what is read as words of the query that stand where they were typed. */
static bool is_words(const struct query_node *node)
{
    return node->kind == QUERY_TERM || node->kind == QUERY_PHRASE || node->kind == QUERY_SPELLINGS;
}

/* Every child is a condition. A word is the neighbour of the word typed before it. */
static struct plan_node *bind_all(struct planner *p, const struct query_node *node, enum plan_scoring scoring)
{
    struct plan_node *out = plan_new_list(p, PLAN_AND, node->child_count);
    for (size_t i = 0; out && i < node->child_count && p->status == TRABAO_OK; i++) {
        const bool behind = i > 0 && is_words(node->children[i - 1]);
        const enum plan_scoring child = behind ? PLAN_SCORED_BEHIND : PLAN_SCORED;
        plan_add_child(out, bind(p, node->children[i], scoring == PLAN_UNSCORED ? PLAN_UNSCORED : child));
    }
    return out;
}

/* Not every child is a condition: alternatives, or what is excluded. */
static struct plan_node *bind_some(struct planner *p, const struct query_node *node, enum plan_kind kind,
                                   enum plan_scoring scoring)
{
    struct plan_node *out = plan_new_list(p, kind, node->child_count);
    p->alternatives++;
    for (size_t i = 0; out && i < node->child_count && p->status == TRABAO_OK; i++) {
        plan_add_child(out, bind(p, node->children[i], scoring));
    }
    p->alternatives--;
    return out;
}

/*
 * Alternatives of which the first was typed: it is scored where it stands. The words of the others are scored behind
 * all that was typed, which so stay neighbours.
 */
static struct plan_node *bind_spellings(struct planner *p, const struct query_node *node, enum plan_scoring scoring)
{
    struct plan_node *out = plan_new_list(p, PLAN_OR, node->child_count);
    p->alternatives++;
    p->units++;
    for (size_t i = 0; out && i < node->child_count && p->status == TRABAO_OK; i++) {
        plan_add_child(out, bind(p, node->children[i], i == 0 ? scoring : PLAN_UNSCORED));
        if (i > 0 && scoring != PLAN_UNSCORED && p->spelling_count < ARRAY_LEN(p->spellings)) {
            p->spellings[p->spelling_count++] = node->children[i];
        }
    }
    p->units--;
    p->alternatives--;
    return out;
}

static void score_spellings(struct planner *p)
{
    p->share = SPELLING_SHARE;
    for (size_t i = 0; i < p->spelling_count; i++) {
        plan_score_words(p, p->spellings[i], PLAN_SCORED);
    }
    p->share = 1;
}

/* A quote of one word. */
static struct plan_node *bind_quoted_word(struct planner *p, const struct query_node *node, enum plan_scoring scoring)
{
    struct query_node word = *node;
    word.kind = QUERY_TERM;
    word.exact = node->exact || (node->quoted && node->tokens[0].marked);
    return plan_word(p, &word, scoring);
}

/* Articles are looked for as a set; words of title and body are scored beside it. */
static struct plan_node *bind_set(struct planner *p, const struct query_node *node, enum plan_scoring scoring)
{
    if (scoring == PLAN_UNSCORED || !plan_in_text(node->field)) {
        return plan_set_by_tier(p, node);
    }
    const size_t first_word = p->plan->scored_count;
    const bool waits = may_wait(p, node);
    for (size_t i = 0; i < node->child_count; i++) {
        plan_score_words(p, node->children[i], PLAN_SCORED);
    }
    plan_score_words(p, node, scoring);
    return waits ? waiting_phrase(p, node, first_word) : plan_set_by_tier(p, node);
}

static struct plan_node *bind(struct planner *p, const struct query_node *node, enum plan_scoring scoring)
{
    const bool anywhere = node->field == QUERY_ANY || node->field == QUERY_NAME;
    const enum plan_scoring apart = MIN(scoring, PLAN_SCORED);
    switch (node->kind) {
    case QUERY_AND:
        return bind_all(p, node, scoring);
    case QUERY_OR:
    case QUERY_QUOTE:
        return bind_some(p, node, PLAN_OR, apart);
    case QUERY_NOT:
        return bind_some(p, node, PLAN_NOT, PLAN_UNSCORED);
    case QUERY_SPELLINGS:
        return bind_spellings(p, node, scoring);
    case QUERY_TERM:
    case QUERY_PREFIX:
        return anywhere ? plan_word(p, node, scoring) : bind_set(p, node, scoring);
    case QUERY_PHRASE:
        return anywhere && node->token_count == 1 ? bind_quoted_word(p, node, scoring) : bind_set(p, node, scoring);
    case QUERY_NEAR:
        return bind_set(p, node, scoring);
    }
    return NULL;
}

/* Half of the words of ROOT become enough; what it excludes stays excluded. */
static void relax(struct planner *p, struct plan_node *root)
{
    struct plan_node *some = plan_new_list(p, PLAN_AT_LEAST, root->child_count);
    if (!some || root->kind != PLAN_AND) {
        return;
    }
    size_t kept = 0;
    for (size_t i = 0; i < root->child_count; i++) {
        if (root->children[i]->kind == PLAN_NOT) {
            root->children[kept++] = root->children[i];
        } else {
            plan_add_child(some, root->children[i]);
        }
    }
    some->least = (some->child_count + 1) / 2;
    p->plan->relaxed = some;
    root->child_count = kept;
    plan_add_child(root, some); /* a list has room for one child more than it was made for */
}

static struct plan_node *bind_root(struct planner *p)
{
    struct plan_node *root = plan_new_list(p, PLAN_AND, 1 + PLAN_FIELD_LIMITS);
    if (!root) {
        return NULL;
    }
    if (p->tree->root) {
        struct plan_node *words = bind(p, p->tree->root, PLAN_SCORED);
        if (words && p->limits->relax && p->status == TRABAO_OK) {
            relax(p, words);
        }
        plan_add_child(root, words);
        p->plan->typed_count = p->plan->scored_count;
        score_spellings(p);
    }
    plan_limit_fields(p, root);
    if (root->child_count == 0) {
        return NULL;
    }
    return root->child_count == 1 ? root->children[0] : root;
}

/* ---- the public functions -------------------------------------------------------------------------------------- */

enum trabao_status plan_make(struct archive_reader *r, struct text_analyzer *analyzer, const struct query_tree *tree,
                             const struct plan_limits *limits, struct plan **out, struct trabao_error *err)
{
    struct query_arena *arena = query_arena_new();
    struct plan *plan = arena ? query_arena_alloc(arena, 1, sizeof *plan) : NULL;
    *out = NULL;
    if (!plan) {
        query_arena_free(arena);
        return error_no_memory(err);
    }
    plan->arena = arena;
    plan->tightest = tree->any_marked ? limits->tightest : TRABAO_FOLDED;
    plan->loosest = MAX(limits->loosest, plan->tightest);
    struct planner p = {.r = r,
                        .lexicon = &r->archive->lexicon,
                        .tree = tree,
                        .limits = limits,
                        .loosest = plan->loosest,
                        .share = 1,
                        .analyzer = analyzer,
                        .plan = plan,
                        .err = err};
    plan_limit_dates(&p);
    plan->root = bind_root(&p);
    if (p.status != TRABAO_OK) {
        plan_free(plan);
        return p.status;
    }
    *out = plan;
    return TRABAO_OK;
}

void plan_free(struct plan *plan)
{
    if (plan) {
        query_arena_free(plan->arena);
    }
}
