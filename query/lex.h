/*
 * lex.h - the typed query as a flat row of items: words, quotes, operators, fields, balanced parentheses.
 *
 * All that can be decided without knowing the neighbours' structure is decided here: which minus is an operator, where
 * a quote ends, what date filters mean (they are applied to the tree), which parentheses have a partner, and
 * which words together spell a date. The parser therefore sees balanced parentheses no deeper than QUERY_DEPTH_MAX.
 */
#ifndef TRABAO_LEX_H
#define TRABAO_LEX_H

#include "query/context.h"

enum lex_kind {
    LEX_WORD,  /* what stands between blanks, quotes and parentheses; tokens may be none (punctuation) */
    LEX_DATE,  /* a date that was spelled out in several words: one token */
    LEX_QUOTE, /* what stands between two quotes */
    LEX_OPEN,
    LEX_CLOSE,
    LEX_MINUS,  /* -, directly before a word, quote or parenthesis */
    LEX_EXACT,  /* =, likewise */
    LEX_FIELD,  /* title: */
    LEX_FILTER, /* a date filter, already applied */
    LEX_AND,
    LEX_OR,
    LEX_NOT,
    LEX_NEAR,
    LEX_END
};

struct lex_item {
    enum lex_kind kind;
    uint32_t start, end;    /* bytes of the query */
    uint32_t first_token;   /* an index; a field or operator has the tokens of its name */
    uint32_t tokens;        /* their number, the colocated ones included */
    uint32_t distance;      /* LEX_NEAR */
    enum query_field field; /* LEX_FIELD */
    struct query_span *spans; /* LEX_FILTER: what it lets through; as query_spans_join gives them */
    size_t span_count;
    bool star;              /* LEX_WORD: a * follows it directly; LEX_QUOTE: one of its words */
};

struct lex_items {
    struct lex_item *items; /* ends with LEX_END; in the tree's arena */
    size_t count;
};

/* End of the last token of ITEM that has a position of its own; where ITEM begins, if there is none. */
size_t lex_item_end(const struct query_context *c, const struct lex_item *item);

/* Reads all of the query. On failure the status of C is set. */
void lex_query(struct query_context *c, struct lex_items *out);

#endif
