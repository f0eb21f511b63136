/*
 * spelled.c - finds the parts of a date around each `tháng`, and makes room for the dates among the tokens.
 */
#include "text/spelled.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "text/date.h"
#include "text/letter.h"

/* A date to put beside a token. */
struct insertion {
    uint32_t beside; /* index of that token */
    struct text_token token;
};

struct finder {
    const char *text;
    struct text_tokens *tokens;
    struct insertion *found; /* ascending by `beside` */
    size_t count, capacity;
    bool failed;
};

static bool form_is(const char *form, size_t n, const char *word)
{
    return n == strlen(word) && memcmp(form, word, n) == 0;
}

bool spelled_is_month(const char *form, size_t n)
{
    return form_is(form, n, "tháng") || form_is(form, n, "thang");
}

bool spelled_only_blanks(const char *text, size_t from, size_t to)
{
    while (from < to) {
        uint32_t c;
        from += utf8_decode(text + from, to - from, &c);
        if (!letter_is_blank(c)) {
            return false;
        }
    }
    return true;
}

/* The number that token I is, digits 0 if it is none or other tokens stand beside it. */
static struct date_part number_at(const struct finder *f, size_t i)
{
    static const struct date_part none = {0, 0, 0, 0};
    if (i >= f->tokens->count) {
        return none;
    }
    const struct text_token *t = &f->tokens->items[i];
    const char *form = text_form(f->tokens, i);
    if (t->kind != TEXT_NUMBER || t->colocated || t->form_len > 4) {
        return none;
    }
    struct date_part part = date_read_part(form, 0, t->form_len);
    if (part.digits != t->form_len) {
        return none;
    }
    part.start = t->start;
    part.end = t->end;
    return part;
}

/* True when token I + 1 is at the next position and only blanks stand before it. */
static bool follows(const struct finder *f, size_t i)
{
    const struct text_token *t = f->tokens->items;
    return i + 1 < f->tokens->count && !t[i + 1].colocated && spelled_only_blanks(f->text, t[i].end, t[i + 1].start);
}

/* The month and year of a token like 4/1975, from the text it was written in. */
static bool month_with_year(const struct finder *f, size_t i, struct date *date, size_t *end)
{
    const struct text_token *t = &f->tokens->items[i];
    if (t->kind != TEXT_DATE || t->colocated) {
        return false;
    }
    const char *form = text_form(f->tokens, i);
    const char *slash = memchr(form, '/', t->form_len);
    const size_t split = (size_t)(slash - form);
    const struct date_part parts[] = {date_read_part(form, 0, split), date_read_part(form, split + 1, t->form_len)};
    *end = t->end;
    return parts[1].digits == 4 && date_from_parts(parts, 2, false, date);
}

/* The year of `năm 1975` after token I; 0 when none is there. */
static uint32_t year_after(const struct finder *f, size_t i, size_t *end)
{
    if (!follows(f, i) || !follows(f, i + 1)) {
        return 0;
    }
    const char *form = text_form(f->tokens, i + 1);
    const size_t len = f->tokens->items[i + 1].form_len;
    const struct date_part year = number_at(f, i + 2);
    if ((!form_is(form, len, "năm") && !form_is(form, len, "nam")) || year.digits != 4 ||
        !date_year_is_valid(year.value)) {
        return 0;
    }
    *end = year.end;
    return year.value;
}

static void add(struct finder *f, size_t beside, size_t start, size_t end, struct date date)
{
    struct text_tokens *t = f->tokens;
    void *found = f->found;
    void *forms = t->forms;
    const bool grown = mem_grow(&found, &f->capacity, f->count + 1, sizeof *f->found) &&
                       mem_grow(&forms, &t->forms_capacity, t->forms_len + DATE_TEXT_MAX, 1);
    f->found = found;
    t->forms = forms;
    if (!grown) {
        f->failed = true;
        return;
    }
    const size_t len = date_format(date, t->forms + t->forms_len);
    f->found[f->count++] = (struct insertion){(uint32_t)beside,
                                              {.start = (uint32_t)start,
                                               .end = (uint32_t)end,
                                               .form = (uint32_t)t->forms_len,
                                               .form_len = (uint8_t)len,
                                               .kind = TEXT_DATE,
                                               .colocated = true}};
    t->forms_len += len;
}

/* The date around the month word at token I. */
static void find_at(struct finder *f, size_t i)
{
    const struct text_token *items = f->tokens->items;
    if (!follows(f, i)) {
        return;
    }
    struct date date = {0, 0, 0};
    size_t month_end = 0;
    size_t end = 0;
    const struct date_part month = number_at(f, i + 1);
    if (month.digits >= 1 && month.digits <= 2 && month.value >= 1 && month.value <= 12) {
        date.month = month.value;
        month_end = month.end;
        date.year = year_after(f, i + 1, &end);
    } else if (!month_with_year(f, i + 1, &date, &end)) {
        return;
    } else {
        month_end = end;
    }
    const struct date_part day = i > 0 && follows(f, i - 1) ? number_at(f, i - 1) : (struct date_part){0, 0, 0, 0};
    if (day.digits >= 1 && day.digits <= 2 && date_day_is_valid(day.value, date.month)) {
        add(f, i - 1, day.start, month_end, (struct date){day.value, date.month, 0});
        if (date.year != 0) {
            add(f, i - 1, day.start, end, (struct date){day.value, date.month, date.year});
        }
    } else if (date.year != 0 && month.digits != 0) {
        add(f, i + 1, items[i].start, end, date);
    }
}

/* Moves the tokens apart, from the last to the first, and puts the dates between them. */
static bool insert_found(struct finder *f)
{
    struct text_tokens *t = f->tokens;
    void *items = t->items;
    const bool grown = mem_grow(&items, &t->capacity, t->count + f->count, sizeof *t->items);
    t->items = items;
    if (!grown) {
        return false;
    }
    size_t from = t->count;
    t->count += f->count;
    size_t to = t->count;
    for (size_t k = f->count; k-- > 0;) {
        while (from > f->found[k].beside + (size_t)1) {
            t->items[--to] = t->items[--from];
        }
        t->items[--to] = f->found[k].token;
    }
    return true;
}

bool spelled_add_dates(const char *text, struct text_tokens *tokens, const uint32_t *months, size_t count)
{
    struct finder f = {.text = text, .tokens = tokens};
    for (size_t i = 0; i < count && !f.failed; i++) {
        find_at(&f, months[i]);
    }
    const bool ok = !f.failed && (f.count == 0 || insert_found(&f));
    mem_free(f.found);
    return ok;
}
