/*
 * test_query_readings.c - marks put back by the words around, on an archive made for it.
 */
#include "tests/unit/test_archive_support.h"

#include <math.h>

#include "query/library.h"
#include "query/readings.h"

static struct trabao_archive *archive;
static struct trabao_reader *reader;

static const char *const bodies[] = {
    "Bạn đọc gửi thư cho tòa soạn. Bạn đọc hỏi về giá vàng.",
    "Bạn đọc và các bạn trẻ, bạn bè, bạn học.",
    "Bàn ghế của trường mới. Bàn ghế cũ được sửa.",
    "Bán nhà đất, bán nhà mặt phố. Giá vàng tăng, giá vàng giảm.",
    "Mặt trận Tổ quốc Việt Nam họp. Mặt trận Tổ quốc tỉnh.",
    "Ban tổ chức trao giải. Ban tổ chức và Mặt trận Tổ quốc.",
    "Công ty cổ phần nộp thuế. Công ty ở Hà Nội. Mã k5đ.",
    "Em hát rao. Ta hát rao. Ai hát rảo, ai hát rảo, ai hát rảo, ai hát rảo. Hát to, hát hay.",
};

static int open_archive(void **state)
{
    struct article articles[ARRAY_LEN(bodies)] = {0};
    char keys[ARRAY_LEN(bodies)][8];
    if (open_folder(state) != 0) {
        return -1;
    }
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        snprintf(keys[i], sizeof keys[i], "k%zu", i);
        set_text(&articles[i], ARTICLE_KEY, keys[i]);
        set_text(&articles[i], ARTICLE_BODY, bodies[i]);
        articles[i].reads = -1;
    }
    build_archive(in_folder("readings"), articles, ARRAY_LEN(bodies), NULL, 1);
    return trabao_open(in_folder("readings"), NULL, &archive, NULL) == TRABAO_OK &&
                   trabao_reader_open(archive, &reader, NULL) == TRABAO_OK
               ? 0
               : -1;
}

static int close_archive(void **state)
{
    trabao_reader_close(reader);
    trabao_close(archive);
    return close_folder(state);
}

static void assert_restored(const char *typed, const char *expected)
{
    struct trabao_error err = {0};
    char *restored;
    assert_fine(trabao_restore(reader, typed, strlen(typed), &restored, &err), &err);
    assert_string_equal(restored, expected);
    mem_free(restored);
}

static void test_context_decides(void **state)
{
    (void)state;
    assert_restored("ban doc", "bạn đọc");
    assert_restored("ban ghe", "bàn ghế");
    assert_restored("ban nha", "bán nhà");
    assert_restored("ban to chuc", "ban tổ chức");
    assert_restored("mat tran to quoc", "mặt trận tổ quốc");
    assert_restored("gia vang", "giá vàng");
}

/* What stood once behind two words says less than what usually stands behind the second of them. */
static void test_a_rare_context_says_little(void **state)
{
    (void)state;
    assert_restored("hat rao", "hát rảo");
    assert_restored("em hat rao", "em hát rảo");
}

static void test_usual_spelling(void **state)
{
    (void)state;
    assert_restored("cong ty co phan", "công ty cổ phần");
}

static void test_what_was_typed_stays(void **state)
{
    (void)state;
    assert_restored("bàn doc", "bàn đọc");
    assert_restored("xyzzy 2020 ban doc", "xyzzy 2020 bạn đọc");
    assert_restored("\"ban doc\" -ghe OR =ban author:ban", "\"bạn đọc\" -ghe OR =ban author:ban");
    assert_restored("", "");
    assert_restored("(((", "(((");
}

static void test_capitals_stay(void **state)
{
    (void)state;
    assert_restored("Ban doc, GIA VANG o Ha Noi", "Bạn đọc, GIÁ VÀNG ở Hà Nội");
    assert_restored("O HA noi", "Ở HÀ nội");
}

static void test_addresses_and_numbers_stay(void **state)
{
    (void)state;
    assert_restored("https://ban.doc/gia-vang ban doc", "https://ban.doc/gia-vang bạn đọc");
    assert_restored("www.doc.vn/gia", "www.doc.vn/gia");
    assert_restored("ban@doc gia vang", "ban@doc giá vàng");
    assert_restored("O'Doc o\xE2\x80\x99 ha noi gia\xE2\x80\x99vang", "O'Doc ở\xE2\x80\x99 hà nội gia\xE2\x80\x99vang");
    assert_restored("k5d ban doc", "k5d bạn đọc");
    assert_restored("title:\"ban doc\" gia-vang.", "title:\"bạn đọc\" giá-vàng.");
    assert_restored("(gia vang) ban: doc", "(giá vàng) bạn: đọc");
}

/* Of every word weighed: readings with probabilities that are together one, the likeliest path among them. */
static void test_probabilities(void **state)
{
    (void)state;
    struct trabao_error err = {0};
    struct query_tree *tree;
    struct readings readings;
    struct query_arena *arena = query_arena_new();
    const char *query = "ban doc gia vang cong ty nha dat qwerty";
    const struct query_typed typed = {query, strlen(query), 0, false};
    assert_fine(query_parse(reader->analyzer, &typed, &tree, &err), &err);
    const struct stand_rule rule = {&archive->archive->lexicon, tree->any_marked, TRABAO_FOLDED};
    assert_fine(readings_weigh(archive->archive, tree, &rule, arena, &readings, &err), &err);
    assert_int_equal(readings.count, 9);
    for (size_t i = 0; i < readings.count; i++) {
        const struct word_reading *r = &readings.items[i];
        double sum = 0;
        for (size_t c = 0; c < r->count; c++) {
            assert_true(r->probability[c] >= 0);
            sum += r->probability[c];
            assert_true(readings_probability(&readings, r->token, r->terms[c]) == r->probability[c]);
        }
        assert_true(r->count == 0 ? i == 8 : fabs(sum - 1) < 1e-9 && r->best < r->count);
    }
    query_tree_free(tree);
    query_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_context_decides),
        cmocka_unit_test(test_a_rare_context_says_little),
        cmocka_unit_test(test_usual_spelling),
        cmocka_unit_test(test_what_was_typed_stays),
        cmocka_unit_test(test_capitals_stay),
        cmocka_unit_test(test_addresses_and_numbers_stay),
        cmocka_unit_test(test_probabilities),
    };
    return cmocka_run_group_tests(tests, open_archive, close_archive);
}
