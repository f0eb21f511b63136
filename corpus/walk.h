/*
 * walk.h - files named and files found in folders, one after another.
 */
#ifndef TRABAO_WALK_H
#define TRABAO_WALK_H

#include "base/base.h"
#include "base/status.h"

struct walk;

struct walk_file {
    const char *path;    /* valid until the next call */
    uint64_t size;       /* bytes; 0 when it is no regular file */
    bool regular;        /* false: a pipe, a device or standard input, whose size nobody knows */
    const char *refused; /* why it cannot be read at all; NULL when it may be tried; static */
};

/*
 * PATHS (borrowed) are files, folders, which are walked in the order of names (bytes) without hidden files, and "-" for
 * standard input. Links that are named are followed; links in folders are not, for they may lead in circles. Fails
 * with TRABAO_NO_INPUT, naming the path, if one of PATHS does not exist or may not be read.
 */
enum trabao_status walk_open(const char *const *paths, size_t count, struct walk **out, struct trabao_error *err);
void walk_close(struct walk *w);

/* The next file; TRABAO_NONE after the last one. */
enum trabao_status walk_next(struct walk *w, struct walk_file *file, struct trabao_error *err);

/* Back to the first file. */
void walk_rewind(struct walk *w);

#endif
