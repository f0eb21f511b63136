/*
 * syllable.h - the one spelling behind all spellings of a word.
 *
 * Papers write one syllable in many ways: precomposed, decomposed, base letter + separate tone (the habit of
 * Windows-1258), hoà and hòa, tỷ and tỉ, Ð for Đ, a mark on the wrong vowel. A word that is a Vietnamese syllable
 * (initial consonants, a nucleus of vowels, final consonants, at most one tone) is taken apart into letters, shape
 * marks and one tone and put together again:
 *
 *   - the tone stands where the older style puts it, as most papers do: on the last vowel with a shape mark (việt,
 *     thuở, người), else, before a final consonant, on the last vowel (hoàn), else on the first of two (hòa, thúy,
 *     khỏe, của) and on the middle one of three (ngoài, khuỷu). The u of qu and the i of gi are consonants: quà, già.
 *   - a shape mark on a vowel that cannot bear it goes to the neighbour that can, if that makes a syllable.
 *   - an open syllable whose nucleus is y alone is written with i after h k l m s t and qu: kĩ, lí, tỉ, quí, mi. Names
 *     that really differ (Vy/Vi, Thy/Thi) begin otherwise and are kept apart; so are lai/lay and tui/tuy.
 *
 * Any other word (Zürich, COVID, U23, two tones) is its case-folded NFC with every đ alike. Invisible characters
 * vanish from both. The form is a fixed point: the canonical form of a canonical form is itself.
 */
#ifndef TRABAO_SYLLABLE_H
#define TRABAO_SYLLABLE_H

#include "base/base.h"

#define SYLLABLE_FAILED SIZE_MAX

/*
 * Writes the canonical form of WORD (N bytes of UTF-8 without blanks) to OUT, which has room for TEXT_FORM_MAX bytes,
 * and returns its length: 0 when nothing visible is left, SYLLABLE_FAILED when ICU ran out of memory. Of a long word
 * the first 256 characters are looked at.
 */
size_t syllable_canonical(const char *word, size_t n, char *out);

/* As syllable_canonical, but every word goes through ICU: what the tables of letter.c are compared with. */
size_t syllable_canonical_icu(const char *word, size_t n, char *out);

/* True when WORD (N bytes), with the marks it has, is a syllable. */
bool syllable_is_shape(const char *word, size_t n);

/* True when the N lower-case ASCII letters spell a syllable whose marks were taken away. */
bool syllable_is_folded_shape(const char *letters, size_t n);

#endif
