/*
 * own_files.h - the files that indexing itself makes and that may lie in a folder that is indexed.
 */
#ifndef TRABAO_OWN_FILES_H
#define TRABAO_OWN_FILES_H

#include "base/base.h"
#include "base/fsutil.h"
#include "base/status.h"

#define OWN_FILES_MAX 4

struct own_files {
    struct fs_id ids[OWN_FILES_MAX];
    size_t count;
};

/* Those of the archive DB that are there: itself, its lock, and what a killed process left of a new one. */
enum trabao_status own_files_find(struct own_files *own, const char *db, struct trabao_error *err);

/* One more. */
void own_files_add(struct own_files *own, struct fs_id id);

#endif
