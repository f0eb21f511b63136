/*
 * parse_words.c - what a typed word, date or quote is in the tree: a term, a phrase, several phrases, or a prefix.
 *
 * One typed word may be several tokens, which then are a phrase (TP.HCM). Where a date stands beside the tokens that
 * spell it, the one that says most is taken. In the field of names, capitalised words that follow one another are one
 * phrase.
 */
#include "query/parse_inside.h"

#include "base/utf8.h"
#include "query/family_name.h"
#include "query/honorific.h"
#include "query/quote.h"
#include "text/letter.h"

#define PREFIX_LETTERS_MIN 2
#define NAME_WORDS_MAX 16 /* with what stands before the name */

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
    while (next < stop && c->tokens->items[next].colocated) {
        next++;
    }
    for (size_t k = i + 1; k < next; k++) {
        const struct text_token *t = &c->tokens->items[k];
        const bool alone = next == stop || c->tokens->items[next].start >= t->end;
        const bool usable = t->kind == TEXT_DATE && t->start >= item->start && (alone || t->end == last_end);
        if (usable && query_token_slashes(c, k) > query_token_slashes(c, best)) {
            best = k;
        }
    }
    return best;
}

/* A phrase of COUNT TOKENS, which live in the arena, or a term of one. QUOTED keeps a phrase of one a phrase. */
static struct query_node *phrase_of(struct parser *p, struct query_token *tokens, size_t count,
                                    const struct modifiers *m, bool quoted)
{
    struct query_node *node = parse_new_node(p, count == 1 && !quoted ? QUERY_TERM : QUERY_PHRASE, m->field);
    if (node == NULL) {
        return NULL;
    }
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
    if (copy == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        query_set_token(p->c, &copy[i], tokens[i]);
    }
    return phrase_of(p, copy, count, m, quoted);
}

/* True when token NEXT, in the same typed word as token BEFORE, begins a word of its own: x:y, but not 18:30. */
static bool begins_word(const struct query_context *c, size_t before, size_t next)
{
    const struct text_token *a = &c->tokens->items[before];
    const struct text_token *b = &c->tokens->items[next];
    const char *text = c->text;
    if (!b->joined) {
        return true;
    }
    if (memchr(text + a->end, ':', b->start - a->end) == NULL) {
        return false;
    }
    return !(text[a->end - 1] >= '0' && text[a->end - 1] <= '9' && text[b->start] >= '0' && text[b->start] <= '9');
}

/* What one typed word or one quote is: terms and phrases; NULL if it has no tokens. */
static struct query_node *token_nodes(struct parser *p, const struct lex_item *item, const struct modifiers *m)
{
    const struct query_context *c = p->c;
    const bool quoted = item->kind == LEX_QUOTE;
    const size_t last_end = lex_item_end(c, item);
    const size_t base = p->count;
    size_t *run = query_new(p->c, item->tokens, sizeof *run);
    size_t count = 0;
    size_t end = 0; /* of the tokens taken so far */
    if (run == NULL) {
        return NULL;
    }
    for (size_t i = item->first_token; i < item->first_token + item->tokens; i++) {
        if (c->tokens->items[i].colocated || c->tokens->items[i].start < end) {
            continue;
        }
        if (count > 0 && !quoted && begins_word(c, run[count - 1], i)) {
            parse_push(p, phrase_node(p, run, count, m, false));
            count = 0;
        }
        run[count] = best_token(c, item, i, last_end);
        end = c->tokens->items[run[count++]].end;
    }
    if (count > 0) {
        parse_push(p, phrase_node(p, run, count, m, quoted));
    }
    return parse_pop_list(p, base, QUERY_AND);
}

/* A quote: one phrase, or one for each spelling of its dates. With = it is taken as it stands. */
static struct query_node *quote_node(struct parser *p, const struct lex_item *item, const struct modifiers *m)
{
    if (m->exact) {
        return token_nodes(p, item, m);
    }
    struct quote_row rows[QUOTE_ROWS_MAX];
    const size_t base = p->count;
    const size_t count = quote_rows(p->c, item, rows);
    for (size_t i = 0; i < count; i++) {
        const size_t before = m->field == QUERY_NAME ? honorific_count(rows[i].tokens, rows[i].count) : 0;
        parse_push(p, phrase_of(p, rows[i].tokens + before, rows[i].count - before, m, true));
    }
    return parse_pop_list(p, base, QUERY_QUOTE);
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
            if (c->tokens->items[i].colocated) {
                continue;
            }
            if (words->count == NAME_WORDS_MAX) {
                return true;
            }
            words->items[words->count] = n;
            query_set_token(c, &words->tokens[words->count++], i);
        }
        if (lex_item_end(c, item) != item->end) {
            break;
        }
    }
    return words->tokens != NULL;
}

/*
 * A name without quotes, words that follow one another: honorifics, which go, and then as many capitalised words as
 * there are; in small letters all the words that follow, if the first is a family name and they are no more than a name
 * has, or one word. The last item of the name is left as the next to be read.
 */
static struct query_node *name_node(struct parser *p, const struct modifiers *m)
{
    struct name_words words = {.count = 0};
    if (!gather_words(p, &words)) {
        return NULL;
    }
    const size_t before = honorific_count(words.tokens, words.count);
    const bool capitals = begins_with_capital(p->c, &words.tokens[before]);
    const size_t count = words.count - before;
    size_t end = before + 1;
    if (!capitals && count <= FAMILY_NAME_WORDS && family_name_is(&words.tokens[before])) {
        end = words.count;
    }
    while (end < words.count &&
           (words.items[end] == words.items[end - 1] || (capitals && begins_with_capital(p->c, &words.tokens[end])))) {
        end++;
    }
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
        if (!letter_mark(c, &shape, &tone) && !letter_is_invisible(c)) {
            break;
        }
        if ((letter.shape != 0 && shape != 0) || (letter.tone != 0 && tone != 0)) {
            return 0;
        }
        letter.shape |= shape;
        letter.tone |= tone;
    }
    if (letter.base != 0) {
        return letter_join(letter);
    }
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
        if (letter == 0 || len + n > sizeof form) {
            return;
        }
        memcpy(form + len, bytes, n);
        len += n;
    }
    memcpy(token->form, form, len);
    token->form[len] = '\0';
    token->len = (uint8_t)len;
    token->marked = text_has_marks(form, len);
}

static const struct query_problem star_in_row = {"dấu * chỉ dùng được sau một từ đơn nên được tìm như các từ",
                                                 "a * may only follow a single word"};

/* A word followed by a star: a prefix, if it may be one. */
static struct query_node *prefix_node(struct parser *p, const struct lex_item *item, const struct modifiers *m)
{
    struct query_node *node = token_nodes(p, item, m);
    struct query_problem problem = {NULL, NULL};
    if (node == NULL) {
        return NULL;
    }
    if (node->kind != QUERY_TERM) {
        problem = star_in_row;
    } else if (utf8_count(node->tokens[0].form, node->tokens[0].len) < PREFIX_LETTERS_MIN) {
        problem = (struct query_problem){"trước dấu * cần ít nhất hai chữ nên được tìm như một từ",
                                         "a * needs two letters before it"};
    } else if (p->prefixes == QUERY_PREFIXES_MAX) {
        problem =
            (struct query_problem){"câu tìm có quá nhiều dấu * nên được tìm như một từ", "the query has too many *"};
    }
    if (problem.english != NULL) {
        query_warn_about(p->c, item->start, item->end, problem);
        return node;
    }
    node->kind = QUERY_PREFIX;
    spell_as_typed(p->c, node->tokens);
    p->prefixes++;
    return node;
}

struct query_node *parse_stray(struct parser *p, const struct lex_item *item, enum query_field field,
                               struct query_problem problem)
{
    const struct modifiers m = {.field = field};
    query_warn_about(p->c, item->start, item->end, problem);
    return token_nodes(p, item, &m);
}

struct query_node *parse_words(struct parser *p, const struct modifiers *m)
{
    const struct lex_item *item = p->item;
    if (item->kind == LEX_QUOTE) {
        if (item->star) {
            query_warn_about(p->c, item->start, item->end, star_in_row);
        }
        return quote_node(p, item, m);
    }
    if (item->kind == LEX_DATE) {
        return phrase_node(p, &(const size_t){item->first_token}, 1, m, false);
    }
    if (item->star) {
        return prefix_node(p, item, m);
    }
    return m->field == QUERY_NAME && !m->exact ? name_node(p, m) : token_nodes(p, item, m);
}
