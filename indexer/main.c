/*
 * main.c - `trabao index`: options, the order of the two passes, and what is said at the end.
 */
#include <errno.h>
#include <locale.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/predecessor.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/command_line.h"
#include "base/fsutil.h"
#include "base/mem.h"
#include "indexer/change.h"
#include "indexer/indexer.h"
#include "indexer/load.h"
#include "indexer/own_files.h"
#include "indexer/rejects.h"
#include "indexer/writer.h"

#define NOTES_CEILING 65536
#define THREADS_MAX 64
#define ARCHIVE_CACHE ((size_t)16 << 20) /* the archive there was is only read article by article */

struct settings {
    const char *db, *reject;
    enum corpus_format format;
    bool dry_run, rebuild, quiet;
    long threads;
    struct command_arguments paths;
};

static const char help[] =
    "Reads articles from files and folders and puts them into an archive.\v"
    "The archive is replaced as a whole when everything has been read: whoever searches it meanwhile sees the old one, "
    "then the new one, and a crash leaves the old one. What `trabao remove` took out is not taken again.\n\n"
    "Exit codes: 0 done, 1 done but some records were rejected, 64 usage, 65 bad data, 66 no input, 70 internal error, "
    "71 out of memory, 74 input or output failed, 75 interrupted.";

static bool read_format(const char *text, void *format)
{
    return corpus_format_from_name(text, format);
}

static const char *complaint(const void *settings, const struct command_arguments *paths)
{
    const struct settings *s = settings;
    if (s->reject && !*s->reject) {
        return "--reject FILE is missing";
    }
    return paths->count ? NULL : "no PATH given: name files or folders, or - for standard input";
}

/* Reads the command line into S. */
static void read_options(struct settings *s, int argc, char **argv)
{
    const struct command_option options[] = {
        COMMAND_DB(&s->db, "The archive to write; what it holds already stays"),
        {.name = "format",
         .argument = "FORMAT",
         .help = "auto (by content, the default), page or jsonl",
         .read = read_format,
         .value = &s->format,
         .takes = "auto, page or jsonl"},
        {.name = "reject",
         .argument = "FILE",
         .help = "Write a line of JSON for each record that could not be taken, over such lines of an earlier run",
         .text = &s->reject},
        {.name = "dry-run", .help = "Read and count, but write no archive", .flag = &s->dry_run},
        {.name = "threads",
         .argument = "N",
         .help = "Worker threads (default: as many as processors)",
         .number = &s->threads,
         .lowest = 1,
         .highest = THREADS_MAX},
        {.name = "rebuild", .help = "Start over: the archive will hold these records alone", .flag = &s->rebuild},
        {.name = "quiet", .letter = 'q', .help = "Say nothing but errors", .flag = &s->quiet},
        {.name = NULL},
    };
    const struct command_line line = {
        .arguments = "PATH...", .help = help, .options = options, .complaint = complaint, .settings = s};
    s->paths = command_line_parse(&line, argc, argv);
}

/* ---- the run ------------------------------------------------------------------------------------------------- */

struct run {
    const struct settings *settings;
    struct predecessor before;
    struct archive *archive; /* the one there is, unless it is built over */
    struct corpus_reader *corpus;
    struct spill *spill;
    struct rejects rejects;
    struct own_files own;
    struct load_counts counts;
    uint64_t superseded;
    uint32_t fresh; /* articles that are new or changed */
    bool updated;
    struct build_result built;
    struct buf notes;
};

static enum trabao_status open_archive(struct run *run, struct trabao_error *err)
{
    const struct settings *s = run->settings;
    enum trabao_status status = predecessor_read(s->db, &run->before, err);
    if (status != TRABAO_OK || !run->before.exists) {
        return status;
    }
    if (!s->rebuild) {
        status = archive_open(s->db, ARCHIVE_CACHE, &run->archive, err);
    } else if (run->before.damaged) {
        fprintf(stderr, "%s is damaged: which articles had been removed from it may be forgotten\n", s->db);
    }
    return status;
}

/* The files that are made here are found before inputs are: they are none. */
static enum trabao_status open_rejects(struct run *run, struct trabao_error *err)
{
    const struct settings *s = run->settings;
    struct rejects *r = &run->rejects;
    if (!s->reject) {
        return own_files_find(&run->own, s->db, err);
    }
    TRY(rejects_open(r, s->reject, err));
    TRY(own_files_find(&run->own, s->db, err));
    TRY(rejects_spare_archive(r, &run->own, err));
    TRY(rejects_spare_inputs(r, s->paths.items, s->paths.count, err));
    if (r->is_regular) {
        own_files_add(&run->own, r->id);
    }
    return TRABAO_OK;
}

static enum trabao_status open_inputs(struct run *run, struct trabao_error *err)
{
    const struct settings *s = run->settings;
    TRY(open_rejects(run, err));
    const struct corpus_options corpus = {
        .format = s->format, .passed_over = run->own.ids, .passed_over_count = run->own.count};
    TRY(corpus_open(s->paths.items, s->paths.count, &corpus, &run->corpus, err));
    TRY(open_archive(run, err));
    TRY(rejects_begin(&run->rejects, err));
    char *folder = fs_folder(s->db);
    const enum trabao_status status = folder ? spill_open(folder, &run->spill, err) : error_no_memory(err);
    mem_free(folder);
    return status;
}

static enum trabao_status load_pass(struct run *run, struct trabao_error *err)
{
    struct progress progress;
    const struct load_plan plan = {.corpus = run->corpus,
                                   .spill = run->spill,
                                   .archive = run->archive,
                                   .removed = &run->before.removed,
                                   .rejects = run->rejects.file,
                                   .threads = (unsigned)run->settings->threads,
                                   .progress = &progress};
    progress_start(&progress, "reading", run->settings->quiet);
    const enum trabao_status status = load_all(&plan, &run->counts, &run->notes, err);
    progress_end(&progress);
    TRY(status);
    TRY(rejects_end(&run->rejects, err));
    TRY(spill_sort(run->spill, &run->superseded, err));
    run->fresh = spill_count(run->spill);
    return TRABAO_OK;
}

static enum trabao_status write_pass(struct run *run, struct trabao_error *err)
{
    struct change change = {.db = run->settings->db,
                            .archive = run->archive,
                            .spill = run->spill,
                            .gone = run->archive ? mem_zalloc(run->archive->count, 1) : NULL,
                            .removed = &run->before.removed,
                            .generation = run->before.generation + 1,
                            .threads = (unsigned)run->settings->threads,
                            .quiet = run->settings->quiet};
    const enum trabao_status status = run->archive && !change.gone
                                          ? error_no_memory(err)
                                          : change_publish(&change, &run->updated, &run->built, err);
    mem_free(change.gone);
    return status;
}

static enum trabao_status nothing_found(const struct run *run, struct trabao_error *err)
{
    return run->counts.rejected ? error_set(err, TRABAO_DATA, "no article could be read: every record was rejected")
                                : error_set(err, TRABAO_NO_INPUT, "no article was found in what was named");
}

static enum trabao_status both_passes(struct run *run, struct trabao_error *err)
{
    const struct load_counts *c = &run->counts;
    TRY(open_inputs(run, err));
    TRY(load_pass(run, err));
    if (c->added + c->changed + c->unchanged + c->removed == 0) {
        return nothing_found(run, err);
    }
    return run->fresh && !run->settings->dry_run ? write_pass(run, err) : TRABAO_OK;
}

static void say_written(const struct run *run, double seconds)
{
    const double text = (double)run->built.text_bytes, file = (double)run->built.file_bytes;
    fprintf(stderr, "%s: %llu articles", run->settings->db, (unsigned long long)run->built.articles);
    if (run->updated) {
        fprintf(stderr, " after an update of %u in %.1f s", run->fresh, seconds);
    } else {
        fprintf(stderr, ", %.1f MB of text in %.1f s (%.1f MB/s)", text / 1e6, seconds,
                text / 1e6 / MAX(seconds, 1e-3));
    }
    fprintf(stderr, ", file %.1f MB (%.2f of the text)\n", file / 1e6, file / MAX(text, 1));
}

static void say_end(const struct run *run, double seconds)
{
    const struct load_counts *c = &run->counts;
    fprintf(stderr, "%llu files: %llu new, %llu changed, %llu unchanged, %llu superseded, %llu rejected",
            (unsigned long long)c->files, (unsigned long long)c->added, (unsigned long long)c->changed,
            (unsigned long long)c->unchanged, (unsigned long long)run->superseded, (unsigned long long)c->rejected);
    if (c->removed) {
        fprintf(stderr, ", %llu removed earlier and left out", (unsigned long long)c->removed);
    }
    fprintf(stderr, "; %llu without a date", (unsigned long long)c->undated);
    const uint64_t hidden = corpus_hidden(run->corpus);
    if (hidden) {
        fprintf(stderr, "; %llu hidden %s not read", (unsigned long long)hidden, hidden == 1 ? "file" : "files");
    }
    fputc('\n', stderr);
    if (run->built.file_bytes) {
        say_written(run, seconds);
    } else {
        fprintf(stderr, "%s: %s\n", run->settings->db,
                run->settings->dry_run ? "not written (--dry-run)" : "unchanged");
    }
}

static void close_run(struct run *run)
{
    corpus_close(run->corpus);
    spill_close(run->spill);
    archive_close(run->archive);
    rejects_close(&run->rejects);
    buf_free(&run->notes);
    predecessor_free(&run->before);
}

/* A message that ends in "reindex" is told to somebody who does just that, and needs the option for it. */
static void name_option(struct trabao_error *err)
{
    static const char remedy[] = "reindex";
    const size_t n = strlen(err->message);
    if (n >= sizeof remedy - 1 && strcmp(err->message + n - (sizeof remedy - 1), remedy) == 0) {
        snprintf(err->message + n, sizeof err->message - n, " with --rebuild");
    }
}

static enum trabao_status index_paths(const struct settings *settings, const char *program, struct trabao_error *err)
{
    struct run run = {.settings = settings};
    buf_init(&run.notes, NOTES_CEILING);
    const double started = clock_ms();
    enum trabao_status status = both_passes(&run, err);
    if (status != TRABAO_OK) {
        name_option(err);
    }
    if (!settings->quiet && run.notes.len) {
        fprintf(stderr, "%s", buf_str(&run.notes));
        if (run.counts.rejected > 1 && !settings->reject) {
            fprintf(stderr, "%s: --reject FILE keeps a record of all %llu rejects\n", program,
                    (unsigned long long)run.counts.rejected);
        }
    }
    if (status == TRABAO_OK) {
        if (!settings->quiet) {
            say_end(&run, (clock_ms() - started) / 1000);
        }
        status = run.counts.rejected ? TRABAO_NONE : TRABAO_OK;
    }
    close_run(&run);
    return status;
}

int indexer_main(int argc, char **argv)
{
    struct settings settings = {.threads = MAX(1L, sysconf(_SC_NPROCESSORS_ONLN))};
    struct trabao_error err = {0};
    struct writer writer = {.fd = -1};
    setlocale(LC_CTYPE, "C.UTF-8");
    read_options(&settings, argc, argv);
    writer_catch_signals();
    enum trabao_status status = settings.dry_run ? TRABAO_OK : writer_begin(&writer, &settings.db, &err);
    if (status == TRABAO_OK) {
        status = index_paths(&settings, argv[0], &err);
    }
    writer_end(&writer);
    return command_end(argv[0], status, &err);
}
