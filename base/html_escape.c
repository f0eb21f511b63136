/*
 * html_escape.c - see html_escape.h.
 */
#include "base/html_escape.h"

static const char *reference_for(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

bool html_escape(struct buf *out, const char *text, size_t n)
{
    size_t done = 0;
    for (size_t i = 0; i < n; i++) {
        const char *reference = reference_for(text[i]);
        if (reference) {
            buf_append(out, text + done, i - done);
            buf_append_str(out, reference);
            done = i + 1;
        }
    }
    return buf_append(out, text + done, n - done);
}
