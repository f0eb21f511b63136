/*
 * test_base_civil.c - civil dates: the calendar against days counted one by one, reading against the C library's
 * timegm and against tables of what papers write, giving out against reading back.
 */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/civil.h"
#include "base/mem.h"
#include "tests/unit/test_random.h"

#define VIETNAM_SECONDS (7 * 3600)

typedef bool civil_reader(const char *text, size_t n, struct civil *out);

/* Reads TEXT from a block of exactly its size, so that a sanitizer sees a step too far. */
static bool parse_by(civil_reader *reader, const char *text, size_t n, struct civil *out)
{
    char *block = mem_alloc(n, 1);
    assert_non_null(block);
    if (n) {
        memcpy(block, text, n);
    }
    const bool read = reader(block, n, out);
    mem_free(block);
    return read;
}

static bool parse(const char *text, size_t n, struct civil *out)
{
    return parse_by(civil_parse, text, n, out);
}

/* Civil seconds by the C library, for a moment given in UTC. */
static int64_t moment(int year, int month, int day, int hour, int minute, int second)
{
    struct tm epoch = {.tm_year = 1600 - 1900, .tm_mday = 1};
    struct tm when = {.tm_year = year - 1900,
                      .tm_mon = month - 1,
                      .tm_mday = day,
                      .tm_hour = hour,
                      .tm_min = minute,
                      .tm_sec = second};
    return (int64_t)timegm(&when) - (int64_t)timegm(&epoch) + VIETNAM_SECONDS;
}

static void calendar_counts_every_day(void **state)
{
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t days = 0;
    for (int year = 1600; year <= 9999; year++) {
        for (int month = 1; month <= 12; month++) {
            const bool leap_day = month == 2 && year % 4 == 0 && (year % 100 || year % 400 == 0);
            for (int day = 1; day <= lengths[month - 1] + leap_day; day++, days++) {
                int y, m, d;
                civil_to_ymd(days * CIVIL_DAY_SECONDS + (days % CIVIL_DAY_SECONDS), &y, &m, &d);
                if (civil_from_ymd(year, month, day) != days * CIVIL_DAY_SECONDS || y != year || m != month ||
                    d != day) {
                    fail_msg("%d-%d-%d is day %lld", year, month, day, (long long)days);
                }
            }
        }
    }
    int y, m, d;
    civil_to_ymd(-1, &y, &m, &d);
    assert_true(y == 1599 && m == 12 && d == 31);
}

struct written {
    const char *text, *expected;
};

static const struct written READABLE[] = {
    /* machines */
    {"2020", "2020"},
    {"2020-07", "2020-07"},
    {"2020-07-20", "2020-07-20"},
    {"2020/07/20", "2020-07-20"},
    {"2020-7-2", "2020-07-02"},
    {"2020-02-29", "2020-02-29"},
    {"1600-01-01", "1600-01-01"},
    {"9999-12-31", "9999-12-31"},
    {"1865-04-15", "1865-04-15"},
    {"2020-07-20T14:30", "2020-07-20T14:30:00"},
    {"2020-07-20T14:30:05", "2020-07-20T14:30:05"},
    {"2020-07-20 14:30:05", "2020-07-20T14:30:05"},
    {"2020-07-20T14:30:05.123", "2020-07-20T14:30:05"},
    {"2020-07-20T14:30:05Z", "2020-07-20T21:30:05"},
    {"2020-07-20T14:30:05.250Z", "2020-07-20T21:30:05"},
    {"2020-07-20T14:30:05+07:00", "2020-07-20T14:30:05"},
    {"2020-07-20T14:30:05+0700", "2020-07-20T14:30:05"},
    {"2020-07-20T14:30:05-05:00", "2020-07-21T02:30:05"},
    {"2020-12-31T20:00:00Z", "2021-01-01T03:00:00"},
    {"2021-01-01T00:30:00+09:30", "2020-12-31T22:00:00"},
    {"Mon, 20 Jul 2020 14:30:00 +0700", "2020-07-20T14:30:00"},
    {"Mon, 20 Jul 2020 07:30:00 GMT", "2020-07-20T14:30:00"},
    {"20 Jul 2020", "2020-07-20"},
    /* papers */
    {"20/7/2020", "2020-07-20"},
    {"20-07-2020", "2020-07-20"},
    {"20.07.2020", "2020-07-20"},
    {"01/12/2020", "2020-12-01"},
    {"7/2020", "2020-07"},
    {"07-2020", "2020-07"},
    {"  20/7/2020\n", "2020-07-20"},
    {"20/07/2020 14:30", "2020-07-20T14:30:00"},
    {"20/07/2020, 14:30", "2020-07-20T14:30:00"},
    {"20/07/2020 - 14:30", "2020-07-20T14:30:00"},
    {"20/07/2020 | 14:30 GMT+7", "2020-07-20T14:30:00"},
    {"20/07/2020 lúc 14h30", "2020-07-20T14:30:00"},
    {"20/07/2020 2:30 PM", "2020-07-20T14:30:00"},
    {"20/07/2020 12:05 AM", "2020-07-20T00:05:00"},
    {"14:30 20/07/2020", "2020-07-20T14:30:00"},
    {"14:30, 20/07/2020", "2020-07-20T14:30:00"},
    {"14:30 ngày 20/07/2020", "2020-07-20T14:30:00"},
    {"14:30, 20/07/2020 (GMT+7)", "2020-07-20T14:30:00"},
    {"14h30 ngày 20 tháng 7 năm 2020 (GMT+7)", "2020-07-20T14:30:00"},
    {"14:30, 20/07/2020 GMT", "2020-07-20T21:30:00"},
    {"20:30 20/07/2020 (GMT+0)", "2020-07-21T03:30:00"},
    {"14:30, 20/07/2020 \t GMT", "2020-07-20T21:30:00"},
    {"Thứ hai, 20/07/2020 14:30 (GMT+7)", "2020-07-20T14:30:00"},
    {"Thứ Hai, ngày 20/07/2020 14:30", "2020-07-20T14:30:00"},
    {"Chủ nhật, 19/7/2020", "2020-07-19"},
    {"ngày 20/7/2020", "2020-07-20"},
    {"ngày 20 tháng 7 năm 2020", "2020-07-20"},
    {"Ngày 20 tháng 07 năm 2020", "2020-07-20"},
    {"20 tháng 7, 2020", NULL},
    {"20 tháng 7 năm 2020", "2020-07-20"},
    {"20 tháng 7, năm 2020", "2020-07-20"},
    {"tháng 7/2020", "2020-07"},
    {"Tháng 7 năm 2020", "2020-07"},
    {"năm 2020", "2020"},
    /* neither */
    {"", NULL},
    {" ", NULL},
    {"20", NULL},
    {"20/7", NULL},
    {"7/20/2020", NULL},
    {"31/2/2020", NULL},
    {"29/2/2019", NULL},
    {"2019-02-29", NULL},
    {"1900-02-29", NULL},
    {"0/7/2020", NULL},
    {"20/0/2020", NULL},
    {"20/13/2020", NULL},
    {"20/7-2020", NULL},
    {"20/7/2020x", NULL},
    {"20/7/20201", NULL},
    {"20/7/2020 25:00", NULL},
    {"2020-13", NULL},
    {"2020-07-20T", NULL},
    {"2020-07-20T24:00:00", NULL},
    {"2020-07-20T14:30:05+99:00", NULL},
    {"20/07/2020 (GMT+7)", NULL},
    {"14:30, 20/07/2020 (GMT+99)", NULL},
    {"14:30, (GMT+7)", NULL},
    {"1599-12-31", NULL},
    {"10000-01-01", NULL},
    {"1600-01-01T00:00:00+14:00", NULL}, /* the year before, in Vietnam */
    {"9999-12-31T23:00:00Z", NULL},      /* the year after */
    {"hôm qua", NULL},
    {"ngày", NULL},
    {"tháng 7", NULL},
    {"ngày 32 tháng 7 năm 2020", NULL},
    {"Jul 20 2020", NULL},
    {"99999999999999999999", NULL},
    {"\xE1\xBB", NULL},
};

/* Of records alone. */
static const struct written SHORT[] = {
    {"06/05/24", "2024-05-06"},
    {"6.5.24", "2024-05-06"},
    {"20240506", "2024-05-06"},
    {"20/7/20", "2020-07-20"},
    {"31/12/39", "2039-12-31"},
    {"01/01/40", "1940-01-01"},
    {"1/1/00", "2000-01-01"},
    {"29/2/00", "2000-02-29"},
    {"31/12/99", "1999-12-31"},
    {"Thứ hai, 06/05/24 14:30 (GMT+7)", "2024-05-06T14:30:00"},
    {"14:30 ngày 6/5/24", "2024-05-06T14:30:00"},
    {"20240506 14:30", "2024-05-06T14:30:00"},
    {"19991231", "1999-12-31"},
    /* neither */
    {"05/24/06", NULL}, /* never month first */
    {"24/05/2x", NULL},
    {"29/2/23", NULL},
    {"0/5/24", NULL},
    {"6/0/24", NULL},
    {"6/13/24", NULL},
    {"6/5/4", NULL},
    {"6/5/024", NULL},
    {"6/5.24", NULL},
    {"6.5.24.1", NULL},
    {"6/24", NULL},
    {"06-05-24", NULL},
    {"240506", NULL},
    {"20240532", NULL},
    {"20241306", NULL},
    {"06052024", NULL},
    {"12345678", NULL},
    {"202405061", NULL},
    {"20240506x", NULL},
};

static void assert_read(civil_reader *reader, struct written date, const char *expected)
{
    struct civil civil;
    char text[CIVIL_TEXT_MAX];
    const bool read = parse_by(reader, date.text, strlen(date.text), &civil);
    const size_t n = civil_format(civil, text);
    assert_int_equal(n, strlen(text));
    if (read != (expected != NULL) || strcmp(text, read ? expected : "") != 0) {
        fail_msg("\"%s\": read as \"%s\"", date.text, text);
    }
}

static void written_dates_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(READABLE); i++) {
        assert_read(civil_parse, READABLE[i], READABLE[i].expected);
    }
}

/* Short forms are dates where nothing but the date of a record can stand; the others are what they are elsewhere. */
static void short_dates_are_those_of_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(SHORT); i++) {
        assert_read(civil_parse, SHORT[i], NULL);
        assert_read(civil_parse_record, SHORT[i], SHORT[i].expected);
    }
    for (size_t i = 0; i < ARRAY_LEN(READABLE); i++) {
        assert_read(civil_parse_record, READABLE[i], READABLE[i].expected);
    }
}

/* What is cut off or garbled may be read or not, but never beyond its end and never as a year that is none. */
static void garbled_dates_do_no_harm(void **state)
{
    (void)state;
    static const char bytes[] = "0123456789/-.:, TZh+()\xC3\xA1";
    for (size_t i = 0; i < ARRAY_LEN(READABLE); i++) {
        const size_t n = strlen(READABLE[i].text);
        for (size_t round = 0; round < 40 + n; round++) {
            char text[128];
            struct civil date;
            memcpy(text, READABLE[i].text, n);
            if (round >= n) {
                for (uint32_t k = random_below(3); n && k < 3; k++) {
                    text[random_below((uint32_t)n)] = bytes[random_below(sizeof bytes - 1)];
                }
            }
            const bool read = parse(text, round < n ? round : n, &date);
            assert_int_equal(read, date.precision != CIVIL_NONE);
            assert_true(read || date.second == 0);
            assert_true(date.second >= 0 && date.second < civil_from_ymd(10000, 1, 1));
        }
    }
}

/* A date is read in a time that grows with its length alone. */
static void long_rows_of_blanks(void **state)
{
    (void)state;
    static const char *const dates[] = {"14:30", "14:30, 20/07/2020", "20/07/2020 14:30", "20/07/2020"};
    enum { BYTES = 1 << 20 };
    char *text = mem_alloc(1, BYTES);
    assert_non_null(text);
    const clock_t start = clock();
    for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
        struct civil date;
        memset(text, ' ', BYTES);
        memcpy(text, dates[i], strlen(dates[i]));
        text[BYTES - 1] = 'x';
        assert_false(civil_parse(text, BYTES, &date));
    }
    assert_true(clock() - start < 10 * CLOCKS_PER_SEC);
    mem_free(text);
}

static void offsets_agree_with_timegm(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        const int year = 1601 + (int)random_below(8398), month = 1 + (int)random_below(12);
        const int day = 1 + (int)random_below(28), hour = (int)random_below(24), minute = (int)random_below(60);
        const int second = (int)random_below(60), off_h = (int)random_below(15), off_m = 15 * (int)random_below(4);
        const bool west = random_below(2);
        char text[64];
        struct civil date;
        snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", year, month, day, hour, minute, second,
                 west ? '-' : '+', off_h, off_m);
        const int64_t shift = (off_h * 60 + off_m) * 60;
        assert_true(parse(text, strlen(text), &date));
        assert_int_equal(date.precision, CIVIL_TIME);
        assert_int_equal(date.second, moment(year, month, day, hour, minute, second) + (west ? shift : -shift));
    }
}

static struct civil random_date(void)
{
    const int year = 1600 + (int)random_below(8400), month = 1 + (int)random_below(12);
    const int day = 1 + (int)random_below(28);
    const uint8_t precision = (uint8_t)(CIVIL_YEAR + random_below(4));
    struct civil date = {.precision = precision};
    date.second = civil_from_ymd(year, precision >= CIVIL_MONTH ? month : 1, precision >= CIVIL_DAY ? day : 1);
    date.second += precision == CIVIL_TIME ? random_below(86400) : 0;
    return date;
}

static void what_is_given_out_is_read_back(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        const struct civil date = random_date();
        char text[CIVIL_TEXT_MAX];
        struct civil again;
        const size_t n = civil_format(date, text);
        assert_true(parse(text, n, &again));
        assert_int_equal(again.second, date.second);
        assert_int_equal(again.precision, date.precision);
    }
    char text[CIVIL_TEXT_MAX] = "x";
    assert_int_equal(civil_format((struct civil){0}, text), 0);
    assert_string_equal(text, "");
}

/* The end is the first second that is written differently at the same precision. */
static void ends_are_where_the_text_changes(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        const struct civil date = random_date();
        const int64_t end = civil_end(date);
        char text[CIVIL_TEXT_MAX], last[CIVIL_TEXT_MAX], next[CIVIL_TEXT_MAX];
        civil_format(date, text);
        civil_format((struct civil){.second = end - 1, .precision = date.precision}, last);
        civil_format((struct civil){.second = end, .precision = date.precision}, next);
        assert_true(end > date.second);
        assert_string_equal(last, text);
        assert_string_not_equal(next, text);
    }
}

static void now_is_now(void **state)
{
    (void)state;
    const time_t clock = time(NULL);
    struct tm utc;
    gmtime_r(&clock, &utc);
    const int64_t expected =
        moment(utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
    const int64_t now = civil_now();
    assert_true(now >= expected && now <= expected + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calendar_counts_every_day),
        cmocka_unit_test(written_dates_are_read),
        cmocka_unit_test(short_dates_are_those_of_records),
        cmocka_unit_test(garbled_dates_do_no_harm),
        cmocka_unit_test(long_rows_of_blanks),
        cmocka_unit_test(offsets_agree_with_timegm),
        cmocka_unit_test(what_is_given_out_is_read_back),
        cmocka_unit_test(ends_are_where_the_text_changes),
        cmocka_unit_test(now_is_now),
    };
    return cmocka_run_group_tests_name("base/civil", tests, NULL, NULL);
}
