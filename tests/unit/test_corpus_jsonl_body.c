/*
 * test_corpus_jsonl_body.c - lines with their body taken out against Jansson's reading of them whole: lines put
 * together from pieces, right and wrong, and every beginning of some.
 */
#include "base/base.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/mem.h"
#include "corpus/jsonl_body.h"

#define LINES 60000
#define LINE_MAX_BYTES 8192

static const char *const names[] = {"body", "content", "text"};

static struct buf rest, taken;
static uint64_t state = 1;

static uint32_t any_below(uint32_t limit)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33) % limit;
}

/* The line, whole, must be what the rest and the body are together. True when there is a body and Jansson agrees. */
static bool compare(const char *line, size_t n)
{
    json_error_t problem;
    struct jsonl_body body;
    if (!jsonl_body_take(line, n, names, ARRAY_LEN(names), &rest, &taken, &body)) {
        return false;
    }
    json_t *whole = json_loadb(line, n, JSON_ALLOW_NUL, &problem);
    json_t *parts = json_loadb(rest.data, rest.len, JSON_ALLOW_NUL, &problem);
    if (!whole != !parts)
        fail_msg("%.*s: Jansson reads %s", (int)n, line, whole ? "it whole alone" : "the rest alone");
    const bool read = whole && json_is_object(whole);
    if (read) {
        assert_int_equal(json_string_length(json_object_get(parts, body.key)), 0);
        assert_int_equal(json_object_set_new(parts, body.key, json_stringn(body.text, body.len)), 0);
        if (!json_equal(whole, parts))
            fail_msg("%.*s: another object", (int)n, line);
    }
    json_decref(whole);
    json_decref(parts);
    return read;
}

static const char *any_of(const char *const *pieces, size_t count)
{
    return pieces[any_below((uint32_t)count)];
}

/* A string as it stands between quotes; WRONG: it may be none. */
static size_t add_text(char *out, bool wrong)
{
    static const char *const good[] = {"Hà Nội ",         "a", "\\n", "\\\"", "\\\\", "\\/", "{", "]", ":", ", ",
                                       "\\t\\r\\b\\f", "đường phố, nhà cửa, ", "😀", "\x7f"};
    static const char *const bad[] = {"\\u0041", "\\u0000", "\\ud83d\\ude00", "\\ud83d", "\\x", "\x01", "\xff",
                                      "\xc0\x80", "\"", "\\", "\t", "\xed\xa0\x80"};
    size_t n = 0;
    for (uint32_t i = any_below(3) ? 60 : any_below(8); i > 0; i--) {
        n += (size_t)snprintf(out + n, 64, "%s", any_of(good, ARRAY_LEN(good)));
    }
    if (wrong && any_below(6) == 0) {
        n += (size_t)snprintf(out + n, 64, "%s", any_of(bad, ARRAY_LEN(bad)));
        n += (size_t)snprintf(out + n, 64, "%s", any_of(good, ARRAY_LEN(good)));
    }
    return n;
}

static size_t add_value(char *out, bool wrong)
{
    static const char *const others[] = {"null", "12", "-1.5", "true", "[]", "{}", "[1, \"body\"]", "\"\"", "\"body\"",
                                         "{\"body\": \"in here\", \"text\": [\"x\"]}", "[{\"body\":\"1\"}]"};
    if (any_below(3) == 0) {
        return (size_t)snprintf(out, 64, "%s", any_of(others, ARRAY_LEN(others)));
    }
    size_t n = 0;
    out[n++] = '"';
    n += add_text(out + n, wrong);
    out[n++] = '"';
    return n;
}

static size_t make_line(char *line, bool wrong)
{
    static const char *const keys[] = {"id", "title", "body", "content", "text", "bod\\u0079", "extra", "", "bo\\\"dy"};
    static const char *const colons[] = {":", ": ", " : ", "\t:\n"};
    static const char *const commas[] = {",", ", ", " ,  "};
    static const char *const slips[] = {"{", "}", "[", "\"", ",", ":", "x", "\\"};
    const uint32_t fields = 1 + any_below(5);
    size_t n = 0;
    line[n++] = wrong && any_below(40) == 0 ? '[' : '{';
    for (uint32_t f = 0; f < fields; f++) {
        n += (size_t)snprintf(line + n, 64, "%s\"%s\"%s", f ? any_of(commas, ARRAY_LEN(commas)) : "",
                              any_of(keys, any_below(3) ? 3 : ARRAY_LEN(keys)), any_of(colons, ARRAY_LEN(colons)));
        n += add_value(line + n, wrong);
        if (wrong && any_below(40) == 0) {
            n += (size_t)snprintf(line + n, 64, "%s", any_of(slips, ARRAY_LEN(slips)));
        }
    }
    line[n++] = '}';
    return n;
}

static void test_lines_from_pieces(void **context TRABAO_UNUSED)
{
    char line[LINE_MAX_BYTES];
    unsigned taken_out = 0;
    for (unsigned i = 0; i < LINES; i++) {
        taken_out += compare(line, make_line(line, i % 2 != 0));
    }
    assert_in_range(taken_out, LINES / 10, LINES);
}

static void test_beginnings(void **context TRABAO_UNUSED)
{
    char line[LINE_MAX_BYTES];
    for (unsigned i = 0; i < 40; i++) {
        const size_t n = make_line(line, false);
        for (size_t k = 0; k < n; k++) {
            char *copy = mem_dup(line, k);
            assert_non_null(copy);
            compare(copy, k);
            mem_free(copy);
        }
    }
}

static void take(const char *beginning, bool expected)
{
    char line[512];
    struct jsonl_body body;
    static const char text[] = "Một đoạn văn đủ dài để được lấy ra khỏi dòng, không có gì lạ cả.\\n";
    const int n = snprintf(line, sizeof line, "%s%s\"}", beginning, text);
    assert_int_equal(jsonl_body_take(line, (size_t)n, names, ARRAY_LEN(names), &rest, &taken, &body), expected);
    if (expected) {
        assert_memory_equal(body.text + body.len - 2, ".\n", 2);
        assert_memory_equal(rest.data, beginning, strlen(beginning));
        assert_string_equal(buf_str(&rest) + strlen(beginning), "\"}");
    }
}

/* What an ordinary line is, and what is left to Jansson though it is right. */
static void test_which_are_taken(void **context TRABAO_UNUSED)
{
    take("{\"id\": 1, \"body\": \"", true);
    take("{\"content\":\"", true);
    take("{\"a\": {\"body\": 1}, \"text\" : \"", true);
    take("{\"title\": \"", false);
    take("{\"body\": \"short\", \"body\": \"", false);
    take("{\"body\": \"short\", \"text\": \"", false);
    take("{\"bod\\u0079\": \"short\", \"body\": \"", false);
    take("{\"a\": {\"body\": \"", false);
    take("{\"body\": \"\\u0110", false);
    take("{\"body\": \"\x01", false);
    take("{\"body\": \"\xff", false);
}

static int open_buffers(void **context TRABAO_UNUSED)
{
    buf_init(&rest, (size_t)1 << 20);
    buf_init(&taken, (size_t)1 << 20);
    return 0;
}

static int free_buffers(void **context TRABAO_UNUSED)
{
    buf_free(&rest);
    buf_free(&taken);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines_from_pieces), cmocka_unit_test(test_beginnings),
                                       cmocka_unit_test(test_which_are_taken)};
    return cmocka_run_group_tests(tests, open_buffers, free_buffers);
}
