/*
 * test_fake.c - the server on the fake archive (fake_trabao.c): what its answers look like, and what it refuses.
 *
 * One server is started for all tests of this file. How it behaves under load, slowness and change is in test_life.c.
 */
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/http/client.h"
#include "tests/http/fixture.h"

#define BROWSER "Accept: text/html,application/xhtml+xml\r\n"
#define CSP                                                                                                            \
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action "        \
    "'self'; "                                                                                                         \
    "base-uri 'none'; frame-ancestors 'none'"

static struct fixture fixture;
static struct server server;

static int set_up(void **state TRABAO_UNUSED)
{
    fixture_open(&fixture);
    fixture_publish(&fixture, 7, 1234567);
    server = server_start(fixture.program, (const char *const[]){"--db", fixture.archive, "--listen", "127.0.0.1:0",
                                                                 "--deadline-ms", "300", "--title", "Báo <Mẫu>", NULL});
    return 0;
}

static int tear_down(void **state TRABAO_UNUSED)
{
    const int status = server_end(&server, SIGTERM);
    fixture_close(&fixture);
    return status;
}

static void expect_header(const struct response *response, const char *name, const char *value)
{
    char found[1024] = "";
    assert_true(response_header(response, name, found, sizeof found));
    assert_string_equal(found, value);
}

/* ---- every kind of response ---------------------------------------------------------------------------------- */

static const struct {
    const char *method, *target, *headers;
    int status;
    const char *type;
} CASES[] = {
    {"GET", "/", "", 200, "text/html; charset=utf-8"},
    {"HEAD", "/", "", 200, "text/html; charset=utf-8"},
    {"GET", "/search?q=b%C3%A3o", "", 200, "text/html; charset=utf-8"},
    {"GET", "/search", "", 200, "text/html; charset=utf-8"},
    {"GET", "/search?q=none", "", 200, "text/html; charset=utf-8"},
    {"GET", "/search?q=x&from=bad", "", 400, "text/html; charset=utf-8"},
    {"GET", "/search?q=x&tier=nonsense", "", 400, "text/html; charset=utf-8"},
    {"GET", "/search?q=timeout", "", 503, "text/html; charset=utf-8"},
    {"GET", "/article/9f3a?q=x", "", 200, "text/html; charset=utf-8"},
    {"GET", "/article/none", "", 404, "text/html; charset=utf-8"},
    {"GET", "/article/", "", 404, "application/problem+json"},
    {"GET", "/article/", BROWSER, 404, "text/html; charset=utf-8"},
    {"GET", "/favicon.svg", "", 200, "image/svg+xml"},
    {"GET", "/robots.txt", "", 200, "text/plain; charset=utf-8"},
    {"GET", "/static/style-0000000000000000.css", "", 404, "application/problem+json"},
    {"GET", "/healthz", "", 200, "application/json"},
    {"GET", "/readyz", "", 200, "application/json"},
    {"GET", "/api/v1/search?q=x&unknown=1", "", 200, "application/json"},
    {"GET", "http://other.example/api/v1/search?q=x", "", 200, "application/json"},
    {"GET", "/api/v1/articles/9f3a", "", 200, "application/json"},
    {"GET", "/api/v1/articles/none", "", 404, "application/problem+json"},
    {"GET", "/api/v1/articles?key=9f3a", "", 200, "application/json"},
    {"GET", "/api/v1/articles", "", 400, "application/problem+json"},
    {"GET", "/api/v1/analyze?q=H%E1%BB%99i", "", 200, "application/json"},
    {"GET", "/api/v1/analyze?q=", "", 200, "application/json"},
    {"GET", "/api/v1/analyze", "", 400, "application/problem+json"},
    {"GET", "/api/v1/stats", "", 200, "application/json"},
    {"GET", "/api/v1/search?q=x&limit=0", "", 400, "application/problem+json"},
    {"GET", "/api/v1/search?q=x&limit=-1", "", 400, "application/problem+json"},
    {"GET", "/api/v1/search?q=x&limit=2x", "", 400, "application/problem+json"},
    {"GET", "/api/v1/search?q=x&limit=99999999999999999999", "", 200, "application/json"},
    {"GET", "/api/v1/search?q=x&limit=&from=&sort=", "", 200, "application/json"},
    {"GET", "/api/v1/search?q=x&sort=sideways", "", 400, "application/problem+json"},
    {"GET", "/api/v1/search?q=x&total=some", "", 400, "application/problem+json"},
    {"GET", "/api/v1/search?q=x&strict=perhaps", "", 400, "application/problem+json"},
    {"GET", "/api/v1/search?q=timeout", "", 503, "application/problem+json"},
    {"GET", "/api/v1/search?q=nomemory", "", 503, "application/problem+json"},
    {"GET", "/api/v1/search?q=internal", "", 500, "application/problem+json"},
    {"GET", "/api/v1/search?q=io", BROWSER, 500, "application/problem+json"},
    {"GET", "/api/v1/search?q=a%00b", "", 400, "application/problem+json"},
    {"GET", "/api/v1/search?q=%FF", "", 400, "application/problem+json"},
    {"GET", "/api/v1/search?q=%E1%BB", "", 400, "application/problem+json"},
    {"GET", "/api/v1/search?q=\xff", "", 400, "application/problem+json"},
    {"GET", "/api/v1/search?%00=x", "", 400, "application/problem+json"},
    {"GET", "/search?q=%ED%A0%80", BROWSER, 400, "text/html; charset=utf-8"},
    {"GET", "/%00", "", 400, "application/problem+json"},
    {"GET", "/api/v1/nothing", BROWSER, 404, "application/problem+json"},
    {"GET", "/nothing", "", 404, "application/problem+json"},
    {"GET", "/nothing", BROWSER, 404, "text/html; charset=utf-8"},
    {"GET", "/search/", "", 404, "application/problem+json"},
    {"GET", "//etc/passwd", "", 404, "application/problem+json"},
    {"GET", "/static/../../etc/passwd", "", 404, "application/problem+json"},
    {"POST", "/api/v1/search", "Content-Length: 0\r\n", 405, "application/problem+json"},
    {"PUT", "/", BROWSER "Content-Length: 0\r\n", 405, "text/html; charset=utf-8"},
    {"OPTIONS", "/api/v1/search", "", 405, "application/problem+json"},
    {"BREW", "/", "", 405, "application/problem+json"},
    {"GET", "/", "Content-Length: 5\r\n\r\nhello", 413, "application/problem+json"},
    {"GET", "/", "Content-Length: 99999999999\r\n", 413, "application/problem+json"},
    {"GET", "/", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", 413, "application/problem+json"},
};

static void test_every_response_is_fenced(void **state TRABAO_UNUSED)
{
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        struct response response;
        request(server.port, CASES[i].method, CASES[i].target, CASES[i].headers, &response);
        if (response.status != CASES[i].status) {
            fail_msg("%s %s: %d instead of %d", CASES[i].method, CASES[i].target, response.status, CASES[i].status);
        }
        expect_header(&response, "Content-Type", CASES[i].type);
        expect_header(&response, "Content-Security-Policy", CSP);
        expect_header(&response, "X-Content-Type-Options", "nosniff");
        expect_header(&response, "Referrer-Policy", "no-referrer");
        expect_header(&response, "Cross-Origin-Opener-Policy", "same-origin");
        char value[64];
        assert_true(response_header(&response, "Cache-Control", value, sizeof value));
        assert_int_equal(response_header(&response, "Allow", value, sizeof value), response.status == 405);
        assert_int_equal(response_header(&response, "Retry-After", value, sizeof value), response.status == 503);
        const bool api = strstr(CASES[i].target, "/api/") != NULL && response.status != 413;
        const bool read = response.status != 400 || strstr(CASES[i].target, "limit") != NULL;
        if (api && read) {
            expect_header(&response, "Access-Control-Allow-Origin", "*");
        }
        response_free(&response);
    }
}

static void test_problem_documents(void **state TRABAO_UNUSED)
{
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        if (strcmp(CASES[i].type, "application/problem+json") != 0) {
            continue;
        }
        struct response response;
        request(server.port, CASES[i].method, CASES[i].target, CASES[i].headers, &response);
        json_t *problem = json_loadb(buf_str(&response.body), response.body.len, 0, NULL);
        assert_non_null(problem);
        assert_int_equal(json_integer_value(json_object_get(problem, "status")), CASES[i].status);
        assert_string_equal(json_string_value(json_object_get(problem, "type")), "about:blank");
        assert_true(json_string_length(json_object_get(problem, "title")) > 0);
        assert_true(json_string_length(json_object_get(problem, "detail")) > 0);
        const char *instance = json_string_value(json_object_get(problem, "instance"));
        assert_non_null(instance);
        for (const char *c = instance; *c != '\0'; c++) {
            assert_true(*c > ' ' && *c < 0x7f && strchr("<>\"", *c) == NULL);
        }
        assert_null(strstr(buf_str(&response.body), "secret"));
        json_decref(problem);
        response_free(&response);
    }
}

static void test_head_is_get_without_body(void **state TRABAO_UNUSED)
{
    static const char *const targets[] = {"/", "/search?q=x", "/article/9f3a", "/robots.txt", "/nothing"};
    const int fd = client_connect(server.port);
    for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
        struct response get, head;
        char text[256], length[32];
        client_get(fd, targets[i], "", &get);
        snprintf(text, sizeof text, "HEAD %s HTTP/1.1\r\nHost: x\r\n\r\n", targets[i]);
        client_send(fd, text, strlen(text));
        client_read(fd, true, &head);
        assert_int_equal(head.status, get.status);
        assert_true(response_header(&head, "Content-Length", length, sizeof length));
        assert_int_equal(strtoul(length, NULL, 10), get.body.len);
        response_free(&get);
        response_free(&head);
    }
    close(fd);
}

static void test_etag(void **state TRABAO_UNUSED)
{
    struct response first, again;
    char etag[128], header[256], other[128];
    request(server.port, "GET", "/search?q=x", "", &first);
    assert_true(response_header(&first, "ETag", etag, sizeof etag));
    snprintf(header, sizeof header, "If-None-Match: \"abc\", %s\r\n", etag);
    request(server.port, "GET", "/search?q=x", header, &again);
    assert_int_equal(again.status, 304);
    assert_int_equal(again.body.len, 0);
    expect_header(&again, "ETag", etag);
    expect_header(&again, "Content-Security-Policy", CSP);
    response_free(&again);
    request(server.port, "GET", "/search?q=y", header, &again);
    assert_int_equal(again.status, 200);
    assert_true(response_header(&again, "ETag", other, sizeof other));
    assert_string_not_equal(etag, other);
    response_free(&again);
    response_free(&first);
    /* An incomplete total may be complete next time, and an error may have gone: no ETag. */
    static const char *const passing[] = {"/api/v1/search?q=slow:1", "/search?q=slow:1", "/article/none"};
    for (size_t i = 0; i < ARRAY_LEN(passing); i++) {
        request(server.port, "GET", passing[i], "", &again);
        assert_false(response_header(&again, "ETag", other, sizeof other));
        response_free(&again);
    }
}

static void test_long_queries(void **state TRABAO_UNUSED)
{
    static const struct {
        size_t bytes;
        int status; /* 0: libmicrohttpd's own refusal, or a closed connection */
    } cases[] = {{4096, 200}, {4097, 400}, {10000, 400}, {30000, 400}, {62000, 0}, {100000, 0}, {5000000, 0}};
    static const char *const pages[] = {"/api/v1/search?q=", "/search?q="};
    for (size_t i = 0; i < ARRAY_LEN(cases) * 2; i++) {
        struct buf target;
        buf_init(&target, 8 << 20);
        buf_append_str(&target, pages[i % 2]);
        for (size_t n = 0; n < cases[i / 2].bytes; n++) {
            buf_append_char(&target, 'a');
        }
        struct response response;
        request(server.port, "GET", buf_str(&target), "", &response);
        if (cases[i / 2].status != 0) {
            assert_int_equal(response.status, cases[i / 2].status);
            expect_header(&response, "Content-Security-Policy", CSP);
        } else {
            assert_true(response.closed || (response.status >= 400 && response.status < 500));
        }
        response_free(&response);
        buf_free(&target);
    }
}

static void test_many_arguments(void **state TRABAO_UNUSED)
{
    char target[1024] = "/api/v1/search?q=x";
    for (int i = 0; i < 63; i++) {
        const size_t n = strlen(target);
        snprintf(target + n, sizeof target - n, "&a%d=1", i);
    }
    struct response response;
    request(server.port, "GET", target, "", &response);
    assert_int_equal(response.status, 200);
    response_free(&response);
    snprintf(target + strlen(target), sizeof target - strlen(target), "&one=more");
    request(server.port, "GET", target, "", &response);
    assert_int_equal(response.status, 400);
    response_free(&response);
}

/* As many arguments as an address has room for are refused in words, too, and at once. */
static void test_very_many_arguments(void **state TRABAO_UNUSED)
{
    static char target[60000] = "/healthz?";
    for (size_t n = strlen(target); n + 2 < sizeof target; n += 2) {
        memcpy(target + n, "a&", 2);
    }
    struct response response;
    request(server.port, "GET", target, "", &response);
    assert_int_equal(response.status, 400);
    assert_true(response_contains(&response, "more than 64 arguments"));
    response_free(&response);
}

/* ---- pages --------------------------------------------------------------------------------------------------- */

static void expect_page(const char *target, const char *const *parts)
{
    struct response response;
    request(server.port, "GET", target, BROWSER, &response);
    for (size_t i = 0; parts[i] != NULL; i++) {
        if (!response_contains(&response, parts[i])) {
            fail_msg("%s: no \"%s\" in:\n%s", target, parts[i], buf_str(&response.body));
        }
    }
    response_free(&response);
}

static void test_pages(void **state TRABAO_UNUSED)
{
    expect_page("/", (const char *const[]){"<html lang=\"vi\">", "<strong>1.234.567</strong> bài báo, ",
                                           "từ 11/1995 đến 20/7/2020</p>", "Báo &lt;Mẫu&gt;",
                                           "action=\"/search\"", "Bài mới nhất", NULL});
    expect_page("/search?q=b%C3%A3o+%22s%E1%BB%91",
                (const char *const[]){"value=\"bão &quot;số\"", "<strong>2 bài</strong>, 1,9 ms",
                                      "<time datetime=\"2020-07-20\">20/7/2020</time>", "<mark>",
                                      "Có phải bạn muốn tìm: <a href=\"/search?q=b%C3%A3o%20s%E1%BB%91%205\">",
                                      "dấu ngoặc kép không đóng", "Chỉ 1 bài viết đúng từng dấu", "tier=exact",
                                      "/article/9f3a?q=b%C3%A3o%20%22s%E1%BB%91", NULL});
    expect_page("/search?q=none+%22x%22&from=2020&author=An",
                (const char *const[]){"Không tìm thấy bài nào", "bỏ bớt từ", "bỏ dấu ngoặc kép", "mở rộng khoảng ngày",
                                      "Tác giả: <b>An</b>", "value=\"2020\"", NULL});
    expect_page("/search?q=%20+", (const char *const[]){"<title>Mọi bài báo – ", NULL});
    expect_page("/search?q=x&from=bad", (const char *const[]){"Không đọc được yêu cầu", "value=\"bad\"", NULL});
    expect_page("/article/9f3a?q=b%C3%A3o",
                (const char *const[]){"<h1>Bão số 5", "14:30 20/7/2020", "1.216 lượt đọc", "Kết quả tìm “bão”",
                                      "href=\"https://baomau.example/bao-so-5\"", "from=2020-07-20", NULL});
    expect_page("/article/none", (const char *const[]){"Không có trang này", "<html lang=\"vi\">", NULL});
    expect_page("/search?q=timeout", (const char *const[]){"Máy chủ đang bận", NULL});
}

/* Follows "Trang sau" as a browser would, from the first page to the last. */
static void test_paging_reaches_the_end(void **state TRABAO_UNUSED)
{
    char target[512] = "/search?q=many:45&sort=newest";
    unsigned hits = 0, pages = 0;
    while (target[0] != '\0') {
        struct response response;
        request(server.port, "GET", target, BROWSER, &response);
        assert_int_equal(response.status, 200);
        char range[64];
        snprintf(range, sizeof range, "Bài %u–%u trong", hits + 1, MIN(hits + 20, 45u));
        assert_true(response_contains(&response, range));
        for (const char *c = buf_str(&response.body); (c = strstr(c, "<li class=\"hit\">")) != NULL; c++) {
            hits++;
        }
        assert_int_equal(response_contains(&response, "Về trang đầu"), pages > 0);
        const char *next = strstr(buf_str(&response.body), "rel=\"next\" href=\"");
        target[0] = '\0';
        for (size_t n = 0; next != NULL && (next += n == 0 ? strlen("rel=\"next\" href=\"") : 0)[0] != '"';) {
            target[n++] = next[0];
            target[n] = '\0';
            next += strncmp(next, "&amp;", 5) == 0 ? 5 : 1;
        }
        response_free(&response);
        pages++;
    }
    assert_int_equal(hits, 45);
    assert_int_equal(pages, 3);
}

/* The tags of a page in order, without attributes' values: what a browser would build. */
static void tags_of(const struct response *response, struct buf *out)
{
    bool tag = false, quoted = false;
    for (const char *c = buf_str(&response->body); *c != '\0'; c++) {
        quoted = tag && *c == '"' ? !quoted : quoted;
        tag = tag ? quoted || *c != '>' : *c == '<';
        if (tag && !quoted) {
            buf_append_char(out, *c);
        }
    }
}

/* Hostile text must not change a page's structure: the same page with harmless text has the same tags. */
static void test_hostile_text(void **state TRABAO_UNUSED)
{
    static const char *const pairs[][2] = {
        {"/search?q=harmless+%22%3E%3Cscript%3Ealert(1)%3C/script%3E%3Cimg+src=x%3E", "/search?q=harmless+x"},
        {"/search?q=hostile", "/search?q=harmless"},
        {"/search?q=x&from=a%22%3E%3Cb%3E&author=%3Cscript%3E&source=%27%22&tier=exact&sort=newest",
         "/search?q=x&from=a&author=b&source=c&tier=exact&sort=newest"},
        {"/search?q=x&from=bad%22%3E%3Cscript%3E", "/search?q=x&from=bad"},
        {"/article/9f3a?q=%22%3E%3Cscript%3E%3C/title%3E%3Cscript%3E", "/article/9f3a?q=x"},
        {"/article/none%22%3E%3Cscript%3E", "/article/none"},
        {"/nothing%22%3E%3Cscript%3E", "/nothing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        struct buf tags[2];
        for (size_t k = 0; k < 2; k++) {
            struct response response;
            request(server.port, "GET", pairs[i][k], BROWSER, &response);
            buf_init(&tags[k], 1 << 20);
            tags_of(&response, &tags[k]);
            assert_false(response_contains(&response, "<script"));
            assert_false(response_contains(&response, "<img"));
            assert_false(response_contains(&response, "<b>&lt;/b"));
            response_free(&response);
        }
        assert_true(tags[0].len > 200);
        assert_string_equal(buf_str(&tags[0]), buf_str(&tags[1]));
        buf_free(&tags[0]);
        buf_free(&tags[1]);
    }
    struct response response;
    request(server.port, "GET", "/article/hostile", BROWSER, &response);
    assert_int_equal(response.status, 200);
    assert_false(response_contains(&response, "<script"));
    assert_false(response_contains(&response, "<img"));
    assert_false(response_contains(&response, "javascript:"));
    response_free(&response);
}

static void test_style_sheet(void **state TRABAO_UNUSED)
{
    struct response page, sheet;
    request(server.port, "GET", "/", "", &page);
    const char *link = strstr(buf_str(&page.body), "/static/style-");
    assert_non_null(link);
    char target[128];
    snprintf(target, sizeof target, "%.*s", (int)strcspn(link, "\""), link);
    request(server.port, "GET", target, "", &sheet);
    assert_int_equal(sheet.status, 200);
    expect_header(&sheet, "Content-Type", "text/css; charset=utf-8");
    expect_header(&sheet, "Cache-Control", "public, max-age=31536000, immutable");
    assert_true(response_contains(&sheet, "prefers-color-scheme: dark"));
    assert_false(response_contains(&page, "style=\""));
    assert_false(response_contains(&page, "<style"));
    response_free(&page);
    response_free(&sheet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_response_is_fenced),
        cmocka_unit_test(test_problem_documents),
        cmocka_unit_test(test_head_is_get_without_body),
        cmocka_unit_test(test_etag),
        cmocka_unit_test(test_long_queries),
        cmocka_unit_test(test_many_arguments),
        cmocka_unit_test(test_very_many_arguments),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_paging_reaches_the_end),
        cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_style_sheet),
    };
    return cmocka_run_group_tests_name("http answers", tests, set_up, tear_down);
}
