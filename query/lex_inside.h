/*
 * lex_inside.h - what the pieces of reading items share (lex.h says what it does).
 *
 *   lex.c         characters, words, operators, quotes and parentheses; all of it
 *   lex_filter.c  fields and date filters
 *   lex_dates.c   dates spelled out over several words
 */
#ifndef TRABAO_LEX_INSIDE_H
#define TRABAO_LEX_INSIDE_H

#include "query/lex.h"

#define LEX_NO_TOKEN SIZE_MAX

struct lexer {
    struct query_context *c;
    struct lex_items *out;
    size_t pos;       /* next byte */
    size_t token;     /* next token */
    uint32_t depth;   /* parentheses open */
    uint32_t ignored; /* parentheses open beyond the depth that is kept */
    bool free;        /* nothing stands directly before `pos` that an operator could not follow */
};

/* ---- lex.c: positions are bytes of the query ------------------------------------------------------------------- */

/* The plain ASCII character meant at POS, or the character itself, and its length in bytes; 0 at the end. */
uint32_t lex_at(const struct lexer *lx, size_t pos, size_t *len);

/* The first position from POS on that is neither blank nor invisible. */
size_t lex_skip_gap(const struct lexer *lx, size_t pos);

/* Where the word at POS ends: at a blank, quote or parenthesis, or behind punctuation that parts it. */
size_t lex_word_end(const struct lexer *lx, size_t pos);

/* The next double quote at or after POS; the length of the query if there is none. */
size_t lex_next_quote(const struct lexer *lx, size_t pos);

/* The token that begins at POS and has a position of its own; LEX_NO_TOKEN if there is none. */
size_t lex_token_at(const struct lexer *lx, size_t pos);

/* Adds the item [START, END) with its tokens, and goes on behind it. */
void lex_push(struct lexer *lx, enum lex_kind kind, size_t start, size_t end);

/* The item added last; NULL when there is none. */
struct lex_item *lex_last(const struct lexer *lx);

/* ---- lex_filter.c ---------------------------------------------------------------------------------------------- */

/* Reads the field or date filter that is next. False, and nothing read, if there is none. */
bool lex_field(struct lexer *lx);

/* Applies the date filters to the tree. Those that OR joins become one item. */
void lex_apply_filters(struct query_context *c, struct lex_items *out);

/* ---- lex_dates.c ----------------------------------------------------------------------------------------------- */

/* Puts the words of each date together, in place, and drops the words that announce a date. */
void lex_join_dates(struct query_context *c, struct lex_items *out);

#endif
