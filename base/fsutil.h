/*
 * fsutil.h - files that appear whole or not at all.
 */
#ifndef TRABAO_FSUTIL_H
#define TRABAO_FSUTIL_H

#include <sys/types.h>

#include "base/base.h"
#include "base/status.h"

/* Which file it is, by whatever name. */
struct fs_id {
    dev_t device;
    ino_t number;
};

bool fs_same(struct fs_id a, struct fs_id b);

/* Which file PATH, at the end of links, is. False with errno set. */
bool fs_identify(const char *path, struct fs_id *id);

/* The folder that PATH lies in ("." when it names none); freed with mem_free. NULL when memory runs out. */
char *fs_folder(const char *path);

/*
 * Makes the finished file TEMPORARY the new PATH (in the same folder): fsync, rename, fsync of the folder. After a
 * failure PATH is what it was; the message names the step and the file.
 */
enum trabao_status fs_publish(const char *temporary, const char *path, struct trabao_error *err);

/* Makes TO, which must not exist, a copy of FROM with its permissions. It is not flushed to disk. */
enum trabao_status fs_copy(const char *from, const char *to, struct trabao_error *err);

/*
 * Opens a file in FOLDER for reading and writing that has no name and vanishes when it is closed. -1 with errno set.
 */
int fs_open_unnamed(const char *folder) TRABAO_MUST_USE;

/* Writes all N bytes at OFFSET, which leaves the file's position alone. False with errno set. */
bool fs_write_at(int fd, const void *bytes, size_t n, uint64_t offset) TRABAO_MUST_USE;

/* Reads all N bytes at OFFSET likewise. False with errno set, EIO when the file ends before. */
bool fs_read_at(int fd, void *bytes, size_t n, uint64_t offset) TRABAO_MUST_USE;

#endif
