/*
 * charset.h - bytes of unknown encoding to UTF-8, and the comparison that readers of pages need.
 *
 * The only file of this room that corpus/ may include. An encoding is taken only if it explains every byte: valid UTF-8
 * always wins, then UTF-16 by its byte order mark, then that of windows-1258, TCVN3, VNI and VISCII which makes sense.
 */
#ifndef TRABAO_CHARSET_H
#define TRABAO_CHARSET_H

#include "base/base.h"
#include "base/buf.h"

/*
 * Appends TEXT (N bytes) as UTF-8 to OUT, without byte order mark; control characters other than tab and newline
 * become blanks, "\r\n" and "\r" a newline. *ENCODING: what the bytes were taken for; static. False when no encoding
 * explains them or OUT is full (buf_failed tells which).
 */
bool charset_to_utf8(const char *text, size_t n, struct buf *out, const char **encoding);

/* True when TEXT, valid UTF-8, has no control characters other than tab and newline. */
bool charset_is_clean(const char *text, size_t n);

/*
 * TEXT without case, marks and outer blanks, runs of blanks as one, to OUT (ROOM bytes): for recognising set phrases.
 * Returns the length; what does not fit is cut.
 */
size_t charset_loose_key(const char *text, size_t n, char *out, size_t room);

/* True for a capital letter. */
bool charset_is_capital(uint32_t code_point);

#endif
