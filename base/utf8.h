/*
 * utf8.h - validating, stepping through and clipping UTF-8 (RFC 3629: no surrogates, nothing above U+10FFFF).
 */
#ifndef TRABAO_UTF8_H
#define TRABAO_UTF8_H

#include "base/base.h"

/* U+FFFD in UTF-8. */
#define UTF8_REPLACEMENT "\xEF\xBF\xBD"

/* Bytes of valid UTF-8 at the start of S; equals N when all of it is valid. */
size_t utf8_valid_prefix(const char *s, size_t n);

/*
 * Decodes the character at S (N >= 1 bytes) into *CODE_POINT and returns its length, 1 to 4. An invalid byte gives
 * U+FFFD and length 1, so that a loop over any bytes ends.
 */
size_t utf8_decode(const char *s, size_t n, uint32_t *code_point);

/* Writes CODE_POINT to OUT (room for 4 bytes) and returns its length. */
size_t utf8_encode(uint32_t code_point, char *out);

/* The largest length <= MAX at which S (N bytes) can be cut without splitting a character. */
size_t utf8_clip(const char *s, size_t n, size_t max);

/* Characters in S; an invalid byte counts as one. */
size_t utf8_count(const char *s, size_t n);

#endif
