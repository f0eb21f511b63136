/*
 * context.c - warnings and memory of one reading.
 */
#include "query/context.h"

#include <stdarg.h>

#include "base/utf8.h"

#define QUOTE_MAX 80    /* bytes of typed text in a warning */
#define WARNING_MAX 512 /* bytes of a warning */

static void keep_warning(struct query_context *c, const char *warning)
{
    struct query_tree *tree = c->tree;
    for (size_t i = 0; i < tree->warning_count; i++) {
        if (strcmp(tree->warnings[i], warning) == 0)
            return;
    }
    if (tree->warning_count == QUERY_WARNINGS_MAX)
        return;
    if (tree->warnings == NULL)
        tree->warnings = query_new(c, QUERY_WARNINGS_MAX, sizeof *tree->warnings);
    if (tree->warnings == NULL)
        return;
    char *copy = query_arena_dup(tree->arena, warning, strlen(warning));
    if (copy == NULL)
        query_no_memory(c);
    else
        tree->warnings[tree->warning_count++] = copy;
}

void query_warn(struct query_context *c, const char *format, ...)
{
    if (c->status != TRABAO_OK)
        return;
    char warning[WARNING_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(warning, sizeof warning, format, args);
    va_end(args);
    if (c->strict)
        c->status = error_set(c->err, TRABAO_USAGE, "%s", warning);
    else
        keep_warning(c, warning);
}

void query_warn_about(struct query_context *c, size_t start, size_t end, const char *problem)
{
    const size_t len = utf8_clip(c->text + start, end - start, QUOTE_MAX);
    query_warn(c, "“%.*s%s”: %s.", (int)len, c->text + start, len < end - start ? "…" : "", problem);
}

void query_no_memory(struct query_context *c)
{
    if (c->status == TRABAO_OK)
        c->status = error_no_memory(c->err);
}

void *query_new(struct query_context *c, size_t n, size_t size)
{
    void *piece = query_arena_alloc(c->tree->arena, n, size);
    if (piece == NULL)
        query_no_memory(c);
    return piece;
}

bool query_token_is(const struct query_context *c, size_t i, const char *form)
{
    const size_t len = strlen(form);
    return c->tokens->items[i].form_len == len && memcmp(text_form(c->tokens, i), form, len) == 0;
}

void query_set_token(const struct query_context *c, struct query_token *out, size_t i)
{
    const struct text_token *t = &c->tokens->items[i];
    memcpy(out->form, text_form(c->tokens, i), t->form_len);
    out->len = t->form_len;
    out->marked = text_has_marks(out->form, out->len);
    out->start = t->start;
    out->end = t->end;
}

int query_token_slashes(const struct query_context *c, size_t i)
{
    const char *form = text_form(c->tokens, i);
    int count = 0;
    for (size_t k = 0; k < c->tokens->items[i].form_len; k++)
        count += form[k] == '/';
    return count;
}
