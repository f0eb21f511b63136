/*
 * progress.h - one line on stderr that says how far a long job is; shown on a terminal only.
 */
#ifndef TRABAO_PROGRESS_H
#define TRABAO_PROGRESS_H

#include "base/base.h"

struct progress {
    bool shown;       /* stderr is a terminal and nobody asked for silence */
    const char *step; /* "reading", "building" ... */
    double started;   /* clock_ms when it began */
    double last;      /* clock_ms when the line was last drawn; 0: never */
};

/* QUIET hides it; the environment variable TRABAO_PROGRESS=always shows it without a terminal (for tests). */
void progress_start(struct progress *p, const char *step, bool quiet);

/* Draws the line, at most six times a second. TOTAL 0: unknown. BYTES of text done so far, for the rate. */
void progress_update(struct progress *p, uint64_t articles, uint64_t bytes, uint64_t done, uint64_t total);

/* Erases the line. */
void progress_end(struct progress *p);

#endif
