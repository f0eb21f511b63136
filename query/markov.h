/*
 * markov.h - how likely words are, by themselves and behind one another, from the archive's own words, pairs and
 * triples: absolute discounting (Ney, Essen, Kneser, 1994). What it serves, putting marks back and taking words that
 * were typed together apart, asks this thousands of times a query, so all of it is inline.
 */
#ifndef TRABAO_QUERY_MARKOV_H
#define TRABAO_QUERY_MARKOV_H

#include <math.h>

#include "archive/archive.h"

#define MARKOV_DISCOUNT 0.9 /* taken from every count that was seen, for what was not; tuned on titles */
#define MARKOV_FORGOTTEN 2  /* a word has so many times the followers that are counted: the rarest pairs are not kept */

/* What is known of a word as the one before another. */
struct markov_word {
    uint32_t term; /* LEXICON_NONE: a word that the archive does not have */
    double once;   /* probability of the word by itself */
    double begun;  /* counted pairs that it begins */
    double rest;   /* share of those that were not */
};

static inline double markov_once(const struct archive *a, uint32_t term)
{
    const double count = term == LEXICON_NONE ? 0 : (double)a->lexicon.terms[term].count;
    return (count + 0.5) / ((double)a->words + 0.5 * a->lexicon.count);
}

static inline double markov_discounted(double count, double all, double rest, double looser)
{
    return (all > 0 ? fmax(0, count - MARKOV_DISCOUNT) / all : 0) + rest * looser;
}

/* Fills what is known of the pairs of WORD, whose term is set. */
static inline void markov_note_pairs(const struct archive *a, struct markov_word *word)
{
    word->begun = word->term == LEXICON_NONE ? 0 : ngrams_word(&a->ngrams, word->term);
    const double followers = MARKOV_FORGOTTEN * ngrams_followers(&a->ngrams, word->term);
    word->rest = word->begun <= 0 ? 1 : fmin(0.95, fmax(1e-4, MARKOV_DISCOUNT * followers / word->begun));
}

/* How often the two stand side by side. */
static inline double markov_count_pair(const struct archive *a, const struct markov_word *before,
                                       const struct markov_word *here)
{
    return before->begun <= 0 || here->term == LEXICON_NONE ? 0 : ngrams_pair(&a->ngrams, before->term, here->term);
}

/* The probability of HERE behind BEFORE. COUNT: by markov_count_pair. */
static inline double markov_pair(const struct markov_word *before, const struct markov_word *here, double count)
{
    const bool known = before->begun > 0 && here->term != LEXICON_NONE;
    return known ? markov_discounted(count, before->begun, before->rest, here->once) : here->once;
}

/* That of THIRD behind the other two. ALL: by markov_count_pair of these. PAIR: markov_pair of the last two. */
static inline double markov_triple(const struct archive *a, const struct markov_word *first,
                                   const struct markov_word *second, const struct markov_word *third, double all,
                                   double pair)
{
    if (all <= 0 || third->term == LEXICON_NONE) {
        return pair;
    }
    /* A frequent pair has few followers beside those that were seen. */
    const double rest = fmin(0.9, 1 / (1 + log(1 + all) / 4));
    return markov_discounted(ngrams_triple(&a->ngrams, first->term, second->term, third->term), all, rest, pair);
}

#endif
