/*
 * restore.c - trabao_restore: marks put back on a text that was typed without them.
 */
#include "base/mem.h"
#include "query/library.h"
#include "query/parse.h"
#include "query/readings.h"

enum trabao_status trabao_restore(struct trabao_reader *reader, const char *text, size_t n, char **restored,
                                  struct trabao_error *err)
{
    struct query_tree *tree = NULL;
    struct readings readings = {0};
    struct query_arena *arena = query_arena_new();
    *restored = NULL;
    const struct query_typed typed = {text, n, civil_now(), false};
    enum trabao_status status = arena ? query_parse(reader->analyzer, &typed, &tree, err)
                                      : error_no_memory(err);
    if (status == TRABAO_OK) {
        /* Words with marks stay, the others are open. */
        const struct stand_rule rule = {&reader->reader->archive->lexicon, false, TRABAO_FOLDED};
        status = readings_weigh(reader->reader->archive, tree, &rule, arena, &readings, err);
    }
    char *better = NULL;
    if (status == TRABAO_OK) {
        status = readings_restore(&readings, 0, &better, err);
    }
    if (status == TRABAO_OK) {
        *restored = better ? mem_dup(better, strlen(better)) : mem_dup(text, n);
        status = *restored ? TRABAO_OK : error_no_memory(err);
    }
    query_tree_free(tree);
    query_arena_free(arena);
    return status;
}
