/*
 * civil.h - dates as civil time in Vietnam (UTC+07:00, no daylight saving since 1975), with their precision.
 *
 * A moment is counted in seconds since 1600-01-01T00:00 local time ("civil seconds"), so that papers of the 19th
 * century fit in positive numbers. The calendar is proleptic Gregorian.
 */
#ifndef TRABAO_CIVIL_H
#define TRABAO_CIVIL_H

#include "base/base.h"

enum civil_precision { CIVIL_NONE, CIVIL_YEAR, CIVIL_MONTH, CIVIL_DAY, CIVIL_TIME };

struct civil {
    int64_t second; /* civil seconds of its first moment (2020-07 starts at 2020-07-01T00:00:00) */
    uint8_t precision; /* enum civil_precision; CIVIL_NONE: no date, and second is 0 */
};

#define CIVIL_DAY_SECONDS INT64_C(86400)
#define CIVIL_ZONE_SECONDS (7 * 3600) /* local time is so much before UTC */
#define CIVIL_TEXT_MAX 32 /* bytes that civil_format needs, with the NUL */

/*
 * Reads a date as Vietnamese papers and machines write them: ISO 8601 (2020, 2020-07, 2020-07-20, with time, with Z
 * or an offset, which is converted to +07:00), 20/7/2020, 20-07-2020, 20.07.2020, 7/2020, `20/07/2020 14:30`,
 * `Thứ hai, 20/07/2020 14:30 (GMT+7)`, `ngày 20 tháng 7 năm 2020`, `tháng 7/2020`, `tháng 7 năm 2020`; RFC 2822
 * (HTTP) dates. Day before month, never the other way. False (and *OUT has no date) for anything else, for a date that
 * does not exist and for years outside 1600..9999. Blanks around it do not matter.
 */
bool civil_parse(const char *text, size_t n, struct civil *out);

/*
 * The same for the date of a record, where nothing else is to be expected: short forms too, 06/05/24, 6.5.24 and
 * 20240506. Of years of two digits 00 to 39 are 2000 to 2039, the others 1940 to 1999. Not so 06-05-24, whose year
 * some write first.
 */
bool civil_parse_record(const char *text, size_t n, struct civil *out);

/* The first moment after the year, month, day or second that DATE names. */
int64_t civil_end(struct civil date);

/* As precisely as known: 2020, 2020-07, 2020-07-20, 2020-07-20T14:30:00. Returns the length; 0 when there is none. */
size_t civil_format(struct civil date, char out[CIVIL_TEXT_MAX]);

/* Civil seconds of the start of a day; MONTH and DAY from 1. No check that the day exists. */
int64_t civil_from_ymd(int year, int month, int day);
void civil_to_ymd(int64_t second, int *year, int *month, int *day);

/* Civil seconds of this moment. */
int64_t civil_now(void);

#endif
