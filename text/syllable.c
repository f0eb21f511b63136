/*
 * syllable.c - the grammar of the Vietnamese syllable, and canonical forms built with it.
 *
 * A word is first read with the tables of letter.c; only what they do not hold goes through ICU (normal.h): NFD and
 * case folding, and then the same grammar. So both ways agree wherever the tables are right.
 *
 * Inside this file a nucleus is written in ASCII stand-ins, one byte a vowel: a e i o u y as they are, V = ă, A = â,
 * E = ê, O = ô, P = ơ, W = ư.
 */
#include "text/syllable.h"

#include "base/utf8.h"
#include "text/letter.h"
#include "text/normal.h"
#include "text/text.h"

#define WORD_CHARACTERS_MAX 256
#define SYLLABLE_LETTERS_MAX 8
#define NUCLEUS_MAX 3

struct syllable {
    struct letter letters[SYLLABLE_LETTERS_MAX]; /* tones are kept apart: letters[i].tone is TONE_NONE */
    size_t count;
    uint8_t tone;
    size_t nucleus;       /* index of the first vowel of the nucleus */
    size_t nucleus_count; /* 1..NUCLEUS_MAX */
};

static const char initials[][4] = {"",   "b",   "c",  "ch", "d",  "g",  "gh", "gi", "h", "k",  "kh", "l", "m", "n",
                                   "ng", "ngh", "nh", "p",  "ph", "qu", "r",  "s",  "t", "th", "tr", "v", "x"};
static const char finals[][3] = {"c", "ch", "k", "m", "n", "ng", "nh", "p", "t"};

static const char open_nuclei[][NUCLEUS_MAX + 1] = {
    "a",  "A",  "V",  "e",   "E",   "i",   "o",   "O",   "P",   "u",   "W",   "y",   "ai",  "ao",  "au",  "Au",
    "ay", "Ay", "eo", "Eu",  "ia",  "iu",  "oa",  "oe",  "oi",  "Oi",  "Pi",  "ua",  "uE",  "ui",  "uP",  "uy",
    "Wa", "Wi", "Wu", "iEu", "yEu", "oai", "oao", "oay", "oeo", "uAy", "uEu", "uOi", "uya", "uyu", "WPi", "WPu"};
static const char closed_nuclei[][NUCLEUS_MAX + 1] = {"a",  "A",  "V",  "e",  "E",  "i",  "o",  "O",
                                                      "P",  "u",  "W",  "y",  "iE", "oa", "oV", "oe",
                                                      "oo", "uA", "uE", "uO", "uy", "WP", "yE", "uyE"};

/* ---- the grammar --------------------------------------------------------------------------------------------- */

static char stand_in(struct letter v)
{
    switch (v.shape) {
    case SHAPE_NONE:
        return v.base;
    case SHAPE_CIRCUMFLEX:
        return v.base == 'a' ? 'A' : v.base == 'e' ? 'E' : v.base == 'o' ? 'O' : 0;
    case SHAPE_BREVE:
        return v.base == 'a' ? 'V' : 0;
    case SHAPE_HORN:
        return v.base == 'o' ? 'P' : v.base == 'u' ? 'W' : 0;
    default:
        return 0;
    }
}

static char stand_in_folded(char c)
{
    switch (c) {
    case 'A':
    case 'V':
        return 'a';
    case 'E':
        return 'e';
    case 'O':
    case 'P':
        return 'o';
    case 'W':
        return 'u';
    default:
        return c;
    }
}

/* FOLDED: the nucleus is compared as if its shape marks had been taken away from the table too. */
static bool nucleus_listed(const char (*list)[NUCLEUS_MAX + 1], size_t count, const char *nucleus, bool folded)
{
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (list[i][k] != 0 && (folded ? stand_in_folded(list[i][k]) : list[i][k]) == nucleus[k]) {
            k++;
        }
        if (list[i][k] == 0 && nucleus[k] == 0) {
            return true;
        }
    }
    return false;
}

static bool nucleus_is_valid(const char *nucleus, bool closed, bool folded)
{
    return closed ? nucleus_listed(closed_nuclei, ARRAY_LEN(closed_nuclei), nucleus, folded)
                  : nucleus_listed(open_nuclei, ARRAY_LEN(open_nuclei), nucleus, folded);
}

static bool spells(const struct letter *letters, size_t count, const char *text)
{
    size_t i = 0;
    while (i < count && text[i] == letters[i].base && letters[i].shape == SHAPE_NONE) {
        i++;
    }
    return i == count && text[i] == 0;
}

/* Finds the initial; qu and gi take their vowel with them, gi only where a nucleus is left. */
static bool split_initial(const struct syllable *s, size_t *initial)
{
    const struct letter *l = s->letters;
    size_t n = 0;
    while (n < s->count && !letter_is_vowel(l[n].base)) {
        n++;
    }
    if (n == 1 && s->count > 2 && letter_is_vowel(l[2].base) && l[1].shape == SHAPE_NONE &&
        ((l[0].base == 'q' && l[1].base == 'u') || (l[0].base == 'g' && l[1].base == 'i'))) {
        n = 2;
    }
    *initial = n;
    if (n == 1 && l[0].base == 'd') {
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(initials); i++) {
        if (spells(l, n, initials[i])) {
            return true;
        }
    }
    return false;
}

static bool split_final(const struct letter *letters, size_t count)
{
    for (size_t i = 0; i < ARRAY_LEN(finals); i++) {
        if (spells(letters, count, finals[i])) {
            return true;
        }
    }
    return count == 0;
}

static bool bears(char base, uint8_t shape)
{
    return stand_in((struct letter){base, shape, TONE_NONE}) != 0;
}

/* Moves a shape that its vowel cannot bear to the one vowel beside it that can. */
static bool repair_shapes(struct letter *vowels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bears(vowels[i].base, vowels[i].shape)) {
            continue;
        }
        struct letter *heir = NULL;
        for (size_t k = i == 0 ? 0 : i - 1; k < count && k <= i + 1; k++) {
            if (k == i || vowels[k].shape != SHAPE_NONE || !bears(vowels[k].base, vowels[i].shape)) {
                continue;
            }
            if (heir != NULL) {
                return false;
            }
            heir = &vowels[k];
        }
        if (heir == NULL) {
            return false;
        }
        heir->shape = vowels[i].shape;
        vowels[i].shape = SHAPE_NONE;
    }
    return true;
}

/* True when the letters of S are a syllable; S then knows its nucleus. FOLDED: they have lost their shape marks. */
static bool parse(struct syllable *s, bool folded)
{
    if (!split_initial(s, &s->nucleus)) {
        return false;
    }
    size_t end = s->nucleus;
    while (end < s->count && letter_is_vowel(s->letters[end].base)) {
        end++;
    }
    s->nucleus_count = end - s->nucleus;
    if (s->nucleus_count == 0 || s->nucleus_count > NUCLEUS_MAX || !split_final(s->letters + end, s->count - end)) {
        return false;
    }
    struct letter *vowels = s->letters + s->nucleus;
    if (!repair_shapes(vowels, s->nucleus_count)) {
        return false;
    }
    char nucleus[NUCLEUS_MAX + 1] = "";
    for (size_t i = 0; i < s->nucleus_count; i++) {
        nucleus[i] = stand_in(vowels[i]);
    }
    return nucleus_is_valid(nucleus, end < s->count, folded);
}

static size_t tone_place(const struct syllable *s)
{
    const struct letter *vowels = s->letters + s->nucleus;
    for (size_t i = s->nucleus_count; i-- > 0;) {
        if (vowels[i].shape != SHAPE_NONE) {
            return s->nucleus + i;
        }
    }
    const bool closed = s->nucleus + s->nucleus_count < s->count;
    const size_t open_place = s->nucleus_count == 3 ? 1 : 0;
    return s->nucleus + (closed ? s->nucleus_count - 1 : open_place);
}

static void unify_i_and_y(struct syllable *s)
{
    if (s->nucleus_count != 1 || s->nucleus + 1 != s->count || s->letters[s->nucleus].base != 'y') {
        return;
    }
    const char first = s->letters[0].base;
    const bool single = s->nucleus == 1 &&
                        (first == 'h' || first == 'k' || first == 'l' || first == 'm' || first == 's' || first == 't');
    if (single || (s->nucleus == 2 && first == 'q')) {
        s->letters[s->nucleus].base = 'i';
    }
}

/* ---- reading a word into letters and marks --------------------------------------------------------------------- */

struct word {
    uint32_t characters[WORD_CHARACTERS_MAX]; /* without the invisible ones */
    size_t count;
};

static void word_read(struct word *w, const char *text, size_t n)
{
    w->count = 0;
    for (size_t i = 0; i < n && w->count < WORD_CHARACTERS_MAX;) {
        uint32_t c = (unsigned char)text[i];
        if (c < 0x80) {
            i++;
        } else {
            i += utf8_decode(text + i, n - i, &c);
        }
        if (!letter_is_invisible(c)) {
            w->characters[w->count++] = c;
        }
    }
}

/* Adds a combining mark to the last letter; false when it has such a mark already or is a consonant. */
static bool add_mark(struct syllable *s, uint8_t shape, uint8_t tone)
{
    if (s->count == 0 || !letter_is_vowel(s->letters[s->count - 1].base)) {
        return false;
    }
    struct letter *last = &s->letters[s->count - 1];
    if ((tone != TONE_NONE && s->tone != TONE_NONE) || (shape != SHAPE_NONE && last->shape != SHAPE_NONE)) {
        return false;
    }
    if (tone != TONE_NONE) {
        s->tone = tone;
    } else {
        last->shape = shape;
    }
    return true;
}

/* Reads W as the letters and marks of one syllable; false when it holds anything else. */
static bool read_syllable(const struct word *w, struct syllable *s)
{
    s->count = 0;
    s->tone = TONE_NONE;
    for (size_t i = 0; i < w->count; i++) {
        uint8_t shape;
        uint8_t tone;
        struct letter l = letter_split(w->characters[i]);
        if (l.base == 0) {
            if (!letter_mark(w->characters[i], &shape, &tone) || !add_mark(s, shape, tone)) {
                return false;
            }
            continue;
        }
        if (s->count == SYLLABLE_LETTERS_MAX || (l.tone != TONE_NONE && s->tone != TONE_NONE)) {
            return false;
        }
        if (l.tone != TONE_NONE) {
            s->tone = l.tone;
        }
        l.tone = TONE_NONE;
        s->letters[s->count++] = l;
    }
    return s->count > 0;
}

static bool write_syllable(const struct word *w, char *out, size_t *len)
{
    struct syllable s;
    if (!read_syllable(w, &s) || !parse(&s, false)) {
        return false;
    }
    unify_i_and_y(&s);
    s.letters[tone_place(&s)].tone = s.tone;
    *len = 0;
    for (size_t i = 0; i < s.count; i++) {
        *len += utf8_encode(letter_join(s.letters[i]), out + *len);
    }
    return true;
}

/* ---- canonical forms ------------------------------------------------------------------------------------------- */

/* Lower case by the tables alone; false when a character is not in them, or is a combining mark. */
static bool write_plain(const struct word *w, char *out, size_t *len)
{
    *len = 0;
    for (size_t i = 0; i < w->count; i++) {
        const uint32_t c = w->characters[i];
        const struct letter l = letter_split(c);
        if (l.base == 0 && c >= 0x80) {
            return false;
        }
        char utf8[4];
        const size_t size = utf8_encode(l.base != 0 ? letter_join(l) : c, utf8);
        if (*len + size > TEXT_FORM_MAX) {
            return true;
        }
        memcpy(out + *len, utf8, size);
        *len += size;
    }
    return true;
}

static size_t write_with_icu(struct word *w, char *out)
{
    uint32_t folded[NORMAL_FOLDED_MAX];
    const size_t count = normal_fold_case(w->characters, w->count, folded);
    if (count == NORMAL_FAILED) {
        return SYLLABLE_FAILED;
    }
    for (size_t i = 0; i < count; i++) {
        if (letter_split(folded[i]).shape == SHAPE_STROKE) {
            folded[i] = 0x111;
        }
    }
    size_t len;
    w->count = MIN(count, WORD_CHARACTERS_MAX);
    memcpy(w->characters, folded, w->count * sizeof *folded);
    if (write_syllable(w, out, &len)) {
        return len;
    }
    len = normal_compose(folded, count, out, TEXT_FORM_MAX);
    return len == NORMAL_FAILED ? SYLLABLE_FAILED : len;
}

size_t syllable_canonical(const char *word, size_t n, char *out)
{
    struct word w;
    word_read(&w, word, n);
    size_t len;
    if (write_syllable(&w, out, &len) || write_plain(&w, out, &len)) {
        return len;
    }
    return write_with_icu(&w, out);
}

size_t syllable_canonical_icu(const char *word, size_t n, char *out)
{
    struct word w;
    word_read(&w, word, n);
    return write_with_icu(&w, out);
}

bool syllable_is_shape(const char *word, size_t n)
{
    struct word w;
    struct syllable s;
    word_read(&w, word, n);
    return read_syllable(&w, &s) && parse(&s, false);
}

bool syllable_is_folded_shape(const char *letters, size_t n)
{
    struct syllable s = {.count = n};
    if (n == 0 || n > SYLLABLE_LETTERS_MAX) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (letters[i] < 'a' || letters[i] > 'z') {
            return false;
        }
        s.letters[i] = (struct letter){letters[i], SHAPE_NONE, TONE_NONE};
    }
    return parse(&s, true);
}
