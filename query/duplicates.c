/*
 * duplicates.c - each hit against those before it that show by themselves; a page has few enough.
 *
 * Snippets are cut from bodies in one way, so two bodies that differ elsewhere only give the same one for a query.
 */
#include "query/duplicates.h"

#include "base/utf8.h"
#include "text/letter.h"

#define CHARACTERS_COMPARED 200 /* of a snippet, so that other cuts of its end do not matter */

/* The next letter or figure of TEXT from *AT on, in lower case; 0 at the end. */
static uint32_t next_character(const struct trabao_marked *text, size_t *at)
{
    while (*at < text->len) {
        uint32_t c;
        *at += utf8_decode(text->text + *at, text->len - *at, &c);
        const enum letter_class class = letter_class_of(c);
        if (class == LETTER_NONE) {
            continue;
        }
        const struct letter letter = letter_split(c);
        return letter.base != 0 ? letter_join(letter) : c;
    }
    return 0;
}

/* True when the first MAX letters and figures are the same, and there are any. */
static bool same_text(const struct trabao_marked *a, const struct trabao_marked *b, size_t max)
{
    size_t at_a = 0;
    size_t at_b = 0;
    size_t n = 0;
    for (; n < max; n++) {
        const uint32_t c = next_character(a, &at_a);
        if (c != next_character(b, &at_b)) {
            return false;
        }
        if (c == 0) {
            break;
        }
    }
    return n > 0;
}

void duplicates_fold(struct trabao_hit *hits, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        for (size_t k = 0; k < i && hits[i].same_as == NULL; k++) {
            if (hits[k].same_as == NULL && same_text(&hits[k].title, &hits[i].title, SIZE_MAX) &&
                same_text(&hits[k].snippet, &hits[i].snippet, CHARACTERS_COMPARED)) {
                hits[i].same_as = &hits[k];
            }
        }
    }
}
