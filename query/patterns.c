/*
 * patterns.c - see patterns.h.
 */
#include "query/patterns.h"

#include "base/civil.h"
#include "base/mem.h"
#include "base/order.h"
#include "query/abbreviate.h"
#include "query/read.h"

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The forms that stand for one word at TIER, sorted. A word that no article has stands for itself. */
static bool make_slot(const struct lexicon *lexicon, const struct plan_group *group, uint8_t tier,
                      struct query_arena *arena, struct snippet_slot *slot)
{
    const char **forms = query_arena_alloc(arena, group->count + 1, sizeof *forms);
    uint32_t *terms = query_arena_alloc(arena, group->count + 1, sizeof *terms);
    size_t count = 0;
    if (!forms || !terms) {
        return false;
    }
    /* Tighter variants come first. */
    for (size_t v = 0; v < group->count && group->variants[v].tier <= tier; v++) {
        const uint32_t term = group->variants[v].term;
        terms[count] = term;
        forms[count++] = query_arena_dup(arena, lexicon_form(lexicon, term), lexicon->terms[term].len);
    }
    const size_t term_count = count;
    if (count == 0) {
        forms[count++] = query_arena_dup(arena, group->token->form, group->token->len);
    }
    for (size_t i = 0; i < count; i++) {
        if (!forms[i]) {
            return false;
        }
    }
    qsort(forms, count, sizeof *forms, by_text);
    qsort(terms, term_count, sizeof *terms, order_u32);
    *slot = (struct snippet_slot){.forms = forms, .form_count = count, .terms = terms, .term_count = term_count};
    return true;
}

enum trabao_status query_patterns_of_plan(const struct lexicon *lexicon, const struct plan *plan, uint8_t tier,
                                          struct query_patterns *out, struct trabao_error *err)
{
    *out = (struct query_patterns){.arena = query_arena_new()};
    if (!out->arena) {
        return error_no_memory(err);
    }
    out->list.items = query_arena_alloc(out->arena, plan->scored_count + 1, sizeof *out->list.items);
    struct snippet_slot *slots = query_arena_alloc(out->arena, plan->scored_count + 1, sizeof *slots);
    if (!out->list.items || !slots) {
        return error_no_memory(err);
    }
    for (size_t s = 0; s < plan->scored_count; s++) {
        const struct plan_group *group = &plan->groups[plan->scored[s]];
        if (!make_slot(lexicon, group, tier, out->arena, &slots[s])) {
            return error_no_memory(err);
        }
        if (plan->run[s]) {
            out->list.items[out->list.count++] = (struct snippet_pattern){.slots = &slots[s]};
        }
        struct snippet_pattern *pattern = &out->list.items[out->list.count - 1];
        pattern->slot_count++;
        pattern->weight += (float)MAX(1U, group->weight) / PLAN_WEIGHT_SCALE;
    }
    return TRABAO_OK;
}

enum trabao_status query_patterns_of_text(struct trabao_reader *r, const char *query, struct query_patterns *out,
                                          struct trabao_error *err)
{
    struct query_tree *tree = NULL;
    struct plan *plan = NULL;
    *out = (struct query_patterns){0};
    const struct query_typed typed = {query, strlen(query), civil_now(), false};
    enum trabao_status status = query_read(r, &typed, &tree, err);
    if (status == TRABAO_OK) {
        status = query_abbreviate(r->reader->archive, tree, err);
    }
    if (status == TRABAO_OK) {
        const struct plan_limits limits = {.loosest = tree->any_marked ? TRABAO_EXACT : TRABAO_FOLDED};
        status = plan_make(r->reader, r->analyzer, tree, &limits, &plan, err);
    }
    if (status == TRABAO_OK) {
        status = query_patterns_of_plan(&r->reader->archive->lexicon, plan, (uint8_t)plan->loosest, out, err);
    }
    plan_free(plan);
    query_tree_free(tree);
    return status;
}

void query_patterns_free(struct query_patterns *patterns)
{
    query_arena_free(patterns->arena);
}

enum trabao_status query_patterns_mark(struct trabao_reader *r, const struct query_patterns *patterns,
                                       struct query_arena *arena, struct trabao_marked *marked,
                                       struct trabao_error *err)
{
    struct trabao_mark *marks = NULL;
    size_t count = 0;
    const struct snippet_source source = {
        .analyzer = r->analyzer, .tokens = &r->tokens, .text = marked->text, .n = marked->len};
    enum trabao_status status = snippet_mark_all(&source, &patterns->list, &marks, &count, err);
    if (status == TRABAO_OK && count) {
        struct trabao_mark *copy = query_arena_alloc(arena, count, sizeof *copy);
        if (copy) {
            memcpy(copy, marks, count * sizeof *copy);
            marked->marks = copy;
            marked->mark_count = count;
        } else {
            status = error_no_memory(err);
        }
    }
    mem_free(marks);
    return status;
}
