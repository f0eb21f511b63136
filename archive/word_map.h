/*
 * word_map.h - in which articles of the whole archive a word is, as a bit map that is kept in memory.
 *
 * A word that was typed without marks stands for many terms, and nearly every query has words that are in every tenth
 * article. To find out which articles have one of their terms takes far longer than what is then done with it, so it is
 * kept (made.h) for the next query with that word.
 */
#ifndef TRABAO_WORD_MAP_H
#define TRABAO_WORD_MAP_H

#include "archive/places.h"

/* The terms that a word stands for, but those that are in no article. */
struct word_terms {
    const struct impact_term **terms; /* [count] in any order, which may change */
    size_t count;
    uint32_t *numbers; /* [count + 1] scratch */
    uint64_t articles; /* about so many have the word */
};

/*
 * Keeps of AMONG, by window, the articles that have WORD. ROOM, of as many WINDOWS as the archive has, is written over.
 */
enum trabao_status word_map_keep(struct impact_reader *r, const struct word_terms *word, uint32_t windows,
                                 struct places *among, struct places *room, struct trabao_error *err);

#endif
