/*
 * html_escape.h - the one place where text becomes HTML: safe as element content and as a quoted attribute value.
 */
#ifndef TRABAO_HTML_ESCAPE_H
#define TRABAO_HTML_ESCAPE_H

#include "base/buf.h"

/* Appends N bytes of TEXT with & < > " ' replaced by references. False when OUT is full. */
bool html_escape(struct buf *out, const char *text, size_t n);

#endif
