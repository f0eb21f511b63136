/*
 * fuzz_civil.c - any bytes as a date: what is read lies in the known years, is its own first moment, and comes back
 * from its text.
 */
#include "base/base.h"

#include "base/civil.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check(bool read, struct civil date)
{
    struct civil again;
    char text[CIVIL_TEXT_MAX];
    const size_t n = civil_format(date, text);
    if (!read) {
        must(date.precision == CIVIL_NONE && date.second == 0 && n == 0);
        return;
    }
    must(date.second >= 0 && date.second < civil_from_ymd(10000, 1, 1));
    must(date.precision > CIVIL_NONE && date.precision <= CIVIL_TIME && civil_end(date) > date.second);
    must(civil_parse(text, n, &again) && again.second == date.second && again.precision == date.precision);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct civil date, of_record;
    const bool read = civil_parse(text, size, &date);
    const bool read_of_record = civil_parse_record(text, size, &of_record);
    check(read, date);
    check(read_of_record, of_record);
    must(!read || (of_record.second == date.second && of_record.precision == date.precision));
    return 0;
}
