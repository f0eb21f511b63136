/*
 * misspelt.c - see misspelt.h. All words at a distance of one (Damerau: A technique for computer detection and
 * correction of spelling errors, 1964) are looked up, 54 for each letter: there is no index beside the lexicon's own.
 * The first letter is hardly ever wrong, but it may change places with the second.
 */
#include "query/misspelt.h"

#include "text/syllable.h"
#include "text/text.h"

#define LETTERS_MIN 5 /* shorter words have too many neighbours */
#define LETTERS_MAX 20
#define NEIGHBOURS_MAX (54 * LETTERS_MAX)
#define COMMONER 100 /* so many times must what is meant be in more articles, */
#define COMMON 20    /* and in so many of them at least */

struct guess {
    const struct lexicon *lexicon;
    uint32_t term;
    uint32_t articles; /* of it, or, while there is none, those that it must have more of */
    bool syllables;    /* it may be a Vietnamese one */
    bool asking;       /* in the first of two rounds: where words would be is asked for only */
    uint32_t asked[NEIGHBOURS_MAX];
    size_t count; /* words of this round so far */
};

static void try_word(struct guess *guess, const char *word, size_t n)
{
    const struct lexicon *lexicon = guess->lexicon;
    uint32_t *asked = &guess->asked[guess->count++];
    if (guess->asking) {
        *asked = lexicon_fold_ask(lexicon, word, n);
        return;
    }
    if (!lexicon_fold_answers(lexicon, *asked)) {
        return;
    }
    uint32_t term = lexicon_fold_first(lexicon, word, n);
    for (; term != LEXICON_NONE; term = lexicon_fold_next(lexicon, term)) {
        const uint32_t articles = lexicon->terms[term].articles;
        if (articles > guess->articles && (guess->syllables || !syllable_is_folded_shape(word, n))) {
            guess->term = term;
            guess->articles = articles;
        }
    }
}

/* WORD with each letter in the place of the one at PLACE. */
static void try_letters(struct guess *guess, char *word, size_t n, size_t place)
{
    const char typed = word[place];
    for (char c = 'a'; c <= 'z'; c++) {
        word[place] = c;
        try_word(guess, word, n);
    }
    word[place] = typed;
}

static void swap_letters(char *word, size_t place)
{
    const char first = word[place];
    word[place] = word[place + 1];
    word[place + 1] = first;
}

/* Two letters in each other's place. */
static void try_swaps(struct guess *guess, char *word, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++) {
        swap_letters(word, i);
        try_word(guess, word, n);
        swap_letters(word, i);
    }
}

/* FORM with a letter too many: one after the other is left out, or only, of two that are alike, one. */
static void try_shorter(struct guess *guess, const char *form, size_t n, bool doubled)
{
    char word[LETTERS_MAX];
    for (size_t i = 1; i < n; i++) {
        if (!doubled || form[i] == form[i - 1]) {
            memcpy(word, form, i);
            memcpy(word + i, form + i + 1, n - i - 1);
            try_word(guess, word, n - 1);
        }
    }
}

/* FORM with a letter too few: each in every gap behind the first. */
static void try_longer(struct guess *guess, const char *form, size_t n)
{
    char word[LETTERS_MAX + 1];
    for (size_t i = 1; i <= n; i++) {
        memcpy(word, form, i);
        word[i] = form[i - 1];
        memcpy(word + i + 1, form + i, n - i);
        try_letters(guess, word, n + 1, i);
    }
}

static void try_all(struct guess *guess, const char *form, size_t n, uint32_t articles)
{
    char word[LETTERS_MAX];
    memcpy(word, form, n);
    guess->count = 0;
    guess->syllables = false;
    for (size_t i = 1; i < n; i++) {
        try_letters(guess, word, n, i);
    }
    try_shorter(guess, form, n, false);
    try_longer(guess, form, n);
    /* Any word is near some syllable: only what does not occur, and looks like a slip by itself, is taken for one. */
    guess->syllables = articles == 0;
    try_swaps(guess, word, n);
    try_shorter(guess, form, n, true);
}

uint32_t misspelt_meant(const struct lexicon *lexicon, const char *form, size_t n, uint32_t articles)
{
    if (n < LETTERS_MIN || n > LETTERS_MAX) {
        return LEXICON_NONE;
    }
    struct guess guess;
    guess.lexicon = lexicon;
    guess.term = LEXICON_NONE;
    guess.articles = MAX(articles * COMMONER, (uint32_t)COMMON - 1);
    guess.asking = true;
    try_all(&guess, form, n, articles);
    guess.asking = false;
    try_all(&guess, form, n, articles);
    return guess.term;
}
