/*
 * readings.h - what words typed without marks most likely mean, from the archive's own words, pairs and triples.
 *
 * Each word stands for the terms of the lexicon with its folded form; a word typed with marks, or asked for literally,
 * for itself. The sequence is weighed as a second-order Markov chain with absolute discounting (Ney, Essen, Kneser,
 * 1994): the forward-backward algorithm gives each reading its probability in the context of the query, and the
 * Viterbi path is the likeliest reading of the whole. Pairs alone first thin out the readings, triples decide.
 */
#ifndef TRABAO_READINGS_H
#define TRABAO_READINGS_H

#include "archive/archive.h"
#include "query/arena.h"
#include "query/parse.h"

#define READINGS_MAX 6    /* readings of a word that are told apart; rarer ones have no probability */
#define READINGS_WORDS 64 /* words of a query that are weighed together */

struct word_reading {
    const struct query_token *token;
    uint32_t terms[READINGS_MAX];
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

/* The readings of the words of TREE that an article should have; nothing of excluded ones and of fields. */
enum trabao_status readings_weigh(const struct archive *archive, const struct query_tree *tree,
                                  struct query_arena *arena, struct readings *out, struct trabao_error *err);

/* The probability of TERM as a reading of TOKEN; negative when TOKEN was not weighed. */
double readings_probability(const struct readings *readings, const struct query_token *token, uint32_t term);

/*
 * *OUT: the text of the tree with the likeliest marks put back and its capitals kept, in the arena; NULL when nothing
 * changes, or when a word is so uncertain that its best reading has a probability below LEAST. What looks like an
 * address stays as it is, and so do words with digits.
 */
enum trabao_status readings_restore(const struct readings *readings, double least, char **out,
                                    struct trabao_error *err);

#endif
