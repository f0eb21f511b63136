/*
 * runs.c - see runs.h.
 *
 * A run is sorted by counting: one pass over what was collected sums up the bytes of each term, which gives where its
 * postings begin, and a second one copies them there. A posting in a run: distance to the article before in the same
 * run (varint), weight, positions. The file is mapped, since terms are read in the order of their numbers by one
 * thread and in that of their bytes by another.
 */
#include "archive/runs.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "archive/fts5_format.h"
#include "archive/varint.h"
#include "base/fsutil.h"
#include "base/mem.h"

#define MAPPED_BYTES ((uint64_t)128 << 20)  /* of the files that are kept in memory while reading */
#define LOOK_BYTES ((uint64_t)16 << 20)     /* after so many that is seen to, */
#define SEEK_BYTES 131072                   /* where going to a run counts as so many: more is mapped than asked for */
#define COLLECTED_CEILING ((size_t)UINT32_MAX)
#define ARTICLE_HEAD_BYTES 8 /* before the postings of an article: its number, and their size */

/* A term of the run being sorted. */
struct place {
    uint32_t article; /* the last one */
    uint32_t at;      /* bytes; then where the next posting goes */
};

struct run {
    uint8_t *bytes; /* all postings, by term */
    size_t size;
    uint32_t *starts; /* [terms + 1] by term */
    uint32_t terms;
    void *mapped; /* the file, where both are; NULL: they are in memory of their own */
    size_t mapped_size;
};

/* The runs that have a term: none before FIRST, none from END on. Most terms are in one or two. */
struct span {
    uint16_t first, end;
};
#define RUNS_MAX UINT16_MAX

struct runs {
    char *folder;
    size_t bytes; /* collected before a run is closed */
    struct buf collected;
    struct run *runs;
    size_t count, capacity;
    struct span *spans; /* by term */
    size_t terms, span_capacity;
    /* The run that is being sorted. */
    bool sorting;
    pthread_t thread;
    struct buf taken; /* what was collected for it */
    struct run result;
    enum trabao_status status;
    struct trabao_error error;
};

bool runs_parse(const struct buf *postings, size_t *at, uint32_t *term, struct runs_posting *out)
{
    if (*at == postings->len) {
        return false;
    }
    const uint8_t *p = (const uint8_t *)postings->data + *at;
    const uint8_t *const end = (const uint8_t *)postings->data + postings->len;
    uint64_t size = 0;
    *term = LOAD(uint32_t, p);
    out->weight = p[4];
    p += RUNS_HEAD_BYTES;
    out->positions = p;
    (void)fts5_read(&p, end, &size);
    p += size / 2;
    out->bytes = (uint32_t)(p - out->positions);
    *at = (size_t)(p - (const uint8_t *)postings->data);
    return true;
}

/* ---- sorting ------------------------------------------------------------------------------------------------- */

/* A walk through everything that was collected. */
struct walk {
    const struct buf *collected;
    struct buf article; /* postings of the present one; borrowed */
    uint32_t number;
    size_t next, at;
};

static inline bool walk_next(struct walk *w, uint32_t *term, struct runs_posting *posting)
{
    while (!runs_parse(&w->article, &w->at, term, posting)) {
        if (w->next == w->collected->len) {
            return false;
        }
        char *head = w->collected->data + w->next;
        w->number = LOAD(uint32_t, head);
        w->article.len = LOAD(uint32_t, head + sizeof w->number);
        w->article.data = head + ARTICLE_HEAD_BYTES;
        w->next += ARTICLE_HEAD_BYTES + w->article.len;
        w->at = 0;
    }
    posting->article = w->number;
    return true;
}

static inline uint32_t distance_bytes(uint32_t distance)
{
    return distance < 1U << 7 ? 1 : distance < 1U << 14 ? 2 : distance < 1U << 21 ? 3 : distance < 1U << 28 ? 4 : 5;
}

/* Sums up the bytes of each term. */
static bool measure(const struct buf *collected, struct place **places, size_t *capacity, uint32_t *terms)
{
    struct walk walk = {.collected = collected};
    struct runs_posting posting;
    uint32_t term;
    *terms = 0;
    while (walk_next(&walk, &term, &posting)) {
        if (term >= *capacity) {
            const size_t before = *capacity;
            if (!mem_grow((void **)places, capacity, (size_t)term + 1, sizeof **places)) {
                return false;
            }
            memset(*places + before, 0, (*capacity - before) * sizeof **places);
        }
        struct place *place = &(*places)[term];
        place->at += distance_bytes(posting.article - place->article) + 1 + posting.bytes;
        place->article = posting.article;
        *terms = MAX(*terms, term + 1);
    }
    return true;
}

static void scatter(const struct buf *collected, struct place *places, uint8_t *out)
{
    struct walk walk = {.collected = collected};
    struct runs_posting posting;
    uint32_t term;
    while (walk_next(&walk, &term, &posting)) {
        struct place *place = &places[term];
        uint8_t *p = out + place->at;
        uint32_t distance = posting.article - place->article;
        for (; distance >= 0x80; distance >>= 7) {
            *p++ = (uint8_t)(distance | 0x80);
        }
        *p++ = (uint8_t)distance;
        *p++ = posting.weight;
        /* Mostly two or three bytes: a call would cost more. */
        for (uint32_t i = 0; i < posting.bytes; i++) {
            p[i] = posting.positions[i];
        }
        place->at = (uint32_t)(p + posting.bytes - out);
        place->article = posting.article;
    }
}

/* Makes RUN of what was COLLECTED. */
static bool sort_run(const struct buf *collected, struct run *run)
{
    struct place *places = NULL;
    size_t capacity = 0;
    bool fine = measure(collected, &places, &capacity, &run->terms);
    run->starts = fine ? mem_alloc((size_t)run->terms + 1, sizeof *run->starts) : NULL;
    fine = run->starts;
    uint32_t sum = 0;
    for (uint32_t t = 0; fine && t < run->terms; t++) {
        const uint32_t bytes = places[t].at;
        run->starts[t] = sum;
        places[t] = (struct place){.at = sum};
        sum += bytes;
    }
    run->size = sum;
    run->bytes = fine ? mem_alloc(sum, 1) : NULL;
    if (run->bytes) {
        run->starts[run->terms] = sum;
        mem_scattered(run->bytes, sum, 1);
        scatter(collected, places, run->bytes);
    }
    mem_free(places);
    return run->bytes;
}

/* Puts RUN into a file, the beginnings first, and maps it instead. */
static enum trabao_status spill_run(const char *folder, struct run *run, struct trabao_error *err)
{
    const size_t starts = ((size_t)run->terms + 1) * sizeof *run->starts;
    const int fd = fs_open_unnamed(folder);
    if (fd < 0) {
        return error_set_errno(err, TRABAO_IO, errno, "%s: making a temporary file for postings", folder);
    }
    if (!fs_write_at(fd, run->starts, starts, 0) || !fs_write_at(fd, run->bytes, run->size, starts)) {
        const enum trabao_status status =
            error_set_errno(err, TRABAO_IO, errno, "%s: writing temporary postings", folder);
        close(fd);
        return status;
    }
    void *mapped = mmap(NULL, starts + run->size, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped == MAP_FAILED) {
        return error_set_errno(err, TRABAO_IO, errno, "%s: mapping temporary postings", folder);
    }
    mem_free(run->bytes);
    mem_free(run->starts);
    run->mapped = run->starts = mapped;
    run->mapped_size = starts + run->size;
    run->bytes = (uint8_t *)mapped + starts;
    return TRABAO_OK;
}

static void *sort_and_spill(void *context)
{
    struct runs *r = context;
    r->status = sort_run(&r->taken, &r->result) ? spill_run(r->folder, &r->result, &r->error)
                                                : error_no_memory(&r->error);
    return NULL;
}

static void free_run(struct run *run)
{
    if (run->mapped) {
        munmap(run->mapped, run->mapped_size);
    } else {
        mem_free(run->bytes);
        mem_free(run->starts);
    }
}

/* Enters the terms of RUN, which comes after all others. */
static bool extend_spans(struct runs *r, const struct run *run)
{
    if (!mem_grow((void **)&r->spans, &r->span_capacity, run->terms, sizeof *r->spans)) {
        return false;
    }
    for (; r->terms < run->terms; r->terms++) {
        r->spans[r->terms] = (struct span){0};
    }
    for (uint32_t t = 0; t < run->terms; t++) {
        struct span *span = &r->spans[t];
        if (run->starts[t] < run->starts[t + 1]) {
            span->first = span->end ? span->first : (uint16_t)r->count;
            span->end = (uint16_t)(r->count + 1);
        }
    }
    return true;
}

/* Puts RUN behind the others, or frees it. */
static enum trabao_status take_run(struct runs *r, struct run *run, struct trabao_error *err)
{
    if (r->count == RUNS_MAX || !mem_grow((void **)&r->runs, &r->capacity, r->count + 1, sizeof *r->runs) ||
        !extend_spans(r, run)) {
        free_run(run);
        return r->count == RUNS_MAX ? error_set(err, TRABAO_USAGE, "too much text for one load: split it")
                                    : error_no_memory(err);
    }
    r->runs[r->count++] = *run;
    return TRABAO_OK;
}

/* Waits for the run that is being sorted and puts it behind the others. */
static enum trabao_status join(struct runs *r, struct trabao_error *err)
{
    if (!r->sorting) {
        return TRABAO_OK;
    }
    pthread_join(r->thread, NULL);
    r->sorting = false;
    struct run run = r->result;
    r->result = (struct run){0};
    if (r->status != TRABAO_OK) {
        free_run(&run);
        return error_set(err, r->status, "%s", r->error.message);
    }
    return take_run(r, &run, err);
}

static enum trabao_status close_run(struct runs *r, struct trabao_error *err)
{
    const enum trabao_status status = join(r, err);
    if (status != TRABAO_OK) {
        return status;
    }
    const struct buf full = r->collected;
    r->collected = r->taken;
    r->taken = full;
    buf_clear(&r->collected);
    r->sorting = pthread_create(&r->thread, NULL, sort_and_spill, r) == 0;
    return r->sorting ? TRABAO_OK : error_set(err, TRABAO_INTERNAL, "starting a thread failed");
}

/* ---- the door ------------------------------------------------------------------------------------------------ */

enum trabao_status runs_open(const char *folder, size_t bytes, struct runs **out, struct trabao_error *err)
{
    struct runs *r = mem_zalloc(1, sizeof *r);
    *out = r;
    if (!r) {
        return error_no_memory(err);
    }
    buf_init(&r->collected, COLLECTED_CEILING);
    buf_init(&r->taken, COLLECTED_CEILING);
    r->bytes = bytes;
    r->folder = mem_dup(folder, strlen(folder));
    return r->folder ? TRABAO_OK : error_no_memory(err);
}

void runs_close(struct runs *r)
{
    if (!r) {
        return;
    }
    (void)join(r, NULL);
    for (size_t i = 0; i < r->count; i++) {
        free_run(&r->runs[i]);
    }
    buf_free(&r->collected);
    buf_free(&r->taken);
    mem_free(r->runs);
    mem_free(r->spans);
    mem_free(r->folder);
    mem_free(r);
}

enum trabao_status runs_add(struct runs *r, uint32_t article, const struct buf *postings, struct trabao_error *err)
{
    if (postings->len == 0) {
        return TRABAO_OK;
    }
    if (r->collected.len && r->collected.len + ARTICLE_HEAD_BYTES + postings->len >= r->bytes) {
        const enum trabao_status status = close_run(r, err);
        if (status != TRABAO_OK) {
            return status;
        }
    }
    const uint32_t head[2] = {article, (uint32_t)postings->len};
    return buf_append(&r->collected, head, sizeof head) && buf_append(&r->collected, postings->data, postings->len)
               ? TRABAO_OK
               : error_no_memory(err);
}

enum trabao_status runs_end(struct runs *r, struct trabao_error *err)
{
    const enum trabao_status status = join(r, err);
    if (status != TRABAO_OK) {
        return status;
    }
    buf_free(&r->taken);
    struct run last = {0};
    if (!sort_run(&r->collected, &last)) {
        free_run(&last);
        return error_no_memory(err);
    }
    buf_free(&r->collected);
    return take_run(r, &last, err);
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

/* Pages that were looked at stay in the system's cache, but are no longer this process's. */
static void give_back(const struct runs *r)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->runs[i].mapped) {
            (void)madvise(r->runs[i].mapped, r->runs[i].mapped_size, MADV_DONTNEED);
        }
    }
}

void runs_seek(const struct runs *r, uint32_t term, struct runs_cursor *cursor)
{
    uint64_t looked = cursor->looked;
    if (looked > LOOK_BYTES) {
        looked = 0;
        if (r->count > 1 && mem_mapped() > MAPPED_BYTES) {
            give_back(r);
        }
    }
    const struct span span = term < r->terms ? r->spans[term] : (struct span){0};
    *cursor = (struct runs_cursor){.runs = r, .term = term, .run = span.first, .end_run = span.end, .looked = looked};
}

bool runs_next_run(struct runs_cursor *c)
{
    while (c->run < c->end_run) {
        const struct run *run = &c->runs->runs[c->run++];
        c->looked += SEEK_BYTES;
        if (c->term < run->terms && run->starts[c->term] < run->starts[c->term + 1]) {
            c->at = run->bytes + run->starts[c->term];
            c->end = run->bytes + run->starts[c->term + 1];
            c->article = 0;
            c->looked += (uint64_t)(c->end - c->at);
            return true;
        }
    }
    return false;
}
