/*
 * fold.h - the two looser keys of a canonical form, by which a query without marks finds marked words.
 *
 * Tone-folded: a tone mark on a vowel goes, shapes stay (tử -> tư, são -> sao, naïve stays). Folded: every mark goes
 * from every Latin letter, and đ ø ł lose their stroke (tử -> tu, naïve -> naive). Other scripts keep their marks,
 * which are vowels there. Folding the tone-folded key gives the folded key. The functions are declared in text.h.
 */
#ifndef TRABAO_FOLD_H
#define TRABAO_FOLD_H

#include "text/text.h"

enum fold_mode { FOLD_NONE, FOLD_TONE, FOLD_FULL };

/* text_fold_tone or text_fold, or a copy, by MODE. */
size_t fold_form(enum fold_mode mode, const char *form, size_t n, char *out);

#endif
