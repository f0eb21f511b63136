/*
 * test_archive_spill.c - articles of several ports through the temporary file, their entries in memory and put away.
 */
#include "tests/unit/test_archive_support.h"

#include <signal.h>
#include <sys/resource.h>

#include "archive/spill.h"

#define ARTICLES 700
#define PORTS 3
#define TOP_SECOND INT64_C(13000000000) /* of the article that is added first */
#define LARGE (300U << 10) /* more than is written at once */

static char keys[ARTICLES][16];
static char *body;

/* Most are small; the length tells which article it is. */
static size_t body_length(uint32_t a)
{
    return a % 97 == 5 ? LARGE + a : 10 * a;
}

static struct article make_article(uint32_t a)
{
    struct article article = {.reads = a, .date = {.second = TOP_SECOND - a, .precision = CIVIL_TIME}};
    snprintf(keys[a], sizeof keys[a], "key %u", a);
    set_text(&article, ARTICLE_KEY, keys[a]);
    article.fields[ARTICLE_BODY] = (struct article_text){body, body_length(a)};
    return article;
}

static void add_all(struct spill *spill)
{
    struct spill_port *ports[PORTS];
    struct trabao_error err = {0};
    for (size_t p = 0; p < PORTS; p++) {
        assert_fine(spill_port_open(spill, &ports[p], &err), &err);
    }
    for (uint32_t a = 0; a < ARTICLES; a++) {
        const struct article article = make_article(a);
        assert_fine(spill_add(ports[a % PORTS], &article, a, 0, &err), &err);
    }
    for (size_t p = 0; p < PORTS; p++) {
        spill_port_close(ports[p]);
    }
}

/* Article a is the a-th from the end. STEP: between those that are read one after the other. */
static void expect_all(struct spill *spill, uint32_t step)
{
    struct trabao_error err = {0};
    struct spill_port *port;
    struct buf bytes;
    buf_init(&bytes, 1 << 20);
    assert_fine(spill_port_open(spill, &port, &err), &err);
    assert_int_equal(spill_count(spill), ARTICLES);
    for (uint32_t k = 0; k < ARTICLES; k++) {
        const uint32_t i = (uint32_t)((uint64_t)k * step % ARTICLES), a = ARTICLES - 1 - i;
        struct spill_entry entry;
        struct article article;
        assert_fine(spill_read(port, i, &entry, &bytes, &article, &err), &err);
        assert_int_equal(article.reads, a);
        assert_int_equal(article.fields[ARTICLE_BODY].len, body_length(a));
        assert_memory_equal(article.fields[ARTICLE_BODY].text ? article.fields[ARTICLE_BODY].text : "", body,
                            body_length(a));
        assert_int_equal(entry.id, (TOP_SECOND - (int64_t)a) * ARTICLE_SLOTS);
        assert_int_equal(entry.key_hash, article_key_hash(keys[a], strlen(keys[a])));
        assert_int_equal(entry.content_hash, article_content_hash(&article));
    }
    spill_port_close(port);
    buf_free(&bytes);
}

static void test_articles_come_back(void **state TRABAO_UNUSED)
{
    struct trabao_error err = {0};
    struct spill *spill;
    uint64_t superseded;
    body = mem_alloc(LARGE + ARTICLES, 1);
    assert_non_null(body);
    for (size_t i = 0; i < LARGE + ARTICLES; i++) {
        body[i] = (char)('a' + i * i % 23);
    }
    assert_fine(spill_open(test_folder, &spill, &err), &err);
    add_all(spill);
    assert_fine(spill_sort(spill, &superseded, &err), &err);
    assert_int_equal(superseded, 0);
    expect_all(spill, 1);
    assert_fine(spill_put_away(spill, &err), &err);
    expect_all(spill, 1);
    expect_all(spill, 341);
    spill_close(spill);
    mem_free(body);
}

static void test_none_is_put_away(void **state TRABAO_UNUSED)
{
    struct trabao_error err = {0};
    struct spill *spill;
    uint64_t superseded;
    assert_fine(spill_open(test_folder, &spill, &err), &err);
    assert_fine(spill_sort(spill, &superseded, &err), &err);
    assert_fine(spill_put_away(spill, &err), &err);
    assert_int_equal(spill_count(spill), 0);
    spill_close(spill);
}

/* What a port wrote last is written when it is closed; that this failed is told by who needs it. */
static void test_the_last_piece_cannot_be_written(void **state TRABAO_UNUSED)
{
    const struct rlimit none = {0, RLIM_INFINITY};
    struct trabao_error err = {0};
    struct rlimit before;
    struct spill *spill;
    struct spill_port *port;
    uint64_t superseded;
    struct article article = {0};
    set_text(&article, ARTICLE_KEY, "key");
    assert_fine(spill_open(test_folder, &spill, &err), &err);
    assert_fine(spill_port_open(spill, &port, &err), &err);
    assert_fine(spill_add(port, &article, 0, 0, &err), &err);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    spill_port_close(port);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(spill_sort(spill, &superseded, &err), TRABAO_IO);
    spill_close(spill);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_articles_come_back),
        cmocka_unit_test(test_none_is_put_away),
        cmocka_unit_test(test_the_last_piece_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
