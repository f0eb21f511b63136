/*
 * clock.h - the monotonic clock that deadlines, rates and timings are measured with.
 */
#ifndef TRABAO_CLOCK_H
#define TRABAO_CLOCK_H

#include "base/base.h"

/* Milliseconds since some fixed moment; never goes back. */
static inline double clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

#endif
