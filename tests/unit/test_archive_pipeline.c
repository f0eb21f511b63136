/*
 * test_archive_pipeline.c - articles of all sizes through the pipeline: in order, and no more of them at once than
 * their bytes allow.
 */
#include "tests/unit/test_archive_support.h"

#include "archive/pipeline.h"

#define ARTICLES 400
#define LARGE ((size_t)200 << 10)

static char keys[ARTICLES][16];
static char *body;

/* Small ones, then large ones, then one that is larger than a chunk, then small ones again. */
static size_t body_length(uint32_t a)
{
    return a < 150 || a > 180 ? 6 + a : a == 170 ? PIPELINE_BYTES + LARGE : LARGE;
}

static void add_articles(struct spill *spill)
{
    struct trabao_error err = {0};
    struct spill_port *port;
    uint64_t superseded;
    assert_fine(spill_port_open(spill, &port, &err), &err);
    for (uint32_t a = 0; a < ARTICLES; a++) {
        struct article article = {.reads = a};
        snprintf(keys[a], sizeof keys[a], "key %03u", a);
        set_text(&article, ARTICLE_KEY, keys[a]);
        article.fields[ARTICLE_BODY] = (struct article_text){body, body_length(a)};
        assert_fine(spill_add(port, &article, a, 0, &err), &err);
    }
    spill_port_close(port);
    assert_fine(spill_sort(spill, &superseded, &err), &err);
}

static enum trabao_status count_numbered(void *context, uint32_t number, const struct document *document,
                                         uint32_t length TRABAO_UNUSED, struct trabao_error *err TRABAO_UNUSED)
{
    uint32_t *next = context;
    assert_int_equal(number, (*next)++);
    assert_int_equal(document->article.reads, number);
    return TRABAO_OK;
}

static void expect_chunk(const struct pipeline_chunk *chunk, uint32_t first)
{
    uint64_t bytes = 0;
    assert_int_equal(chunk->first, first);
    assert_in_range(chunk->count, 1, PIPELINE_CHUNK);
    for (uint32_t i = 0; i < chunk->count; i++) {
        const struct document *d = &chunk->documents[i];
        assert_int_equal(d->article.reads, first + i);
        assert_int_equal(document_column(d, SCHEMA_BODY)->len, body_length(first + i));
        bytes += d->entry.len;
    }
    assert_true(chunk->count == 1 || bytes <= PIPELINE_BYTES);
}

static void expect_all(struct pipeline *pipeline)
{
    struct trabao_error err = {0};
    struct pipeline_chunk *chunk = NULL;
    uint32_t next = 0;
    for (;;) {
        assert_fine(pipeline_next(pipeline, &chunk, &err), &err);
        if (!chunk) {
            break;
        }
        expect_chunk(chunk, next);
        next += chunk->count;
        pipeline_done(pipeline, chunk);
    }
    assert_int_equal(next, ARTICLES);
}

static void test_sizes(void **state TRABAO_UNUSED)
{
    struct trabao_error err = {0};
    struct spill *spill;
    struct lexicon lexicon;
    struct pack_dictionary *words, *residues;
    body = mem_alloc(PIPELINE_BYTES + LARGE, 1);
    assert_non_null(body);
    for (size_t i = 0; i < PIPELINE_BYTES + LARGE; i++) {
        body[i] = i % 5 == 4 ? ' ' : (char)('a' + i / 5 % 11);
    }
    assert_fine(spill_open(test_folder, &spill, &err), &err);
    add_articles(spill);
    assert_fine(pack_dictionary_open("", 0, PACK_WORDS, &words, &err), &err);
    assert_fine(pack_dictionary_open("", 0, PACK_RESIDUES, &residues, &err), &err);
    for (unsigned threads = 1; threads <= 4; threads++) {
        struct pipeline *pipeline;
        uint32_t numbered = 0;
        lexicon_init(&lexicon);
        const struct pipeline_plan plan = {.spill = spill,
                                           .lexicon = &lexicon,
                                           .words = words,
                                           .residues = residues,
                                           .numbered = count_numbered,
                                           .context = &numbered,
                                           .threads = threads};
        assert_fine(pipeline_open(&plan, &pipeline, &err), &err);
        expect_all(pipeline);
        assert_int_equal(numbered, ARTICLES);
        pipeline_close(pipeline);
        lexicon_free(&lexicon);
    }
    pack_dictionary_close(words);
    pack_dictionary_close(residues);
    spill_close(spill);
    mem_free(body);
}

/* Clearing keeps the memory that any article needs, and no more. */
static void test_large_memory_is_given_back(void **state TRABAO_UNUSED)
{
    struct document d;
    document_init(&d);
    assert_non_null(buf_reserve(&d.bytes, 4000));
    document_clear(&d);
    assert_true(d.bytes.capacity >= 4000);
    assert_non_null(buf_reserve(&d.bytes, LARGE));
    assert_non_null(buf_reserve(&d.words, LARGE));
    document_clear(&d);
    assert_int_equal(d.bytes.capacity, 0);
    assert_int_equal(d.words.capacity, 0);
    document_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_large_memory_is_given_back),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
