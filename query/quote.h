/*
 * quote.h - what stands between quotation marks, with its dates in every spelling.
 *
 * A date in figures is one word of a text, one that is spelled out several; so a phrase with a date in it is several
 * phrases of different lengths.
 */
#ifndef TRABAO_QUERY_QUOTE_H
#define TRABAO_QUERY_QUOTE_H

#include "query/lex.h"

#define QUOTE_ROWS_MAX 36 /* two dates with six spellings each; further dates stay as typed */

struct quote_row {
    struct query_token *tokens; /* in the tree's arena */
    size_t count;
};

/*
 * Writes the phrases that the quote ITEM stands for, the one that was typed first, and returns their number: 0 when it
 * has no words, or when memory ran out and the status of C says so.
 */
size_t quote_rows(struct query_context *c, const struct lex_item *item, struct quote_row rows[QUOTE_ROWS_MAX]);

#endif
