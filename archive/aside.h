/*
 * aside.h - the file that is made beside an archive and then takes its place.
 *
 * It is called as the archive with ASIDE_SUFFIX behind it, so that the next one finds, and removes, what a killed
 * process left.
 */
#ifndef TRABAO_ASIDE_H
#define TRABAO_ASIDE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/status.h"

#define ASIDE_SUFFIX ".building"

struct aside {
    const char *path; /* of the archive; borrowed */
    char *folder;     /* of both */
    struct buf name;  /* of the file aside */
};

/* Nothing is made yet; there is no file of that name. To be closed after a failure too. */
enum trabao_status aside_open(struct aside *a, const char *path, struct trabao_error *err);

/* Makes the file a copy of the archive. */
enum trabao_status aside_copy(struct aside *a, struct trabao_error *err);

/* Puts the finished file, which nobody has open, into the archive's place. */
enum trabao_status aside_publish(struct aside *a, uint64_t *file_bytes, struct trabao_error *err);

/* Removes the file unless it was published. */
void aside_close(struct aside *a);

#endif
