/*
 * test_text_forms.c - canonical forms and looser keys: a golden file, every syllable in every spelling, and ICU.
 *
 * Syllables are spelled here by ICU's normaliser from base letters and marks, not by the tables under test.
 */
#include "tests/unit/test_text_support.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "base/buf.h"
#include "text/letter.h"
#include "text/syllable.h"

#define UNITS 1024

struct form {
    char text[TEXT_FORM_MAX];
    size_t len;
};

static struct form canonical(const char *word, size_t n)
{
    struct form f;
    f.len = syllable_canonical(word, n, f.text);
    assert_true(f.len <= TEXT_FORM_MAX);
    return f;
}

static void assert_form(const struct form *f, const char *expected, const char *word)
{
    if (f->len != strlen(expected) || memcmp(f->text, expected, f->len) != 0) {
        fail_msg("%s: got %.*s, expected %s", word, (int)f->len, f->text, expected);
    }
}

static void golden_forms(void **state)
{
    (void)state;
    char line[LINE_MAX_BYTES];
    size_t cases = 0;
    FILE *file = open_golden("text_forms.tsv");
    while (fgets(line, sizeof line, file) != NULL) {
        char *fields[5];
        if (split_fields(line, fields, 5) != 5) {
            continue;
        }
        struct form f = canonical(fields[0], unescape(fields[0]));
        assert_form(&f, fields[1], fields[0]);
        struct form looser;
        looser.len = text_fold_tone(f.text, f.len, looser.text);
        assert_form(&looser, fields[2], fields[0]);
        looser.len = text_fold(f.text, f.len, looser.text);
        assert_form(&looser, fields[3], fields[0]);
        assert_int_equal(text_has_marks(f.text, f.len), strcmp(fields[1], fields[3]) != 0);
        if (text_is_syllable(f.text, f.len) != (strcmp(fields[4], "yes") == 0)) {
            fail_msg("%s: syllable?", fields[0]);
        }
        cases++;
    }
    fclose(file);
    assert_true(cases > 120);
}

/* ---- every syllable in every spelling -------------------------------------------------------------------------- */

/* How a syllable is written: one of these for each tone place. */
enum spelling { PRECOMPOSED, DECOMPOSED, TONE_APART, TONE_BEFORE_SHAPE, UPPER_CASE, SPELLINGS };

static size_t to_utf8(const UChar *units, int32_t n, char *out, size_t max)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = 0;
    u_strToUTF8(out, (int32_t)max, &len, units, n, &status);
    assert_true(U_SUCCESS(status));
    return (size_t)len;
}

static int32_t normalise(bool compose, const UChar *in, int32_t n, UChar *out)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *form = compose ? unorm2_getNFCInstance(&status) : unorm2_getNFDInstance(&status);
    const int32_t len = unorm2_normalize(form, in, n, out, UNITS, &status);
    assert_true(U_SUCCESS(status));
    return len;
}

static int32_t lower_units(const char *utf8, UChar *out)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = 0;
    u_strFromUTF8(out, UNITS, &len, utf8, -1, &status);
    assert_true(U_SUCCESS(status));
    return len;
}

/* TONELESS (NFC, without tone) with the tone mark TONE on its character AT, spelled as SPELLING says. */
static size_t spell(const char *toneless, int32_t at, UChar tone, enum spelling spelling, char *out, size_t max)
{
    UChar in[UNITS];
    UChar joined[UNITS];
    UChar result[UNITS];
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = 0;
    const int32_t len = lower_units(toneless, in);
    for (int32_t i = 0; i < len; i++) {
        UChar marks[8];
        const int32_t count = normalise(false, in + i, 1, marks);
        const bool here = i == at && tone != 0;
        joined[n++] = spelling == TONE_APART ? in[i] : marks[0];
        if (here && spelling == TONE_BEFORE_SHAPE) {
            joined[n++] = tone;
        }
        for (int32_t k = 1; k < count && spelling != TONE_APART; k++) {
            joined[n++] = marks[k];
        }
        if (here && spelling != TONE_BEFORE_SHAPE) {
            joined[n++] = tone;
        }
    }
    if (spelling == TONE_APART || spelling == TONE_BEFORE_SHAPE) {
        return to_utf8(joined, n, out, max);
    }
    n = normalise(spelling != DECOMPOSED, joined, n, result);
    if (spelling == UPPER_CASE) {
        n = u_strToUpper(joined, UNITS, result, n, "", &status);
        return to_utf8(joined, n, out, max);
    }
    return to_utf8(result, n, out, max);
}

static bool is_vowel_at(const char *toneless, int32_t at)
{
    UChar in[UNITS];
    UChar parts[8];
    lower_units(toneless, in);
    normalise(false, in + at, 1, parts);
    return u_strchr(u"aeiouy", parts[0]) != NULL;
}

static int32_t units_of(const char *toneless)
{
    UChar in[UNITS];
    return lower_units(toneless, in);
}

/* All spellings of the syllable with the tone on any of its vowels have the same canonical form, a fixed point. */
static void check_syllable(const char *toneless, int32_t tone_place)
{
    static const UChar tones[] = {0, 0x300, 0x301, 0x309, 0x303, 0x323};
    char word[256];
    char expected[256];
    for (size_t t = 0; t < ARRAY_LEN(tones); t++) {
        expected[spell(toneless, tone_place, tones[t], PRECOMPOSED, expected, sizeof expected - 1)] = 0;
        for (int32_t at = 0; at < units_of(toneless); at++) {
            if (!is_vowel_at(toneless, at)) {
                continue;
            }
            for (enum spelling s = PRECOMPOSED; s < SPELLINGS; s++) {
                const size_t n = spell(toneless, at, tones[t], s, word, sizeof word - 1);
                word[n] = 0;
                const struct form f = canonical(word, n);
                assert_form(&f, expected, word);
                struct form by_icu;
                by_icu.len = syllable_canonical_icu(word, n, by_icu.text);
                assert_form(&by_icu, expected, word);
            }
        }
    }
}

/* Rimes with the place of their tone, counted in characters of the rime. */
static const struct {
    const char *rime;
    int32_t place;
} rimes[] = {{"a", 0},   {"ai", 0},   {"ao", 0},   {"au", 0},   {"ay", 0},  {"âu", 0},   {"ây", 0},  {"an", 0},
             {"ăng", 0}, {"ân", 0},   {"ach", 0},  {"e", 0},    {"eo", 0},  {"em", 0},   {"ê", 0},   {"êu", 0},
             {"ênh", 0}, {"i", 0},    {"ia", 0},   {"iu", 0},   {"iêu", 1}, {"iên", 1},  {"iêc", 1}, {"inh", 0},
             {"o", 0},   {"oi", 0},   {"oa", 0},   {"oe", 0},   {"oai", 1}, {"oay", 1},  {"oeo", 1}, {"oan", 1},
             {"oăn", 1}, {"oang", 1}, {"oen", 1},  {"oong", 1}, {"ong", 0}, {"ô", 0},    {"ôi", 0},  {"ông", 0},
             {"ơ", 0},   {"ơi", 0},   {"ơn", 0},   {"u", 0},    {"ua", 0},  {"ui", 0},   {"uy", 0},  {"uya", 1},
             {"uyu", 1}, {"uyên", 2}, {"uynh", 1}, {"uyt", 1},  {"uê", 1},  {"uênh", 1}, {"uân", 1}, {"uây", 1},
             {"uôi", 1}, {"uôn", 1},  {"uơ", 1},   {"ung", 0},  {"ư", 0},   {"ưa", 0},   {"ưi", 0},  {"ưu", 0},
             {"ươi", 1}, {"ươu", 1},  {"ương", 1}, {"ưng", 0}};

static void every_syllable_in_every_spelling(void **state)
{
    (void)state;
    static const char *const initials[] = {"",   "b",  "ch", "d", "đ", "h",  "kh", "l", "m",
                                           "ng", "nh", "ph", "r", "s", "th", "tr", "v", "x"};
    char word[64];
    for (size_t i = 0; i < ARRAY_LEN(initials); i++) {
        for (size_t r = 0; r < ARRAY_LEN(rimes); r++) {
            snprintf(word, sizeof word, "%s%s", initials[i], rimes[r].rime);
            check_syllable(word, units_of(initials[i]) + rimes[r].place);
        }
    }
    check_syllable("qua", 2);
    check_syllable("quân", 2);
    check_syllable("quyên", 3);
    check_syllable("quôc", 2);
    check_syllable("quai", 2);
    check_syllable("gia", 2);
    check_syllable("giêng", 2);
    check_syllable("giau", 2);
    check_syllable("gin", 1);
    check_syllable("gi", 1);
}

/* ---- any word, against ICU ------------------------------------------------------------------------------------- */

static uint32_t random_letter(struct random *r)
{
    static const struct {
        uint32_t first, count;
    } areas[] = {{'a', 26},   {'A', 26},      {0xC0, 0x190},   {0x1E00, 0x100}, {0x1EA0, 90},
                 {0x300, 70}, {0x370, 0x200}, {0x1F00, 0x100}, {0xAC00, 0x100}, {0x3040, 0x60}};
    const uint32_t area = random_below(r, random_below(r, 4) == 0 ? ARRAY_LEN(areas) : 5);
    return areas[area].first + random_below(r, areas[area].count);
}

/* NFC of the case-folded word, every đ alike, by ICU on strings. */
static size_t reference_form(const UChar *word, int32_t n, char *out, size_t max)
{
    UChar a[UNITS];
    UChar b[UNITS];
    UErrorCode status = U_ZERO_ERROR;
    n = normalise(false, word, n, a);
    n = u_strFoldCase(b, UNITS, a, n, U_FOLD_CASE_DEFAULT, &status);
    assert_true(U_SUCCESS(status));
    n = normalise(true, b, n, a);
    for (int32_t i = 0; i < n; i++) {
        a[i] = a[i] == 0xF0 || a[i] == 0x256 ? 0x111 : a[i];
    }
    return to_utf8(a, n, out, max);
}

static bool is_one_syllable(const struct form *f)
{
    return text_is_syllable(f->text, f->len);
}

static void words_are_folded_as_icu_folds_them(void **state)
{
    (void)state;
    struct random r = {21};
    size_t compared = 0;
    for (int round = 0; round < 300000; round++) {
        UChar word[16];
        char utf8[256];
        char expected[256];
        int32_t n = 0;
        for (uint32_t k = 1 + random_below(&r, 8); k > 0; k--) {
            const uint32_t c = random_letter(&r);
            if (!letter_is_invisible(c)) {
                word[n++] = (UChar)c;
            }
        }
        const size_t len = to_utf8(word, n, utf8, sizeof utf8);
        const struct form f = canonical(utf8, len);
        const struct form again = canonical(f.text, f.len);
        assert_int_equal(again.len, f.len);
        assert_memory_equal(again.text, f.text, f.len);
        if (is_one_syllable(&f)) {
            continue;
        }
        expected[reference_form(word, n, expected, sizeof expected - 1)] = 0;
        assert_form(&f, expected, utf8);
        compared++;
    }
    assert_true(compared > 200000);
}

static void each_character_alone(void **state)
{
    (void)state;
    for (uint32_t c = 0x80; c <= 0x10FFFF; c++) {
        char utf8[4];
        if (U_IS_SURROGATE(c) || !u_isdefined((UChar32)c)) {
            continue;
        }
        const size_t n = utf8_encode(c, utf8);
        const struct form f = canonical(utf8, n);
        struct form by_icu;
        by_icu.len = syllable_canonical_icu(utf8, n, by_icu.text);
        assert_int_equal(f.len, by_icu.len);
        assert_memory_equal(f.text, by_icu.text, f.len);
        const struct form again = canonical(f.text, f.len);
        assert_int_equal(again.len, f.len);
        assert_memory_equal(again.text, f.text, f.len);
        if (letter_is_invisible(c)) {
            assert_int_equal(f.len, 0);
        }
    }
}

/* ---- looser keys ----------------------------------------------------------------------------------------------- */

static void folding_twice_is_folding_once(void **state)
{
    (void)state;
    struct random r = {33};
    for (int round = 0; round < 300000; round++) {
        char utf8[256];
        size_t n = 0;
        for (uint32_t k = 1 + random_below(&r, 6); k > 0; k--) {
            n += utf8_encode(random_letter(&r), utf8 + n);
        }
        const struct form f = canonical(utf8, n);
        struct form tone;
        struct form full;
        struct form both;
        struct form again;
        tone.len = text_fold_tone(f.text, f.len, tone.text);
        full.len = text_fold(f.text, f.len, full.text);
        both.len = text_fold(tone.text, tone.len, both.text);
        again.len = text_fold(full.text, full.len, again.text);
        assert_int_equal(both.len, full.len);
        assert_memory_equal(both.text, full.text, full.len);
        assert_int_equal(again.len, full.len);
        assert_memory_equal(again.text, full.text, full.len);
    }
}

/* Latin words lose their marks as ICU's transliterator takes them away. */
static void latin_words_fold_as_icu_folds_them(void **state)
{
    (void)state;
    UErrorCode status = U_ZERO_ERROR;
    static const UChar rules[] = u":: NFD; :: [:Mn:] Remove; :: NFC; đ > d; ø > o; ł > l; ħ > h; ŧ > t; ı > i;";
    UTransliterator *fold = utrans_openU(u"fold", -1, UTRANS_FORWARD, rules, -1, NULL, &status);
    assert_true(U_SUCCESS(status));
    struct random r = {41};
    for (int round = 0; round < 20000; round++) {
        UChar units[UNITS];
        char utf8[256];
        char expected[256];
        size_t n = 0;
        for (uint32_t k = 1 + random_below(&r, 6); k > 0; k--) {
            const uint32_t c =
                random_below(&r, 2) == 0 ? 0xC0 + random_below(&r, 0x190) : 0x1E00 + random_below(&r, 256);
            n += utf8_encode(c == 0xD7 || c == 0xF7 ? 'q' : c, utf8 + n);
        }
        const struct form f = canonical(utf8, n);
        struct form full;
        full.len = text_fold(f.text, f.len, full.text);
        memcpy(utf8, f.text, f.len);
        utf8[f.len] = 0;
        int32_t len = lower_units(utf8, units);
        int32_t limit = len;
        utrans_transUChars(fold, units, &len, UNITS, 0, &limit, &status);
        assert_true(U_SUCCESS(status));
        expected[to_utf8(units, len, expected, sizeof expected - 1)] = 0;
        assert_form(&full, expected, utf8);
    }
    utrans_close(fold);
}

/* ---- whole texts ------------------------------------------------------------------------------------------------ */

static void nfc_of_a_text(void **state)
{
    (void)state;
    struct random r = {55};
    for (int round = 0; round < 300; round++) {
        char utf8[8192];
        UChar units[8192];
        UChar composed[8192];
        char expected[8192 * 3];
        size_t n = 0;
        int32_t count = 0;
        UErrorCode status = U_ZERO_ERROR;
        for (uint32_t k = random_below(&r, 2500); k > 0; k--) {
            const uint32_t c = random_below(&r, 6) == 0 ? ' ' : random_letter(&r);
            n += utf8_encode(c, utf8 + n);
            if (!letter_is_invisible(c)) {
                units[count++] = (UChar)c;
            }
        }
        count = unorm2_normalize(unorm2_getNFCInstance(&status), units, count, composed, 8192, &status);
        assert_true(U_SUCCESS(status));
        const size_t len = to_utf8(composed, count, expected, sizeof expected);
        struct buf out;
        buf_init(&out, sizeof expected);
        assert_true(text_nfc(utf8, n, &out));
        assert_int_equal(out.len, len);
        assert_memory_equal(buf_str(&out), expected, len);
        buf_free(&out);
    }
    struct buf out;
    buf_init(&out, 64);
    assert_true(text_nfc("a\xFF\n\tb\xC2\xAD"
                         "c",
                         8, &out));
    assert_string_equal(buf_str(&out), "a" UTF8_REPLACEMENT "\n\tbc");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_forms),
        cmocka_unit_test(every_syllable_in_every_spelling),
        cmocka_unit_test(words_are_folded_as_icu_folds_them),
        cmocka_unit_test(each_character_alone),
        cmocka_unit_test(folding_twice_is_folding_once),
        cmocka_unit_test(latin_words_fold_as_icu_folds_them),
        cmocka_unit_test(nfc_of_a_text),
    };
    return cmocka_run_group_tests_name("text forms", tests, NULL, NULL);
}
