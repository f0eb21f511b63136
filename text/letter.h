/*
 * letter.h - what is known of one code point: the part it plays in a word, and, for the letters that Vietnamese is
 * written with, its base letter, its shape mark and its tone mark.
 *
 * The tables cover the Latin letters of Vietnamese papers (ASCII, Latin-1, Extended-A and -B, Extended Additional),
 * combining marks and general punctuation. LETTER_FOREIGN says that a code point lies outside, and ICU must be asked.
 */
#ifndef TRABAO_LETTER_H
#define TRABAO_LETTER_H

#include "base/base.h"

/* The part a code point plays in cutting words; the rules of segment.c say the same in ICU's language. */
enum letter_class {
    LETTER_NONE,   /* separates words: punctuation, symbols, controls, blanks, U+FFFD */
    LETTER_ALPHA,  /* a letter */
    LETTER_DIGIT,  /* an ASCII digit */
    LETTER_EXTEND, /* a combining mark or an invisible character: belongs to the letter before it */
    LETTER_FOREIGN /* outside these tables */
};
enum letter_class letter_class_of(uint32_t code_point);

/* White space and ASCII controls: what stands between words that were not written together. */
bool letter_is_blank(uint32_t code_point);

/* Soft hyphen, joiners, zero width space, byte order mark, direction controls ...: vanish from canonical forms. */
bool letter_is_invisible(uint32_t code_point);

enum letter_shape { SHAPE_NONE, SHAPE_CIRCUMFLEX, SHAPE_BREVE, SHAPE_HORN, SHAPE_STROKE };
enum letter_tone { TONE_NONE, TONE_GRAVE, TONE_ACUTE, TONE_HOOK, TONE_TILDE, TONE_DOT };

struct letter {
    char base;     /* 'a'..'z'; 0: none of our letters */
    uint8_t shape; /* enum letter_shape; SHAPE_STROKE only with d */
    uint8_t tone;  /* enum letter_tone */
};

/*
 * The parts of an ASCII letter or a precomposed Vietnamese letter of either case. All the lookalikes of đ (U+0110,
 * U+0111, U+00D0, U+00F0, U+0189, U+0256) are d with a stroke.
 */
struct letter letter_split(uint32_t code_point);

/* The lower-case precomposed letter; 0 when no such letter exists (a circumflex on i, a tone on b). */
uint32_t letter_join(struct letter letter);

/* True for the upper case of a letter that letter_split knows. */
bool letter_is_capital(uint32_t code_point);

/* What a combining mark adds: *SHAPE or *TONE is set, the other is 0. False for any other code point. */
bool letter_mark(uint32_t code_point, uint8_t *shape, uint8_t *tone);

static inline bool letter_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool letter_is_vowel(char base)
{
    return base == 'a' || base == 'e' || base == 'i' || base == 'o' || base == 'u' || base == 'y';
}

#endif
