/*
 * writer.h - what every command that writes an archive does first: it is the only one, and it can be interrupted.
 */
#ifndef TRABAO_WRITER_H
#define TRABAO_WRITER_H

#include "base/base.h"
#include "base/buf.h"
#include "base/status.h"

struct writer {
    int fd;
    struct buf lock; /* path of the lock file, which lies beside the archive and is called FILE.lock */
};

/* TRABAO_IO: somebody else writes the archive DB, or the lock file cannot be made. To be ended in any case. */
enum trabao_status writer_begin(struct writer *writer, const char *db, struct trabao_error *err);
void writer_end(struct writer *writer);

/* From here on SIGINT and SIGTERM no longer end the process but are told by writer_interrupted. */
void writer_catch_signals(void);
bool writer_interrupted(void);

#endif
