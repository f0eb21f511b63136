/*
 * readings.h - what words that stand for several terms (stand.h) most likely mean, from the archive's own words, pairs
 * and triples: words typed without marks, and words typed with marks when these are not all meant.
 *
 * The sequence is weighed as a second-order Markov chain with absolute discounting (Ney, Essen, Kneser, 1994): the
 * forward-backward algorithm gives each reading its probability in the context of the query, and the Viterbi path is
 * the likeliest reading of the whole. Pairs alone first thin out the readings, triples decide. Beside marks that were
 * typed, a reading with other ones is the less likely the more they differ: the typing is a noisy channel (Kernighan,
 * Church, Gale: A spelling correction program, 1990).
 */
#ifndef TRABAO_READINGS_H
#define TRABAO_READINGS_H

#include "archive/archive.h"
#include "query/arena.h"
#include "query/stand.h"

#define READINGS_MAX 6    /* readings of a word that are told apart; rarer ones have no probability */
#define READINGS_WORDS 64 /* words of a query that are weighed together */

struct word_reading {
    const struct query_token *token;
    uint32_t terms[READINGS_MAX];
    uint8_t tiers[READINGS_MAX];      /* at which they stand for it */
    double probability[READINGS_MAX]; /* given the rest of the query; together 1, or 0 when the word is unknown */
    size_t count;
    size_t best; /* place of the one on the likeliest path */
};

struct readings {
    struct word_reading *items; /* in query order; in the arena */
    size_t count;
    const struct archive *archive; /* what they were weighed with and of */
    const struct query_tree *tree;
    struct query_arena *arena;
};

/* True when a word of TREE may stand for several terms at tiers up to LOOSEST. */
bool readings_matter(const struct query_tree *tree, enum trabao_tier loosest);

/*
 * The readings of the words of TREE that an article should have in its text, of all terms that stand for them by RULE;
 * of excluded words none.
 */
enum trabao_status readings_weigh(const struct archive *archive, const struct query_tree *tree,
                                  const struct stand_rule *rule, struct query_arena *arena, struct readings *out,
                                  struct trabao_error *err);

/* The probability of TERM as a reading of TOKEN; negative when TOKEN was not weighed. */
double readings_probability(const struct readings *readings, const struct query_token *token, uint32_t term);

/* The least probability with which a word that the archive knows is meant as it was typed. */
double readings_as_typed(const struct readings *readings);

/* The tier at which all words have their likeliest readings. */
enum trabao_tier readings_tier(const struct readings *readings);

/*
 * *OUT: the text of the tree with the likeliest marks put back and its capitals kept, in the arena; NULL when nothing
 * changes, or when a word is so uncertain that its best reading has a probability below LEAST. What looks like an
 * address, or like a foreign name with an apostrophe, stays as it is, and so do words with digits.
 */
enum trabao_status readings_restore(const struct readings *readings, double least, char **out,
                                    struct trabao_error *err);

#endif
