/*
 * lex_filter.c - fields and date filters: a name, a colon directly behind it and, for a filter, the dates that follow.
 *
 * All filters together narrow the dates of the tree, wherever they stand; but filters joined by OR are one, which lets
 * through what any of them does. One that cannot be read is no filter: its words are searched.
 */
#include "query/lex_inside.h"

#define FILTER_WORDS_MAX 8   /* "Thứ hai, ngày 20 tháng 7 năm 2020" */
#define FILTER_BYTES_MAX 128 /* of one date */
#define NEVER (366 * CIVIL_DAY_SECONDS) /* where a span of nothing begins and ends: 1601, which can be written */

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
    const size_t i = lex_token_at(lx, lx->pos);
    if (i == LEX_NO_TOKEN) {
        return NULL;
    }
    const size_t end = lx->c->tokens->items[i].end;
    size_t len;
    if (lex_at(lx, end, &len) != ':') {
        return NULL;
    }
    *value = end + len;
    for (size_t k = 0; k < ARRAY_LEN(field_names); k++) {
        if (query_token_is(lx->c, i, field_names[k].form)) {
            return &field_names[k];
        }
    }
    return NULL;
}

/* Reads the date [START, END), if need be without the punctuation that the sentence around it put at its end. */
static bool read_dates(const struct lexer *lx, size_t start, size_t end, int64_t *from, int64_t *to)
{
    const char *text = lx->c->text;
    if (end == start || end - start > FILTER_BYTES_MAX) {
        return false;
    }
    if (query_parse_dates(text + start, end - start, lx->c->now, from, to)) {
        return true;
    }
    return strchr(",;.!?", text[end - 1]) != NULL &&
           query_parse_dates(text + start, end - start - 1, lx->c->now, from, to);
}

/* Finds the longest date in the words from START on; *END is where it stops. */
static bool find_dates(const struct lexer *lx, size_t start, size_t *end, int64_t *from, int64_t *to)
{
    size_t ends[FILTER_WORDS_MAX];
    size_t count = 0;
    for (size_t pos = start; count < FILTER_WORDS_MAX && pos - start <= FILTER_BYTES_MAX;) {
        const size_t stop = lex_word_end(lx, pos);
        if (stop == pos) {
            break;
        }
        ends[count++] = stop;
        pos = lex_skip_gap(lx, stop);
    }
    while (count-- > 0) {
        if (!read_dates(lx, start, ends[count], from, to)) {
            continue;
        }
        *end = ends[count];
        return true;
    }
    return false;
}

/* True when the value [START, END) of a filter has both ends: `from: 1/5/2020..3/5/2020` means these three days. */
static bool is_range(const struct lexer *lx, size_t start, size_t end, int64_t from, int64_t to)
{
    return from != INT64_MIN && to != INT64_MAX && memmem(lx->c->text + start, end - start, "..", 2) != NULL;
}

static bool is_negation(enum lex_kind kind)
{
    return kind == LEX_MINUS || kind == LEX_NOT;
}

/* Takes the signs and words off the items that negate what is read next; true if they do. */
static bool take_negation(struct lexer *lx)
{
    bool negated = false;
    for (const struct lex_item *item; (item = lex_last(lx)) != NULL;) {
        if (!is_negation(item->kind)) {
            break;
        }
        negated = !negated;
        lx->out->count--;
    }
    return negated;
}

/*
 * Reads the value of a date filter, which begins at or after VALUE, in quotes or not. *END is where it stops; when it
 * is no date, *END is where the words stop that were looked at first.
 */
static bool read_value(const struct lexer *lx, size_t value, size_t *end, int64_t *from, int64_t *to)
{
    size_t len;
    const size_t begin = lex_skip_gap(lx, value);
    const bool quoted = lex_at(lx, begin, &len) == '"';
    const size_t close = quoted ? lex_next_quote(lx, begin + len) : lx->c->n;
    if (close == lx->c->n) {
        const bool found = find_dates(lx, begin, end, from, to);
        if (!found) {
            *end = lex_word_end(lx, begin);
        }
        return found;
    }
    const bool found = read_dates(lx, begin + len, close, from, to);
    lex_at(lx, close, &len);
    *end = close + len;
    return found;
}

static void set_span(struct lexer *lx, struct query_span span)
{
    struct query_span *copy = query_new(lx->c, 1, sizeof *copy);
    if (copy != NULL) {
        *copy = span;
        lex_last(lx)->spans = copy;
        lex_last(lx)->span_count = 1;
    }
}

/* Makes FILTER let through what it did not. */
static void negate(struct query_context *c, struct lex_item *filter)
{
    struct query_span *spans = query_new(c, filter->span_count + 1, sizeof *spans);
    if (spans == NULL) {
        return;
    }
    size_t count = 0;
    int64_t from = INT64_MIN;
    for (size_t i = 0; i < filter->span_count; i++) {
        if (filter->spans[i].from > from) {
            spans[count++] = (struct query_span){from, filter->spans[i].from};
        }
        from = filter->spans[i].to;
    }
    if (from < INT64_MAX) {
        spans[count++] = (struct query_span){from, INT64_MAX};
    }
    if (count == 0) { /* all was let through */
        spans[count++] = (struct query_span){NEVER, NEVER};
    }
    filter->spans = spans;
    filter->span_count = count;
}

/* The date filter at `pos` whose value begins after the colon, at VALUE. False, with a warning, if it is unreadable. */
static bool lex_filter(struct lexer *lx, enum filter filter, size_t value)
{
    static const struct query_problem no_date = {"không đọc được như một ngày nên được tìm như các từ", "is no date"};
    const size_t start = lx->pos;
    int64_t from = 0;
    int64_t to = 0;
    size_t end;
    const bool found = read_value(lx, value, &end, &from, &to);
    if (!found || (filter == FILTER_AFTER && from == INT64_MIN) || (filter == FILTER_BEFORE && to == INT64_MAX)) {
        query_warn_about(lx->c, start, end, no_date);
        return false;
    }
    const bool negated = take_negation(lx);
    const bool is_date = filter == FILTER_DATE || is_range(lx, value, end, from, to);
    const struct query_span span = {filter == FILTER_BEFORE && !is_date ? INT64_MIN : from,
                                    filter == FILTER_AFTER && !is_date ? INT64_MAX : to};
    lex_push(lx, LEX_FILTER, start, end);
    lx->free = false;
    set_span(lx, span);
    if (negated) {
        negate(lx->c, lex_last(lx));
    }
    return true;
}

bool lex_field(struct lexer *lx)
{
    size_t value = 0;
    const struct field_name *name = lx->free ? field_at(lx, &value) : NULL;
    if (name == NULL) {
        return false;
    }
    if (name->filter != FILTER_NONE) {
        return lex_filter(lx, name->filter, value);
    }
    lex_push(lx, LEX_FIELD, lx->pos, value);
    lex_last(lx)->field = name->field;
    return true;
}

/* ---- what filters together let through ------------------------------------------------------------------------- */

/* True when the words that stand together begin behind, or end before, an item of this kind. */
static bool is_border(enum lex_kind kind)
{
    return kind == LEX_OPEN || kind == LEX_CLOSE || kind == LEX_OR || kind == LEX_END;
}

/*
 * True when the OR between two filters joins nothing but them: what else there is, is on one side, and no filter, which
 * would belong to that side alone. BEFORE and BEHIND are what stands around the two.
 */
static bool joins_filters(enum lex_kind before, enum lex_kind behind)
{
    return (is_border(before) || is_border(behind)) && before != LEX_FILTER && behind != LEX_FILTER;
}

static void join_spans(struct query_context *c, struct lex_item *left, const struct lex_item *right)
{
    const size_t count = left->span_count + right->span_count;
    struct query_span *spans = query_new(c, count, sizeof *spans);
    if (spans != NULL) {
        memcpy(spans, left->spans, left->span_count * sizeof *spans);
        memcpy(spans + left->span_count, right->spans, right->span_count * sizeof *spans);
        left->spans = spans;
        left->span_count = query_spans_join(spans, count);
    }
}

/*
 * Makes one item of the last three of COUNT, if they are a filter in parentheses, with what negates it, or two that OR
 * joins; NEXT is the item to come. False if they are neither.
 */
static bool reduce(struct query_context *c, struct lex_item *items, size_t *count, enum lex_kind next)
{
    if (*count < 3 || c->status != TRABAO_OK) {
        return false;
    }
    struct lex_item *last = items + *count - 3;
    const enum lex_kind before = *count > 3 ? last[-1].kind : LEX_OPEN;
    if (last[0].kind == LEX_OPEN && last[1].kind == LEX_FILTER && last[2].kind == LEX_CLOSE && before != LEX_FIELD) {
        last[0] = last[1];
        for (*count -= 2; *count > 1 && is_negation(last[-1].kind); last--, --*count) {
            negate(c, last);
            last[-1] = last[0];
        }
    } else if (last[0].kind == LEX_FILTER && last[1].kind == LEX_OR && last[2].kind == LEX_FILTER &&
               joins_filters(before, next)) {
        join_spans(c, &last[0], &last[2]);
        *count -= 2;
    } else {
        return false;
    }
    return true;
}

static void join_filters(struct query_context *c, struct lex_items *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        out->items[kept++] = out->items[i];
        while (reduce(c, out->items, &kept, i + 1 < out->count ? out->items[i + 1].kind : LEX_END)) {
        }
    }
    out->count = kept;
}

static void narrow(struct query_context *c, const struct lex_item *filter, bool enclosed)
{
    struct query_dates *dates = &c->tree->dates;
    if (!query_dates_narrow(dates, filter->spans, filter->span_count, c->tree->arena)) {
        query_no_memory(c);
    }
    if (enclosed) {
        query_warn(c, "Phép lọc ngày đặt trong ngoặc vẫn áp dụng cho cả câu tìm.",
                   "a date filter in parentheses limits the whole query all the same");
    }
    if (query_dates_empty(dates)) {
        query_warn(c, QUERY_NO_DAY, QUERY_NO_DAY_ENGLISH);
    }
}

void lex_apply_filters(struct query_context *c, struct lex_items *out)
{
    size_t depth = 0;
    if (c->status == TRABAO_OK) {
        join_filters(c, out);
    }
    for (size_t i = 0; i < out->count && c->status == TRABAO_OK; i++) {
        const struct lex_item *item = &out->items[i];
        depth += item->kind == LEX_OPEN;
        depth -= item->kind == LEX_CLOSE;
        if (item->kind == LEX_FILTER) {
            narrow(c, item, depth > 0);
        }
    }
}
