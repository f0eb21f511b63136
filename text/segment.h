/*
 * segment.h - words by ICU, with rules of our own: the reference for what a word is.
 *
 * UAX #29 with these differences: a full stop, apostrophe, colon or underscore always separates; a number keeps `.`
 * and `,` between ASCII digits and ends before a letter (3.000đ is 3.000 and đ), while digits and letters side by
 * side are one word (U23, 18h30); a combining mark or invisible character belongs to the letter before it. Runs of
 * Han, kana, Hangul, Thai, Lao, Khmer and Burmese are cut by ICU's own word iterator, which has dictionaries.
 *
 * scan.c cuts Latin text to the same words without ICU; a test compares the two.
 */
#ifndef TRABAO_SEGMENT_H
#define TRABAO_SEGMENT_H

#include "base/status.h"

struct segmenter;

/* Opened on first need and kept: compiling the rules takes milliseconds. */
enum trabao_status segmenter_open(struct segmenter **out, struct trabao_error *err);
void segmenter_close(struct segmenter *s);

/*
 * Calls WORD(CONTEXT, start, end) for each word of TEXT[FROM, TO) in order, with byte offsets in TEXT. FROM and TO
 * must lie where words are separated anyhow.
 */
typedef void segment_word(void *context, size_t start, size_t end);
enum trabao_status segment_words(struct segmenter *s, const char *text, size_t from, size_t to, segment_word *word,
                                 void *context, struct trabao_error *err);

#endif
