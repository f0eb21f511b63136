/*
 * test_server_page.c - HTML: numbers, dates, marks, paragraphs, addresses, and pages of hostile text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "server/page.h"

static void expect(struct buf *out, const char *text)
{
    assert_false(buf_failed(out));
    assert_string_equal(buf_str(out), text);
    buf_clear(out);
}

static void test_numbers(void **state TRABAO_UNUSED)
{
    static const struct {
        uint64_t number;
        const char *text;
    } numbers[] = {{0, "0"},
                   {7, "7"},
                   {999, "999"},
                   {1000, "1.000"},
                   {1234567, "1.234.567"},
                   {UINT64_MAX, "18.446.744.073.709.551.615"}};
    static const struct {
        double number;
        const char *text;
    } decimals[] = {{0, "0"},        {1.9, "1,9"},   {1.94, "1,9"},     {1.96, "2"}, {0.04, "0"},
                    {99.94, "99,9"}, {123.4, "123"}, {1234.5, "1.234"}, {-1, "0"}};
    struct buf out;
    buf_init(&out, 4096);
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        html_number(&out, numbers[i].number);
        expect(&out, numbers[i].text);
    }
    for (size_t i = 0; i < ARRAY_LEN(decimals); i++) {
        html_decimal(&out, decimals[i].number);
        expect(&out, decimals[i].text);
    }
    buf_free(&out);
}

static void test_dates(void **state TRABAO_UNUSED)
{
    static const char *const dates[][2] = {
        {"2020-07-20", "20/7/2020"},
        {"2020-07", "7/2020"},
        {"2020", "2020"},
        {"2020-07-20T09:05:00", "20/7/2020"},
        {"1899-12-31", "31/12/1899"},
        {"<b>", "&lt;b&gt;"},
        {"", ""},
    };
    struct buf out;
    buf_init(&out, 4096);
    for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
        html_date_text(&out, dates[i][0]);
        expect(&out, dates[i][1]);
    }
    html_date(&out, "2020-07-20", true);
    expect(&out, "<time datetime=\"2020-07-20\">20/7/2020</time>");
    html_date(&out, "2020-07-20T09:05:00", true);
    expect(&out, "<time datetime=\"2020-07-20T09:05:00\">9:05 20/7/2020</time>");
    html_date(&out, "2020-07-20T19:05:00", false);
    expect(&out, "<time datetime=\"2020-07-20T19:05:00\">20/7/2020</time>");
    buf_free(&out);
}

static void test_web_addresses(void **state TRABAO_UNUSED)
{
    assert_true(html_is_web_address("https://a.example/"));
    assert_true(html_is_web_address("HTTP://a.example/"));
    static const char *const bad[] = {
        "javascript:alert(1)", " http://a",     "data:text/html,x", "ftp://a", "//a", "http:/a", "",
        "httpss://a",          "java\nscript:x"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(html_is_web_address(bad[i]));
    }
    assert_false(html_is_web_address(NULL));
}

/* ---- marks --------------------------------------------------------------------------------------------------- */

/* Random text with random marks, from a small generator of its own, so that a failure can be repeated. */
static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

struct random_text {
    char text[64];
    struct trabao_mark marks[8];
    struct trabao_marked marked;
};

static void make_random(struct random_text *out, const char *letters, uint32_t *seed)
{
    const size_t n = draw(seed) % (sizeof out->text - 1);
    for (size_t i = 0; i < n; i++) {
        out->text[i] = letters[draw(seed) % strlen(letters)];
    }
    out->text[n] = '\0';
    size_t count = 0;
    for (size_t at = draw(seed) % 10; at < n && count < ARRAY_LEN(out->marks); count++) {
        const size_t wanted = at + 1 + draw(seed) % 6;
        const size_t end = MIN(wanted, n);
        out->marks[count] = (struct trabao_mark){(uint32_t)at, (uint32_t)end};
        at = end + draw(seed) % 8;
    }
    out->marked = (struct trabao_marked){out->text, n, out->marks, count};
}

/* Byte by byte: is it inside a mark, and does one begin here? */
static void mark_by_brute_force(const struct trabao_marked *marked, struct buf *out)
{
    for (uint32_t i = 0; i <= marked->len; i++) {
        for (size_t m = 0; m < marked->mark_count; m++) {
            if (marked->marks[m].end == i) {
                buf_append_str(out, "</mark>");
            }
        }
        for (size_t m = 0; m < marked->mark_count; m++) {
            if (marked->marks[m].start == i) {
                buf_append_str(out, "<mark>");
            }
        }
        const char c = marked->text[i];
        if (i < marked->len && c == '<') {
            buf_append_str(out, "&lt;");
        } else if (i < marked->len) {
            buf_append_char(out, c);
        }
    }
}

static void test_marks_equal_brute_force(void **state TRABAO_UNUSED)
{
    uint32_t seed = 1;
    struct buf ours, theirs;
    buf_init(&ours, 1 << 16);
    buf_init(&theirs, 1 << 16);
    for (int i = 0; i < 20000; i++) {
        struct random_text random;
        make_random(&random, "abc <", &seed);
        html_marked(&ours, &random.marked);
        mark_by_brute_force(&random.marked, &theirs);
        assert_string_equal(buf_str(&ours), buf_str(&theirs));
        buf_clear(&ours);
        buf_clear(&theirs);
    }
    buf_free(&ours);
    buf_free(&theirs);
}

static void test_paragraphs(void **state TRABAO_UNUSED)
{
    static const char text[] = "\n\n  Một hai\nba \xC2\xA0\n \xC2\xA0\t\r\n\n\xC2\xA0"
                               "bốn năm\n";
    /* "hai\nba" is one mark over a line end; the other one is "bốn". */
    const char *hai = strstr(text, "hai"), *bon = strstr(text, "bốn");
    const struct trabao_mark marks[] = {{(uint32_t)(hai - text), (uint32_t)(hai - text) + 6},
                                        {(uint32_t)(bon - text), (uint32_t)(bon - text) + (uint32_t)strlen("bốn")}};
    const struct trabao_marked marked = {text, strlen(text), marks, 2};
    struct buf out;
    buf_init(&out, 4096);
    html_marked_paragraphs(&out, &marked);
    expect(&out, "<p>Một <mark>hai</mark><br>\n<mark>ba</mark></p>\n<p><mark>bốn</mark> năm</p>\n");
    const struct trabao_marked empty = {" \n ", 3, NULL, 0};
    html_marked_paragraphs(&out, &empty);
    expect(&out, "");
    buf_free(&out);
}

/* Whatever is cut away between paragraphs, no letter may be lost and every tag must be closed. */
static void test_paragraphs_keep_every_letter(void **state TRABAO_UNUSED)
{
    uint32_t seed = 7;
    struct buf out;
    buf_init(&out, 1 << 16);
    for (int i = 0; i < 20000; i++) {
        struct random_text random;
        make_random(&random, "xyz \n\t", &seed);
        html_marked_paragraphs(&out, &random.marked);
        int paragraphs = 0, marks = 0;
        size_t at = 0;
        for (const char *c = buf_str(&out); *c != '\0'; c++) {
            if (*c == '<') {
                paragraphs += strncmp(c, "<p>", 3) == 0 ? 1 : strncmp(c, "</p>", 4) == 0 ? -1 : 0;
                marks += strncmp(c, "<mark>", 6) == 0 ? 1 : strncmp(c, "</mark>", 7) == 0 ? -1 : 0;
                assert_in_range(paragraphs, 0, 1);
                assert_in_range(marks, 0, 1);
                c = strchr(c, '>');
            } else if (*c >= 'x' && *c <= 'z') {
                at += strcspn(random.text + at, "xyz");
                assert_int_equal(random.text[at++], *c);
            }
        }
        assert_int_equal(strcspn(random.text + at, "xyz"), strlen(random.text + at));
        assert_int_equal(paragraphs, 0);
        assert_int_equal(marks, 0);
        buf_clear(&out);
    }
    buf_free(&out);
}

/* ---- addresses and pages ------------------------------------------------------------------------------------- */

static void test_addresses(void **state TRABAO_UNUSED)
{
    const struct page_query query = {
        .values = {[PAGE_Q] = "a&b", [PAGE_AUTHOR] = "Đỗ", [PAGE_CURSOR] = "c", [PAGE_AT] = "21"}};
    struct buf out;
    buf_init(&out, 4096);
    page_search_address(&out, &query, PAGE_SORT, "newest"); /* another order begins at its first page */
    expect(&out, "/search?q=a%26b&amp;author=%C4%90%E1%BB%97&amp;sort=newest");
    page_search_address(&out, &query, PAGE_AUTHOR, NULL);
    expect(&out, "/search?q=a%26b");
    page_search_address(&out, &query, PAGE_CURSOR, "d");
    expect(&out, "/search?q=a%26b&amp;author=%C4%90%E1%BB%97&amp;cursor=d&amp;at=21");
    const struct page_query none = {.values = {NULL}};
    page_search_address(&out, &none, PAGE_SORT, NULL);
    expect(&out, "/search");
    buf_free(&out);
}

/* An answer of two hits, the second one a duplicate, of which every string is TEXT. */
static void make_answer(const char *text, struct trabao_hit hits[2], const char **warning, struct trabao_mark *mark,
                        struct trabao_answer *out)
{
    const size_t n = strlen(text);
    *mark = (struct trabao_mark){0, (uint32_t)n};
    const struct trabao_marked marked = {text, n, mark, 1};
    hits[0] = (struct trabao_hit){.key = text,
                                  .url = text,
                                  .author = text,
                                  .source = text,
                                  .section = text,
                                  .date = text,
                                  .href = text,
                                  .title = marked,
                                  .snippet = marked};
    hits[1] = hits[0];
    hits[1].same_as = &hits[0];
    *warning = text;
    *out = (struct trabao_answer){.query = text,
                                  .understood = text,
                                  .suggestion = text,
                                  .warnings = warning,
                                  .warning_count = 1,
                                  .total = 3,
                                  .total_exact = true,
                                  .hits = hits,
                                  .hit_count = 2,
                                  .next = text};
}

/* A search of which every argument is TEXT. */
static struct page_query query_of(const char *text)
{
    struct page_query query = {.mistaken = false};
    for (size_t i = 0; i < PAGE_FIELD_COUNT; i++) {
        query.values[i] = text;
    }
    return query;
}

static void results_of(const char *text, struct buf *out)
{
    const struct site site = {.title = text};
    struct page_query query = query_of(text);
    query.values[PAGE_AT] = NULL;
    struct trabao_hit hits[2];
    const char *warning;
    struct trabao_mark mark;
    struct trabao_answer answer;
    make_answer(text, hits, &warning, &mark, &answer);
    page_results(out, &site, &query, &answer, NULL);
}

static void test_duplicates_stand_behind_one_hit(void **state TRABAO_UNUSED)
{
    struct buf page;
    buf_init(&page, 1 << 20);
    results_of("Lũ", &page);
    const char *first = strstr(buf_str(&page), "<li class=\"hit\">");
    assert_non_null(first);
    assert_null(strstr(first + 1, "<li class=\"hit\">"));
    assert_non_null(strstr(first, "<summary>1 bài trùng</summary>"));
    assert_non_null(strstr(buf_str(&page), "Bài 1–2 trong <strong>3 bài</strong>"));
    buf_free(&page);
}

static void test_filters_are_shown_as_they_are_read(void **state TRABAO_UNUSED)
{
    const struct site site = {.title = "Báo"};
    const struct page_query query = {
        .values = {[PAGE_FROM] = "2020-07-20", [PAGE_TO] = "hôm qua", [PAGE_SOURCE] = "2020-07-20"}};
    const struct trabao_answer nothing = {.total_exact = true};
    struct buf page;
    buf_init(&page, 1 << 20);
    page_results(&page, &site, &query, &nothing, NULL);
    assert_non_null(strstr(buf_str(&page), "Từ: <b>20/7/2020</b>"));
    assert_non_null(strstr(buf_str(&page), "Đến: <b>hôm qua</b>"));
    assert_non_null(strstr(buf_str(&page), "Nguồn: <b>2020-07-20</b>"));
    assert_non_null(strstr(buf_str(&page), "Không tìm thấy bài nào"));
    assert_null(strstr(buf_str(&page), "0 bài"));
    assert_non_null(strstr(buf_str(&page), "<details class=\"filters\">"));
    buf_clear(&page);
    page_results(&page, &site, &query, NULL, "to: no date");
    assert_non_null(strstr(buf_str(&page), "<details class=\"filters\" open>"));
    assert_non_null(strstr(buf_str(&page), "Trong ô Đến ngày, “hôm qua” không phải là ngày."));
    assert_null(strstr(buf_str(&page), "no date"));
    buf_clear(&page);
    page_results(&page, &site, &query, NULL, "cursor: not one");
    assert_non_null(strstr(buf_str(&page), "cursor: not one"));
    buf_free(&page);
}

/* A hit of which nothing but title and snippet is known has no line for the rest. */
static void test_nothing_known_is_not_shown(void **state TRABAO_UNUSED)
{
    const struct site site = {.title = "Báo"};
    const struct page_query query = {.values = {NULL}};
    struct trabao_hit hit = {.key = "k", .href = "/article/1", .date = "", .title = {"Lũ", 3, NULL, 0}};
    const struct trabao_answer answer = {.total = 1, .total_exact = true, .hits = &hit, .hit_count = 1};
    struct buf page;
    buf_init(&page, 1 << 20);
    page_results(&page, &site, &query, &answer, NULL);
    assert_non_null(strstr(buf_str(&page), "Lũ</a>"));
    assert_null(strstr(buf_str(&page), "class=\"meta\""));
    hit.section = "Thời sự";
    buf_clear(&page);
    page_results(&page, &site, &query, &answer, NULL);
    assert_non_null(strstr(buf_str(&page), "class=\"meta\"><li>"));
    buf_free(&page);
}

static void test_home_of_an_archive_without_dates(void **state TRABAO_UNUSED)
{
    const struct site site = {.title = "Báo"};
    struct trabao_hit hit = {.key = "k", .href = "/article/1", .date = "2020-07-20", .title = {"Lũ", 3, NULL, 0}};
    const struct trabao_answer latest = {.hits = &hit, .hit_count = 1};
    struct buf page;
    buf_init(&page, 1 << 20);
    page_home_body(&page, &site, 1234, "1995-11", "2026-03-02", &latest);
    assert_non_null(strstr(buf_str(&page), "<strong>1.234</strong> bài báo, từ 11/1995 đến 2/3/2026</p>"));
    assert_non_null(strstr(buf_str(&page), "Bài mới nhất"));
    assert_non_null(strstr(buf_str(&page), "<span><time datetime=\"2020-07-20\">20/7/2020</time></span>"));
    hit.date = "";
    buf_clear(&page);
    page_home_body(&page, &site, 1234, "", "", &latest);
    assert_non_null(strstr(buf_str(&page), "<strong>1.234</strong> bài báo</p>"));
    assert_non_null(strstr(buf_str(&page), "Vài bài trong kho"));
    assert_null(strstr(buf_str(&page), "mới nhất"));
    assert_null(strstr(buf_str(&page), "từ:2020"));
    buf_free(&page);
}

static void article_of(const char *text, struct buf *out)
{
    const size_t n = strlen(text);
    const struct site site = {.title = text};
    const struct page_query query = query_of(text);
    const struct trabao_mark mark = {0, (uint32_t)n};
    const struct trabao_marked marked = {text, n, &mark, 1};
    const struct trabao_article article = {.key = text,
                                           .url = text,
                                           .title = text,
                                           .author = text,
                                           .source = text,
                                           .section = text,
                                           .body = text,
                                           .date = text,
                                           .href = text,
                                           .reads = 3,
                                           .title_marked = marked,
                                           .body_marked = marked};
    page_article_body(out, &site, &query, &article);
}

/* An article leads back to the very page of results that led to it; its own form asks for the words alone. */
static void test_an_article_leads_back(void **state TRABAO_UNUSED)
{
    static const char arguments[] = "?q=L%C5%A9&amp;from=2024-05&amp;sort=newest&amp;cursor=c%22&amp;at=21";
    const struct site site = {.title = "Báo"};
    struct page_query query = {.values = {[PAGE_Q] = "Lũ",
                                          [PAGE_FROM] = "2024-05",
                                          [PAGE_SORT] = "newest",
                                          [PAGE_CURSOR] = "c\"",
                                          [PAGE_AT] = "21"}};
    struct trabao_hit hit = {.key = "k", .href = "/article/1", .date = "", .title = {"Lũ", 3, NULL, 0}};
    const struct trabao_answer answer = {.total = 1, .total_exact = true, .hits = &hit, .hit_count = 1};
    const struct trabao_article article = {.key = "k", .title = "Lũ", .date = "", .body = "", .href = "/article/1"};
    struct buf page, expected;
    buf_init(&page, 1 << 20);
    buf_init(&expected, 1024);
    page_results(&page, &site, &query, &answer, NULL);
    buf_printf(&expected, "<a href=\"/article/1%s\">", arguments);
    assert_non_null(strstr(buf_str(&page), buf_str(&expected)));
    buf_clear(&page);
    buf_clear(&expected);
    page_article_body(&page, &site, &query, &article);
    buf_printf(&expected, "<p class=\"back\"><a href=\"/search%s\">Kết quả tìm “Lũ”</a></p>", arguments);
    assert_non_null(strstr(buf_str(&page), buf_str(&expected)));
    assert_non_null(strstr(buf_str(&page), "value=\"Lũ\""));
    assert_null(strstr(buf_str(&page), "value=\"2024-05\""));
    buf_clear(&page);
    query = (struct page_query){.values = {[PAGE_AUTHOR] = "A"}};
    page_article_body(&page, &site, &query, &article);
    assert_non_null(strstr(buf_str(&page), "<a href=\"/search?author=A\">Kết quả tìm</a>"));
    buf_clear(&page);
    query = (struct page_query){.values = {NULL}};
    page_article_body(&page, &site, &query, &article);
    assert_null(strstr(buf_str(&page), "class=\"back\""));
    buf_free(&page);
    buf_free(&expected);
}

/* The tags of a page without what stands inside quotes. */
static void keep_tags(struct buf *page)
{
    bool tag = false, quoted = false;
    size_t n = 0;
    for (size_t i = 0; i < page->len; i++) {
        const char c = page->data[i];
        quoted = tag && c == '"' ? !quoted : quoted;
        tag = tag ? quoted || c != '>' : c == '<';
        if (tag && !quoted) {
            page->data[n++] = c;
        }
    }
    page->len = n;
    page->data[n] = '\0';
}

/* The same page with harmless text of the same length has the same tags. */
static void test_hostile_text_changes_no_tag(void **state TRABAO_UNUSED)
{
    uint32_t seed = 99;
    struct buf hostile, harmless;
    buf_init(&hostile, 1 << 20);
    buf_init(&harmless, 1 << 20);
    for (int i = 0; i < 3000; i++) {
        char text[40], plain[40];
        const size_t n = 2 + draw(&seed) % (sizeof text - 3);
        for (size_t k = 0; k < n; k++) {
            text[k] = "<>\"'&=/;!-`sx%:"[draw(&seed) % 15];
            plain[k] = 'x';
        }
        text[n] = plain[n] = '\0';
        (i % 2 == 0 ? results_of : article_of)(text, &hostile);
        (i % 2 == 0 ? results_of : article_of)(plain, &harmless);
        assert_false(buf_failed(&hostile));
        keep_tags(&hostile);
        keep_tags(&harmless);
        assert_true(harmless.len > 500);
        assert_string_equal(buf_str(&hostile), buf_str(&harmless));
        buf_clear(&hostile);
        buf_clear(&harmless);
    }
    buf_free(&hostile);
    buf_free(&harmless);
}

/* With the k-th allocation failing, a page is either whole or known to be broken; never cut short unnoticed. */
static void test_out_of_memory(void **state TRABAO_UNUSED)
{
    struct buf whole, page;
    buf_init(&whole, 1 << 20);
    results_of("mặt trận", &whole);
    assert_false(buf_failed(&whole));
    bool done = false;
    for (uint64_t k = 1; !done; k++) {
        buf_init(&page, 1 << 20);
        mem_fail_at(k, true);
        results_of("mặt trận", &page);
        mem_fail_at(0, false);
        done = !buf_failed(&page);
        if (done) {
            assert_string_equal(buf_str(&page), buf_str(&whole));
            assert_true(k > 3); /* some did fail */
        }
        buf_free(&page);
    }
    buf_free(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),       cmocka_unit_test(test_dates),
        cmocka_unit_test(test_web_addresses), cmocka_unit_test(test_marks_equal_brute_force),
        cmocka_unit_test(test_paragraphs),    cmocka_unit_test(test_paragraphs_keep_every_letter),
        cmocka_unit_test(test_addresses),     cmocka_unit_test(test_hostile_text_changes_no_tag),
        cmocka_unit_test(test_out_of_memory), cmocka_unit_test(test_duplicates_stand_behind_one_hit),
        cmocka_unit_test(test_filters_are_shown_as_they_are_read), cmocka_unit_test(test_nothing_known_is_not_shown),
        cmocka_unit_test(test_an_article_leads_back),
        cmocka_unit_test(test_home_of_an_archive_without_dates),
    };
    return cmocka_run_group_tests_name("server pages", tests, NULL, NULL);
}
