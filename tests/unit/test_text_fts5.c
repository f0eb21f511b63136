/*
 * test_text_fts5.c - the tokenizer inside real FTS5 tables: matching, phrases and NEAR with alternatives, highlights,
 * options, replay.
 */
#include "tests/unit/test_text_support.h"

#include <sqlite3.h>

#include "base/mem.h"
#include "text/fts5_vietnamese.h"

static sqlite3 *db;
static struct fts5_vietnamese *registration;

static int open_database(void **state)
{
    (void)state;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK) {
        return -1;
    }
    return fts5_vietnamese_register(db, &registration, NULL) == TRABAO_OK ? 0 : -1;
}

static int close_database(void **state)
{
    (void)state;
    return sqlite3_close(db) == SQLITE_OK ? 0 : -1;
}

static int run(const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int insert(const char *table, int64_t id, const char *title, const char *body)
{
    char *sql =
        sqlite3_mprintf("INSERT INTO %s(rowid, title, body) VALUES(%lld, %Q, %Q)", table, (long long)id, title, body);
    const int rc = run(sql);
    sqlite3_free(sql);
    return rc;
}

/* The rowids that match, with commas between. */
static const char *matches(const char *table, const char *query)
{
    static char list[256];
    size_t n = 0;
    sqlite3_stmt *statement = NULL;
    char *sql = sqlite3_mprintf("SELECT rowid FROM %s WHERE %s MATCH %Q ORDER BY rowid", table, table, query);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    sqlite3_free(sql);
    list[0] = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%d", n > 0 ? "," : "", sqlite3_column_int(statement, 0));
    }
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    return list;
}

static void fill(const char *options)
{
    char *sql = sqlite3_mprintf("DROP TABLE IF EXISTS t; CREATE VIRTUAL TABLE t USING fts5(title, body, "
                                "tokenize = %Q)",
                                options);
    assert_int_equal(run(sql), SQLITE_OK);
    sqlite3_free(sql);
    assert_int_equal(insert("t", 1, "Hoà bình ở TP.Đà Nẵng", "Lễ 30/4/1975 tổ chức tại TP.HCM"), SQLITE_OK);
    assert_int_equal(insert("t", 2, "Tử vong", "Ngày 30 tháng 4, giá 3.568 tỷ đồng"), SQLITE_OK);
    assert_int_equal(insert("t", 3, "Từ vòng bảng", "Lễ 30.4, một tỉ đồng, hòa 3-2"), SQLITE_OK);
    assert_int_equal(insert("t", 4, NULL, ""), SQLITE_OK);
}

static void one_spelling_finds_all(void **state)
{
    (void)state;
    fill("vietnamese");
    assert_string_equal(matches("t", "\"hòa\""), "1,3");
    assert_string_equal(matches("t", "\"hoà bình\""), "1");
    assert_string_equal(matches("t", "\"Đà Nẵng\""), "1");
    assert_string_equal(matches("t", "\"tp hcm\""), "1");
    assert_string_equal(matches("t", "\"tỉ đồng\""), "2,3");
    assert_string_equal(matches("t", "\"tỷ đồng\""), "2,3");
    assert_string_equal(matches("t", "\"3568\""), "2");
    assert_string_equal(matches("t", "\"30/4\""), "1,2,3");
    assert_string_equal(matches("t", "\"30-04\""), "1,2,3");
    assert_string_equal(matches("t", "\"tu vong\""), "");
    assert_string_equal(matches("t", "title : \"tử\""), "2");
    assert_string_equal(matches("t", "\"vò\" *"), "3");
}

static void query_means_the_most_exact_date(void **state)
{
    (void)state;
    fill("vietnamese");
    assert_string_equal(matches("t", "\"30/4/1975\""), "1");
    assert_string_equal(matches("t", "\"1975\""), "1");
    assert_string_equal(matches("t", "\"lễ 30/4/1975\""), "1");
    assert_string_equal(matches("t", "\"ngày 30 tháng 4\""), "2");
}

static void alternatives_in_phrases_and_near(void **state)
{
    (void)state;
    fill("vietnamese");
    assert_string_equal(matches("t", "\"tử|từ\""), "2,3");
    assert_string_equal(matches("t", "\"tử|từ vong|vòng\""), "2,3");
    assert_string_equal(matches("t", "\"tử|từ vòng|vong bảng|bang\""), "3");
    assert_string_equal(matches("t", "\"tử|từ vọng|võng\""), "");
    assert_string_equal(matches("t", "NEAR(\"tử|từ\" \"bảng|bang\", 3)"), "3");
    assert_string_equal(matches("t", "NEAR(\"tử|từ\" \"bảng|bang\", 0)"), "");
    assert_string_equal(matches("t", "NEAR(\"lễ|le\" \"30/4|30\", 1)"), "1,3");
    assert_string_equal(matches("t", "\"|vong|\""), "2");
    assert_string_equal(matches("t", "\"|\""), "");
    /* taken as they are: this one is not canonical, and so matches nothing */
    assert_string_equal(matches("t", "\"hoà|hoà\""), "");
}

static void folding_options(void **state)
{
    (void)state;
    fill("vietnamese fold none");
    assert_string_equal(matches("t", "\"tu vong\""), "");
    fill("vietnamese fold tone");
    assert_string_equal(matches("t", "\"tư vong\""), "2,3");
    assert_string_equal(matches("t", "\"tu vong\""), "");
    assert_string_equal(matches("t", "\"đa năng\""), "1");
    assert_string_equal(matches("t", "\"da nang\""), "");
    fill("vietnamese fold full");
    assert_string_equal(matches("t", "\"tu vong\""), "2,3");
    assert_string_equal(matches("t", "\"da nang\""), "1");
    assert_string_equal(matches("t", "\"từ|tử vòng\""), "2,3");
    assert_int_equal(run("CREATE VIRTUAL TABLE bad USING fts5(a, tokenize = 'vietnamese fold')"), SQLITE_ERROR);
    assert_int_equal(run("CREATE VIRTUAL TABLE bad USING fts5(a, tokenize = 'vietnamese fold half')"), SQLITE_ERROR);
    assert_int_equal(run("CREATE VIRTUAL TABLE bad USING fts5(a, tokenize = 'vietnamese stem 1')"), SQLITE_ERROR);
}

static void highlights_stand_on_source_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *query, *expected;
    } cases[] = {{"\"đà nẵng\"", "Hoà bình ở TP.[Đà Nẵng]"}, {"\"hòa\"", "[Hoà] bình ở TP.Đà Nẵng"}};
    fill("vietnamese");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        sqlite3_stmt *statement = NULL;
        assert_int_equal(
            sqlite3_prepare_v2(db, "SELECT highlight(t, 0, '[', ']') FROM t(?1) WHERE rowid = 1", -1, &statement, NULL),
            SQLITE_OK);
        sqlite3_bind_text(statement, 1, cases[i].query, -1, SQLITE_STATIC);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        assert_string_equal((const char *)sqlite3_column_text(statement, 0), cases[i].expected);
        sqlite3_finalize(statement);
    }
}

static void replayed_tokens_are_stored(void **state)
{
    (void)state;
    struct text_analyzer *analyzer = NULL;
    struct text_tokens title = {0};
    struct text_tokens body = {0};
    assert_int_equal(text_analyzer_open(&analyzer, NULL), TRABAO_OK);
    /* Other words than the row's own, of the same length, so that it shows which are stored. */
    assert_int_equal(text_tokenize(analyzer, "mot hai", 7, &title, NULL), TRABAO_OK);
    assert_int_equal(text_tokenize(analyzer, "ba bon nam", 10, &body, NULL), TRABAO_OK);
    const struct fts5_replay columns[] = {{&title, 7}, {&body, 10}};
    const struct fts5_replay only_body[] = {{&title, 0}, {&body, 10}};

    fill("vietnamese");
    fts5_vietnamese_replay(registration, columns, 2);
    assert_int_equal(insert("t", 10, "xxx yyy", "uuu vvv ww"), SQLITE_OK);
    assert_string_equal(matches("t", "\"mot hai\""), "10");
    assert_string_equal(matches("t", "\"ba bon nam\""), "10");
    assert_string_equal(matches("t", "\"xxx\""), "");

    fts5_vietnamese_replay(registration, only_body, 2);
    assert_int_equal(insert("t", 11, NULL, "uuu vvv ww"), SQLITE_OK);
    assert_string_equal(matches("t", "\"ba bon nam\""), "10,11");
    fts5_vietnamese_replay(registration, only_body, 2);
    assert_int_equal(insert("t", 12, "", "uuu vvv ww"), SQLITE_OK);

    fts5_vietnamese_replay(registration, columns, 2);
    assert_int_equal(insert("t", 13, "xxx yyy", "of another length"), SQLITE_MISUSE);
    fts5_vietnamese_replay(registration, columns, 1);
    assert_int_equal(insert("t", 14, "xxx yyy", "uuu vvv ww"), SQLITE_MISUSE);

    fts5_vietnamese_replay(registration, NULL, 0);
    assert_int_equal(insert("t", 15, "xxx yyy", "uuu vvv ww"), SQLITE_OK);
    assert_string_equal(matches("t", "\"xxx\""), "15");
    assert_int_equal(run("INSERT INTO t(t) VALUES('optimize')"), SQLITE_OK);
    text_tokens_free(&title);
    text_tokens_free(&body);
    text_analyzer_close(analyzer);
}

/* The index holds exactly what the text is cut into, dates included: FTS5's own check reads it all again. */
static void integrity_check_agrees(void **state)
{
    (void)state;
    fill("vietnamese");
    assert_int_equal(run("INSERT INTO t(t) VALUES('integrity-check')"), SQLITE_OK);
    assert_int_equal(run("DELETE FROM t WHERE rowid = 2"), SQLITE_OK);
    assert_string_equal(matches("t", "\"30/4\""), "1,3");
    assert_int_equal(run("INSERT INTO t(t) VALUES('integrity-check')"), SQLITE_OK);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    int rc = SQLITE_NOMEM;
    for (uint64_t k = 1; rc != SQLITE_OK; k++) {
        sqlite3 *other = NULL;
        struct trabao_error err = {TRABAO_OK, ""};
        assert_int_equal(sqlite3_open(":memory:", &other), SQLITE_OK);
        mem_fail_at(k, false);
        rc = SQLITE_OK;
        if (fts5_vietnamese_register(other, NULL, &err) != TRABAO_OK) {
            rc = err.status == TRABAO_NO_MEMORY ? SQLITE_NOMEM : SQLITE_ERROR;
        }
        if (rc == SQLITE_OK) {
            rc = sqlite3_exec(other,
                              "CREATE VIRTUAL TABLE t USING fts5(a, tokenize = 'vietnamese');"
                              "INSERT INTO t VALUES('Ngày 30 tháng 4 năm 1975')",
                              NULL, NULL, NULL);
        }
        mem_fail_at(0, false);
        /* FTS5 reports any failure to create a tokenizer as "error in tokenizer constructor" */
        assert_true(rc == SQLITE_OK || rc == SQLITE_NOMEM || rc == SQLITE_ERROR);
        assert_int_equal(sqlite3_close(other), SQLITE_OK);
        assert_true(k < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_spelling_finds_all),           cmocka_unit_test(query_means_the_most_exact_date),
        cmocka_unit_test(alternatives_in_phrases_and_near), cmocka_unit_test(folding_options),
        cmocka_unit_test(highlights_stand_on_source_bytes), cmocka_unit_test(replayed_tokens_are_stored),
        cmocka_unit_test(integrity_check_agrees),           cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("text FTS5", tests, open_database, close_database);
}
