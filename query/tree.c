/*
 * tree.c - the two ways of writing a tree: in the query language, and as an S-expression:
 *
 *     word  =word  pre*  (phrase tp hcm)  (quote mặt trận)  (=quote mặt trận)
 *     (and a b)  (or a b)  (not a)  (near/5 a b)      title:... before a word or a phrase in a field
 *     [2020-07-01T00:00:00 2020-08-01T00:00:00]       the dates, * where open, after the rest; one for each part
 */
#include "query/tree.h"

#include "base/buf.h"

#define TREE_TEXT_MAX ((size_t)1024 * 1024) /* bytes of either form; a query of 4 KiB stays far below */

static const char *const field_names[] = {
    [QUERY_ANY] = "",           [QUERY_TITLE] = "title:",     [QUERY_AUTHOR] = "author:",
    [QUERY_SOURCE] = "source:", [QUERY_SECTION] = "section:", [QUERY_NAME] = "name:"};

/* ---- dates ----------------------------------------------------------------------------------------------------- */

static bool append_moment(struct buf *out, int64_t second, enum civil_precision precision)
{
    char text[CIVIL_TEXT_MAX];
    const size_t n = civil_format((struct civil){second, (uint8_t)precision}, text);
    return buf_append(out, text, n);
}

/* The coarsest unit that begins at SECOND; any for a side that is open. */
static enum civil_precision unit_at(int64_t second)
{
    int year;
    int month;
    int day;
    if (second == INT64_MIN || second == INT64_MAX) {
        return CIVIL_YEAR;
    }
    if (second % CIVIL_DAY_SECONDS != 0) {
        return CIVIL_TIME;
    }
    civil_to_ymd(second, &year, &month, &day);
    if (day != 1) {
        return CIVIL_DAY;
    }
    return month != 1 ? CIVIL_MONTH : CIVIL_YEAR;
}

/* Both ends are written as units that are included, the last one by its last second. */
static void write_span(struct buf *out, struct query_span span)
{
    const bool from_open = span.from == INT64_MIN;
    const bool to_open = span.to == INT64_MAX;
    const enum civil_precision unit = MAX(unit_at(span.from), unit_at(span.to));
    const bool empty = span.from >= span.to;
    if (!from_open) {
        buf_append_str(out, to_open || empty ? "after:" : "date:");
        append_moment(out, span.from, unit);
    }
    if (!from_open && empty) {
        buf_append_char(out, ' ');
    }
    if (from_open || empty) {
        buf_append_str(out, "before:");
    } else if (!to_open && civil_end((struct civil){span.from, (uint8_t)unit}) != span.to) {
        buf_append_str(out, "..");
    } else {
        return;
    }
    append_moment(out, span.to - 1, unit);
}

static void write_dates(struct buf *out, const struct query_dates *dates)
{
    buf_append_str(out, dates->gap_count > 0 ? "(" : "");
    for (size_t i = 0; i <= dates->gap_count; i++) {
        buf_append_str(out, i > 0 ? " OR " : "");
        write_span(out, query_dates_part(dates, i));
    }
    buf_append_str(out, dates->gap_count > 0 ? ")" : "");
}

/* ---- the query language ---------------------------------------------------------------------------------------- */

/* True when the typed bytes say the same again: not those of a spelled-out date or of a stray operator. */
static bool typed_is_plain(const struct query_context *c, const struct query_node *node)
{
    static const char *const operators[] = {"or", "and", "not", "hoặc", "và"};
    const struct query_token *t = node->tokens;
    if (node->quoted) {
        return true;
    }
    if (node->token_count > 1) {
        static const char near[] = "NEAR/";
        const size_t len = sizeof near - 1;
        return c->n - t->start < len || memcmp(c->text + t->start, near, len) != 0;
    }
    if (memchr(t->form, '/', t->len) != NULL) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
        if (strcmp(t->form, operators[i]) == 0) {
            return false;
        }
    }
    return true;
}

static void write_tokens(const struct query_context *c, const struct query_node *node, struct buf *out)
{
    const struct query_token *t = node->tokens;
    buf_append_str(out, field_names[node->field]);
    buf_append_str(out, node->exact ? "=" : "");
    buf_append_str(out, node->quoted ? "\"" : "");
    if (typed_is_plain(c, node)) {
        const uint32_t start = t->start;
        uint32_t end = t->end;
        for (size_t i = 1; i < node->token_count; i++) {
            end = MAX(end, t[i].end);
        }
        buf_append(out, c->text + start, end - start);
    } else {
        for (size_t i = 0; i < node->token_count; i++) {
            buf_append_str(out, i > 0 ? "/" : "");
            buf_append(out, t[i].form, t[i].len);
        }
    }
    buf_append_str(out, node->quoted ? "\"" : "");
    buf_append_str(out, node->kind == QUERY_PREFIX ? "*" : "");
}

static void write_node(const struct query_context *c, const struct query_node *node, struct buf *out);

/* AND binds tighter than OR and NEAR tighter than AND; a NOT takes one word, phrase or parenthesis. */
static bool needs_parentheses(enum query_kind parent, const struct query_node *child)
{
    switch (parent) {
    case QUERY_NOT:
        return child->kind == QUERY_AND || child->kind == QUERY_OR || child->kind == QUERY_NEAR;
    case QUERY_AND:
        return child->kind == QUERY_OR;
    default:
        return false;
    }
}

static void write_list(const struct query_context *c, const struct query_node *node, const char *between,
                       struct buf *out)
{
    for (size_t i = 0; i < node->child_count; i++) {
        const bool enclosed = needs_parentheses(node->kind, node->children[i]);
        buf_append_str(out, i > 0 ? between : "");
        buf_append_str(out, enclosed ? "(" : "");
        write_node(c, node->children[i], out);
        buf_append_str(out, enclosed ? ")" : "");
    }
}

/* A minus before a digit would be no operator. */
static bool begins_with_digit(const struct query_node *node)
{
    return node->token_count > 0 && !node->quoted && !node->exact && node->field == QUERY_ANY &&
           node->tokens[0].form[0] >= '0' && node->tokens[0].form[0] <= '9';
}

static void write_node(const struct query_context *c, const struct query_node *node, struct buf *out)
{
    char near[32];
    switch (node->kind) {
    case QUERY_AND:
        write_list(c, node, " ", out);
        break;
    case QUERY_OR:
        write_list(c, node, " OR ", out);
        break;
    case QUERY_QUOTE:
    case QUERY_SPELLINGS:
        write_node(c, node->children[0], out);
        break;
    case QUERY_NEAR:
        snprintf(near, sizeof near, " NEAR/%u ", (unsigned)node->distance);
        write_list(c, node, near, out);
        break;
    case QUERY_NOT:
        buf_append_str(out, begins_with_digit(node->children[0]) ? "NOT " : "-");
        write_list(c, node, "", out);
        break;
    case QUERY_TERM:
    case QUERY_PHRASE:
    case QUERY_PREFIX:
    default:
        write_tokens(c, node, out);
        break;
    }
}

void query_tree_understand(struct query_context *c)
{
    struct query_tree *tree = c->tree;
    struct buf out;
    buf_init(&out, TREE_TEXT_MAX);
    if (tree->root != NULL) {
        write_node(c, tree->root, &out);
    }
    if (tree->dates.limited) {
        buf_append_str(&out, tree->root != NULL ? " " : "");
        write_dates(&out, &tree->dates);
    }
    tree->understood = buf_failed(&out) ? NULL : query_arena_dup(tree->arena, buf_str(&out), out.len);
    if (tree->understood == NULL) {
        query_no_memory(c);
    }
    buf_free(&out);
}

/* ---- the S-expression ------------------------------------------------------------------------------------------ */

static void dump_tokens(const struct query_node *node, struct buf *out)
{
    const bool list = node->kind == QUERY_PHRASE;
    buf_append_str(out, field_names[node->field]);
    buf_append_str(out, list ? "(" : "");
    buf_append_str(out, node->exact ? "=" : "");
    buf_append_str(out, list ? (node->quoted ? "quote" : "phrase") : "");
    for (size_t i = 0; i < node->token_count; i++) {
        buf_append_str(out, list ? " " : "");
        buf_append(out, node->tokens[i].form, node->tokens[i].len);
    }
    buf_append_str(out, node->kind == QUERY_PREFIX ? "*" : "");
    buf_append_str(out, list ? ")" : "");
}

static void dump_node(const struct query_node *node, struct buf *out)
{
    switch (node->kind) {
    case QUERY_AND:
        buf_append_str(out, "(and");
        break;
    case QUERY_OR:
    case QUERY_QUOTE:
    case QUERY_SPELLINGS:
        buf_append_str(out, "(or");
        break;
    case QUERY_NOT:
        buf_append_str(out, "(not");
        break;
    case QUERY_NEAR:
        buf_printf(out, "(near/%u", (unsigned)node->distance);
        break;
    case QUERY_TERM:
    case QUERY_PHRASE:
    case QUERY_PREFIX:
    default:
        dump_tokens(node, out);
        return;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        buf_append_char(out, ' ');
        dump_node(node->children[i], out);
    }
    buf_append_char(out, ')');
}

static void dump_bound(int64_t second, struct buf *out)
{
    if (second == INT64_MIN || second == INT64_MAX) {
        buf_append_char(out, '*');
    } else {
        append_moment(out, second, CIVIL_TIME);
    }
}

char *query_tree_dump(const struct query_tree *tree)
{
    struct buf out;
    buf_init(&out, TREE_TEXT_MAX);
    if (tree->root != NULL) {
        dump_node(tree->root, &out);
    } else {
        buf_append_str(&out, "()");
    }
    for (size_t i = 0; tree->dates.limited && i <= tree->dates.gap_count; i++) {
        const struct query_span part = query_dates_part(&tree->dates, i);
        buf_append_str(&out, " [");
        dump_bound(part.from, &out);
        buf_append_char(&out, ' ');
        dump_bound(part.to, &out);
        buf_append_char(&out, ']');
    }
    char *text = buf_take(&out);
    buf_free(&out);
    return text;
}
