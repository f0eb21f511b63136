/*
 * test_archive_ngrams.c - the counts that the n-gram table gives against counting by brute force.
 */
#include "tests/unit/test_archive_support.h"

#include "archive/db.h"
#include "archive/ngrams.h"
#include "archive/ngrams_format.h"
#include "archive/schema.h"

#define TERMS 23
#define ARTICLES 60
#define TITLE 6
#define BODY 90

static uint32_t texts[ARTICLES][TITLE + BODY];
static uint32_t words[TERMS], pairs[TERMS][TERMS], triples[TERMS][TERMS][TERMS];

static void count_column(const uint32_t *terms, size_t n, uint32_t weight)
{
    for (size_t i = 0; i < n; i++) {
        words[terms[i]] += weight;
        if (i > 0) {
            pairs[terms[i - 1]][terms[i]] += weight;
        }
        if (i > 1) {
            triples[terms[i - 2]][terms[i - 1]][terms[i]] += weight;
        }
    }
}

/* Low terms are frequent, as in a language. */
static void make_texts(void)
{
    for (size_t a = 0; a < ARTICLES; a++) {
        for (size_t i = 0; i < TITLE + BODY; i++) {
            texts[a][i] = any_below(1 + any_below(TERMS));
        }
        count_column(texts[a], TITLE, NGRAMS_TITLE_WEIGHT);
        count_column(texts[a] + TITLE, BODY, 1);
    }
}

static void load_built(struct ngrams *out)
{
    struct trabao_error err = {0};
    sqlite3 *db;
    unlink(in_folder("ngrams"));
    assert_fine(db_create(in_folder("ngrams"), &db, &err), &err);
    assert_fine(db_exec(db, "CREATE TABLE ngrams(first INTEGER PRIMARY KEY, slots BLOB NOT NULL)", "test", &err), &err);
    struct ngrams_builder *b = ngrams_builder_open();
    assert_non_null(b);
    for (size_t a = 0; a < ARTICLES; a++) {
        const struct wordcode_terms terms = {.terms = texts[a], .count = TITLE + BODY, .title_count = TITLE};
        assert_true(ngrams_builder_add(b, &terms));
    }
    assert_fine(ngrams_builder_save(b, db, &err), &err);
    ngrams_builder_close(b);
    assert_fine(ngrams_load(out, db, &err), &err);
    db_close(db);
}

/* Logarithms are kept in thirds of a doubling. */
static void assert_about(double expected, double found)
{
    if (expected == 0 ? found != 0 : found < expected / 1.13 || found > expected * 1.13) {
        fail_msg("%g is not about %g", found, expected);
    }
}

static void test_counts(void **state)
{
    (void)state;
    struct ngrams n;
    uint32_t mistaken = 0; /* a fingerprint has 18 bits */
    make_texts();
    load_built(&n);
    for (uint32_t a = 0; a < TERMS; a++) {
        uint32_t followers = 0;
        assert_about(words[a], ngrams_word(&n, a));
        for (uint32_t b = 0; b < TERMS; b++) {
            followers += pairs[a][b] > 0;
            assert_about(pairs[a][b], ngrams_pair(&n, a, b));
            for (uint32_t c = 0; c < TERMS; c++) {
                const double triple = ngrams_triple(&n, a, b, c);
                if (triples[a][b][c]) {
                    assert_about(triples[a][b][c], triple);
                } else {
                    mistaken += triple > 0;
                }
            }
        }
        assert_about(followers, ngrams_followers(&n, a));
    }
    assert_in_range(mistaken, 0, 5);
    ngrams_free(&n);
}

/* What is not there is hardly ever found: a fingerprint has 18 bits. */
static void test_absent(void **state)
{
    (void)state;
    struct ngrams n;
    uint32_t found = 0;
    load_built(&n);
    for (uint32_t i = 0; i < 100000; i++) {
        found += ngrams_pair(&n, TERMS + i, i) > 0;
    }
    assert_in_range(found, 0, 40);
    ngrams_free(&n);
}

/* Pairs beyond the words of a body that are counted, and across title and body, do not count. */
static void test_borders(void **state)
{
    (void)state;
    struct trabao_error err = {0};
    uint32_t terms[NGRAMS_BODY_WORDS + 4] = {7, 8};
    const uint32_t last = NGRAMS_BODY_WORDS + 2;
    terms[last - 1] = 5;
    terms[last] = 6;
    const struct wordcode_terms text = {.terms = terms, .count = last + 2, .title_count = 1};
    struct ngrams_builder *b = ngrams_builder_open();
    struct ngrams n;
    sqlite3 *db;
    assert_fine(db_create(in_folder("borders"), &db, &err), &err);
    assert_fine(db_exec(db, "CREATE TABLE ngrams(first INTEGER PRIMARY KEY, slots BLOB NOT NULL)", "test", &err), &err);
    assert_true(ngrams_builder_add(b, &text));
    assert_fine(ngrams_builder_save(b, db, &err), &err);
    assert_fine(ngrams_load(&n, db, &err), &err);
    assert_about(NGRAMS_TITLE_WEIGHT, ngrams_word(&n, 7));
    assert_about(0, ngrams_pair(&n, 7, 8));
    assert_about(1, ngrams_pair(&n, 8, 0));
    assert_about(0, ngrams_pair(&n, 5, 6));
    ngrams_free(&n);
    ngrams_builder_close(b);
    db_close(db);
}

/* Damage is an error, or it only gives other counts. */
static void test_damage(void **state)
{
    (void)state;
    struct trabao_error err = {0};
    struct ngrams n;
    sqlite3 *db;
    load_built(&n);
    ngrams_free(&n);
    assert_int_equal(sqlite3_open(in_folder("ngrams"), &db), SQLITE_OK);
    sqlite3_exec(db, "UPDATE ngrams SET slots = randomblob(length(slots))", NULL, NULL, NULL);
    assert_fine(ngrams_load(&n, db, &err), &err);
    for (uint32_t i = 0; i < 1000; i++) {
        assert_true(ngrams_pair(&n, i, i + 1) >= 0);
    }
    ngrams_free(&n);
    sqlite3_exec(db, "INSERT INTO ngrams VALUES(-1, x'')", NULL, NULL, NULL);
    assert_fine(ngrams_load(&n, db, &err), &err);
    ngrams_free(&n);
    sqlite3_exec(db, "DELETE FROM ngrams", NULL, NULL, NULL);
    assert_fine(ngrams_load(&n, db, &err), &err);
    assert_about(0, ngrams_pair(&n, 1, 2));
    ngrams_free(&n);
    sqlite3_close(db);
}

/* A table without a free place: the search for what is not there ends, and soon. */
static void test_full_table(void **state)
{
    (void)state;
    enum { SLOTS = 3 * NGRAMS_PROBES_MAX };
    static uint8_t slots[(SLOTS + 1) * NGRAMS_SLOT_BYTES];
    const struct ngrams n = {slots, SLOTS};
    const uint64_t hash = ngrams_hash(1, 2, NGRAMS_NO_WORD);
    const uint32_t wanted = ngrams_fingerprint(hash) << NGRAMS_LOG_BITS | 9;
    static const uint32_t far[] = {0, NGRAMS_PROBES_MAX - 1, NGRAMS_PROBES_MAX};
    for (size_t i = 0; i < ARRAY_LEN(far); i++) {
        const uint64_t at = (ngrams_home(hash, SLOTS) + far[i]) % SLOTS;
        for (uint64_t place = 0; place < SLOTS; place++) {
            const uint32_t slot = place == at ? wanted : wanted ^ 1U << NGRAMS_LOG_BITS;
            memcpy(slots + place * NGRAMS_SLOT_BYTES, &slot, NGRAMS_SLOT_BYTES);
        }
        assert_true((ngrams_pair(&n, 1, 2) > 0) == (far[i] < NGRAMS_PROBES_MAX));
    }
}

/*
 * More pairs and triples than the builder has room for: it forgets the rare ones, and counts the others right. Every
 * text has the terms of one of GROUPS rows, the first row the most often, and else what nobody has twice.
 */
static void test_forgetting(void **state)
{
    (void)state;
    enum { TEXTS = 70000, GROUPS = 20, ROW = 10 };
    struct trabao_error err = {0};
    struct ngrams n;
    sqlite3 *db;
    uint32_t texts_of[GROUPS] = {0}, text[NGRAMS_BODY_WORDS], fresh = GROUPS * ROW;
    struct ngrams_builder *b = ngrams_builder_open();
    assert_non_null(b);
    for (uint32_t t = 0; t < TEXTS; t++) {
        const uint32_t group = any_below(1 + any_below(GROUPS));
        texts_of[group]++;
        for (uint32_t i = 0; i < NGRAMS_BODY_WORDS; i++) {
            text[i] = i < ROW ? group * ROW + i : fresh + any_below(1 << 20);
        }
        const struct wordcode_terms terms = {.terms = text, .count = NGRAMS_BODY_WORDS};
        assert_true(ngrams_builder_add(b, &terms));
    }
    unlink(in_folder("forgetting"));
    assert_fine(db_create(in_folder("forgetting"), &db, &err), &err);
    assert_fine(db_exec(db, "CREATE TABLE ngrams(first INTEGER PRIMARY KEY, slots BLOB NOT NULL)", "test", &err), &err);
    assert_fine(ngrams_builder_save(b, db, &err), &err);
    ngrams_builder_close(b);
    assert_fine(ngrams_load(&n, db, &err), &err);
    db_close(db);
    for (uint32_t g = 0; g < GROUPS; g++) {
        for (uint32_t i = 1; i < ROW; i++) {
            const double pair = ngrams_pair(&n, g * ROW + i - 1, g * ROW + i);
            if (fabs(log2(pair / texts_of[g])) > 0.5) {
                fail_msg("pair %u of row %u is in %u texts, not in %.1f", i, g, texts_of[g], pair);
            }
        }
    }
    ngrams_free(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_borders),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_full_table),
        cmocka_unit_test(test_forgetting),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
