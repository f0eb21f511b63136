/*
 * pool.h - the workers that answer what takes time, and the bounded queue before them.
 *
 * Jobs are embedded in what the caller allocates anyway, so that handing one over cannot fail for want of memory: it
 * is taken, or it is refused at once because the queue is full.
 */
#ifndef TRABAO_SERVER_POOL_H
#define TRABAO_SERVER_POOL_H

#include "server/library.h"

struct pool;

struct pool_job {
    struct pool_job *next; /* the queue's */
    double queued_ms;      /* clock_ms when it was handed over */
    /* Called once, on a worker, which has SEAT to itself; the seat may be empty (seat_renew). */
    void (*run)(struct pool_job *job, struct seat *seat);
};

/* WORKERS threads on LIBRARY (NULL: their seats stay empty), and room for CAPACITY jobs that wait. */
enum trabao_status pool_start(struct library *library, unsigned workers, unsigned capacity, struct pool **out,
                              struct trabao_error *err);

/* False when the queue is full or the pool is stopping; then the job is still the caller's. */
bool pool_submit(struct pool *pool, struct pool_job *job);

/* Lets idle workers move to the current edition; fits library_watch. ARG is the pool. */
void pool_wake(void *arg);

/* Runs what is queued to its end, then ends the workers. NULL is fine. */
void pool_stop(struct pool *pool);

#endif
