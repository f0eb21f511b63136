/*
 * pool.c - worker threads and their queue; see pool.h.
 *
 * One mutex and one condition for all. A worker that wakes without a job does so because its edition is outdated (or
 * the pool stops): it leaves its seat, so that the old generation is closed even when no request comes.
 */
#include "server/pool.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/mem.h"

struct pool {
    struct library *library;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct pool_job *head, **tail; /* waiting jobs, oldest first */
    unsigned waiting, capacity;
    bool stopping;
    unsigned worker_count; /* threads that were started */
    pthread_t workers[];
};

static struct pool_job *take(struct pool *pool)
{
    struct pool_job *job = pool->head;
    if (job != NULL) {
        pool->head = job->next;
        pool->tail = pool->head == NULL ? &pool->head : pool->tail;
        pool->waiting--;
    }
    return job;
}

static void *worker_main(void *arg)
{
    struct pool *pool = arg;
    struct seat seat = {.library = pool->library};
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        struct pool_job *job = take(pool);
        if (job == NULL && pool->stopping) {
            break;
        }
        if (job == NULL && !seat_outdated(&seat)) {
            pthread_cond_wait(&pool->wake, &pool->mutex);
            continue;
        }
        pthread_mutex_unlock(&pool->mutex);
        if (job != NULL) {
            job->run(job, &seat);
        } else {
            seat_leave(&seat);
        }
        pthread_mutex_lock(&pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
    seat_leave(&seat);
    return NULL;
}

enum trabao_status pool_start(struct library *library, unsigned workers, unsigned capacity, struct pool **out,
                              struct trabao_error *err)
{
    *out = NULL;
    struct pool *pool = mem_zalloc(1, sizeof *pool + workers * sizeof pool->workers[0]);
    if (pool == NULL) {
        return error_no_memory(err);
    }
    pool->library = library;
    pool->capacity = capacity;
    pool->tail = &pool->head;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wake, NULL);
    for (unsigned i = 0; i < workers; i++) {
        const int rc = pthread_create(&pool->workers[i], NULL, worker_main, pool);
        if (rc != 0) {
            pool_stop(pool);
            return error_set_errno(err, TRABAO_INTERNAL, rc, "cannot start worker %u of %u", i + 1, workers);
        }
        pool->worker_count++;
    }
    *out = pool;
    return TRABAO_OK;
}

bool pool_submit(struct pool *pool, struct pool_job *job)
{
    pthread_mutex_lock(&pool->mutex);
    const bool taken = pool->waiting < pool->capacity && !pool->stopping;
    if (taken) {
        job->next = NULL;
        job->queued_ms = clock_ms();
        *pool->tail = job;
        pool->tail = &job->next;
        pool->waiting++;
        pthread_cond_signal(&pool->wake);
    }
    pthread_mutex_unlock(&pool->mutex);
    return taken;
}

void pool_wake(void *arg)
{
    struct pool *pool = arg;
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
}

void pool_stop(struct pool *pool)
{
    if (pool == NULL) {
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
    for (unsigned i = 0; i < pool->worker_count; i++) {
        pthread_join(pool->workers[i], NULL);
    }
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->mutex);
    mem_free(pool);
}
