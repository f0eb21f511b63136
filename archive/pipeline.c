/*
 * pipeline.c - worker threads over a ring of chunks (see pipeline.h).
 */
#include "archive/pipeline.h"

#include <pthread.h>

#include "base/mem.h"

#define RING 12 /* chunks under way: enough that no step waits for another, little enough for the memory */
#define THREADS_MAX 64

enum chunk_state { FREE, CUTTING, CUT, NUMBERING, PACKING, READY };

struct worker {
    struct pipeline *pipeline;
    pthread_t thread;
    struct text_analyzer *analyzer;
    struct spill_port *port;
    struct pack_context *pack;
    struct document_poster poster;
    struct buf scratch;
};

struct pipeline {
    struct pipeline_plan plan;
    struct pipeline_chunk ring[RING];
    struct document_known *known; /* by whoever numbers */
    struct worker workers[THREADS_MAX];
    unsigned worker_count;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    uint32_t articles;    /* in all */
    uint32_t cut_next;    /* first chunk that nobody cuts yet, */
    uint32_t cut;         /* and articles of those before; likewise: */
    uint32_t number_next, numbered; /* the first that is not numbered */
    uint32_t out_next, out;         /* the first that is not given out and done with */
    bool numbering;     /* somebody is at it */
    bool stopping;
    struct trabao_error error; /* of the first step that failed */
};

static struct pipeline_chunk *chunk_of(struct pipeline *p, uint32_t i)
{
    return &p->ring[i % RING];
}

static enum trabao_status cut_chunk(struct worker *w, struct pipeline_chunk *chunk, struct trabao_error *err)
{
    for (uint32_t i = 0; i < chunk->count; i++) {
        struct document *d = &chunk->documents[i];
        enum trabao_status status = spill_read(w->port, chunk->first + i, &d->entry, &d->bytes, &d->article, err);
        if (status == TRABAO_OK) {
            status = document_tokenize(d, w->analyzer, err);
        }
        if (status != TRABAO_OK) {
            return status;
        }
    }
    return TRABAO_OK;
}

static enum trabao_status number_chunk(struct pipeline *p, struct pipeline_chunk *chunk, struct trabao_error *err)
{
    for (uint32_t i = 0; i < chunk->count; i++) {
        uint32_t length;
        enum trabao_status status = document_number(&chunk->documents[i], p->plan.lexicon, &p->known, &length, err);
        if (status == TRABAO_OK) {
            status = p->plan.numbered(p->plan.context, chunk->first + i, &chunk->documents[i], length, err);
        }
        if (status != TRABAO_OK) {
            return status;
        }
    }
    return TRABAO_OK;
}

static enum trabao_status pack_chunk(struct worker *w, struct pipeline_chunk *chunk, struct trabao_error *err)
{
    const struct pipeline_plan *plan = &w->pipeline->plan;
    for (uint32_t i = 0; i < chunk->count; i++) {
        struct document *d = &chunk->documents[i];
        enum trabao_status status = document_post(d, &w->poster, err);
        if (status == TRABAO_OK) {
            status = document_code(d, &w->scratch, err);
        }
        if (status == TRABAO_OK) {
            status = pack_compress(w->pack, plan->words, d->words.data, d->words.len, &d->packed_words, err);
        }
        if (status == TRABAO_OK) {
            status = pack_compress(w->pack, plan->residues, d->residue.data, d->residue.len, &d->packed_residue, err);
        }
        if (status != TRABAO_OK) {
            return status;
        }
    }
    return TRABAO_OK;
}

/* Runs a step without the mutex, then sets the state; a failure stops everyone. */
#define STEP(p, chunk, working, after, call)                                                                           \
    do {                                                                                                               \
        struct trabao_error step_err = {0};                                                                            \
        (chunk)->state = (working);                                                                                    \
        pthread_mutex_unlock(&(p)->mutex);                                                                             \
        const enum trabao_status step_status = (call);                                                                 \
        pthread_mutex_lock(&(p)->mutex);                                                                               \
        (chunk)->state = (after);                                                                                      \
        fail(p, step_status, &step_err);                                                                               \
        pthread_cond_broadcast(&(p)->changed);                                                                         \
    } while (0)

static void fail(struct pipeline *p, enum trabao_status status, const struct trabao_error *err)
{
    if (status != TRABAO_OK && !p->stopping) {
        p->stopping = true;
        p->error = *err;
        p->error.status = status;
    }
}

/* The next chunk to cut, with its articles chosen, or NULL when there is none now or the pipeline stops. */
static struct pipeline_chunk *begin_chunk(struct worker *w)
{
    struct pipeline *p = w->pipeline;
    struct pipeline_chunk *chunk = chunk_of(p, p->cut_next);
    struct trabao_error err = {0};
    if (p->cut == p->articles || p->cut_next - p->out_next == RING) {
        return NULL;
    }
    const enum trabao_status status =
        spill_fitting(w->port, p->cut, PIPELINE_BYTES, PIPELINE_CHUNK, &chunk->count, &err);
    if (status != TRABAO_OK) {
        fail(p, status, &err);
        pthread_cond_broadcast(&p->changed);
        return NULL;
    }
    chunk->first = p->cut;
    p->cut += chunk->count;
    p->cut_next++;
    return chunk;
}

/* One step of whatever is next to do, with the mutex held; false when there is nothing to do now. */
static bool work(struct worker *w)
{
    struct pipeline *p = w->pipeline;
    struct pipeline_chunk *chunk = chunk_of(p, p->number_next);
    if (!p->numbering && p->number_next < p->cut_next && chunk->state == CUT) {
        p->numbering = true;
        STEP(p, chunk, NUMBERING, PACKING, number_chunk(p, chunk, &step_err));
        p->numbering = false;
        p->number_next++;
        p->numbered += chunk->count;
        if (!p->stopping) {
            STEP(p, chunk, PACKING, READY, pack_chunk(w, chunk, &step_err));
        }
        return true;
    }
    chunk = begin_chunk(w);
    if (chunk) {
        STEP(p, chunk, CUTTING, CUT, cut_chunk(w, chunk, &step_err));
    }
    return chunk;
}

static void *worker_main(void *context)
{
    struct worker *w = context;
    struct pipeline *p = w->pipeline;
    pthread_mutex_lock(&p->mutex);
    while (!p->stopping && p->numbered < p->articles) {
        if (!work(w) && !p->stopping) {
            pthread_cond_wait(&p->changed, &p->mutex);
        }
    }
    pthread_mutex_unlock(&p->mutex);
    return NULL;
}

static enum trabao_status start_worker(struct pipeline *p, struct trabao_error *err)
{
    struct worker *w = &p->workers[p->worker_count++];
    w->pipeline = p;
    buf_init(&w->scratch, (size_t)1 << 30);
    enum trabao_status status = text_analyzer_open(&w->analyzer, err);
    if (status == TRABAO_OK) {
        text_analyzer_mark(w->analyzer, p->plan.frequent ? document_mark : NULL, p->plan.frequent);
        status = spill_port_open(p->plan.spill, &w->port, err);
    }
    if (status == TRABAO_OK) {
        status = pack_context_open(&w->pack, err);
    }
    if (status == TRABAO_OK && pthread_create(&w->thread, NULL, worker_main, w) != 0) {
        status = error_set(err, TRABAO_INTERNAL, "starting a thread failed; use fewer --threads");
    }
    return status;
}

enum trabao_status pipeline_open(const struct pipeline_plan *plan, struct pipeline **out, struct trabao_error *err)
{
    struct pipeline *p = mem_zalloc(1, sizeof *p);
    *out = p;
    if (!p) {
        return error_no_memory(err);
    }
    p->plan = *plan;
    p->articles = spill_count(plan->spill);
    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->changed, NULL);
    for (size_t i = 0; i < RING; i++) {
        for (size_t d = 0; d < PIPELINE_CHUNK; d++) {
            document_init(&p->ring[i].documents[d]);
        }
    }
    const unsigned threads = MIN(MAX(1U, plan->threads), (unsigned)THREADS_MAX);
    enum trabao_status status = TRABAO_OK;
    while (status == TRABAO_OK && p->worker_count < threads) {
        status = start_worker(p, err);
    }
    return status;
}

enum trabao_status pipeline_next(struct pipeline *p, struct pipeline_chunk **out, struct trabao_error *err)
{
    *out = NULL;
    if (p->out == p->articles) {
        return TRABAO_OK;
    }
    struct pipeline_chunk *chunk = chunk_of(p, p->out_next);
    pthread_mutex_lock(&p->mutex);
    while (!p->stopping && chunk->state != READY) {
        pthread_cond_wait(&p->changed, &p->mutex);
    }
    const bool stopping = p->stopping;
    pthread_mutex_unlock(&p->mutex);
    if (stopping) {
        return error_set(err, p->error.status, "%s", p->error.message);
    }
    *out = chunk;
    return TRABAO_OK;
}

void pipeline_done(struct pipeline *p, struct pipeline_chunk *chunk)
{
    for (uint32_t i = 0; i < chunk->count; i++) {
        document_clear(&chunk->documents[i]);
    }
    pthread_mutex_lock(&p->mutex);
    chunk->state = FREE;
    p->out_next++;
    p->out += chunk->count;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->mutex);
}

void pipeline_close(struct pipeline *p)
{
    if (!p) {
        return;
    }
    pthread_mutex_lock(&p->mutex);
    p->stopping = true;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->mutex);
    for (unsigned i = 0; i < p->worker_count; i++) {
        struct worker *w = &p->workers[i];
        if (w->thread) {
            pthread_join(w->thread, NULL);
        }
        text_analyzer_close(w->analyzer);
        spill_port_close(w->port);
        pack_context_close(w->pack);
        document_poster_free(&w->poster);
        buf_free(&w->scratch);
    }
    for (size_t i = 0; i < RING; i++) {
        for (size_t d = 0; d < PIPELINE_CHUNK; d++) {
            document_free(&p->ring[i].documents[d]);
        }
    }
    document_known_free(p->known);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->mutex);
    mem_free(p);
}
