/*
 * misspelt.h - a word that hardly occurs beside one that often does and differs from it by one slip of the fingers.
 */
#ifndef TRABAO_QUERY_MISSPELT_H
#define TRABAO_QUERY_MISSPELT_H

#include "archive/archive.h"

/*
 * The commonest word, in its commonest reading, that becomes FORM (N bytes, a folded form) when a letter is left out,
 * put in, replaced or exchanged with its neighbour. LEXICON_NONE when FORM is too short or too long to tell, or when
 * no such word is by far commoner than the ARTICLES that have FORM.
 */
uint32_t misspelt_meant(const struct lexicon *lexicon, const char *form, size_t n, uint32_t articles);

#endif
