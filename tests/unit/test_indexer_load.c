/*
 * test_indexer_load.c - what repeated loads make of an archive: unchanged records cost nothing, changed ones replace
 * what was there, the last of several with one key stays, everything else is carried over with its generation.
 */
#include "tests/unit/test_archive_support.h"

#include <sys/stat.h>

#include "indexer/indexer.h"
#include "indexer/load.h"
#include "query/trabao.h"

static struct trabao_error err;
static struct trabao_archive *opened;
static struct trabao_reader *reader;

static void write_text(const char *name, const char *text)
{
    FILE *f = fopen(in_folder(name), "wb");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* `trabao index --db archive NAME...`, with OPTION unless it is NULL; returns the exit code. */
static int run_index(const char *option, const char *first, const char *second)
{
    char command[] = "trabao index", quiet[] = "--quiet", db[] = "--db", threads[] = "--threads=2";
    char paths[3][512], chosen[64];
    snprintf(paths[0], sizeof paths[0], "%s", in_folder("archive"));
    char *argv[10] = {command, quiet, threads, db, paths[0]};
    int argc = 5;
    if (option) {
        snprintf(chosen, sizeof chosen, "%s", option);
        argv[argc++] = chosen;
    }
    snprintf(paths[1], sizeof paths[1], "%s", in_folder(first));
    argv[argc++] = paths[1];
    if (second) {
        snprintf(paths[2], sizeof paths[2], "%s", in_folder(second));
        argv[argc++] = paths[2];
    }
    return indexer_main(argc, argv);
}

static void open_archive(void)
{
    assert_fine(trabao_open(in_folder("archive"), NULL, &opened, &err), &err);
    assert_fine(trabao_reader_open(opened, &reader, &err), &err);
}

static void close_archive(void)
{
    trabao_reader_close(reader);
    trabao_close(opened);
}

/* The open archive has KEY with BODY, added or changed by GENERATION. */
static void assert_article(const char *key, const char *body, uint64_t generation)
{
    struct trabao_article *found;
    assert_fine(trabao_article_by_key(reader, key, NULL, &found, &err), &err);
    assert_string_equal(found->body, body);
    if (found->generation != generation) {
        fail_msg("%s is of generation %d, not %d", key, (int)found->generation, (int)generation);
    }
    trabao_article_free(found);
}

static uint64_t found_by(const char *query)
{
    const struct trabao_request request = {.query = query, .query_len = strlen(query), .tier = TRABAO_EXACT};
    struct trabao_answer *answer;
    assert_fine(trabao_search(reader, &request, &answer, &err), &err);
    const uint64_t total = answer->total;
    trabao_answer_free(answer);
    return total;
}

/* The first pass alone, against the archive there is. */
static struct load_counts load(const char *name, uint64_t *superseded, uint32_t *spilled)
{
    struct archive *archive;
    struct corpus_reader *corpus;
    struct spill *spill;
    struct load_counts counts;
    struct progress progress;
    struct buf notes;
    const char *const path = in_folder(name);
    const struct corpus_options options = {.format = CORPUS_AUTO};
    buf_init(&notes, 65536);
    progress_start(&progress, "reading", true);
    assert_fine(archive_open(in_folder("archive"), (size_t)1 << 20, &archive, &err), &err);
    assert_fine(corpus_open(&path, 1, &options, &corpus, &err), &err);
    assert_fine(spill_open(test_folder, &spill, &err), &err);
    const struct load_plan plan = {.corpus = corpus,
                                   .spill = spill,
                                   .archive = archive,
                                   .threads = 3,
                                   .progress = &progress};
    assert_fine(load_all(&plan, &counts, &notes, &err), &err);
    assert_fine(spill_sort(spill, superseded, &err), &err);
    *spilled = spill_count(spill);
    spill_close(spill);
    corpus_close(corpus);
    archive_close(archive);
    buf_free(&notes);
    return counts;
}

static int start(void **state)
{
    if (open_folder(state) != 0) {
        return -1;
    }
    write_text("first.jsonl", "{\"url\":\"u1\",\"title\":\"Một\",\"date\":\"2020-07-20\",\"body\":\"thân một\"}\n"
                              "{\"url\":\"u2\",\"title\":\"Hai\",\"body\":\"thân hai\",\"lạ\":{\"a\":[1,null]}}\n"
                              "{\"id\":\"i3\",\"title\":\"Ba\",\"date\":\"hôm nọ\",\"body\":\"thân ba\"}\n"
                              "{\"url\":\"u4\",\"title\":\"Chỉ có đầu đề\"}\n");
    return run_index(NULL, "first.jsonl", NULL);
}

static int finish(void **state)
{
    return close_folder(state);
}

static void assert_untouched(const struct stat *before)
{
    struct stat after;
    assert_int_equal(stat(in_folder("archive"), &after), 0);
    assert_int_equal(before->st_ino, after.st_ino);
    assert_int_equal(before->st_mtim.tv_sec, after.st_mtim.tv_sec);
    assert_int_equal(before->st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

static void test_first_load(void **state)
{
    (void)state;
    open_archive();
    assert_int_equal(trabao_generation(opened), 1);
    assert_int_equal(trabao_article_count(opened), 4);
    assert_article("u1", "thân một", 1);
    assert_article("i3", "thân ba", 1);
    assert_article("u4", "", 1);
    close_archive();
    assert_sound(in_folder("archive"));
    assert_int_not_equal(access(in_folder("archive.lock"), F_OK), 0);
}

static void test_unchanged_builds_nothing(void **state)
{
    (void)state;
    struct stat before;
    assert_int_equal(stat(in_folder("archive"), &before), 0);
    assert_int_equal(run_index(NULL, "first.jsonl", NULL), TRABAO_OK);
    assert_untouched(&before);
    uint64_t superseded;
    uint32_t spilled;
    const struct load_counts counts = load("first.jsonl", &superseded, &spilled);
    assert_int_equal(counts.unchanged, 4);
    assert_int_equal(counts.added + counts.changed + counts.rejected, 0);
    assert_int_equal(counts.undated, 3);
    assert_int_equal(spilled, 0);
}

static void test_changed_and_added(void **state)
{
    (void)state;
    write_text("second.jsonl", "{\"url\":\"u2\",\"title\":\"Hai\",\"body\":\"thân hai mới\",\"lạ\":{\"a\":[1,null]}}\n"
                               "{\"url\":\"u5\",\"title\":\"Năm\",\"date\":\"2021\",\"body\":\"thân năm\"}\n"
                               "{\"url\":\"u1\",\"title\":\"Một\",\"date\":\"2020-07-20\",\"body\":\"thân một\"}\n");
    uint64_t superseded;
    uint32_t spilled;
    const struct load_counts counts = load("second.jsonl", &superseded, &spilled);
    assert_int_equal(counts.added, 1);
    assert_int_equal(counts.changed, 1);
    assert_int_equal(counts.unchanged, 1);
    assert_int_equal(superseded, 0);
    assert_int_equal(spilled, 2);

    assert_int_equal(run_index(NULL, "second.jsonl", NULL), TRABAO_OK);
    open_archive();
    assert_int_equal(trabao_generation(opened), 2);
    assert_int_equal(trabao_article_count(opened), 5);
    assert_article("u1", "thân một", 1);
    assert_article("u2", "thân hai mới", 2);
    assert_article("i3", "thân ba", 1);
    assert_article("u4", "", 1);
    assert_article("u5", "thân năm", 2);
    assert_int_equal(found_by("\"hai mới\""), 1);
    close_archive();
    assert_sound(in_folder("archive"));
}

/* What was carried over is still known as what it was. */
static void test_carried_are_unchanged(void **state)
{
    (void)state;
    write_text("carried.jsonl", "{\"id\":\"i3\",\"title\":\"Ba\",\"date\":\"hôm nọ\",\"body\":\"thân ba\"}\n"
                                "{\"url\":\"u4\",\"title\":\"Chỉ có đầu đề\"}\n");
    struct stat before;
    assert_int_equal(stat(in_folder("archive"), &before), 0);
    assert_int_equal(run_index(NULL, "carried.jsonl", NULL), TRABAO_OK);
    assert_untouched(&before);
}

static void test_last_duplicate_stays(void **state)
{
    (void)state;
    write_text("early.jsonl", "{\"url\":\"d\",\"title\":\"Đôi\",\"body\":\"bản đầu\"}\n"
                              "{\"url\":\"d\",\"title\":\"Đôi\",\"body\":\"bản giữa\"}\n");
    write_text("late.jsonl", "{\"url\":\"d\",\"title\":\"Đôi\",\"body\":\"bản cuối\"}\n");
    assert_int_equal(run_index(NULL, "early.jsonl", "late.jsonl"), TRABAO_OK);
    open_archive();
    assert_int_equal(trabao_generation(opened), 3);
    assert_int_equal(trabao_article_count(opened), 6);
    assert_article("d", "bản cuối", 3);
    assert_int_equal(found_by("\"bản đầu\" OR \"bản giữa\""), 0);
    close_archive();
    struct stat before;
    assert_int_equal(stat(in_folder("archive"), &before), 0);
    assert_int_equal(run_index(NULL, "early.jsonl", "late.jsonl"), TRABAO_OK);
    assert_untouched(&before);
    /* In the other order another one is the last. */
    assert_int_equal(run_index(NULL, "late.jsonl", "early.jsonl"), TRABAO_OK);
    open_archive();
    assert_article("d", "bản giữa", 4);
    close_archive();
}

static void test_rejects_cost_themselves_alone(void **state)
{
    (void)state;
    write_text("bad.jsonl", "{\"url\":\"u6\",\"title\":\"Sáu\",\"body\":\"thân sáu\"}\n"
                            "{\"url\":\"u7\",\"title\":\n"
                            "{\"url\":\"u8\",\"title\":\"Tám\",\"body\":\"thân tám\"}\n");
    assert_int_equal(run_index(NULL, "bad.jsonl", NULL), TRABAO_NONE);
    open_archive();
    assert_int_equal(trabao_article_count(opened), 8);
    assert_article("u8", "thân tám", 5);
    close_archive();
}

static void test_nothing_is_written_when_it_should_not(void **state)
{
    (void)state;
    struct stat before;
    assert_int_equal(stat(in_folder("archive"), &before), 0);
    write_text("dry.jsonl", "{\"url\":\"khô\",\"title\":\"Khô\",\"body\":\"thân\"}\n");
    write_text("none.jsonl", "");
    assert_int_equal(run_index("--dry-run", "dry.jsonl", NULL), TRABAO_OK);
    assert_int_equal(run_index(NULL, "absent.jsonl", NULL), TRABAO_NO_INPUT);
    assert_int_equal(run_index("--rebuild", "absent.jsonl", NULL), TRABAO_NO_INPUT);
    assert_int_not_equal(run_index("--rebuild", "none.jsonl", NULL), TRABAO_OK);
    assert_untouched(&before);
}

static void test_rebuild_starts_over(void **state)
{
    (void)state;
    assert_int_equal(run_index("--rebuild", "late.jsonl", NULL), TRABAO_OK);
    open_archive();
    assert_int_equal(trabao_article_count(opened), 1);
    assert_article("d", "bản cuối", trabao_generation(opened));
    close_archive();
    assert_sound(in_folder("archive"));
}

/* The number of generations goes on, or a server would not see a new one. */
static void test_rebuild_goes_on_counting(void **state)
{
    (void)state;
    open_archive();
    const uint64_t before = trabao_generation(opened);
    close_archive();
    assert_true(before > 1);
    assert_int_equal(run_index("--rebuild", "late.jsonl", NULL), TRABAO_OK);
    open_archive();
    assert_int_equal(trabao_generation(opened), before + 1);
    close_archive();
}

/* What is no archive is not replaced, whatever one asks for. */
static void test_rebuild_replaces_archives_alone(void **state)
{
    (void)state;
    struct stat before;
    assert_int_equal(rename(in_folder("archive"), in_folder("kept")), 0);
    write_text("archive", "không phải kho");
    assert_int_equal(stat(in_folder("archive"), &before), 0);
    assert_int_equal(run_index(NULL, "late.jsonl", NULL), TRABAO_DATA);
    assert_int_equal(run_index("--rebuild", "late.jsonl", NULL), TRABAO_DATA);
    assert_untouched(&before);
    assert_int_equal(unlink(in_folder("archive")), 0);
    assert_int_equal(mkdir(in_folder("archive"), 0700), 0);
    assert_int_equal(run_index(NULL, "late.jsonl", NULL), TRABAO_USAGE);
    assert_int_equal(run_index("--rebuild", "late.jsonl", NULL), TRABAO_USAGE);
    assert_int_equal(rmdir(in_folder("archive")), 0);
    assert_int_equal(rename(in_folder("kept"), in_folder("archive")), 0);
}

/* The same articles through several threads and one: the same ids, and nothing left over to change. */
static void test_many_records_by_many_threads(void **state)
{
    (void)state;
    FILE *f = fopen(in_folder("many.jsonl"), "wb");
    assert_non_null(f);
    for (int i = 0; i < 30000; i++) {
        fprintf(f,
                "{\"url\":\"m%d\",\"title\":\"Bài %d\",\"date\":\"20%02d\",\"body\":\"%s số %d của nhiều bài viết\"}\n",
                i % 20000, i % 20000, i % 20, i < 20000 ? "bản cũ" : "bản mới", i);
    }
    assert_int_equal(fclose(f), 0);
    assert_int_equal(run_index("--rebuild", "many.jsonl", NULL), TRABAO_OK);
    open_archive();
    assert_int_equal(trabao_article_count(opened), 20000);
    assert_int_equal(found_by("\"bản mới\""), 10000);
    assert_int_equal(found_by("\"bản cũ\""), 10000);
    assert_article("m0", "bản mới số 20000 của nhiều bài viết", trabao_generation(opened));
    close_archive();
    uint64_t superseded;
    uint32_t spilled;
    const struct load_counts counts = load("many.jsonl", &superseded, &spilled);
    assert_int_equal(counts.unchanged, 20000);
    assert_int_equal(counts.changed, 10000);
    assert_int_equal(superseded, 10000);
    assert_int_equal(spilled, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_load),
        cmocka_unit_test(test_unchanged_builds_nothing),
        cmocka_unit_test(test_changed_and_added),
        cmocka_unit_test(test_carried_are_unchanged),
        cmocka_unit_test(test_last_duplicate_stays),
        cmocka_unit_test(test_rejects_cost_themselves_alone),
        cmocka_unit_test(test_nothing_is_written_when_it_should_not),
        cmocka_unit_test(test_rebuild_starts_over),
        cmocka_unit_test(test_rebuild_goes_on_counting),
        cmocka_unit_test(test_rebuild_replaces_archives_alone),
        cmocka_unit_test(test_many_records_by_many_threads),
    };
    return cmocka_run_group_tests(tests, start, finish);
}
