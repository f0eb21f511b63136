/*
 * capitals.h - a word written with the capitals of the one that was typed in its place.
 */
#ifndef TRABAO_QUERY_CAPITALS_H
#define TRABAO_QUERY_CAPITALS_H

#include "base/buf.h"

/*
 * Appends WORD (N bytes, at most TEXT_FORM_MAX, in lower case): all in capitals where all that was TYPED (LEN bytes)
 * is, its first letter one where that of the typed word is, else as it is.
 */
void capitals_append(struct buf *out, const char *word, size_t n, const char *typed, size_t len);

#endif
