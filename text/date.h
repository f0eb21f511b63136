/*
 * date.h - which numbers are a date: day before month, with or without a year, or a month with its year.
 *
 * Pure functions on values; collect.c knows where the numbers stand in the text.
 */
#ifndef TRABAO_TEXT_DATE_H
#define TRABAO_TEXT_DATE_H

#include "base/base.h"

#define DATE_TEXT_MAX 16 /* bytes of the longest form, 30/12/1975, with room to spare */

/* A number that may be part of a date, and where it stands. */
struct date_part {
    size_t start, end; /* bytes of the text */
    uint32_t value;
    uint8_t digits; /* 0: not a number of at most four digits */
};

/* 0 where it is not known; at least two of the three are. */
struct date {
    uint32_t day, month, year;
};

/* TEXT[START, END) as a part. Anything in it but ASCII digits (marks, invisible characters) is skipped. */
struct date_part date_read_part(const char *text, size_t start, size_t end);

/*
 * True when COUNT (2 or 3) parts are a date. Months are 1..12, days fit their month (29/2 does), years have four digits
 * and lie in 1600..2199; SHORT_YEAR allows two digits after a day and a month: 30..99 are of the 20th century.
 */
bool date_from_parts(const struct date_part *parts, size_t count, bool short_year, struct date *out);

bool date_day_is_valid(uint32_t day, uint32_t month);
bool date_year_is_valid(uint32_t year);

/* 30/4/1975, 30/4 or 7/2020; no leading zeros, no NUL. Returns the length. */
size_t date_format(struct date date, char out[DATE_TEXT_MAX]);

#endif
