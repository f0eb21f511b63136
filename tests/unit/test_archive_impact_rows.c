/*
 * test_archive_impact_rows.c - the impact index as rows: whatever form a term's rows have, what is read is what was
 * written; chunks fill the pages of the file; damage is told, or at least stays inside the block.
 */
#include "tests/unit/test_archive_support.h"

#include "archive/db.h"
#include "archive/impact.h"
#include "archive/places.h"

#define ARTICLES 40000
#define WINDOWS ((ARTICLES + IMPACT_WINDOW - 1) / IMPACT_WINDOW)
#define AVERAGE 300.0
#define RARE 40 /* terms of few windows */

static struct trabao_error err;
static uint32_t lengths[ARTICLES];

static uint32_t mix(uint32_t a, uint32_t b)
{
    const uint64_t h = (((uint64_t)a << 32 | b) + 1) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)((h ^ h >> 29) * UINT64_C(0xd6e8feb86659fd93) >> 33);
}

/* ---- terms of every form ------------------------------------------------------------------------------------- */

/* Bytes of a head that has all windows, before its postings: their number, the bit map, bounds. */
#define FULL_HEAD (2 + (WINDOWS + 7) / 8 + 2 * WINDOWS)
/* Postings that fill a row with it to the last byte. */
#define FULL_POSTINGS ((IMPACT_BLOCK_MAX - FULL_HEAD) / 2)

static bool always(uint32_t n, uint32_t article)
{
    (void)n, (void)article;
    return true;
}

static bool one_in_n(uint32_t n, uint32_t article)
{
    return mix(n, article) % n == 0;
}

/* One article in each of the first N windows. */
static bool first_windows(uint32_t n, uint32_t article)
{
    const uint32_t window = article / IMPACT_WINDOW;
    return window < n && article % IMPACT_WINDOW == mix(n, window) % 64;
}

/* The same of the last ones. */
static bool last_windows(uint32_t n, uint32_t article)
{
    return article / IMPACT_WINDOW >= WINDOWS - n && article % IMPACT_WINDOW == 63;
}

/* N postings, as evenly in all windows as can be. */
static bool so_many(uint32_t n, uint32_t article)
{
    const uint32_t here = n / WINDOWS + (article / IMPACT_WINDOW < n % WINDOWS);
    return article % IMPACT_WINDOW < here;
}

/* Some windows full, others with a few. */
static bool uneven(uint32_t n, uint32_t article)
{
    return mix(n, article / IMPACT_WINDOW) % 3 == 0 || mix(n, article) % 50 == 0;
}

static const struct kind {
    bool (*has)(uint32_t n, uint32_t article);
    uint32_t n;
} KINDS[] = {
    {always, 0},
    {one_in_n, 2},
    {one_in_n, 3},
    {one_in_n, 4},
    {one_in_n, 5},
    {one_in_n, 7},
    {one_in_n, 9},
    {one_in_n, 100},
    {one_in_n, 1000},
    {one_in_n, 10000},
    {first_windows, 1},
    {first_windows, 8},
    {first_windows, 9},
    {first_windows, (WINDOWS + 7) / 8 - 1},
    {first_windows, (WINDOWS + 7) / 8},
    {first_windows, WINDOWS},
    {last_windows, 1},
    {last_windows, 2},
    {last_windows, 10},
    {so_many, FULL_POSTINGS},
    {so_many, FULL_POSTINGS + 1},
    {uneven, 1},
    {uneven, 2},
    {uneven, 3},
    {uneven, 4},
};

#define TERMS (ARRAY_LEN(KINDS) + RARE)

static struct kind kind_of(uint32_t term)
{
    return term < ARRAY_LEN(KINDS) ? KINDS[term] : (struct kind){one_in_n, 300 + 7 * term};
}

static uint8_t weight_of(uint32_t term, uint32_t article)
{
    const struct kind k = kind_of(term);
    return k.has(k.n, article) ? impact_weight(1 + mix(term, article) % 20, mix(article, term) % 4 == 0) : 0;
}

/* ---- writing and reading ------------------------------------------------------------------------------------- */

static void add_postings(struct runs *runs, uint32_t article)
{
    static const uint8_t positions[] = {2, 2};
    struct buf postings;
    buf_init(&postings, 1 << 20);
    for (uint32_t term = 0; term < TERMS; term++) {
        const uint8_t weight = weight_of(term, article);
        if (weight) {
            buf_append(&postings, &term, sizeof term);
            buf_append(&postings, &weight, 1);
            buf_append(&postings, positions, sizeof positions);
        }
    }
    assert_false(buf_failed(&postings));
    assert_fine(runs_add(runs, article, &postings, &err), &err);
    buf_free(&postings);
}

/* An index as a file of its own, which is opened anew. */
static sqlite3 *build(const char *path)
{
    sqlite3 *db;
    struct runs *runs;
    struct impact_builder *b;
    struct lexicon lexicon;
    lexicon_init(&lexicon);
    for (uint32_t term = 0; term < TERMS; term++) {
        char form[16];
        assert_int_equal(lexicon_add(&lexicon, form, (size_t)snprintf(form, sizeof form, "t%u", term)), term);
    }
    assert_fine(db_create(path, &db, &err), &err);
    assert_fine(db_exec(db, "CREATE TABLE impact(id INTEGER PRIMARY KEY, block BLOB NOT NULL)", "creating", &err),
                &err);
    assert_fine(runs_open(test_folder, RUNS_BYTES, &runs, &err), &err);
    for (uint32_t i = 0; i < ARTICLES; i++) {
        lengths[i] = 1 + mix(i, i) % 1000;
        add_postings(runs, i);
    }
    assert_fine(runs_end(runs, &err), &err);
    assert_fine(impact_builder_open(&b, &err), &err);
    const struct impact_plan plan = {.runs = runs, .articles = ARTICLES, .lengths = lengths, .average = AVERAGE};
    assert_fine(impact_builder_start(b, &plan, &lexicon, &err), &err);
    assert_fine(impact_builder_finish(b, db, &err), &err);
    impact_builder_close(b);
    runs_close(runs);
    lexicon_free(&lexicon);
    db_close(db);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

struct opened {
    struct blocks *cache;
    struct impact_reader *reader;
};

static void open_index(struct opened *o, sqlite3 *db)
{
    assert_fine(blocks_open((size_t)1 << 20, &o->cache, &err), &err);
    assert_fine(impact_reader_open(db, o->cache, ARTICLES, &o->reader, &err), &err);
}

static void close_index(struct opened *o)
{
    impact_reader_close(o->reader);
    blocks_close(o->cache);
}

/* A run of windows tells of each what is told of it alone. */
static void assert_run(struct impact_reader *reader, const struct impact_term *t, uint32_t first)
{
    uint32_t place;
    const uint8_t *postings[IMPACT_RUN], *alone;
    const uint32_t windows = impact_run(t, first, &place);
    const uint32_t count = (uint32_t)__builtin_popcount(windows);
    assert_fine(impact_run_postings(reader, t, place, count, postings, &err), &err);
    for (uint32_t w = 0, i = 0; w < IMPACT_RUN; w++) {
        const bool has = windows >> w & 1;
        assert_int_equal(impact_place(t, first + w), has ? place + i : UINT32_MAX);
        if (has) {
            assert_fine(impact_postings(reader, t, place + i, &alone, &err), &err);
            assert_ptr_equal(postings[i++], alone);
        }
    }
}

static void assert_term(struct impact_reader *reader, uint32_t term)
{
    const struct impact_term *t;
    uint32_t windows = 0;
    uint8_t largest[WINDOWS] = {0};
    assert_fine(impact_find(reader, term, &t, &err), &err);
    for (uint32_t i = 0; i < ARTICLES; i++) {
        uint8_t impact;
        const uint8_t weight = weight_of(term, i);
        assert_fine(impact_in_article(reader, t, i, &impact, &err), &err);
        assert_int_equal(impact, weight ? impact_of(weight, lengths[i], AVERAGE) : 0);
        largest[i / IMPACT_WINDOW] = MAX(largest[i / IMPACT_WINDOW], impact);
    }
    for (uint32_t w = 0; w < WINDOWS; w++) {
        const uint32_t place = t ? impact_place(t, w) : UINT32_MAX;
        assert_int_equal(place, largest[w] ? windows : UINT32_MAX);
        assert_true(!largest[w] || t->entries[place].largest == largest[w]);
        windows += largest[w] > 0;
    }
    assert_int_equal(t ? t->windows : 0, windows);
    for (uint32_t w = 0; t && w < WINDOWS; w += IMPACT_RUN) {
        assert_run(reader, t, w);
    }
    impact_release(reader);
}

static int64_t rows_of(sqlite3 *db, uint32_t term)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM impact WHERE id >> %d = %u", IMPACT_CHUNK_BITS, term);
    return number_of(db, sql);
}

static void test_what_is_written_is_read(void **state)
{
    (void)state;
    struct opened o;
    sqlite3 *db = build(in_folder("forms"));
    open_index(&o, db);
    for (uint32_t term = 0; term < TERMS; term++) {
        assert_term(o.reader, term);
        const bool full = kind_of(term).has == so_many;
        assert_true(!full || (rows_of(db, term) == 1) == (kind_of(term).n == FULL_POSTINGS));
    }
    const struct impact_term *t;
    assert_fine(impact_find(o.reader, TERMS, &t, &err), &err);
    assert_null(t);
    close_index(&o);
    sqlite3_close(db);
}

/* Of the pages that hold chunks, hardly anything is left over: less than the postings of two windows. */
static void test_chunks_fill_pages(void **state)
{
    (void)state;
    sqlite3 *db = build(in_folder("pages"));
    const int64_t pages = number_of(db, "SELECT count(*) FROM dbstat WHERE name = 'impact' AND pagetype = 'leaf'");
    const int64_t unused = number_of(db, "SELECT sum(unused) FROM dbstat WHERE name = 'impact' AND pagetype = 'leaf'");
    assert_true(pages > 10);
    assert_true(unused < pages * 2 * (IMPACT_BITMAP_BYTES + IMPACT_WINDOW));
    assert_int_equal(number_of(db, "SELECT count(*) FROM dbstat WHERE name = 'impact' AND pagetype = 'overflow'"), 0);
    assert_true(number_of(db, "SELECT max(length(block)) FROM impact") <= IMPACT_CHUNK_MAX);
    sqlite3_close(db);
}

/* ---- damage -------------------------------------------------------------------------------------------------- */

/* Reads all that TERM has. */
static enum trabao_status read_all(struct impact_reader *reader, uint32_t term)
{
    const struct impact_term *t;
    enum trabao_status status = impact_find(reader, term, &t, &err);
    for (uint32_t i = 0; status == TRABAO_OK && t && i < t->windows; i++) {
        const uint8_t *postings;
        uint8_t places[IMPACT_WINDOW];
        const uint32_t count = t->entries[i].count_less + 1U;
        status = impact_postings(reader, t, i, &postings, &err);
        if (status == TRABAO_OK) {
            struct places all = {0};
            places_add_postings(&all, postings, count);
            impact_places(postings, count, places);
        }
    }
    impact_release(reader);
    return status;
}

/* DAMAGE: a statement whose parameter is the id of the head. */
static enum trabao_status read_damaged(sqlite3 *db, uint32_t term, const char *damage)
{
    struct opened o;
    sqlite3_stmt *s;
    assert_fine(db_exec(db, "SAVEPOINT whole", "damaging", &err), &err);
    assert_int_equal(sqlite3_prepare_v2(db, damage, -1, &s, NULL), SQLITE_OK);
    sqlite3_bind_int64(s, 1, (int64_t)term << IMPACT_CHUNK_BITS | IMPACT_HEAD);
    assert_int_equal(sqlite3_step(s), SQLITE_DONE);
    assert_int_equal(sqlite3_changes(db), 1);
    sqlite3_finalize(s);
    open_index(&o, db);
    const enum trabao_status status = read_all(o.reader, term);
    close_index(&o);
    assert_fine(db_exec(db, "ROLLBACK TO whole", "mending", &err), &err);
    return status;
}

static void test_damage_is_told(void **state)
{
    (void)state;
    static const char *const of_heads[] = {
        "UPDATE impact SET block = x'' WHERE id = ?1",
        "UPDATE impact SET block = x'00' || substr(block, 2) WHERE id = ?1",
        "UPDATE impact SET block = x'ffff7f' || substr(block, 2) WHERE id = ?1",
        "UPDATE impact SET block = substr(block, 1, length(block) - 1) WHERE id = ?1",
        "UPDATE impact SET block = substr(block, 1, 2) WHERE id = ?1",
        "UPDATE impact SET block = CAST(block || x'01' AS BLOB) WHERE id = ?1",
    };
    static const char *const of_chunks[] = {
        "DELETE FROM impact WHERE id = ?1 & ~8191",
        "UPDATE impact SET block = substr(block, 2) WHERE id = ?1 & ~8191",
    };
    sqlite3 *db = build(in_folder("damage"));
    for (uint32_t term = 0; term < TERMS; term++) {
        for (size_t d = 0; d < ARRAY_LEN(of_heads) && rows_of(db, term); d++) {
            assert_int_equal(read_damaged(db, term, of_heads[d]), TRABAO_DATA);
        }
        for (size_t d = 0; d < ARRAY_LEN(of_chunks) && rows_of(db, term) > 1; d++) {
            assert_int_equal(read_damaged(db, term, of_chunks[d]), TRABAO_DATA);
        }
    }
    sqlite3_close(db);
}

/* Any byte may have any value. */
static void test_damage_stays_inside(void **state)
{
    (void)state;
    uint32_t told = 0;
    sqlite3 *db = build(in_folder("any"));
    for (uint32_t round = 0; round < 4000; round++) {
        char damage[256];
        const uint32_t term = any_below(TERMS);
        if (!rows_of(db, term)) {
            continue;
        }
        snprintf(damage, sizeof damage,
                 "UPDATE impact SET block = CAST(substr(block, 1, %u) || x'%02x' || substr(block, %u) AS BLOB)"
                 " WHERE id = ?1",
                 round % 60, any_below(256), round % 60 + 2);
        const enum trabao_status status = read_damaged(db, term, damage);
        assert_true(status == TRABAO_OK || status == TRABAO_DATA);
        told += status == TRABAO_DATA;
    }
    assert_true(told > 100);
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_chunks_fill_pages),
        cmocka_unit_test(test_damage_is_told),
        cmocka_unit_test(test_damage_stays_inside),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
