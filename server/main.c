/*
 * main.c - `trabao serve`: options, the order in which things start and end, and the signals.
 *
 * The main thread blocks all signals before it starts any other thread and then waits for them in a loop; between
 * signals it is the clock of the door (slow clients are cut off from here). Things end in the order: no new
 * connections, running requests answered, workers, network, watcher, archive.
 */
#include "server/server.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/command_line.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/http.h"
#include "server/listen.h"
#include "server/site.h"

#define DEFAULT_LISTEN "127.0.0.1:8080"
#define DEFAULT_DEADLINE_MS 2000
#define DEFAULT_CONNECTIONS 2048
#define QUEUE_PER_THREAD 64
#define WATCH_INTERVAL_MS 1000
#define TICK_NS (200 * 1000000L)
#define NUMBER_MAX 1000000

struct options {
    const char *db, *listen, *title;
    long threads, deadline_ms, cache_mb, queue, connections;
};

/* ---- options ------------------------------------------------------------------------------------------------- */

static const char DOCUMENTATION[] =
    "Serves an archive over HTTP: pages for people, and a JSON interface under /api/v1/."
    "\v"
    "The server takes up a new generation of the archive by itself, about a second after it is published, or at once "
    "on SIGHUP. SIGTERM and SIGINT end it when the running requests are answered.\n"
    "It speaks plain HTTP; put a proxy before it for TLS and for the open internet.\n"
    "Exit status: 0 ended by a signal, 64 usage, 65 the archive is damaged or of another version, 66 there is no such "
    "archive, 74 the address cannot be listened on.";

/* Reads the command line into O. */
static void read_options(struct options *o, int argc, char **argv)
{
    const struct command_option options[] = {
        COMMAND_DB(&o->db, "The archive to serve (required)"),
        {.name = "listen",
         .argument = "ADDRESS:PORT",
         .help = "Where to listen (default " DEFAULT_LISTEN
                 "); port 0 takes a free one, no address means all interfaces",
         .text = &o->listen},
        {.name = "title",
         .argument = "NAME",
         .help = "The archive's name on the pages (default: the file's name)",
         .text = &o->title},
        {.name = "threads",
         .argument = "N",
         .help = "Searches that run at the same time (default: one per processor core)",
         .number = &o->threads,
         .lowest = 1,
         .highest = NUMBER_MAX},
        {.name = "deadline-ms",
         .argument = "N",
         .help = "Milliseconds that a query may take before it is refused (default 2000)",
         .number = &o->deadline_ms,
         .lowest = 1,
         .highest = NUMBER_MAX},
        {.name = "cache-mb",
         .argument = "N",
         .help = "Megabytes for what is kept of the archive in memory (default 288)",
         .number = &o->cache_mb,
         .lowest = 1,
         .highest = NUMBER_MAX},
        {.name = "queue",
         .argument = "N",
         .help = "Requests that may wait for a thread; more are refused with 503 (default 64 per thread)",
         .number = &o->queue,
         .lowest = 1,
         .highest = NUMBER_MAX},
        {.name = "connections",
         .argument = "N",
         .help = "Connections that are open at the same time (default 2048)",
         .number = &o->connections,
         .lowest = 8,
         .highest = NUMBER_MAX},
        {.name = NULL},
    };
    const struct command_line line = {.help = DOCUMENTATION, .options = options};
    command_line_parse(&line, argc, argv);
}

static void complete_options(struct options *options)
{
    if (options->threads == 0) {
        options->threads = MAX(sysconf(_SC_NPROCESSORS_ONLN), 1L);
    }
    if (options->queue == 0) {
        options->queue = options->threads * QUEUE_PER_THREAD;
    }
}

/* The file's name without folder and extension. Freed with mem_free. */
static char *default_title(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return mem_dup(name, dot != NULL && dot > name ? (size_t)(dot - name) : strlen(name));
}

/* ---- running ------------------------------------------------------------------------------------------------- */

static void block_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Connections are file descriptors; the usual soft limit of 1024 is below the default. */
static void raise_file_limit(long connections)
{
    struct rlimit limit;
    const rlim_t wanted = (rlim_t)connections + 256;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted) {
        limit.rlim_cur = MIN(wanted, limit.rlim_max);
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void wait_for_end(const sigset_t *signals, struct library *library, struct http *http)
{
    const struct timespec tick = {.tv_nsec = TICK_NS};
    for (;;) {
        const int signal_number = sigtimedwait(signals, NULL, &tick);
        if (signal_number == SIGTERM || signal_number == SIGINT) {
            return;
        }
        if (signal_number == SIGHUP) {
            library_poke(library);
        }
        http_tick(http);
    }
}

static enum trabao_status serve(const struct options *options, struct site *site, struct trabao_error *err)
{
    struct pool *pool = NULL;
    struct http *http = NULL;
    int listener = -1;
    char name[LISTEN_NAME_MAX];
    sigset_t signals;
    block_signals(&signals);
    raise_file_limit(options->connections);

    enum trabao_status status = listen_open(options->listen, &listener, name, err);
    if (status == TRABAO_OK) {
        status = library_open(options->db, (size_t)options->cache_mb << 20, &site->library, err);
    }
    if (status == TRABAO_OK) {
        status = pool_start(site->library, (unsigned)options->threads, (unsigned)options->queue, &pool, err);
    }
    if (status == TRABAO_OK) {
        status = library_watch(site->library, WATCH_INTERVAL_MS, pool_wake, pool, err);
    }
    if (status == TRABAO_OK) {
        const struct http_handler handler = {
            .context = site, .prepare = site_prepare, .work = site_work, .fail = site_fail};
        status = http_start(listener, (unsigned)options->connections, pool, &handler, &http, err);
    }
    if (status == TRABAO_OK) {
        fprintf(stderr, "Listening on http://%s\n", name);
        wait_for_end(&signals, site->library, http);
        atomic_store(&site->draining, true);
        http_drain(http, (int)options->deadline_ms + HTTP_REQUEST_SECONDS * 1000);
    }
    if (site->library != NULL) {
        library_unwatch(site->library);
    }
    pool_stop(pool);
    http_stop(http);
    if (listener >= 0) {
        close(listener);
    }
    library_close(site->library);
    return status;
}

int server_main(int argc, char **argv)
{
    struct options options = {
        .listen = DEFAULT_LISTEN, .deadline_ms = DEFAULT_DEADLINE_MS, .connections = DEFAULT_CONNECTIONS};
    read_options(&options, argc, argv);
    complete_options(&options);

    char *title = default_title(options.db);
    struct site site = {.title = options.title != NULL ? options.title : title,
                        .deadline_ms = (int)options.deadline_ms};
    struct trabao_error err = {0};
    const enum trabao_status status = title == NULL ? error_no_memory(&err) : serve(&options, &site, &err);
    mem_free(title);
    return command_end(argv[0], status, &err);
}
