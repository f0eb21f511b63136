/*
 * predecessor.h - what an archive that starts over takes from the file whose place it takes.
 *
 * That file may be an archive of any version and damaged; what is not an archive at all is not replaced.
 */
#ifndef TRABAO_PREDECESSOR_H
#define TRABAO_PREDECESSOR_H

#include "archive/removed.h"
#include "base/base.h"
#include "base/status.h"

struct predecessor {
    bool exists;
    uint64_t generation;         /* 0: there is none, or it cannot be read */
    struct removed_list removed;
    bool damaged;                /* one of them could not be read */
};

/*
 * Looks at what is at PATH. TRABAO_USAGE: a folder; TRABAO_DATA: another file that is no archive. To be freed in any
 * case.
 */
enum trabao_status predecessor_read(const char *path, struct predecessor *out, struct trabao_error *err);
void predecessor_free(struct predecessor *p);

#endif
