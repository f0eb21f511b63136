/*
 * parse_inside.h - what the pieces of the parser share (parse.h says what it does).
 *
 *   parse.c        the grammar, and the whole query
 *   parse_words.c  what words, dates and quotes are in the tree
 *   parse_date.c   the dates of a filter
 *
 * A node without tokens (punctuation, empty parentheses) is no node: functions that make one return NULL for it, and
 * when the status of the context is set.
 */
#ifndef TRABAO_PARSE_INSIDE_H
#define TRABAO_PARSE_INSIDE_H

#include "query/lex.h"

struct parser {
    struct query_context *c;
    const struct lex_item *item; /* next to be read */
    struct query_node **stack;   /* children of the lists under construction; owned */
    size_t count, capacity;
    uint32_t prefixes; /* so far */
};

/* The signs and names in front of a part. */
struct modifiers {
    enum query_field field;
    bool negated, exact;
};

/* ---- parse.c --------------------------------------------------------------------------------------------------- */

struct query_node *parse_new_node(struct parser *p, enum query_kind kind, enum query_field field);

/* Puts NODE, unless it is NULL, on the stack of the lists under construction. */
void parse_push(struct parser *p, struct query_node *node);

/*
 * Takes the children above BASE off the stack: NULL for none, the child for one, else a list. NOT only stands in an
 * AND, so there it keeps one of its own.
 */
struct query_node *parse_pop_list(struct parser *p, size_t base, enum query_kind kind);

/* ---- parse_words.c --------------------------------------------------------------------------------------------- */

/* What the next item is, a word, date or quote. The last item that belongs to it becomes the next one. */
struct query_node *parse_words(struct parser *p, const struct modifiers *m);

/* The words that ITEM is, an operator or field name that cannot be one because of PROBLEM; with a warning. */
struct query_node *parse_stray(struct parser *p, const struct lex_item *item, enum query_field field,
                               struct query_problem problem);

#endif
