/*
 * test_query_json.c - the JSON objects, byte for byte, as the HTTP interface promises them.
 */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <jansson.h>
#include <math.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "query/answer_json.h"
#include "query/json_writer.h"
#include "query/trabao.h"
#include "tests/unit/test_random.h"

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
    hit.explain = "{\"bm25\":1.5}";
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

/* ---- against Jansson ------------------------------------------------------------------------------------------- */

/* What Jansson makes of {"v": VALUE}; VALUE is freed. */
static char *by_jansson(json_t *value)
{
    json_t *object = json_pack("{s:o}", "v", value);
    char *json = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(object);
    return json;
}

/* Up to 40 bytes: characters of all lengths, among them every control character, and bytes that are none. */
static size_t draw_text(char *text)
{
    static const uint32_t some[] = {'"',    '\\',   '/',    0x7f,   0x80,    0x1ec7,
                                    0x2028, 0x2029, 0xfeff, 0xffff, 0x1f600, 0x10ffff};
    size_t n = 0;
    while (n < 36 && random_below(12) > 0) {
        switch (random_below(4)) {
        case 0:
            text[n++] = (char)random_below(random_below(4) ? 0x20 : 0x100);
            break;
        case 1:
            text[n++] = (char)random_below(0x80);
            break;
        default:
            n += utf8_encode(some[random_below(ARRAY_LEN(some))], text + n);
        }
    }
    return n;
}

/* Character by character, as Jansson takes no text that has to be repaired. */
static json_t *repaired_by_jansson(const char *text, size_t n)
{
    char repaired[200];
    size_t len = 0;
    for (size_t i = 0; i < n;) {
        uint32_t c;
        i += utf8_decode(text + i, n - i, &c);
        len += utf8_encode(c, repaired + len);
    }
    return json_stringn(repaired, len);
}

static void test_texts_as_jansson(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        char text[40];
        struct json_writer w;
        const size_t n = draw_text(text);
        char *expected = by_jansson(repaired_by_jansson(text, n));
        json_begin(&w);
        json_put_text(&w, "v", text, n);
        assert_json(json_end(&w), expected);
        free(expected);
    }
}

static void assert_real(double value)
{
    struct json_writer w;
    char *expected = by_jansson(json_real(round(value * 1000) / 1000));
    json_begin(&w);
    json_put_real(&w, "v", value);
    assert_json(json_end(&w), expected);
    free(expected);
}

static void test_reals_as_jansson(void **state)
{
    static const double some[] = {0, -0.0, -0.0001, 0.0005, 0.001, 0.1, 1, -1.5, 9.9995, 10, 100.25, 999999999999.9};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(some); i++) {
        assert_real(some[i]);
    }
    for (int i = 0; i < 20000; i++) {
        assert_real(((double)random_below(UINT32_MAX) - 1e9) / pow(10, random_below(10)));
    }
}

/* ---- answers --------------------------------------------------------------------------------------------------- */

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

/* An article's extra as it is in the answer, up to the member behind it. */
static void assert_extra(const char *stored, const char *expected)
{
    const struct trabao_article article = {.key = "k", .body = "", .reads = -1, .extra = stored};
    char *json = trabao_article_json(&article);
    const char *extra = strstr(json, "\"extra\":") + strlen("\"extra\":");
    assert_int_equal(strstr(extra, ",\"href\":") - extra, strlen(expected));
    assert_memory_equal(extra, expected, strlen(expected));
    mem_free(json);
}

static void test_extra(void **state)
{
    static const char kept[] = "{\"n\":[1.10,-0,1e-9,1E5,9007199254740993],\"nul\":\"\\u0000\",\"m\":{}}";
    static const char *const damaged[] = {
        "",           "{",      "{\"a\":1",    "{\"a\":1}}", "{\"a\":01}", "{\"a\":\"\xff\"}", "{\"a\":\"\n\"}",
        "{\"a\":1,}", "[1.10]", "{\"a\":1}\"", "7",          "{\"a\":nul}"};
    (void)state;
    assert_extra(kept, kept);
    for (size_t i = 0; i < ARRAY_LEN(damaged); i++) {
        const struct trabao_article article = {.key = "k", .body = "", .reads = -1, .extra = damaged[i]};
        assert_extra(damaged[i], "null");
        assert_json(query_record_json(&article),
                    "{\"key\":\"k\",\"url\":null,\"title\":null,\"date\":null,\"author\":null,\"source\":null,"
                    "\"category\":null,\"body\":\"\",\"id\":\"k\"}");
    }
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

/* A record can be indexed again: all of its keys come back. */
static void test_record(void **state)
{
    (void)state;
    const struct trabao_article article = {.key = "https://bao.example/1",
                                           .url = "https://bao.example/1",
                                           .title = "Bão",
                                           .body = "Dòng 1",
                                           .date = "2020-07",
                                           .section = "Thời sự",
                                           .extra = "{\"photo\":\"Ảnh\",\"n\":7}",
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

/* What the record has under one of its keys that is no field of an article comes out as it went in. */
static void test_record_with_its_own_keys_as_others(void **state)
{
    (void)state;
    const struct trabao_article missing = {
        .key = "k", .body = "", .reads = -1, .extra = "{\"title\":1.10,\"reads\":2.50,\"url\":null}"};
    assert_json(query_record_json(&missing),
                "{\"key\":\"k\",\"date\":null,\"author\":null,\"source\":null,\"category\":null,\"body\":\"\","
                "\"id\":\"k\",\"title\":1.10,\"reads\":2.50,\"url\":null}");
    const struct trabao_article all = {
        .key = "k", .body = "", .reads = 3, .extra = "{\"id\":1,\"reads\":2,\"body\":null,\"key\":{}}"};
    assert_json(query_record_json(&all),
                "{\"url\":null,\"title\":null,\"date\":null,\"author\":null,\"source\":null,\"category\":null,"
                "\"id\":1,\"reads\":2,\"body\":null,\"key\":{}}");
    const struct trabao_article aliased = {.key = "k",
                                           .url = "k",
                                           .section = "Mục",
                                           .body = "thân",
                                           .reads = -1,
                                           .extra = "{\"category\":[\"x\",7],\"body\":{\"t\":1}}"};
    assert_json(query_record_json(&aliased),
                "{\"key\":\"k\",\"url\":\"k\",\"title\":null,\"date\":null,\"author\":null,\"source\":null,"
                "\"section\":\"Mục\",\"content\":\"thân\",\"category\":[\"x\",7],\"body\":{\"t\":1}}");
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

static char *json_of_answer(void)
{
    struct trabao_hit hit = make_hit();
    struct trabao_answer answer = make_answer();
    hit.url = "bad \xFF";
    answer.hits = &hit;
    answer.hit_count = 1;
    return trabao_answer_json(&answer);
}

static char *json_of_record(void)
{
    static char body[100000];
    const struct trabao_article article = {.key = "k", .body = body, .reads = 7, .extra = "{\"reads\":1,\"n\":2}"};
    memset(body, 'x', sizeof body - 1);
    return query_record_json(&article);
}

static char *json_of_text(void)
{
    char *json;
    const enum trabao_status status = trabao_analyze_json(NULL, "đò", strlen("đò"), &json, NULL);
    assert_int_equal(json != NULL, status == TRABAO_OK);
    return json;
}

/* Whatever allocation fails, alone or with all after it, the answer is the whole one or none. */
static void test_out_of_memory(void **state)
{
    static char *(*const makers[])(void) = {json_of_answer, json_of_record, json_of_text};
    (void)state;
    for (size_t i = 0; i < 2 * ARRAY_LEN(makers); i++) {
        char *whole = makers[i / 2]();
        char *json = NULL;
        int failures = 0;
        for (uint64_t k = 1; json == NULL; k++, failures++) {
            mem_fail_at(k, i % 2);
            json = makers[i / 2]();
            mem_fail_at(0, false);
            assert_true(k < 100);
        }
        assert_json(json, whole);
        assert_true(failures > 1);
        mem_free(whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hit),
        cmocka_unit_test(test_bad_bytes),
        cmocka_unit_test(test_texts_as_jansson),
        cmocka_unit_test(test_reals_as_jansson),
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_article),
        cmocka_unit_test(test_extra),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_record_with_its_own_keys_as_others),
        cmocka_unit_test(test_analyze),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests_name("query_json", tests, NULL, NULL);
}
