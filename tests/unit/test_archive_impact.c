/*
 * test_archive_impact.c - what an impact says of a term in an article: how much it weighs, that the article begins with
 * it, and how often it can be there at most.
 */
#include "archive/impact.h"

#include <math.h>

#include "query/library.h"
#include "tests/unit/test_archive_support.h"

#define ARTICLES 700 /* more than two windows */
#define SYLLABLES 40
#define TITLE_MAX 12
#define BODY_WORDS_MAX 80

static struct trabao_error err;

/* By the formula of BM25F, unrounded. */
static double exact_impact(uint32_t frequency, double k)
{
    return IMPACT_MAX * frequency / (frequency + k);
}

static void impacts_are_near_what_they_stand_for(void **state)
{
    (void)state;
    for (uint32_t length = 0; length < 5000; length = 2 * length + 1) {
        const double k = IMPACT_K1 * (1 - IMPACT_B + IMPACT_B * length / 300);
        for (uint32_t frequency = 1; frequency <= 300; frequency++) {
            const uint32_t counted = MIN(frequency, IMPACT_FREQUENCY_MAX);
            const double exact = exact_impact(counted, k);
            for (int early = 0; early < 2; early++) {
                const uint8_t impact = impact_of(impact_weight(frequency, early), length, 300);
                assert_true(fabs(impact - fmax(exact, 1)) <= 1);
                assert_int_equal(impact_is_early(impact), early);
                assert_true(impact_most(impact) >= counted / k);
                assert_true(impact >= IMPACT_MAX - 2 || impact_most(impact) <= (impact + 1.001) / (253.999 - impact));
            }
        }
    }
    assert_int_equal(impact_weight(0, false), 0);
}

static const char *const FORMS[SYLLABLES] = {"an",  "bao", "ca",  "dao", "em",  "gan", "hai", "khi", "la",  "mai",
                                             "nam", "oi",  "pha", "qua", "roi", "sao", "tin", "uy",  "va",  "xa",
                                             "yen", "cho", "dai", "giu", "hoa", "kem", "lon", "mot", "ngo", "nhu",
                                             "ong", "phe", "que", "ra",  "song", "to", "thu", "tra", "van", "voi"};

/* Articles of random syllables, the first ones far more often than the others. */
struct text {
    uint8_t words[TITLE_MAX + BODY_WORDS_MAX];
    uint32_t title, count;
    char title_text[8 * TITLE_MAX], body[8 * BODY_WORDS_MAX], key[16];
};

static struct text texts[ARTICLES];

static void write_words(const struct text *t, uint32_t first, uint32_t end, char *out, size_t size)
{
    size_t n = 0;
    *out = '\0';
    for (uint32_t i = first; i < end; i++) {
        n += (size_t)snprintf(out + n, size - n, "%s ", FORMS[t->words[i]]);
    }
}

static void make_texts(struct article *articles)
{
    for (uint32_t i = 0; i < ARTICLES; i++) {
        struct text *t = &texts[i];
        t->title = any_below(TITLE_MAX + 1);
        t->count = t->title + 1 + any_below(BODY_WORDS_MAX);
        for (uint32_t w = 0; w < t->count; w++) {
            t->words[w] = (uint8_t)any_below(1 + any_below(SYLLABLES));
        }
        write_words(t, 0, t->title, t->title_text, sizeof t->title_text);
        write_words(t, t->title, t->count, t->body, sizeof t->body);
        snprintf(t->key, sizeof t->key, "%u", i);
        articles[i] = (struct article){.reads = -1};
        set_text(&articles[i], ARTICLE_KEY, t->key);
        set_text(&articles[i], ARTICLE_BODY, t->body);
        if (t->title) {
            set_text(&articles[i], ARTICLE_TITLE, t->title_text);
        }
    }
}

/* The texts by number of their article. */
static void find_numbers(struct archive_reader *r, const struct text *by_number[ARTICLES])
{
    struct archive_stored stored;
    archive_stored_init(&stored);
    assert_int_equal(r->archive->count, ARTICLES);
    for (uint32_t i = 0; i < ARTICLES; i++) {
        assert_fine(archive_read(r, r->archive->ids[i], false, &stored, &err), &err);
        by_number[i] = &texts[strtoul(stored.article.fields[ARTICLE_KEY].text, NULL, 10)];
    }
    archive_stored_free(&stored);
}

/* What the definition of an impact gives for SYLLABLE in T; 0 where it is not in there. */
static uint8_t expected_impact(const struct text *t, uint8_t syllable, double average)
{
    uint32_t frequency = 0;
    bool early = false;
    for (uint32_t w = 0; w < t->count; w++) {
        if (t->words[w] == syllable) {
            early |= w < IMPACT_EARLY_WORDS;
            frequency += w < t->title                       ? IMPACT_TITLE_WEIGHT
                         : w < t->title + IMPACT_LEAD_WORDS ? IMPACT_LEAD_WEIGHT
                                                            : 1;
        }
    }
    return frequency ? impact_of(impact_weight(frequency, early), t->count, average) : 0;
}

static uint8_t syllable_of(const struct lexicon *lexicon, uint32_t term)
{
    uint8_t s = 0;
    while (s < SYLLABLES && !lexicon_is(lexicon, term, FORMS[s], strlen(FORMS[s]))) {
        s++;
    }
    assert_true(s < SYLLABLES);
    return s;
}

static void every_article_has_its_impact(void **state)
{
    (void)state;
    static struct article articles[ARTICLES];
    static const struct text *by_number[ARTICLES];
    struct trabao_archive *opened;
    struct trabao_reader *reader;
    const char *path = in_folder("impact.trabao");
    make_texts(articles);
    build_archive(path, articles, ARTICLES, NULL, 2);
    assert_fine(trabao_open(path, NULL, &opened, &err), &err);
    assert_fine(trabao_reader_open(opened, &reader, &err), &err);
    find_numbers(reader->reader, by_number);
    const struct archive *a = reader->reader->archive;
    uint32_t dense = 0, absent = 0, early = 0;
    assert_int_equal(a->lexicon.count, SYLLABLES);
    for (uint32_t term = 0; term < SYLLABLES; term++) {
        const struct impact_term *t;
        const uint8_t s = syllable_of(&a->lexicon, term);
        assert_fine(impact_find(reader->reader->impacts, term, &t, &err), &err);
        dense += t->entries[0].count_less >= IMPACT_SPARSE_MAX;
        for (uint32_t i = 0; i < ARTICLES; i++) {
            uint8_t impact;
            assert_fine(impact_in_article(reader->reader->impacts, t, i, &impact, &err), &err);
            assert_int_equal(impact, expected_impact(by_number[i], s, a->average_length));
            absent += impact == 0;
            early += impact_is_early(impact);
        }
        impact_release(reader->reader->impacts);
    }
    assert_true(dense > 0 && dense < SYLLABLES && absent > 0 && early > 0);
    trabao_reader_close(reader);
    trabao_close(opened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impacts_are_near_what_they_stand_for),
        cmocka_unit_test_setup_teardown(every_article_has_its_impact, open_folder, close_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
