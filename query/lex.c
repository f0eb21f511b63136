/*
 * lex.c - one pass over the typed bytes, with the tokens of the same bytes walked alongside.
 *
 * Every syntax character may be typed in its full-width form, and a double quote in any of its curly forms; which of
 * them opens and which closes is not looked at, because phones mix them.
 */
#include "query/lex_inside.h"

#include "base/utf8.h"
#include "text/letter.h"

#define DISTANCE_MAX 999

/* ---- characters ------------------------------------------------------------------------------------------------ */

/* The ASCII character for which the user may have meant C: any double quote is ", any colon is :. */
static uint32_t plain(uint32_t c)
{
    switch (c) {
    case 0xAB:   /* « */
    case 0xBB:   /* » */
    case 0x201C: /* “ */
    case 0x201D: /* ” */
    case 0x201E: /* „ */
    case 0x201F: /* ‟ */
        return '"';
    default:
        return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
    }
}

uint32_t lex_at(const struct lexer *lx, size_t pos, size_t *len)
{
    uint32_t c = 0;
    *len = 0;
    if (pos < lx->c->n) {
        *len = utf8_decode(lx->c->text + pos, lx->c->n - pos, &c);
    }
    return plain(c);
}

static bool is_char(const struct lexer *lx, size_t pos, uint32_t wanted)
{
    size_t len;
    return lex_at(lx, pos, &len) == wanted;
}

static bool is_gap(uint32_t c)
{
    return letter_is_blank(c) || letter_is_invisible(c);
}

size_t lex_skip_gap(const struct lexer *lx, size_t pos)
{
    size_t len;
    for (uint32_t c = lex_at(lx, pos, &len); len > 0 && is_gap(c); c = lex_at(lx, pos, &len)) {
        pos += len;
    }
    return pos;
}

/* Where what begins at POS ends: at a blank, quote or parenthesis. */
static size_t run_end(const struct lexer *lx, size_t pos)
{
    size_t len;
    for (uint32_t c = lex_at(lx, pos, &len); len > 0; c = lex_at(lx, pos, &len)) {
        if (letter_is_blank(c) || c == '"' || c == '(' || c == ')') {
            break;
        }
        pos += len;
    }
    return pos;
}

size_t lex_next_quote(const struct lexer *lx, size_t pos)
{
    size_t len;
    for (uint32_t c = lex_at(lx, pos, &len); len > 0 && c != '"'; c = lex_at(lx, pos, &len)) {
        pos += len;
    }
    return pos;
}

/* ---- tokens ---------------------------------------------------------------------------------------------------- */

/* The first token, from START on, that has a position of its own and begins at POS or later. */
static size_t token_from(const struct lexer *lx, size_t start, size_t pos)
{
    const struct text_tokens *t = lx->c->tokens;
    while (start < t->count && (t->items[start].colocated || t->items[start].start < pos)) {
        start++;
    }
    return start;
}

/* True for a character that parts words although no blank is beside it. */
static bool is_parting(uint32_t c)
{
    return c == ',' || c == ';' || c == '!' || c == '?' || c == '+';
}

/*
 * Punctuation without a blank parts words, as on phones: lũ,bão. Between digits it parts nothing (P5+1), nor does other
 * punctuation anywhere: TP.HCM, 16/CT-TTg and AT&T are units.
 */
size_t lex_word_end(const struct lexer *lx, size_t pos)
{
    const struct text_tokens *t = lx->c->tokens;
    const size_t end = run_end(lx, pos);
    size_t a = token_from(lx, lx->token, pos);
    for (size_t b = token_from(lx, a + 1, pos); b < t->count && t->items[b].start < end;
         a = b, b = token_from(lx, b + 1, pos)) {
        const bool digits =
            letter_is_digit(lx->c->text[t->items[a].end - 1]) && letter_is_digit(lx->c->text[t->items[b].start]);
        size_t len;
        for (size_t i = t->items[a].end; !digits && i < t->items[b].start; i += len) {
            if (is_parting(lex_at(lx, i, &len))) {
                return i + len;
            }
        }
    }
    return end;
}

size_t lex_token_at(const struct lexer *lx, size_t pos)
{
    const size_t i = token_from(lx, lx->token, pos);
    return i < lx->c->tokens->count && lx->c->tokens->items[i].start == pos ? i : LEX_NO_TOKEN;
}

static bool letter_at(const struct lexer *lx, size_t pos)
{
    return lex_token_at(lx, pos) != LEX_NO_TOKEN && !letter_is_digit(lx->c->text[pos]);
}

void lex_push(struct lexer *lx, enum lex_kind kind, size_t start, size_t end)
{
    lx->token = token_from(lx, lx->token, start);
    const size_t stop = token_from(lx, lx->token, end);
    lx->out->items[lx->out->count++] = (struct lex_item){.kind = kind,
                                                         .start = (uint32_t)start,
                                                         .end = (uint32_t)end,
                                                         .first_token = (uint32_t)lx->token,
                                                         .tokens = (uint32_t)(stop - lx->token)};
    lx->pos = end;
    lx->token = stop;
}

struct lex_item *lex_last(const struct lexer *lx)
{
    return lx->out->count > 0 ? &lx->out->items[lx->out->count - 1] : NULL;
}

/* ---- words and operators --------------------------------------------------------------------------------------- */

/* True when the letters of the bytes [START, END) are capitals, with their marks composed or not. */
static bool is_capitals(const struct lexer *lx, size_t start, size_t end)
{
    while (start < end) {
        uint32_t c;
        uint8_t shape;
        uint8_t tone;
        start += utf8_decode(lx->c->text + start, end - start, &c);
        if (!letter_is_capital(c) && !letter_mark(c, &shape, &tone) && !letter_is_invisible(c)) {
            return false;
        }
    }
    return true;
}

/* Reads NEAR/n. What only begins so, or lacks the number, is a word, with a warning. */
static bool read_near(const struct lexer *lx, size_t start, size_t end, uint32_t *distance)
{
    static const char name[] = "NEAR/";
    const size_t name_len = sizeof name - 1;
    const size_t n = MIN(end - start, name_len);
    if (n < name_len - 1 || memcmp(lx->c->text + start, name, n) != 0) {
        return false;
    }
    bool number = end - start > name_len;
    *distance = 0;
    for (size_t i = start + name_len; i < end && number; i++) {
        number = letter_is_digit(lx->c->text[i]);
        *distance = MIN(*distance * 10 + (uint32_t)(lx->c->text[i] - '0'), (uint32_t)DISTANCE_MAX);
    }
    if (!number) {
        query_warn_about(lx->c, start, end,
                         (struct query_problem){"NEAR cần số từ, như NEAR/5, nên được tìm như một từ",
                                                "NEAR needs a number of words, as in NEAR/5"});
    }
    return number;
}

/* What a word is: an operator, if it is spelled like one and no sign or field stands directly before it. */
static enum lex_kind kind_of_word(struct lexer *lx, const struct lex_item *word, const struct lex_item *before,
                                  uint32_t *distance)
{
    static const struct {
        const char *form; /* canonical */
        enum lex_kind kind;
    } operators[] = {{"or", LEX_OR}, {"hoặc", LEX_OR}, {"and", LEX_AND}, {"và", LEX_AND}, {"not", LEX_NOT}};
    const struct text_token *t = &lx->c->tokens->items[word->first_token];
    const bool attached = before != NULL && before->end == word->start &&
                          (before->kind == LEX_MINUS || before->kind == LEX_EXACT || before->kind == LEX_FIELD);
    if (attached) {
        return LEX_WORD;
    }
    if (read_near(lx, word->start, word->end, distance)) {
        return LEX_NEAR;
    }
    if (t->start != word->start || t->end != word->end || !is_capitals(lx, t->start, t->end)) {
        return LEX_WORD;
    }
    for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
        if (query_token_is(lx->c, word->first_token, operators[i].form)) {
            return operators[i].kind;
        }
    }
    return LEX_WORD;
}

size_t lex_item_end(const struct query_context *c, const struct lex_item *item)
{
    size_t i = item->first_token + item->tokens;
    while (i > item->first_token && c->tokens->items[i - 1].colocated) {
        i--;
    }
    return i > item->first_token ? c->tokens->items[i - 1].end : item->start;
}

static void lex_word(struct lexer *lx)
{
    const struct lex_item *before = lex_last(lx);
    const size_t end = lex_word_end(lx, lx->pos);
    lx->free = end < run_end(lx, lx->pos);
    lex_push(lx, LEX_WORD, lx->pos, end);
    struct lex_item *item = lex_last(lx);
    if (item->tokens == 0) {
        lx->out->count--;
        return;
    }
    item->kind = kind_of_word(lx, item, before, &item->distance);
    const size_t last = lex_item_end(lx->c, item);
    item->star = last < item->end && is_char(lx, last, '*');
}

/* ---- single characters ----------------------------------------------------------------------------------------- */

/* True when a word of QUOTE has a star directly behind it. */
static bool has_star(const struct lexer *lx, const struct lex_item *quote)
{
    for (size_t i = 0; i < quote->tokens; i++) {
        const struct text_token *token = &lx->c->tokens->items[quote->first_token + i];
        if (!token->colocated && is_char(lx, token->end, '*')) {
            return true;
        }
    }
    return false;
}

static void lex_quote(struct lexer *lx, size_t len)
{
    const size_t start = lx->pos + len;
    const size_t end = lex_next_quote(lx, start);
    if (end == lx->c->n) {
        query_warn(lx->c, "Dấu ngoặc kép không có dấu đóng nên được bỏ qua.",
                   "a quotation mark lacks its partner");
        lx->pos = start;
        lx->free = true;
        return;
    }
    lex_push(lx, LEX_QUOTE, start, end);
    lex_last(lx)->star = has_star(lx, lex_last(lx));
    size_t close_len;
    lex_at(lx, end, &close_len);
    lx->pos = end + close_len;
    lx->free = false;
}

static void lex_open(struct lexer *lx, size_t len)
{
    if (lx->depth == QUERY_DEPTH_MAX) {
        query_warn(lx->c, "Ngoặc lồng quá %d tầng: phần bên trong được đọc như không có ngoặc.",
                   "parentheses are nested deeper than %d", QUERY_DEPTH_MAX);
        lx->ignored++;
        lx->pos += len;
    } else {
        lx->depth++;
        lex_push(lx, LEX_OPEN, lx->pos, lx->pos + len);
    }
    lx->free = true;
}

static void lex_close(struct lexer *lx, size_t len)
{
    if (lx->ignored > 0) {
        lx->ignored--;
        lx->pos += len;
    } else if (lx->depth == 0) {
        query_warn(lx->c, "Dấu ngoặc đóng không có dấu mở nên được bỏ qua.",
                   "a closing parenthesis lacks its partner");
        lx->pos += len;
    } else {
        lx->depth--;
        lex_push(lx, LEX_CLOSE, lx->pos, lx->pos + len);
    }
    lx->free = false;
}

/* A minus or equals sign that is an operator, because of what follows it. */
static bool lex_sign(struct lexer *lx, uint32_t c, size_t len)
{
    const size_t next = lx->pos + len;
    size_t next_len;
    const uint32_t following = lex_at(lx, next, &next_len);
    bool is_operator = false;
    if (!lx->free) {
        return false;
    }
    if (c == '=') {
        is_operator = following == '"' || lex_token_at(lx, next) != LEX_NO_TOKEN;
    } else if (c == '-' && following == '=') {
        is_operator = is_char(lx, next + next_len, '"') || lex_token_at(lx, next + next_len) != LEX_NO_TOKEN;
    } else if (c == '-') {
        is_operator = following == '"' || following == '(' || letter_at(lx, next);
    }
    if (is_operator) {
        lex_push(lx, c == '=' ? LEX_EXACT : LEX_MINUS, lx->pos, next);
    }
    return is_operator;
}

static void lex_next(struct lexer *lx)
{
    size_t len;
    const uint32_t c = lex_at(lx, lx->pos, &len);
    if (c == '"') {
        lex_quote(lx, len);
    } else if (c == '(') {
        lex_open(lx, len);
    } else if (c == ')') {
        lex_close(lx, len);
    } else if (!lex_sign(lx, c, len) && !lex_field(lx)) {
        lex_word(lx);
    }
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

void lex_query(struct query_context *c, struct lex_items *out)
{
    struct lexer lx = {.c = c, .out = out, .free = true};
    /* Each item takes a byte of the query, but for the parentheses that are closed for the user, and the end. */
    out->count = 0;
    out->items = query_new(c, c->n + QUERY_DEPTH_MAX + 1, sizeof *out->items);
    if (out->items == NULL) {
        return;
    }
    while (c->status == TRABAO_OK) {
        const size_t pos = lex_skip_gap(&lx, lx.pos);
        lx.free = lx.free || pos > lx.pos;
        lx.pos = pos;
        if (pos >= c->n) {
            break;
        }
        lex_next(&lx);
    }
    if (lx.depth > 0) {
        query_warn(c, "Thiếu dấu ngoặc đóng nên ngoặc được coi là đóng ở cuối câu tìm.", "a parenthesis is not closed");
    }
    for (; lx.depth > 0; lx.depth--) {
        lex_push(&lx, LEX_CLOSE, c->n, c->n);
    }
    lex_push(&lx, LEX_END, c->n, c->n);
    lex_join_dates(c, out);
    lex_apply_filters(c, out);
}
