/*
 * progress.c - see progress.h.
 */
#include "base/progress.h"

#include <unistd.h>

#include "base/clock.h"

#define REDRAW_MS (1000.0 / 6)

void progress_start(struct progress *p, const char *step, bool quiet)
{
    const char *asked = getenv("TRABAO_PROGRESS");
    const bool always = asked && strcmp(asked, "always") == 0;
    *p = (struct progress){.shown = !quiet && (always || isatty(STDERR_FILENO)), .step = step};
    p->started = clock_ms();
}

void progress_update(struct progress *p, uint64_t articles, uint64_t bytes, uint64_t done, uint64_t total)
{
    if (!p->shown) {
        return;
    }
    const double now = clock_ms();
    if (now - p->last < REDRAW_MS) {
        return;
    }
    p->last = now;
    const double elapsed = MAX((now - p->started) / 1000, 1e-3);
    const double rate = (double)bytes / 1e6 / elapsed;
    if (total) {
        const double share = (double)MIN(done, total) / (double)total;
        const double left = share > 0 ? elapsed * (1 - share) / share : 0;
        fprintf(stderr, "\r\033[K%s: %3.0f %%, %llu articles, %.1f MB/s, %.0f s left", p->step, share * 100,
                (unsigned long long)articles, rate, left);
    } else {
        fprintf(stderr, "\r\033[K%s: %llu articles, %.1f MB/s", p->step, (unsigned long long)articles, rate);
    }
    fflush(stderr);
}

void progress_end(struct progress *p)
{
    if (p->shown && p->last > 0) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
}
