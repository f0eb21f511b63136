/*
 * remove_main.c - `trabao remove`: takes articles out of an archive for good, or lets them come back.
 *
 * A removed article's key stays in the archive as a hash, so that the next load of a dump that still has the article
 * passes it over. --restore takes the key from there; the article itself comes back when it is indexed again.
 */
#include <argp.h>
#include <errno.h>
#include <sysexits.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/predecessor.h"
#include "base/buf.h"
#include "base/civil.h"
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
    char **keys;
    size_t key_count;
};

enum { KEY_DB = 256, KEY_BATCH, KEY_RESTORE };

static const struct argp_option options[] = {
    {"db", KEY_DB, "FILE", 0, "The archive", 0},
    {"batch", KEY_BATCH, "FILE", 0, "Take the keys from FILE, one a line; - is standard input", 0},
    {"restore", KEY_RESTORE, 0, 0, "Let articles that were removed be indexed again", 0},
    {"quiet", 'q', 0, 0, "Say nothing but errors", 0},
    {0},
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_DB:
        s->db = argument;
        return 0;
    case KEY_BATCH:
        s->batch = argument;
        return 0;
    case KEY_RESTORE:
        s->restore = true;
        return 0;
    case 'q':
        s->quiet = true;
        return 0;
    case ARGP_KEY_ARGS:
        s->keys = state->argv + state->next;
        s->key_count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_END:
        if (!s->db) {
            argp_error(state, "--db FILE is missing");
        }
        if (!s->batch && s->key_count == 0) {
            argp_error(state, "no KEY given: name the articles by their \"key\", or a file of keys with --batch");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    options, parse_option, "KEY...",
    "Removes articles from an archive. A KEY is an article's URL, else its id, else its file and place, as `search "
    "--format json` and `export` print it.\v"
    "The archive is replaced as a whole, as `index` does it. What was removed is not taken again by a later `index`, "
    "not even with --rebuild, until --restore lifts that. Unused parts of the file may hold some of a removed text "
    "until the archive is built anew.\n\n"
    "Exit codes: 0 done, 1 done but some keys are not in the archive, 64 usage, 65 bad data, 66 no such archive, 70 "
    "internal error, 71 out of memory, 74 input or output failed, 75 interrupted.",
    NULL, NULL, NULL};

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
    enum trabao_status status = predecessor_read(db, &before, err);
    run->removed = before.removed;
    if (status == TRABAO_OK) {
        status = archive_open(db, ARCHIVE_CACHE, &run->archive, err);
    }
    if (status == TRABAO_OK) {
        status = archive_reader_open(run->archive, &run->reader, err);
    }
    if (status == TRABAO_OK && !(run->gone = mem_zalloc(run->archive->count, 1))) {
        status = error_no_memory(err);
    }
    return status;
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
        uint8_t *gone = &run->gone[archive_lower_bound(run->archive, found.id)];
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
    enum trabao_status status = TRABAO_OK;
    for (size_t i = 0; status == TRABAO_OK && i < s->key_count; i++) {
        status = take_key(run, s->keys[i], err);
    }
    if (status != TRABAO_OK || !s->batch) {
        return status;
    }
    if (strcmp(s->batch, "-") == 0) {
        return take_lines(run, stdin, err);
    }
    FILE *file = fopen(s->batch, "re");
    if (!file) {
        return error_set_errno(err, TRABAO_NO_INPUT, errno, "%s: opening it", s->batch);
    }
    status = take_lines(run, file, err);
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

static enum trabao_status remove_keys(const struct settings *settings, const char *program, struct trabao_error *err)
{
    struct run run = {.settings = settings, .program = program, .now = civil_now()};
    struct build_result built = {0};
    enum trabao_status status = open_archive(&run, err);
    if (status == TRABAO_OK) {
        status = take_all(&run, err);
    }
    if (status == TRABAO_OK && run.done) {
        status = publish(&run, &built, err);
    }
    if (status == TRABAO_OK && !settings->quiet) {
        fprintf(stderr, "%s: %llu %s, %llu not found; %u articles\n", settings->db, (unsigned long long)run.done,
                settings->restore ? "may be indexed again" : "removed", (unsigned long long)run.unknown,
                run.done ? (unsigned)built.articles : run.archive->count);
    }
    if (status == TRABAO_OK && run.unknown) {
        status = TRABAO_NONE;
    }
    close_run(&run);
    return status;
}

int indexer_remove_main(int argc, char **argv)
{
    struct settings settings = {.threads = (unsigned)MAX(1L, sysconf(_SC_NPROCESSORS_ONLN))};
    struct trabao_error err = {0};
    struct writer writer = {.fd = -1};
    argp_err_exit_status = EX_USAGE;
    argp_parse(&parser, argc, argv, 0, NULL, &settings);
    writer_catch_signals();
    enum trabao_status status = writer_begin(&writer, settings.db, &err);
    if (status == TRABAO_OK) {
        status = remove_keys(&settings, argv[0], &err);
    }
    writer_end(&writer);
    if (status != TRABAO_OK && status != TRABAO_NONE) {
        fprintf(stderr, "%s: %s\n", argv[0], err.message);
    }
    return (int)status;
}
