/*
 * writeback.c - see writeback.h. An error of the disk is not looked at: the flush at the end has it too, and tells.
 */
#include "base/writeback.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

#define EVERY_NS (200 * 1000000L) /* less than a second */

struct writeback {
    int fd;
    pthread_t thread;
    bool started;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    bool stopping; /* guarded by the mutex */
};

/* Waits for a while with the mutex held; false when it is time to stop. */
static bool wait_a_while(struct writeback *w)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += EVERY_NS;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    while (!w->stopping && pthread_cond_timedwait(&w->ended, &w->mutex, &until) == 0) {
    }
    return !w->stopping;
}

static void *writeback_main(void *context)
{
    struct writeback *w = context;
    pthread_mutex_lock(&w->mutex);
    while (wait_a_while(w)) {
        pthread_mutex_unlock(&w->mutex);
        (void)sync_file_range(w->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
        pthread_mutex_lock(&w->mutex);
    }
    pthread_mutex_unlock(&w->mutex);
    return NULL;
}

enum trabao_status writeback_start(const char *path, struct writeback **out, struct trabao_error *err)
{
    struct writeback *w = mem_zalloc(1, sizeof *w);
    *out = w;
    if (!w) {
        return error_no_memory(err);
    }
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->ended, NULL);
    w->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (w->fd < 0) {
        return error_set_errno(err, TRABAO_IO, errno, "%s: opening it to have it written", path);
    }
    w->started = pthread_create(&w->thread, NULL, writeback_main, w) == 0;
    return w->started ? TRABAO_OK : error_set(err, TRABAO_INTERNAL, "starting a thread failed");
}

void writeback_stop(struct writeback *w)
{
    if (!w) {
        return;
    }
    pthread_mutex_lock(&w->mutex);
    w->stopping = true;
    pthread_cond_signal(&w->ended);
    pthread_mutex_unlock(&w->mutex);
    if (w->started) {
        pthread_join(w->thread, NULL);
    }
    if (w->fd >= 0) {
        close(w->fd);
    }
    pthread_cond_destroy(&w->ended);
    pthread_mutex_destroy(&w->mutex);
    mem_free(w);
}
