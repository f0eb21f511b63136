/*
 * test_server_url.c - request targets and search arguments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "query/trabao.h"
#include "server/search_args.h"
#include "server/url.h"

static void test_parts(void **state TRABAO_UNUSED)
{
    struct url url;
    assert_int_equal(url_parse("/a%2Fb/c?q=m%E1%BA%B7t+tr%e1%ba%adn&x&y=&=z&q=second&&w=1=2%3D", &url, NULL),
                     TRABAO_OK);
    assert_string_equal(url.path, "/a/b/c");
    assert_string_equal(url_find(&url, "q")->value, "mặt trận");
    assert_int_equal(url_find(&url, "q")->value_len, strlen("mặt trận"));
    assert_string_equal(url_find(&url, "x")->value, "");
    assert_null(url_value(&url, "x"));
    assert_null(url_value(&url, "y"));
    assert_null(url_find(&url, "z"));
    assert_string_equal(url_find(&url, "")->value, "z");
    assert_string_equal(url_value(&url, "w"), "1=2=");
    assert_int_equal(url.arg_count, 6);
    url_free(&url);
}

static void test_bad_escapes_stand_for_themselves(void **state TRABAO_UNUSED)
{
    struct url url;
    assert_int_equal(url_parse("/%/%4?q=100%&r=%zz&s=%4g&t=a+b%2Bc&p%6", &url, NULL), TRABAO_OK);
    assert_string_equal(url.path, "/%/%4");
    assert_string_equal(url_value(&url, "q"), "100%");
    assert_string_equal(url_value(&url, "r"), "%zz");
    assert_string_equal(url_value(&url, "s"), "%4g");
    assert_string_equal(url_value(&url, "t"), "a b+c");
    assert_non_null(url_find(&url, "p%6"));
    url_free(&url);
}

static void test_absolute_form(void **state TRABAO_UNUSED)
{
    struct url url;
    assert_int_equal(url_parse("http://tim.example:80/search?q=http://x/", &url, NULL), TRABAO_OK);
    assert_string_equal(url.path, "/search");
    assert_string_equal(url_value(&url, "q"), "http://x/");
    url_free(&url);
    assert_int_equal(url_parse("/search?q=a://b/c", &url, NULL), TRABAO_OK);
    assert_string_equal(url.path, "/search");
    url_free(&url);
}

static void test_refusals(void **state TRABAO_UNUSED)
{
    static const char *const bad[] = {"",          "*",        "search", "?q=1",     "http://host", "/%00",
                                      "/x?q=%00",  "/x?%00=1", "/%ff",   "/x?q=%C3", "/x?q=%C0%80", "/x?q=%ED%A0%80",
                                      "/x?\xfe=1", "/\xc3"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct url url;
        struct trabao_error err = {0};
        assert_int_equal(url_parse(bad[i], &url, &err), TRABAO_USAGE);
        assert_true(err.message[0] != '\0');
        assert_string_equal(url.path, "/");
        assert_int_equal(url.arg_count, 0);
        url_free(&url);
    }
}

/* Encoding by another way (every byte becomes an escape) and ours must both decode to the text. */
static void test_round_trip(void **state TRABAO_UNUSED)
{
    static const char text[] = "Hà Nội & \"phố\" <1/2> 100% +\n\t#?=;đường ễ 🚲";
    struct buf target;
    buf_init(&target, 4096);
    buf_append_str(&target, "/x?a=");
    for (size_t i = 0; text[i] != '\0'; i++) {
        buf_printf(&target, "%%%02x", (unsigned char)text[i]);
    }
    buf_append_str(&target, "&b=");
    const size_t before = target.len;
    assert_true(url_append_encoded(&target, text, strlen(text)));
    assert_int_equal(strcspn(buf_str(&target) + before, " \"<>&'+#?=/\n"), target.len - before);
    struct url url;
    assert_int_equal(url_parse(buf_str(&target), &url, NULL), TRABAO_OK);
    assert_string_equal(url_value(&url, "a"), text);
    assert_string_equal(url_value(&url, "b"), text);
    url_free(&url);
    buf_free(&target);
}

static enum trabao_status read_args(const char *target, struct url *url, struct trabao_request *out)
{
    assert_int_equal(url_parse(target, url, NULL), TRABAO_OK);
    return search_args_read(url, out, NULL);
}

static void test_search_arguments(void **state TRABAO_UNUSED)
{
    struct url url;
    struct trabao_request request;
    assert_int_equal(read_args("/?q=a+b&from=2020&to=&sort=oldest&tier=tone&limit=7&cursor=c&total=none&strict=1"
                               "&explain=false&author=An&source=S&section=M&name=N&unknown=%25",
                               &url, &request),
                     TRABAO_OK);
    assert_int_equal(request.query_len, 3);
    assert_string_equal(request.query, "a b");
    assert_string_equal(request.from, "2020");
    assert_null(request.to);
    assert_int_equal(request.sort, TRABAO_OLDEST);
    assert_int_equal(request.tier, TRABAO_TONE);
    assert_int_equal(request.total, TRABAO_TOTAL_NONE);
    assert_int_equal(request.limit, 7);
    assert_true(request.strict);
    assert_false(request.explain);
    assert_string_equal(request.cursor, "c");
    assert_string_equal(request.author, "An");
    assert_string_equal(request.source, "S");
    assert_string_equal(request.section, "M");
    assert_string_equal(request.name, "N");
    url_free(&url);

    assert_int_equal(read_args("/", &url, &request), TRABAO_OK);
    assert_int_equal(request.query_len, 0);
    assert_non_null(request.query);
    assert_int_equal(request.tier, TRABAO_TIER_AUTO);
    assert_int_equal(request.sort, TRABAO_RELEVANCE);
    assert_int_equal(request.limit, 0);
    url_free(&url);
}

static void test_limits(void **state TRABAO_UNUSED)
{
    static const struct {
        const char *target;
        enum trabao_status status;
        int limit;
    } cases[] = {
        {"/?limit=1", TRABAO_OK, 1},      {"/?limit=100", TRABAO_OK, 100},
        {"/?limit=101", TRABAO_OK, 100},  {"/?limit=0000000000005", TRABAO_OK, 100},
        {"/?limit=", TRABAO_OK, 0},       {"/?limit=4294967297", TRABAO_OK, 100},
        {"/?limit=0", TRABAO_USAGE, 0},   {"/?limit=00", TRABAO_USAGE, 0},
        {"/?limit=-3", TRABAO_USAGE, 0},  {"/?limit=+3", TRABAO_USAGE, 0},
        {"/?limit=ten", TRABAO_USAGE, 0}, {"/?limit=%203", TRABAO_USAGE, 0},
        {"/?sort=x", TRABAO_USAGE, 0},    {"/?tier=x", TRABAO_USAGE, 0},
        {"/?total=x", TRABAO_USAGE, 0},   {"/?strict=x", TRABAO_USAGE, 0},
        {"/?explain=2", TRABAO_USAGE, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct url url;
        struct trabao_request request;
        assert_int_equal(read_args(cases[i].target, &url, &request), cases[i].status);
        if (cases[i].status == TRABAO_OK) {
            assert_int_equal(request.limit, cases[i].limit);
        }
        url_free(&url);
    }
}

static void test_out_of_memory(void **state TRABAO_UNUSED)
{
    struct url url;
    struct trabao_error err;
    mem_fail_at(1, true);
    assert_int_equal(url_parse("/search?q=x", &url, &err), TRABAO_NO_MEMORY);
    mem_fail_at(0, false);
    assert_string_equal(url.path, "/");
    url_free(&url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),         cmocka_unit_test(test_bad_escapes_stand_for_themselves),
        cmocka_unit_test(test_absolute_form), cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_search_arguments),
        cmocka_unit_test(test_limits),        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests_name("server url", tests, NULL, NULL);
}
