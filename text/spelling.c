/*
 * spelling.c - from a canonical form back to the spelling that papers print.
 *
 * The canonical form writes i in the open syllables where papers waver between i and y (syllable.h). For most of them
 * one spelling is the usual one; those with y are listed here. The function is declared in text.h.
 */
#include "text/text.h"

static const struct {
    const char *canonical, *usual;
} spellings[] = {
    {"hi", "hy"},     {"ki", "ky"},     {"kì", "kỳ"},     {"kỉ", "kỷ"},     {"kĩ", "kỹ"},     {"kí", "ký"},
    {"kị", "kỵ"},     {"li", "ly"},     {"lí", "lý"},     {"mĩ", "mỹ"},     {"mị", "mỵ"},     {"ti", "ty"},
    {"tỉ", "tỷ"},     {"tị", "tỵ"},     {"qui", "quy"},   {"quì", "quỳ"},   {"quỉ", "quỷ"},   {"quĩ", "quỹ"},
    {"quí", "quý"},   {"quị", "quỵ"},
};

size_t text_spelling(const char *form, size_t n, char *out)
{
    for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
        if (strlen(spellings[i].canonical) == n && memcmp(spellings[i].canonical, form, n) == 0) {
            const size_t len = strlen(spellings[i].usual);
            memcpy(out, spellings[i].usual, len);
            return len;
        }
    }
    memcpy(out, form, n);
    return n;
}
