/*
 * lex_filter.c - fields and date filters: a name, a colon directly behind it and, for a filter, the dates that follow.
 *
 * A filter narrows the dates of the tree at once. One that cannot be read is no filter: its words are searched.
 */
#include "query/lex_inside.h"

#define FILTER_WORDS_MAX 8   /* "Thứ hai, ngày 20 tháng 7 năm 2020" */
#define FILTER_BYTES_MAX 128 /* of one date */

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

static void narrow(struct lexer *lx, enum filter filter, int64_t from, int64_t to)
{
    struct query_dates *dates = &lx->c->tree->dates;
    dates->limited = true;
    if (filter != FILTER_BEFORE) {
        dates->from = MAX(dates->from, from);
    }
    if (filter != FILTER_AFTER) {
        dates->to = MIN(dates->to, to);
    }
    if (lx->depth > 0) {
        query_warn(lx->c, "Phép lọc ngày đặt trong ngoặc vẫn áp dụng cho cả câu tìm.",
                   "a date filter in parentheses limits the whole query all the same");
    }
    if (dates->from >= dates->to) {
        query_warn(lx->c, QUERY_NO_DAY, QUERY_NO_DAY_ENGLISH);
    }
}

/* True when what is read is to be excluded: a span of time cannot be. */
static bool after_negation(const struct lexer *lx)
{
    const struct lex_item *item = lex_last(lx);
    return item != NULL && (item->kind == LEX_MINUS || item->kind == LEX_NOT);
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
            {"phép lọc ngày không thể phủ định nên được tìm như các từ", "a date filter cannot be negated"}};
        query_warn_about(lx->c, start, end, problems[negated]);
        return false;
    }
    lex_push(lx, LEX_FILTER, start, end);
    lx->free = false;
    narrow(lx, is_range(lx, value, end, from, to) ? FILTER_DATE : filter, from, to);
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
