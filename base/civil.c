/*
 * civil.c - the calendar, and dates written out (see civil.h). They are read in civil_parse.c.
 */
#include "base/civil.h"

#define EPOCH_YEAR 1600
#define UNIX_EPOCH_DAYS 135140 /* days from 1600-01-01 to 1970-01-01 */
#define DAYS_BEFORE_MARCH 60   /* of 1600: years are counted from March, so that the leap day comes last */

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
    return (int64_t)time(NULL) + UNIX_EPOCH_DAYS * CIVIL_DAY_SECONDS + CIVIL_ZONE_SECONDS;
}
