/*
 * main.c - `trabao index`: options, signals, the order of the two passes, and what is said at the end.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/build.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/fsutil.h"
#include "base/mem.h"
#include "indexer/indexer.h"
#include "indexer/load.h"

#define PATH_CEILING 16384
#define NOTES_CEILING 65536
#define ARCHIVE_CACHE ((size_t)16 << 20) /* the archive there was is only read article by article */

struct settings {
    const char *db, *reject;
    enum corpus_format format;
    bool dry_run, rebuild, quiet;
    unsigned threads;
    const char **paths;
    size_t path_count;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    interrupted = number;
}

enum { KEY_DB = 256, KEY_FORMAT, KEY_REJECT, KEY_DRY_RUN, KEY_THREADS, KEY_REBUILD };

static const struct argp_option options[] = {
    {"db", KEY_DB, "FILE", 0, "The archive to write; what it holds already stays", 0},
    {"format", KEY_FORMAT, "FORMAT", 0, "auto (by content, the default), page, html, jsonl, csv, warc", 0},
    {"reject", KEY_REJECT, "FILE", 0, "Write a line of JSON for each record that could not be taken", 0},
    {"dry-run", KEY_DRY_RUN, 0, 0, "Read and count, but write no archive", 0},
    {"threads", KEY_THREADS, "N", 0, "Worker threads (default: as many as processors)", 0},
    {"rebuild", KEY_REBUILD, 0, 0, "Start over: the archive will hold these records alone", 0},
    {"quiet", 'q', 0, 0, "Say nothing but errors", 0},
    {0},
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    char *end;
    switch (key) {
    case KEY_DB:
        s->db = argument;
        return 0;
    case KEY_FORMAT:
        if (!corpus_format_from_name(argument, &s->format)) {
            argp_error(state, "--format: \"%s\" is none of auto, page, html, jsonl, csv, warc", argument);
        }
        return 0;
    case KEY_REJECT:
        s->reject = argument;
        return 0;
    case KEY_DRY_RUN:
        s->dry_run = true;
        return 0;
    case KEY_THREADS:
        errno = 0;
        s->threads = (unsigned)strtoul(argument, &end, 10);
        if (errno || *end || s->threads < 1 || s->threads > 64) {
            argp_error(state, "--threads: \"%s\" is not a number from 1 to 64", argument);
        }
        return 0;
    case KEY_REBUILD:
        s->rebuild = true;
        return 0;
    case 'q':
        s->quiet = true;
        return 0;
    case ARGP_KEY_ARGS:
        s->paths = (const char **)(void *)(state->argv + state->next);
        s->path_count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_END:
        if (!s->db) {
            argp_error(state, "--db FILE is missing: which archive is to be written?");
        }
        if (s->path_count == 0) {
            argp_error(state, "no PATH given: name files or folders, or - for standard input");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    options, parse_option, "PATH...",
    "Reads articles from files and folders and puts them into an archive.\v"
    "The archive is replaced as a whole when everything has been read: whoever searches it meanwhile sees the old one, "
    "then the new one, and a crash leaves the old one.\n\n"
    "Exit codes: 0 done, 1 done but some records were rejected, 64 usage, 65 bad data, 66 no input, 70 internal error, "
    "71 out of memory, 74 input or output failed, 75 interrupted.",
    NULL, NULL, NULL};

/* ---- one indexer at a time ----------------------------------------------------------------------------------- */

/* Locks FILE.lock; *FD is to be closed after the file has been removed. */
static enum trabao_status lock(const char *path, int *fd, struct trabao_error *err)
{
    struct stat ours, named;
    do {
        *fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0644);
        if (*fd < 0) {
            return error_set_errno(err, TRABAO_IO, errno, "%s: making the lock file", path);
        }
        if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
            close(*fd);
            *fd = -1;
            return error_set(err, TRABAO_IO, "%s: another `trabao index` is writing this archive", path);
        }
        /* Whoever had it before may have removed it in between: then the name belongs to another file. */
        if (fstat(*fd, &ours) == 0 && stat(path, &named) == 0 && ours.st_ino == named.st_ino) {
            return TRABAO_OK;
        }
        close(*fd);
    } while (!interrupted);
    return error_set(err, TRABAO_TIMEOUT, "interrupted");
}

/* ---- the run ------------------------------------------------------------------------------------------------- */

struct run {
    const struct settings *settings;
    struct archive *archive; /* the one there is */
    struct corpus_reader *corpus;
    struct spill *spill;
    FILE *rejects;
    struct load_counts counts;
    uint64_t superseded;
    struct build_result built;
    struct buf notes;
    struct progress progress;
};

static enum trabao_status open_inputs(struct run *run, struct trabao_error *err)
{
    const struct settings *s = run->settings;
    const struct corpus_options corpus = {.format = s->format};
    enum trabao_status status = corpus_open(s->paths, s->path_count, &corpus, &run->corpus, err);
    if (status == TRABAO_OK && !s->rebuild && access(s->db, F_OK) == 0) {
        status = archive_open(s->db, ARCHIVE_CACHE, &run->archive, err);
        if (status == TRABAO_DATA) {
            const size_t n = strlen(err->message);
            snprintf(err->message + n, sizeof err->message - n, " with --rebuild");
        }
    }
    if (status == TRABAO_OK && s->reject && !(run->rejects = fopen(s->reject, "we"))) {
        status = error_set_errno(err, TRABAO_IO, errno, "%s: opening the reject file", s->reject);
    }
    if (status == TRABAO_OK) {
        char *folder = fs_folder(s->db);
        status = folder ? spill_open(folder, &run->spill, err) : error_no_memory(err);
        mem_free(folder);
    }
    return status;
}

static enum trabao_status load_pass(struct run *run, struct trabao_error *err)
{
    const struct load_plan plan = {.corpus = run->corpus,
                                   .spill = run->spill,
                                   .archive = run->archive,
                                   .rejects = run->rejects,
                                   .threads = run->settings->threads,
                                   .interrupted = &interrupted,
                                   .progress = &run->progress};
    progress_start(&run->progress, "reading", run->settings->quiet);
    enum trabao_status status = load_all(&plan, &run->counts, &run->notes, err);
    progress_end(&run->progress);
    if (run->rejects && fclose(run->rejects) != 0 && status == TRABAO_OK) {
        status = error_set_errno(err, TRABAO_IO, errno, "%s: writing the reject file", run->settings->reject);
    }
    run->rejects = NULL;
    return status == TRABAO_OK ? spill_sort(run->spill, &run->superseded, err) : status;
}

static bool build_progress(void *context, uint64_t articles, uint64_t bytes)
{
    struct run *run = context;
    progress_update(&run->progress, articles, bytes, articles, spill_count(run->spill));
    return !interrupted;
}

static enum trabao_status build_pass(struct run *run, struct trabao_error *err)
{
    const struct build_options build = {.threads = run->settings->threads,
                                        .generation = run->archive ? run->archive->generation + 1 : 1,
                                        .progress = build_progress,
                                        .context = run};
    progress_start(&run->progress, "building", run->settings->quiet);
    const enum trabao_status status = archive_build(run->spill, run->settings->db, &build, &run->built, err);
    progress_end(&run->progress);
    return status;
}

/*
 * True when the articles that are left after sorting differ from those of the archive. Of several records with one key
 * only the last counts: the others are no reason to build.
 */
static enum trabao_status is_news(const struct run *run, bool *news, struct trabao_error *err)
{
    struct archive_reader *reader = NULL;
    const uint32_t count = spill_count(run->spill);
    *news = run->counts.added + run->counts.changed > 0;
    if (!*news || !run->archive || run->superseded == 0 || count != run->archive->count) {
        return TRABAO_OK;
    }
    *news = false;
    enum trabao_status status = archive_reader_open(run->archive, &reader, err);
    for (uint32_t i = 0; status == TRABAO_OK && !*news && i < count; i++) {
        const struct spill_entry *entry = spill_at(run->spill, i);
        struct archive_found found;
        status = archive_find(reader, entry->key_hash, &found, err);
        if (status == TRABAO_NONE || (status == TRABAO_OK && found.content_hash != entry->content_hash)) {
            *news = true;
            status = TRABAO_OK;
        }
    }
    archive_reader_close(reader);
    return status;
}

static enum trabao_status nothing_found(const struct run *run, struct trabao_error *err)
{
    return run->counts.rejected ? error_set(err, TRABAO_DATA, "no article could be read: every record was rejected")
                                : error_set(err, TRABAO_NO_INPUT, "no article was found in what was named");
}

static enum trabao_status both_passes(struct run *run, struct trabao_error *err)
{
    enum trabao_status status = open_inputs(run, err);
    if (status == TRABAO_OK) {
        status = load_pass(run, err);
    }
    const struct load_counts *c = &run->counts;
    if (status == TRABAO_OK && c->added + c->changed + c->unchanged == 0) {
        return nothing_found(run, err);
    }
    bool news = false;
    if (status == TRABAO_OK && !run->settings->dry_run) {
        status = is_news(run, &news, err);
    }
    if (status == TRABAO_OK && news) {
        status = build_pass(run, err);
    }
    return status;
}

static void say_end(const struct run *run, double seconds)
{
    const struct load_counts *c = &run->counts;
    fprintf(stderr,
            "%llu files: %llu new, %llu changed, %llu unchanged, %llu superseded, %llu rejected; %llu without a date\n",
            (unsigned long long)c->files, (unsigned long long)c->added, (unsigned long long)c->changed,
            (unsigned long long)c->unchanged, (unsigned long long)run->superseded, (unsigned long long)c->rejected,
            (unsigned long long)c->undated);
    if (run->built.articles) {
        const double text = (double)run->built.text_bytes;
        fprintf(stderr, "%s: %llu articles, %.1f MB of text in %.1f s (%.1f MB/s), file %.1f MB (%.2f of the text)\n",
                run->settings->db, (unsigned long long)run->built.articles, text / 1e6, seconds,
                text / 1e6 / MAX(seconds, 1e-3), (double)run->built.file_bytes / 1e6,
                (double)run->built.file_bytes / MAX(text, 1));
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
    if (run->rejects) {
        fclose(run->rejects);
    }
    buf_free(&run->notes);
}

static enum trabao_status index_paths(const struct settings *settings, const char *program, struct trabao_error *err)
{
    struct run run = {.settings = settings};
    buf_init(&run.notes, NOTES_CEILING);
    const double started = clock_ms();
    enum trabao_status status = both_passes(&run, err);
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
    struct settings settings = {.threads = (unsigned)MAX(1L, sysconf(_SC_NPROCESSORS_ONLN))};
    struct trabao_error err = {0};
    struct buf lock_path;
    int lock_fd = -1;
    argp_err_exit_status = EX_USAGE;
    setlocale(LC_CTYPE, "C.UTF-8");
    argp_parse(&parser, argc, argv, 0, NULL, &settings);
    const struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);

    buf_init(&lock_path, PATH_CEILING);
    enum trabao_status status = TRABAO_OK;
    if (!settings.dry_run) {
        status = buf_printf(&lock_path, "%s.lock", settings.db) ? lock(buf_str(&lock_path), &lock_fd, &err)
                                                                : error_no_memory(&err);
    }
    if (status == TRABAO_OK) {
        status = index_paths(&settings, argv[0], &err);
    }
    if (lock_fd >= 0) {
        unlink(buf_str(&lock_path));
        close(lock_fd);
    }
    buf_free(&lock_path);
    if (status != TRABAO_OK && status != TRABAO_NONE) {
        fprintf(stderr, "%s: %s\n", argv[0], err.message);
    }
    return (int)status;
}
