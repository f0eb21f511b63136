/*
 * test_archive_abbreviations.c - which abbreviations an archive learns from its articles, and the common ones.
 */
#include "tests/unit/test_archive_support.h"

#include "text/abbreviation.h"

#include "base/buf.h"
#include "text/text.h"

#define ARTICLES_MAX 400

static struct article articles[ARTICLES_MAX];
static char bodies[ARTICLES_MAX][256];
static char keys[ARTICLES_MAX][16];
static size_t article_count;

static void add_article(const char *body)
{
    assert_true(article_count < ARTICLES_MAX);
    struct article *a = &articles[article_count];
    *a = (struct article){.reads = -1};
    snprintf(keys[article_count], sizeof keys[0], "k%zu", article_count);
    snprintf(bodies[article_count], sizeof bodies[0], "%s", body);
    set_text(a, ARTICLE_KEY, keys[article_count]);
    set_text(a, ARTICLE_BODY, bodies[article_count]);
    article_count++;
}

static void add_articles(size_t n, const char *body)
{
    while (n-- > 0) {
        add_article(body);
    }
}

static struct archive *build_and_open(const char *name, unsigned threads)
{
    struct trabao_error err = {0};
    struct archive *archive;
    build_archive(in_folder(name), articles, article_count, NULL, threads);
    assert_fine(archive_open(in_folder(name), 1 << 20, &archive, &err), &err);
    return archive;
}

/* The number of a spelling, by what it is without marks and with them. */
static uint32_t spelling_of(const struct abbreviations *a, const char *folded, const char *text)
{
    uint32_t s = abbreviations_find(a, folded, strlen(folded));
    while (s != ABBREVIATIONS_NONE && strcmp(abbreviations_text(a, s), text) != 0) {
        s = a->spellings[s].next_folded;
    }
    return s;
}

/* The spellings of the unit that TEXT is of, joined by `=`. */
static void assert_unit(const struct abbreviations *a, const char *folded, const char *text, const char *expected)
{
    struct buf unit;
    buf_init(&unit, 1024);
    const uint32_t found = spelling_of(a, folded, text);
    uint32_t s = found == ABBREVIATIONS_NONE ? found : a->units[a->spellings[found].unit];
    for (; s != ABBREVIATIONS_NONE; s = a->spellings[s].next_of_unit) {
        buf_printf(&unit, "%s%s", unit.len > 0 ? "=" : "", abbreviations_text(a, s));
    }
    if (strcmp(buf_str(&unit), expected) != 0) {
        fail_msg("%s: \"%s\", expected \"%s\"", text, buf_str(&unit), expected);
    }
    buf_free(&unit);
}

static void common_ones(void **state)
{
    (void)state;
    struct abbreviations a;
    struct text_analyzer *analyzer;
    struct text_tokens tokens = {0};
    assert_int_equal(text_analyzer_open(&analyzer, NULL), TRABAO_OK);
    assert_int_equal(abbreviations_load(&a, NULL, NULL), TRABAO_OK);
    assert_true(a.unit_count > 100);
    for (uint32_t s = 0; s < a.count; s++) {
        const char *text = abbreviations_text(&a, s);
        struct buf forms;
        buf_init(&forms, 1024);
        assert_int_equal(text_tokenize(analyzer, text, strlen(text), &tokens, NULL), TRABAO_OK);
        for (size_t i = 0; i < tokens.count; i++) {
            buf_printf(&forms, "%s%.*s", i > 0 ? " " : "", (int)tokens.items[i].form_len, text_form(&tokens, i));
        }
        assert_string_equal(buf_str(&forms), text);
        if (tokens.count == 1 && text_is_syllable(text, strlen(text))) {
            fail_msg("%s is a word", text);
        }
        buf_free(&forms);
    }
    for (uint32_t u = 0; u < a.unit_count; u++) {
        if (a.spellings[a.units[u]].next_of_unit == ABBREVIATIONS_NONE) {
            fail_msg("%s stands for nothing", abbreviations_text(&a, a.units[u]));
        }
    }
    assert_unit(&a, "tphcm", "tphcm", "tp hcm=tphcm=thành phố hồ chí minh=tp hồ chí minh");
    assert_unit(&a, "t u", "t ư", "t ư=tw=trung ương");
    assert_unit(&a, "tu", "tư", "");
    text_tokens_free(&tokens);
    text_analyzer_close(analyzer);
    abbreviations_free(&a);
}

static void learned_ones(void **state)
{
    (void)state;
    article_count = 0;
    add_articles(3, "Quỹ hỗ trợ nông dân (QHTND) họp.");
    add_articles(2, "Quỹ vì người nghèo (QVNN) họp.");
    add_article("Quỹ vì trẻ em (QVTE), QVTE (Quỹ vì trẻ em), Quỹ vì trẻ em (QVTE).");
    /* Four of five mean the same; two of three do not. */
    add_articles(4, "Ban liên lạc (BLL) họp.");
    add_article("Bờ lưu lại (BLL) cao.");
    add_articles(4, "Ban tuyên giáo (BTG) họp.");
    add_articles(2, "Bến tàu ga (BTG) đông.");
    /* Small words apart, one meaning; what a single article writes is no spelling. */
    add_articles(3, "Sở Du lịch và Thương mại (DL-TM) họp.");
    add_articles(2, "Sở Du lịch - Thương mại (DL&TM) họp.");
    add_article("Sở Du lịch của Thương mại (DL-TM) họp.");
    /* Here these mean something else than elsewhere, and these many things. */
    add_articles(3, "Phòng giao sách (PGS) mở cửa.");
    add_articles(2, "Câu lạc bộ (CLB) họp.");
    add_articles(2, "Cành lá bàng (CLB) rơi.");
    add_articles(2, "Con lạc bước (CLB) về.");
    add_articles(2, "Khu công nghiệp (KCN), kho chứa nước (KCN).");
    struct archive *archive = build_and_open("learned.trabao", 1);
    const struct abbreviations *a = &archive->abbreviations;
    assert_unit(a, "qhtnd", "qhtnd", "qhtnd=quĩ hỗ trợ nông dân");
    assert_unit(a, "qvnn", "qvnn", "");
    assert_unit(a, "qvte", "qvte", "");
    assert_unit(a, "bll", "bll", "bll=ban liên lạc");
    assert_unit(a, "btg", "btg", "");
    assert_unit(a, "dltm", "dltm", "dl tm=dltm=du lịch và thương mại=du lịch thương mại");
    assert_unit(a, "pgs", "pgs", "pgs=phòng giao sách");
    assert_unit(a, "pho giao su", "phó giáo sư", "");
    assert_unit(a, "clb", "clb", "clb");
    assert_unit(a, "cau lac bo", "câu lạc bộ", "");
    assert_unit(a, "kcn", "kcn", "kcn=khu công nghiệp");
    assert_unit(a, "ubnd", "ubnd", "ubnd=ủy ban nhân dân");
    archive_close(archive);
}

/* Nothing depends on which thread takes which article. */
static void threads_do_not_matter(void **state)
{
    (void)state;
    char body[256];
    article_count = 0;
    for (uint32_t i = 0; i < ARTICLES_MAX; i++) {
        const char first = (char)('b' + any_below(20)), second = (char)('b' + any_below(4));
        snprintf(body, sizeof body, "%co %co thu %s(%c%cT)", first, second, any_below(4) ? "" : "va ", first - 32,
                 second - 32);
        add_article(body);
    }
    struct archive *one = build_and_open("one.trabao", 1);
    struct archive *four = build_and_open("four.trabao", 4);
    struct abbreviations known;
    assert_int_equal(abbreviations_load(&known, NULL, NULL), TRABAO_OK);
    assert_true(one->abbreviations.count > known.count + 50);
    assert_int_equal(one->abbreviations.count, four->abbreviations.count);
    assert_int_equal(one->abbreviations.texts_len, four->abbreviations.texts_len);
    assert_memory_equal(one->abbreviations.texts, four->abbreviations.texts, one->abbreviations.texts_len);
    abbreviations_free(&known);
    archive_close(one);
    archive_close(four);
}

/* More than an archive keeps: those of the most articles stay. */
static void many_are_bounded(void **state)
{
    (void)state;
    static const char consonants[] = "bcdghklmnpqrstvx";
    struct buf body;
    buf_init(&body, 1 << 20);
    article_count = 0;
    add_articles(3, "Zo zu ze (ZZZ).");
    add_articles(4, "Zo zu wo (ZZW).");
    for (size_t i = 0; i < ABBREVIATIONS_MAX; i++) {
        const char l[] = {consonants[i % 16], consonants[i / 16 % 16], consonants[i / 256 % 16], consonants[i / 4096]};
        buf_printf(&body, "%co %co %co %co (%c%c%c%c).\n", l[0], l[1], l[2], l[3], l[0] - 32, l[1] - 32, l[2] - 32,
                   l[3] - 32);
    }
    for (size_t i = 0; i < 3; i++) {
        add_article("");
        set_text(&articles[article_count - 1], ARTICLE_BODY, buf_str(&body));
    }
    struct archive *archive = build_and_open("many.trabao", 2);
    sqlite3 *db;
    sqlite3_stmt *count;
    assert_int_equal(sqlite3_open_v2(in_folder("many.trabao"), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM abbreviation", -1, &count, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(count), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(count, 0), ABBREVIATIONS_MAX);
    sqlite3_finalize(count);
    sqlite3_close(db);
    assert_unit(&archive->abbreviations, "zzw", "zzw", "zzw=zo zu wo");
    assert_unit(&archive->abbreviations, "zzz", "zzz", "");
    archive_close(archive);
    buf_free(&body);
}

/* Adds a row; then all rows are read. */
static void assert_row(sqlite3 *db, const char *text, const char *words, enum trabao_status expected)
{
    struct trabao_error err = {0};
    struct abbreviations a;
    sqlite3_stmt *insert;
    assert_int_equal(sqlite3_prepare_v2(db, "INSERT INTO abbreviation VALUES(NULL, ?1, ?2)", -1, &insert, NULL),
                     SQLITE_OK);
    sqlite3_bind_text(insert, 1, text, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 2, words, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
    sqlite3_finalize(insert);
    assert_status(expected, abbreviations_load(&a, db, &err), &err);
    abbreviations_free(&a);
}

/* Whatever an archive says, there is room for it, or it is damaged. */
static void damaged_ones(void **state)
{
    (void)state;
    /* Letters that composing takes apart, a byte that is no UTF-8. */
    static const char *const pieces[] = {"\xe0\xa5\x98 ", "\xf0\x9d\x85\xa0 ", "\xff ", "\xff"};
    sqlite3 *db;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    const char *table = "CREATE TABLE abbreviation(id INTEGER PRIMARY KEY, short, words)";
    assert_int_equal(sqlite3_exec(db, table, NULL, NULL, NULL), SQLITE_OK);
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        char text[ABBREVIATION_FORM_MAX + 1] = "";
        size_t n = 0;
        for (const size_t len = strlen(pieces[i]); n + len <= ABBREVIATION_FORM_MAX; n += len) {
            memcpy(text + n, pieces[i], len);
        }
        assert_row(db, text, "a b", TRABAO_OK);
        assert_row(db, "ab", text, TRABAO_OK);
    }
    const char *many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)"
                       " INSERT INTO abbreviation SELECT NULL, 'x' || i, 'c d' FROM n";
    assert_int_equal(sqlite3_exec(db, many, NULL, NULL, NULL), SQLITE_OK);
    assert_row(db, "ab", "a b", TRABAO_DATA);
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(common_ones),      cmocka_unit_test(learned_ones), cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(many_are_bounded), cmocka_unit_test(damaged_ones),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
