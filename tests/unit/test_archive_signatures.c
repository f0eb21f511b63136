/*
 * test_archive_signatures.c - the matrix of signatures has exactly the bits that its definition says, over several
 * windows and segments, after a build and after updates; and nothing that is damaged is believed.
 *
 * Articles are rows of terms, made up; what must be in the matrix is worked out from them pair by pair.
 */
#include "tests/unit/test_archive_support.h"

#include "archive/dictionary.h"

#define TERMS 300
#define WORDS_MAX 12
#define MANY (SIGNATURES_SEGMENT + 700) /* articles: more than one segment has */

static struct trabao_error err;
static struct lexicon lexicon;

struct text {
    uint32_t terms[WORDS_MAX];
    uint8_t count, title_count;
};

static struct text any_text(void)
{
    struct text t = {.count = (uint8_t)any_below(WORDS_MAX + 1)};
    t.title_count = (uint8_t)any_below(t.count + 1U);
    for (uint8_t i = 0; i < t.count; i++) {
        /* The first two terms are in many articles and the next three in quite a few, and so are their pairs. */
        const uint32_t kind = any_below(6);
        t.terms[i] = kind < 2 ? any_below(2) : kind == 2 ? 2 + any_below(3) : any_below(TERMS);
    }
    return t;
}

static struct wordcode_terms terms_of(struct text *t)
{
    return (struct wordcode_terms){.terms = t->terms, .count = t->count, .title_count = t->title_count};
}

static uint64_t pair_of(uint32_t first, uint32_t second)
{
    return signatures_pair(signatures_term(&lexicon, first), signatures_term(&lexicon, second));
}

static sqlite3 *new_database(void)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "CREATE TABLE signature(id INTEGER PRIMARY KEY, bits BLOB NOT NULL);"
                                  "CREATE TABLE dictionary(name TEXT PRIMARY KEY, frame BLOB NOT NULL)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    return db;
}

struct opened {
    struct signatures signatures;
    struct blocks *cache;
    struct signatures_reader *reader;
};

static void open_matrix(struct opened *o, sqlite3 *db, uint32_t articles)
{
    assert_fine(signatures_load(&o->signatures, db, &err), &err);
    assert_fine(blocks_open((size_t)1 << 20, &o->cache, &err), &err);
    assert_fine(signatures_reader_open(db, o->cache, &o->signatures, articles, &o->reader, &err), &err);
}

static void close_matrix(struct opened *o)
{
    signatures_reader_close(o->reader);
    blocks_close(o->cache);
    signatures_free(&o->signatures);
}

static void build(sqlite3 *db, struct text *texts, uint32_t count)
{
    struct signatures_builder *b;
    assert_fine(signatures_builder_open(test_folder, &b, &err), &err);
    for (uint32_t i = 0; i < MIN(count, 2000U); i++) {
        const struct wordcode_terms terms = terms_of(&texts[i]);
        assert_true(signatures_builder_sample(b, &lexicon, &terms));
    }
    assert_fine(signatures_builder_choose(b, db, &err), &err);
    for (uint32_t i = 0; i < count; i++) {
        const struct wordcode_terms terms = terms_of(&texts[i]);
        assert_fine(signatures_builder_add(b, &lexicon, &terms, &err), &err);
    }
    assert_fine(signatures_builder_save(b, NULL, db, &err), &err);
    signatures_builder_close(b);
}

/* Every row of the matrix in DB is what the pairs of TEXTS make it. */
static void assert_matrix(sqlite3 *db, struct text *texts, uint32_t count)
{
    struct opened o;
    open_matrix(&o, db, count);
    const uint32_t rows = o.signatures.rows;
    const size_t words = (size_t)(count + IMPACT_WINDOW - 1) / IMPACT_WINDOW * SIGNATURES_WINDOW_WORDS;
    uint64_t *expected = mem_zalloc(rows * words + 1, sizeof *expected);
    uint64_t *row = mem_alloc(words + 1, sizeof *row);
    assert_true(expected && row);
    for (uint32_t a = 0; a < count; a++) {
        for (uint32_t i = 1; i < texts[a].count; i++) {
            const uint64_t pair = pair_of(texts[a].terms[i - 1], texts[a].terms[i]);
            const unsigned bits = i != texts[a].title_count ? signatures_bits(&o.signatures, pair) : 0;
            for (unsigned h = 0; h < bits; h++) {
                expected[signatures_row(pair, h, rows) * words + a / 64] |= UINT64_C(1) << a % 64;
            }
        }
    }
    for (uint32_t r = 0; r < rows; r++) {
        assert_fine(signatures_read_row(o.reader, r, row, &err), &err);
        if (memcmp(row, expected + r * words, words * sizeof *row) != 0) {
            fail_msg("row %u of %u differs", r, rows);
        }
    }
    mem_free(expected);
    mem_free(row);
    close_matrix(&o);
}

static void test_build(void **state)
{
    (void)state;
    static const uint32_t counts[] = {0, 1, 255, 256, 257, 1500, MANY};
    struct text *texts = mem_alloc(MANY, sizeof *texts);
    assert_non_null(texts);
    for (uint32_t i = 0; i < MANY; i++) {
        texts[i] = any_text();
    }
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        sqlite3 *db = new_database();
        build(db, texts, counts[i]);
        assert_matrix(db, texts, counts[i]);
        sqlite3_close(db);
    }
    mem_free(texts);
}

/* Narrowing keeps every article that has the pair, clears some that have not, and leaves other windows alone. */
static void test_narrow(void **state)
{
    (void)state;
    enum { COUNT = 3000, WINDOWS = (COUNT + IMPACT_WINDOW - 1) / IMPACT_WINDOW };
    static struct text texts[COUNT];
    sqlite3 *db = new_database();
    struct opened o;
    uint64_t passed = 0, refused = 0, by_bits[SIGNATURES_BITS_MAX + 1] = {0};
    for (uint32_t i = 0; i < COUNT; i++) {
        texts[i] = any_text();
    }
    build(db, texts, COUNT);
    open_matrix(&o, db, COUNT);
    for (uint32_t first = 0; first < TERMS; first += first < 5 ? 1 : 7) {
        for (uint32_t second = 0; second < TERMS; second += second < 5 ? 1 : 11) {
            const uint64_t pair = pair_of(first, second);
            uint64_t bits[WINDOWS * SIGNATURES_WINDOW_WORDS];
            memset(bits, 0xff, sizeof bits);
            assert_fine(signatures_narrow(o.reader, pair, 2, WINDOWS - 1, bits, &err), &err);
            by_bits[signatures_bits(&o.signatures, pair)]++;
            for (uint32_t a = 0; a < COUNT; a++) {
                bool has = false;
                for (uint32_t i = 1; i < texts[a].count; i++) {
                    has = has || (i != texts[a].title_count && texts[a].terms[i - 1] == first &&
                                  texts[a].terms[i] == second);
                }
                const bool may = bits[a / 64] >> a % 64 & 1;
                const bool outside = a < 2 * IMPACT_WINDOW || a >= (WINDOWS - 1) * IMPACT_WINDOW;
                assert_true(may || (!has && !outside));
                passed += may;
                refused += !may;
            }
        }
    }
    for (unsigned c = 0; c < SIGNATURES_CLASSES; c++) {
        assert_true(by_bits[signatures_class_bits(c)] > 0);
    }
    assert_true(refused > passed);
    close_matrix(&o);
    sqlite3_close(db);
}

static void copy_facts(sqlite3 *from, sqlite3 *to)
{
    sqlite3_stmt *read, *write;
    assert_int_equal(sqlite3_prepare_v2(from, "SELECT frame FROM dictionary", -1, &read, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(to, "INSERT INTO dictionary VALUES('signatures', ?1)", -1, &write, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(read), SQLITE_ROW);
    sqlite3_bind_value(write, 1, sqlite3_column_value(read, 0));
    assert_int_equal(sqlite3_step(write), SQLITE_DONE);
    sqlite3_finalize(read);
    sqlite3_finalize(write);
}

/* Articles come, go and move: every row is what a build of what is left would make it. */
static void test_update(void **state)
{
    (void)state;
    enum { BEFORE = 2000, ADDED = 300, MOST = BEFORE + ADDED };
    static struct text before[BEFORE], added[ADDED], after[MOST];
    static uint32_t numbers[BEFORE], places[ADDED];
    for (int round = 0; round < 6; round++) {
        sqlite3 *old = new_database(), *new = new_database();
        struct signatures_builder *b;
        struct opened o;
        uint32_t count = 0, put = 0;
        for (uint32_t i = 0; i < BEFORE; i++) {
            before[i] = any_text();
        }
        build(old, before, BEFORE);
        open_matrix(&o, old, BEFORE);
        assert_fine(signatures_builder_open(test_folder, &b, &err), &err);
        assert_fine(signatures_builder_adopt(b, &o.signatures, &err), &err);
        for (uint32_t i = 0; i < BEFORE; i++) {
            while (put < ADDED * (uint32_t)(round > 0) && !any_below(6)) {
                added[put] = any_text();
                places[put] = count;
                after[count++] = added[put++];
            }
            const bool gone = round != 1 && !any_below(10);
            numbers[i] = gone ? IMPACT_GONE : count;
            if (!gone) {
                after[count++] = before[i];
            }
        }
        for (uint32_t i = 0; i < put; i++) {
            const struct wordcode_terms terms = terms_of(&added[i]);
            assert_fine(signatures_builder_add(b, &lexicon, &terms, &err), &err);
        }
        const struct signatures_before from = {
            .reader = o.reader, .articles = BEFORE, .numbers = numbers, .added = places, .count = count};
        assert_fine(signatures_builder_save(b, &from, new, &err), &err);
        signatures_builder_close(b);
        close_matrix(&o);
        copy_facts(old, new);
        assert_matrix(new, after, count);
        sqlite3_close(old);
        sqlite3_close(new);
    }
}

/* Facts of N bytes that promise so many ROWS. */
static void assert_no_facts(uint32_t rows, size_t n)
{
    static uint8_t bytes[2 * SIGNATURES_MAP_BYTES];
    struct signatures s;
    sqlite3 *db = new_database();
    memcpy(bytes, &rows, sizeof rows);
    assert_fine(dictionary_save(db, "signatures", bytes, n, &err), &err);
    assert_int_equal(signatures_load(&s, db, &err), TRABAO_DATA);
    signatures_free(&s);
    sqlite3_close(db);
}

static void test_damaged_facts_are_told(void **state)
{
    (void)state;
    assert_no_facts(100, 0);
    assert_no_facts(100, 3);
    assert_no_facts(100, sizeof(uint32_t) + SIGNATURES_MAP_BYTES - 1);
    assert_no_facts(100, sizeof(uint32_t) + SIGNATURES_MAP_BYTES + 1);
    assert_no_facts(UINT32_MAX, sizeof(uint32_t) + SIGNATURES_MAP_BYTES);
}

static void test_damage_is_told(void **state)
{
    (void)state;
    enum { COUNT = 300 };
    static const char *const damage[] = {
        "DELETE FROM signature WHERE id % 2",
        "UPDATE signature SET bits = substr(bits, 2)",
        "UPDATE signature SET bits = ''",
    };
    static const char *const facts[] = {
        "DELETE FROM dictionary",
        "UPDATE dictionary SET frame = substr(frame, 2)",
        "UPDATE dictionary SET frame = 'no frame'",
    };
    static struct text texts[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        texts[i] = any_text();
    }
    for (size_t d = 0; d < ARRAY_LEN(damage); d++) {
        sqlite3 *db = new_database();
        struct opened o;
        enum trabao_status status = TRABAO_OK;
        uint64_t row[2 * SIGNATURES_WINDOW_WORDS];
        build(db, texts, COUNT);
        assert_int_equal(sqlite3_exec(db, damage[d], NULL, NULL, NULL), SQLITE_OK);
        open_matrix(&o, db, COUNT);
        for (uint32_t r = 0; status == TRABAO_OK && r < o.signatures.rows; r++) {
            status = signatures_read_row(o.reader, r, row, &err);
        }
        assert_int_equal(status, TRABAO_DATA);
        close_matrix(&o);
        assert_int_equal(sqlite3_exec(db, facts[d], NULL, NULL, NULL), SQLITE_OK);
        struct signatures s;
        assert_int_equal(signatures_load(&s, db, &err), TRABAO_DATA);
        signatures_free(&s);
        sqlite3_close(db);
    }
}

static int make_lexicon(void **state)
{
    lexicon_init(&lexicon);
    for (uint32_t t = 0; t < TERMS; t++) {
        char form[16];
        const int n = snprintf(form, sizeof form, "từ%u", t);
        if (lexicon_add(&lexicon, form, (size_t)n) != t) {
            return -1;
        }
    }
    return open_folder(state);
}

static int free_lexicon(void **state)
{
    lexicon_free(&lexicon);
    return close_folder(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_build),
        cmocka_unit_test(test_narrow),
        cmocka_unit_test(test_update),
        cmocka_unit_test(test_damaged_facts_are_told),
        cmocka_unit_test(test_damage_is_told),
    };
    return cmocka_run_group_tests(tests, make_lexicon, free_lexicon);
}
