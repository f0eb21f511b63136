/*
 * readings_restore.c - the likeliest reading of a query as a text: what was typed, with marks put back.
 */
#include "query/readings.h"

#include "base/buf.h"
#include "query/capitals.h"

#define RESTORED_CEILING ((size_t)64 << 10)

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool has_digit(const struct query_token *token)
{
    for (size_t i = 0; i < token->len; i++) {
        if (token->form[i] >= '0' && token->form[i] <= '9') {
            return true;
        }
    }
    return false;
}

/* Bytes of the apostrophe at P, before END; 0: there is none. */
static size_t apostrophe(const char *p, const char *end)
{
    static const char curly[] = "\xE2\x80\x99";
    const size_t n = sizeof curly - 1;
    return *p == '\'' ? 1 : (size_t)(end - p) >= n && memcmp(p, curly, n) == 0 ? n : 0;
}

/* True when the text between blanks around TOKEN is no Vietnamese: a.b, a@b, a://b, O'Neill. */
static bool is_foreign(const char *query, size_t n, const struct query_token *token)
{
    size_t start = token->start, end = token->end;
    while (start > 0 && !is_blank(query[start - 1])) {
        start--;
    }
    while (end < n && !is_blank(query[end])) {
        end++;
    }
    for (size_t i = start + 1; i + 1 < end; i++) {
        const size_t joint = query[i] == '.' ? 1 : apostrophe(query + i, query + end);
        const bool joins = joint && i + joint < end && is_alnum(query[i - 1]) && is_alnum(query[i + joint]);
        if (joins || query[i] == '@' || (query[i] == ':' && query[i + 1] == '/')) {
            return true;
        }
    }
    return false;
}

/* True when marks may be put on the word of R, which begins behind READ. */
static bool is_open(const struct word_reading *r, const char *query, size_t n, uint32_t read)
{
    return r->count > 0 && r->token->start >= read && r->token->end <= n && !has_digit(r->token) &&
           !is_foreign(query, n, r->token);
}

/* Appends the likeliest form of R as it is usually spelled, with the capitals that were typed. */
static void append_restored(const struct lexicon *lexicon, const struct word_reading *r, const char *query,
                            struct buf *out)
{
    const uint32_t term = r->terms[r->best];
    char spelled[TEXT_FORM_MAX];
    const size_t n = text_spelling(lexicon_form(lexicon, term), lexicon->terms[term].len, spelled);
    const uint32_t start = r->token->start;
    capitals_append(out, spelled, n, query + start, r->token->end - start);
}

/* Puts marks on the text of READINGS, which has words. */
static enum trabao_status restore(const struct readings *readings, double least, char **out, struct trabao_error *err)
{
    const struct lexicon *lexicon = &readings->archive->lexicon;
    const char *query = readings->tree->text;
    const size_t n = readings->tree->text_len;
    struct buf text;
    uint32_t done = 0, read = 0; /* bytes that were copied; where the words that were looked at end */
    bool changed = false;
    buf_init(&text, RESTORED_CEILING);
    for (size_t i = 0; i < readings->count; i++) {
        const struct word_reading *r = &readings->items[i];
        if (!is_open(r, query, n, read)) {
            continue;
        }
        if (r->probability[r->best] < least) {
            changed = false;
            break;
        }
        const uint32_t term = r->terms[r->best];
        read = r->token->end;
        if (!lexicon_is(lexicon, term, r->token->form, r->token->len)) {
            changed = true;
            buf_append(&text, query + done, r->token->start - done);
            append_restored(lexicon, r, query, &text);
            done = r->token->end;
        }
    }
    if (changed && buf_append(&text, query + done, n - done)) {
        *out = query_arena_dup(readings->arena, text.data, text.len);
    }
    buf_free(&text);
    return changed && !*out ? error_no_memory(err) : TRABAO_OK;
}

enum trabao_status readings_restore(const struct readings *readings, double least, char **out,
                                    struct trabao_error *err)
{
    *out = NULL;
    return readings->count ? restore(readings, least, out, err) : TRABAO_OK;
}
