/*
 * test_archive_words.c - the words of articles are read once, and kept for all threads within a ceiling.
 */
#include "tests/unit/test_archive_support.h"

#define ARTICLES 1000
#define WORDS 400 /* of an article at most */
#define SYLLABLES 3000
#define BODY_BYTES (WORDS * 8)

static struct trabao_error err;

/* Builds an archive of articles of random syllables. */
static int make_archive(void **state)
{
    static char keys[ARTICLES][16], bodies[ARTICLES][BODY_BYTES];
    static struct article articles[ARTICLES];
    if (open_folder(state) != 0) {
        return -1;
    }
    for (uint32_t i = 0; i < ARTICLES; i++) {
        snprintf(keys[i], sizeof keys[i], "a%u", i);
        size_t n = 0;
        for (uint32_t w = 1 + any_below(WORDS); w > 0; w--) {
            n += (size_t)snprintf(bodies[i] + n, sizeof bodies[i] - n, "w%x ", any_below(SYLLABLES));
        }
        articles[i] = (struct article){.reads = -1};
        set_text(&articles[i], ARTICLE_KEY, keys[i]);
        set_text(&articles[i], ARTICLE_BODY, bodies[i]);
    }
    build_archive(in_folder("one"), articles, ARTICLES, NULL, 1);
    return 0;
}

/* Looks that a handle has taken into the pages of its file. */
static int looks(sqlite3 *db)
{
    int hits = 0, misses = 0, most;
    assert_int_equal(sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_HIT, &hits, &most, 0), SQLITE_OK);
    assert_int_equal(sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_MISS, &misses, &most, 0), SQLITE_OK);
    return hits + misses;
}

/* Reads the words of article ID; says whether the file had to be looked into for that. */
static bool read_looking(struct archive_reader *r, int64_t id, struct wordcode_terms *out)
{
    const int before = looks(r->db);
    assert_fine(archive_terms(r, id, out, &err), &err);
    return looks(r->db) > before;
}

static void assert_same_terms(const struct wordcode_terms *a, const struct wordcode_terms *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->title_count, b->title_count);
    assert_memory_equal(a->terms, b->terms, b->count * sizeof *b->terms);
}

/*
 * Words that are read again, by whatever thread, are the same. An article that the archive lacks has none. Returns how
 * often, of twice for each article, they came out of memory.
 */
static unsigned read_words_again(size_t cache_bytes)
{
    struct archive *archive;
    struct archive_reader *one, *other;
    struct wordcode_terms first = {0}, again = {0};
    unsigned kept = 0;
    assert_fine(archive_open(in_folder("one"), cache_bytes, &archive, &err), &err);
    assert_fine(archive_reader_open(archive, &one, &err), &err);
    assert_fine(archive_reader_open(archive, &other, &err), &err);
    for (uint32_t i = 0; i < archive->count; i++) {
        assert_true(read_looking(one, archive->ids[i], &first));
        assert_status(TRABAO_DATA, archive_terms(one, archive->ids[archive->count - 1] + 1, &again, &err), &err);
        assert_int_equal(again.count, 0);
    }
    for (uint32_t i = 0; i < archive->count; i++) {
        assert_fine(archive_terms(one, archive->ids[i], &first, &err), &err);
        kept += !read_looking(other, archive->ids[any_below(archive->count)], &again);
        kept += !read_looking(other, archive->ids[i], &again);
        assert_same_terms(&again, &first);
    }
    wordcode_terms_free(&first);
    wordcode_terms_free(&again);
    archive_reader_close(one);
    archive_reader_close(other);
    archive_close(archive);
    return kept;
}

static void test_words_are_kept(void **state)
{
    (void)state;
    assert_int_equal(read_words_again((size_t)8 << 20), 2 * ARTICLES);
    assert_true(read_words_again(0) < ARTICLES / 10); /* those that were asked for twice running */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_are_kept),
    };
    return cmocka_run_group_tests(tests, make_archive, close_folder);
}
