/*
 * slips.h - words of a query that are slips of typing, as far as an archive knows: words without the blanks between
 * them (joined.h), one with a blank in it, and words beside which another letter was hit (misspelt.h).
 *
 * What occurs is what was meant, unless what it could be a slip of occurs by far more often. Looked at are words that
 * few articles have and that are no Vietnamese syllable, abbreviations aside: an ordinary query has none.
 */
#ifndef TRABAO_QUERY_SLIPS_H
#define TRABAO_QUERY_SLIPS_H

#include "archive/archive.h"
#include "query/parse.h"

#define SLIPS_MAX 8 /* of one query; further ones stay as they are */

struct slip {
    uint32_t start, end; /* bytes of the text of the tree */
    const char *meant;   /* in the arena of the tree: without marks if no word of the query has any */
    bool certain;        /* the archive has what is meant, and what was typed, if at all, as a slip */
};

struct slips {
    struct slip items[SLIPS_MAX]; /* in the order of the text */
    size_t count;
};

/* The slips of TREE. TRABAO_NO_MEMORY at worst. */
enum trabao_status slips_find(const struct archive *archive, const struct query_tree *tree, struct slips *out,
                              struct trabao_error *err);

/* Appends the text of TREE with what was meant in place of SLIPS, if CERTAIN of those that are. False: OUT is full. */
bool slips_mend(const struct query_tree *tree, const struct slips *slips, bool certain, struct buf *out);

#endif
