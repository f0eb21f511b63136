/*
 * keystroke.c - a search over what each key can be: a letter, a tone, or the shape of a letter typed before it. The
 * first reading that makes a syllable counts; a shape goes to the nearest letter that can bear it first, and to the
 * pair ươ after that, so that thuowr is thuở and thuown thươn.
 */
#include "text/keystroke.h"

#include "base/utf8.h"
#include "text/letter.h"
#include "text/syllable.h"

#define KEYS_MAX 12   /* nghieengf and the like: no syllable has more keys */
#define LETTERS_MAX 7 /* nghiêng */

struct typing {
    const char *keys;
    size_t n;
    bool vni;
    struct letter letters[LETTERS_MAX];
    size_t count;
    uint8_t tone;
    char *out;
    size_t len;
};

static bool decode_from(struct typing *t, size_t i);

/* ---- what a key can be ----------------------------------------------------------------------------------------- */

/* The place of KEY in KEYS, or -1. */
static int place_in(const char *keys, char key)
{
    const char *at = strchr(keys, key);
    return at == NULL ? -1 : (int)(at - keys);
}

static uint8_t tone_of(const struct typing *t, char key)
{
    static const uint8_t tones[] = {TONE_ACUTE, TONE_GRAVE, TONE_HOOK, TONE_TILDE, TONE_DOT};
    const int place = place_in(t->vni ? "12345" : "sfrxj", key);
    return place < 0 ? TONE_NONE : tones[place];
}

/* The shape that KEY gives to a letter BASE typed before it. */
static uint8_t shape_of(const struct typing *t, char key, char base)
{
    static const struct {
        char telex, vni;
        const char *bearers;
        uint8_t shape;
    } shapes[] = {{'a', '6', "a", SHAPE_CIRCUMFLEX}, {'e', '6', "e", SHAPE_CIRCUMFLEX},
                  {'o', '6', "o", SHAPE_CIRCUMFLEX}, {'w', '7', "ou", SHAPE_HORN},
                  {'w', '8', "a", SHAPE_BREVE},      {'d', '9', "d", SHAPE_STROKE}};
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
        if ((t->vni ? shapes[i].vni : shapes[i].telex) == key && place_in(shapes[i].bearers, base) >= 0) {
            return shapes[i].shape;
        }
    }
    return SHAPE_NONE;
}

/* ---- the search ------------------------------------------------------------------------------------------------ */

static bool as_letter(struct typing *t, size_t i, struct letter letter)
{
    if (t->count == LETTERS_MAX) {
        return false;
    }
    t->letters[t->count++] = letter;
    const bool found = decode_from(t, i + 1);
    t->count--;
    return found;
}

static bool as_tone(struct typing *t, size_t i, uint8_t tone)
{
    t->tone = tone;
    const bool found = decode_from(t, i + 1);
    t->tone = TONE_NONE;
    return found;
}

static bool as_shape(struct typing *t, size_t i)
{
    for (size_t k = t->count; k-- > 0;) {
        struct letter *letter = &t->letters[k];
        const uint8_t shape = shape_of(t, t->keys[i], letter->base);
        if (shape == SHAPE_NONE || letter->shape != SHAPE_NONE) {
            continue;
        }
        letter->shape = shape;
        bool found = decode_from(t, i + 1);
        if (!found && k > 0 && letter->base == 'o' && shape == SHAPE_HORN && letter[-1].base == 'u' &&
            letter[-1].shape == SHAPE_NONE) {
            letter[-1].shape = SHAPE_HORN;
            found = decode_from(t, i + 1);
            letter[-1].shape = SHAPE_NONE;
        }
        letter->shape = SHAPE_NONE;
        if (found) {
            return true;
        }
    }
    return false;
}

static bool has_vowel(const struct typing *t)
{
    size_t i = 0;
    while (i < t->count && !letter_is_vowel(t->letters[i].base)) {
        i++;
    }
    return i < t->count;
}

/* True when the letters are what no syllable is, though the grammar of canonical forms lets it pass. */
static bool is_unsayable(const struct typing *t)
{
    const struct letter last = t->letters[t->count - 1];
    const struct letter before = t->count > 1 ? t->letters[t->count - 2] : (struct letter){0};
    const bool stopped = last.base == 'c' || last.base == 'k' || last.base == 'p' || last.base == 't' ||
                         (last.base == 'h' && before.base == 'c');
    if (stopped) {
        return t->tone != TONE_ACUTE && t->tone != TONE_DOT;
    }
    return last.base == 'a' && last.shape != SHAPE_NONE;
}

/* All keys are read: true if they make a syllable with some mark, which is then written. */
static bool finish(struct typing *t)
{
    bool marked = t->tone != TONE_NONE;
    if (!has_vowel(t) || is_unsayable(t)) {
        return false;
    }
    char word[LETTERS_MAX * 4];
    size_t n = 0;
    bool toned = false;
    for (size_t i = 0; i < t->count; i++) {
        struct letter letter = t->letters[i];
        marked = marked || letter.shape != SHAPE_NONE;
        if (!toned && letter_is_vowel(letter.base)) {
            letter.tone = t->tone; /* anywhere: the canonical form has it in its place */
            toned = true;
        }
        n += utf8_encode(letter_join(letter), word + n);
    }
    if (!marked || !syllable_is_shape(word, n)) {
        return false;
    }
    t->len = syllable_canonical(word, n, t->out);
    return true;
}

static bool decode_from(struct typing *t, size_t i)
{
    if (i == t->n) {
        return finish(t);
    }
    const char key = t->keys[i];
    const uint8_t tone = tone_of(t, key);
    if (tone != TONE_NONE && has_vowel(t)) {
        return t->tone == TONE_NONE && as_tone(t, i, tone);
    }
    if (as_shape(t, i)) {
        return true;
    }
    if (key == 'w' && !t->vni) {
        return as_letter(t, i, (struct letter){'u', SHAPE_HORN, TONE_NONE});
    }
    return !letter_is_digit(key) && as_letter(t, i, (struct letter){key, SHAPE_NONE, TONE_NONE});
}

enum keystroke_method keystroke_decode(const char *word, size_t n, char *out, size_t *len)
{
    struct typing t = {.keys = word, .n = n, .out = out};
    if (n < 2 || n > KEYS_MAX) {
        return KEYSTROKE_NONE;
    }
    for (size_t i = 0; i < n; i++) {
        if (letter_is_digit(word[i])) {
            t.vni = true;
        } else if (word[i] < 'a' || word[i] > 'z') {
            return KEYSTROKE_NONE;
        }
    }
    if (!decode_from(&t, 0)) {
        return KEYSTROKE_NONE;
    }
    *len = t.len;
    return t.vni ? KEYSTROKE_VNI : KEYSTROKE_TELEX;
}
