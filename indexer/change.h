/*
 * change.h - from what was read, or is to be removed, to a published archive: as an update of the one there is, or
 * built anew.
 */
#ifndef TRABAO_CHANGE_H
#define TRABAO_CHANGE_H

#include "archive/archive.h"
#include "archive/build.h"
#include "archive/spill.h"
#include "base/progress.h"

struct change {
    const char *db;
    struct archive *archive;            /* the one there is, or NULL: then only what was spilled is in the new one */
    struct spill *spill;                /* after spill_sort */
    uint8_t *gone;                      /* [archive->count] by number: not 0 for an article to be deleted */
    const struct removed_list *removed; /* that the archive will remember */
    uint64_t generation;                /* that it will have */
    unsigned threads;
    bool quiet;
    struct progress progress;
};

/* Chooses the cheaper way, which *UPDATED tells, and goes it. */
enum trabao_status change_publish(struct change *change, bool *updated, struct build_result *result,
                                  struct trabao_error *err);

#endif
