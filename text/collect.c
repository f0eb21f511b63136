/*
 * collect.c - the work behind collect.h, in the order: tokens, words, numbers and dates in figures. Dates in words
 * are spelled.c's.
 */
#include "text/collect.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "text/letter.h"
#include "text/spelled.h"
#include "text/syllable.h"

/* ---- tokens ---------------------------------------------------------------------------------------------------- */

void collect_begin(struct collector *c, const char *text, size_t n, struct text_tokens *out, struct memo *memo)
{
    c->text = text;
    c->n = n;
    c->out = out;
    c->memo = memo;
    c->last_end = 0;
    c->any = false;
    c->failed = false;
    c->chain = false;
    c->glued = false;
    c->pending_count = 0;
    c->month_count = 0;
    out->count = 0;
    out->forms_len = 0;
}

void collect_free(struct collector *c)
{
    mem_free(c->months);
    c->months = NULL;
    c->month_capacity = 0;
}

bool collect_reserve(struct collector *c)
{
    struct text_tokens *t = c->out;
    void *items = t->items;
    void *forms = t->forms;
    const bool grown = mem_grow(&items, &t->capacity, t->count + 1, sizeof *t->items) &&
                       mem_grow(&forms, &t->forms_capacity, t->forms_len + TEXT_FORM_MAX, 1);
    t->items = items;
    t->forms = forms;
    if (!grown) {
        c->failed = true;
    }
    return grown;
}

static void push(struct collector *c, struct text_token token, const char *form, size_t len)
{
    if (!collect_has_room(c->out) && !collect_reserve(c)) {
        return;
    }
    struct text_tokens *t = c->out;
    token.form = (uint32_t)t->forms_len;
    token.form_len = (uint8_t)len;
    memcpy(t->forms + t->forms_len, form, len);
    t->forms_len += len;
    t->items[t->count++] = token;
}

bool collect_is_joined(const struct collector *c, size_t start)
{
    if (!c->any) {
        return false;
    }
    for (size_t i = c->last_end; i < start;) {
        uint32_t code_point;
        i += utf8_decode(c->text + i, start - i, &code_point);
        if (letter_is_blank(code_point)) {
            return false;
        }
    }
    return true;
}

void collect_month(struct collector *c)
{
    void *months = c->months;
    if (!mem_grow(&months, &c->month_capacity, c->month_count + 1, sizeof *c->months)) {
        c->failed = true;
        return;
    }
    c->months = months;
    c->months[c->month_count++] = (uint32_t)(c->out->count - 1);
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

/* Digits and inner separators, between which invisible characters may stand: a number. */
static bool is_number(const char *text, size_t n, bool *whole)
{
    *whole = true;
    if (!letter_is_digit(text[0])) {
        return false;
    }
    for (size_t i = 0; i < n;) {
        uint32_t c;
        i += utf8_decode(text + i, n - i, &c);
        if (c == '.' || c == ',') {
            *whole = false;
        } else if (letter_class_of(c) != LETTER_DIGIT && !letter_is_invisible(c)) {
            return false;
        }
    }
    return true;
}

static void word_by_form(struct collector *c, size_t start, size_t end, const char *form, size_t len, bool is_month)
{
    collect_flush(c, start, is_month);
    const struct text_token token = {
        .start = (uint32_t)start, .end = (uint32_t)end, .kind = TEXT_WORD, .joined = collect_is_joined(c, start)};
    push(c, token, form, len);
    c->last_end = end;
    c->any = true;
    if (is_month && !c->failed) {
        collect_month(c);
    }
}

static void remember(struct collector *c, const uint64_t key[2], const char *word, size_t n, const char *form,
                     size_t len, bool is_month)
{
    struct memo_slot *slot = memo_add(c->memo, key[0], key[1], form, len);
    slot->is_month = is_month;
    slot->mark = c->marker ? c->marker(c->marker_context, word, n, form, len) & (TEXT_MARKS - 1) : 0;
}

void collect_word(struct collector *c, size_t start, size_t end, bool memoise)
{
    const char *word = c->text + start;
    const size_t n = end - start;
    const bool small = c->memo != NULL && n <= MEMO_WORD_MAX;
    uint64_t key[2] = {0, 0};
    if (small) {
        memo_load(word, c->text + end, &key[0], &key[1]);
        const struct memo_slot *slot = memo_find(c->memo, key[0], key[1]);
        if (slot != NULL) {
            collect_known(c, start, end, slot);
            return;
        }
    }
    bool whole;
    if (is_number(word, n, &whole)) {
        collect_number(c, start, end, whole);
        return;
    }
    char form[TEXT_FORM_MAX];
    const size_t len = c->memo != NULL ? syllable_canonical(word, n, form) : syllable_canonical_icu(word, n, form);
    if (len == 0) {
        return;
    }
    if (len == SYLLABLE_FAILED) {
        c->failed = true;
        return;
    }
    const bool is_month = spelled_is_month(form, len);
    if (small && memoise && len <= MEMO_FORM_MAX) {
        remember(c, key, word, n, form, len, is_month);
    }
    word_by_form(c, start, end, form, len, is_month);
}

/* ---- numbers and dates in figures ------------------------------------------------------------------------------ */

/* True for 3.568 and 1.708.443: groups of three after one to three digits that do not start with 0. */
static bool has_thousands(const char *digits, size_t n)
{
    size_t group = 0;
    size_t groups = 1;
    if (digits[0] == '0') {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (letter_is_digit(digits[i])) {
            group++;
        } else if (digits[i] == '.' && (groups == 1 ? group >= 1 && group <= 3 : group == 3)) {
            group = 0;
            groups++;
        } else {
            return false;
        }
    }
    return groups > 1 && group == 3;
}

/* True when the digits after a decimal comma, or the absence of one, end the number. */
static bool is_fraction(const char *text, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (!letter_is_digit(text[i])) {
            return false;
        }
    }
    return true;
}

/*
 * The form of a number. One that is longer than a form loses its separators: cut between them, it could be read as
 * another number.
 */
static size_t number_form(const char *text, size_t n, char out[TEXT_FORM_MAX])
{
    char plain[TEXT_FORM_MAX]; /* without invisible characters */
    size_t len = 0;
    size_t digits = 0;
    for (size_t i = 0; i < n && digits < TEXT_FORM_MAX; i++) {
        const bool digit = letter_is_digit(text[i]);
        if (digit) {
            out[digits++] = text[i];
        }
        if (!digit && text[i] != '.' && text[i] != ',') {
            continue;
        }
        if (len < TEXT_FORM_MAX) {
            plain[len] = text[i];
        }
        len++;
    }
    if (len > TEXT_FORM_MAX) {
        return digits;
    }
    const char *comma = memchr(plain, ',', len);
    const size_t integer = comma != NULL ? (size_t)(comma - plain) : len;
    if (has_thousands(plain, integer) && is_fraction(plain + integer, len - integer)) {
        digits = 0;
        for (size_t i = 0; i < len; i++) {
            if (plain[i] != '.') {
                out[digits++] = plain[i];
            }
        }
        return digits;
    }
    memcpy(out, plain, len);
    return len;
}

static void push_number(struct collector *c, const struct collect_number *number)
{
    char form[TEXT_FORM_MAX];
    const struct text_token token = {
        .start = (uint32_t)number->start, .end = (uint32_t)number->end, .kind = TEXT_NUMBER, .joined = number->joined};
    push(c, token, form, number_form(c->text + number->start, number->end - number->start, form));
}

static void push_numbers(struct collector *c, const struct collect_number *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        push_number(c, &numbers[i]);
    }
}

/* The day and month, or month and year; beside it the full date and the year, where there is one. */
static void push_date(struct collector *c, const struct date_part *parts, size_t count, struct date date, bool joined)
{
    char form[DATE_TEXT_MAX];
    const bool full = date.day != 0 && date.year != 0;
    const struct date first = {date.day, date.month, full ? 0 : date.year};
    const struct date year = {0, 0, date.year};
    struct text_token token = {
        .start = (uint32_t)parts[0].start, .end = (uint32_t)parts[1].end, .kind = TEXT_DATE, .joined = joined};
    push(c, token, form, date_format(first, form));
    token.joined = false;
    token.colocated = true;
    token.end = (uint32_t)parts[count - 1].end;
    if (full) {
        push(c, token, form, date_format(date, form));
    }
    token.start = (uint32_t)parts[count - 1].start;
    token.kind = TEXT_NUMBER;
    if (date.year != 0) {
        push(c, token, form, date_format(year, form));
    }
}

/* Cuts 30.4.1975 at its stops; 0 when NUMBER has a comma or more than three parts. */
static size_t split_at_stops(const char *text, const struct collect_number *number, struct date_part parts[3])
{
    size_t count = 0;
    size_t start = number->start;
    for (size_t i = number->start; i <= number->end; i++) {
        if (i < number->end && text[i] == ',') {
            return 0;
        }
        if (i < number->end && text[i] != '.') {
            continue;
        }
        if (count == 3) {
            return 0;
        }
        parts[count++] = date_read_part(text, start, i);
        start = i + 1;
    }
    return count;
}

/* COUNT numbers connected by the same separator: one date, if they are one, else numbers. */
static void push_date_or_numbers(struct collector *c, const struct collect_number *numbers, size_t count)
{
    struct date_part parts[3];
    struct date date;
    size_t part_count = 0;
    if (count == 1 && !numbers[0].whole) {
        part_count = split_at_stops(c->text, &numbers[0], parts);
    } else if (count <= 3) {
        for (; part_count < count && numbers[part_count].whole; part_count++) {
            parts[part_count] = date_read_part(c->text, numbers[part_count].start, numbers[part_count].end);
        }
        part_count = part_count == count ? count : 0;
    }
    const bool short_year = count == 1 || numbers[1].separator == '/';
    if (date_from_parts(parts, part_count, short_year, &date)) {
        push_date(c, parts, part_count, date, numbers[0].joined);
    } else {
        push_numbers(c, numbers, count);
    }
}

/* True when only dashes connect the numbers held back, none of which has inner separators: 30-4, 30-4-1975. */
static bool pending_is_dashed(const struct collector *c)
{
    for (size_t i = 0; i < c->pending_count; i++) {
        if (!c->pending[i].whole || c->pending[i].separator == '/') {
            return false;
        }
    }
    return c->pending_count > 1;
}

/*
 * Decides on the numbers held back. `/` and `.` bind tighter than `-`, which then means "to": 30/4-1/5 and 30.4-1.5
 * are two dates, 20-22/7 a number and a date. What stands directly beside a word or before a percent sign is no date.
 */
void collect_flush(struct collector *c, size_t next_start, bool next_is_month)
{
    const size_t count = c->pending_count;
    const struct collect_number *numbers = c->pending;
    if (count == 0) {
        return;
    }
    const size_t end = numbers[count - 1].end;
    const bool glued_right = next_start == end || (end < c->n && c->text[end] == '%');
    const bool days = next_is_month && spelled_only_blanks(c->text, end, next_start); /* 5-10 tháng 7 */
    if (c->chain) {
        push_numbers(c, numbers, count);
    } else if (pending_is_dashed(c)) {
        if (c->glued || glued_right || days) {
            push_numbers(c, numbers, count);
        } else {
            push_date_or_numbers(c, numbers, count);
        }
    } else {
        for (size_t first = 0, last = 1; first < count; first = last++) {
            while (last < count && numbers[last].separator == '/') {
                last++;
            }
            if ((first == 0 && c->glued) || (last == count && glued_right)) {
                push_numbers(c, numbers + first, last - first);
            } else {
                push_date_or_numbers(c, numbers + first, last - first);
            }
        }
    }
    c->pending_count = 0;
    c->chain = false;
}

/* True when START is directly beside a word, or only a stop or comma is between it and the digits that end one. */
static bool continues_word(const struct collector *c, size_t start)
{
    if (!c->any || start - c->last_end > 1) {
        return false;
    }
    return c->last_end == start ||
           (letter_is_digit(c->text[c->last_end - 1]) && (c->text[start - 1] == '.' || c->text[start - 1] == ','));
}

void collect_number(struct collector *c, size_t start, size_t end, bool whole)
{
    struct collect_number number = {start, end, collect_is_joined(c, start), whole, 0};
    const bool glued = continues_word(c, start);
    if (c->pending_count > 0 && start - c->last_end == 1 && (c->text[start - 1] == '/' || c->text[start - 1] == '-')) {
        number.separator = c->text[start - 1];
        if (c->pending_count == COLLECT_PENDING_MAX) {
            push_numbers(c, c->pending, c->pending_count);
            c->pending_count = 0;
            c->chain = true;
        }
    } else {
        collect_flush(c, start, false);
        c->glued = glued;
    }
    c->pending[c->pending_count++] = number;
    c->last_end = end;
    c->any = true;
}

bool collect_end(struct collector *c)
{
    collect_flush(c, SIZE_MAX, false);
    if (!c->failed && c->month_count > 0) {
        c->failed = !spelled_add_dates(c->text, c->out, c->months, c->month_count);
    }
    return !c->failed;
}
