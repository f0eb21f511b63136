/*
 * row_queue.h - rows that one thread makes while the thread that owns the database is busy with something else.
 *
 * The maker waits when the owner is behind by more than a ceiling; the owner takes everything there is at once.
 */
#ifndef TRABAO_ROW_QUEUE_H
#define TRABAO_ROW_QUEUE_H

#include <pthread.h>
#include <sqlite3.h>

#include "base/buf.h"
#include "base/status.h"

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

void row_queue_stop(struct row_queue *q);

/* The owner's: runs INSERT, of id and bytes, for every row as they come. STEP names the work in a message. */
enum trabao_status row_queue_write(struct row_queue *q, sqlite3_stmt *insert, const char *step,
                                   struct trabao_error *err);

#endif
