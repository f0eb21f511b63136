/*
 * rarest.c - the words, phrases and NEARs of a tree are listed, sorted by rarity, and kept from the rarest on while
 * they fit; then the tree closes over the gaps. A word that is there already is the first to go: without it the same
 * articles match.
 */
#include "query/rarest.h"

#include "query/tree.h"

/* A word, phrase or NEAR. */
struct part {
    struct query_node *node;
    const struct query_node *list; /* that it is in; NULL: it is all there is */
    bool negated;
    bool repeated; /* an earlier part of the list is the same word */
    uint64_t articles; /* no more than so many have it */
    size_t words;
    size_t place; /* in the query */
};

struct parts {
    struct query_context *c;
    const struct lexicon *lexicon;
    struct part *items;
    size_t count, words;
};

/* A word not yet widened: as typed, or in all its readings when no word of the query has marks. */
static uint64_t articles_of(const struct parts *p, const struct query_token *token)
{
    char folded[TEXT_FORM_MAX];
    const size_t n = text_fold(token->form, token->len, folded);
    uint64_t articles = 0;
    for (uint32_t t = lexicon_fold_first(p->lexicon, folded, n); t != LEXICON_NONE;
         t = lexicon_fold_next(p->lexicon, t)) {
        const struct lexicon_term *term = &p->lexicon->terms[t];
        const bool typed = lexicon_is(p->lexicon, t, token->form, token->len);
        if (typed || !p->c->tree->any_marked) {
            articles += term->articles;
        }
    }
    return articles;
}

/* The words of NODE into its PART. What a prefix stands for is not looked up: it counts as common. */
static void measure(const struct parts *p, const struct query_node *node, struct part *part)
{
    for (size_t i = 0; i < node->token_count && node->kind != QUERY_PREFIX; i++) {
        const uint64_t articles = articles_of(p, &node->tokens[i]);
        part->articles = MIN(part->articles, articles);
    }
    const size_t rows = node->kind == QUERY_QUOTE ? 1 : node->child_count; /* one quote, however spelled */
    part->words += node->token_count;
    for (size_t i = 0; i < rows; i++) {
        measure(p, node->children[i], part);
    }
}

static bool is_list(const struct query_node *node)
{
    return node->kind == QUERY_AND || node->kind == QUERY_OR || node->kind == QUERY_NOT;
}

static size_t count_parts(const struct query_node *node)
{
    size_t count = is_list(node) ? 0 : 1;
    for (size_t i = 0; i < node->child_count && is_list(node); i++) {
        count += count_parts(node->children[i]);
    }
    return count;
}

static void list_parts(struct parts *p, struct query_node *node, const struct query_node *list, bool negated)
{
    if (is_list(node)) {
        for (size_t i = 0; i < node->child_count; i++) {
            list_parts(p, node->children[i], node, negated != (node->kind == QUERY_NOT));
        }
        return;
    }
    struct part *part = &p->items[p->count];
    *part = (struct part){
        .node = node, .list = list, .negated = negated, .articles = UINT64_MAX, .place = p->count++};
    measure(p, node, part);
    p->words += part->words;
}

static bool is_same_word(const struct part *a, const struct part *b)
{
    const struct query_node *x = a->node;
    const struct query_node *y = b->node;
    return a->list == b->list && x->kind == QUERY_TERM && y->kind == QUERY_TERM && x->field == y->field &&
           x->exact == y->exact && x->tokens->len == y->tokens->len &&
           memcmp(x->tokens->form, y->tokens->form, x->tokens->len) == 0;
}

static void find_repeated(struct parts *p)
{
    for (size_t i = 0; i < p->count; i++) {
        for (size_t j = 0; j < i && !p->items[i].repeated; j++) {
            p->items[i].repeated = is_same_word(&p->items[i], &p->items[j]);
        }
    }
}

static int by_rarity(const void *a, const void *b)
{
    const struct part *x = a;
    const struct part *y = b;
    if (x->negated != y->negated) {
        return x->negated ? -1 : 1;
    }
    if (x->repeated != y->repeated) {
        return y->repeated ? -1 : 1;
    }
    if (x->articles != y->articles) {
        return x->articles < y->articles ? -1 : 1;
    }
    return x->place < y->place ? -1 : 1;
}

/* Shortens NODE to its first WORDS words; to nothing for 0. */
static void shorten(struct query_node *node, size_t words)
{
    size_t kept = 0;
    node->token_count = MIN(node->token_count, words);
    for (size_t left = words; kept < node->child_count && node->children[kept]->token_count <= left; kept++) {
        left -= node->children[kept]->token_count;
    }
    node->child_count = kept;
}

static void drop_parts(struct parts *p)
{
    size_t left = QUERY_WORDS_KEPT;
    for (size_t i = 0; i < p->count; i++) {
        struct part *part = &p->items[i];
        const size_t kept = part->words <= left ? part->words : i == 0 ? left : 0;
        if (kept < part->words) {
            shorten(part->node, kept);
        }
        left -= kept;
    }
}

/* NODE without what was shortened to nothing; NULL if nothing is left of it. */
static struct query_node *close_gaps(struct query_node *node)
{
    if (!is_list(node)) {
        return node->token_count > 0 || node->child_count > 0 ? node : NULL;
    }
    size_t kept = 0;
    for (size_t i = 0; i < node->child_count; i++) {
        struct query_node *child = close_gaps(node->children[i]);
        if (child != NULL) {
            node->children[kept++] = child;
        }
    }
    node->child_count = kept;
    if (kept == 0) {
        return NULL;
    }
    /* NOT only stands in an AND. */
    const bool alone = kept == 1 && node->kind != QUERY_NOT &&
                       !(node->kind == QUERY_AND && node->children[0]->kind == QUERY_NOT);
    return alone ? node->children[0] : node;
}

static void keep_rarest(struct query_context *c, const struct lexicon *lexicon)
{
    struct parts p = {.c = c, .lexicon = lexicon};
    if (c->tree->root == NULL) {
        return;
    }
    p.items = query_new(c, count_parts(c->tree->root), sizeof *p.items);
    if (p.items == NULL) {
        return;
    }
    list_parts(&p, c->tree->root, NULL, false);
    if (p.words <= QUERY_WORDS_KEPT) {
        return;
    }
    query_warn(c, "Câu tìm có %zu từ: chỉ %d từ hiếm nhất được dùng.",
               "the query has %zu words: only the %d rarest are used", p.words, QUERY_WORDS_KEPT);
    if (c->status != TRABAO_OK) {
        return;
    }
    find_repeated(&p);
    qsort(p.items, p.count, sizeof *p.items, by_rarity);
    drop_parts(&p);
    c->tree->root = close_gaps(c->tree->root);
    query_tree_understand(c);
}

enum trabao_status query_keep_rarest(struct query_tree *tree, const struct lexicon *lexicon, bool strict,
                                     struct trabao_error *err)
{
    struct query_context c = {.text = tree->text, .n = tree->text_len, .strict = strict, .tree = tree, .err = err};
    keep_rarest(&c, lexicon);
    return c.status;
}
