/*
 * civil_parse.c - reading dates (civil_parse and civil_parse_record in civil.h).
 *
 * The whole text must be one date, in one of the forms that are tried in turn: ISO 8601, day/month/year with one
 * separator, spelled out, RFC 2822; of a record also yyyymmdd. What may stand around it (a weekday, a time, a zone) is
 * known by rule, not guessed.
 */
#include <strings.h>

#include "base/civil.h"

#define FIRST_YEAR 1600
#define LAST_YEAR 9999
#define SHORT_YEARS_FIRST 1940 /* of the hundred years that two digits tell apart */

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* An offset from UTC can move a moment out of the years that we know. */
static bool is_in_range(int64_t second)
{
    return second >= 0 && second < civil_from_ymd(LAST_YEAR + 1, 1, 1);
}

static bool set_date(struct civil *out, int year, int month, int day, enum civil_precision precision)
{
    if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || day < 1 || day > days_in(year, month)) {
        return false;
    }
    *out = (struct civil){.second = civil_from_ymd(year, month, day), .precision = (uint8_t)precision};
    return true;
}

struct cursor {
    const char *p, *end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct cursor *c)
{
    while (c->p < c->end && is_blank(*c->p)) {
        c->p++;
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* MOST digits at most, LEAST at least; more digits than MOST are no number of this kind. */
static bool take_number(struct cursor *c, int least, int most, int *value)
{
    const char *p = c->p;
    int n = 0, v = 0;
    while (p < c->end && is_digit(*p) && n <= most) {
        v = v * 10 + (*p++ - '0');
        n++;
    }
    if (n < least || n > most) {
        return false;
    }
    c->p = p;
    *value = v;
    return true;
}

static bool take_char(struct cursor *c, char wanted)
{
    if (c->p < c->end && *c->p == wanted) {
        c->p++;
        return true;
    }
    return false;
}

static bool take_word(struct cursor *c, const char *word)
{
    const size_t n = strlen(word);
    skip_blanks(c);
    if ((size_t)(c->end - c->p) < n || strncasecmp(c->p, word, n) != 0) {
        return false;
    }
    c->p += n;
    return true;
}

/* Any of the spellings of one word, NULL-terminated. */
static bool take_any(struct cursor *c, const char *const *words)
{
    for (; *words; words++) {
        if (take_word(c, *words)) {
            return true;
        }
    }
    return false;
}

static const char *const NGAY[] = {"ngày", "Ngày", "NGÀY", "ngay", NULL};
static const char *const THANG[] = {"tháng", "Tháng", "THÁNG", "thang", NULL};
static const char *const NAM[] = {"năm", "Năm", "NĂM", "nam", NULL};

/* hh:mm[:ss[.fff]] or 14h30; *SECONDS of the day. */
static bool take_time(struct cursor *c, int *seconds)
{
    struct cursor at = *c;
    int h, m, s = 0;
    if (!take_number(&at, 1, 2, &h) || !(take_char(&at, ':') || take_char(&at, 'h')) || !take_number(&at, 2, 2, &m)) {
        return false;
    }
    struct cursor more = at;
    if (take_char(&more, ':') && take_number(&more, 2, 2, &s)) {
        at = more;
        if (take_char(&more, '.') || take_char(&more, ',')) {
            while (more.p < more.end && is_digit(*more.p)) {
                more.p++;
            }
            at = more;
        }
    }
    struct cursor noon = at;
    const bool pm = take_word(&noon, "PM");
    if (pm || take_word(&noon, "AM")) {
        at = noon;
        h = h % 12 + (pm ? 12 : 0);
    }
    if (h > 23 || m > 59 || s > 60) {
        return false;
    }
    *c = at;
    *seconds = h * 3600 + m * 60 + MIN(s, 59);
    return true;
}

/* hh, hhmm or hh:mm */
static bool take_offset(struct cursor *c, int *hours, int *minutes)
{
    int both;
    if (take_number(c, 4, 4, &both)) {
        *hours = both / 100;
        *minutes = both % 100;
        return true;
    }
    if (!take_number(c, 1, 2, hours)) {
        return false;
    }
    struct cursor more = *c;
    if (take_char(&more, ':') && take_number(&more, 2, 2, minutes)) {
        *c = more;
    }
    return true;
}

/* Z, +hh:mm, +hhmm, GMT+7, (GMT+7); *OFFSET in seconds east of UTC. False when there is none. */
static bool take_zone(struct cursor *c, int *offset)
{
    struct cursor at = *c;
    skip_blanks(&at);
    const bool parenthesis = take_char(&at, '(');
    const bool named = take_word(&at, "GMT") || take_word(&at, "UTC");
    const int sign = take_char(&at, '+') ? 1 : take_char(&at, '-') ? -1 : 0;
    int hours = 0, minutes = 0;
    const bool found = sign ? take_offset(&at, &hours, &minutes) : named || take_char(&at, 'Z');
    if (!found || hours > 14 || minutes > 59 || (parenthesis && !take_char(&at, ')'))) {
        return false;
    }
    *c = at;
    *offset = sign * (hours * 3600 + minutes * 60);
    return true;
}

/* Adds a time of day and, if it follows, a zone to the day in OUT. False when there is no time. */
static bool take_clock(struct cursor *c, struct civil *out)
{
    int seconds, offset;
    if (!take_time(c, &seconds)) {
        return false;
    }
    out->second += seconds;
    out->precision = CIVIL_TIME;
    if (take_zone(c, &offset)) {
        out->second += CIVIL_ZONE_SECONDS - offset;
    }
    return true;
}

/* Adds a time of day and a zone, if they follow, to the day in OUT. */
static void take_time_and_zone(struct cursor *c, struct civil *out)
{
    struct cursor at = *c;
    skip_blanks(&at);
    while (at.p < at.end && (*at.p == ',' || *at.p == '-' || *at.p == '|' || *at.p == ' ')) {
        at.p++;
    }
    (void)take_word(&at, "lúc");
    skip_blanks(&at);
    if (take_clock(&at, out)) {
        *c = at;
    }
}

/* What follows a whole day: Thh:mm..., or a time as elsewhere. False when the T has no time. */
static bool take_iso_time(struct cursor *c, struct civil *out)
{
    if (take_char(c, 'T')) {
        return take_clock(c, out);
    }
    take_time_and_zone(c, out);
    return true;
}

/* yyyy[-mm[-dd[Thh:mm...]]] */
static bool read_iso(struct cursor c, struct civil *out)
{
    int year, month = 1, day = 1;
    enum civil_precision precision = CIVIL_YEAR;
    if (!take_number(&c, 4, 4, &year)) {
        return false;
    }
    const char separator = c.p < c.end && (*c.p == '-' || *c.p == '/') ? *c.p : '\0';
    if (separator) {
        c.p++;
        if (!take_number(&c, 1, 2, &month)) {
            return false;
        }
        precision = CIVIL_MONTH;
        if (take_char(&c, separator)) {
            if (!take_number(&c, 1, 2, &day)) {
                return false;
            }
            precision = CIVIL_DAY;
        }
    }
    if (!set_date(out, year, month, day, precision) || (precision == CIVIL_DAY && !take_iso_time(&c, out))) {
        return false;
    }
    skip_blanks(&c);
    return c.p == c.end;
}

/* [Mon, ]20 Jul 2020 14:30:00 +0700 */
static bool read_rfc2822(struct cursor c, struct civil *out)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (c.end - c.p > 4 && c.p[3] == ',') {
        c.p += 4;
        skip_blanks(&c);
    }
    int day, year;
    if (!take_number(&c, 1, 2, &day)) {
        return false;
    }
    skip_blanks(&c);
    for (int m = 0; m < 12; m++) {
        struct cursor at = c;
        if (at.end - at.p > 3 && strncasecmp(at.p, months + (ptrdiff_t)3 * m, 3) == 0) {
            at.p += 3;
            skip_blanks(&at);
            if (!take_number(&at, 4, 4, &year) || !set_date(out, year, m + 1, day, CIVIL_DAY)) {
                return false;
            }
            take_time_and_zone(&at, out);
            skip_blanks(&at);
            return at.p == at.end;
        }
    }
    return false;
}

/* [ngày] 20 tháng 7 [năm 2020 | /2020], tháng 7 năm 2020, tháng 7/2020, năm 2020 */
static bool read_spelled(struct cursor c, struct civil *out)
{
    int day = 1, month = 1, year;
    enum civil_precision precision = CIVIL_YEAR;
    struct cursor at = c;
    (void)take_any(&at, NGAY);
    skip_blanks(&at);
    if (take_number(&at, 1, 2, &day)) {
        precision = CIVIL_DAY;
    } else {
        day = 1;
        at = c;
    }
    if (take_any(&at, THANG)) {
        skip_blanks(&at);
        if (!take_number(&at, 1, 2, &month)) {
            return false;
        }
        precision = precision == CIVIL_DAY ? CIVIL_DAY : CIVIL_MONTH;
        skip_blanks(&at);
        if (!take_char(&at, '/') && !take_char(&at, '-')) {
            take_char(&at, ',');
            if (!take_any(&at, NAM)) {
                return false;
            }
        }
    } else if (precision == CIVIL_DAY || !take_any(&at, NAM)) {
        return false;
    }
    skip_blanks(&at);
    if (!take_number(&at, 4, 4, &year) || !set_date(out, year, month, day, precision)) {
        return false;
    }
    if (precision == CIVIL_DAY) {
        take_time_and_zone(&at, out);
    }
    skip_blanks(&at);
    return at.p == at.end;
}

/* yyyymmdd */
static bool read_compact(struct cursor c, struct civil *out)
{
    int day;
    if (!take_number(&c, 8, 8, &day) || !set_date(out, day / 10000, day / 100 % 100, day % 100, CIVIL_DAY)) {
        return false;
    }
    take_time_and_zone(&c, out);
    skip_blanks(&c);
    return c.p == c.end;
}

static bool take_short_year(struct cursor *c, int *year)
{
    int digits;
    if (!take_number(c, 2, 2, &digits)) {
        return false;
    }
    const int earlier = SHORT_YEARS_FIRST / 100 * 100 + digits;
    *year = earlier + (earlier < SHORT_YEARS_FIRST ? 100 : 0);
    return true;
}

/* d/m/yyyy or m/yyyy, with / - . as the one separator; d/m/yy and d.m.yy if SHORT_YEARS. */
static bool read_figures(struct cursor c, bool short_years, struct civil *out)
{
    int first, second, third;
    if (!take_number(&c, 1, 2, &first) || c.p == c.end || !strchr("/-.", *c.p)) {
        return false;
    }
    const char separator = *c.p++;
    struct cursor at = c;
    if (take_number(&at, 4, 4, &second)) {
        skip_blanks(&at);
        return at.p == at.end && set_date(out, second, first, 1, CIVIL_MONTH);
    }
    if (!take_number(&c, 1, 2, &second) || !take_char(&c, separator)) {
        return false;
    }
    const bool has_year = take_number(&c, 4, 4, &third) ||
                          (short_years && separator != '-' && take_short_year(&c, &third));
    if (!has_year || !set_date(out, third, second, first, CIVIL_DAY)) {
        return false;
    }
    take_time_and_zone(&c, out);
    skip_blanks(&c);
    return c.p == c.end;
}

/* Skips `14:30 ` or `14:30, ` in front of a date; *SECONDS is -1 when there is none. */
static void take_leading_time(struct cursor *c, int *seconds)
{
    struct cursor at = *c;
    *seconds = -1;
    if (take_time(&at, seconds)) {
        while (at.p < at.end && (*at.p == ' ' || *at.p == ',' || *at.p == '-' || *at.p == '|')) {
            at.p++;
        }
        *c = at;
    } else {
        *seconds = -1;
    }
}

/* Drops the zone at the end of a date whose time stands in front of it; *OFFSET is Vietnam's when there is none. */
static void drop_trailing_zone(struct cursor *c, int *offset)
{
    *offset = CIVIL_ZONE_SECONDS;
    for (struct cursor zone = *c; zone.p < c->end; zone.p++) {
        struct cursor at = zone;
        /* Behind the first blank of several, which take_zone skips, lest a long row of them be skipped ever again. */
        if (is_blank(*zone.p) && !is_blank(zone.p[-1]) && take_zone(&at, offset) && at.p == at.end) {
            c->end = zone.p;
            return;
        }
        *offset = CIVIL_ZONE_SECONDS;
    }
}

/* Skips a weekday (`Thứ hai,` `Chủ nhật,` `Thứ 2, ngày`), which says nothing that the date does not. */
static void skip_weekday(struct cursor *c)
{
    static const char *const days[] = {"Thứ", "thứ", "THỨ", "Chủ nhật", "chủ nhật", "Chủ Nhật", "CHỦ NHẬT", NULL};
    struct cursor at = *c;
    if (take_any(&at, days)) {
        const char *comma = memchr(at.p, ',', (size_t)(at.end - at.p));
        if (comma && comma - at.p < 24) {
            c->p = comma + 1;
            skip_blanks(c);
        }
    }
}

static bool read_date(const char *text, size_t n, bool of_record, struct civil *out)
{
    struct cursor c = {text, text + n};
    int leading, offset = CIVIL_ZONE_SECONDS;
    *out = (struct civil){0};
    while (c.end > c.p && is_blank(c.end[-1])) {
        c.end--;
    }
    skip_blanks(&c);
    skip_weekday(&c);
    take_leading_time(&c, &leading);
    if (leading >= 0) {
        drop_trailing_zone(&c, &offset);
    }
    struct cursor figures = c;
    (void)take_any(&figures, NGAY);
    skip_blanks(&figures);
    const bool found = read_iso(c, out) || read_figures(figures, of_record, out) || read_spelled(c, out) ||
                       read_rfc2822(c, out) || (of_record && read_compact(c, out));
    if (!found || !is_in_range(out->second)) {
        *out = (struct civil){0};
        return false;
    }
    if (leading >= 0 && out->precision == CIVIL_DAY) {
        out->second += leading + CIVIL_ZONE_SECONDS - offset;
        out->precision = CIVIL_TIME;
    }
    return true;
}

bool civil_parse(const char *text, size_t n, struct civil *out)
{
    return read_date(text, n, false, out);
}

bool civil_parse_record(const char *text, size_t n, struct civil *out)
{
    return read_date(text, n, true, out);
}
