/*
 * snippet_inside.h - what the pieces of making a snippet share.
 *
 *   snippet.c       marks, the core of the window, its text
 *   snippet_ends.c  where the window starts and ends
 */
#ifndef TRABAO_SNIPPET_INSIDE_H
#define TRABAO_SNIPPET_INSIDE_H

#include "query/match.h"

struct snippet_window {
    const char *text;
    size_t n;
    size_t width;            /* characters */
    size_t core, core_end;   /* bytes; core_end 0: no match */
    size_t start, end;       /* bytes */
    bool cut_start, cut_end; /* a sentence is cut there */
    const struct query_match *runs; /* what is marked, in the whole text; the ends are not inside one, if possible */
    size_t run_count;
};

/* Characters of TEXT[FROM, TO). */
size_t snippet_characters(const char *text, size_t from, size_t to);

/* Sets start and end of W, whose core is known. */
void snippet_choose_ends(struct snippet_window *w);

#endif
