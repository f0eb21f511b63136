/*
 * test_archive_impact.c - what an impact says of a term in an article: how much it weighs, that the article begins with
 * it, and how often it can be there at most; and the maps of words, against a scan of the texts.
 */
#include "archive/word_map.h"

#include <math.h>

#include "archive/made.h"
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

static struct trabao_archive *opened;
static struct trabao_reader *reader;
static const struct text *by_number[ARTICLES];

static int open_archive(void **state)
{
    static struct article articles[ARTICLES];
    assert_int_equal(open_folder(state), 0);
    const char *path = in_folder("impact.trabao");
    make_texts(articles);
    build_archive(path, articles, ARTICLES, NULL, 2);
    assert_fine(trabao_open(path, NULL, &opened, &err), &err);
    assert_fine(trabao_reader_open(opened, &reader, &err), &err);
    find_numbers(reader->reader, by_number);
    return 0;
}

static int close_archive(void **state)
{
    trabao_reader_close(reader);
    trabao_close(opened);
    return close_folder(state);
}

static void every_article_has_its_impact(void **state)
{
    (void)state;
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
}

/* ---- maps of words ---------------------------------------------------------------------------------------------- */

#define WINDOWS ((ARTICLES + IMPACT_WINDOW - 1) / IMPACT_WINDOW)
#define TERMS_MAX 5

/* A word that stands for a few terms. */
struct word {
    const struct impact_term *terms[TERMS_MAX];
    uint32_t numbers[TERMS_MAX + 1];
    struct word_terms asked;
};

static void any_word(struct word *word)
{
    const struct archive *a = reader->reader->archive;
    word->asked = (struct word_terms){word->terms, 0, word->numbers, 0};
    const uint32_t first = any_below(SYLLABLES), count = 1 + any_below(TERMS_MAX);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t term = (first + i * 7) % SYLLABLES;
        assert_fine(impact_find(reader->reader->impacts, term, &word->terms[word->asked.count++], &err), &err);
        word->asked.articles += a->lexicon.terms[term].articles;
    }
}

static bool has_word(const struct text *t, const struct word *word)
{
    bool has = false;
    for (size_t i = 0; i < word->asked.count; i++) {
        const uint8_t s = syllable_of(&reader->reader->archive->lexicon, word->terms[i]->term);
        has = has || memchr(t->words, s, t->count);
    }
    return has;
}

/* Now all articles, now some of some windows. */
static void any_places(struct places among[WINDOWS])
{
    const bool all = any_below(2);
    memset(among, 0, WINDOWS * sizeof *among);
    for (uint32_t i = 0; i < ARTICLES; i++) {
        if (all || (i / IMPACT_WINDOW && any_below(3) == 0)) {
            places_add(&among[i / IMPACT_WINDOW], i % IMPACT_WINDOW);
        }
    }
}

/* True when the map of WORD, which was asked for, is kept. */
static bool is_kept(const struct word *word)
{
    const struct made *made;
    const struct made_key key = {word->numbers, 1 + word->asked.count};
    assert_fine(made_find(reader->reader->impacts, &key, &made, &err), &err);
    return made != NULL;
}

static void maps_have_the_articles_of_words(void **state)
{
    (void)state;
    size_t kept = 0;
    for (int round = 0; round < 400; round++) {
        struct word word;
        struct places among[WINDOWS], before[WINDOWS], room[WINDOWS];
        any_word(&word);
        any_places(among);
        memcpy(before, among, sizeof before);
        assert_fine(word_map_keep(reader->reader->impacts, &word.asked, WINDOWS, among, room, &err), &err);
        for (uint32_t i = 0; i < ARTICLES; i++) {
            const bool asked = places_has(&before[i / IMPACT_WINDOW], i % IMPACT_WINDOW);
            assert_int_equal(places_has(&among[i / IMPACT_WINDOW], i % IMPACT_WINDOW),
                             asked && has_word(by_number[i], &word));
        }
        kept += is_kept(&word);
        impact_release(reader->reader->impacts);
    }
    assert_true(kept > 100);
}

/* Of what is kept under a key, no other key gets anything; and what does not fit into memory is not kept. */
static void what_is_made_is_kept_under_its_key(void **state)
{
    (void)state;
    struct impact_reader *r = reader->reader->impacts;
    const struct made *found;
    for (uint32_t i = 0; i < 200; i++) {
        const uint32_t numbers[] = {i, i / 2, 7};
        const struct made_key key = {numbers, 1 + i % ARRAY_LEN(numbers)};
        assert_fine(made_find(r, &key, &found, &err), &err);
        if (found) {
            continue; /* of two numbers, say, some are there already */
        }
        struct made *made = made_new(&key, i);
        assert_non_null(made);
        memset(made->data, (int)i, i);
        assert_fine(made_keep(r, made, &key, &found, &err), &err);
        assert_ptr_equal(found, made);
        assert_fine(made_find(r, &key, &found, &err), &err);
        assert_ptr_equal(found, made);
        assert_int_equal(found->bytes, i);
        assert_true(i == 0 || ((const uint8_t *)found->data)[i - 1] == i);
    }
    const uint32_t other[] = {MADE_PHRASE, 1, 1000};
    const struct made_key key = {other, ARRAY_LEN(other)};
    assert_fine(made_find(r, &key, &found, &err), &err);
    assert_null(found);
    mem_fail_at(1, true);
    assert_null(made_new(&key, 10));
    mem_fail_at(0, false);
    impact_release(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impacts_are_near_what_they_stand_for),
        cmocka_unit_test(every_article_has_its_impact),
        cmocka_unit_test(maps_have_the_articles_of_words),
        cmocka_unit_test(what_is_made_is_kept_under_its_key),
    };
    return cmocka_run_group_tests(tests, open_archive, close_archive);
}
