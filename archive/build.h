/*
 * build.h - from the sorted articles of a load to a published archive file.
 */
#ifndef TRABAO_BUILD_H
#define TRABAO_BUILD_H

#include "archive/removed.h"
#include "archive/spill.h"
#include "base/base.h"
#include "base/status.h"

struct build_options {
    unsigned threads;    /* that cut and pack beside the one that writes; at least 1 */
    uint64_t generation; /* of the archive that is built */
    const struct removed_list *removed; /* written into it; NULL: none */
    /* Called from time to time by the writing thread; may be NULL. False interrupts the build (TRABAO_TIMEOUT). */
    bool (*progress)(void *context, uint64_t articles, uint64_t bytes);
    void *context;
};

struct build_result {
    uint64_t articles;
    uint64_t text_bytes; /* titles and bodies */
    uint64_t words;
    uint64_t terms;
    uint64_t file_bytes;
};

/*
 * Builds the archive of all articles in SPILL (after spill_sort), whose entries it puts away, beside PATH and publishes
 * it there. After a failure PATH is what it was.
 */
enum trabao_status archive_build(struct spill *spill, const char *path, const struct build_options *options,
                                 struct build_result *result, struct trabao_error *err);

#endif
