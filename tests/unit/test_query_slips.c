/*
 * test_query_slips.c - words of a query that are slips of typing: typed without blanks, or beside the right key.
 */
#include "query/slips.h"

#include "query/joined.h"
#include "query/misspelt.h"
#include "query/read.h"
#include "tests/unit/test_archive_support.h"

/* How many articles have a body. */
struct text {
    const char *body;
    int articles;
};

#define ARTICLES_MAX 500

static struct trabao_archive *archive;
static struct trabao_reader *reader;
static struct trabao_error err;

static int open_all(void **state)
{
    static const struct text texts[] = {
        {"Đà Nẵng đón khách ở sân bay Đà Nẵng, thời tiết Hà Nội đẹp.", 120},
        {"TP Hồ Chí Minh (TP.HCM) và TP HCM.", 60},
        {"Người Việt Nam đọc Facebook của Donald Trump ở trường học, biến động.", 120},
        {"Số liệu y tế của một bệnh viện đã có ở đây, mỗi ngày một khác.", 60},
        {"Vietnam Airlines và Vietnam-Co.op bay.", 3},
        {"Sa Pa hay Sapa.", 30},
        {"Gas Sài Gòn.", 60},
        {"danangg Chelsea Biden Donal hanoi", 1},
        {"Chelsea Biden", 2},
    };
    static struct article articles[ARTICLES_MAX];
    static char keys[ARTICLES_MAX][8];
    size_t count = 0;
    if (open_folder(state) != 0) {
        return -1;
    }
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        for (int k = 0; k < texts[i].articles; k++, count++) {
            articles[count] = (struct article){.reads = -1};
            snprintf(keys[count], sizeof keys[count], "k%zu", count);
            set_text(&articles[count], ARTICLE_KEY, keys[count]);
            set_text(&articles[count], ARTICLE_BODY, texts[i].body);
        }
    }
    build_archive(in_folder("a.trabao"), articles, count, NULL, 1);
    assert_fine(trabao_open(in_folder("a.trabao"), NULL, &archive, &err), &err);
    assert_fine(trabao_reader_open(archive, &reader, &err), &err);
    return 0;
}

static int close_all(void **state)
{
    trabao_reader_close(reader);
    trabao_close(archive);
    return close_folder(state);
}

static struct query_tree *read_query(const char *query, bool strict)
{
    struct query_tree *tree = NULL;
    const struct query_typed typed = {query, strlen(query), 0, strict};
    assert_fine(query_read(reader, &typed, &tree, &err), &err);
    return tree;
}

/* QUERY is read as TEXT, and MEANT (NULL: nothing) is offered in its place. */
static void assert_reads(const char *query, const char *text, const char *meant)
{
    struct query_tree *tree = read_query(query, false);
    if (strcmp(tree->text, text) != 0 || (tree->meant == NULL) != (meant == NULL) ||
        (meant != NULL && strcmp(tree->meant, meant) != 0)) {
        fail_msg("%s: %s, meant %s; expected %s, meant %s", query, tree->text, tree->meant ? tree->meant : "so", text,
                 meant ? meant : "so");
    }
    query_tree_free(tree);
}

/* ---- words typed without blanks -------------------------------------------------------------------------------- */

static void words_without_blanks(void **state)
{
    (void)state;
    assert_reads("danang", "da nang", NULL);
    assert_reads("Danang", "Da Nang", NULL);
    assert_reads("DaNang", "Da Nang", NULL);
    assert_reads("DANANG", "DA NANG", NULL);
    assert_reads("thoitiethanoi", "thoi tiet ha noi", NULL);
    assert_reads("thoi tiet danang", "thoi tiet da nang", NULL);
    assert_reads("donaldtrump", "donald trump", NULL);
    assert_reads("#thoitiet", "#thoi tiet", NULL);
    assert_reads("tphochiminh", "tp ho chi minh", NULL);
    assert_reads("gassaigon", "gas sai gon", NULL);
    assert_reads("gaßaigon", "gaßaigon", NULL); /* a letter that stands for two cannot be cut */
}

/* Beside words with marks one without them is what it is: the parts get theirs. */
static void marks_of_the_parts(void **state)
{
    (void)state;
    assert_reads("thời tiết danang", "thời tiết đà nẵng", NULL);
    assert_reads("khách Danang", "khách Đà Nẵng", NULL);
    assert_reads("ddons khachs danang", "đón khách đà nẵng", NULL); /* keys of Telex */
}

/* Where several words would be something else than one, they are a phrase. */
static void operators_beside_parts(void **state)
{
    (void)state;
    assert_reads("title:danang", "title:\"da nang\"", NULL);
    assert_reads("danang OR thoitiet", "\"da nang\" OR \"thoi tiet\"", NULL);
    assert_reads("danang NEAR/3 khach", "\"da nang\" NEAR/3 khach", NULL);
    assert_reads("\"bay danang\"", "\"bay da nang\"", NULL);
    assert_reads("name:donaldtrump", "name:donald trump", NULL);
    assert_reads("khach -danang", "khach -\"da nang\"", NULL);
    assert_reads("khach -vietnam", "khach -vietnam", NULL); /* what is excluded is never guessed */
    assert_reads("=danang", "=danang", NULL);
    assert_reads("danang*", "danang*", NULL);
    assert_reads("author:danang", "author:danang", NULL);
    assert_reads("www.danang.vn", "www.danang.vn", NULL);
}

static void what_occurs_is_meant(void **state)
{
    (void)state;
    assert_reads("vietnam", "vietnam", "viet nam"); /* but something else may be */
    assert_reads("vietnam danang", "vietnam da nang", "viet nam da nang");
    assert_reads("người vietnam", "người vietnam", "người việt nam");
    assert_reads("Vietnam Airlines", "Vietnam Airlines", NULL); /* beside a word that is its company, it is */
    assert_reads("vietnam co.op", "vietnam co.op", NULL);
    assert_reads("nguoi vietnam airlines bay", "nguoi vietnam airlines bay", NULL);
    assert_reads("hanoi", "ha noi", NULL); /* a single article has it: a slip as well */
    assert_reads("chelsea covid trump iphone", "chelsea covid trump iphone", NULL);
    assert_reads("tphcm", "tphcm", NULL); /* an abbreviation, which the archive writes otherwise */
    assert_reads("khach toan thoi", "khach toan thoi", NULL); /* syllables */
    assert_reads("khachtrump", "khachtrump", NULL); /* words that nobody writes side by side */
    assert_reads("yte", "yte", NULL); /* too short to tell */
}

static void warning_of_parts(void **state)
{
    (void)state;
    struct query_tree *tree = read_query("ddons danang ,:", false);
    assert_int_equal(tree->warning_count, 2);
    assert_non_null(strstr(tree->warnings[0], "ddons → đón"));
    assert_non_null(strstr(tree->warnings[1], "danang → đà nẵng"));
    assert_non_null(strstr(tree->warnings_english[1], "danang → đà nẵng"));
    query_tree_free(tree);
    tree = read_query("danang", true);
    assert_string_equal(tree->text, "danang");
    assert_int_equal(tree->warning_count, 0);
    query_tree_free(tree);
}

/* A word that can be parted in ever so many ways costs no more than it may. */
static void steps_are_bounded(void **state)
{
    (void)state;
    static const char *const words[] = {"motmotmotmotmotmotmotmotmotmotmo", "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        struct joined joined;
        uint32_t steps = 10;
        assert_false(joined_part(archive->archive, words[i], strlen(words[i]), 0, &steps, &joined));
        assert_true(steps <= 10);
    }
    struct joined joined;
    uint32_t steps = JOINED_STEPS;
    assert_true(joined_part(archive->archive, "danang", 6, 0, &steps, &joined));
    assert_int_equal(joined.count, 2);
    assert_int_equal(joined.parts[1].start, 2);
    assert_true(steps < JOINED_STEPS);
    assert_true(joined.expected > 100);
    assert_false(joined_part(archive->archive, "danang", 6, 10000, &steps, &joined)); /* so often it is not there */
    steps = 0;
    assert_false(joined_part(archive->archive, "danang", 6, 0, &steps, &joined));
}

/* Parts are longer than what was typed: a query that would be too long stays as it is. */
static void long_query(void **state)
{
    (void)state;
    char query[TRABAO_QUERY_MAX + 1];
    memset(query, ' ', sizeof query);
    memcpy(query, "danang", 6);
    memcpy(query + sizeof query - 8, "vietnam", 8);
    assert_int_equal(strlen(query), TRABAO_QUERY_MAX);
    assert_reads(query, query, NULL);
}

/* ---- misspelt words -------------------------------------------------------------------------------------------- */

static void misspelt_words(void **state)
{
    (void)state;
    static const char *const slips[] = {"facebok", "faceboook", "facebool", "faecbook", "afcebook", "faceebook"};
    for (size_t i = 0; i < ARRAY_LEN(slips); i++) {
        assert_reads(slips[i], slips[i], "facebook");
    }
    assert_reads("donal trump", "donal trump", "donald trump"); /* it occurs, but hardly */
    assert_reads("Facebok FACEBOK", "Facebok FACEBOK", "Facebook FACEBOOK");
    assert_reads("title:facebok OR khach", "title:facebok OR khach", "title:facebook OR khach");
    assert_reads("truogn", "truogn", "truong");
    assert_reads("truoong hoc", "truoong hoc", "truong hoc");
    assert_reads("người đọc truogn", "người đọc truogn", "người đọc trường");
    assert_reads("trườgn học", "trườgn học", "trường học");
}

static void words_with_a_blank_inside(void **state)
{
    (void)state;
    assert_reads("face book", "face book", "facebook");
    assert_reads("Face  Book cua truogn", "Face  Book cua truogn", "Facebook cua truong");
    assert_reads("\"doc face book\"", "\"doc face book\"", "\"doc facebook\"");
    assert_reads("title:face book", "title:face book", "title:facebook");
    assert_reads("người face book đọc", "người face book đọc", "người facebook đọc");
    assert_reads("face, book", "face, book", NULL);
    assert_reads("face OR book", "face OR book", NULL);
    assert_reads("-\"face book\" doc", "-\"face book\" doc", NULL);
    assert_reads("face =book", "face =book", NULL);
    assert_reads("sa pa", "sa pa", NULL); /* it is written so as well */
    assert_reads("do nald", "do nald", "donald");
}

static void words_that_are_no_slips(void **state)
{
    (void)state;
    static const char *const words[] = {"facebook", "hacebook", "fcebok", "donad1", "doned", "chelsea", "covid",
                                        "biden", "khang", "truona", "-facebok", "=facebok", "facebok*"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        assert_reads(words[i], words[i], NULL);
    }
    assert_int_equal(misspelt_meant(&archive->archive->lexicon, "facebokfacebokfacebok", 21, 0), LEXICON_NONE);
}

static void looks_at_few_words(void **state)
{
    (void)state;
    assert_reads("qqqqq1 wwwww xxxxx zzzzz facebok fecebook", "qqqqq1 wwwww xxxxx zzzzz facebok fecebook",
                 "qqqqq1 wwwww xxxxx zzzzz facebook fecebook");
    static const char many[] = "bbbb cccc dddd ffff gggg hhhh jjjj kkkk llll mmmm nnnn pppp danang";
    assert_reads(many, many, NULL);
    assert_reads(many + 5, "cccc dddd ffff gggg hhhh jjjj kkkk llll mmmm nnnn pppp da nang", NULL);
}

/* ---- what becomes of it ---------------------------------------------------------------------------------------- */

static void assert_suggests(const char *query, const char *suggestion, uint64_t total)
{
    const struct trabao_request request = {.query = query, .query_len = strlen(query), .tier = TRABAO_TIER_AUTO};
    struct trabao_answer *answer;
    assert_fine(trabao_search(reader, &request, &answer, &err), &err);
    if ((answer->suggestion == NULL) != (suggestion == NULL) ||
        (suggestion != NULL && strcmp(answer->suggestion, suggestion) != 0) || answer->total != total) {
        fail_msg("%s: suggestion %s, %d articles", query, answer->suggestion ? answer->suggestion : "none",
                 (int)answer->total);
    }
    trabao_answer_free(answer);
}

static void suggestions(void **state)
{
    (void)state;
    assert_suggests("danang", "đà nẵng", 120);
    assert_suggests("vietnam", "việt nam", 3);
    assert_suggests("Vietnam", "Việt Nam", 3);
    assert_suggests("người vietnam", "người việt nam", 0);
    assert_suggests("doc facebok", "đọc facebook", 0);
    assert_suggests("facebook", NULL, 120);
    assert_suggests("=facebok", NULL, 0);
}

/* Each allocation fails once; then all after it. */
static void memory_runs_out(void **state)
{
    (void)state;
    for (int ever = 0; ever < 2; ever++) {
        enum trabao_status status = TRABAO_NO_MEMORY;
        for (uint64_t k = 1; status == TRABAO_NO_MEMORY; k++) {
            static const char query[] = "danang vietnam facebok";
            const struct trabao_request request = {
                .query = query, .query_len = sizeof query - 1, .tier = TRABAO_TIER_AUTO};
            struct trabao_answer *answer = NULL;
            mem_fail_at(k, ever);
            status = trabao_search(reader, &request, &answer, &err);
            mem_fail_at(0, false);
            if (status == TRABAO_OK) {
                assert_string_equal(answer->suggestion, "đà nẵng việt nam facebook");
            }
            trabao_answer_free(answer);
        }
        assert_int_equal(status, TRABAO_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_without_blanks),
        cmocka_unit_test(marks_of_the_parts),
        cmocka_unit_test(operators_beside_parts),
        cmocka_unit_test(what_occurs_is_meant),
        cmocka_unit_test(warning_of_parts),
        cmocka_unit_test(steps_are_bounded),
        cmocka_unit_test(long_query),
        cmocka_unit_test(misspelt_words),
        cmocka_unit_test(words_with_a_blank_inside),
        cmocka_unit_test(words_that_are_no_slips),
        cmocka_unit_test(looks_at_few_words),
        cmocka_unit_test(suggestions),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
