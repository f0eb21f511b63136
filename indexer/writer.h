/*
 * writer.h - what every command that writes an archive does first: it is the only one, and it can be interrupted.
 */
#ifndef TRABAO_WRITER_H
#define TRABAO_WRITER_H

#include "base/base.h"
#include "base/buf.h"
#include "base/status.h"

#define WRITER_LOCK_SUFFIX ".lock"

struct writer {
    int fd;
    char *target;    /* what DB, a link, leads to; or NULL */
    struct buf lock; /* path of the lock file, which lies beside the archive and is called as it, with that suffix */
};

/*
 * *DB, when it is a link, becomes what it leads to, until the end: that is replaced, and has the lock of the archive,
 * whatever names it goes by. TRABAO_IO: somebody else writes it, or the lock file cannot be made. To be ended in any
 * case.
 */
enum trabao_status writer_begin(struct writer *writer, const char **db, struct trabao_error *err);
void writer_end(struct writer *writer);

/* From here on SIGINT and SIGTERM no longer end the process but are told by writer_interrupted. */
void writer_catch_signals(void);
bool writer_interrupted(void);

#endif
