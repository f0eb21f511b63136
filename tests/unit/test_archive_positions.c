/*
 * test_archive_positions.c - phrases read from the position lists against FTS5's own answers: random texts, small pages
 * so that lists span them, several segments, changed and deleted articles.
 */
#include "tests/unit/test_archive_support.h"

#include "archive/db.h"
#include "archive/positions.h"
#include "text/fts5_vietnamese.h"

#define ARTICLES 300
#define WORDS 12
#define BODY_MAX 400
#define TITLE_MAX 8

static sqlite3 *db;
static char texts[ARTICLES][2][BODY_MAX * 4 + 1]; /* body, title */
static uint32_t rows[ARTICLES], rows_end;
static struct fts_rows indexed;

static const char *const words[WORDS] = {"a", "an", "anh", "b", "ba", "bao", "c", "ca", "cao", "d", "da", "e"};

static void run(const char *sql)
{
    struct trabao_error err = {0};
    assert_fine(db_exec(db, sql, "testing", &err), &err);
}

static void make_text(char *text, uint32_t count)
{
    size_t n = 0;
    *text = '\0';
    for (uint32_t i = 0; i < count; i++) {
        n += (size_t)snprintf(text + n, BODY_MAX * 4 + 1 - n, "%s ", words[any_below(1 + any_below(WORDS))]);
    }
}

/* Puts an article in, or ('delete') takes it out as it was put in. */
static void write_article(uint32_t a, bool put)
{
    sqlite3_stmt *s;
    const char *sql = put ? "INSERT INTO fts(rowid, body, title) VALUES(?1, ?2, ?3)"
                          : "INSERT INTO fts(fts, rowid, body, title) VALUES('delete', ?1, ?2, ?3)";
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    sqlite3_bind_int64(s, 1, rows[a]);
    sqlite3_bind_text(s, 2, texts[a][0], -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 3, texts[a][1], -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(s), SQLITE_DONE);
    sqlite3_finalize(s);
}

static void new_article(uint32_t a)
{
    make_text(texts[a][0], any_below(30) == 0 ? BODY_MAX : any_below(BODY_MAX / 8));
    make_text(texts[a][1], any_below(TITLE_MAX));
    write_article(a, true);
}

static void make_index(int page_size)
{
    char sql[128];
    struct trabao_error err = {0};
    unlink(in_folder("fts"));
    assert_fine(db_create(in_folder("fts"), &db, &err), &err);
    assert_fine(fts5_vietnamese_register(db, NULL, &err), &err);
    run("CREATE VIRTUAL TABLE fts USING fts5(body, title, content='', tokenize='vietnamese', columnsize=0)");
    run("INSERT INTO fts(fts, rank) VALUES('automerge', 0)");
    snprintf(sql, sizeof sql, "INSERT INTO fts(fts, rank) VALUES('pgsz', %d)", page_size);
    run(sql);
    rows_end = 1;
    run("BEGIN");
    for (uint32_t a = 0; a < ARTICLES; a++) {
        rows_end += any_below(3) * any_below(1U << 12);
        rows[a] = rows_end++;
        new_article(a);
    }
    run("COMMIT");
}

/* Opens the positions of what is there now. */
static enum trabao_status open_positions(struct positions **out, struct trabao_error *err)
{
    bool fine;
    fts_rows_free(&indexed);
    indexed = (struct fts_rows){.rows = mem_alloc(ARTICLES, sizeof *rows), .count = ARTICLES, .end = rows_end};
    memcpy(indexed.rows, rows, sizeof rows);
    assert_true(fts_rows_index(&indexed, &fine) && fine);
    return positions_open(db, &indexed, out, err);
}

/* Changes some articles, which get other rows, in a transaction and so in a segment of its own. */
static void change_some(void)
{
    run("BEGIN");
    for (uint32_t a = any_below(9); a < ARTICLES; a += 1 + any_below(20)) {
        write_article(a, false);
        rows[a] = rows_end++;
        new_article(a);
    }
    run("COMMIT");
}

/* The numbers that FTS5 gives for alternatives side by side: OR of all combinations. */
static size_t ask_fts(const struct positions_slot *slots, size_t count, const char *columns, uint32_t *out)
{
    char match[8192];
    size_t n = (size_t)snprintf(match, sizeof match, "%s : (", columns), found = 0, combinations = 1;
    sqlite3_stmt *s;
    for (size_t i = 0; i < count; i++) {
        combinations *= slots[i].count;
    }
    for (size_t c = 0; c < combinations; c++) {
        size_t rest = c;
        n += (size_t)snprintf(match + n, sizeof match - n, "%s\"|", c ? " OR " : "");
        for (size_t i = 0; i < count; rest /= slots[i++].count) {
            n += (size_t)snprintf(match + n, sizeof match - n, " %s", slots[i].forms[rest % slots[i].count].form);
        }
        n += (size_t)snprintf(match + n, sizeof match - n, "\"");
    }
    snprintf(match + n, sizeof match - n, ")");
    const char *sql = "SELECT rowid FROM fts WHERE fts MATCH ?1";
    bool has[ARTICLES] = {false};
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    sqlite3_bind_text(s, 1, match, -1, SQLITE_STATIC);
    while (sqlite3_step(s) == SQLITE_ROW) {
        uint32_t a = 0;
        while (rows[a] != sqlite3_column_int64(s, 0)) {
            a++;
        }
        has[a] = true;
    }
    sqlite3_finalize(s);
    for (uint32_t a = 0; a < ARTICLES; a++) {
        if (has[a]) {
            out[found++] = a;
        }
    }
    return found;
}

/* Of some of the articles those that have PHRASE, of which ALL are; where others may be left, they are among those. */
static void compare_among(struct positions *p, const struct positions_phrase *phrase, const struct positions_found *all)
{
    struct trabao_error err = {0};
    struct positions_found found;
    uint64_t among[ARTICLES / 64 + 4] = {0};
    struct positions_phrase some = *phrase;
    size_t expected = 0, seen = 0;
    for (uint32_t a = 0; a < ARTICLES; a++) {
        if (any_below(3)) {
            among[a / 64] |= UINT64_C(1) << a % 64;
            some.among_count++;
        }
    }
    some.among = among;
    some.may_leave = any_below(2);
    for (size_t i = 0; i < all->count; i++) {
        expected += among[all->numbers[i] / 64] >> all->numbers[i] % 64 & 1;
    }
    assert_fine(positions_find(p, &some, &found, &err), &err);
    for (size_t i = 0, k = 0; i < found.count; i++) {
        assert_true(found.numbers[i] < ARTICLES && (i == 0 || found.numbers[i] > found.numbers[i - 1]));
        assert_true(among[found.numbers[i] / 64] >> found.numbers[i] % 64 & 1);
        while (k < all->count && all->numbers[k] < found.numbers[i]) {
            k++;
        }
        seen += k < all->count && all->numbers[k] == found.numbers[i];
    }
    assert_int_equal(seen, expected);
    assert_true(found.count == expected || (found.left && some.may_leave));
    mem_free(found.numbers);
}

static void compare_phrases(size_t rounds)
{
    struct trabao_error err = {0};
    struct positions *p;
    uint64_t matches = 0;
    assert_fine(open_positions(&p, &err), &err);
    for (size_t round = 0; round < rounds; round++) {
        struct positions_form forms[4][3];
        struct positions_slot slots[4];
        uint32_t expected[ARTICLES];
        struct positions_found found;
        static const char *const columns[] = {"", "body", "title", "{body title}"};
        const size_t count = 1 + any_below(4);
        const uint32_t bits = 1 + any_below(3);
        for (size_t i = 0; i < count; i++) {
            slots[i] = (struct positions_slot){forms[i], 1 + (any_below(3) ? 0 : any_below(3)), any_below(100)};
            for (size_t f = 0; f < slots[i].count; f++) {
                const char *word = words[any_below(WORDS)];
                forms[i][f] = (struct positions_form){word, strlen(word), NULL};
            }
        }
        const struct positions_phrase phrase = {.slots = slots, .count = count, .columns = bits};
        assert_fine(positions_find(p, &phrase, &found, &err), &err);
        assert_int_equal(found.count, ask_fts(slots, count, columns[bits], expected));
        assert_memory_equal(found.numbers, expected, found.count * sizeof *expected);
        compare_among(p, &phrase, &found);
        matches += found.count;
        mem_free(found.numbers);
    }
    assert_true(matches > rounds);
    positions_close(p);
}

static void test_one_segment(void **state)
{
    (void)state;
    static const int sizes[] = {32, 64, 100, 500, 16000};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        make_index(sizes[i]);
        run("INSERT INTO fts(fts) VALUES('optimize')");
        compare_phrases(150);
        db_close(db);
    }
}

static void test_several_segments(void **state)
{
    (void)state;
    make_index(64);
    for (int round = 0; round < 6; round++) {
        change_some();
        compare_phrases(100);
    }
    run("INSERT INTO fts(fts, rank) VALUES('merge', 20)");
    compare_phrases(100);
    db_close(db);
}

/* A merge that stops after every page: of one segment nothing is left, but it stands there until the other is done. */
static void test_unfinished_merge(void **state)
{
    (void)state;
    make_index(200);
    write_article(0, false);
    run("INSERT INTO fts(fts) VALUES('optimize')");
    snprintf(texts[0][0], sizeof texts[0][0], "a an a");
    *texts[0][1] = '\0';
    rows[0] = rows_end++;
    write_article(0, true);
    run("INSERT INTO fts(fts, rank) VALUES('merge', -1)");
    for (int round = 0; round < 12; round++) {
        compare_phrases(10);
        run("INSERT INTO fts(fts, rank) VALUES('merge', 1)");
    }
    db_close(db);
}

static enum trabao_status find_pair(struct positions *p, const struct positions_slot *slots,
                                    struct positions_found *found, struct trabao_error *err)
{
    const struct positions_phrase phrase = {.slots = slots, .count = 2, .columns = 3};
    return positions_find(p, &phrase, found, err);
}

/* A form that is nowhere, no form at all, a form longer than any. */
static void test_absent(void **state)
{
    (void)state;
    struct trabao_error err = {0};
    struct positions *p;
    struct positions_found found;
    char longest[400];
    make_index(64);
    memset(longest, 'x', sizeof longest);
    const struct positions_form forms[] = {
        {"a", 1, NULL}, {"ab", 2, NULL}, {"zzz", 3, NULL}, {"", 0, NULL}, {longest, sizeof longest, NULL}};
    assert_fine(open_positions(&p, &err), &err);
    for (size_t f = 1; f < ARRAY_LEN(forms); f++) {
        const struct positions_slot slots[] = {{&forms[0], 1, 1}, {&forms[f], 1, 2}};
        assert_fine(find_pair(p, slots, &found, &err), &err);
        assert_int_equal(found.count, 0);
        mem_free(found.numbers);
    }
    const struct positions_slot none[] = {{&forms[0], 1, 1}, {NULL, 0, 0}};
    assert_fine(find_pair(p, none, &found, &err), &err);
    assert_int_equal(found.count, 0);
    mem_free(found.numbers);
    positions_close(p);
    db_close(db);
}

/* Whatever bytes stand in the index: an answer or TRABAO_DATA, and no access outside (under ASan). */
static void test_damage(void **state)
{
    (void)state;
    struct trabao_error err = {0};
    sqlite3_stmt *s;
    make_index(200);
    db_close(db);
    /* Our own handles do not let anyone write there. */
    assert_int_equal(sqlite3_open(in_folder("fts"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "UPDATE fts_data SET block = CAST(substr(block, 1, ?1) || ?2 ||"
                                            " substr(block, ?1 + 2) AS BLOB) WHERE id > 10 AND id % 7 = ?3", -1, &s,
                                        NULL), SQLITE_OK);
    for (int round = 0; round < 200; round++) {
        const uint8_t byte = (uint8_t)any_below(256);
        struct positions *p;
        run("BEGIN");
        sqlite3_bind_int(s, 1, (int)any_below(200));
        sqlite3_bind_blob(s, 2, &byte, 1, SQLITE_STATIC);
        sqlite3_bind_int(s, 3, (int)any_below(7));
        sqlite3_step(s);
        sqlite3_reset(s);
        assert_fine(open_positions(&p, &err), &err);
        for (int ask = 0; ask < 20; ask++) {
            const struct positions_form forms[] = {{words[0], 1, NULL}, {words[3 * any_below(4)], 1, NULL}};
            const struct positions_slot slots[] = {{&forms[0], 1, 1}, {&forms[1], 1, 2}};
            struct positions_found found;
            const enum trabao_status status = find_pair(p, slots, &found, &err);
            assert_true(status == TRABAO_OK || status == TRABAO_DATA);
            mem_free(found.numbers);
        }
        positions_close(p);
        run("ROLLBACK");
    }
    sqlite3_finalize(s);
    db_close(db);
}

/* Segments that no index has: numbers that would leave their place in a rowid, pages that end before they begin. */
static void test_damaged_structure(void **state)
{
    (void)state;
    static const char *const segments[] = {"8480000101", "018fffffff7f8fffffff7f", "010504"};
    struct trabao_error err = {0};
    struct positions *p;
    make_index(200);
    db_close(db);
    assert_int_equal(sqlite3_open(in_folder("fts"), &db), SQLITE_OK);
    for (size_t i = 0; i < ARRAY_LEN(segments); i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "UPDATE fts_data SET block = x'000000000101000001%s' WHERE id = 10", segments[i]);
        run(sql);
        assert_status(TRABAO_DATA, open_positions(&p, &err), &err);
        assert_null(p);
    }
    db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_segment),      cmocka_unit_test(test_several_segments),
        cmocka_unit_test(test_unfinished_merge), cmocka_unit_test(test_absent),
        cmocka_unit_test(test_damage),           cmocka_unit_test(test_damaged_structure),
    };
    const int failed = cmocka_run_group_tests(tests, open_folder, close_folder);
    fts_rows_free(&indexed);
    return failed;
}
