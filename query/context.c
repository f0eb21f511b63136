/*
 * context.c - warnings and memory of one reading.
 */
#include "query/context.h"

#include <stdarg.h>

#include "base/utf8.h"

#define QUOTE_MAX 80    /* bytes of typed text in a warning */
#define WARNING_MAX 512 /* bytes of a warning */

static char *keep_text(struct query_context *c, const char *text)
{
    char *copy = query_arena_dup(c->tree->arena, text, strlen(text));
    if (copy == NULL) {
        query_no_memory(c);
    }
    return copy;
}

static void keep_warning(struct query_context *c, const char *vietnamese, const char *english)
{
    struct query_tree *tree = c->tree;
    for (size_t i = 0; i < tree->warning_count; i++) {
        if (strcmp(tree->warnings[i], vietnamese) == 0) {
            return;
        }
    }
    if (tree->warning_count == QUERY_WARNINGS_MAX) {
        return;
    }
    if (tree->warnings == NULL) {
        tree->warnings = query_new(c, QUERY_WARNINGS_MAX, sizeof *tree->warnings);
        tree->warnings_english = query_new(c, QUERY_WARNINGS_MAX, sizeof *tree->warnings_english);
    }
    if (tree->warnings == NULL || tree->warnings_english == NULL) {
        return;
    }
    tree->warnings[tree->warning_count] = keep_text(c, vietnamese);
    tree->warnings_english[tree->warning_count] = keep_text(c, english);
    if (c->status == TRABAO_OK) {
        tree->warning_count++;
    }
}

/* A warning that stands in both languages. */
static void warn(struct query_context *c, const char *vietnamese, const char *english)
{
    if (c->strict) {
        c->status = error_set(c->err, TRABAO_USAGE, "%s", english);
    } else {
        keep_warning(c, vietnamese, english);
    }
}

void query_warn(struct query_context *c, const char *vietnamese, const char *english, ...)
{
    if (c->status != TRABAO_OK) {
        return;
    }
    char warning[WARNING_MAX];
    char translated[WARNING_MAX];
    va_list args;
    va_start(args, english);
    vsnprintf(warning, sizeof warning, vietnamese, args);
    va_end(args);
    va_start(args, english);
    vsnprintf(translated, sizeof translated, english, args);
    va_end(args);
    warn(c, warning, translated);
}

void query_warn_again(struct query_context *c, const struct query_tree *before)
{
    for (size_t i = 0; c->status == TRABAO_OK && i < before->warning_count; i++) {
        keep_warning(c, before->warnings[i], before->warnings_english[i]);
    }
}

/* Quotes [START, END) and says what PROBLEM says of it; in English also what is done INSTEAD of what was meant. */
static void warn_about(struct query_context *c, size_t start, size_t end, struct query_problem problem,
                       const char *instead)
{
    if (c->status != TRABAO_OK) {
        return;
    }
    char warning[WARNING_MAX];
    char translated[WARNING_MAX];
    const int len = (int)utf8_clip(c->text + start, end - start, QUOTE_MAX);
    const char *cut = (size_t)len < end - start ? "…" : "";
    snprintf(warning, sizeof warning, "“%.*s%s”: %s.", len, c->text + start, cut, problem.vietnamese);
    snprintf(translated, sizeof translated, "\"%.*s%s\": %s%s", len, c->text + start, cut, problem.english,
             c->strict ? "" : instead);
    warn(c, warning, translated);
}

void query_warn_about(struct query_context *c, size_t start, size_t end, struct query_problem problem)
{
    warn_about(c, start, end, problem, ", so it is searched as words");
}

void query_warn_left_out(struct query_context *c, size_t start, size_t end, struct query_problem problem)
{
    warn_about(c, start, end, problem, ", so it is left out");
}

void query_no_memory(struct query_context *c)
{
    if (c->status == TRABAO_OK) {
        c->status = error_no_memory(c->err);
    }
}

void *query_new(struct query_context *c, size_t n, size_t size)
{
    void *piece = query_arena_alloc(c->tree->arena, n, size);
    if (piece == NULL) {
        query_no_memory(c);
    }
    return piece;
}

bool query_token_is(const struct query_context *c, size_t i, const char *form)
{
    const size_t len = strlen(form);
    return c->tokens->items[i].form_len == len && memcmp(text_form(c->tokens, i), form, len) == 0;
}

bool query_token_announces(const struct query_context *c, size_t i, bool month)
{
    static const char *const day_words[] = {"ngày", "ngay", "mùng", "mung", "mồng", "mong"};
    static const char *const month_words[] = {"tháng", "thang"};
    const char *const *words = month ? month_words : day_words;
    const size_t count = month ? ARRAY_LEN(month_words) : ARRAY_LEN(day_words);
    for (size_t k = 0; k < count; k++) {
        if (query_token_is(c, i, words[k])) {
            return true;
        }
    }
    return false;
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
    for (size_t k = 0; k < c->tokens->items[i].form_len; k++) {
        count += form[k] == '/';
    }
    return count;
}
