/*
 * date.c - the calendar behind date.h.
 */
#include "text/date.h"

#include "text/letter.h"

#define FIRST_YEAR 1600
#define LAST_YEAR 2199
#define SHORT_YEAR_PIVOT 30

struct date_part date_read_part(const char *text, size_t start, size_t end)
{
    struct date_part part = {start, end, 0, 0};
    for (size_t i = start; i < end; i++) {
        if (!letter_is_digit(text[i])) {
            continue;
        }
        if (part.digits == 4) {
            return (struct date_part){start, end, 0, 0};
        }
        part.value = part.value * 10 + (uint32_t)(text[i] - '0');
        part.digits++;
    }
    return part;
}

bool date_day_is_valid(uint32_t day, uint32_t month)
{
    static const uint8_t days[] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month];
}

bool date_year_is_valid(uint32_t year)
{
    return year >= FIRST_YEAR && year <= LAST_YEAR;
}

static bool read_year(struct date_part part, bool short_year, uint32_t *year)
{
    if (part.digits == 4 && date_year_is_valid(part.value)) {
        *year = part.value;
        return true;
    }
    if (!short_year || part.digits != 2) {
        return false;
    }
    *year = part.value + (part.value < SHORT_YEAR_PIVOT ? 2000 : 1900);
    return true;
}

bool date_from_parts(const struct date_part *parts, size_t count, bool short_year, struct date *out)
{
    *out = (struct date){0, 0, 0};
    if (count < 2 || count > 3 || parts[0].digits == 0 || parts[0].digits > 2) {
        return false;
    }
    if (parts[1].digits >= 1 && parts[1].digits <= 2 && date_day_is_valid(parts[0].value, parts[1].value)) {
        out->day = parts[0].value;
        out->month = parts[1].value;
        return count == 2 || read_year(parts[2], short_year, &out->year);
    }
    out->month = parts[0].value;
    return count == 2 && out->month >= 1 && out->month <= 12 && read_year(parts[1], false, &out->year);
}

static size_t append_number(uint32_t value, char *out)
{
    char digits[10];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (size_t i = 0; i < n; i++) {
        out[i] = digits[n - 1 - i];
    }
    return n;
}

size_t date_format(struct date date, char out[DATE_TEXT_MAX])
{
    const uint32_t values[] = {date.day, date.month, date.year};
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        if (values[i] == 0) {
            continue;
        }
        if (n > 0) {
            out[n++] = '/';
        }
        n += append_number(values[i], out + n);
    }
    return n;
}
