/*
 * joined.h - words typed without the blanks between them taken apart: danang is đà nẵng.
 *
 * The parts are words that the archive has, in any reading, and which of all ways to part a word is meant is decided by
 * how likely its parts stand side by side: the likeliest path of a Markov chain of pairs, over the letters (markov.h).
 */
#ifndef TRABAO_QUERY_JOINED_H
#define TRABAO_QUERY_JOINED_H

#include "archive/archive.h"

#define JOINED_PARTS_MAX 8
#define JOINED_STEPS 4096 /* ceiling of what the words of one query may cost: pairs that are looked up */

struct joined_part {
    uint32_t start, end; /* bytes of the word */
    uint32_t term;
};

struct joined {
    struct joined_part parts[JOINED_PARTS_MAX];
    size_t count;
    double expected; /* so often the parts should stand side by side in the archive */
};

/*
 * Takes WORD (N bytes), which is no syllable and has no marks, apart. *STEPS is what may be spent on it, and what is
 * left of that. False when it cannot be parted, or would so be something that is hardly ever written, or less often
 * expected than LEAST.
 */
bool joined_part(const struct archive *archive, const char *word, size_t n, double least, uint32_t *steps,
                 struct joined *out);

#endif
