/*
 * html.c - numbers, dates and marked text as HTML; see html.h.
 */
#include "server/html.h"

#include <strings.h>

#include "base/civil.h"
#include "base/html_escape.h"

void html_text_n(struct buf *out, const char *text, size_t n)
{
    html_escape(out, text, n);
}

void html_text(struct buf *out, const char *text)
{
    if (text != NULL) {
        html_escape(out, text, strlen(text));
    }
}

void html_attribute(struct buf *out, const char *name, const char *value)
{
    if (value != NULL) {
        buf_append_char(out, ' ');
        buf_append_str(out, name);
        html_raw(out, "=\"");
        html_text(out, value);
        html_raw(out, "\"");
    }
}

void html_number(struct buf *out, uint64_t number)
{
    char digits[24];
    const size_t n = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            buf_append_char(out, '.');
        }
        buf_append_char(out, digits[i]);
    }
}

void html_decimal(struct buf *out, double number)
{
    const uint64_t tenths = number > 0 ? (uint64_t)(number * 10 + 0.5) : 0;
    html_number(out, tenths / 10);
    if (tenths % 10 != 0 && tenths < 1000) {
        buf_printf(out, ",%u", (unsigned)(tenths % 10));
    }
}

/* ---- dates --------------------------------------------------------------------------------------------------- */

static void append_date(struct buf *out, const char *date, bool with_time)
{
    struct civil civil;
    if (!civil_parse(date, strlen(date), &civil)) {
        html_text(out, date);
        return;
    }
    int year, month, day;
    civil_to_ymd(civil.second, &year, &month, &day);
    if (civil.precision == CIVIL_TIME && with_time) {
        const int64_t minute = civil.second % CIVIL_DAY_SECONDS / 60;
        buf_printf(out, "%d:%02d ", (int)(minute / 60), (int)(minute % 60));
    }
    if (civil.precision >= CIVIL_DAY) {
        buf_printf(out, "%d/", day);
    }
    if (civil.precision >= CIVIL_MONTH) {
        buf_printf(out, "%d/", month);
    }
    buf_printf(out, "%d", year);
}

void html_date_text(struct buf *out, const char *date)
{
    append_date(out, date, false);
}

void html_date(struct buf *out, const char *date, bool with_time)
{
    html_raw(out, "<time");
    html_attribute(out, "datetime", date);
    html_raw(out, ">");
    append_date(out, date, with_time);
    html_raw(out, "</time>");
}

/* ---- marked text --------------------------------------------------------------------------------------------- */

/*
 * Appends the bytes [START, END) of MARKED; *NEXT is the first mark that can still matter, and moves on as ranges are
 * taken in order. A mark that reaches over the end of the range is continued in the next one.
 */
static void append_range(struct buf *out, const struct trabao_marked *marked, size_t start, size_t end, size_t *next)
{
    while (start < end) {
        while (*next < marked->mark_count && marked->marks[*next].end <= start) {
            ++*next;
        }
        const struct trabao_mark *mark = *next < marked->mark_count ? &marked->marks[*next] : NULL;
        if (mark == NULL || mark->start >= end) {
            html_text_n(out, marked->text + start, end - start);
            return;
        }
        if (mark->start > start) {
            html_text_n(out, marked->text + start, mark->start - start);
            start = mark->start;
        }
        const size_t stop = MIN((size_t)mark->end, end);
        html_raw(out, "<mark>");
        html_text_n(out, marked->text + start, stop - start);
        html_raw(out, "</mark>");
        start = stop;
    }
}

void html_marked(struct buf *out, const struct trabao_marked *marked)
{
    size_t next = 0;
    append_range(out, marked, 0, marked->len, &next);
}

/* Bytes of white space at S, counting the no-break space that papers are full of; 0 when there is none. */
static size_t blank_length(const char *s, size_t n)
{
    if (n >= 2 && s[0] == '\xC2' && s[1] == '\xA0') {
        return 2;
    }
    return n >= 1 && (s[0] == ' ' || s[0] == '\t' || s[0] == '\r') ? 1 : 0;
}

/* Cuts the white space off both ends of [*START, *END). */
static void trim(const char *text, size_t *start, size_t *end)
{
    for (size_t n; *start < *end && (n = blank_length(text + *start, *end - *start)) > 0;) {
        *start += n;
    }
    while (*end > *start) {
        const size_t left = *end - *start;
        if (blank_length(text + *end - 1, 1) > 0) {
            *end -= 1;
        } else if (left >= 2 && blank_length(text + *end - 2, 2) == 2) {
            *end -= 2;
        } else {
            break;
        }
    }
}

void html_marked_paragraphs(struct buf *out, const struct trabao_marked *marked)
{
    size_t next = 0, at = 0;
    bool open = false;
    while (at < marked->len) {
        const char *newline = memchr(marked->text + at, '\n', marked->len - at);
        size_t start = at, end = newline != NULL ? (size_t)(newline - marked->text) : marked->len;
        at = end + 1;
        trim(marked->text, &start, &end);
        if (start == end) {
            if (open) {
                html_raw(out, "</p>\n");
            }
            open = false;
            continue;
        }
        if (open) {
            html_raw(out, "<br>\n");
        } else {
            html_raw(out, "<p>");
        }
        open = true;
        append_range(out, marked, start, end, &next);
    }
    if (open) {
        html_raw(out, "</p>\n");
    }
}

bool html_is_web_address(const char *url)
{
    return url != NULL && (strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0);
}
