/*
 * row_queue.c - see row_queue.h.
 */
#include "archive/row_queue.h"

#include "base/mem.h"

#define ROWS_CEILING ((size_t)1 << 30)
#define HEAD_BYTES (sizeof(int64_t) + sizeof(uint32_t))

void row_queue_open(struct row_queue *q, size_t ahead)
{
    *q = (struct row_queue){.ahead = ahead};
    pthread_mutex_init(&q->mutex, NULL);
    pthread_cond_init(&q->changed, NULL);
    buf_init(&q->rows, ROWS_CEILING);
}

void row_queue_close(struct row_queue *q)
{
    buf_free(&q->rows);
    pthread_cond_destroy(&q->changed);
    pthread_mutex_destroy(&q->mutex);
}

bool row_queue_put(struct row_queue *q, int64_t id, const void *bytes, size_t n)
{
    const uint32_t len = (uint32_t)n;
    pthread_mutex_lock(&q->mutex);
    while (!q->stopped && q->rows.len > q->ahead) {
        pthread_cond_wait(&q->changed, &q->mutex);
    }
    const size_t before = q->rows.len;
    const bool fine = !q->stopped && buf_append(&q->rows, &id, sizeof id) &&
                      buf_append(&q->rows, &len, sizeof len) && buf_append(&q->rows, bytes, n);
    q->rows.len = fine ? q->rows.len : before;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->mutex);
    return fine;
}

void row_queue_end(struct row_queue *q)
{
    pthread_mutex_lock(&q->mutex);
    q->ended = true;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->mutex);
}

bool row_queue_take(struct row_queue *q, struct buf *rows)
{
    buf_clear(rows);
    pthread_mutex_lock(&q->mutex);
    while (!q->ended && q->rows.len == 0) {
        pthread_cond_wait(&q->changed, &q->mutex);
    }
    const struct buf full = q->rows;
    q->rows = *rows;
    *rows = full;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->mutex);
    return rows->len > 0;
}

void row_queue_stop(struct row_queue *q)
{
    pthread_mutex_lock(&q->mutex);
    q->stopped = true;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->mutex);
}

bool row_queue_next(const struct buf *rows, size_t *at, int64_t *id, const char **bytes, uint32_t *n)
{
    if (*at == rows->len) {
        return false;
    }
    *id = LOAD(int64_t, rows->data + *at);
    *n = LOAD(uint32_t, rows->data + *at + sizeof *id);
    *bytes = rows->data + *at + HEAD_BYTES;
    *at += HEAD_BYTES + *n;
    return true;
}
