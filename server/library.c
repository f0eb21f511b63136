/*
 * library.c - the current edition, its successors and the seats; see library.h.
 *
 * One mutex guards the pointer to the current edition and all reference counts; the library itself holds one reference
 * to the current edition. Archives and readers are opened and closed outside the mutex, because both take time.
 * `serial` counts the editions and is read without the mutex, so that asking whether a seat is outdated is cheap.
 */
#include "server/library.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"

#define RETRY_MAX_MS 60000 /* between attempts to open a generation that does not open */

struct edition {
    struct trabao_archive *archive;
    struct edition_facts facts;
    uint64_t serial;
    unsigned references; /* guarded by the library's mutex */
};

struct library {
    char *path;
    struct trabao_open_options options;
    pthread_mutex_t mutex;
    struct edition *current; /* guarded by the mutex */
    _Atomic uint64_t serial; /* of the current edition */

    pthread_t watcher;
    bool watching;
    pthread_cond_t wake;
    bool poked, stopping; /* guarded by the mutex */
    int interval_ms;
    void (*on_change)(void *arg);
    void *on_change_arg;
};

/* ---- editions ------------------------------------------------------------------------------------------------ */

static uint64_t edition_tag(const struct edition_facts *facts, const struct stat *file)
{
    const uint64_t values[] = {facts->generation,
                               facts->articles,
                               facts->bytes,
                               (uint64_t)file->st_mtim.tv_sec,
                               (uint64_t)file->st_mtim.tv_nsec,
                               (uint64_t)file->st_ino};
    return hash_add(HASH_START, values, sizeof values);
}

/* Workers open readers when a request waits; an archive that gives none must not get that far. */
static enum trabao_status prove_readable(struct trabao_archive *archive, struct trabao_error *err)
{
    struct trabao_reader *reader = NULL;
    const enum trabao_status status = trabao_reader_open(archive, &reader, err);
    if (status == TRABAO_OK) {
        trabao_reader_close(reader);
    }
    return status;
}

static enum trabao_status edition_open(const struct library *library, struct edition **out, struct trabao_error *err)
{
    struct edition *edition = mem_zalloc(1, sizeof *edition);
    if (edition == NULL) {
        return error_no_memory(err);
    }
    struct stat file = {0};
    if (stat(library->path, &file) != 0) {
        file.st_size = 0; /* trabao_open says what is wrong */
    }
    enum trabao_status status = trabao_open(library->path, &library->options, &edition->archive, err);
    if (status == TRABAO_OK) {
        status = prove_readable(edition->archive, err);
    }
    if (status != TRABAO_OK) {
        trabao_close(edition->archive);
        mem_free(edition);
        return status;
    }
    edition->facts.generation = trabao_generation(edition->archive);
    edition->facts.articles = trabao_article_count(edition->archive);
    edition->facts.bytes = (uint64_t)file.st_size;
    edition->facts.tag = edition_tag(&edition->facts, &file);
    edition->references = 1;
    *out = edition;
    return TRABAO_OK;
}

static struct edition *edition_hold(struct library *library)
{
    pthread_mutex_lock(&library->mutex);
    struct edition *edition = library->current;
    edition->references++;
    pthread_mutex_unlock(&library->mutex);
    return edition;
}

static void edition_release(struct library *library, struct edition *edition)
{
    pthread_mutex_lock(&library->mutex);
    const bool last = --edition->references == 0;
    pthread_mutex_unlock(&library->mutex);
    if (last) {
        trabao_close(edition->archive);
        mem_free(edition);
    }
}

/* Makes EDITION the current one; takes over the caller's reference. */
static void edition_install(struct library *library, struct edition *edition)
{
    pthread_mutex_lock(&library->mutex);
    struct edition *old = library->current;
    edition->serial = atomic_load(&library->serial) + 1;
    library->current = edition;
    atomic_store(&library->serial, edition->serial);
    pthread_mutex_unlock(&library->mutex);
    if (old != NULL) {
        edition_release(library, old);
    }
}

/* ---- the library --------------------------------------------------------------------------------------------- */

enum trabao_status library_open(const char *path, size_t cache_bytes, struct library **out, struct trabao_error *err)
{
    struct library *library = mem_zalloc(1, sizeof *library);
    if (library == NULL) {
        return error_no_memory(err);
    }
    pthread_mutex_init(&library->mutex, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&library->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    library->options.cache_bytes = cache_bytes;

    enum trabao_status status = TRABAO_OK;
    struct edition *edition = NULL;
    library->path = mem_dup(path, strlen(path));
    if (library->path == NULL) {
        status = error_no_memory(err);
        goto done;
    }
    status = edition_open(library, &edition, err);
    if (status == TRABAO_OK) {
        edition_install(library, edition);
    }
done:
    if (status != TRABAO_OK) {
        library_close(library);
        library = NULL;
    }
    *out = library;
    return status;
}

void library_close(struct library *library)
{
    if (library == NULL) {
        return;
    }
    library_unwatch(library);
    if (library->current != NULL) {
        edition_release(library, library->current);
    }
    pthread_cond_destroy(&library->wake);
    pthread_mutex_destroy(&library->mutex);
    mem_free(library->path);
    mem_free(library);
}

struct edition_facts library_facts(struct library *library)
{
    pthread_mutex_lock(&library->mutex);
    const struct edition_facts facts = library->current->facts;
    pthread_mutex_unlock(&library->mutex);
    return facts;
}

/* ---- watching ------------------------------------------------------------------------------------------------ */

/* Sleeps until WAIT_MS have passed or somebody pokes; false when the watching is to end. */
static bool watcher_sleep(struct library *library, int wait_ms, bool *poked)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&library->mutex);
    int rc = 0;
    while (!library->stopping && !library->poked && rc == 0) {
        rc = pthread_cond_timedwait(&library->wake, &library->mutex, &until);
    }
    *poked = library->poked;
    library->poked = false;
    const bool go_on = !library->stopping;
    pthread_mutex_unlock(&library->mutex);
    return go_on;
}

/* Takes up a new generation if there is one. TRABAO_NONE: there is none. */
static enum trabao_status refresh(struct library *library)
{
    struct edition *current = edition_hold(library);
    const bool superseded = trabao_superseded(current->archive);
    edition_release(library, current);
    if (!superseded) {
        return TRABAO_NONE;
    }
    const double start = clock_ms();
    struct trabao_error err;
    struct edition *edition;
    const enum trabao_status status = edition_open(library, &edition, &err);
    if (status != TRABAO_OK) {
        log_line(LOG_WARNING, "new generation does not open, the old one stays",
                 (const struct log_field[]){{"file", library->path}, {"reason", err.message}}, 2);
        return status;
    }
    char generation[24], took[24];
    snprintf(generation, sizeof generation, "%llu", (unsigned long long)edition->facts.generation);
    edition_install(library, edition);
    snprintf(took, sizeof took, "%.0f", clock_ms() - start);
    log_line(LOG_INFO, "new generation taken up", (const struct log_field[]){{"generation", generation}, {"ms", took}},
             2);
    library->on_change(library->on_change_arg);
    return TRABAO_OK;
}

static void *watcher_main(void *arg)
{
    struct library *library = arg;
    int wait_ms = library->interval_ms;
    bool poked = false;
    while (watcher_sleep(library, wait_ms, &poked)) {
        const enum trabao_status status = refresh(library);
        /* A file that does not open is likely to stay so: try ever more seldom, unless asked. */
        const bool failed = status != TRABAO_OK && status != TRABAO_NONE;
        wait_ms = failed && !poked ? MIN(wait_ms * 2, RETRY_MAX_MS) : library->interval_ms;
    }
    return NULL;
}

enum trabao_status library_watch(struct library *library, int interval_ms, void (*on_change)(void *arg), void *arg,
                                 struct trabao_error *err)
{
    library->interval_ms = interval_ms;
    library->on_change = on_change;
    library->on_change_arg = arg;
    const int rc = pthread_create(&library->watcher, NULL, watcher_main, library);
    if (rc != 0) {
        return error_set_errno(err, TRABAO_INTERNAL, rc, "cannot start the thread that watches the archive");
    }
    library->watching = true;
    return TRABAO_OK;
}

void library_poke(struct library *library)
{
    pthread_mutex_lock(&library->mutex);
    library->poked = true;
    pthread_cond_signal(&library->wake);
    pthread_mutex_unlock(&library->mutex);
}

void library_unwatch(struct library *library)
{
    if (!library->watching) {
        return;
    }
    pthread_mutex_lock(&library->mutex);
    library->stopping = true;
    pthread_cond_signal(&library->wake);
    pthread_mutex_unlock(&library->mutex);
    pthread_join(library->watcher, NULL);
    library->watching = false;
}

/* ---- seats --------------------------------------------------------------------------------------------------- */

bool seat_outdated(const struct seat *seat)
{
    return seat->edition != NULL && seat->edition->serial != atomic_load(&seat->library->serial);
}

enum trabao_status seat_renew(struct seat *seat, struct trabao_error *err)
{
    if (seat->edition != NULL && !seat_outdated(seat)) {
        return TRABAO_OK;
    }
    seat_leave(seat);
    struct edition *edition = edition_hold(seat->library);
    const enum trabao_status status = trabao_reader_open(edition->archive, &seat->reader, err);
    if (status != TRABAO_OK) {
        edition_release(seat->library, edition);
        seat->reader = NULL;
        return status;
    }
    seat->edition = edition;
    seat->facts = edition->facts;
    return TRABAO_OK;
}

void seat_leave(struct seat *seat)
{
    if (seat->edition != NULL) {
        trabao_reader_close(seat->reader);
        edition_release(seat->library, seat->edition);
        seat->reader = NULL;
        seat->edition = NULL;
    }
}
