/*
 * fold.c - looser keys: by the tables of letter.c where they hold every letter of the form, else by ICU.
 */
#include "text/fold.h"

#include "base/utf8.h"
#include "text/letter.h"
#include "text/normal.h"
#include "text/syllable.h"

/* Writes FORM without the marks of MODE by the tables; false when they do not hold one of its letters. */
static bool fold_by_table(enum fold_mode mode, const char *form, size_t n, char *out, size_t *len)
{
    *len = 0;
    for (size_t i = 0; i < n;) {
        uint32_t c = (unsigned char)form[i];
        if (c < 0x80) {
            out[(*len)++] = form[i++];
            continue;
        }
        i += utf8_decode(form + i, n - i, &c);
        struct letter l = letter_split(c);
        if (l.base == 0) {
            return false;
        }
        l.tone = TONE_NONE;
        if (mode == FOLD_FULL) {
            l.shape = SHAPE_NONE;
        }
        *len += utf8_encode(letter_join(l), out + *len);
    }
    return true;
}

size_t fold_form(enum fold_mode mode, const char *form, size_t n, char *out)
{
    n = utf8_clip(form, n, TEXT_FORM_MAX);
    size_t len;
    if (mode != FOLD_NONE) {
        if (fold_by_table(mode, form, n, out, &len)) {
            return len;
        }
        len = normal_strip(form, n, mode == FOLD_TONE ? NORMAL_TONES : NORMAL_ALL_MARKS, out, TEXT_FORM_MAX);
        if (len != NORMAL_FAILED) {
            return len;
        }
    }
    memcpy(out, form, n);
    return n;
}

size_t text_fold_tone(const char *form, size_t n, char *out)
{
    return fold_form(FOLD_TONE, form, n, out);
}

size_t text_fold(const char *form, size_t n, char *out)
{
    return fold_form(FOLD_FULL, form, n, out);
}

bool text_has_marks(const char *form, size_t n)
{
    char folded[TEXT_FORM_MAX];
    const size_t len = fold_form(FOLD_FULL, form, n, folded);
    return len != n || memcmp(folded, form, n) != 0;
}

bool text_is_syllable(const char *form, size_t n)
{
    char folded[TEXT_FORM_MAX];
    const size_t len = fold_form(FOLD_FULL, form, n, folded);
    return syllable_is_folded_shape(folded, len);
}
