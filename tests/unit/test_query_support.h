/*
 * test_query_support.h - what the tests of query/ share: an analyzer, a query read and written out.
 */
#ifndef TRABAO_TEST_QUERY_SUPPORT_H
#define TRABAO_TEST_QUERY_SUPPORT_H

#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/mem.h"
#include "query/parse.h"
#include "tests/unit/test_analyzer.h"
#include "tests/unit/test_random.h"

/* Wednesday 2024-07-31, 10:00. */
TRABAO_UNUSED static int64_t test_now(void)
{
    return civil_from_ymd(2024, 7, 31) + 10 * 3600;
}

/* QUERY as a tree, which must be readable. */
TRABAO_UNUSED static struct query_tree *read_query(const char *query, size_t n)
{
    struct query_tree *tree = NULL;
    struct trabao_error err = {0};
    const struct query_typed typed = {query, n, test_now(), false};
    const enum trabao_status status = query_parse(analyzer, &typed, &tree, &err);
    if (status != TRABAO_OK) {
        fail_msg("\"%.*s\" is refused: %s", (int)n, query, err.message);
    }
    return tree;
}

#endif
