/*
 * test_library_support.h - what the tests of the query library share: an archive of a few articles, opened for
 * searching.
 */
#ifndef TRABAO_TEST_LIBRARY_SUPPORT_H
#define TRABAO_TEST_LIBRARY_SUPPORT_H

#include "tests/unit/test_archive_support.h"

#include "query/trabao.h"

static struct trabao_archive *opened;
static struct trabao_reader *reader;
static struct trabao_error err;

/* Builds the archive NAME, in the temporary folder, of COUNT articles and opens it. */
static void open_library(const char *name, const struct article *articles, size_t count)
{
    const char *path = in_folder(name);
    build_archive(path, articles, count, NULL, 1);
    assert_fine(trabao_open(path, NULL, &opened, &err), &err);
    assert_fine(trabao_reader_open(opened, &reader, &err), &err);
}

static int close_library(void **state)
{
    trabao_reader_close(reader);
    trabao_close(opened);
    reader = NULL;
    opened = NULL;
    return close_folder(state);
}

#endif
