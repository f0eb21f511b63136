/*
 * pipeline.h - many articles through the steps of document.h at once, coming out in id order.
 *
 * Articles travel in chunks. Cutting and packing run on any worker; numbering the terms must go in order, so that a
 * term's number does not depend on the number of threads: one chunk after the other, by whichever worker is free.
 */
#ifndef TRABAO_PIPELINE_H
#define TRABAO_PIPELINE_H

#include "archive/document.h"
#include "archive/spill.h"

/* Articles of a chunk, and bytes of them all, unless there is but one. */
#define PIPELINE_CHUNK 64
#define PIPELINE_BYTES ((uint64_t)512 << 10)

struct pipeline_chunk {
    uint32_t first; /* number of its first article */
    uint32_t count;
    struct document documents[PIPELINE_CHUNK];
    int state; /* the pipeline's own */
};

struct pipeline;

/* What the numbering step hands the pipeline's owner for each article, in order, from some worker thread. */
typedef enum trabao_status (*pipeline_numbered)(void *context, uint32_t number, const struct document *document,
                                                uint32_t length, struct trabao_error *err);

struct pipeline_plan {
    struct spill *spill;
    struct lexicon *lexicon; /* new terms are added; not to be touched by others until the end */
    const struct lexicon *frequent; /* its first terms, which do not change; NULL: not known */
    const struct pack_dictionary *words, *residues;
    pipeline_numbered numbered;
    void *context;
    unsigned threads;
};

enum trabao_status pipeline_open(const struct pipeline_plan *plan, struct pipeline **out, struct trabao_error *err);

/* The next chunk in order, or NULL at the end; it is the caller's until pipeline_done. */
enum trabao_status pipeline_next(struct pipeline *p, struct pipeline_chunk **out, struct trabao_error *err);
void pipeline_done(struct pipeline *p, struct pipeline_chunk *chunk);

/* Stops the workers, wherever they are. */
void pipeline_close(struct pipeline *p);

#endif
