/*
 * lex_dates.c - dates that were typed in words: what the tokenizer read over several words (ngày 30 tháng 4 năm 1975)
 * becomes one item, without the word that only announces it.
 */
#include "query/lex_inside.h"

/* The date beside the tokens of ITEM that is spelled over several words, the one that says most; or LEX_NO_TOKEN. */
static size_t spelled_date(const struct query_context *c, const struct lex_item *item)
{
    size_t best = LEX_NO_TOKEN;
    for (size_t i = item->first_token; i < item->first_token + item->tokens; i++) {
        const struct text_token *t = &c->tokens->items[i];
        if (!t->colocated || t->kind != TEXT_DATE || (t->start >= item->start && t->end <= item->end)) {
            continue;
        }
        if (best == LEX_NO_TOKEN || query_token_slashes(c, i) > query_token_slashes(c, best)) {
            best = i;
        }
    }
    return best;
}

/* The words among ITEMS around number I that are exactly the date DATE: [*first, *stop). */
static bool date_words(const struct query_context *c, const struct lex_item *items, size_t i,
                       const struct text_token *date, size_t *first, size_t *stop)
{
    *first = i;
    while (*first > 0 && items[*first].start > date->start && items[*first - 1].kind == LEX_WORD) {
        (*first)--;
    }
    *stop = i + 1;
    while (items[*stop].kind == LEX_WORD && items[*stop].start < date->end) {
        (*stop)++;
    }
    return c->tokens->items[items[*first].first_token].start == date->start &&
           lex_item_end(c, &items[*stop - 1]) == date->end;
}

/* True for `ngày` before a day, `tháng` before a month with its year: the date says it already. */
static bool announces(const struct query_context *c, const struct lex_item *item, size_t date)
{
    const char *form = text_form(c->tokens, date);
    const size_t len = c->tokens->items[date].form_len;
    const char *slash = memchr(form, '/', len);
    if (item->kind != LEX_WORD || item->tokens != 1 || item->star || slash == NULL) {
        return false;
    }
    const bool month = len - (size_t)(slash - form) == 5;
    return query_token_announces(c, item->first_token, month);
}

/* A word that is a date in figures: its first token; LEX_NO_TOKEN otherwise. */
static size_t figure_date(const struct query_context *c, const struct lex_item *item)
{
    if (item->kind != LEX_WORD || item->tokens == 0) {
        return LEX_NO_TOKEN;
    }
    for (size_t i = item->first_token + 1; i < item->first_token + item->tokens; i++) {
        if (!c->tokens->items[i].colocated) {
            return LEX_NO_TOKEN;
        }
    }
    return c->tokens->items[item->first_token].kind == TEXT_DATE ? item->first_token : LEX_NO_TOKEN;
}

void lex_join_dates(struct query_context *c, struct lex_items *out)
{
    struct lex_item *items = out->items;
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        size_t first;
        size_t stop;
        size_t date = items[i].kind == LEX_WORD ? spelled_date(c, &items[i]) : LEX_NO_TOKEN;
        if (date != LEX_NO_TOKEN && date_words(c, items, i, &c->tokens->items[date], &first, &stop)) {
            kept -= i - first;
            items[i] = (struct lex_item){.kind = LEX_DATE,
                                         .start = c->tokens->items[date].start,
                                         .end = c->tokens->items[date].end,
                                         .first_token = (uint32_t)date,
                                         .tokens = 1};
        } else {
            stop = i + 1;
            date = figure_date(c, &items[i]);
        }
        if (date != LEX_NO_TOKEN && kept > 0 && announces(c, &items[kept - 1], date)) {
            kept--;
        }
        items[kept++] = items[i];
        i = stop - 1;
    }
    out->count = kept;
}
