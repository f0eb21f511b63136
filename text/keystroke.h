/*
 * keystroke.h - the keys of Telex and VNI read back: what a word was meant to be that was typed while the input method
 * was off (vieejt, viet65: việt).
 *
 * Telex: s f r x j are the tones, aa ee oo dd and w (ă ơ ư; a w of its own is ư) the letters. VNI: 1 to 5 are the
 * tones, 6 to 9 the letters. The keys of a mark may stand anywhere behind the letter that bears it (vietej, duongwf).
 */
#ifndef TRABAO_KEYSTROKE_H
#define TRABAO_KEYSTROKE_H

#include "base/base.h"

enum keystroke_method { KEYSTROKE_NONE, KEYSTROKE_TELEX, KEYSTROKE_VNI };

/*
 * Decodes WORD (N bytes, lower case) to the canonical form of the syllable that its keys make, in OUT, which has room
 * for TEXT_FORM_MAX bytes; *LEN is its length. KEYSTROKE_NONE, and nothing written, when WORD as a whole is no marked
 * syllable of either method, or one without a mark.
 */
enum keystroke_method keystroke_decode(const char *word, size_t n, char *out, size_t *len);

#endif
