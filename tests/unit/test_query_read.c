/*
 * test_query_read.c - what an archive makes of a query: keystrokes that become words, abbreviations that become units.
 */
#include "query/read.h"

#include "base/buf.h"
#include "query/abbreviate.h"
#include "tests/unit/test_archive_support.h"

static struct trabao_archive *archive;
static struct trabao_reader *reader;
static struct trabao_error err;

static int open_all(void **state)
{
    static const char *const bodies[] = {
        "UBND họp với HĐND về luật. Ủy ban nhân dân và Hội đồng nhân dân tỉnh cùng dự. Người Việt Nam ở Á Đông. xets",
        "TP.HCM, TPHCM, TP Hồ Chí Minh và Thành phố Hồ Chí Minh: bốn cách viết. Liên hợp quốc.",
        "uy ban khang chien (UBKC) tra loi.", /* an archive may have texts without marks */
        "Mặt trận Tổ quốc, mat tran to quoc.",
        "Quỹ hỗ trợ nông dân (QHTND).",
        "Quỹ hỗ trợ nông dân (QHTND).",
        "Quỹ hỗ trợ nông dân (QHTND).",
        "Cuc an ninh (CAN) va VKS, vien kiem sat.",
        "Có họp. Có dự. cos", /* more have what the keys make than have the keys */
        "Có nhà.",
    };
    static struct article articles[ARRAY_LEN(bodies)];
    static char keys[ARRAY_LEN(bodies)][8];
    if (open_folder(state) != 0) {
        return -1;
    }
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        articles[i] = (struct article){.reads = -1};
        snprintf(keys[i], sizeof keys[i], "k%zu", i);
        set_text(&articles[i], ARTICLE_KEY, keys[i]);
        set_text(&articles[i], ARTICLE_BODY, bodies[i]);
    }
    build_archive(in_folder("a.trabao"), articles, ARRAY_LEN(bodies), NULL, 1);
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
    enum trabao_status status = query_read(reader, &typed, &tree, &err);
    if (status == TRABAO_OK) {
        status = query_abbreviate(archive->archive, tree, &err);
    }
    if (status != TRABAO_OK) {
        fail_msg("%s: %s", query, err.message);
    }
    return tree;
}

static void assert_reads(const char *query, const char *expected)
{
    struct query_tree *tree = read_query(query, false);
    char *dump = query_tree_dump(tree);
    if (strcmp(dump, expected) != 0) {
        fail_msg("%s:\n%s, expected\n%s", query, dump, expected);
    }
    mem_free(dump);
    query_tree_free(tree);
}

/* Words are longer than their keys: a query that would become too long is read as it was typed. */
static void keystrokes_of_a_long_query(void **state)
{
    (void)state;
    char query[TRABAO_QUERY_MAX + 1];
    size_t n = 0;
    while (n + 10 < sizeof query) {
        n += (size_t)snprintf(query + n, sizeof query - n, "nguowif ");
    }
    struct query_tree *tree = read_query(query, false);
    char *dump = query_tree_dump(tree);
    assert_null(strstr(dump, "người"));
    mem_free(dump);
    query_tree_free(tree);
    query[100] = '\0';
    tree = read_query(query, false);
    dump = query_tree_dump(tree);
    assert_non_null(strstr(dump, "người"));
    mem_free(dump);
    query_tree_free(tree);
}

static void keystrokes(void **state)
{
    (void)state;
    assert_reads("vieejt nam", "(and việt nam)");
    assert_reads("Vie65t OR -luaatj", "(or việt (and (not luật)))");
    assert_reads("\"Vieejt Nam\"", "(quote việt nam)");
    assert_reads("xets", "xets");              /* it occurs */
    assert_reads("vieejt xets", "(and việt xets)");
    assert_reads("vieejt tieengs", "(and vieejt tieengs)"); /* tiếng does not: most must, or none is read */
    assert_reads("vieejt luaatj tieengs", "(and việt luật tiếng)");
    assert_reads("cos", "cos"); /* a word that occurs is keys only beside what is nothing else */
    assert_reads("vieejt cos", "(and việt có)");
    assert_reads("vie65t cos", "(and việt cos)"); /* and only of the same method */
    assert_reads("=vieejt vieej*", "(and =vieejt vieej*)");
    assert_reads("a1", "a1"); /* one letter alone is no proof */
    assert_reads("vieejt a1", "(and việt á)");
    assert_reads("covid19 b52 abc1", "(and covid19 b52 abc1)");
    struct query_tree *tree = read_query("vieejt nam", false);
    assert_string_equal(tree->understood, "việt nam");
    assert_string_equal(tree->text, "việt nam");
    assert_int_equal(tree->warning_count, 1);
    assert_non_null(strstr(tree->warnings[0], "vieejt → việt"));
    assert_true(tree->any_marked);
    query_tree_free(tree);
    tree = read_query("vieejt nam", true);
    assert_string_equal(tree->understood, "vieejt nam");
    query_tree_free(tree);
}

#define UBND "(or =ubnd (=phrase ủy ban nhân dân))"
#define HDND "(or =hđnd (=phrase hội đồng nhân dân))"
#define TPHCM "(or (=phrase tp hcm) =tphcm (=phrase thành phố hồ chí minh) (=phrase tp hồ chí minh))"

/* All spellings, the one typed first. */
static void units(void **state)
{
    (void)state;
    static const char *const shortly[] = {"UBND", "ubnd", "\"UBND\"", "(ubnd)"};
    static const char *const in_words[] = {"ủy ban nhân dân", "uy ban nhan dan", "Uỷ ban nhan dân",
                                           "\"uy ban nhan dan\""};
    for (size_t i = 0; i < ARRAY_LEN(shortly); i++) {
        assert_reads(shortly[i], UBND);
    }
    for (size_t i = 0; i < ARRAY_LEN(in_words); i++) {
        assert_reads(in_words[i], "(or (=phrase ủy ban nhân dân) =ubnd)");
    }
    assert_reads("TP.HCM", TPHCM);
    assert_reads("TP HCM", TPHCM);
    assert_reads("\"TP.HCM\"", TPHCM);
    assert_reads("tphcm", "(or =tphcm (=phrase tp hcm) (=phrase thành phố hồ chí minh) (=phrase tp hồ chí minh))");
    assert_reads("thành phố Hồ Chí Minh",
                 "(or (=phrase thành phố hồ chí minh) (=phrase tp hcm) =tphcm (=phrase tp hồ chí minh))");
    assert_reads("tp ho chi minh",
                 "(or (=phrase tp hồ chí minh) (=phrase tp hcm) =tphcm (=phrase thành phố hồ chí minh))");
    assert_reads("hdnd", HDND);
    assert_reads("luật UBND TP.HCM họp", "(and luật " UBND " " TPHCM " họp)");
    assert_reads("UBND -HĐND", "(and " UBND " (not " HDND "))");
    assert_reads("UBND OR luật", "(or " UBND " luật)");
    assert_reads("title:UBND", "(or title:=ubnd title:(=phrase ủy ban nhân dân))");
    assert_reads("QHTND", "(or =qhtnd (=phrase quĩ hỗ trợ nông dân))"); /* learned */
    struct query_tree *tree = read_query("UBND", false);
    assert_string_equal(tree->understood, "UBND");
    assert_false(tree->any_marked); /* as typed: other words of such a query may have any marks */
    query_tree_free(tree);
}

static void no_units(void **state)
{
    (void)state;
    assert_reads("=UBND", "=ubnd");
    assert_reads("=\"UBND\"", "(=quote ubnd)");
    assert_reads("author:UBND", "author:ubnd");
    assert_reads("ubnd*", "ubnd*");
    assert_reads("ủy ban nhận dân", "(and ủy ban nhận dân)"); /* marks that were typed are meant */
    assert_reads("ủy ban", "(and ủy ban)");
    assert_reads("\"ủy ban\" nhân dân", "(and (quote ủy ban) nhân dân)");
    assert_reads("title:ủy ban nhân dân", "(and title:ủy ban nhân dân)");
    assert_reads("BĐS", "bđs"); /* neither spelling occurs */
}

/* What the archive lacks of a unit is left out. */
static void spellings_that_occur(void **state)
{
    (void)state;
    assert_reads("LHQ", "(=phrase liên hợp quốc)");
    assert_reads("MTTQ", "(=phrase mặt trận tổ quốc)");
    assert_reads("mat tran to quoc", "(or (=phrase mặt trận tổ quốc) (=phrase mat tran to quoc))");
    assert_reads("vien kiem sat", "(or =vks (=phrase vien kiem sat))");
    assert_reads("\"LHQ họp\"", "(quote liên hợp quốc họp)");
    assert_reads("LHQ NEAR/3 họp", "(near/3 (=phrase liên hợp quốc) họp)");
}

static void inside_phrases(void **state)
{
    (void)state;
    assert_reads("\"UBND tỉnh\"", "(or (quote ubnd tỉnh) (quote ủy ban nhân dân tỉnh))");
    assert_reads("\"ủy ban nhân dân tỉnh\"", "(or (quote ủy ban nhân dân tỉnh) (quote ubnd tỉnh))");
    assert_reads("HĐND-UBND", "(or (phrase hđnd ubnd) (phrase hội đồng nhân dân ubnd) (phrase hđnd ủy ban nhân dân) "
                              "(phrase hội đồng nhân dân ủy ban nhân dân))");
    assert_reads("UBND NEAR/2 họp", "(or (near/2 =ubnd họp) (near/2 (=phrase ủy ban nhân dân) họp))");
}

/* A query cannot grow without end: what is too much stays as it was typed. */
static void growth_is_bounded(void **state)
{
    (void)state;
    struct buf query;
    buf_init(&query, 4096);
    for (int i = 0; i < 500; i++) {
        buf_append_str(&query, "TP.HCM ");
    }
    struct query_tree *tree = read_query(buf_str(&query), false);
    size_t grown = 0;
    for (size_t i = 0; i < tree->root->child_count; i++) {
        grown += tree->root->children[i]->kind == QUERY_SPELLINGS;
    }
    assert_int_equal(tree->root->child_count, 32); /* of two words each */
    assert_int_equal(grown, 16);
    query_tree_free(tree);
    buf_clear(&query);
    buf_append_str(&query, "\"TP.HCM UBND tphcm UBND\"");
    tree = read_query(buf_str(&query), false);
    assert_int_equal(tree->root->kind, QUERY_SPELLINGS);
    assert_int_equal(tree->root->child_count, 16); /* 4 * 2, then 2 more: tphcm stays */
    assert_string_equal(tree->root->children[0]->tokens[3].form, "tphcm");
    query_tree_free(tree);
    buf_free(&query);
}

/* Each allocation fails once; then all after it. */
static void memory_runs_out(void **state)
{
    (void)state;
    for (int ever = 0; ever < 2; ever++) {
        enum trabao_status status = TRABAO_NO_MEMORY;
        for (uint64_t k = 1; status == TRABAO_NO_MEMORY; k++) {
            static const char query[] = "vieejt \"UBND TP.HCM\" UBND NEAR/3 họp";
            struct query_tree *tree = NULL;
            mem_fail_at(k, ever);
            const struct query_typed typed = {query, strlen(query), 0, false};
            status = query_read(reader, &typed, &tree, &err);
            if (status == TRABAO_OK) {
                status = query_abbreviate(archive->archive, tree, &err);
            }
            mem_fail_at(0, false);
            query_tree_free(tree);
        }
        assert_int_equal(status, TRABAO_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keystrokes_of_a_long_query),
        cmocka_unit_test(keystrokes),        cmocka_unit_test(units),
        cmocka_unit_test(no_units),          cmocka_unit_test(spellings_that_occur),
        cmocka_unit_test(inside_phrases),    cmocka_unit_test(growth_is_bounded),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
