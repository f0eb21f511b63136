/*
 * test_query_ranking.c - the second stage of ranking, and when a long query is relaxed: small archives made so that one
 * rule alone decides.
 */
#include "query/adjacency.h"

#include <jansson.h>

#include "query/library.h"
#include "tests/unit/test_library_support.h"

#define ARTICLES_MAX 128
#define BODY_MAX 2048

static struct article articles[ARTICLES_MAX];
static char keys[ARTICLES_MAX][32], bodies[ARTICLES_MAX][BODY_MAX];
static size_t article_count;

static void add_article(const char *name, const char *body)
{
    const size_t i = article_count++;
    assert_true(i < ARTICLES_MAX);
    snprintf(keys[i], sizeof keys[i], "%s %zu", name, i);
    snprintf(bodies[i], sizeof bodies[i], "%s", body);
    articles[i] = (struct article){.reads = -1};
    set_text(&articles[i], ARTICLE_KEY, keys[i]);
    set_text(&articles[i], ARTICLE_BODY, bodies[i]);
}

static void add_articles(int count, const char *name, const char *body)
{
    for (int i = 0; i < count; i++) {
        add_article(name, body);
    }
}

static void open_archive(void)
{
    open_library("ranking.trabao", articles, article_count);
}

static int close_archive(void **state)
{
    article_count = 0;
    return close_library(state);
}

static struct trabao_answer *ask(const char *query)
{
    const struct trabao_request request = {
        .query = query, .query_len = strlen(query), .tier = TRABAO_TIER_AUTO, .sort = TRABAO_RELEVANCE_ONLY};
    struct trabao_answer *answer = NULL;
    assert_fine(trabao_search(reader, &request, &answer, &err), &err);
    return answer;
}

static void assert_first(const struct trabao_answer *answer, const char *name)
{
    assert_true(answer->hit_count > 0);
    if (strncmp(answer->hits[0].key, name, strlen(name)) != 0) {
        fail_msg("%s is first, not %s", answer->hits[0].key, name);
    }
}

/* COUNT words that no query asks for, then WORD. */
static void append_words(char body[BODY_MAX], int count, const char *word)
{
    for (int i = 0; i <= count; i++) {
        const size_t n = strlen(body);
        snprintf(body + n, BODY_MAX - n, "%s ", i < count ? "xa" : word);
    }
}

/* What QUERY finds among an article with BODY that is called so, and six of the OTHER, three on either side. */
static struct trabao_answer *ask_among(const char *name, const char *body, const char *other, const char *other_body,
                                       const char *query)
{
    add_articles(3, other, other_body);
    add_article(name, body);
    add_articles(3, other, other_body);
    open_archive();
    return ask(query);
}

/* The articles have the same words as often, at the same distance from the beginning on average, and are as long. */
static void words_in_one_passage_come_first(void **state)
{
    char together[BODY_MAX] = "", apart[BODY_MAX] = "";
    (void)state;
    append_words(together, 30, "ngân");
    append_words(together, 2, "lãi");
    append_words(together, 2, "suất");
    append_words(together, 34, "xa");
    append_words(apart, 8, "ngân");
    append_words(apart, 24, "lãi");
    append_words(apart, 24, "suất");
    append_words(apart, 12, "xa");
    struct trabao_answer *answer = ask_among("together", together, "apart", apart, "ngân lãi suất");
    assert_int_equal(answer->hit_count, 7);
    assert_first(answer, "together");
    trabao_answer_free(answer);
}

/* A passage of ADJACENCY_PASSAGE words has room for so many, and for no more. */
static void a_passage_is_so_long(void **state)
{
    char within[BODY_MAX] = "", beyond[BODY_MAX] = "";
    (void)state;
    append_words(within, 9, "ngân");
    append_words(within, ADJACENCY_PASSAGE - 2, "lãi");
    append_words(within, 10, "xa");
    append_words(beyond, 9, "ngân");
    append_words(beyond, ADJACENCY_PASSAGE - 1, "lãi");
    append_words(beyond, 9, "xa");
    struct trabao_answer *answer = ask_among("within", within, "beyond", beyond, "ngân lãi");
    assert_first(answer, "within");
    assert_true(answer->hits[0].score > answer->hits[1].score);
    trabao_answer_free(answer);
}

/* What the second stage gives the article that is called so, of those that QUERY finds. */
static double second_stage_of(const char *name, const char *query)
{
    const struct trabao_request request = {.query = query,
                                           .query_len = strlen(query),
                                           .tier = TRABAO_TIER_AUTO,
                                           .sort = TRABAO_RELEVANCE_ONLY,
                                           .limit = TRABAO_LIMIT_MAX,
                                           .explain = true};
    struct trabao_answer *answer = NULL;
    double points = -1;
    assert_fine(trabao_search(reader, &request, &answer, &err), &err);
    for (size_t h = 0; h < answer->hit_count; h++) {
        if (strncmp(answer->hits[h].key, name, strlen(name)) == 0) {
            json_t *parts = json_loads(answer->hits[h].explain, 0, NULL);
            assert_int_equal(json_unpack(parts, "{s:F}", "adjacency", &points), 0);
            json_decref(parts);
        }
    }
    trabao_answer_free(answer);
    return points;
}

/* One article has a rare word with two that are everywhere, the others have it with another rare one. */
static void common_words_count_in_a_passage(void **state)
{
    (void)state;
    char many[BODY_MAX] = "", rare[BODY_MAX] = "";
    append_words(many, 100, "sông");
    append_words(many, 3, "của");
    append_words(many, 3, "là");
    append_words(many, 60, "núi");
    append_words(rare, 100, "sông");
    append_words(rare, 3, "núi");
    append_words(rare, 32, "của");
    append_words(rare, 31, "là");
    add_articles(60, "rest", "của xa là");
    struct trabao_answer *answer = ask_among("many", many, "rare", rare, "sông núi của là");
    assert_first(answer, "many");
    trabao_answer_free(answer);
}

/* Where the words of a passage stand decides, when all else is the same; all stand in the lead. */
static void an_early_passage_comes_first(void **state)
{
    char early[BODY_MAX] = "", late[BODY_MAX] = "";
    (void)state;
    append_words(early, 9, "ngân");
    append_words(early, 2, "lãi");
    append_words(early, 40, "xa");
    append_words(late, 49, "ngân");
    append_words(late, 2, "lãi");
    struct trabao_answer *answer = ask_among("early", early, "late", late, "ngân lãi");
    assert_int_equal(answer->hit_count, 7);
    assert_first(answer, "early");
    trabao_answer_free(answer);
}

/* Words typed without marks are neighbours, and make a passage, in readings that are hardly meant too. */
static void neighbours_count_in_any_reading(void **state)
{
    (void)state;
    add_articles(60, "rest", "xa");
    add_articles(20, "rest", "lạm phát tăng cao xa xa");
    add_article("likely", "xa xa lạm phát xa xa");
    add_article("parted", "xa lạm xa phát xa xa");
    add_article("unlikely", "xa xa lâm phạt xa xa");
    add_article("apart", "xa lâm xa phạt xa xa");
    open_archive();
    const double passage = second_stage_of("parted", "lam phat");
    const double pair = second_stage_of("likely", "lam phat") - passage;
    assert_float_equal(second_stage_of("apart", "lam phat"), passage, 1e-6);
    assert_true(passage > 0);
    assert_true(second_stage_of("unlikely", "lam phat") - passage >= ADJACENCY_ANY_READING * pair - 1e-6);
    assert_true(second_stage_of("unlikely", "lam phat") - passage < pair);
}

/* The other spelling of what was typed finds an article; its words side by side say nothing more about it. */
static void a_second_spelling_is_no_second_word(void **state)
{
    (void)state;
    add_articles(20, "rest", "xa xa xa xa xa xa");
    add_articles(3, "short", "TP.HCM là TPHCM xa xa xa");
    add_article("full", "thành phố Hồ Chí Minh xa xa ngập nước");
    open_archive();
    assert_true(second_stage_of("full", "ngập nước") > 0);
    assert_float_equal(second_stage_of("full", "TP.HCM ngập nước"), second_stage_of("full", "ngập nước"), 1e-6);
}

/* Twelve articles have all words, but not those that are meant: what has most of those is looked for as well. */
static void words_that_are_hardly_meant_do_not_count(void **state)
{
    (void)state;
    add_articles(20, "meant", "lạm phát tăng cao");
    add_articles(20, "rest", "quý");
    add_articles(12, "scattered", "lâm xa xa phạt xa xa tảng xa xa cáo xa xa quỳ");
    open_archive();
    struct trabao_answer *answer = ask("lam phat tang cao quy");
    assert_true(answer->relaxed);
    assert_first(answer, "meant");
    trabao_answer_free(answer);
    answer = ask("lâm phạt tảng cáo quỳ"); /* these are */
    assert_false(answer->relaxed);
    assert_int_equal(answer->total, 12);
    trabao_answer_free(answer);
    answer = ask("lam phat tang cao"); /* enough have all */
    assert_false(answer->relaxed);
    assert_int_equal(answer->total, 32);
    trabao_answer_free(answer);
}

/* A tone is missing: the word that is rare and a little nearer to what was typed is not the one that is meant. */
static void marks_that_are_missing_are_weighed(void **state)
{
    (void)state;
    add_articles(30, "rest", "xa");
    add_articles(20, "meant", "thời tiết đẹp");
    add_article("rare", "thới xa tiết xa");
    open_archive();
    struct trabao_answer *answer = ask("thời tiêt");
    assert_int_equal(answer->tier, TRABAO_TONE);
    assert_true(answer->widened);
    assert_int_equal(answer->total, 21);
    assert_first(answer, "meant");
    assert_string_equal(answer->suggestion, "thời tiết");
    trabao_answer_free(answer);
    answer = ask("thời tiết");
    assert_int_equal(answer->tier, TRABAO_EXACT);
    assert_null(answer->suggestion);
    trabao_answer_free(answer);
}

/* Enough articles have the words as typed, though hardly anybody means them: the others are offered, and only that. */
static void a_likelier_reading_is_offered(void **state)
{
    (void)state;
    add_articles(90, "meant", "giá vàng giá vàng giá vàng giá vàng giá vàng");
    add_articles(12, "literal", "vang xa xa giá");
    open_archive();
    struct trabao_answer *answer = ask("giá vang");
    assert_int_equal(answer->tier, TRABAO_EXACT);
    assert_int_equal(answer->total, 12);
    assert_string_equal(answer->suggestion, "giá vàng");
    trabao_answer_free(answer);
    answer = ask("giá xa");
    assert_int_equal(answer->tier, TRABAO_EXACT);
    assert_null(answer->suggestion);
    trabao_answer_free(answer);
}

/* A name is asked for with or without marks; among its readings the usual one comes first, not the rarest. */
static void names_are_weighed(void **state)
{
    (void)state;
    static const char *const queries[] = {"name:nam", "tên:Nam", "xa tên:Nam", "đẹp name:nam"};
    add_articles(30, "rest", "xa");
    add_articles(20, "usual", "ông Nam xa đẹp");
    add_articles(30, "rest", "năm nay, năm xưa, năm ngoái");
    add_article("rare", "nậm xa đẹp");
    open_archive();
    for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
        struct trabao_answer *answer = ask(queries[i]);
        assert_false(answer->widened && i < 3); /* the marks of a field's name are no marks of the query */
        assert_int_equal(answer->total, i < 2 ? 51 : 21);
        assert_null(answer->suggestion);
        assert_first(answer, "usual");
        trabao_answer_free(answer);
    }
}

/* Counts the hits of QUERY page by page. */
static size_t count_by_pages(const char *query)
{
    char cursor[128] = "";
    size_t count = 0;
    do {
        const struct trabao_request request = {.query = query,
                                               .query_len = strlen(query),
                                               .tier = TRABAO_TIER_AUTO,
                                               .sort = TRABAO_RELEVANCE_ONLY,
                                               .limit = 7,
                                               .cursor = cursor};
        struct trabao_answer *answer;
        assert_fine(trabao_search(reader, &request, &answer, &err), &err);
        count += answer->hit_count;
        snprintf(cursor, sizeof cursor, "%s", answer->next ? answer->next : "");
        trabao_answer_free(answer);
    } while (*cursor);
    return count;
}

/* Letters without tones: articles that have a few of the words letter by letter say nothing. */
static void a_long_query_is_widened_when_nobody_means_its_marks(void **state)
{
    (void)state;
    static const char query[] = "thu tương pham minh chinh";
    add_articles(40, "rest", "xa");
    add_articles(20, "literal", "thu xa pham xa minh xa chinh");
    add_articles(20, "meant", "thủ tướng Phạm Minh Chính");
    open_archive();
    struct trabao_answer *answer = ask(query);
    assert_false(answer->relaxed);
    assert_int_equal(answer->tier, TRABAO_TONE);
    assert_int_equal(answer->total, 20);
    assert_first(answer, "meant");
    assert_string_equal(answer->suggestion, "thủ tướng phạm minh chính");
    trabao_answer_free(answer);
    assert_int_equal(count_by_pages(query), 20);
    answer = ask("thủ tướng phạm minh chính xa"); /* marks that are meant: the last word is too much */
    assert_true(answer->relaxed);
    assert_int_equal(answer->tier, TRABAO_EXACT);
    assert_first(answer, "meant");
    trabao_answer_free(answer);
}

/* A tier between that happens to have enough articles is passed over when the likeliest reading needs a looser one. */
static void the_tier_of_the_likeliest_reading_is_looked_at(void **state)
{
    (void)state;
    add_articles(40, "rest", "xa");
    add_articles(12, "near", "đương xa xa xa bò xa xa xa bẩn");
    add_articles(20, "meant", "đường bộ bẩn");
    open_archive();
    struct trabao_answer *answer = ask("duong bò bân");
    assert_int_equal(answer->tier, TRABAO_FOLDED);
    assert_first(answer, "meant");
    trabao_answer_free(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_in_one_passage_come_first, open_folder, close_archive),
        cmocka_unit_test_setup_teardown(a_passage_is_so_long, open_folder, close_archive),
        cmocka_unit_test_setup_teardown(common_words_count_in_a_passage, open_folder, close_archive),
        cmocka_unit_test_setup_teardown(an_early_passage_comes_first, open_folder, close_archive),
        cmocka_unit_test_setup_teardown(neighbours_count_in_any_reading, open_folder, close_archive),
        cmocka_unit_test_setup_teardown(a_second_spelling_is_no_second_word, open_folder, close_archive),
        cmocka_unit_test_setup_teardown(words_that_are_hardly_meant_do_not_count, open_folder, close_archive),
        cmocka_unit_test_setup_teardown(marks_that_are_missing_are_weighed, open_folder, close_archive),
        cmocka_unit_test_setup_teardown(a_likelier_reading_is_offered, open_folder, close_archive),
        cmocka_unit_test_setup_teardown(names_are_weighed, open_folder, close_archive),
        cmocka_unit_test_setup_teardown(a_long_query_is_widened_when_nobody_means_its_marks, open_folder,
                                        close_archive),
        cmocka_unit_test_setup_teardown(the_tier_of_the_likeliest_reading_is_looked_at, open_folder, close_archive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
