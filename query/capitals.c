/*
 * capitals.c - see capitals.h.
 */
#include "query/capitals.h"

#include "archive/wordcode.h"

void capitals_append(struct buf *out, const char *word, size_t n, const char *typed, size_t len)
{
    char cased[WORDCODE_CASED_MAX];
    if (len == 0 || typed[0] < 'A' || typed[0] > 'Z') {
        buf_append(out, word, n);
        return;
    }
    bool all = len > 1;
    for (size_t i = 0; i < len; i++) {
        all = all && !(typed[i] >= 'a' && typed[i] <= 'z');
    }
    buf_append(out, cased, wordcode_capitalise(word, n, all, cased));
}
