/*
 * lex.c - one pass over the typed bytes, with the tokens of the same bytes walked alongside; then one pass over the
 * items that puts spelled-out dates together.
 *
 * Every syntax character may be typed in its full-width form, and a double quote in any of its curly forms; which of
 * them opens and which closes is not looked at, because phones mix them.
 */
#include "query/lex.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/letter.h"

#define NO_TOKEN SIZE_MAX
#define FILTER_WORDS_MAX 8   /* "Thứ hai, ngày 20 tháng 7 năm 2020" */
#define FILTER_BYTES_MAX 128 /* of one date */
#define DISTANCE_MAX 999

struct lexer {
    struct query_context *c;
    struct lex_items *out;
    size_t pos;       /* next byte */
    size_t token;     /* next token */
    uint32_t depth;   /* parentheses open */
    uint32_t ignored; /* parentheses open beyond the depth that is kept */
    bool free;        /* nothing stands directly before `pos` that an operator could not follow */
};

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

/* The plain character at POS and its length in bytes; 0 at the end. */
static uint32_t at(const struct lexer *lx, size_t pos, size_t *len)
{
    uint32_t c = 0;
    *len = 0;
    if (pos < lx->c->n)
        *len = utf8_decode(lx->c->text + pos, lx->c->n - pos, &c);
    return plain(c);
}

static bool is_char(const struct lexer *lx, size_t pos, uint32_t wanted)
{
    size_t len;
    return at(lx, pos, &len) == wanted;
}

static bool is_gap(uint32_t c)
{
    return letter_is_blank(c) || letter_is_invisible(c);
}

static size_t skip_gap(const struct lexer *lx, size_t pos)
{
    size_t len;
    for (uint32_t c = at(lx, pos, &len); len > 0 && is_gap(c); c = at(lx, pos, &len))
        pos += len;
    return pos;
}

/* Where the word at POS ends: at a blank, quote or parenthesis. */
static size_t word_end(const struct lexer *lx, size_t pos)
{
    size_t len;
    for (uint32_t c = at(lx, pos, &len); len > 0; c = at(lx, pos, &len)) {
        if (letter_is_blank(c) || c == '"' || c == '(' || c == ')')
            break;
        pos += len;
    }
    return pos;
}

/* The next double quote at or after POS; the length of the query if there is none. */
static size_t next_quote(const struct lexer *lx, size_t pos)
{
    size_t len;
    for (uint32_t c = at(lx, pos, &len); len > 0 && c != '"'; c = at(lx, pos, &len))
        pos += len;
    return pos;
}

/* ---- tokens ---------------------------------------------------------------------------------------------------- */

/* The first token, from START on, that has a position of its own and begins at POS or later. */
static size_t token_from(const struct lexer *lx, size_t start, size_t pos)
{
    const struct text_tokens *t = lx->c->tokens;
    while (start < t->count && (t->items[start].colocated || t->items[start].start < pos))
        start++;
    return start;
}

static size_t token_at(const struct lexer *lx, size_t pos)
{
    const size_t i = token_from(lx, lx->token, pos);
    return i < lx->c->tokens->count && lx->c->tokens->items[i].start == pos ? i : NO_TOKEN;
}

static bool letter_at(const struct lexer *lx, size_t pos)
{
    return token_at(lx, pos) != NO_TOKEN && !letter_is_digit(lx->c->text[pos]);
}

static void push(struct lexer *lx, enum lex_kind kind, size_t start, size_t end)
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

static struct lex_item *last(const struct lexer *lx)
{
    return lx->out->count > 0 ? &lx->out->items[lx->out->count - 1] : NULL;
}

/* ---- fields and date filters ----------------------------------------------------------------------------------- */

enum filter { FILTER_NONE, FILTER_DATE, FILTER_AFTER, FILTER_BEFORE };

struct field_name {
    const char *form; /* canonical */
    enum query_field field;
    enum filter filter;
};

static const struct field_name field_names[] = {
    {"title", QUERY_TITLE, FILTER_NONE},   {"tiêuđề", QUERY_TITLE, FILTER_NONE},
    {"tieude", QUERY_TITLE, FILTER_NONE},  {"author", QUERY_AUTHOR, FILTER_NONE},
    {"tácgiả", QUERY_AUTHOR, FILTER_NONE}, {"tacgia", QUERY_AUTHOR, FILTER_NONE},
    {"source", QUERY_SOURCE, FILTER_NONE}, {"nguồn", QUERY_SOURCE, FILTER_NONE},
    {"nguon", QUERY_SOURCE, FILTER_NONE},  {"section", QUERY_SECTION, FILTER_NONE},
    {"mục", QUERY_SECTION, FILTER_NONE},   {"muc", QUERY_SECTION, FILTER_NONE},
    {"name", QUERY_NAME, FILTER_NONE},     {"tên", QUERY_NAME, FILTER_NONE},
    {"ten", QUERY_NAME, FILTER_NONE},      {"date", QUERY_ANY, FILTER_DATE},
    {"ngày", QUERY_ANY, FILTER_DATE},      {"ngay", QUERY_ANY, FILTER_DATE},
    {"after", QUERY_ANY, FILTER_AFTER},    {"từ", QUERY_ANY, FILTER_AFTER},
    {"tu", QUERY_ANY, FILTER_AFTER},       {"before", QUERY_ANY, FILTER_BEFORE},
    {"đến", QUERY_ANY, FILTER_BEFORE},     {"den", QUERY_ANY, FILTER_BEFORE},
};

/* The field whose name and colon stand at `pos`, and the byte after the colon; NULL if none does. */
static const struct field_name *field_at(const struct lexer *lx, size_t *value)
{
    const size_t i = token_at(lx, lx->pos);
    if (i == NO_TOKEN)
        return NULL;
    const size_t end = lx->c->tokens->items[i].end;
    size_t len;
    if (at(lx, end, &len) != ':')
        return NULL;
    *value = end + len;
    for (size_t k = 0; k < ARRAY_LEN(field_names); k++) {
        if (query_token_is(lx->c, i, field_names[k].form))
            return &field_names[k];
    }
    return NULL;
}

/* Reads the date [START, END), if need be without the punctuation that the sentence around it put at its end. */
static bool read_dates(const struct lexer *lx, size_t start, size_t end, int64_t *from, int64_t *to)
{
    const char *text = lx->c->text;
    if (end == start || end - start > FILTER_BYTES_MAX)
        return false;
    if (query_parse_dates(text + start, end - start, lx->c->now, from, to))
        return true;
    return strchr(",;.!?", text[end - 1]) != NULL &&
           query_parse_dates(text + start, end - start - 1, lx->c->now, from, to);
}

/* Finds the longest date in the words from START on; *END is where it stops. */
static bool find_dates(const struct lexer *lx, size_t start, size_t *end, int64_t *from, int64_t *to)
{
    size_t ends[FILTER_WORDS_MAX];
    size_t count = 0;
    for (size_t pos = start; count < FILTER_WORDS_MAX && pos - start <= FILTER_BYTES_MAX;) {
        const size_t stop = word_end(lx, pos);
        if (stop == pos)
            break;
        ends[count++] = stop;
        pos = skip_gap(lx, stop);
    }
    while (count-- > 0) {
        if (!read_dates(lx, start, ends[count], from, to))
            continue;
        *end = ends[count];
        return true;
    }
    return false;
}

static void narrow(struct lexer *lx, enum filter filter, int64_t from, int64_t to)
{
    struct query_dates *dates = &lx->c->tree->dates;
    dates->limited = true;
    if (filter != FILTER_BEFORE)
        dates->from = MAX(dates->from, from);
    if (filter != FILTER_AFTER)
        dates->to = MIN(dates->to, to);
    if (lx->depth > 0)
        query_warn(lx->c, "Phép lọc ngày đặt trong ngoặc vẫn áp dụng cho cả câu tìm.",
                   "a date filter in parentheses limits the whole query all the same");
    if (dates->from >= dates->to)
        query_warn(lx->c, "Các phép lọc ngày không có ngày nào chung.", "the date filters have no day in common");
}

/* True when what is read is to be excluded: a span of time cannot be. */
static bool after_negation(const struct lexer *lx)
{
    const struct lex_item *item = last(lx);
    return item != NULL && (item->kind == LEX_MINUS || item->kind == LEX_NOT);
}

/*
 * Reads the value of a date filter, which begins at or after VALUE, in quotes or not. *END is where it stops; when it
 * is no date, *END is where the words stop that were looked at first.
 */
static bool read_value(const struct lexer *lx, size_t value, size_t *end, int64_t *from, int64_t *to)
{
    size_t len;
    const size_t begin = skip_gap(lx, value);
    const bool quoted = at(lx, begin, &len) == '"';
    const size_t close = quoted ? next_quote(lx, begin + len) : lx->c->n;
    if (close == lx->c->n) {
        const bool found = find_dates(lx, begin, end, from, to);
        if (!found)
            *end = word_end(lx, begin);
        return found;
    }
    const bool found = read_dates(lx, begin + len, close, from, to);
    at(lx, close, &len);
    *end = close + len;
    return found;
}

/* The date filter at `pos` whose value begins after the colon, at VALUE. False, with a warning, if it is unreadable. */
static bool lex_filter(struct lexer *lx, enum filter filter, size_t value)
{
    const size_t start = lx->pos;
    int64_t from = 0;
    int64_t to = 0;
    size_t end;
    const bool found = read_value(lx, value, &end, &from, &to);
    const bool bounded =
        !(filter == FILTER_AFTER && from == INT64_MIN) && !(filter == FILTER_BEFORE && to == INT64_MAX);
    const bool negated = after_negation(lx);
    if (negated || !found || !bounded) {
        static const struct query_problem problems[] = {
            {"không đọc được như một ngày nên được tìm như các từ", "is no date"},
            {"phép lọc ngày không thể phủ định nên được tìm như các từ",
             "a date filter cannot be negated"}};
        query_warn_about(lx->c, start, end, problems[negated]);
        return false;
    }
    push(lx, LEX_FILTER, start, end);
    lx->free = false;
    narrow(lx, filter, from, to);
    return true;
}

static bool lex_field(struct lexer *lx)
{
    size_t value = 0;
    const struct field_name *name = lx->free ? field_at(lx, &value) : NULL;
    if (name == NULL)
        return false;
    if (name->filter != FILTER_NONE)
        return lex_filter(lx, name->filter, value);
    push(lx, LEX_FIELD, lx->pos, value);
    last(lx)->field = name->field;
    return true;
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
        if (!letter_is_capital(c) && !letter_mark(c, &shape, &tone) && !letter_is_invisible(c))
            return false;
    }
    return true;
}

static bool read_distance(const struct lexer *lx, size_t start, size_t end, uint32_t *distance)
{
    static const char name[] = "NEAR/";
    const size_t name_len = sizeof name - 1;
    if (end - start <= name_len || memcmp(lx->c->text + start, name, name_len) != 0)
        return false;
    *distance = 0;
    for (size_t i = start + name_len; i < end; i++) {
        if (!letter_is_digit(lx->c->text[i]))
            return false;
        *distance = MIN(*distance * 10 + (uint32_t)(lx->c->text[i] - '0'), (uint32_t)DISTANCE_MAX);
    }
    return true;
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
    if (attached)
        return LEX_WORD;
    if (read_distance(lx, word->start, word->end, distance))
        return LEX_NEAR;
    if (t->start != word->start || t->end != word->end || !is_capitals(lx, t->start, t->end))
        return LEX_WORD;
    for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
        if (query_token_is(lx->c, word->first_token, operators[i].form))
            return operators[i].kind;
    }
    return LEX_WORD;
}

/* The end of the last token of ITEM, which has some. */
static size_t end_of_tokens(const struct query_context *c, const struct lex_item *item)
{
    size_t i = item->first_token + item->tokens - 1;
    while (c->tokens->items[i].colocated)
        i--;
    return c->tokens->items[i].end;
}

static void lex_word(struct lexer *lx)
{
    const struct lex_item *before = last(lx);
    push(lx, LEX_WORD, lx->pos, word_end(lx, lx->pos));
    lx->free = false;
    struct lex_item *item = last(lx);
    if (item->tokens == 0) {
        lx->out->count--;
        return;
    }
    item->kind = kind_of_word(lx, item, before, &item->distance);
    const size_t end = end_of_tokens(lx->c, item);
    item->star = end < item->end && is_char(lx, end, '*');
}

/* ---- single characters ----------------------------------------------------------------------------------------- */

static void lex_quote(struct lexer *lx, size_t len)
{
    const size_t start = lx->pos + len;
    const size_t end = next_quote(lx, start);
    if (end == lx->c->n) {
        query_warn(lx->c, "Dấu ngoặc kép không có dấu đóng nên được bỏ qua.",
                   "a quotation mark lacks its partner");
        lx->pos = start;
        lx->free = true;
        return;
    }
    push(lx, LEX_QUOTE, start, end);
    size_t close_len;
    at(lx, end, &close_len);
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
        push(lx, LEX_OPEN, lx->pos, lx->pos + len);
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
        push(lx, LEX_CLOSE, lx->pos, lx->pos + len);
    }
    lx->free = false;
}

/* A minus or equals sign that is an operator, because of what follows it. */
static bool lex_sign(struct lexer *lx, uint32_t c, size_t len)
{
    const size_t next = lx->pos + len;
    size_t next_len;
    const uint32_t following = at(lx, next, &next_len);
    bool is_operator = false;
    if (!lx->free)
        return false;
    if (c == '=')
        is_operator = following == '"' || token_at(lx, next) != NO_TOKEN;
    else if (c == '-' && following == '=')
        is_operator = is_char(lx, next + next_len, '"') || token_at(lx, next + next_len) != NO_TOKEN;
    else if (c == '-')
        is_operator = following == '"' || following == '(' || letter_at(lx, next);
    if (is_operator)
        push(lx, c == '=' ? LEX_EXACT : LEX_MINUS, lx->pos, next);
    return is_operator;
}

static void lex_next(struct lexer *lx)
{
    size_t len;
    const uint32_t c = at(lx, lx->pos, &len);
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

/* ---- spelled-out dates ----------------------------------------------------------------------------------------- */

/* The date beside the tokens of ITEM that is spelled over several words, the one that says most; or NO_TOKEN. */
static size_t spelled_date(const struct query_context *c, const struct lex_item *item)
{
    size_t best = NO_TOKEN;
    for (size_t i = item->first_token; i < item->first_token + item->tokens; i++) {
        const struct text_token *t = &c->tokens->items[i];
        if (!t->colocated || t->kind != TEXT_DATE || (t->start >= item->start && t->end <= item->end))
            continue;
        if (best == NO_TOKEN || query_token_slashes(c, i) > query_token_slashes(c, best))
            best = i;
    }
    return best;
}

/* The words among ITEMS around number I that are exactly the date DATE: [*first, *stop). */
static bool date_words(const struct query_context *c, const struct lex_item *items, size_t i,
                       const struct text_token *date, size_t *first, size_t *stop)
{
    *first = i;
    while (*first > 0 && items[*first].start > date->start && items[*first - 1].kind == LEX_WORD)
        (*first)--;
    *stop = i + 1;
    while (items[*stop].kind == LEX_WORD && items[*stop].start < date->end)
        (*stop)++;
    return c->tokens->items[items[*first].first_token].start == date->start &&
           end_of_tokens(c, &items[*stop - 1]) == date->end;
}

/* True for `ngày` before a day, `tháng` before a month with its year: the date says it already. */
static bool announces(const struct query_context *c, const struct lex_item *item, size_t date)
{
    static const char *const day_words[] = {"ngày", "ngay", "mùng", "mung", "mồng", "mong"};
    static const char *const month_words[] = {"tháng", "thang"};
    const char *form = text_form(c->tokens, date);
    const size_t len = c->tokens->items[date].form_len;
    const char *slash = memchr(form, '/', len);
    if (item->kind != LEX_WORD || item->tokens != 1 || item->star || slash == NULL)
        return false;
    const bool month = len - (size_t)(slash - form) == 5;
    const char *const *words = month ? month_words : day_words;
    const size_t count = month ? ARRAY_LEN(month_words) : ARRAY_LEN(day_words);
    for (size_t i = 0; i < count; i++) {
        if (query_token_is(c, item->first_token, words[i]))
            return true;
    }
    return false;
}

/* A word that is a date in figures: its first token; NO_TOKEN otherwise. */
static size_t figure_date(const struct query_context *c, const struct lex_item *item)
{
    if (item->kind != LEX_WORD || item->tokens == 0)
        return NO_TOKEN;
    for (size_t i = item->first_token + 1; i < item->first_token + item->tokens; i++) {
        if (!c->tokens->items[i].colocated)
            return NO_TOKEN;
    }
    return c->tokens->items[item->first_token].kind == TEXT_DATE ? item->first_token : NO_TOKEN;
}

/* Puts the words of each date together, in place, and drops the words that announce a date. */
static void join_dates(struct query_context *c, struct lex_items *out)
{
    struct lex_item *items = out->items;
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        size_t first;
        size_t stop;
        size_t date = items[i].kind == LEX_WORD ? spelled_date(c, &items[i]) : NO_TOKEN;
        if (date != NO_TOKEN && date_words(c, items, i, &c->tokens->items[date], &first, &stop)) {
            kept -= i - first;
            items[i] = (struct lex_item){.kind = LEX_DATE,
                                         .start = c->tokens->items[date].start,
                                         .end = c->tokens->items[date].end,
                                         .first_token = (uint32_t)date,
                                         .tokens = 1};
        } else {
            stop = i + 1;
            date = figure_date(c, &items[i]);
        }
        if (date != NO_TOKEN && kept > 0 && announces(c, &items[kept - 1], date))
            kept--;
        items[kept++] = items[i];
        i = stop - 1;
    }
    out->count = kept;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

void lex_query(struct query_context *c, struct lex_items *out)
{
    struct lexer lx = {.c = c, .out = out, .free = true};
    /* Each item takes a byte of the query, but for the parentheses that are closed for the user, and the end. */
    out->count = 0;
    out->items = query_new(c, c->n + QUERY_DEPTH_MAX + 1, sizeof *out->items);
    if (out->items == NULL)
        return;
    while (c->status == TRABAO_OK) {
        const size_t pos = skip_gap(&lx, lx.pos);
        lx.free = lx.free || pos > lx.pos;
        lx.pos = pos;
        if (pos >= c->n)
            break;
        lex_next(&lx);
    }
    if (lx.depth > 0)
        query_warn(c, "Thiếu dấu ngoặc đóng nên ngoặc được coi là đóng ở cuối câu tìm.",
                   "a parenthesis is not closed");
    for (; lx.depth > 0; lx.depth--)
        push(&lx, LEX_CLOSE, c->n, c->n);
    push(&lx, LEX_END, c->n, c->n);
    join_dates(c, out);
}
