/*
 * parse_date.c - the dates of a filter: one date or a word for one (hôm qua, quý 2/2024), or a range of two with `..`
 * between them. What is not a word of this file's is civil_parse's to read.
 */
#include "query/parse.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/letter.h"
#include "text/syllable.h"

#define TEXT_MAX 128   /* bytes of a filter that are looked at; a longer one is no date */
#define PHRASE_MAX 512 /* bytes of its canonical words: a form is at most TEXT_FORM_MAX, a word at least one byte */

/* From the first moment included to the last excluded. */
struct span {
    int64_t from, to;
};

/* ---- the calendar ---------------------------------------------------------------------------------------------- */

/* The first moment of month MONTH of YEAR, where MONTH may lie outside 1..12. */
static int64_t month_start(int year, int month)
{
    const int months = year * 12 + month - 1;
    return civil_from_ymd(months / 12, months % 12 + 1, 1);
}

static struct span months_from(int year, int month, int count)
{
    return (struct span){month_start(year, month), month_start(year, month + count)};
}

enum unit { UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_QUARTER, UNIT_YEAR };

/* The UNIT that holds NOW, or the one OFFSET units later (before it, when negative). */
static struct span unit_at(enum unit unit, int offset, int64_t now)
{
    int year;
    int month;
    int day;
    civil_to_ymd(now, &year, &month, &day);
    const int64_t today = civil_from_ymd(year, month, day);
    /* Civil day 0 was a Saturday; weeks begin on Monday. */
    const int64_t monday = today - (today / CIVIL_DAY_SECONDS + 5) % 7 * CIVIL_DAY_SECONDS;
    switch (unit) {
    case UNIT_DAY:
        return (struct span){today + offset * CIVIL_DAY_SECONDS, today + (offset + 1) * CIVIL_DAY_SECONDS};
    case UNIT_WEEK:
        return (struct span){monday + offset * 7 * CIVIL_DAY_SECONDS, monday + (offset + 1) * 7 * CIVIL_DAY_SECONDS};
    case UNIT_MONTH:
        return months_from(year, month + offset, 1);
    case UNIT_QUARTER:
        return months_from(year, (month - 1) / 3 * 3 + 1 + offset * 3, 3);
    case UNIT_YEAR:
    default:
        return months_from(year + offset, 1, 12);
    }
}

/* ---- words for dates ------------------------------------------------------------------------------------------- */

static const struct relative {
    const char *marked, *plain; /* canonical; one or the other, no mixture: `tuần nay` is not `tuần này` */
    enum unit unit;
    int offset;
} relatives[] = {
    {"hôm nay", "hom nay", UNIT_DAY, 0},          {"hôm qua", "hom qua", UNIT_DAY, -1},
    {"hôm kia", "hom kia", UNIT_DAY, -2},         {"tuần này", "tuan nay", UNIT_WEEK, 0},
    {"tuần trước", "tuan truoc", UNIT_WEEK, -1},  {"tuần qua", "tuan qua", UNIT_WEEK, -1},
    {"tháng này", "thang nay", UNIT_MONTH, 0},    {"tháng trước", "thang truoc", UNIT_MONTH, -1},
    {"tháng qua", "thang qua", UNIT_MONTH, -1},   {"quí này", "qui nay", UNIT_QUARTER, 0},
    {"quí trước", "qui truoc", UNIT_QUARTER, -1}, {"năm nay", "nam nay", UNIT_YEAR, 0},
    {"năm ngoái", "nam ngoai", UNIT_YEAR, -1},    {"năm trước", "nam truoc", UNIT_YEAR, -1},
};

/* The canonical words of TEXT with single blanks between them. False when they do not fit. */
static bool canonical_words(const char *text, size_t n, char out[PHRASE_MAX])
{
    size_t len = 0;
    for (size_t i = 0; i < n;) {
        size_t stop = i;
        uint32_t c = 0;
        size_t step = 0;
        for (; stop < n; stop += step) {
            step = utf8_decode(text + stop, n - stop, &c);
            if (letter_is_blank(c)) {
                break;
            }
        }
        if (stop == i) {
            i += step;
            continue;
        }
        if (len + TEXT_FORM_MAX + 2 > PHRASE_MAX) {
            return false;
        }
        if (len > 0) {
            out[len++] = ' ';
        }
        const size_t form = syllable_canonical(text + i, stop - i, out + len);
        if (form == SYLLABLE_FAILED) {
            return false;
        }
        len += form;
        i = stop;
    }
    out[len] = '\0';
    return true;
}

static bool read_relative(const char *words, int64_t now, struct span *out)
{
    for (size_t i = 0; i < ARRAY_LEN(relatives); i++) {
        if (strcmp(words, relatives[i].marked) != 0 && strcmp(words, relatives[i].plain) != 0) {
            continue;
        }
        *out = unit_at(relatives[i].unit, relatives[i].offset, now);
        return true;
    }
    return false;
}

/* The text after WORD at the beginning of S; NULL when it begins otherwise. */
static const char *after(const char *s, const char *word)
{
    const size_t len = strlen(word);
    return strncmp(s, word, len) == 0 ? s + len : NULL;
}

static const char *after_any(const char *s, const char *const *words, size_t count)
{
    const char *rest = NULL;
    for (size_t i = 0; i < count && rest == NULL; i++) {
        rest = after(s, words[i]);
    }
    return rest;
}

/* quý 2/2024, quý II năm 2024, Q2/2024, as canonical words. */
static bool read_quarter(const char *words, struct span *out)
{
    static const char *const names[] = {"quí ", "qui ", "q"};
    static const char *const numbers[] = {"iv", "iii", "ii", "i", "4", "3", "2", "1"};
    static const char *const separators[] = {"/", " / ", " năm ", " nam ", "-", " "};
    const char *s = after_any(words, names, ARRAY_LEN(names));
    if (s == NULL) {
        return false;
    }
    const char *rest = NULL;
    size_t i = 0;
    while (i < ARRAY_LEN(numbers) && (rest = after(s, numbers[i])) == NULL) {
        i++;
    }
    rest = rest == NULL ? NULL : after_any(rest, separators, ARRAY_LEN(separators));
    struct civil year;
    if (rest == NULL || strlen(rest) != 4 || !civil_parse(rest, 4, &year) || year.precision != CIVIL_YEAR) {
        return false;
    }
    int y;
    int m;
    int d;
    civil_to_ymd(year.second, &y, &m, &d);
    const int quarter = 4 - (int)(i % 4);
    *out = months_from(y, quarter * 3 - 2, 3);
    return true;
}

/* ---- filters --------------------------------------------------------------------------------------------------- */

static bool read_date(const char *text, size_t n, int64_t now, struct span *out)
{
    char words[PHRASE_MAX];
    struct civil date;
    if (canonical_words(text, n, words) && (read_relative(words, now, out) || read_quarter(words, out))) {
        return true;
    }
    if (!civil_parse(text, n, &date) || date.precision == CIVIL_NONE) {
        return false;
    }
    *out = (struct span){date.second, civil_end(date)};
    return true;
}

static void trim(const char **text, size_t *n)
{
    uint32_t c;
    while (*n > 0) {
        const size_t step = utf8_decode(*text, *n, &c);
        if (!letter_is_blank(c)) {
            break;
        }
        *text += step;
        *n -= step;
    }
    while (*n > 0 && ((unsigned char)(*text)[*n - 1] <= ' ')) {
        (*n)--;
    }
}

/* The two sides of the `..` in TEXT, trimmed. False when there is none. */
static bool split_range(const char *text, size_t n, const char **left, size_t *left_len, const char **right,
                        size_t *right_len)
{
    const char *dots = memmem(text, n, "..", 2);
    if (dots == NULL) {
        return false;
    }
    *left = text;
    *left_len = (size_t)(dots - text);
    *right = dots + 2;
    *right_len = n - *left_len - 2;
    trim(left, left_len);
    trim(right, right_len);
    return true;
}

bool query_parse_dates(const char *text, size_t n, int64_t now, int64_t *from, int64_t *to)
{
    const char *left;
    const char *right;
    size_t left_len;
    size_t right_len;
    struct span first = {INT64_MIN, INT64_MAX};
    struct span second = {INT64_MIN, INT64_MAX};
    trim(&text, &n);
    if (n == 0 || n > TEXT_MAX) {
        return false;
    }
    if (!split_range(text, n, &left, &left_len, &right, &right_len)) {
        if (!read_date(text, n, now, &first)) {
            return false;
        }
        second = first;
    } else if (left_len + right_len == 0 || (left_len > 0 && !read_date(left, left_len, now, &first)) ||
               (right_len > 0 && !read_date(right, right_len, now, &second)) || first.from >= second.to) {
        return false;
    }
    *from = first.from;
    *to = second.to;
    return true;
}
