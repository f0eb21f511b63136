/*
 * parse.c - recursive descent over the items of lex.h.
 *
 *     query   = all { OR all }
 *     all     = part { [AND] part }          AND binds tighter than OR
 *     part    = { MINUS | NOT | FIELD | EXACT } ( WORD | DATE | QUOTE | OPEN query CLOSE )
 *     part    = part NEAR part               between single words and phrases
 *
 * In the field of names, capitalised words that follow one another are one phrase (name_node).
 *
 * An operator that lacks an operand is a word, with a warning. Nodes without tokens (punctuation, empty parentheses)
 * are no nodes: functions that make one return NULL for them. Lists under construction share one stack.
 */
#include "query/parse.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "query/honorific.h"
#include "query/lex.h"
#include "query/quote.h"
#include "query/tree.h"
#include "query/trabao.h"
#include "text/letter.h"

#define PREFIX_LETTERS_MIN 2
#define NAME_WORDS_MAX 16 /* with what stands before the name */

struct parser {
    struct query_context *c;
    const struct lex_item *item; /* next to be read */
    struct query_node **stack;   /* children of the lists under construction; owned */
    size_t count, capacity;
    uint32_t prefixes; /* so far */
};

/* The signs and names in front of a part. */
struct modifiers {
    enum query_field field;
    bool negated, exact;
};

static struct query_node *parse_query(struct parser *p, enum query_field field);

/* ---- nodes ----------------------------------------------------------------------------------------------------- */

static struct query_node *new_node(struct parser *p, enum query_kind kind, enum query_field field)
{
    struct query_node *node = query_new(p->c, 1, sizeof *node);
    if (node != NULL) {
        node->kind = kind;
        node->field = field;
    }
    return node;
}

static void push(struct parser *p, struct query_node *node)
{
    void *stack = p->stack;
    if (node == NULL)
        return;
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
        push(p, node);
        return;
    }
    for (size_t i = 0; i < node->child_count; i++)
        push(p, node->children[i]);
}

/*
 * Takes the children above BASE off the stack: NULL for none, the child for one, else a list. NOT only stands in an
 * AND, so there it keeps one of its own.
 */
static struct query_node *pop_list(struct parser *p, size_t base, enum query_kind kind)
{
    const size_t count = p->count - base;
    p->count = base;
    if (p->c->status != TRABAO_OK || count == 0)
        return NULL;
    struct query_node **children = p->stack + base;
    if (count == 1 && (children[0]->kind != QUERY_NOT || kind != QUERY_AND))
        return children[0];
    struct query_node *node = new_node(p, kind, QUERY_ANY);
    struct query_node **copy = query_new(p->c, count, sizeof(struct query_node *));
    if (node == NULL || copy == NULL)
        return NULL;
    memcpy(copy, children, count * sizeof(struct query_node *));
    node->children = copy;
    node->child_count = count;
    return node;
}

static struct query_node *negate(struct parser *p, struct query_node *child)
{
    if (child == NULL)
        return NULL;
    if (child->kind == QUERY_AND && child->child_count == 1)
        return child->children[0]->children[0];
    struct query_node *node = new_node(p, QUERY_NOT, QUERY_ANY);
    struct query_node **children = query_new(p->c, 1, sizeof(struct query_node *));
    if (node == NULL || children == NULL)
        return NULL;
    children[0] = child;
    node->children = children;
    node->child_count = 1;
    return node;
}

/* ---- words and phrases ----------------------------------------------------------------------------------------- */

/*
 * Of token I of ITEM and the dates beside it, the one that says most. A date in words, within which other tokens stand,
 * counts only if it is the end of the item (LAST_END): what came after it would otherwise stand at another distance
 * than in the text.
 */
static size_t best_token(const struct query_context *c, const struct lex_item *item, size_t i, size_t last_end)
{
    const size_t stop = item->first_token + item->tokens;
    size_t best = i;
    size_t next = i + 1;
    while (next < stop && c->tokens->items[next].colocated)
        next++;
    for (size_t k = i + 1; k < next; k++) {
        const struct text_token *t = &c->tokens->items[k];
        const bool alone = next == stop || c->tokens->items[next].start >= t->end;
        const bool usable = t->kind == TEXT_DATE && t->start >= item->start && (alone || t->end == last_end);
        if (usable && query_token_slashes(c, k) > query_token_slashes(c, best))
            best = k;
    }
    return best;
}

/* End of the last token of ITEM that has a position of its own. */
static size_t last_token_end(const struct query_context *c, const struct lex_item *item)
{
    size_t i = item->first_token + item->tokens;
    while (i > item->first_token && c->tokens->items[i - 1].colocated)
        i--;
    return i > item->first_token ? c->tokens->items[i - 1].end : item->start;
}

/* A phrase of COUNT TOKENS, which live in the arena, or a term of one. QUOTED keeps a phrase of one a phrase. */
static struct query_node *phrase_of(struct parser *p, struct query_token *tokens, size_t count,
                                    const struct modifiers *m, bool quoted)
{
    struct query_node *node = new_node(p, count == 1 && !quoted ? QUERY_TERM : QUERY_PHRASE, m->field);
    if (node == NULL)
        return NULL;
    node->tokens = tokens;
    node->token_count = count;
    node->quoted = quoted;
    node->exact = m->exact;
    return node;
}

static struct query_node *phrase_node(struct parser *p, const size_t *tokens, size_t count, const struct modifiers *m,
                                      bool quoted)
{
    struct query_token *copy = query_new(p->c, count, sizeof *copy);
    if (copy == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        query_set_token(p->c, &copy[i], tokens[i]);
    return phrase_of(p, copy, count, m, quoted);
}

/* True when token NEXT, in the same typed word as token BEFORE, begins a word of its own: x:y, but not 18:30. */
static bool begins_word(const struct query_context *c, size_t before, size_t next)
{
    const struct text_token *a = &c->tokens->items[before];
    const struct text_token *b = &c->tokens->items[next];
    const char *text = c->text;
    if (!b->joined)
        return true;
    if (memchr(text + a->end, ':', b->start - a->end) == NULL)
        return false;
    return !(text[a->end - 1] >= '0' && text[a->end - 1] <= '9' && text[b->start] >= '0' && text[b->start] <= '9');
}

/* What one typed word or one quote is: terms and phrases; NULL if it has no tokens. */
static struct query_node *token_nodes(struct parser *p, const struct lex_item *item, const struct modifiers *m)
{
    const struct query_context *c = p->c;
    const bool quoted = item->kind == LEX_QUOTE;
    const size_t last_end = last_token_end(c, item);
    const size_t base = p->count;
    size_t *run = query_new(p->c, item->tokens, sizeof *run);
    size_t count = 0;
    size_t end = 0; /* of the tokens taken so far */
    if (run == NULL)
        return NULL;
    for (size_t i = item->first_token; i < item->first_token + item->tokens; i++) {
        if (c->tokens->items[i].colocated || c->tokens->items[i].start < end)
            continue;
        if (count > 0 && !quoted && begins_word(c, run[count - 1], i)) {
            push(p, phrase_node(p, run, count, m, false));
            count = 0;
        }
        run[count] = best_token(c, item, i, last_end);
        end = c->tokens->items[run[count++]].end;
    }
    if (count > 0)
        push(p, phrase_node(p, run, count, m, quoted));
    return pop_list(p, base, QUERY_AND);
}

/* A quote: one phrase, or one for each spelling of its dates. With = it is taken as it stands. */
static struct query_node *quote_node(struct parser *p, const struct lex_item *item, const struct modifiers *m)
{
    if (m->exact)
        return token_nodes(p, item, m);
    struct quote_row rows[QUOTE_ROWS_MAX];
    const size_t base = p->count;
    const size_t count = quote_rows(p->c, item, rows);
    for (size_t i = 0; i < count; i++) {
        const size_t before = m->field == QUERY_NAME ? honorific_count(rows[i].tokens, rows[i].count) : 0;
        push(p, phrase_of(p, rows[i].tokens + before, rows[i].count - before, m, true));
    }
    return pop_list(p, base, QUERY_QUOTE);
}

/* Words without quotes from which a name is read. */
struct name_words {
    struct query_token *tokens;
    size_t items[NAME_WORDS_MAX]; /* how many items after the first one each was typed in */
    size_t count;
};

static bool begins_with_capital(const struct query_context *c, const struct query_token *token)
{
    uint32_t first;
    utf8_decode(c->text + token->start, c->n - token->start, &first);
    return letter_is_capital(first);
}

/* The words from the next item on, as far as nothing but blanks is between them. */
static bool gather_words(struct parser *p, struct name_words *words)
{
    const struct query_context *c = p->c;
    words->tokens = query_new(p->c, NAME_WORDS_MAX, sizeof *words->tokens);
    for (size_t n = 0; words->tokens != NULL && p->item[n].kind == LEX_WORD && !p->item[n].star; n++) {
        const struct lex_item *item = &p->item[n];
        for (size_t i = item->first_token; i < item->first_token + item->tokens; i++) {
            if (c->tokens->items[i].colocated)
                continue;
            if (words->count == NAME_WORDS_MAX)
                return true;
            words->items[words->count] = n;
            query_set_token(c, &words->tokens[words->count++], i);
        }
        if (last_token_end(c, item) != item->end)
            break;
    }
    return words->tokens != NULL;
}

/*
 * A name without quotes, words that follow one another: honorifics, which go, and then as many capitalised words as
 * there are, or one word. The last item of the name is left as the next to be read.
 */
static struct query_node *name_node(struct parser *p, const struct modifiers *m)
{
    struct name_words words = {.count = 0};
    if (!gather_words(p, &words))
        return NULL;
    const size_t before = honorific_count(words.tokens, words.count);
    const bool capitals = begins_with_capital(p->c, &words.tokens[before]);
    size_t end = before + 1;
    while (end < words.count && (words.items[end] == words.items[end - 1] ||
                                 (capitals && begins_with_capital(p->c, &words.tokens[end]))))
        end++;
    p->item += words.items[end - 1];
    /* Quoted, so that a capitalised word that follows what is understood is not taken for a part of the name. */
    return phrase_of(p, words.tokens + before, end - before, m, capitals || end - before > 1);
}

/*
 * Reads the next letter or digit of TEXT (N bytes) with the combining marks behind it, in lower case: 0 when it is
 * neither, or no letter has such marks. *AT goes behind them, and behind invisible characters.
 */
static uint32_t next_letter(const char *text, size_t n, size_t *at)
{
    uint32_t first;
    *at += utf8_decode(text + *at, n - *at, &first);
    struct letter letter = letter_split(first);
    for (size_t size; *at < n; *at += size) {
        uint32_t c;
        uint8_t shape;
        uint8_t tone;
        size = utf8_decode(text + *at, n - *at, &c);
        if (!letter_mark(c, &shape, &tone) && !letter_is_invisible(c))
            break;
        if ((letter.shape != 0 && shape != 0) || (letter.tone != 0 && tone != 0))
            return 0;
        letter.shape |= shape;
        letter.tone |= tone;
    }
    if (letter.base != 0)
        return letter_join(letter);
    return first < 0x80 && letter_is_digit((char)first) ? first : 0;
}

/*
 * Spells TOKEN as it was typed, in lower case, instead of canonically: where the beginning of a word ends in the middle
 * of a syllable, the rules for whole ones do not hold. Letters other than those of Vietnamese are left to the canonical
 * form.
 */
static void spell_as_typed(const struct query_context *c, struct query_token *token)
{
    char form[TEXT_FORM_MAX];
    size_t len = 0;
    for (size_t i = token->start; i < token->end;) {
        char bytes[4];
        const uint32_t letter = next_letter(c->text, token->end, &i);
        const size_t n = utf8_encode(letter, bytes);
        if (letter == 0 || len + n > sizeof form)
            return;
        memcpy(form + len, bytes, n);
        len += n;
    }
    memcpy(token->form, form, len);
    token->form[len] = '\0';
    token->len = (uint8_t)len;
    token->marked = text_has_marks(form, len);
}

/* A word followed by a star: a prefix, if it may be one. */
static struct query_node *prefix_node(struct parser *p, const struct lex_item *item, const struct modifiers *m)
{
    struct query_node *node = token_nodes(p, item, m);
    struct query_problem problem = {NULL, NULL};
    if (node == NULL)
        return NULL;
    if (node->kind != QUERY_TERM)
        problem = (struct query_problem){"dấu * chỉ dùng được sau một từ đơn nên được tìm như các từ",
                                         "a * may only follow a single word"};
    else if (utf8_count(node->tokens[0].form, node->tokens[0].len) < PREFIX_LETTERS_MIN)
        problem = (struct query_problem){"trước dấu * cần ít nhất hai chữ nên được tìm như một từ",
                                         "a * needs two letters before it"};
    else if (p->prefixes == QUERY_PREFIXES_MAX)
        problem = (struct query_problem){"câu tìm có quá nhiều dấu * nên được tìm như một từ",
                                         "the query has too many *"};
    if (problem.english != NULL) {
        query_warn_about(p->c, item->start, item->end, problem);
        return node;
    }
    node->kind = QUERY_PREFIX;
    spell_as_typed(p->c, node->tokens);
    p->prefixes++;
    return node;
}

/* The word that an operator or field name without operands is. */
static struct query_node *stray_word(struct parser *p, const struct lex_item *item, enum query_field field)
{
    const struct modifiers m = {.field = field};
    static const struct query_problem problem = {"thiếu vế đi cùng nên được tìm như một từ",
                                                 "has nothing to apply to"};
    query_warn_about(p->c, item->start, item->end, problem);
    return token_nodes(p, item, &m);
}

/* ---- grammar --------------------------------------------------------------------------------------------------- */

/* True when a part can begin with this item. */
static bool begins_part(enum lex_kind kind)
{
    return kind == LEX_WORD || kind == LEX_DATE || kind == LEX_QUOTE || kind == LEX_OPEN || kind == LEX_MINUS ||
           kind == LEX_EXACT || kind == LEX_FIELD || kind == LEX_NOT || kind == LEX_FILTER;
}

/* Reads signs and names. False when one of them turned out to be a word, which is then in *STRAY. */
static bool parse_modifiers(struct parser *p, struct modifiers *m, struct query_node **stray)
{
    for (;; p->item++) {
        const enum lex_kind next = p->item->kind == LEX_END ? LEX_END : p->item[1].kind;
        const bool followed = begins_part(next) && next != LEX_FILTER;
        switch (p->item->kind) {
        case LEX_MINUS:
            m->negated = !m->negated;
            break;
        case LEX_EXACT:
            m->exact = true;
            break;
        case LEX_NOT:
        case LEX_FIELD:
            if (!followed) {
                *stray = stray_word(p, p->item++, m->field);
                return false;
            }
            if (p->item->kind == LEX_NOT)
                m->negated = !m->negated;
            else
                m->field = p->item->field;
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
        const struct lex_item *item = p->item;
        switch (item->kind) {
        case LEX_WORD:
            if (item->star)
                node = prefix_node(p, item, &m);
            else
                node = m.field == QUERY_NAME && !m.exact ? name_node(p, &m) : token_nodes(p, item, &m);
            break;
        case LEX_DATE:
            node = phrase_node(p, &(const size_t){item->first_token}, 1, &m, false);
            break;
        case LEX_QUOTE:
            node = quote_node(p, item, &m);
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
    while (item->kind == LEX_FIELD || item->kind == LEX_EXACT)
        item++;
    return (item->kind == LEX_WORD && !item->star) || item->kind == LEX_DATE || item->kind == LEX_QUOTE;
}

static struct query_node *near_node(struct parser *p, struct query_node *left, struct query_node *right,
                                    uint32_t distance)
{
    const size_t base = p->count;
    push_child(p, left, QUERY_NEAR);
    push(p, right);
    struct query_node *node = pop_list(p, base, QUERY_NEAR);
    if (node == NULL)
        return NULL;
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
    if (left == NULL || !(is_unit(left) || left->kind == QUERY_NEAR) || !unit_follows(near + 1))
        return false;
    p->item = near + 1;
    struct query_node *right = as_typed(parse_part(p, left->field));
    if (!is_unit(right) || right->field != left->field) {
        p->item = near;
        return false;
    }
    p->count--;
    push(p, near_node(p, left, right, near->distance));
    return true;
}

/* Reads an operator between parts, or what it is when it stands elsewhere. False at the end of the list. */
static bool parse_operator(struct parser *p, size_t base, bool any, bool part_ended, enum query_field field)
{
    const struct lex_item *item = p->item;
    const bool followed = item->kind != LEX_END && begins_part(item[1].kind);
    if (item->kind == LEX_OR && any && followed)
        return false;
    if (item->kind == LEX_NEAR && part_ended && parse_near(p, base))
        return true;
    p->item++;
    if (item->kind != LEX_AND || !any || !followed)
        push(p, stray_word(p, item, field));
    return true;
}

static struct query_node *parse_all(struct parser *p, enum query_field field)
{
    const size_t base = p->count;
    bool any = false;   /* something was read that AND and OR can have on their left */
    bool ended = false; /* what was read last is on top of the stack, and NEAR can take it */
    while (p->c->status == TRABAO_OK) {
        const enum lex_kind kind = p->item->kind;
        if (kind == LEX_END || kind == LEX_CLOSE)
            break;
        if (kind == LEX_FILTER) {
            p->item++;
            ended = false;
        } else if (begins_part(kind)) {
            struct query_node *node = parse_part(p, field);
            push_child(p, node, QUERY_AND);
            ended = is_unit(as_typed(node));
        } else {
            if (!parse_operator(p, base, any, ended, field))
                break;
            ended = kind == LEX_NEAR && p->count > base && p->stack[p->count - 1]->kind == QUERY_NEAR;
        }
        any = true;
    }
    return pop_list(p, base, QUERY_AND);
}

static struct query_node *parse_query(struct parser *p, enum query_field field)
{
    const size_t base = p->count;
    push_child(p, parse_all(p, field), QUERY_OR);
    while (p->c->status == TRABAO_OK && p->item->kind == LEX_OR) {
        p->item++;
        push_child(p, parse_all(p, field), QUERY_OR);
    }
    return pop_list(p, base, QUERY_OR);
}

/* ---- the whole query ------------------------------------------------------------------------------------------- */

/* True when letters of FORM can have marks; what is no ASCII letter is taken for one that can. */
static bool is_open(const struct query_token *token)
{
    for (size_t i = 0; i < token->len; i++) {
        if ((unsigned char)token->form[i] >= 0x80 || (token->form[i] != '\0' && strchr("aeiouyd", token->form[i])))
            return true;
    }
    return false;
}

/* Notes what the positive words of NODE are. */
static void note_marks(const struct query_node *node, bool *marked, bool *open)
{
    if (node == NULL || node->kind == QUERY_NOT)
        return;
    for (size_t i = 0; i < node->token_count; i++) {
        *marked = *marked || node->tokens[i].marked;
        *open = *open || node->kind == QUERY_PREFIX || is_open(&node->tokens[i]);
    }
    for (size_t i = 0; i < node->child_count; i++)
        note_marks(node->children[i], marked, open);
}

static bool is_blank(const char *text, size_t n)
{
    uint32_t c;
    for (size_t i = 0; i < n;) {
        i += utf8_decode(text + i, n - i, &c);
        if (!letter_is_blank(c))
            return false;
    }
    return true;
}

static void read_tree(struct query_context *c)
{
    struct query_tree *tree = c->tree;
    struct lex_items items;
    tree->text = query_arena_dup(tree->arena, c->text, c->n);
    tree->text_len = c->n;
    if (tree->text == NULL)
        query_no_memory(c);
    lex_query(c, &items);
    struct parser p = {.c = c, .item = items.items};
    if (c->status == TRABAO_OK)
        tree->root = parse_query(&p, QUERY_ANY);
    mem_free(p.stack);
    if (c->status == TRABAO_OK && tree->root == NULL && !tree->dates.limited && !is_blank(c->text, c->n))
        query_warn(c, "Trong câu tìm không có từ nào nên bài nào cũng được tìm thấy.",
                   "the query has no words, so every article is found");
    if (c->status != TRABAO_OK)
        return;
    note_marks(tree->root, &tree->any_marked, &tree->any_open);
    tree->any_marked = tree->any_marked || !tree->any_open;
    query_tree_understand(c);
}

static enum trabao_status check_text(const char *query, size_t n, struct trabao_error *err)
{
    if (n > TRABAO_QUERY_MAX)
        return error_set(err, TRABAO_USAGE, "the query has %zu bytes; at most %d are read", n, TRABAO_QUERY_MAX);
    if (n > 0 && memchr(query, '\0', n) != NULL)
        return error_set(err, TRABAO_USAGE, "the query contains a NUL byte");
    if (utf8_valid_prefix(query, n) != n)
        return error_set(err, TRABAO_USAGE, "the query is not valid UTF-8");
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
    tree->dates = (struct query_dates){.from = INT64_MIN, .to = INT64_MAX};
    return tree;
}

enum trabao_status query_parse(struct text_analyzer *analyzer, const char *query, size_t n, int64_t now, bool strict,
                               struct query_tree **out, struct trabao_error *err)
{
    struct text_tokens tokens = {0};
    struct query_context c = {
        .text = n > 0 ? query : "", .n = n, .now = now, .strict = strict, .tokens = &tokens, .err = err};
    *out = NULL;
    c.status = check_text(c.text, n, err);
    if (c.status != TRABAO_OK)
        return c.status;
    c.tree = new_tree();
    if (c.tree == NULL)
        return error_no_memory(err);
    c.status = text_tokenize(analyzer, c.text, n, &tokens, err);
    if (c.status == TRABAO_OK)
        read_tree(&c);
    text_tokens_free(&tokens);
    if (c.status == TRABAO_OK)
        *out = c.tree;
    else
        query_tree_free(c.tree);
    return c.status;
}

void query_tree_free(struct query_tree *tree)
{
    if (tree != NULL)
        query_arena_free(tree->arena);
}
