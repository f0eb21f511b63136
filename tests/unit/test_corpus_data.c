/*
 * test_corpus_data.c - real articles, where they are at hand: what comes out is counted against wc and grep.
 */
#include "tests/unit/test_corpus_support.h"

/* The number that a shell command prints. */
static unsigned long long count_by(const char *format, const char *path)
{
    char command[PATH_MAX + 256];
    unsigned long long n = 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(command, sizeof command, format, path);
#pragma GCC diagnostic pop
    FILE *out = popen(command, "r");
    assert_non_null(out);
    assert_int_equal(fscanf(out, "%llu", &n), 1);
    assert_int_equal(pclose(out), 0);
    return n;
}

struct tally {
    unsigned long long records, rejects, dated, with_url, last_number;
};

static enum trabao_status tally_record(void *context, const struct corpus_record *record, struct trabao_error *err)
{
    struct tally *t = context;
    (void)err;
    t->records++;
    t->dated += record->date.text != NULL;
    t->with_url += record->url.text != NULL;
    t->last_number = record->number;
    return TRABAO_OK;
}

static enum trabao_status tally_reject(void *context, const struct corpus_reject *reject, struct trabao_error *err)
{
    struct tally *t = context;
    (void)err;
    t->rejects++;
    print_error("%s:%llu %s: %s\n", reject->path, (unsigned long long)reject->number, reject->step, reject->reason);
    return TRABAO_OK;
}

static void check_file(const char *folder, const char *name)
{
    char path[PATH_MAX];
    const char *const paths[] = {path};
    struct tally t = {0};
    struct corpus_reader *r;
    struct corpus_batch *batch;
    const struct corpus_options options = {0};
    const struct corpus_sink sink = {.record = tally_record, .reject = tally_reject, .context = &t};
    snprintf(path, sizeof path, "%.4000s/%.80s", folder, name);
    if (access(path, R_OK) != 0) {
        print_message("%s is not at hand\n", name);
        skip();
    }
    assert_int_equal(corpus_open(paths, 1, &options, &r, NULL), TRABAO_OK);
    for (;;) {
        assert_int_equal(corpus_next_batch(r, &batch, NULL), TRABAO_OK);
        if (!batch) {
            break;
        }
        assert_int_equal(corpus_parse_batch(batch, &sink, NULL), TRABAO_OK);
        corpus_batch_free(batch);
    }
    corpus_close(r);
    assert_int_equal(t.rejects, 0);
    assert_int_equal(t.records, count_by("zstdcat '%s' | wc -l", path));
    assert_int_equal(t.last_number, t.records);
    assert_int_equal(t.dated, count_by("zstdcat '%s' | grep -cE '^[^{]*[{].*\"date\": ?\"[^\"]' || true", path));
    assert_int_equal(t.with_url, count_by("zstdcat '%s' | grep -cE '\"url\": ?\"[^\"]' || true", path));
}

static const char *folder;

static void check_named(const char *name)
{
    if (!folder) {
        print_message("no real articles are at hand\n");
        skip();
    }
    check_file(folder, name);
}

static void headlines(void **state)
{
    (void)state;
    check_named("headlines.jsonl.zst");
}

static void trends(void **state)
{
    (void)state;
    check_named("trends_vn.jsonl.zst");
}

static void tuoitre(void **state)
{
    (void)state;
    check_named("tuoitre2024.jsonl.zst");
}

static void vietnews(void **state)
{
    (void)state;
    check_named("vietnews.jsonl.zst");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headlines),
        cmocka_unit_test(trends),
        cmocka_unit_test(tuoitre),
        cmocka_unit_test(vietnews),
    };
    folder = data_folder();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
