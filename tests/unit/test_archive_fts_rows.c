/*
 * test_archive_fts_rows.c - rows of the FTS5 index and numbers of articles, each from the other.
 */
#include "archive/fts_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/mem.h"

/* Indexes COUNT rows, all of which are below END. */
static bool index_rows(const uint32_t *rows, uint32_t count, uint32_t end, struct fts_rows *out)
{
    bool fine;
    *out = (struct fts_rows){.rows = mem_alloc(count + 1U, sizeof *rows), .count = count, .end = end};
    assert_non_null(out->rows);
    if (count) {
        memcpy(out->rows, rows, count * sizeof *rows);
    }
    assert_true(fts_rows_index(out, &fine));
    return fine;
}

static void test_numbers_of_rows(void **state TRABAO_UNUSED)
{
    static const uint32_t rows[] = {1, 2, 9, 4, 8, 6};
    static const uint32_t numbers[] = {FTS_ROWS_NONE, 0, 1, FTS_ROWS_NONE, 3, FTS_ROWS_NONE, 5, FTS_ROWS_NONE, 4, 2};
    struct fts_rows r;
    assert_true(index_rows(rows, ARRAY_LEN(rows), 12, &r));
    for (uint32_t row = 0; row < ARRAY_LEN(numbers); row++) {
        assert_int_equal(fts_rows_number(&r, row), numbers[row]);
    }
    assert_int_equal(fts_rows_number(&r, 12), FTS_ROWS_NONE);
    assert_int_equal(fts_rows_number(&r, -1), FTS_ROWS_NONE);
    assert_int_equal(fts_rows_number(&r, INT64_MIN), FTS_ROWS_NONE);
    assert_int_equal(fts_rows_number(&r, (INT64_C(1) << 32) + 1), FTS_ROWS_NONE);
    assert_int_equal(r.ordered_end, 8);
    fts_rows_free(&r);
}

static void test_rows_of_a_build(void **state TRABAO_UNUSED)
{
    uint32_t rows[1000];
    struct fts_rows r;
    for (uint32_t i = 0; i < ARRAY_LEN(rows); i++) {
        rows[i] = fts_rows_of_build(i);
    }
    assert_true(index_rows(rows, ARRAY_LEN(rows), fts_rows_of_build(ARRAY_LEN(rows)), &r));
    assert_int_equal(r.ordered_end, r.end);
    assert_int_equal(fts_rows_number(&r, 0), FTS_ROWS_NONE);
    assert_int_equal(fts_rows_number(&r, ARRAY_LEN(rows)), ARRAY_LEN(rows) - 1);
    fts_rows_free(&r);
}

static void test_no_rows(void **state TRABAO_UNUSED)
{
    struct fts_rows r;
    assert_true(index_rows(NULL, 0, 1, &r));
    assert_int_equal(fts_rows_number(&r, 0), FTS_ROWS_NONE);
    assert_int_equal(fts_rows_number(&r, 1), FTS_ROWS_NONE);
    fts_rows_free(&r);
}

/* A row twice, row 0, and one that was never given. */
static void test_damaged_rows(void **state TRABAO_UNUSED)
{
    static const uint32_t rows[][3] = {{1, 2, 1}, {0, 1, 2}, {1, 2, 5}, {1, FTS_ROWS_NONE, 2}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fts_rows r;
        assert_false(index_rows(rows[i], 3, 5, &r));
        fts_rows_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_of_rows),
        cmocka_unit_test(test_rows_of_a_build),
        cmocka_unit_test(test_no_rows),
        cmocka_unit_test(test_damaged_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
