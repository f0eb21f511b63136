/*
 * test_archive_segment.c - the FTS5 index that we write against the one that FTS5 makes of the same articles: every
 * occurrence of every term, answers in both directions and of ranges, FTS5's own check, and changes made by FTS5 on top
 * of it. With pages so small that position lists, doclists and doclist indexes go over many of them.
 */
#include "tests/unit/test_archive_support.h"

#include "archive/db.h"
#include "archive/document.h"
#include "archive/fts_rows.h"
#include "archive/runs.h"
#include "archive/segment.h"
#include "text/fts5_vietnamese.h"

#define ARTICLES_MAX 3000
#define TEXT_MAX 24000
#define WORD_MAX 128

static const enum article_field FIELDS[] = {ARTICLE_BODY, ARTICLE_TITLE, ARTICLE_AUTHOR, ARTICLE_SOURCE,
                                            ARTICLE_SECTION};

struct shape {
    uint32_t articles;
    int page_size;
    size_t run_bytes;
    bool empty;      /* only author, source and section have words */
};

static struct article articles[ARTICLES_MAX];
static char *texts[ARTICLES_MAX][ARRAY_LEN(FIELDS)];

static void run(sqlite3 *db, const char *sql)
{
    struct trabao_error err = {0};
    assert_fine(db_exec(db, sql, sql, &err), &err);
}

/* A word: mostly one of few, sometimes of many, a date, which has several forms at its place, or a long one. */
static size_t add_word(char *out)
{
    static const char *const frequent[] = {"và", "của", "có", "là", "a", "á", "hòa", "hoà", "TP.HCM", "quý"};
    const uint32_t kind = any_below(40);
    if (kind == 0) {
        return (size_t)snprintf(out, WORD_MAX, "ngày %u tháng %u năm 19%02u ", 1 + any_below(28), 1 + any_below(12),
                                any_below(99));
    }
    if (kind == 1) {
        return (size_t)snprintf(out, WORD_MAX, "%u/%u/2020 ", 1 + any_below(28), 1 + any_below(12));
    }
    if (kind == 2) {
        const int n = 2 * (int)(1 + any_below(45));
        static const char letters[] = "đđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđđ";
        return (size_t)snprintf(out, WORD_MAX, "%.*s%u ", n, letters, any_below(3));
    }
    if (kind < 12) {
        return (size_t)snprintf(out, WORD_MAX, "t%u ", any_below(4000));
    }
    return (size_t)snprintf(out, WORD_MAX, "%s ", frequent[any_below(1 + any_below(ARRAY_LEN(frequent)))]);
}

static char *make_text(uint32_t words)
{
    char *text = mem_zalloc(TEXT_MAX + WORD_MAX, 1);
    assert_non_null(text);
    for (size_t n = 0; words-- && n < TEXT_MAX;) {
        n += add_word(text + n);
    }
    return text;
}

static void make_article(uint32_t a, const struct shape *shape)
{
    const uint32_t most[] = {any_below(40) ? 60 : 4000, 12, 3, 2, 2};
    articles[a] = (struct article){.reads = -1};
    for (size_t f = 0; f < ARRAY_LEN(FIELDS); f++) {
        mem_free(texts[a][f]);
        texts[a][f] = NULL;
        if (any_below(5) && !(shape->empty && f < 2)) {
            texts[a][f] = make_text(any_below(most[f]));
            set_text(&articles[a], FIELDS[f], texts[a][f]);
        }
    }
}

static sqlite3 *open_index(const char *path, int page_size, bool is_new)
{
    sqlite3 *db;
    struct trabao_error err = {0};
    if (is_new) {
        unlink(path);
        assert_fine(db_create(path, &db, &err), &err);
    } else {
        assert_fine(db_open_copy(path, &db, &err), &err);
    }
    assert_fine(fts5_vietnamese_register(db, NULL, &err), &err);
    if (is_new) {
        char sql[128];
        run(db, "CREATE VIRTUAL TABLE fts USING fts5(body, title, author, source, section, content='',"
                " tokenize='vietnamese', columnsize=0)");
        snprintf(sql, sizeof sql, "INSERT INTO fts(fts, rank) VALUES('pgsz', %d)", page_size);
        run(db, sql);
    }
    return db;
}

/* Puts an article in through FTS5, or ('delete') takes it out. */
static void write_article(sqlite3 *db, uint32_t a, bool put)
{
    sqlite3_stmt *s;
    const char *sql = put ? "INSERT INTO fts(rowid, body, title, author, source, section) VALUES(?1,?2,?3,?4,?5,?6)"
                          : "INSERT INTO fts(fts, rowid, body, title, author, source, section)"
                            " VALUES('delete', ?1, ?2, ?3, ?4, ?5, ?6)";
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    sqlite3_bind_int64(s, 1, fts_rows_of_build(a));
    for (size_t f = 0; f < ARRAY_LEN(FIELDS); f++) {
        sqlite3_bind_text(s, 2 + (int)f, texts[a][f], -1, SQLITE_STATIC);
    }
    assert_int_equal(sqlite3_step(s), SQLITE_DONE);
    sqlite3_finalize(s);
}

static sqlite3 *index_by_fts5(const char *path, const struct shape *shape)
{
    sqlite3 *db = open_index(path, shape->page_size, true);
    run(db, "BEGIN");
    for (uint32_t a = 0; a < shape->articles; a++) {
        write_article(db, a, true);
    }
    run(db, "COMMIT");
    run(db, "INSERT INTO fts(fts) VALUES('optimize')");
    return db;
}

/* Collects the postings of all articles. */
static void collect(const struct shape *shape, struct runs *runs, struct lexicon *lexicon, struct segment_plan *plan)
{
    struct trabao_error err = {0};
    struct text_analyzer *analyzer;
    struct document_known *known = NULL;
    struct document_poster poster = {0};
    struct document d;
    uint32_t length;
    document_init(&d);
    assert_fine(text_analyzer_open(&analyzer, &err), &err);
    for (uint32_t a = 0; a < shape->articles; a++) {
        d.article = articles[a];
        assert_fine(document_tokenize(&d, analyzer, &err), &err);
        assert_fine(document_number(&d, lexicon, &known, &length, &err), &err);
        assert_fine(document_post(&d, &poster, &err), &err);
        assert_fine(runs_add(runs, a, &d.postings, &err), &err);
        for (size_t c = 0; c < SCHEMA_COLUMNS; c++) {
            plan->tokens[c] += d.places[c];
        }
    }
    assert_fine(runs_end(runs, &err), &err);
    text_analyzer_close(analyzer);
    document_known_free(known);
    document_poster_free(&poster);
    document_free(&d);
}

static sqlite3 *index_by_us(const char *path, const struct shape *shape)
{
    struct trabao_error err = {0};
    struct lexicon lexicon;
    struct runs *runs;
    struct segment *segment;
    lexicon_init(&lexicon);
    assert_fine(runs_open(test_folder, shape->run_bytes, &runs, &err), &err);
    struct segment_plan plan = {.runs = runs, .lexicon = &lexicon, .count = shape->articles};
    collect(shape, runs, &lexicon, &plan);
    sqlite3 *db = open_index(path, shape->page_size, true);
    run(db, "BEGIN");
    assert_fine(segment_start(&plan, db, &segment, &err), &err);
    assert_fine(segment_finish(segment, &err), &err);
    run(db, "COMMIT");
    segment_close(segment);
    runs_close(runs);
    lexicon_free(&lexicon);
    db_close(db);
    return open_index(path, shape->page_size, false);
}

/* Both give the same rows for SQL. Returns how many. */
static uint64_t compare_rows(sqlite3 *const dbs[2], const char *sql)
{
    sqlite3_stmt *rows[2];
    uint64_t count = 0;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sqlite3_prepare_v2(dbs[i], sql, -1, &rows[i], NULL), SQLITE_OK);
    }
    for (;; count++) {
        const int codes[] = {sqlite3_step(rows[0]), sqlite3_step(rows[1])};
        if (codes[0] != codes[1] || (codes[0] != SQLITE_ROW && codes[0] != SQLITE_DONE)) {
            fail_msg("%s: row %llu: FTS5's index %d, ours %d (%s)", sql, (unsigned long long)count, codes[0], codes[1],
                     sqlite3_errmsg(dbs[1]));
        }
        if (codes[0] == SQLITE_DONE) {
            break;
        }
        for (int c = 0; c < sqlite3_column_count(rows[0]); c++) {
            const char *theirs = (const char *)sqlite3_column_text(rows[0], c);
            const char *ours = (const char *)sqlite3_column_text(rows[1], c);
            if (strcmp(theirs ? theirs : "", ours ? ours : "") != 0) {
                fail_msg("%s: row %llu: %s, not %s", sql, (unsigned long long)count, ours, theirs);
            }
        }
    }
    sqlite3_finalize(rows[0]);
    sqlite3_finalize(rows[1]);
    return count;
}

static void compare_queries(sqlite3 *const dbs[2], uint32_t count)
{
    static const char *const matches[] = {
        "\"và\"",          "\"và của\"", "\"|t7\"",  "title : \"là\"",     "{author source} : \"a\"", "\"a\" \"t12\"",
        "\"hòa\" * ",      "\"t1\" *",   "\"30/4\"", "\"có\" NOT \"và\"", "NEAR(\"a\" \"quý\", 3)",  "\"không có\""};
    char sql[512];
    for (size_t m = 0; m < ARRAY_LEN(matches); m++) {
        const uint32_t from = any_below(count + 2), to = any_below(count + 2);
        for (int descending = 0; descending < 2; descending++) {
            const char *order = descending ? "DESC" : "ASC";
            snprintf(sql, sizeof sql, "SELECT rowid FROM fts WHERE fts MATCH '%s' ORDER BY rowid %s", matches[m],
                     order);
            compare_rows(dbs, sql);
            snprintf(sql, sizeof sql,
                     "SELECT rowid FROM fts WHERE fts MATCH '%s' AND rowid BETWEEN %u AND %u ORDER BY rowid %s",
                     matches[m], MIN(from, to), MAX(from, to), order);
            compare_rows(dbs, sql);
        }
    }
}

static void compare(sqlite3 *const dbs[2], const struct shape *shape)
{
    for (int i = 0; i < 2; i++) {
        run(dbs[i], "CREATE VIRTUAL TABLE temp.seen USING fts5vocab(main, fts, instance)");
    }
    const uint64_t seen = compare_rows(dbs, "SELECT term, doc, col, \"offset\" FROM temp.seen");
    assert_true(seen > 0 || shape->articles == 0);
    compare_queries(dbs, shape->articles);
    for (int i = 0; i < 2; i++) {
        run(dbs[i], "DROP TABLE temp.seen");
        run(dbs[i], "INSERT INTO fts(fts) VALUES('integrity-check')");
    }
    compare_rows(dbs, "SELECT hex(block) FROM fts_data WHERE id = 1");
}

/* The same changes to both, in several transactions; then everything is merged. */
static void change(sqlite3 *const dbs[2], const struct shape *shape)
{
    for (int round = 0; round < 6; round++) {
        run(dbs[0], "BEGIN");
        run(dbs[1], "BEGIN");
        for (uint32_t a = any_below(9); a < shape->articles; a += 1 + any_below(60)) {
            write_article(dbs[0], a, false);
            write_article(dbs[1], a, false);
            make_article(a, shape);
            write_article(dbs[0], a, true);
            write_article(dbs[1], a, true);
        }
        run(dbs[0], "COMMIT");
        run(dbs[1], "COMMIT");
    }
    compare(dbs, shape);
    run(dbs[0], "INSERT INTO fts(fts) VALUES('optimize')");
    run(dbs[1], "INSERT INTO fts(fts) VALUES('optimize')");
    compare(dbs, shape);
}

/* Goes through the whole test of SHAPE. *INDEXES, *HIGHER: pages of doclist indexes, and those above others. */
static void try_shape(const struct shape *shape, int64_t *indexes, int64_t *higher)
{
    for (uint32_t a = 0; a < shape->articles; a++) {
        make_article(a, shape);
    }
    sqlite3 *const dbs[2] = {index_by_fts5(in_folder("theirs"), shape), index_by_us(in_folder("ours"), shape)};
    *indexes = number_of(dbs[1], "SELECT count(*) FROM fts_data WHERE (id >> 36) & 1");
    *higher = number_of(dbs[1], "SELECT count(*) FROM fts_data WHERE (id >> 36) & 1 AND (id >> 31) & 31");
    assert_int_equal(number_of(dbs[1], "SELECT count(*) FROM fts_data WHERE length(block) > 70000"), 0);
    assert_int_equal(number_of(dbs[1], "PRAGMA freelist_count"), 0);
    compare(dbs, shape);
    change(dbs, shape);
    db_close(dbs[0]);
    db_close(dbs[1]);
}

static void test_ordinary_pages(void **state TRABAO_UNUSED)
{
    int64_t indexes, higher;
    try_shape(&(struct shape){.articles = 2000, .page_size = 16000, .run_bytes = RUNS_BYTES}, &indexes, &higher);
}

static void test_several_runs(void **state TRABAO_UNUSED)
{
    int64_t indexes, higher;
    try_shape(&(struct shape){.articles = 2000, .page_size = 1000, .run_bytes = 40000}, &indexes, &higher);
    assert_true(indexes > 0);
}

static void test_small_pages(void **state TRABAO_UNUSED)
{
    int64_t indexes, higher;
    for (int page_size = 64; page_size < 400; page_size += 111) {
        try_shape(&(struct shape){.articles = 2000, .page_size = page_size, .run_bytes = 200000}, &indexes, &higher);
        assert_true(indexes > 0);
        assert_true(higher > 0 || page_size > 200);
    }
}

static void test_one_article(void **state TRABAO_UNUSED)
{
    int64_t indexes, higher;
    for (int page_size = 64; page_size < 20000; page_size *= 4) {
        try_shape(&(struct shape){.articles = 1, .page_size = page_size, .run_bytes = 100}, &indexes, &higher);
    }
}

static void test_no_article(void **state TRABAO_UNUSED)
{
    int64_t indexes, higher;
    try_shape(&(struct shape){.page_size = 1000, .run_bytes = 100}, &indexes, &higher);
}

static void test_fields_alone(void **state TRABAO_UNUSED)
{
    int64_t indexes, higher;
    try_shape(&(struct shape){.articles = 500, .page_size = 200, .run_bytes = 3000}, &indexes, &higher);
}

/* Memory runs out at one allocation after another of a whole build: it says so, or it builds. */
static void test_without_memory(void **state TRABAO_UNUSED)
{
    const struct shape shape = {.articles = 40};
    char keys[40][16];
    bool built = false;
    unsigned failures = 0;
    for (uint32_t a = 0; a < shape.articles; a++) {
        make_article(a, &shape);
        snprintf(keys[a], sizeof keys[a], "key %u", a);
        set_text(&articles[a], ARTICLE_KEY, keys[a]);
        set_text(&articles[a], ARTICLE_TITLE, keys[a]);
    }
    for (uint64_t k = 1; !built; k += 1 + k / 16) {
        struct trabao_error err = {0};
        struct spill *spill;
        struct spill_port *port;
        struct build_result result;
        uint64_t superseded;
        const struct build_options options = {.threads = 2, .generation = 1};
        assert_fine(spill_open(test_folder, &spill, &err), &err);
        assert_fine(spill_port_open(spill, &port, &err), &err);
        for (uint32_t a = 0; a < shape.articles; a++) {
            assert_fine(spill_add(port, &articles[a], a, 0, &err), &err);
        }
        spill_port_close(port);
        assert_fine(spill_sort(spill, &superseded, &err), &err);
        mem_fail_at(k, false);
        const enum trabao_status status = archive_build(spill, in_folder("starved"), &options, &result, &err);
        mem_fail_at(0, false);
        if (status != TRABAO_NO_MEMORY) {
            assert_fine(status, &err);
        }
        built = status == TRABAO_OK;
        failures += !built;
        spill_close(spill);
    }
    assert_true(failures > 20);
    assert_sound(in_folder("starved"));
}

static int free_articles(void **state)
{
    for (size_t a = 0; a < ARTICLES_MAX; a++) {
        for (size_t f = 0; f < ARRAY_LEN(FIELDS); f++) {
            mem_free(texts[a][f]);
        }
    }
    return close_folder(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ordinary_pages), cmocka_unit_test(test_several_runs), cmocka_unit_test(test_small_pages),
        cmocka_unit_test(test_one_article),    cmocka_unit_test(test_no_article),   cmocka_unit_test(test_fields_alone),
        cmocka_unit_test(test_without_memory),
    };
    return cmocka_run_group_tests(tests, open_folder, free_articles);
}
