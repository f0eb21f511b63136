/*
 * walk.h - files named and files found in folders, one after another.
 */
#ifndef TRABAO_WALK_H
#define TRABAO_WALK_H

#include "base/base.h"
#include "base/fsutil.h"
#include "base/status.h"

#define WALK_REASON_MAX 256

struct walk;

struct walk_file {
    const char *path;    /* valid until the next call */
    uint64_t size;       /* bytes; 0 when it is no regular file */
    bool regular;        /* false: a pipe, a device or standard input, whose size nobody knows */
    const char *refused; /* why it cannot be read at all; NULL when it may be tried; valid as path is */
};

/*
 * PATHS (borrowed) are files, folders, which are walked in the order of names (bytes) without hidden files, and "-" for
 * standard input. Links are followed; those in folders that lead to a folder, only where it is not read anyway, so that
 * a walk ends. What in a folder is neither file nor folder, and a link that leads nowhere, are files that cannot be
 * read. Fails with TRABAO_NO_INPUT, naming the path, if one of PATHS does not exist or may not be read.
 */
enum trabao_status walk_open(const char *const *paths, size_t count, struct walk **out, struct trabao_error *err);
void walk_close(struct walk *w);

/* COUNT FILES (borrowed) are passed over, by whatever names they are met; they are known before the first is read. */
void walk_pass_over(struct walk *w, const struct fs_id *files, size_t count);

/* The next file; TRABAO_NONE after the last one. */
enum trabao_status walk_next(struct walk *w, struct walk_file *file, struct trabao_error *err);

/* Back to the first file. */
void walk_rewind(struct walk *w);

/* Hidden files and folders that were passed over since the first file. */
uint64_t walk_hidden(const struct walk *w);

/*
 * TRABAO_OK unless opening PATH failed with ERRNUM for want of memory or of descriptors: that is not the fault of what
 * is there, and what comes after it would fare no better.
 */
enum trabao_status walk_shortage(int errnum, const char *path, struct trabao_error *err);

#endif
