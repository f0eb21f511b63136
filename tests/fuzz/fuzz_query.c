/*
 * fuzz_query.c - any bytes as a query: what is valid UTF-8 must be read, as must what was understood of it; the strict
 * reading refuses exactly what the lenient one warns of.
 */
#include "base/base.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "query/parse.h"
#include "query/trabao.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW (INT64_C(424) * 365 * 86400) /* some day of 2023 */

static struct text_analyzer *analyzer;

static struct query_tree *must_read(const char *query, size_t n)
{
    struct query_tree *tree = NULL;
    const struct query_typed typed = {query, n, NOW, false};
    if (query_parse(analyzer, &typed, &tree, NULL) != TRABAO_OK) {
        abort();
    }
    return tree;
}

static void check_strict(const char *query, size_t n, bool warned)
{
    struct query_tree *tree = NULL;
    const struct query_typed typed = {query, n, NOW, true};
    const enum trabao_status status = query_parse(analyzer, &typed, &tree, NULL);
    if (status != (warned ? TRABAO_USAGE : TRABAO_OK)) {
        abort();
    }
    query_tree_free(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *query = (const char *)data;
    int64_t from;
    int64_t to;
    struct query_tree *tree = NULL;
    if (analyzer == NULL && text_analyzer_open(&analyzer, NULL) != TRABAO_OK) {
        abort();
    }
    query_parse_dates(query, size, NOW, &from, &to);
    if (size > TRABAO_QUERY_MAX || memchr(query, '\0', size) != NULL || utf8_valid_prefix(query, size) != size) {
        const struct query_typed typed = {query, size, NOW, false};
        if (query_parse(analyzer, &typed, &tree, NULL) != TRABAO_USAGE) {
            abort();
        }
        return 0;
    }
    tree = must_read(query, size);
    check_strict(query, size, tree->warning_count > 0);
    if (strlen(tree->understood) <= TRABAO_QUERY_MAX) {
        query_tree_free(must_read(tree->understood, strlen(tree->understood)));
    }
    mem_free(query_tree_dump(tree));
    query_tree_free(tree);
    return 0;
}
