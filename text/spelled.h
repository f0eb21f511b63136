/*
 * spelled.h - dates in words: 30 tháng 4, 30 tháng 4 năm 1975, 30 tháng 4/1975, tháng 7 năm 2020.
 *
 * The words stay tokens of their own. Beside the number of the day come 30/4 and, with a year, 30/4/1975, each with
 * the source range from that number to its last part; without a day, beside the number of the month, 7/2020 with the
 * range from `tháng` to the year. Only blanks may stand between the parts. `thang` and `nam`, typed without marks,
 * count too.
 */
#ifndef TRABAO_SPELLED_H
#define TRABAO_SPELLED_H

#include "text/text.h"

/* True for the canonical form that means month. */
bool spelled_is_month(const char *form, size_t n);

/* True when nothing but blanks stands in TEXT[FROM, TO). */
bool spelled_only_blanks(const char *text, size_t from, size_t to);

/*
 * Inserts the colocated dates around the COUNT tokens (ascending indices MONTHS) that mean month. False when memory
 * ran out.
 */
bool spelled_add_dates(const char *text, struct text_tokens *tokens, const uint32_t *months, size_t count);

#endif
