/*
 * letter.c - the tables behind letter.h.
 *
 * One list of the twelve vowels in their six tones is the source of both directions: letter_join reads it as rows,
 * letter_split through an index over the two blocks of Unicode that hold those letters.
 */
#include "text/letter.h"

/* base, shape, then the lower-case letter without tone and with grave, acute, hook, tilde, dot below. */
#define VOWELS(ROW) \
    ROW('a', SHAPE_NONE, 0x61, 0xE0, 0xE1, 0x1EA3, 0xE3, 0x1EA1) \
    ROW('a', SHAPE_BREVE, 0x103, 0x1EB1, 0x1EAF, 0x1EB3, 0x1EB5, 0x1EB7) \
    ROW('a', SHAPE_CIRCUMFLEX, 0xE2, 0x1EA7, 0x1EA5, 0x1EA9, 0x1EAB, 0x1EAD) \
    ROW('e', SHAPE_NONE, 0x65, 0xE8, 0xE9, 0x1EBB, 0x1EBD, 0x1EB9) \
    ROW('e', SHAPE_CIRCUMFLEX, 0xEA, 0x1EC1, 0x1EBF, 0x1EC3, 0x1EC5, 0x1EC7) \
    ROW('i', SHAPE_NONE, 0x69, 0xEC, 0xED, 0x1EC9, 0x129, 0x1ECB) \
    ROW('o', SHAPE_NONE, 0x6F, 0xF2, 0xF3, 0x1ECF, 0xF5, 0x1ECD) \
    ROW('o', SHAPE_CIRCUMFLEX, 0xF4, 0x1ED3, 0x1ED1, 0x1ED5, 0x1ED7, 0x1ED9) \
    ROW('o', SHAPE_HORN, 0x1A1, 0x1EDD, 0x1EDB, 0x1EDF, 0x1EE1, 0x1EE3) \
    ROW('u', SHAPE_NONE, 0x75, 0xF9, 0xFA, 0x1EE7, 0x169, 0x1EE5) \
    ROW('u', SHAPE_HORN, 0x1B0, 0x1EEB, 0x1EE9, 0x1EED, 0x1EEF, 0x1EF1) \
    ROW('y', SHAPE_NONE, 0x79, 0x1EF3, 0xFD, 0x1EF7, 0x1EF9, 0x1EF5)

#define BLOCK1_END 0x1B1 /* the letters up to U+01B0 are indexed as they are */
#define BLOCK2_START 0x1EA0
#define BLOCK2_END 0x1EFA
#define SLOT(c) ((c) < BLOCK1_END ? (c) : (c) - BLOCK2_START + BLOCK1_END)
#define UPPER(c) ((c) < 0x100 ? (c) - 0x20 : (c) == 0x1B0 ? 0x1AF : (c) - 1)
#define BOTH_CASES(c, ...) [SLOT(c)] = __VA_ARGS__, [SLOT(UPPER(c))] = __VA_ARGS__

static const uint16_t joined[][6] = {
#define ROW(base, shape, c0, c1, c2, c3, c4, c5) {c0, c1, c2, c3, c4, c5},
    VOWELS(ROW)
#undef ROW
};

static const struct {
    char base;
    uint8_t shape;
} rows[] = {
#define ROW(base, shape, c0, c1, c2, c3, c4, c5) {base, shape},
    VOWELS(ROW)
#undef ROW
};

static const struct letter parts[BLOCK1_END + BLOCK2_END - BLOCK2_START] = {
#define ROW(base, shape, c0, c1, c2, c3, c4, c5) \
    BOTH_CASES(c0, {base, shape, TONE_NONE}), BOTH_CASES(c1, {base, shape, TONE_GRAVE}), \
        BOTH_CASES(c2, {base, shape, TONE_ACUTE}), BOTH_CASES(c3, {base, shape, TONE_HOOK}), \
        BOTH_CASES(c4, {base, shape, TONE_TILDE}), BOTH_CASES(c5, {base, shape, TONE_DOT}),
    VOWELS(ROW)
#undef ROW
    [0xD0] = {'d', SHAPE_STROKE, TONE_NONE},
    [0xF0] = {'d', SHAPE_STROKE, TONE_NONE},
    [0x110] = {'d', SHAPE_STROKE, TONE_NONE},
    [0x111] = {'d', SHAPE_STROKE, TONE_NONE},
    [0x189] = {'d', SHAPE_STROKE, TONE_NONE},
};

enum letter_class letter_class_of(uint32_t c)
{
    if (c < 0x80) {
        const uint32_t lower = c | 0x20;
        if (lower >= 'a' && lower <= 'z') {
            return LETTER_ALPHA;
        }
        return c >= '0' && c <= '9' ? LETTER_DIGIT : LETTER_NONE;
    }
    if (c < 0x250) {
        if (c >= 0xC0) {
            return c == 0xD7 || c == 0xF7 ? LETTER_NONE : LETTER_ALPHA;
        }
        if (c == 0xAA || c == 0xB5 || c == 0xBA) {
            return LETTER_ALPHA;
        }
        return c == 0xAD ? LETTER_EXTEND : LETTER_NONE;
    }
    if (c >= 0x1E00 && c < 0x1F00) {
        return LETTER_ALPHA;
    }
    if (c >= 0x300 && c < 0x370) {
        return LETTER_EXTEND;
    }
    if (c >= 0x2000 && c < 0x2070) {
        return letter_is_invisible(c) ? LETTER_EXTEND : c == 0x2065 ? LETTER_FOREIGN : LETTER_NONE;
    }
    if (c == 0xFEFF) {
        return LETTER_EXTEND;
    }
    return c == 0xFFFD ? LETTER_NONE : LETTER_FOREIGN;
}

bool letter_is_blank(uint32_t c)
{
    if (c <= 0x20 || c == 0x7F || c == 0x85 || c == 0xA0) {
        return true;
    }
    if (c < 0x1680) {
        return false;
    }
    return c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
           c == 0x3000;
}

bool letter_is_invisible(uint32_t c)
{
    if (c < 0x200B) {
        return c == 0xAD || c == 0x34F || c == 0x61C || (c >= 0x180B && c <= 0x180F);
    }
    if (c < 0x2070) {
        return c <= 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c != 0x2065);
    }
    return (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE0FFF);
}

struct letter letter_split(uint32_t c)
{
    static const struct letter none = {0, SHAPE_NONE, TONE_NONE};
    if (c < 0x80) {
        const uint32_t lower = c | 0x20;
        return lower >= 'a' && lower <= 'z' ? (struct letter){(char)lower, SHAPE_NONE, TONE_NONE} : none;
    }
    if (c < BLOCK1_END) {
        return parts[c];
    }
    if (c >= BLOCK2_START && c < BLOCK2_END) {
        return parts[SLOT(c)];
    }
    return c == 0x256 ? (struct letter){'d', SHAPE_STROKE, TONE_NONE} : none;
}

uint32_t letter_join(struct letter letter)
{
    if (letter.tone == TONE_NONE && letter.shape == SHAPE_NONE) {
        return (unsigned char)letter.base;
    }
    if (letter.shape == SHAPE_STROKE) {
        return letter.base == 'd' && letter.tone == TONE_NONE ? 0x111 : 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].base == letter.base && rows[i].shape == letter.shape) {
            return joined[i][letter.tone];
        }
    }
    return 0;
}

bool letter_is_capital(uint32_t c)
{
    const struct letter letter = letter_split(c);
    const bool small_lookalike = c == 0xF0 || c == 0x256;
    return letter.base != 0 && letter_join(letter) != c && !small_lookalike;
}

bool letter_mark(uint32_t c, uint8_t *shape, uint8_t *tone)
{
    *shape = SHAPE_NONE;
    *tone = TONE_NONE;
    switch (c) {
    case 0x300:
    case 0x340: /* the same two marks, encoded twice */
        *tone = TONE_GRAVE;
        return true;
    case 0x301:
    case 0x341:
        *tone = TONE_ACUTE;
        return true;
    case 0x309:
        *tone = TONE_HOOK;
        return true;
    case 0x303:
        *tone = TONE_TILDE;
        return true;
    case 0x323:
        *tone = TONE_DOT;
        return true;
    case 0x302:
        *shape = SHAPE_CIRCUMFLEX;
        return true;
    case 0x306:
        *shape = SHAPE_BREVE;
        return true;
    case 0x31B:
        *shape = SHAPE_HORN;
        return true;
    default:
        return false;
    }
}
