/*
 * remove_main.c - `trabao remove`: takes articles out of an archive for good, or lets them come back.
 *
 * A removed article's key stays in the archive as a hash, so that the next load of a dump that still has the article
 * passes it over. --restore takes the key from there; the article itself comes back when it is indexed again.
 */
#include <errno.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/predecessor.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/command_line.h"
#include "base/fsutil.h"
#include "base/mem.h"
#include "indexer/change.h"
#include "indexer/indexer.h"
#include "indexer/writer.h"

#define ARCHIVE_CACHE ((size_t)16 << 20)

struct settings {
    const char *db, *batch;
    bool restore, quiet;
    unsigned threads;
    struct command_arguments keys;
};

static const char help[] =
    "Removes articles from an archive. A KEY is an article's URL, else its id, else its file and place, as `search "
    "--format json` and `export` print it.\v"
    "The archive is replaced as a whole, as `index` does it. What was removed is not taken again by a later `index`, "
    "not even with --rebuild, until --restore lifts that. Unused parts of the file may hold some of a removed text "
    "until the archive is built anew.\n\n"
    "Exit codes: 0 done, 1 done but some keys are not in the archive, 64 usage, 65 bad data, 66 no such archive, 70 "
    "internal error, 71 out of memory, 74 input or output failed, 75 interrupted.";

static const char *complaint(const void *settings, const struct command_arguments *keys)
{
    const struct settings *s = settings;
    return s->batch || keys->count
               ? NULL
               : "no KEY given: name the articles by their \"key\", or a file of keys with --batch";
}

/* Reads the command line into S. */
static void read_options(struct settings *s, int argc, char **argv)
{
    const struct command_option options[] = {
        COMMAND_DB(&s->db, "The archive"),
        {.name = "batch",
         .argument = "FILE",
         .help = "Take the keys from FILE, one a line; - is standard input",
         .text = &s->batch},
        {.name = "restore", .help = "Let articles that were removed be indexed again", .flag = &s->restore},
        {.name = "quiet", .letter = 'q', .help = "Say nothing but errors", .flag = &s->quiet},
        {.name = NULL},
    };
    const struct command_line line = {
        .arguments = "KEY...", .help = help, .options = options, .complaint = complaint, .settings = s};
    s->keys = command_line_parse(&line, argc, argv);
}

struct run {
    const struct settings *settings;
    const char *program;
    struct archive *archive;
    struct archive_reader *reader;
    struct removed_list removed; /* as it will be */
    uint8_t *gone;               /* by article number */
    uint64_t done, unknown;
    int64_t now;
};

static enum trabao_status open_archive(struct run *run, struct trabao_error *err)
{
    const char *db = run->settings->db;
    struct predecessor before;
    const enum trabao_status status = predecessor_read(db, &before, err);
    run->removed = before.removed;
    TRY(status);
    TRY(archive_open(db, ARCHIVE_CACHE, &run->archive, err));
    TRY(archive_reader_open(run->archive, &run->reader, err));
    run->gone = mem_zalloc(run->archive->count, 1);
    return run->gone ? TRABAO_OK : error_no_memory(err);
}

static void tell(const struct run *run, const char *key, const char *what)
{
    if (!run->settings->quiet) {
        fprintf(stderr, "%s: %s: %s\n", run->program, key, what);
    }
}

static void restore_key(struct run *run, const char *key, uint64_t key_hash)
{
    if (removed_lift(&run->removed, key_hash)) {
        run->done++;
    } else {
        run->unknown++;
        tell(run, key, "was not removed");
    }
}

static enum trabao_status remove_key(struct run *run, const char *key, uint64_t key_hash, struct trabao_error *err)
{
    struct archive_found found;
    const enum trabao_status status = archive_find(run->reader, key_hash, &found, err);
    if (status == TRABAO_OK) {
        uint8_t *gone = &run->gone[found.number];
        run->done += *gone == 0;
        *gone = 1;
        return removed_add(&run->removed, key_hash, run->now) ? TRABAO_OK : error_no_memory(err);
    }
    if (status == TRABAO_NONE && removed_has(&run->removed, key_hash)) {
        tell(run, key, "was removed before");
        return TRABAO_OK;
    }
    if (status == TRABAO_NONE) {
        run->unknown++;
        tell(run, key, "there is no such article");
        return TRABAO_OK;
    }
    return status;
}

static enum trabao_status take_key(struct run *run, const char *key, struct trabao_error *err)
{
    const uint64_t key_hash = article_key_hash(key, strlen(key));
    if (run->settings->restore) {
        restore_key(run, key, key_hash);
        return TRABAO_OK;
    }
    return remove_key(run, key, key_hash, err);
}

static enum trabao_status take_lines(struct run *run, FILE *file, struct trabao_error *err)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t n;
    enum trabao_status status = TRABAO_OK;
    while (status == TRABAO_OK && (n = getline(&line, &capacity, file)) >= 0) {
        line[strcspn(line, "\r\n")] = '\0';
        if (*line) {
            status = take_key(run, line, err);
        }
    }
    if (status == TRABAO_OK && ferror(file)) {
        status = error_set(err, TRABAO_IO, "%s: reading the keys failed", run->settings->batch);
    }
    free(line);
    return status;
}

static enum trabao_status take_all(struct run *run, struct trabao_error *err)
{
    const struct settings *s = run->settings;
    for (size_t i = 0; i < s->keys.count; i++) {
        TRY(take_key(run, s->keys.items[i], err));
    }
    if (!s->batch) {
        return TRABAO_OK;
    }
    if (strcmp(s->batch, "-") == 0) {
        return take_lines(run, stdin, err);
    }
    FILE *file = fopen(s->batch, "re");
    if (!file) {
        return error_set_errno(err, TRABAO_NO_INPUT, errno, "%s: opening it", s->batch);
    }
    const enum trabao_status status = take_lines(run, file, err);
    fclose(file);
    return status;
}

static enum trabao_status publish(struct run *run, struct build_result *built, struct trabao_error *err)
{
    struct change change = {.db = run->settings->db,
                            .archive = run->archive,
                            .gone = run->gone,
                            .removed = &run->removed,
                            .generation = run->archive->generation + 1,
                            .threads = run->settings->threads,
                            .quiet = run->settings->quiet};
    bool updated;
    char *folder = fs_folder(run->settings->db);
    enum trabao_status status = folder ? spill_open(folder, &change.spill, err) : error_no_memory(err);
    if (status == TRABAO_OK) {
        status = change_publish(&change, &updated, built, err);
    }
    spill_close(change.spill);
    mem_free(folder);
    return status;
}

static void close_run(struct run *run)
{
    archive_reader_close(run->reader);
    archive_close(run->archive);
    removed_free(&run->removed);
    mem_free(run->gone);
}

static enum trabao_status run_all(struct run *run, struct trabao_error *err)
{
    const struct settings *s = run->settings;
    struct build_result built = {0};
    TRY(open_archive(run, err));
    TRY(take_all(run, err));
    if (run->done) {
        TRY(publish(run, &built, err));
    }
    if (!s->quiet) {
        fprintf(stderr, "%s: %llu %s, %llu not found; %u articles\n", s->db, (unsigned long long)run->done,
                s->restore ? "may be indexed again" : "removed", (unsigned long long)run->unknown,
                run->done ? (unsigned)built.articles : run->archive->count);
    }
    return run->unknown ? TRABAO_NONE : TRABAO_OK;
}

static enum trabao_status remove_keys(const struct settings *settings, const char *program, struct trabao_error *err)
{
    struct run run = {.settings = settings, .program = program, .now = civil_now()};
    const enum trabao_status status = run_all(&run, err);
    close_run(&run);
    return status;
}

int indexer_remove_main(int argc, char **argv)
{
    struct settings settings = {.threads = (unsigned)MAX(1L, sysconf(_SC_NPROCESSORS_ONLN))};
    struct trabao_error err = {0};
    struct writer writer = {.fd = -1};
    read_options(&settings, argc, argv);
    writer_catch_signals();
    enum trabao_status status = writer_begin(&writer, &settings.db, &err);
    if (status == TRABAO_OK) {
        status = remove_keys(&settings, argv[0], &err);
    }
    writer_end(&writer);
    return command_end(argv[0], status, &err);
}
