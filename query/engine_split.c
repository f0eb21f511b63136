/*
 * engine_split.c - the windows of a heavy query, looked at by two threads.
 *
 * Each thread has an engine and results of its own, and takes the next few windows that neither has taken. The plan is
 * only read; of the readers only the impact index is asked, which two threads may do at a time. Where no thread is to
 * be had, one does it all.
 */
#include "query/engine_inside.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"

#define WINDOWS_AT_ONCE (2 * IMPACT_RUN)

/* What both threads know. */
struct split {
    const struct bounds *bounds;
    atomic_size_t next; /* window that none has taken */
    atomic_bool failed; /* one of them has */
};

/* The other thread. */
struct other {
    struct split *split;
    struct engine engine;
    struct engine_hits *heap;
    enum trabao_status status;
    struct trabao_error err;
};

bool engine_is_heavy(const struct engine *e)
{
    uint64_t windows = 0;
    for (size_t g = 0; e->options->heavy && g < e->plan->group_count; g++) {
        const struct plan_group *group = &e->plan->groups[g];
        for (size_t v = 0; v < group->count; v++) {
            windows += group->variants[v].postings ? group->variants[v].postings->windows : 0;
        }
    }
    return e->options->heavy && windows >= e->options->heavy;
}

static enum trabao_status take_some(struct split *split, struct engine *e, struct engine_hits *heap)
{
    const struct bounds *b = split->bounds;
    enum trabao_status status = TRABAO_OK;
    size_t first;
    while (status == TRABAO_OK && !atomic_load(&split->failed) &&
           (first = atomic_fetch_add(&split->next, WINDOWS_AT_ONCE)) < b->count) {
        status = engine_take_bounded(e, b, b->found + first, MIN(WINDOWS_AT_ONCE, b->count - first), heap);
    }
    if (status != TRABAO_OK) {
        atomic_store(&split->failed, true);
    }
    return status;
}

static void *run(void *other)
{
    struct other *o = other;
    o->status = take_some(o->split, &o->engine, o->heap);
    return NULL;
}

/* Makes OTHER an engine like E, with room of its own for what it finds in a window. */
static enum trabao_status make_like(const struct engine *e, struct engine *other)
{
    *other = *e;
    other->lean = NULL;
    other->runs = NULL;
    return engine_make_room(other);
}

static enum trabao_status take_with(struct engine *e, const struct bounds *bounds, struct engine_hits *own,
                                    struct other *o)
{
    struct split split = {.bounds = bounds};
    pthread_t thread;
    o->split = &split;
    const bool helped = pthread_create(&thread, NULL, run, o) == 0;
    enum trabao_status status = take_some(&split, e, own);
    if (helped) {
        pthread_join(thread, NULL);
    }
    if (status == TRABAO_OK && o->status != TRABAO_OK) {
        status = o->status;
        *e->err = o->err;
    }
    return status;
}

enum trabao_status engine_take_split(struct engine *e, const struct bounds *bounds, struct engine_hits *own,
                                     struct engine_hits *other)
{
    struct other *o = mem_zalloc(1, sizeof *o);
    if (!o) {
        return error_no_memory(e->err);
    }
    o->heap = other;
    enum trabao_status status = make_like(e, &o->engine);
    o->engine.err = &o->err;
    if (status == TRABAO_OK) {
        status = take_with(e, bounds, own, o);
    }
    engine_free_room(&o->engine);
    mem_free(o);
    return status;
}
