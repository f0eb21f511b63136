/*
 * rejects.h - the reject file of `trabao index`: a line of JSON for each record that could not be taken.
 *
 * It is written over only when it is nothing that anybody could miss: empty, or the rejects of an earlier run. Until
 * rejects_begin it is what it was.
 */
#ifndef TRABAO_REJECTS_H
#define TRABAO_REJECTS_H

#include "base/base.h"
#include "base/buf.h"
#include "base/fsutil.h"
#include "base/status.h"
#include "corpus/corpus.h"
#include "indexer/own_files.h"

struct rejects {
    const char *path; /* borrowed */
    FILE *file;       /* NULL: rejects are not kept */
    bool is_regular;  /* and no terminal, pipe or device */
    bool is_new;      /* it was made here and is not begun */
    struct fs_id id;
};

/* To be closed in any case. */
enum trabao_status rejects_open(struct rejects *r, const char *path, struct trabao_error *err);

/* TRABAO_USAGE: it is one of those that belong to the archive. */
enum trabao_status rejects_spare_archive(const struct rejects *r, const struct own_files *archive,
                                         struct trabao_error *err);

/* TRABAO_USAGE: it is one of PATHS, "-" among them. */
enum trabao_status rejects_spare_inputs(const struct rejects *r, const char *const *paths, size_t count,
                                        struct trabao_error *err);

/* From here on it holds the rejects of this run: none yet. TRABAO_USAGE: it holds something else than rejects. */
enum trabao_status rejects_begin(struct rejects *r, struct trabao_error *err);

/* The line of REJECT, appended to LINES. False when memory runs out. */
bool rejects_line(const struct corpus_reject *reject, struct buf *lines);

/* All has been written. */
enum trabao_status rejects_end(struct rejects *r, struct trabao_error *err);

/* Removes the file if it was made here, but nothing was begun. */
void rejects_close(struct rejects *r);

#endif
