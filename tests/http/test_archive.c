/*
 * test_archive.c - the program as it is delivered, on an archive of corpus/samples: the JSON of the interface,
 * articles, pages, paging to the last article, and a reindexing under the running server.
 *
 * Run from the checkout's root. Skipped when the program has not been built.
 */
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "query/trabao.h"
#include "server/url.h"
#include "tests/http/client.h"
#include "tests/http/fixture.h"

#define SAMPLES "corpus/samples"
#define QUERY "m%E1%BA%B7t+tr%E1%BA%ADn" /* mặt trận */

static struct fixture fixture;
static struct server server;
static bool present;

static int index_files(const char *path)
{
    char err[65536], out[65536];
    const char *const args[] = {"index", "--db", fixture.archive, "--quiet", path, NULL};
    const int status = run_program(fixture.program, args, err, sizeof err, out, sizeof out);
    if (status != 0 && status != 1) {
        print_error("trabao index: %d: %s\n", status, err);
    }
    return status;
}

static int set_up(void **state TRABAO_UNUSED)
{
    fixture_open(&fixture);
    fixture_program("../../trabao", fixture.program);
    present = access(fixture.program, X_OK) == 0 && access(SAMPLES, R_OK) == 0;
    if (!present) {
        print_message("skipped: %s or %s is not there\n", fixture.program, SAMPLES);
        return 0;
    }
    const int status = index_files(SAMPLES);
    assert_true(status == 0 || status == 1);
    server = server_start(fixture.program, (const char *const[]){"serve", "--db", fixture.archive, "--listen",
                                                                 "127.0.0.1:0", "--title", "Kho mẫu", NULL});
    return 0;
}

static int tear_down(void **state TRABAO_UNUSED)
{
    const int status = present ? server_end(&server, SIGTERM) : 0;
    fixture_close(&fixture);
    return status;
}

static json_t *get_json(const char *target)
{
    struct response response;
    request(server.port, "GET", target, "", &response);
    if (response.status != 200) {
        fail_msg("%s: %d %s", target, response.status, buf_str(&response.body));
    }
    json_t *json = json_loadb(buf_str(&response.body), response.body.len, 0, NULL);
    assert_non_null(json);
    response_free(&response);
    return json;
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (text == NULL) {
        fail_msg("%s is no string", key);
    }
    return text;
}

/* ---- the JSON interface -------------------------------------------------------------------------------------- */

/* Bytes of TEXT before its character number N. */
static size_t byte_of_character(const char *text, json_int_t n)
{
    size_t at = 0;
    for (uint32_t c; n > 0 && text[at] != '\0'; n--) {
        at += utf8_decode(text + at, strlen(text + at), &c);
    }
    return at;
}

static void check_marks(const json_t *snippet)
{
    const char *text = text_at(snippet, "text");
    json_int_t last = 0;
    size_t i;
    const json_t *mark;
    json_array_foreach(json_object_get(snippet, "marks"), i, mark)
    {
        const json_int_t start = json_integer_value(json_array_get(mark, 0));
        const json_int_t end = json_integer_value(json_array_get(mark, 1));
        assert_true(start >= last && end > start);
        const size_t from = byte_of_character(text, start), to = byte_of_character(text, end);
        assert_true(to > from && to <= strlen(text));
        last = end;
    }
}

static void check_hit(const json_t *hit)
{
    static const char *const keys[] = {"key",     "title", "url",  "date", "author",  "source",
                                       "section", "score", "tier", "href", "snippet", "snippet_html"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (json_object_get(hit, keys[i]) == NULL) {
            fail_msg("a hit has no %s", keys[i]);
        }
    }
    assert_int_equal(strncmp(text_at(hit, "href"), "/article/", 9), 0);
    check_marks(json_object_get(hit, "snippet"));
}

static void test_search_object(void **state TRABAO_UNUSED)
{
    if (!present) {
        skip();
    }
    json_t *answer = get_json("/api/v1/search?q=" QUERY "&limit=3");
    static const char *const keys[] = {"query", "understood",     "suggestion", "tier",       "relaxed", "warnings",
                                       "total", "total_relation", "took_ms",    "generation", "hits",    "next"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (json_object_get(answer, keys[i]) == NULL) {
            fail_msg("the answer has no %s", keys[i]);
        }
    }
    assert_string_equal(text_at(answer, "query"), "mặt trận");
    assert_string_equal(text_at(answer, "total_relation"), "eq");
    assert_int_equal(json_array_size(json_object_get(answer, "hits")), 3);
    assert_true(json_integer_value(json_object_get(answer, "total")) >= 3);
    size_t i;
    const json_t *hit;
    json_array_foreach(json_object_get(answer, "hits"), i, hit)
    {
        check_hit(hit);
        assert_true(json_array_size(json_object_get(json_object_get(hit, "snippet"), "marks")) > 0);
        assert_non_null(strstr(text_at(hit, "snippet_html"), "<mark>"));
    }
    json_decref(answer);
}

/* Every page of everything, by cursors: each article once, as many as the archive has. */
static void test_cursors_reach_the_last_article(void **state TRABAO_UNUSED)
{
    if (!present) {
        skip();
    }
    json_t *stats = get_json("/api/v1/stats");
    json_t *seen = json_object();
    char target[1024] = "/api/v1/search?q=&sort=newest&limit=7";
    json_int_t total = -1;
    while (target[0] != '\0') {
        json_t *answer = get_json(target);
        total = json_integer_value(json_object_get(answer, "total"));
        size_t i;
        const json_t *hit;
        json_array_foreach(json_object_get(answer, "hits"), i, hit)
        {
            assert_null(json_object_get(seen, text_at(hit, "key")));
            json_object_set_new(seen, text_at(hit, "key"), json_true());
        }
        const char *next = json_string_value(json_object_get(answer, "next"));
        struct buf address;
        buf_init(&address, sizeof target - 1);
        buf_append_str(&address, next != NULL ? "/api/v1/search?q=&sort=newest&limit=7&cursor=" : "");
        assert_true(next == NULL || url_append_encoded(&address, next, strlen(next)));
        snprintf(target, sizeof target, "%s", buf_str(&address));
        buf_free(&address);
        json_decref(answer);
    }
    assert_true(json_object_size(seen) > 20);
    assert_int_equal(json_object_size(seen), total);
    json_decref(seen);
    json_decref(stats);
}

static void test_article_by_both_ways(void **state TRABAO_UNUSED)
{
    if (!present) {
        skip();
    }
    json_t *answer = get_json("/api/v1/search?q=" QUERY "&limit=1");
    const json_t *hit = json_array_get(json_object_get(answer, "hits"), 0);
    struct buf target;
    buf_init(&target, 4096);
    buf_append_str(&target, "/api/v1/articles/");
    buf_append_str(&target, text_at(hit, "href") + strlen("/article/"));
    json_t *by_id = get_json(buf_str(&target));
    buf_clear(&target);
    buf_append_str(&target, "/api/v1/articles?key=");
    url_append_encoded(&target, text_at(hit, "key"), strlen(text_at(hit, "key")));
    json_t *by_key = get_json(buf_str(&target));
    assert_int_equal(json_equal(by_id, by_key), 1);
    assert_string_equal(text_at(by_id, "key"), text_at(hit, "key"));
    assert_true(strlen(text_at(by_id, "body")) > 50);
    json_decref(by_id);
    json_decref(by_key);

    struct response page;
    buf_clear(&target);
    buf_append_str(&target, text_at(hit, "href"));
    buf_append_str(&target, "?q=" QUERY);
    request(server.port, "GET", buf_str(&target), "", &page);
    assert_int_equal(page.status, 200);
    assert_true(response_contains(&page, "<mark>"));
    assert_true(response_contains(&page, "<h1>"));
    response_free(&page);
    buf_free(&target);
    json_decref(answer);
}

static void test_bad_requests(void **state TRABAO_UNUSED)
{
    if (!present) {
        skip();
    }
    struct buf target;
    buf_init(&target, 20000);
    buf_append_str(&target, "/api/v1/search?q=");
    for (int i = 0; i < 10000; i++) {
        buf_append_char(&target, 'a');
    }
    const char *const targets[] = {buf_str(&target), "/api/v1/search?q=x&from=never", "/api/v1/search?q=x&cursor=%22",
                                   "/search?q=x&to=32/13/2020", "/api/v1/search?q=%22a&strict=1"};
    for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
        struct response response;
        request(server.port, "GET", targets[i], "", &response);
        if (response.status != 400) {
            fail_msg("%.80s: %d", targets[i], response.status);
        }
        response_free(&response);
    }
    static const char *const missing[] = {"/article/0", "/article/zz%22", "/api/v1/articles/ffffffffffffffff",
                                          "/api/v1/articles?key=nothing"};
    for (size_t i = 0; i < ARRAY_LEN(missing); i++) {
        struct response response;
        request(server.port, "GET", missing[i], "", &response);
        if (response.status != 404) {
            fail_msg("%s: %d", missing[i], response.status);
        }
        response_free(&response);
    }
    buf_free(&target);
}

/* Nothing that a person types is an error. */
static void test_odd_queries_are_answered(void **state TRABAO_UNUSED)
{
    if (!present) {
        skip();
    }
    static const char *const queries[] = {
        "",          "%22",      "(((",    "-",       "a*",           "OR",         "NEAR/3",    "x:y:z",
        "%E2%80%9C", "20/7",     "TP.HCM", "C%2B%2B", "%F0%9F%9A%B2", "ng%C3%A0y:", "-b%C3%A3o", "%3Dt%E1%BB%AD+vong",
        "%0A%09",    "%EF%BF%BD"};
    for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
        static const char *const pages[] = {"/search?q=", "/api/v1/search?q=", "/api/v1/analyze?q="};
        for (size_t k = 0; k < ARRAY_LEN(pages); k++) {
            char target[256];
            struct response response;
            snprintf(target, sizeof target, "%s%s", pages[k], queries[i]);
            request(server.port, "GET", target, "", &response);
            if (response.status != 200) {
                fail_msg("%s: %d %s", target, response.status, buf_str(&response.body));
            }
            response_free(&response);
        }
    }
}

/* Other articles are added while the server runs, and come up without a failed request. */
static void test_reindexing_under_the_server(void **state TRABAO_UNUSED)
{
    if (!present) {
        skip();
    }
    json_t *before = get_json("/api/v1/search?q=zyxwvutsr");
    assert_int_equal(json_integer_value(json_object_get(before, "total")), 0);
    char path[1100];
    snprintf(path, sizeof path, "%s/more.jsonl", fixture.folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("{\"id\":\"new-1\",\"title\":\"Bài mới về zyxwvutsr\",\"date\":\"2021-02-03\",\"body\":\"Nội dung "
          "<b>mới</b>.\"}\n",
          file);
    fclose(file);
    assert_int_equal(index_files(path), 0);
    unlink(path);
    kill(server.pid, SIGHUP);
    json_int_t found = 0;
    for (const double end = now_ms() + 10000; found == 0 && now_ms() < end;) {
        json_t *after = get_json("/api/v1/search?q=zyxwvutsr");
        found = json_integer_value(json_object_get(after, "total"));
        if (found > 0) {
            assert_true(json_integer_value(json_object_get(after, "generation")) >
                        json_integer_value(json_object_get(before, "generation")));
        }
        json_decref(after);
    }
    assert_int_equal(found, 1);
    json_decref(before);
    struct response page;
    request(server.port, "GET", "/search?q=zyxwvutsr", "", &page);
    assert_true(response_contains(&page, "&lt;b&gt;mới"));
    assert_true(response_contains(&page, "3/2/2021"));
    response_free(&page);
}

static void write_over(const char *from, const char *to)
{
    char buffer[1 << 16];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb"); /* the file stays the same one */
    assert_true(in != NULL && out != NULL);
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, in)) > 0;) {
        assert_int_equal(fwrite(buffer, 1, n, out), n);
    }
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static json_int_t total_of(const char *target)
{
    struct response response;
    request(server.port, "GET", target, "", &response);
    json_t *answer = json_loads(buf_str(&response.body), 0, NULL);
    const json_int_t total = response.status == 200 ? json_integer_value(json_object_get(answer, "total")) : -1;
    json_decref(answer);
    response_free(&response);
    return total;
}

/* An archive is one file, so it is copied over another one, too: that is taken up as well. */
static void test_an_archive_is_written_over(void **state TRABAO_UNUSED)
{
    if (!present) {
        skip();
    }
    char kept[1100], path[1100];
    snprintf(kept, sizeof kept, "%s/kept", fixture.folder);
    snprintf(path, sizeof path, "%s/last.jsonl", fixture.folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("{\"id\":\"new-2\",\"title\":\"Bài sau về qwxzvutsr\"}\n", file);
    fclose(file);
    write_over(fixture.archive, kept);
    assert_int_equal(index_files(path), 0);
    json_int_t found = 0;
    for (const double end = now_ms() + 10000; found != 1 && now_ms() < end;) {
        found = total_of("/api/v1/search?q=qwxzvutsr");
    }
    assert_int_equal(found, 1);
    write_over(kept, fixture.archive);
    for (const double end = now_ms() + 10000; found != 0 && now_ms() < end;) {
        kill(server.pid, SIGHUP);
        found = total_of("/api/v1/search?q=qwxzvutsr");
    }
    assert_int_equal(found, 0);
    assert_true(total_of("/api/v1/search?q=" QUERY) > 0);
    unlink(kept);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_object),
        cmocka_unit_test(test_cursors_reach_the_last_article),
        cmocka_unit_test(test_article_by_both_ways),
        cmocka_unit_test(test_bad_requests),
        cmocka_unit_test(test_odd_queries_are_answered),
        cmocka_unit_test(test_reindexing_under_the_server),
        cmocka_unit_test(test_an_archive_is_written_over),
    };
    return cmocka_run_group_tests_name("http archive", tests, set_up, tear_down);
}
