/*
 * horn.c - both forms letter by letter; they are syllables, so they have few.
 */
#include "query/horn.h"

#include "base/utf8.h"
#include "text/letter.h"

#define LETTERS_MAX 8

struct letters {
    uint32_t codes[LETTERS_MAX];
    struct letter items[LETTERS_MAX];
    size_t count;
};

/* False when TEXT is no syllable for its length. */
static bool read_letters(const char *text, size_t n, struct letters *out)
{
    out->count = 0;
    for (size_t i = 0; i < n; out->count++) {
        if (out->count == LETTERS_MAX) {
            return false;
        }
        i += utf8_decode(text + i, n - i, &out->codes[out->count]);
        out->items[out->count] = letter_split(out->codes[out->count]);
    }
    return true;
}

static bool has_horn(const struct letters *l, size_t i, char base)
{
    return l->items[i].base == base && l->items[i].shape == SHAPE_HORN;
}

bool horn_missing(const char *typed, size_t n, const char *form, size_t len)
{
    struct letters wrong;
    struct letters right;
    size_t at = 0;
    if (!read_letters(typed, n, &wrong) || !read_letters(form, len, &right) || wrong.count != right.count) {
        return false;
    }
    while (at < right.count && wrong.codes[at] == right.codes[at]) {
        at++;
    }
    for (size_t i = at + 1; i < right.count; i++) {
        if (wrong.codes[i] != right.codes[i]) {
            return false;
        }
    }
    /* Of ươ, which stands at FIRST, one letter differs, and by its horn alone. */
    const size_t first = at < right.count && right.items[at].base == 'o' && at > 0 ? at - 1 : at;
    return first + 2 < right.count && has_horn(&right, first, 'u') && has_horn(&right, first + 1, 'o') &&
           wrong.items[at].base == right.items[at].base && wrong.items[at].shape == SHAPE_NONE &&
           wrong.items[at].tone == right.items[at].tone;
}
