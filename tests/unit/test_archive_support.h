/*
 * test_archive_support.h - what the tests of archives share: a temporary folder, a random source, and an archive built
 * from articles in memory, through spill and build alone.
 */
#ifndef TRABAO_TEST_ARCHIVE_SUPPORT_H
#define TRABAO_TEST_ARCHIVE_SUPPORT_H

#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <ftw.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/build.h"
#include "base/mem.h"

static char test_folder[256];

static int open_folder(void **state)
{
    (void)state;
    const char *parent = getenv("TMPDIR");
    snprintf(test_folder, sizeof test_folder, "%s/trabao-XXXXXX", parent && *parent ? parent : P_tmpdir);
    return mkdtemp(test_folder) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *place)
{
    (void)st, (void)kind, (void)place;
    return remove(path);
}

static int close_folder(void **state)
{
    (void)state;
    return nftw(test_folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* NAME in the temporary folder; one of four buffers that take turns. */
TRABAO_UNUSED static const char *in_folder(const char *name)
{
    static char paths[4][512];
    static unsigned turn;
    char *path = paths[turn++ % ARRAY_LEN(paths)];
    snprintf(path, sizeof paths[0], "%s/%s", test_folder, name);
    return path;
}

static uint64_t test_random_state = 1;

/* A number below LIMIT; the same row of numbers in every run. */
TRABAO_UNUSED static uint32_t any_below(uint32_t limit)
{
    test_random_state = test_random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(test_random_state >> 33) % limit;
}

#define assert_status(expected, call, err)                                                                             \
    do {                                                                                                               \
        const enum trabao_status status_ = (call);                                                                     \
        if (status_ != (expected)) {                                                                                   \
            fail_msg("%s: %s, not %s: %s", #call, trabao_status_name(status_), trabao_status_name(expected),           \
                     (err)->message);                                                                                  \
        }                                                                                                              \
    } while (0)
#define assert_fine(call, err) assert_status(TRABAO_OK, call, err)

/* The one number that SQL gives. */
TRABAO_UNUSED static int64_t number_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    const int64_t number = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return number;
}

TRABAO_UNUSED static void set_text(struct article *a, enum article_field field, const char *text)
{
    a->fields[field] = (struct article_text){text, text ? strlen(text) : 0};
}

/*
 * Builds PATH from COUNT articles, which are added in the order of PLACES (NULL: as they stand); the place in ARTICLES
 * is what decides between two with one key. Returns how many were superseded.
 */
TRABAO_UNUSED static uint64_t build_archive(const char *path, const struct article *articles, size_t count,
                                            const uint32_t *places, unsigned threads)
{
    struct trabao_error err = {0};
    struct spill *spill;
    struct spill_port *port;
    struct build_result result;
    uint64_t superseded;
    const struct build_options options = {.threads = threads, .generation = 1};
    assert_fine(spill_open(test_folder, &spill, &err), &err);
    assert_fine(spill_port_open(spill, &port, &err), &err);
    for (size_t i = 0; i < count; i++) {
        const size_t at = places ? places[i] : i;
        assert_fine(spill_add(port, &articles[at], at, 0, &err), &err);
    }
    spill_port_close(port);
    assert_fine(spill_sort(spill, &superseded, &err), &err);
    assert_fine(archive_build(spill, path, &options, &result, &err), &err);
    assert_int_equal(result.articles, count - superseded);
    spill_close(spill);
    return superseded;
}

/* The archive at PATH must be sound. */
TRABAO_UNUSED static void assert_sound(const char *path)
{
    struct trabao_error err = {0};
    char *report = NULL;
    if (archive_check(path, &report, &err) != TRABAO_OK) {
        fail_msg("%s: %s: %s", path, err.message, report ? report : "");
    }
    mem_free(report);
}

#endif
