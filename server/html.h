/*
 * html.h - the words that pages are written with.
 *
 * Markup goes out through html_raw, which takes string literals only: whatever comes from a request or from the archive
 * can not get into a page but through the escaping functions beside it. Failures stick to the buffer (base/buf.h).
 */
#ifndef TRABAO_SERVER_HTML_H
#define TRABAO_SERVER_HTML_H

#include "base/buf.h"
#include "query/trabao.h"

/* Appends markup; anything but a string literal does not compile. */
#define html_raw(out, literal) ((void)buf_append((out), "" literal "", sizeof(literal) - 1))

/* Appends text, escaped; NULL is nothing. */
void html_text(struct buf *out, const char *text);
void html_text_n(struct buf *out, const char *text, size_t n);

/* Appends ` name="value"` with a blank before it, escaped; nothing when VALUE is NULL. */
void html_attribute(struct buf *out, const char *name, const char *value);

/* Appends a number as Vietnamese papers print it: 1.234.567, and with one decimal 1,9. */
void html_number(struct buf *out, uint64_t number);
void html_decimal(struct buf *out, double number);

/*
 * Appends a date of the archive (as civil_format writes them) as <time>: 20/7/2020, 7/2020, and 14:30 20/7/2020 when it
 * has a time of day and WITH_TIME asks for it.
 */
void html_date(struct buf *out, const char *date, bool with_time);

/* The same without markup and time of day. */
void html_date_text(struct buf *out, const char *date);

/* Appends the text with its marked parts in <mark>. */
void html_marked(struct buf *out, const struct trabao_marked *marked);

/* The same cut into paragraphs: <p> at blank lines, <br> at single line ends. */
void html_marked_paragraphs(struct buf *out, const struct trabao_marked *marked);

/* True for an http or https address: nothing else may become a link (javascript: and the like). */
bool html_is_web_address(const char *url);

#endif
