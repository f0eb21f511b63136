/*
 * fsutil.h - files that appear whole or not at all.
 */
#ifndef TRABAO_FSUTIL_H
#define TRABAO_FSUTIL_H

#include "base/base.h"
#include "base/status.h"

/* The folder that PATH lies in ("." when it names none); freed with mem_free. NULL when memory runs out. */
char *fs_folder(const char *path);

/*
 * Makes the finished file TEMPORARY the new PATH (in the same folder): fsync, rename, fsync of the folder. After a
 * failure PATH is what it was; the message names the step and the file.
 */
enum trabao_status fs_publish(const char *temporary, const char *path, struct trabao_error *err);

#endif
