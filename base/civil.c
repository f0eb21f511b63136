/*
 * civil.c - reading and writing dates (see civil.h).
 *
 * The whole text must be one date, in one of the forms that are tried in turn: ISO 8601, day/month/year with one
 * separator, spelled out, RFC 2822. What may stand around it (a weekday, a time, a zone) is known by rule, not guessed.
 */
#include "base/civil.h"

#include <strings.h>

#define EPOCH_YEAR 1600
#define UNIX_EPOCH_DAYS 135140 /* days from 1600-01-01 to 1970-01-01 */
#define DAYS_BEFORE_MARCH 60   /* of 1600: years are counted from March, so that the leap day comes last */
#define ZONE_SECONDS (7 * 3600)
#define FIRST_YEAR 1600
#define LAST_YEAR 9999

/* Days from 1600-01-01, proleptic Gregorian (H. Hinnant's days_from_civil, moved to our epoch). */
static int64_t days_of(int year, int month, int day)
{
    const int64_t y = (int64_t)year - (month <= 2) - EPOCH_YEAR;
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t of_era = y - era * 400;
    const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year + DAYS_BEFORE_MARCH;
}

int64_t civil_from_ymd(int year, int month, int day)
{
    return days_of(year, month, day) * CIVIL_DAY_SECONDS;
}

void civil_to_ymd(int64_t second, int *year, int *month, int *day)
{
    const int64_t floored = second >= 0 ? second : second - (CIVIL_DAY_SECONDS - 1);
    const int64_t days = floored / CIVIL_DAY_SECONDS - DAYS_BEFORE_MARCH;
    const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const int64_t of_era = days - era * 146097;
    const int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    const int64_t shifted = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = (int)(y + era * 400 + EPOCH_YEAR + (*month <= 2));
}

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

/* ---- reading ------------------------------------------------------------------------------------------------- */

struct cursor {
    const char *p, *end;
};

static void skip_blanks(struct cursor *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\n' || *c->p == '\r')) {
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

/* Z, +hh:mm, +hhmm, GMT+7, (GMT+7); *OFFSET in seconds east of UTC. False when there is none. */
static bool take_zone(struct cursor *c, int *offset)
{
    struct cursor at = *c;
    skip_blanks(&at);
    const bool parenthesis = take_char(&at, '(');
    const bool named = take_word(&at, "GMT") || take_word(&at, "UTC");
    int sign = 0, h = 0, m = 0;
    if (take_char(&at, '+')) {
        sign = 1;
    } else if (take_char(&at, '-')) {
        sign = -1;
    }
    if (sign == 0) {
        if (!named && !take_char(&at, 'Z')) {
            return false;
        }
    } else {
        int both;
        struct cursor four = at;
        if (take_number(&four, 4, 4, &both)) {
            h = both / 100;
            m = both % 100;
            at = four;
        } else if (take_number(&at, 1, 2, &h)) {
            four = at;
            if (take_char(&four, ':') && take_number(&four, 2, 2, &m)) {
                at = four;
            }
        } else {
            return false;
        }
    }
    if (h > 14 || m > 59 || (parenthesis && !take_char(&at, ')'))) {
        return false;
    }
    *c = at;
    *offset = sign * (h * 3600 + m * 60);
    return true;
}

/* Adds a time of day and a zone, if they follow, to the day in OUT. */
static void take_time_and_zone(struct cursor *c, struct civil *out)
{
    struct cursor at = *c;
    int seconds, offset;
    skip_blanks(&at);
    while (at.p < at.end && (*at.p == ',' || *at.p == '-' || *at.p == '|' || *at.p == ' ')) {
        at.p++;
    }
    (void)take_word(&at, "lúc");
    skip_blanks(&at);
    if (!take_time(&at, &seconds)) {
        return;
    }
    out->second += seconds;
    out->precision = CIVIL_TIME;
    if (take_zone(&at, &offset)) {
        out->second += ZONE_SECONDS - offset;
    }
    *c = at;
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
    if (!set_date(out, year, month, day, precision)) {
        return false;
    }
    if (precision == CIVIL_DAY) {
        struct cursor time = c;
        if (take_char(&time, 'T')) {
            int seconds, offset;
            if (!take_time(&time, &seconds)) {
                return false;
            }
            out->second += seconds;
            out->precision = CIVIL_TIME;
            if (take_zone(&time, &offset)) {
                out->second += ZONE_SECONDS - offset;
            }
            c = time;
        } else {
            take_time_and_zone(&c, out);
        }
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

/* d/m/yyyy or m/yyyy, with / - . as the one separator */
static bool read_figures(struct cursor c, struct civil *out)
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
    if (!take_number(&c, 1, 2, &second) || !take_char(&c, separator) || !take_number(&c, 4, 4, &third) ||
        !set_date(out, third, second, first, CIVIL_DAY)) {
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

bool civil_parse(const char *text, size_t n, struct civil *out)
{
    struct cursor c = {text, text + n};
    int leading;
    *out = (struct civil){0};
    while (c.end > c.p && (c.end[-1] == ' ' || c.end[-1] == '\n' || c.end[-1] == '\t' || c.end[-1] == '\r')) {
        c.end--;
    }
    skip_blanks(&c);
    skip_weekday(&c);
    take_leading_time(&c, &leading);
    struct cursor figures = c;
    (void)take_any(&figures, NGAY);
    skip_blanks(&figures);
    const bool found = read_iso(c, out) || read_figures(figures, out) || read_spelled(c, out) || read_rfc2822(c, out);
    if (!found || !is_in_range(out->second)) {
        *out = (struct civil){0};
        return false;
    }
    if (leading >= 0 && out->precision == CIVIL_DAY) {
        out->second += leading;
        out->precision = CIVIL_TIME;
    }
    return true;
}

/* ---- giving out ---------------------------------------------------------------------------------------------- */

int64_t civil_end(struct civil date)
{
    int year, month, day;
    civil_to_ymd(date.second, &year, &month, &day);
    switch (date.precision) {
    case CIVIL_YEAR:
        return civil_from_ymd(year + 1, 1, 1);
    case CIVIL_MONTH:
        return month == 12 ? civil_from_ymd(year + 1, 1, 1) : civil_from_ymd(year, month + 1, 1);
    case CIVIL_DAY:
        return date.second + CIVIL_DAY_SECONDS;
    default:
        return date.second + 1;
    }
}

size_t civil_format(struct civil date, char out[CIVIL_TEXT_MAX])
{
    int year, month, day, n = 0;
    civil_to_ymd(date.second, &year, &month, &day);
    const int of_day = (int)(((date.second % CIVIL_DAY_SECONDS) + CIVIL_DAY_SECONDS) % CIVIL_DAY_SECONDS);
    out[0] = '\0';
    switch (date.precision) {
    case CIVIL_YEAR:
        n = snprintf(out, CIVIL_TEXT_MAX, "%04d", year);
        break;
    case CIVIL_MONTH:
        n = snprintf(out, CIVIL_TEXT_MAX, "%04d-%02d", year, month);
        break;
    case CIVIL_DAY:
        n = snprintf(out, CIVIL_TEXT_MAX, "%04d-%02d-%02d", year, month, day);
        break;
    case CIVIL_TIME:
        n = snprintf(out, CIVIL_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day, of_day / 3600,
                     of_day / 60 % 60, of_day % 60);
        break;
    default:
        break;
    }
    return (size_t)n;
}

int64_t civil_now(void)
{
    return (int64_t)time(NULL) + UNIX_EPOCH_DAYS * CIVIL_DAY_SECONDS + ZONE_SECONDS;
}
