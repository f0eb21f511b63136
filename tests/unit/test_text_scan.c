/*
 * test_text_scan.c - the fast path gives exactly the tokens that ICU gives with the rules of segment.c and without
 * tables: on hostile random text and on real articles.
 *
 * The articles are found through TRABAO_DATA, else in ../shared/data; the largest file is sampled unless
 * TRABAO_EXHAUSTIVE is set.
 */
#include "tests/unit/test_text_support.h"

#include <ctype.h>
#include <jansson.h>
#include <unicode/uchar.h>
#include <zstd.h>

#include "tests/unit/test_analyzer.h"
#include "tests/unit/test_sanitized.h"
#include "text/letter.h"
#include "text/run.h"
#include "text/tokens.h"

static struct text_tokens fast;
static struct text_tokens reference;

static int close_all(void **state)
{
    text_tokens_free(&fast);
    text_tokens_free(&reference);
    return close_analyzer(state);
}

/* ---- parts of the fast path, against something plain ----------------------------------------------------------- */

static void run_length_is_a_count(void **state)
{
    (void)state;
    struct random r = {11};
    for (int round = 0; round < 200000; round++) {
        unsigned char bytes[16];
        const uint32_t odd = random_below(&r, 17); /* most bytes belong to a run, so that all lengths occur */
        for (uint32_t i = 0; i < 16; i++) {
            bytes[i] = (unsigned char)(i == odd || round % 4 == 0 ? random_below(&r, 256) : 'a' + random_below(&r, 26));
        }
        unsigned length = 0;
        while (length < 16 && (bytes[length] >= 0x80 || isalnum(bytes[length]))) {
            length++;
        }
        const uint64_t lo = le64toh(LOAD(uint64_t, bytes));
        const uint64_t hi = le64toh(LOAD(uint64_t, bytes + 8));
        assert_int_equal(run_length(lo, hi), length);
        assert_int_equal(run_length_portable(lo, hi), length);
    }
}

static enum letter_class class_by_icu(UChar32 c)
{
    const uint32_t category = U_GET_GC_MASK(c);
    if ((category & (U_GC_M_MASK | U_GC_CF_MASK)) != 0) {
        return LETTER_EXTEND;
    }
    if (c >= '0' && c <= '9') {
        return LETTER_DIGIT;
    }
    if ((category & (U_GC_L_MASK | U_GC_ND_MASK)) != 0 || u_hasBinaryProperty(c, UCHAR_ALPHABETIC)) {
        return LETTER_ALPHA;
    }
    return LETTER_NONE;
}

static void classes_are_those_of_icu(void **state)
{
    (void)state;
    size_t known = 0;
    for (UChar32 c = 0; c <= 0x10FFFF; c++) {
        const enum letter_class class = letter_class_of((uint32_t)c);
        if (class != LETTER_FOREIGN) {
            known++;
            assert_int_equal(class, class_by_icu(c));
        }
        assert_int_equal(letter_is_blank((uint32_t)c), u_isUWhiteSpace(c) || c < 0x20 || c == 0x7F);
        if (letter_is_invisible((uint32_t)c)) {
            assert_true(u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT));
        } else if (c != 0x2065 && (U_GET_GC_MASK(c) & U_GC_CF_MASK) != 0 && c < 0x10000) {
            assert_true(!u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT));
        }
    }
    assert_true(known > 1000);
}

/* ---- both paths ------------------------------------------------------------------------------------------------ */

static bool same_tokens(void)
{
    if (fast.count != reference.count) {
        return false;
    }
    for (size_t i = 0; i < fast.count; i++) {
        const struct text_token *a = &fast.items[i];
        const struct text_token *b = &reference.items[i];
        if (a->start != b->start || a->end != b->end || a->kind != b->kind || a->colocated != b->colocated ||
            a->joined != b->joined || a->form_len != b->form_len ||
            memcmp(text_form(&fast, i), text_form(&reference, i), a->form_len) != 0) {
            return false;
        }
    }
    return true;
}

static void compare(const char *text, size_t n)
{
    assert_int_equal(text_tokenize(analyzer, text, n, &fast, NULL), TRABAO_OK);
    assert_int_equal(text_tokenize_by_icu(analyzer, text, n, &reference, NULL), TRABAO_OK);
    if (!same_tokens()) {
        fail_msg("the two paths differ on: %.*s", (int)MIN(n, 400), text);
    }
}

/* A code point from the neighbourhoods where the two paths could part; if not FOREIGN, one that the tables hold. */
static uint32_t random_character(struct random *r, bool foreign)
{
    static const struct {
        uint32_t first, count;
    } areas[] = {{0x20, 0x60},   {'0', 10},       {'a', 26},      {'a', 26},      {0, 0x100},    {0x100, 0x150},
                 {0x300, 0x70},  {0x300, 10},     {0x1E00, 0x100}, {0x1EA0, 90},  {0x2000, 0x65}, {0x200B, 5},
                 {',', 4},       {' ', 1},        {0xA0, 16},     {0xFEFF, 1},    {0xFFFD, 1},
                 /* foreign: */
                 {0x250, 0x300}, {0x370, 0x300},  {0xE00, 0x80},  {0x1100, 0x100}, {0x2100, 0x90}, {0x3000, 0x100},
                 {0x4E00, 50},   {0xAC00, 50},    {0xD7F0, 0x30}, {0xFE00, 0x200}, {0x1F600, 40},  {0xE0100, 10},
                 {0x20000, 10}};
    const uint32_t area = random_below(r, foreign ? ARRAY_LEN(areas) : 17);
    const uint32_t c = areas[area].first + random_below(r, areas[area].count);
    return c >= 0xD800 && c < 0xE000 ? 'x' : c;
}

static void hostile_characters(void **state)
{
    (void)state;
    struct random r = {3};
    char text[512];
    for (int round = 0; round < 200000; round++) {
        size_t n = 0;
        const bool foreign = round % 4 == 0;
        const bool damaged = round % 8 == 0;
        for (uint32_t k = random_below(&r, 30); k > 0; k--) {
            if (damaged && random_below(&r, 6) == 0) {
                text[n++] = (char)random_below(&r, 256);
            } else {
                n += utf8_encode(random_character(&r, foreign), text + n);
            }
        }
        compare(text, n);
    }
}

static void hostile_numbers(void **state)
{
    (void)state;
    static const char alphabet[] = "0123456789" "0123" "././-,- a";
    struct random r = {5};
    char text[64];
    for (int round = 0; round < 300000; round++) {
        size_t n = 0;
        for (uint32_t k = random_below(&r, 24); k > 0; k--) {
            const uint32_t which = random_below(&r, ARRAY_LEN(alphabet) + 2);
            if (which < ARRAY_LEN(alphabet) - 1) {
                text[n++] = alphabet[which];
            } else {
                n += utf8_encode(which % 2 == 0 ? 0x200B : which % 3 == 0 ? 0x301 : 0x111, text + n);
            }
        }
        compare(text, n);
    }
}

static void hostile_bytes(void **state)
{
    (void)state;
    struct random r = {9};
    char text[256];
    for (int round = 0; round < 50000; round++) {
        const uint32_t n = random_below(&r, sizeof text);
        for (uint32_t i = 0; i < n; i++) {
            text[i] = (char)random_below(&r, 256);
        }
        compare(text, n);
    }
}

static void long_runs_are_covered_whole(void **state)
{
    (void)state;
    enum { CHARACTERS = 100000 };
    struct random r = {13};
    char *text = malloc(CHARACTERS * 3);
    size_t n = 0;
    assert_non_null(text);
    for (size_t i = 0; i < CHARACTERS; i++) {
        n += utf8_encode(0x4E00 + random_below(&r, 0x5000), text + n);
    }
    compare(text, n);
    uint32_t covered = 0;
    for (size_t i = 0; i < fast.count; i++) {
        assert_int_equal(fast.items[i].start, covered);
        covered = fast.items[i].end;
    }
    assert_int_equal(covered, n);
    free(text);
}

/* ---- real articles --------------------------------------------------------------------------------------------- */

static void compare_article(const char *line, size_t n)
{
    json_t *record = json_loadb(line, n, 0, NULL);
    assert_non_null(record);
    const char *const fields[] = {"title", "body"};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        const json_t *field = json_object_get(record, fields[i]);
        if (json_is_string(field)) {
            compare(json_string_value(field), json_string_length(field));
        }
    }
    json_decref(record);
}

/* Calls compare_article for one of EVERY lines of a zstd-compressed file; returns the lines it saw. */
static size_t compare_file(FILE *file, size_t every)
{
    static char in_bytes[1 << 17];
    static char out_bytes[1 << 17];
    ZSTD_DStream *stream = ZSTD_createDStream();
    char *line = NULL;
    size_t line_len = 0;
    size_t capacity = 0;
    size_t lines = 0;
    assert_non_null(stream);
    for (size_t got; (got = fread(in_bytes, 1, sizeof in_bytes, file)) > 0;) {
        ZSTD_inBuffer in = {in_bytes, got, 0};
        ZSTD_outBuffer out = {out_bytes, sizeof out_bytes, sizeof out_bytes};
        while (in.pos < in.size || out.pos == out.size) {
            out.pos = 0;
            assert_false(ZSTD_isError(ZSTD_decompressStream(stream, &out, &in)));
            if (line_len + out.pos > capacity) {
                line = realloc(line, capacity = 2 * (line_len + out.pos));
            }
            assert_non_null(line);
            memcpy(line + line_len, out_bytes, out.pos);
            line_len += out.pos;
            char *start = line;
            for (char *end; (end = memchr(start, '\n', (size_t)(line + line_len - start))) != NULL; start = end + 1) {
                if (lines++ % every == 0) {
                    compare_article(start, (size_t)(end - start));
                }
            }
            line_len -= (size_t)(start - line);
            memmove(line, start, line_len);
        }
    }
    free(line);
    ZSTD_freeDStream(stream);
    return lines;
}

static void real_articles(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t every; /* one article of so many is compared, to keep the test short */
    } files[] = {{"tuoitre2024", 1}, {"trends_vn", 3}, {"headlines", 5}, {"vietnews", 100}};
    const char *folder = getenv("TRABAO_DATA");
    const bool exhaustive = getenv("TRABAO_EXHAUSTIVE") != NULL;
    const size_t sparser = SANITIZED ? 5 : 1;
    size_t lines = 0;
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s.jsonl.zst", folder != NULL ? folder : "../shared/data", files[i].name);
        FILE *file = fopen(path, "r");
        if (file == NULL) {
            continue;
        }
        lines += compare_file(file, exhaustive ? 1 : sparser * files[i].every);
        fclose(file);
    }
    if (lines == 0) {
        print_message("no articles: set TRABAO_DATA to the folder that has them\n");
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_length_is_a_count), cmocka_unit_test(classes_are_those_of_icu),
        cmocka_unit_test(hostile_characters),    cmocka_unit_test(hostile_numbers),
        cmocka_unit_test(hostile_bytes),         cmocka_unit_test(long_runs_are_covered_whole),
        cmocka_unit_test(real_articles),
    };
    return cmocka_run_group_tests_name("text scan", tests, open_analyzer, close_all);
}
