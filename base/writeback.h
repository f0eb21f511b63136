/*
 * writeback.h - lets the disk write a growing file while it grows.
 *
 * The system keeps what is written in memory for many seconds; flushed at the end alone, a large file makes everyone
 * wait while the processor has nothing to do. A thread asks for what there is to be written, again and again.
 */
#ifndef TRABAO_WRITEBACK_H
#define TRABAO_WRITEBACK_H

#include "base/base.h"
#include "base/status.h"

struct writeback;

/* Begins for the file at PATH. To be stopped after a failure too. */
enum trabao_status writeback_start(const char *path, struct writeback **out, struct trabao_error *err);

/* Ends it; nothing is flushed for certain. W may be NULL. */
void writeback_stop(struct writeback *w);

#endif
