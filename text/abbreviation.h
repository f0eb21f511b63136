/*
 * abbreviation.h - where a text introduces an abbreviation: `Ủy ban nhân dân (UBND)`, `UBND (Ủy ban nhân dân)`.
 *
 * An abbreviation is up to four runs of two or more capitals, with blanks, dots, & - or / between them (GD-ĐT,
 * LĐ-TB&XH), of 3 to 10 letters together. Its letters are the initials of the words it stands for, D and Đ apart; small
 * words between these (và, của, ...) may have none. A single run that is a Vietnamese syllable (BAN, TIN) is none: it
 * would be a word in a query.
 */
#ifndef TRABAO_ABBREVIATION_H
#define TRABAO_ABBREVIATION_H

#include "base/buf.h"
#include "text/text.h"

#define ABBREVIATION_LETTERS_MAX 10
#define ABBREVIATION_WORDS_MAX 16 /* in the words that one stands for */
#define ABBREVIATION_FORM_MAX 120 /* bytes of either spelling: canonical forms with a blank between them */

/*
 * Appends to OUT what TEXT (N bytes, cut into TOKENS) introduces, in its order: for each the abbreviation, NUL, the
 * words, NUL. False when OUT is full.
 */
bool abbreviation_find(const char *text, size_t n, const struct text_tokens *tokens, struct buf *out);

/* True for a small word, which an abbreviation may leave out. */
bool abbreviation_is_small_word(const char *form, size_t n);

#endif
