/*
 * row_queue.h - rows that one thread makes while the thread that owns the database is busy with something else.
 *
 * The maker waits when the owner is behind by more than a ceiling; the owner takes everything there is at once.
 */
#ifndef TRABAO_ROW_QUEUE_H
#define TRABAO_ROW_QUEUE_H

#include <pthread.h>

#include "base/buf.h"

struct row_queue {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    size_t ahead;
    struct buf rows; /* id (8 bytes), length (4 bytes) and bytes of each */
    bool ended;      /* by the maker */
    bool stopped;    /* by the owner */
};

/* AHEAD: bytes that the maker may be ahead, at most. */
void row_queue_open(struct row_queue *q, size_t ahead);
void row_queue_close(struct row_queue *q);

/* The maker's: adds a row. False when memory runs out or the owner has stopped. */
bool row_queue_put(struct row_queue *q, int64_t id, const void *bytes, size_t n) TRABAO_MUST_USE;
void row_queue_end(struct row_queue *q);

/* The owner's: waits, then swaps ROWS for the rows there are. False when there are no more. */
bool row_queue_take(struct row_queue *q, struct buf *rows);
void row_queue_stop(struct row_queue *q);

/* The next row in ROWS at *AT, which is moved past it; false at the end. */
bool row_queue_next(const struct buf *rows, size_t *at, int64_t *id, const char **bytes, uint32_t *n);

#endif
