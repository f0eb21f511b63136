/*
 * test_base_memory.c - the allocation door, growable text, error messages, and HTML escaping read back by libxml2.
 */
#include "base/base.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <libxml/parser.h>

#include "base/buf.h"
#include "base/html_escape.h"
#include "base/mem.h"
#include "base/status.h"
#include "base/utf8.h"
#include "tests/unit/test_random.h"

/* ---- mem ------------------------------------------------------------------------------------------------------- */

static void the_kth_allocation_fails(void **state)
{
    (void)state;
    for (int ever = 0; ever <= 1; ever++) {
        void *blocks[5];
        const uint64_t before = mem_count();
        mem_fail_at(3, ever);
        for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
            blocks[i] = mem_alloc(i, 8);
        }
        mem_fail_at(0, false);
        assert_int_equal(mem_count() - before, 5);
        for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
            assert_int_equal(blocks[i] != NULL, i < 2 || (i > 2 && !ever));
            mem_free(blocks[i]);
        }
    }
    void *block = mem_alloc(1, 1);
    assert_non_null(block);
    mem_free(block);
}

static void sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    assert_null(mem_alloc(SIZE_MAX / 2, 4));
    assert_null(mem_zalloc(SIZE_MAX / 2, 4));
    char *block = mem_dup("abc", 3);
    assert_null(mem_resize(block, SIZE_MAX / 2, 4));
    assert_string_equal(block, "abc");
    mem_free(block);
}

static void arrays_grow_and_survive_failure(void **state)
{
    (void)state;
    uint32_t *items = NULL;
    size_t capacity = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        const size_t before = capacity;
        assert_true(mem_grow((void **)&items, &capacity, i + 1, sizeof *items));
        assert_true(capacity > i && (capacity == before || capacity >= 2 * before));
        items[i] = i;
    }
    uint32_t *const kept = items;
    const size_t full = capacity;
    mem_fail_at(1, false);
    assert_false(mem_grow((void **)&items, &capacity, capacity + 1, sizeof *items));
    mem_fail_at(0, false);
    assert_true(items == kept && capacity == full);
    for (uint32_t i = 0; i < 1000; i++) {
        assert_int_equal(items[i], i);
    }
    assert_false(mem_grow((void **)&items, &capacity, SIZE_MAX / 2, sizeof *items));
    mem_free(items);
}

/* ---- buf ------------------------------------------------------------------------------------------------------- */

/* Random appends against one array that is large enough. */
static void buffers_hold_what_was_appended(void **state)
{
    (void)state;
    for (int round = 0; round < 300; round++) {
        char expected[4096];
        size_t n = 0;
        const size_t ceiling = random_below(2000);
        struct buf b;
        buf_init(&b, ceiling);
        bool fits = true;
        for (int i = 0; i < 60 && fits; i++) {
            char piece[64];
            const int len = snprintf(piece, sizeof piece, "%.*s", (int)random_below(8), "vọng:)");
            fits = n + (size_t)len <= ceiling;
            memcpy(expected + n, piece, (size_t)len);
            n += fits ? (size_t)len : 0;
            switch (random_below(4)) {
            case 0:
                assert_int_equal(buf_append(&b, piece, (size_t)len), fits);
                break;
            case 1:
                assert_int_equal(buf_append_str(&b, piece), fits);
                break;
            case 2:
                assert_int_equal(buf_printf(&b, "%s", piece), fits);
                break;
            default:
                for (int k = 0; k < len; k++) {
                    buf_append_char(&b, piece[k]);
                }
                assert_int_equal(buf_failed(&b), !fits);
                n = fits ? n : b.len;
            }
        }
        assert_int_equal(b.len, n);
        assert_memory_equal(buf_str(&b), expected, n);
        assert_int_equal(buf_str(&b)[n], '\0');
        assert_int_equal(buf_append(&b, "", 0), fits);
        buf_free(&b);
    }
}

static void a_failed_buffer_stays_failed_until_cleared(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4);
    assert_string_equal(buf_str(&b), "");
    assert_true(buf_append_str(&b, "abcd"));
    assert_false(b.full);
    assert_false(buf_append_char(&b, 'e'));
    assert_true(b.full);
    assert_false(buf_append(&b, "", 0));
    assert_string_equal(buf_str(&b), "abcd");
    assert_null(buf_take(&b));
    buf_clear(&b);
    assert_false(b.full);
    assert_string_equal(buf_str(&b), "");
    assert_true(buf_printf(&b, "%d", 1234));
    assert_false(buf_printf(&b, "%s", "x"));
    buf_clear(&b);
    assert_null(buf_reserve(&b, SIZE_MAX));
    buf_clear(&b);
    mem_fail_at(1, false);
    buf_free(&b);
    assert_false(buf_append_char(&b, 'a'));
    mem_fail_at(0, false);
    assert_true(buf_failed(&b));
    buf_free(&b);
}

static void what_is_taken_is_the_takers(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    buf_append_str(&b, "tra báo");
    char *taken = buf_take(&b);
    assert_string_equal(taken, "tra báo");
    assert_int_equal(b.len, 0);
    buf_append_str(&b, "lại");
    assert_string_equal(taken, "tra báo");
    mem_free(taken);
    buf_free(&b);
    taken = buf_take(&b);
    assert_string_equal(taken, "");
    mem_free(taken);
    buf_free(&b);
}

/* ---- status ---------------------------------------------------------------------------------------------------- */

static void messages_are_cut_at_a_character(void **state)
{
    (void)state;
    struct trabao_error err;
    char text[3 * sizeof err.message];
    for (size_t shift = 0; shift < 4; shift++) {
        size_t n = shift;
        memset(text, 'a', shift);
        while (n + 4 < sizeof text) {
            memcpy(text + n, "\xE1\xBB\x87", 3);
            n += 3;
        }
        text[n] = '\0';
        assert_int_equal(error_set(&err, TRABAO_DATA, "%s", text), TRABAO_DATA);
        const size_t len = strlen(err.message);
        assert_true(len >= sizeof err.message - 4 && utf8_valid_prefix(err.message, len) == len);
        assert_int_equal(error_set_errno(&err, TRABAO_IO, ENOSPC, "%s", text), TRABAO_IO);
        assert_int_equal(utf8_valid_prefix(err.message, strlen(err.message)), strlen(err.message));
    }
    error_set_errno(&err, TRABAO_IO, ENOENT, "a.trabao: opening it");
    assert_string_equal(err.message, "a.trabao: opening it: No such file or directory");
    assert_int_equal(err.status, TRABAO_IO);
    assert_int_equal(error_no_memory(NULL), TRABAO_NO_MEMORY);
}

static void statuses_have_names(void **state)
{
    (void)state;
    static const enum trabao_status all[] = {TRABAO_OK,        TRABAO_NONE,     TRABAO_USAGE,
                                             TRABAO_DATA,      TRABAO_NO_INPUT, TRABAO_INTERNAL,
                                             TRABAO_NO_MEMORY, TRABAO_IO,       TRABAO_TIMEOUT};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(trabao_status_name(all[i]), trabao_status_name(all[k]));
        }
    }
    assert_non_null(trabao_status_name((enum trabao_status)12345));
}

/* ---- html_escape ----------------------------------------------------------------------------------------------- */

/* As element content and as attribute values in both kinds of quotes, TEXT comes back from a parser. */
static void check_escaped(const char *text, size_t n)
{
    struct buf page;
    buf_init(&page, 4096);
    buf_append_str(&page, "<p a=\"");
    html_escape(&page, text, n);
    buf_append_str(&page, "\" b='");
    html_escape(&page, text, n);
    buf_append_str(&page, "'>");
    html_escape(&page, text, n);
    assert_true(buf_append_str(&page, "</p>"));
    xmlDoc *doc = xmlReadMemory(page.data, (int)page.len, NULL, "UTF-8", XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (doc == NULL) {
        fail_msg("cannot be parsed: %s", page.data);
        return;
    }
    xmlNode *root = xmlDocGetRootElement(doc);
    xmlChar *got[] = {xmlGetProp(root, (const xmlChar *)"a"), xmlGetProp(root, (const xmlChar *)"b"),
                      xmlNodeGetContent(root)};
    for (size_t i = 0; i < ARRAY_LEN(got); i++) {
        assert_int_equal(xmlStrlen(got[i]), n);
        assert_memory_equal(got[i], text, n);
        xmlFree(got[i]);
    }
    assert_int_equal(xmlChildElementCount(root), 0);
    xmlFreeDoc(doc);
    buf_free(&page);
}

static void escaped_text_is_read_back_and_is_no_markup(void **state)
{
    (void)state;
    static const char *const pieces[] = {"<",   ">",    "&",    "\"",  "'",     "&amp;",      "&lt;script&gt;",   "<b>",
                                         "-->", "]]>",  "<!--", "a",   " ",     "tiếng Việt", "\xF0\x9F\x98\x80", "=x ",
                                         "/>",  "</p>", "<p>",  "%3C", "&#60;", "javascript:"};
    check_escaped("", 0);
    for (int round = 0; round < 5000; round++) {
        char text[256];
        size_t n = 0;
        for (uint32_t k = 1 + random_below(10); k > 0; k--) {
            n += (size_t)snprintf(text + n, sizeof text - n, "%s", pieces[random_below(ARRAY_LEN(pieces))]);
        }
        check_escaped(text, n);
    }
    xmlCleanupParser();
}

static void escaping_into_a_full_buffer_fails(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 8);
    assert_true(html_escape(&b, "a<b", 3));
    assert_string_equal(buf_str(&b), "a&lt;b");
    assert_false(html_escape(&b, "&", 1));
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kth_allocation_fails),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(arrays_grow_and_survive_failure),
        cmocka_unit_test(buffers_hold_what_was_appended),
        cmocka_unit_test(a_failed_buffer_stays_failed_until_cleared),
        cmocka_unit_test(what_is_taken_is_the_takers),
        cmocka_unit_test(messages_are_cut_at_a_character),
        cmocka_unit_test(statuses_have_names),
        cmocka_unit_test(escaped_text_is_read_back_and_is_no_markup),
        cmocka_unit_test(escaping_into_a_full_buffer_fails),
    };
    return cmocka_run_group_tests_name("base/memory", tests, NULL, NULL);
}
