/*
 * test_base_utf8.c - UTF-8 against a table of hostile sequences and, on every code point and on random bytes, ICU.
 */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <unicode/utf8.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tests/unit/test_random.h"

static const struct {
    const char *bytes;
    size_t n, valid; /* bytes; how many of them are valid at the start */
    size_t count;    /* characters, each invalid byte being one */
} TABLE[] = {
    {"", 0, 0, 0},
    {"abc", 3, 3, 3},
    {"a\0b", 3, 3, 3},
    {"Nguy\xE1\xBB\x85n", 8, 8, 6},
    {"\xF0\x9F\x98\x80", 4, 4, 1},
    {"\xF4\x8F\xBF\xBF", 4, 4, 1}, /* U+10FFFF */
    {"\xEF\xBF\xBF", 3, 3, 1},     /* a noncharacter is valid */
    {"\x80", 1, 0, 1},             /* continuation alone */
    {"a\xBF", 2, 1, 2},
    {"\xC0\x80", 2, 0, 2}, /* NUL in two bytes */
    {"\xC1\xBF", 2, 0, 2},
    {"\xE0\x80\x80", 3, 0, 3}, /* overlong */
    {"\xE0\x9F\xBF", 3, 0, 3},
    {"\xF0\x80\x80\x80", 4, 0, 4},
    {"\xF0\x8F\xBF\xBF", 4, 0, 4},
    {"\xED\xA0\x80", 3, 0, 3}, /* surrogates */
    {"\xED\xBF\xBF", 3, 0, 3},
    {"\xF4\x90\x80\x80", 4, 0, 4}, /* U+110000 */
    {"\xF5\x80\x80\x80", 4, 0, 4},
    {"\xF8\x88\x80\x80\x80", 5, 0, 5}, /* five bytes */
    {"\xFE\xFF", 2, 0, 2},
    {"ti\xE1\xBA", 4, 2, 4}, /* cut short */
    {"\xF0\x9F\x98", 3, 0, 3},
    {"\xE1\xBA\x41", 3, 0, 3}, /* the third byte is none */
    {"12345678\xE1\xBA\xBF"
     "1234567\xFF",
     19, 18, 17},
};

/* N bytes in a block of exactly their size, so that a sanitizer sees a step too far. */
static char *exact(const char *bytes, size_t n)
{
    char *block = mem_alloc(n, 1);
    assert_non_null(block);
    if (n) {
        memcpy(block, bytes, n);
    }
    return block;
}

static void hostile_sequences(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(TABLE); i++) {
        char *bytes = exact(TABLE[i].bytes, TABLE[i].n);
        if (utf8_valid_prefix(bytes, TABLE[i].n) != TABLE[i].valid || utf8_count(bytes, TABLE[i].n) != TABLE[i].count) {
            fail_msg("row %zu: %zu valid, %zu characters", i, utf8_valid_prefix(bytes, TABLE[i].n),
                     utf8_count(bytes, TABLE[i].n));
        }
        mem_free(bytes);
    }
}

static void every_code_point_as_icu_writes_it(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        char ours[4];
        uint8_t theirs[4];
        int32_t n = 0;
        uint32_t back;
        if (c >= 0xd800 && c <= 0xdfff) {
            continue;
        }
        U8_APPEND_UNSAFE(theirs, n, c);
        if (utf8_encode(c, ours) != (size_t)n || memcmp(ours, theirs, (size_t)n) != 0 ||
            utf8_decode(ours, (size_t)n, &back) != (size_t)n || back != c) {
            fail_msg("U+%04X", (unsigned)c);
        }
    }
}

/* Random bytes that come close to valid. */
static size_t random_bytes(char *out, size_t most)
{
    static const uint8_t likely[] = {0x00, 'a',  0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2,
                                     0xdf, 0xe0, 0xe1, 0xbb, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff};
    const size_t n = random_below((uint32_t)most + 1);
    for (size_t i = 0; i < n; i++) {
        out[i] = (char)likely[random_below(sizeof likely)];
    }
    return n;
}

static size_t valid_by_icu(const char *s, size_t n)
{
    int32_t i = 0, valid = 0;
    while (i < (int32_t)n) {
        UChar32 c;
        U8_NEXT((const uint8_t *)s, i, (int32_t)n, c);
        if (c < 0) {
            break;
        }
        valid = i;
    }
    return (size_t)valid;
}

static void random_bytes_are_valid_where_icu_says_so(void **state)
{
    (void)state;
    for (int round = 0; round < 200000; round++) {
        char bytes[24];
        const size_t n = random_bytes(bytes, sizeof bytes);
        char *block = exact(bytes, n);
        assert_int_equal(utf8_valid_prefix(block, n), valid_by_icu(block, n));
        mem_free(block);
    }
}

/* Long texts that are valid but for a byte or two, wherever these stand among the bytes looked at together. */
static void one_wrong_byte_is_found(void **state)
{
    (void)state;
    static const uint32_t below[] = {0x80, 0x80, 0x100, 0x800, 0x2000, 0x10000, 0x110000};
    for (int round = 0; round < 300000; round++) {
        char bytes[120];
        size_t n = 0;
        while (n + 4 <= sizeof bytes && random_below(60)) {
            const uint32_t c = random_below(below[random_below(ARRAY_LEN(below))]);
            n += c >= 0xd800 && c <= 0xdfff ? 0 : utf8_encode(c, bytes + n);
        }
        for (uint32_t wrong = n ? random_below(3) : 0; wrong; wrong--) {
            bytes[random_below((uint32_t)n)] = (char)random_below(256);
        }
        n -= random_below(2) && n ? 1 : 0;
        char *block = exact(bytes, n);
        assert_int_equal(utf8_valid_prefix(block, n), valid_by_icu(block, n));
        mem_free(block);
    }
}

/* The cut by stepping through from the start, which is what clipping promises without doing it. */
static size_t clip_by_stepping(const char *s, size_t n, size_t max)
{
    size_t at = 0;
    while (at < n) {
        uint32_t c;
        const size_t len = utf8_decode(s + at, n - at, &c);
        if (at + len > max) {
            break;
        }
        at += len;
    }
    return at;
}

static void clipping_splits_no_character(void **state)
{
    (void)state;
    for (int round = 0; round < 100000; round++) {
        char bytes[24];
        const size_t n = random_bytes(bytes, sizeof bytes);
        char *block = exact(bytes, n);
        for (size_t max = 0; max <= n + 1; max++) {
            assert_int_equal(utf8_clip(block, n, max), clip_by_stepping(block, n, max));
        }
        mem_free(block);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_sequences),
        cmocka_unit_test(every_code_point_as_icu_writes_it),
        cmocka_unit_test(random_bytes_are_valid_where_icu_says_so),
        cmocka_unit_test(one_wrong_byte_is_found),
        cmocka_unit_test(clipping_splits_no_character),
    };
    return cmocka_run_group_tests_name("base/utf8", tests, NULL, NULL);
}
