/*
 * test_text_keystroke.c - words typed without an input method: cases by hand, and every marked syllable of the sample
 * articles typed in several ways and read back.
 */
#include "tests/unit/test_text_support.h"

#include <dirent.h>

#include "base/buf.h"
#include "text/keystroke.h"
#include "text/letter.h"
#include "text/syllable.h"

#define KEYS_SIZE 64

static void assert_decodes(const char *keys, enum keystroke_method method, const char *expected)
{
    char out[TEXT_FORM_MAX + 1] = "";
    size_t len = 0;
    const enum keystroke_method got = keystroke_decode(keys, strlen(keys), out, &len);
    if (got != method) {
        fail_msg("%s: method %d, not %d (%.*s)", keys, (int)got, (int)method, (int)len, out);
    }
    if (len != strlen(expected) || memcmp(out, expected, len) != 0) {
        fail_msg("%s: got %.*s, expected %s", keys, (int)len, out, expected);
    }
}

static void cases_by_hand(void **state)
{
    (void)state;
    static const struct {
        const char *telex, *vni, *word;
    } cases[] = {
        {"vieejt", "vie65t", "việt"},      {"vietej", "viet65", "việt"},     {"vieetj", "vie6t5", "việt"},
        {"ddaf", "d9a2", "đà"},            {"dangd", "dang9", "đang"},       {"ddoongf", "d9o6ng2", "đồng"},
        {"dduwowngf", "d9u7o7ng2", "đường"}, {"duongwfd", "duong729", "đường"}, {"nguoiwf", "nguoi72", "người"},
        {"nguwowif", "ngu7o7i2", "người"}, {"thuowr", "thuo73", "thuở"},     {"thuowng", "thuo7ng", "thương"},
        {"tw", "tu7", "tư"},               {"wowcs", "u7o7c1", "ước"},       {"huw", "hu7", "hư"},
        {"tuwf", "tu72", "từ"},            {"tuwr", "tu73", "tử"},           {"vongf", "vong2", "vòng"},
        {"vongj", "vong5", "vọng"},        {"hoaf", "hoa2", "hòa"},          {"hofa", "ho2a", "hòa"},
        {"thuys", "thuy1", "thúy"},        {"tyr", "ty3", "tỉ"},             {"lys", "ly1", "lí"},
        {"quys", "quy1", "quí"},           {"Vys", "", ""},                  {"gif", "gi2", "gì"},
        {"giawjt", "gia85t", "giặt"},      {"quawngj", "qua8ng5", "quặng"},  {"mwa", "mu7a", "mưa"},
        {"muaw", "mua7", "mưa"},           {"luuw", "luu7", "lưu"},          {"huouw", "huou7", "hươu"},
        {"nghieengs", "nghie6ng1", "nghiếng"}, {"khuyur", "khuyu3", "khuỷu"}, {"ngoeof", "ngoeo2", "ngoèo"},
        {"loawts", "loa8t1", "loắt"},      {"xuaan", "xua6n", "xuân"},       {"cafs", "ca21", ""},
        {"owr", "o73", "ở"},               {"ys", "y1", "ý"},                {"as", "a1", "á"},
        {"ddawsk", "d9a81k", "đắk"},       {"lawks", "la8k1", "lắk"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const bool none = cases[i].word[0] == '\0';
        assert_decodes(cases[i].telex, none ? KEYSTROKE_NONE : KEYSTROKE_TELEX, cases[i].word);
        if (cases[i].vni[0]) {
            assert_decodes(cases[i].vni, none ? KEYSTROKE_NONE : KEYSTROKE_VNI, cases[i].word);
        }
    }
}

static void what_is_no_keystrokes(void **state)
{
    (void)state;
    static const char *const words[] = {
        "",         "a",       "nam",    "viet",   "việt", "viêjt",  "covid19", "b52",  "iphone14", "abc1", "u23",
        "18h30",    "g7",      "mp3",    "h5n1",   "vtv1", "2024",   "9d",      "6a",   "samsung",  "next", "facebook",
        "viejt",    "vieft",   "vieet",  "vieejjt", "caa",  "caw",    "dd",      "w",    "ww",       "aaa",  "d9",
        "tiengs",   "tieng61x", "vie6jt", "xyz1",   "windows", "wow",    "cc1",  "a12",      "o",    "iphones14",
        "nghieengfnghieengf"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        assert_decodes(words[i], KEYSTROKE_NONE, "");
    }
}

/* ---- the round trip -------------------------------------------------------------------------------------------- */

enum style { AT_ONCE, SHAPES_LAST, TONE_FIRST, STYLES };

static char tone_key(uint8_t tone, bool vni)
{
    static const char telex[] = {[TONE_GRAVE] = 'f', [TONE_ACUTE] = 's', [TONE_HOOK] = 'r', [TONE_TILDE] = 'x',
                                 [TONE_DOT] = 'j'};
    static const char digits[] = {[TONE_GRAVE] = '2', [TONE_ACUTE] = '1', [TONE_HOOK] = '3', [TONE_TILDE] = '4',
                                  [TONE_DOT] = '5'};
    return vni ? digits[tone] : telex[tone];
}

static char shape_key(struct letter letter, bool vni)
{
    switch (letter.shape) {
    case SHAPE_CIRCUMFLEX:
        return vni ? '6' : letter.base;
    case SHAPE_HORN:
        return vni ? '7' : 'w';
    case SHAPE_BREVE:
        return vni ? '8' : 'w';
    default:
        return vni ? '9' : 'd';
    }
}

/*
 * Types FORM: each shape behind its letter and the tone at the end, or all shapes behind the letters (one key for ươ),
 * or the tone right behind its vowel.
 */
static void type(const char *form, size_t n, bool vni, enum style style, char *out)
{
    char shapes[8], tone = '\0';
    size_t len = 0, shape_count = 0;
    for (size_t i = 0; i < n;) {
        uint32_t c;
        i += utf8_decode(form + i, n - i, &c);
        const struct letter letter = letter_split(c);
        out[len++] = letter.base;
        if (letter.shape != SHAPE_NONE) {
            const char key = shape_key(letter, vni);
            if (style != SHAPES_LAST) {
                out[len++] = key;
            } else if (letter.shape != SHAPE_HORN || shape_count == 0 || shapes[shape_count - 1] != key) {
                shapes[shape_count++] = key;
            }
        }
        if (letter.tone != TONE_NONE && style == TONE_FIRST) {
            out[len++] = tone_key(letter.tone, vni);
        } else if (letter.tone != TONE_NONE) {
            tone = tone_key(letter.tone, vni);
        }
    }
    for (size_t i = 0; i < shape_count; i++) {
        out[len++] = shapes[i];
    }
    if (tone) {
        out[len++] = tone;
    }
    out[len] = '\0';
}

static size_t type_and_decode(const char *form, size_t n)
{
    char keys[KEYS_SIZE], expected[TEXT_FORM_MAX + 1];
    snprintf(expected, sizeof expected, "%.*s", (int)n, form);
    for (int vni = 0; vni < 2; vni++) {
        for (enum style style = 0; style < STYLES; style++) {
            type(form, n, vni, style, keys);
            assert_decodes(keys, vni ? KEYSTROKE_VNI : KEYSTROKE_TELEX, expected);
        }
    }
    return 1;
}

/* A syllable of today's spelling: those of other spellings (Kạn, xít) pass as well, but not viêt or ă. */
static bool is_typed_so(const char *form, size_t n)
{
    char folded[TEXT_FORM_MAX], toneless[TEXT_FORM_MAX];
    if (!text_has_marks(form, n) || !syllable_is_shape(form, n)) {
        return false;
    }
    const size_t f = text_fold(form, n, folded);
    const size_t t = text_fold_tone(form, n, toneless);
    const bool toned = t != n || memcmp(toneless, form, n) != 0;
    const bool stopped = strchr("ckpt", folded[f - 1]) != NULL || (f > 1 && memcmp(folded + f - 2, "ch", 2) == 0);
    return (toned || !stopped) && f > 1;
}

static size_t round_trip_of_text(struct text_analyzer *analyzer, const char *text, size_t n)
{
    struct text_tokens tokens = {0};
    size_t typed = 0;
    assert_int_equal(text_tokenize(analyzer, text, n, &tokens, NULL), TRABAO_OK);
    for (size_t i = 0; i < tokens.count; i++) {
        if (is_typed_so(text_form(&tokens, i), tokens.items[i].form_len)) {
            typed += type_and_decode(text_form(&tokens, i), tokens.items[i].form_len);
        }
    }
    text_tokens_free(&tokens);
    return typed;
}

static size_t round_trip_of_file(struct text_analyzer *analyzer, const char *path)
{
    static char text[1 << 20];
    FILE *file = fopen(path, "r");
    if (!file) {
        fail_msg("%s cannot be opened", path);
    }
    const size_t n = fread(text, 1, sizeof text, file);
    fclose(file);
    return round_trip_of_text(analyzer, text, n);
}

static size_t round_trip_of_folder(struct text_analyzer *analyzer, const char *name)
{
    static const char here[] = __FILE__;
    char folder[1024], path[2048];
    size_t typed = 0;
    snprintf(folder, sizeof folder, "%.*s/../../corpus/%s", (int)(strrchr(here, '/') - here), here, name);
    DIR *files = opendir(folder);
    assert_non_null(files);
    for (const struct dirent *entry = readdir(files); entry; entry = readdir(files)) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        typed += entry->d_type == DT_REG ? round_trip_of_file(analyzer, path) : 0;
    }
    closedir(files);
    return typed;
}

static void round_trip(void **state)
{
    (void)state;
    struct text_analyzer *analyzer;
    assert_int_equal(text_analyzer_open(&analyzer, NULL), TRABAO_OK);
    assert_true(round_trip_of_folder(analyzer, "samples/pages") > 3000);
    assert_true(round_trip_of_folder(analyzer, "samples") > 3000); /* keys of JSON are words without marks */
    text_analyzer_close(analyzer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_by_hand),
        cmocka_unit_test(what_is_no_keystrokes),
        cmocka_unit_test(round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
