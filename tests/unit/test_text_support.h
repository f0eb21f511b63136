/*
 * test_text_support.h - what the tests of text/ share: golden files, a random source, tokens in writing.
 *
 * Golden files are found beside this one, whatever the working directory is relative to the compiled path.
 */
#ifndef TRABAO_TEST_TEXT_SUPPORT_H
#define TRABAO_TEST_TEXT_SUPPORT_H

#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/utf8.h"
#include "text/text.h"

#define LINE_MAX_BYTES 4096

/* Replaces \uXXXX by the code point and \n by a line feed, in place. Returns the new length. */
TRABAO_UNUSED static size_t unescape(char *s)
{
    size_t n = 0;
    for (size_t i = 0; s[i] != 0;) {
        if (s[i] == '\\' && s[i + 1] == 'n') {
            s[n++] = '\n';
            i += 2;
        } else if (s[i] == '\\' && s[i + 1] == 'u') {
            const char hex[5] = {s[i + 2], s[i + 3], s[i + 4], s[i + 5], 0};
            n += utf8_encode((uint32_t)strtoul(hex, NULL, 16), s + n);
            i += 6;
        } else {
            s[n++] = s[i++];
        }
    }
    s[n] = 0;
    return n;
}

/* Cuts LINE at its tabs into at most MAX fields; returns their number, 0 for a comment or an empty line. */
TRABAO_UNUSED static size_t split_fields(char *line, char **fields, size_t max)
{
    line[strcspn(line, "\n")] = 0;
    if (line[0] == '#' || line[0] == 0) {
        return 0;
    }
    size_t count = 0;
    for (char *rest = line; rest != NULL && count < max;) {
        fields[count++] = strsep(&rest, "\t");
    }
    return count;
}

TRABAO_UNUSED static FILE *open_golden(const char *name)
{
    static const char here[] = __FILE__;
    char path[1024];
    const char *slash = strrchr(here, '/');
    snprintf(path, sizeof path, "%.*s/../golden/%s", (int)(slash - here), here, name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fail_msg("%s cannot be opened", path);
    }
    return file;
}

/* xorshift64*: the same numbers in every run. */
struct random {
    uint64_t state; /* not 0 */
};

TRABAO_UNUSED static uint32_t random_below(struct random *r, uint32_t limit)
{
    r->state ^= r->state >> 12;
    r->state ^= r->state << 25;
    r->state ^= r->state >> 27;
    return (uint32_t)((r->state * UINT64_C(2685821657736338717)) >> 32) % limit;
}

/* The tokens in the notation of text_tokens.tsv. */
TRABAO_UNUSED static void write_tokens(const struct text_tokens *t, char *out, size_t max)
{
    size_t n = 0;
    out[0] = 0;
    for (size_t i = 0; i < t->count && n + 2 * TEXT_FORM_MAX < max; i++) {
        const struct text_token *k = &t->items[i];
        n += (size_t)snprintf(out + n, max - n, "%s%s%s%.*s%s", i > 0 ? " " : "", k->colocated ? "|" : "",
                              k->joined ? "+" : "", k->form_len, text_form(t, i),
                              k->kind == TEXT_NUMBER ? "#" : k->kind == TEXT_DATE ? "@" : "");
    }
}

#endif
