/*
 * test_query_json.c - the JSON objects, byte for byte, as the HTTP interface promises them.
 */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/mem.h"
#include "query/answer_json.h"
#include "query/trabao.h"

static struct trabao_marked marked(const char *text, const struct trabao_mark *marks, size_t count)
{
    return (struct trabao_marked){.text = text, .len = strlen(text), .marks = marks, .mark_count = count};
}

static void assert_json(char *json, const char *expected)
{
    assert_non_null(json);
    assert_string_equal(json, expected);
    mem_free(json);
}

static const struct trabao_mark title_marks[] = {{0, 4}};
static const struct trabao_mark snippet_marks[] = {{4, 16}, {18, 21}};

static struct trabao_hit make_hit(void)
{
    return (struct trabao_hit){.key = "https://bao.example/1",
                               .url = "https://bao.example/1",
                               .author = "Thanh Thủy",
                               .date = "2020-07-20",
                               .href = "/article/9f3a",
                               .title = marked("Bão <3", title_marks, 1),
                               .snippet = marked("… Mặt trận \"ở\" a&b …", snippet_marks, 2),
                               .score = 12.34567,
                               .tier = TRABAO_TONE};
}

/* What make_hit is as JSON, without the braces. */
#define HIT                                                                                                            \
    "\"key\":\"https://bao.example/1\",\"title\":\"Bão <3\",\"url\":\"https://bao.example/1\","                       \
    "\"date\":\"2020-07-20\",\"author\":\"Thanh Thủy\",\"source\":null,\"section\":null,\"score\":12.346,"           \
    "\"tier\":\"tone\",\"href\":\"/article/9f3a\",\"snippet\":{\"text\":\"… Mặt trận \\\"ở\\\" a&b …\","     \
    "\"marks\":[[2,10],[12,13]]},\"snippet_html\":\"… <mark>Mặt trận</mark> &quot;<mark>ở</mark>&quot; "       \
    "a&amp;b …\",\"title_html\":\"<mark>Bão</mark> &lt;3\""

static void test_hit(void **state)
{
    (void)state;
    struct trabao_hit hit = make_hit();
    assert_json(query_hit_json(&hit, NULL), "{" HIT "}");
    assert_json(query_hit_json(&hit, "q 1"), "{\"query_id\":\"q 1\"," HIT "}");
    hit.explain = "{\"bm25\": 1.5}";
    assert_json(query_hit_json(&hit, NULL), "{" HIT ",\"explain\":{\"bm25\":1.5}}");
}

/* Bytes that are no UTF-8 cannot stand in JSON; they must not cost the answer. */
static void test_bad_bytes(void **state)
{
    (void)state;
    const struct trabao_mark mark = {1, 3};
    struct trabao_hit hit = {.key = "a\xFF", .title = marked("", NULL, 0), .date = ""};
    hit.snippet = marked("x\xE1\xBBy", &mark, 1);
    assert_json(query_hit_json(&hit, NULL),
                "{\"key\":\"a\xEF\xBF\xBD\",\"title\":\"\",\"url\":null,\"date\":null,\"author\":null,\"source\":null,"
                "\"section\":null,\"score\":0.0,\"tier\":\"exact\",\"href\":null,\"snippet\":{\"text\":"
                "\"x\xEF\xBF\xBD\xEF\xBF\xBDy\",\"marks\":[[1,3]]},\"snippet_html\":"
                "\"x<mark>\xEF\xBF\xBD\xEF\xBF\xBD</mark>y\",\"title_html\":\"\"}");
}

static struct trabao_answer make_answer(void)
{
    return (struct trabao_answer){.query = "mat tran\n",
                                  .understood = "mat tran",
                                  .suggestion = "mặt trận",
                                  .tier = TRABAO_FOLDED,
                                  .total = 123,
                                  .total_exact = true,
                                  .totals_by_tier = {0, 3, 120},
                                  .took_ms = 1.9,
                                  .generation = 7};
}

static void test_answer(void **state)
{
    (void)state;
    static const char *const warnings[] = {"một", "\"hai\""};
    struct trabao_hit hits[] = {make_hit(), make_hit()};
    struct trabao_answer answer = make_answer();
    assert_json(trabao_answer_json(&answer),
                "{\"query\":\"mat tran\\n\",\"understood\":\"mat tran\",\"suggestion\":\"mặt trận\","
                "\"tier\":\"folded\",\"relaxed\":false,\"warnings\":[],\"total\":123,\"total_relation\":\"eq\","
                "\"totals_by_tier\":{\"exact\":0,\"tone\":3,\"folded\":120},\"took_ms\":1.9,\"generation\":7,"
                "\"hits\":[],\"next\":null}");
    answer.suggestion = NULL;
    answer.relaxed = true;
    answer.warnings = warnings;
    answer.warning_count = 2;
    answer.total_exact = false;
    answer.hits = hits;
    answer.hit_count = 2;
    answer.next = "abc";
    assert_json(query_answer_json(&answer, "7"),
                "{\"query_id\":\"7\",\"query\":\"mat tran\\n\",\"understood\":\"mat tran\",\"suggestion\":null,"
                "\"tier\":\"folded\",\"relaxed\":true,\"warnings\":[\"một\",\"\\\"hai\\\"\"],\"total\":123,"
                "\"total_relation\":\"gte\",\"totals_by_tier\":{\"exact\":0,\"tone\":3,\"folded\":120},"
                "\"took_ms\":1.9,\"generation\":7,\"hits\":[{" HIT "},{" HIT "}],\"next\":\"abc\"}");
}

static void test_article(void **state)
{
    (void)state;
    struct trabao_article article = {.key = "k",
                                     .title = "",
                                     .body = "Dòng 1\n\nDòng 2",
                                     .date = "2020",
                                     .href = "/article/1",
                                     .reads = -1,
                                     .generation = 2,
                                     .title_marked = marked("", NULL, 0),
                                     .body_marked = marked("Dòng 1\n\nDòng 2", title_marks, 0)};
    assert_json(trabao_article_json(&article),
                "{\"key\":\"k\",\"title\":null,\"url\":null,\"date\":\"2020\",\"author\":null,\"source\":null,"
                "\"section\":null,\"body\":\"Dòng 1\\n\\nDòng 2\",\"reads\":null,\"extra\":null,"
                "\"href\":\"/article/1\",\"generation\":2,\"marks\":{\"title\":[],\"body\":[]}}");
    const struct trabao_mark marks[] = {{0, 5}, {9, 14}};
    article.reads = 216;
    article.extra = "{\"photo\":\"Ảnh\"}";
    article.body_marked = marked(article.body, marks, 2);
    char *json = trabao_article_json(&article);
    assert_non_null(strstr(json, "\"reads\":216,\"extra\":{\"photo\":\"Ảnh\"},"));
    assert_non_null(strstr(json, "\"marks\":{\"title\":[],\"body\":[[0,4],[8,12]]}"));
    mem_free(json);
}

/* Texts of all lengths about the one that an answer's text is tried with, and of a far greater one, are whole. */
static void test_long_texts(void **state)
{
    (void)state;
    enum { LONGEST = 100000 };
    static char body[LONGEST + 1];
    struct trabao_article article = {.key = "k", .body = body, .reads = -1};
    char *json = trabao_article_json(&article);
    const size_t bare = strlen(json);
    mem_free(json);
    memset(body, 'x', LONGEST);
    for (size_t n = LONGEST; n > 24000; n = MIN(n - 1, (size_t)24600)) {
        body[n] = '\0';
        json = trabao_article_json(&article);
        assert_int_equal(strlen(json), bare + n);
        assert_int_equal(strspn(strchr(json, 'x'), "x"), n);
        assert_string_equal(json + strlen(json) - strlen("\"body\":[]}}"), "\"body\":[]}}");
        mem_free(json);
    }
}

/* A record can be indexed again: its own keys come back, and no other key may hide one of them. */
static void test_record(void **state)
{
    (void)state;
    const struct trabao_article article = {.key = "https://bao.example/1",
                                           .url = "https://bao.example/1",
                                           .title = "Bão",
                                           .body = "Dòng 1",
                                           .date = "2020-07",
                                           .section = "Thời sự",
                                           .extra = "{\"photo\":\"Ảnh\",\"title\":\"x\",\"n\":7}",
                                           .reads = 216};
    assert_json(query_record_json(&article),
                "{\"key\":\"https://bao.example/1\",\"url\":\"https://bao.example/1\",\"title\":\"Bão\","
                "\"date\":\"2020-07\",\"author\":null,\"source\":null,\"category\":\"Thời sự\","
                "\"body\":\"Dòng 1\",\"reads\":216,\"photo\":\"Ảnh\",\"n\":7}");
    const struct trabao_article exact = {
        .key = "k", .title = "T", .body = "", .reads = -1, .extra = "{\"n\":[1.10,-0,1e-9],\"nul\":\"\\u0000\"}"};
    assert_json(query_record_json(&exact),
                "{\"key\":\"k\",\"url\":null,\"title\":\"T\",\"date\":null,"
                "\"author\":null,\"source\":null,\"category\":null,\"body\":\"\",\"id\":\"k\","
                "\"n\":[1.10,-0,1e-9],\"nul\":\"\\u0000\"}");
    const struct trabao_article bare = {.key = "k", .title = "", .body = "", .date = "", .reads = -1};
    assert_json(query_record_json(&bare),
                "{\"key\":\"k\",\"url\":null,\"title\":null,\"date\":null,"
                "\"author\":null,\"source\":null,\"category\":null,\"body\":\"\",\"id\":\"k\"}");
}

static void test_analyze(void **state)
{
    (void)state;
    char *json = NULL;
    const char *text = "TP.Đà ngày 30/4/1975";
    assert_int_equal(trabao_analyze_json(NULL, text, strlen(text), &json, NULL), TRABAO_OK);
    const char *tokens = strstr(json, "\"tokens\":");
    assert_int_equal(strncmp(json, "{\"text\":\"TP.Đà ngày 30/4/1975\",\"version\":\"", 42), 0);
    assert_string_equal(
        tokens,
        "\"tokens\":[{\"form\":\"tp\",\"tone\":\"tp\",\"folded\":\"tp\",\"kind\":\"word\",\"start\":0,\"end\":2,"
        "\"colocated\":false,\"joined\":false},"
        "{\"form\":\"đà\",\"tone\":\"đa\",\"folded\":\"da\",\"kind\":\"word\",\"start\":3,\"end\":7,"
        "\"colocated\":false,\"joined\":true},"
        "{\"form\":\"ngày\",\"tone\":\"ngay\",\"folded\":\"ngay\",\"kind\":\"word\",\"start\":8,\"end\":13,"
        "\"colocated\":false,\"joined\":false},"
        "{\"form\":\"30/4\",\"tone\":\"30/4\",\"folded\":\"30/4\",\"kind\":\"date\",\"start\":14,\"end\":18,"
        "\"colocated\":false,\"joined\":false},"
        "{\"form\":\"30/4/1975\",\"tone\":\"30/4/1975\",\"folded\":\"30/4/1975\",\"kind\":\"date\",\"start\":14,"
        "\"end\":23,\"colocated\":true,\"joined\":false},"
        "{\"form\":\"1975\",\"tone\":\"1975\",\"folded\":\"1975\",\"kind\":\"number\",\"start\":19,\"end\":23,"
        "\"colocated\":true,\"joined\":false}]}");
    mem_free(json);
    assert_int_equal(trabao_analyze_json(NULL, "", 0, &json, NULL), TRABAO_OK);
    assert_non_null(strstr(json, "\"tokens\":[]}"));
    mem_free(json);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    struct trabao_hit hit = make_hit();
    struct trabao_answer answer = make_answer();
    answer.hits = &hit;
    answer.hit_count = 1;
    char *json = NULL;
    for (uint64_t k = 1; json == NULL; k++) {
        mem_fail_at(k, true);
        json = trabao_answer_json(&answer);
        mem_fail_at(0, false);
        assert_true(k < 100);
    }
    mem_free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hit),           cmocka_unit_test(test_bad_bytes), cmocka_unit_test(test_answer),
        cmocka_unit_test(test_article),       cmocka_unit_test(test_record),    cmocka_unit_test(test_analyze),
        cmocka_unit_test(test_out_of_memory), cmocka_unit_test(test_long_texts),
    };
    return cmocka_run_group_tests_name("query_json", tests, NULL, NULL);
}
