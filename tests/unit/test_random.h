/*
 * test_random.h - numbers drawn by chance, the same in every run.
 */
#ifndef TRABAO_TEST_RANDOM_H
#define TRABAO_TEST_RANDOM_H

#include "base/base.h"

static uint64_t random_state = 1;

/* A number below LIMIT (> 0). */
static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33) % limit;
}

#endif
