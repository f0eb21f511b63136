/*
 * row_queue.c - see row_queue.h.
 */
#include "archive/row_queue.h"

#include "archive/db.h"
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

/* Waits, then swaps ROWS for the rows there are. False when there are no more. */
static bool take(struct row_queue *q, struct buf *rows)
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

/* The next row in ROWS at *AT, which is moved past it; false at the end. */
static bool next_row(const struct buf *rows, size_t *at, int64_t *id, const char **bytes, uint32_t *n)
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

enum trabao_status row_queue_write(struct row_queue *q, sqlite3_stmt *insert, const char *step,
                                   struct trabao_error *err)
{
    struct buf rows;
    enum trabao_status status = TRABAO_OK;
    buf_init(&rows, ROWS_CEILING);
    while (status == TRABAO_OK && take(q, &rows)) {
        int64_t id;
        const char *bytes;
        uint32_t n;
        for (size_t at = 0; status == TRABAO_OK && next_row(&rows, &at, &id, &bytes, &n);) {
            sqlite3_bind_int64(insert, 1, id);
            sqlite3_bind_blob64(insert, 2, bytes, n, SQLITE_STATIC);
            status = db_run(insert, step, err);
        }
    }
    buf_free(&rows);
    return status;
}
