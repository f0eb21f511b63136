/*
 * parse.c - recursive descent over the items of lex.h.
 *
 *     query   = all { OR all }
 *     all     = part { [AND] part }          AND binds tighter than OR
 *     part    = { MINUS | NOT | FIELD | EXACT } ( WORD | DATE | QUOTE | OPEN query CLOSE )
 *     part    = part NEAR part               between single words and phrases
 *
 * An operator that lacks an operand is a word, with a warning; OR, AND and NOT only if they are all there is: beside
 * anything else they are left out, for who types them means no word. Nodes without tokens (punctuation, empty
 * parentheses) are no nodes: functions that make one return NULL for them. Lists under construction share one stack.
 */
#include "query/parse_inside.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "query/tree.h"
#include "query/trabao.h"
#include "text/letter.h"

static const struct query_problem no_operand = {"thiếu vế đi cùng nên được tìm như một từ", "has nothing to apply to"};
static const struct query_problem no_units = {
    "chỉ nối các từ hoặc cụm từ trong ngoặc kép, của cùng một trường, nên được tìm như một từ",
    "joins only words and phrases in quotes, of the same field"};

static const struct query_problem no_side = {"thiếu vế đi cùng nên được bỏ qua", "has nothing to apply to"};

static struct query_node *parse_query(struct parser *p, enum query_field field);

/* ---- nodes ----------------------------------------------------------------------------------------------------- */

struct query_node *parse_new_node(struct parser *p, enum query_kind kind, enum query_field field)
{
    struct query_node *node = query_new(p->c, 1, sizeof *node);
    if (node != NULL) {
        node->kind = kind;
        node->field = field;
    }
    return node;
}

void parse_push(struct parser *p, struct query_node *node)
{
    void *stack = p->stack;
    if (node == NULL) {
        return;
    }
    if (mem_grow(&stack, &p->capacity, p->count + 1, sizeof(struct query_node *))) {
        p->stack = stack;
        p->stack[p->count++] = node;
    } else {
        query_no_memory(p->c);
    }
}

static void push_child(struct parser *p, struct query_node *node, enum query_kind list)
{
    if (node == NULL || node->kind != list) {
        parse_push(p, node);
        return;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        parse_push(p, node->children[i]);
    }
}

struct query_node *parse_pop_list(struct parser *p, size_t base, enum query_kind kind)
{
    const size_t count = p->count - base;
    p->count = base;
    if (p->c->status != TRABAO_OK || count == 0) {
        return NULL;
    }
    struct query_node **children = p->stack + base;
    if (count == 1 && (children[0]->kind != QUERY_NOT || kind != QUERY_AND)) {
        return children[0];
    }
    struct query_node *node = parse_new_node(p, kind, QUERY_ANY);
    struct query_node **copy = query_new(p->c, count, sizeof(struct query_node *));
    if (node == NULL || copy == NULL) {
        return NULL;
    }
    memcpy(copy, children, count * sizeof(struct query_node *));
    node->children = copy;
    node->child_count = count;
    return node;
}

static struct query_node *negate(struct parser *p, struct query_node *child)
{
    if (child == NULL) {
        return NULL;
    }
    if (child->kind == QUERY_AND && child->child_count == 1) {
        return child->children[0]->children[0];
    }
    struct query_node *node = parse_new_node(p, QUERY_NOT, QUERY_ANY);
    struct query_node **children = query_new(p->c, 1, sizeof(struct query_node *));
    if (node == NULL || children == NULL) {
        return NULL;
    }
    children[0] = child;
    node->children = children;
    node->child_count = 1;
    return node;
}

/* ---- grammar --------------------------------------------------------------------------------------------------- */

/* True when a part can begin with this item. */
static bool begins_part(enum lex_kind kind)
{
    return kind == LEX_WORD || kind == LEX_DATE || kind == LEX_QUOTE || kind == LEX_OPEN || kind == LEX_MINUS ||
           kind == LEX_EXACT || kind == LEX_FIELD || kind == LEX_NOT || kind == LEX_FILTER;
}

/* True when something that can be negated or be of a field follows ITEM. */
static bool is_followed(const struct lex_item *item)
{
    return item->kind != LEX_END && begins_part(item[1].kind) && item[1].kind != LEX_FILTER;
}

/* Reads signs and names. False when one of them turned out to be a word, which is then in *STRAY. */
static bool parse_modifiers(struct parser *p, struct modifiers *m, struct query_node **stray)
{
    for (;; p->item++) {
        switch (p->item->kind) {
        case LEX_MINUS:
            m->negated = !m->negated;
            break;
        case LEX_EXACT:
            m->exact = true;
            break;
        case LEX_NOT:
        case LEX_FIELD:
            if (!is_followed(p->item)) {
                *stray = parse_stray(p, p->item++, m->field, no_operand);
                return false;
            }
            if (p->item->kind == LEX_NOT) {
                m->negated = !m->negated;
            } else {
                m->field = p->item->field;
            }
            break;
        default:
            return true;
        }
    }
}

static struct query_node *parse_part(struct parser *p, enum query_field field)
{
    struct modifiers m = {.field = field};
    struct query_node *node = NULL;
    if (parse_modifiers(p, &m, &node)) {
        switch (p->item->kind) {
        case LEX_WORD:
        case LEX_DATE:
        case LEX_QUOTE:
            node = parse_words(p, &m);
            break;
        case LEX_OPEN:
            p->item++;
            node = parse_query(p, m.field);
            break;
        default:
            return NULL; /* nothing follows the sign: an unclosed quote, for instance */
        }
        p->item++;
    }
    return m.negated ? negate(p, node) : node;
}

static bool is_unit(const struct query_node *node)
{
    return node != NULL && (node->kind == QUERY_TERM || node->kind == QUERY_PHRASE);
}

/* Of a quote in several spellings the one that was typed: NEAR joins single words and phrases. */
static struct query_node *as_typed(struct query_node *node)
{
    return node != NULL && node->kind == QUERY_QUOTE ? node->children[0] : node;
}

/* True when the items after a NEAR are one word or quote, perhaps with a field or = before it. */
static bool unit_follows(const struct lex_item *item)
{
    while (item->kind == LEX_FIELD || item->kind == LEX_EXACT) {
        item++;
    }
    return (item->kind == LEX_WORD && !item->star) || item->kind == LEX_DATE || item->kind == LEX_QUOTE;
}

static struct query_node *near_node(struct parser *p, struct query_node *left, struct query_node *right,
                                    uint32_t distance)
{
    const size_t base = p->count;
    push_child(p, left, QUERY_NEAR);
    parse_push(p, right);
    struct query_node *node = parse_pop_list(p, base, QUERY_NEAR);
    if (node == NULL) {
        return NULL;
    }
    node->field = left->field;
    node->distance = distance;
    if (left->kind == QUERY_NEAR && left->distance != distance) {
        query_warn(p->c, "Các NEAR nối tiếp nhau dùng chung khoảng cách lớn nhất.",
                   "NEARs that follow one another share the largest distance");
        node->distance = MAX(left->distance, distance);
    }
    return node;
}

/*
 * Joins the part that was read last, on top of the stack, with what follows the NEAR that is next. A field named on
 * the left side holds for the right one too. False, and nothing read, when one side is not a single word or phrase.
 */
static bool parse_near(struct parser *p, size_t base)
{
    const struct lex_item *near = p->item;
    struct query_node *left = p->count > base ? as_typed(p->stack[p->count - 1]) : NULL;
    if (left == NULL || !(is_unit(left) || left->kind == QUERY_NEAR) || !unit_follows(near + 1)) {
        return false;
    }
    p->item = near + 1;
    struct query_node *right = as_typed(parse_part(p, left->field));
    if (!is_unit(right) || right->field != left->field) {
        p->item = near;
        return false;
    }
    p->count--;
    parse_push(p, near_node(p, left, right, near->distance));
    return true;
}

/* Reads an operator between parts, or what it is when it stands elsewhere. False at the end of the list. */
static bool parse_operator(struct parser *p, size_t base, bool any, bool part_ended, enum query_field field)
{
    const struct lex_item *item = p->item;
    const bool followed = item->kind != LEX_END && begins_part(item[1].kind);
    if (item->kind == LEX_OR && any && followed) {
        return false;
    }
    if (item->kind == LEX_NEAR && part_ended && parse_near(p, base)) {
        return true;
    }
    p->item++;
    if ((item->kind == LEX_OR || item->kind == LEX_AND) && any != followed) {
        query_warn_left_out(p->c, item->start, item->end, no_side);
    } else if (item->kind != LEX_AND || !any) {
        const bool has_operands = item->kind == LEX_NEAR && any && followed;
        parse_push(p, parse_stray(p, item, field, has_operands ? no_units : no_operand));
    }
    return true;
}

static struct query_node *parse_all(struct parser *p, enum query_field field)
{
    const size_t base = p->count;
    bool any = false;   /* something was read that AND and OR can have on their left */
    bool ended = false; /* what was read last is on top of the stack, and NEAR can take it */
    while (p->c->status == TRABAO_OK) {
        const enum lex_kind kind = p->item->kind;
        if (kind == LEX_END || kind == LEX_CLOSE) {
            break;
        }
        if (kind == LEX_FILTER) {
            p->item++;
            ended = false;
        } else if (kind == LEX_NOT && any && !is_followed(p->item)) {
            query_warn_left_out(p->c, p->item->start, p->item->end, no_side);
            p->item++;
        } else if (begins_part(kind)) {
            struct query_node *node = parse_part(p, field);
            push_child(p, node, QUERY_AND);
            ended = is_unit(as_typed(node));
        } else {
            if (!parse_operator(p, base, any, ended, field)) {
                break;
            }
            ended = kind == LEX_NEAR && p->count > base && p->stack[p->count - 1]->kind == QUERY_NEAR;
        }
        any = true;
    }
    return parse_pop_list(p, base, QUERY_AND);
}

static struct query_node *parse_query(struct parser *p, enum query_field field)
{
    const size_t base = p->count;
    struct query_node *left = parse_all(p, field);
    push_child(p, left, QUERY_OR);
    while (p->c->status == TRABAO_OK && p->item->kind == LEX_OR) {
        const struct lex_item *between = p->item++;
        struct query_node *right = parse_all(p, field);
        push_child(p, right, QUERY_OR);
        if (between[-1].kind == LEX_FILTER || between[1].kind == LEX_FILTER) {
            query_warn(p->c, "Phép lọc ngày đặt cạnh OR vẫn áp dụng cho cả câu tìm.",
                       "a date filter beside OR limits the whole query all the same");
        } else if (left == NULL || right == NULL) { /* a side without a word: "..." OR lũ */
            query_warn_left_out(p->c, between->start, between->end, no_side);
        }
        left = right;
    }
    return parse_pop_list(p, base, QUERY_OR);
}

/* ---- the whole query ------------------------------------------------------------------------------------------- */

/* True when letters of FORM can have marks; what is no ASCII letter is taken for one that can. */
static bool is_open(const struct query_token *token)
{
    for (size_t i = 0; i < token->len; i++) {
        if ((unsigned char)token->form[i] >= 0x80 || (token->form[i] != '\0' && strchr("aeiouyd", token->form[i]))) {
            return true;
        }
    }
    return false;
}

/* Notes what the positive words of NODE are. */
static void note_marks(const struct query_node *node, bool *marked, bool *open)
{
    if (node == NULL || node->kind == QUERY_NOT) {
        return;
    }
    for (size_t i = 0; i < node->token_count; i++) {
        *marked = *marked || node->tokens[i].marked;
        *open = *open || node->kind == QUERY_PREFIX || is_open(&node->tokens[i]);
    }
    for (size_t i = 0; i < node->child_count; i++) {
        note_marks(node->children[i], marked, open);
    }
}

static bool is_blank(const char *text, size_t n)
{
    uint32_t c;
    for (size_t i = 0; i < n;) {
        i += utf8_decode(text + i, n - i, &c);
        if (!letter_is_blank(c)) {
            return false;
        }
    }
    return true;
}

static void read_tree(struct query_context *c)
{
    struct query_tree *tree = c->tree;
    struct lex_items items;
    tree->text = query_arena_dup(tree->arena, c->text, c->n);
    tree->text_len = c->n;
    if (tree->text == NULL) {
        query_no_memory(c);
    }
    lex_query(c, &items);
    struct parser p = {.c = c, .item = items.items};
    if (c->status == TRABAO_OK) {
        tree->root = parse_query(&p, QUERY_ANY);
    }
    mem_free(p.stack);
    if (c->status == TRABAO_OK && tree->root == NULL && !tree->dates.limited && !is_blank(c->text, c->n)) {
        query_warn(c, "Trong câu tìm không có từ nào nên bài nào cũng được tìm thấy.",
                   "the query has no words, so every article is found");
    }
    if (c->status != TRABAO_OK) {
        return;
    }
    note_marks(tree->root, &tree->any_marked, &tree->any_open);
    tree->any_marked = tree->any_marked || !tree->any_open;
    query_tree_understand(c);
}

static enum trabao_status check_text(const char *query, size_t n, struct trabao_error *err)
{
    if (n > TRABAO_QUERY_MAX) {
        return error_set(err, TRABAO_USAGE, "the query has %zu bytes; at most %d are read", n, TRABAO_QUERY_MAX);
    }
    if (n > 0 && memchr(query, '\0', n) != NULL) {
        return error_set(err, TRABAO_USAGE, "the query contains a NUL byte");
    }
    if (utf8_valid_prefix(query, n) != n) {
        return error_set(err, TRABAO_USAGE, "the query is not valid UTF-8");
    }
    return TRABAO_OK;
}

static struct query_tree *new_tree(void)
{
    struct query_arena *arena = query_arena_new();
    struct query_tree *tree = arena == NULL ? NULL : query_arena_alloc(arena, 1, sizeof *tree);
    if (tree == NULL) {
        query_arena_free(arena);
        return NULL;
    }
    tree->arena = arena;
    tree->dates = QUERY_ALL_DATES;
    return tree;
}

enum trabao_status query_parse(struct text_analyzer *analyzer, const struct query_typed *typed,
                               struct query_tree **out, struct trabao_error *err)
{
    struct text_tokens tokens = {0};
    struct query_context c = {.text = typed->n > 0 ? typed->text : "",
                              .n = typed->n,
                              .now = typed->now,
                              .strict = typed->strict,
                              .tokens = &tokens,
                              .err = err};
    *out = NULL;
    c.status = check_text(c.text, c.n, err);
    if (c.status != TRABAO_OK) {
        return c.status;
    }
    c.tree = new_tree();
    if (c.tree == NULL) {
        return error_no_memory(err);
    }
    c.status = text_tokenize(analyzer, c.text, c.n, &tokens, err);
    if (c.status == TRABAO_OK) {
        read_tree(&c);
    }
    text_tokens_free(&tokens);
    if (c.status == TRABAO_OK) {
        *out = c.tree;
    } else {
        query_tree_free(c.tree);
    }
    return c.status;
}

void query_tree_free(struct query_tree *tree)
{
    if (tree != NULL) {
        query_arena_free(tree->arena);
    }
}
