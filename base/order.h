/*
 * order.h - comparisons for qsort that more than one room needs.
 */
#ifndef TRABAO_ORDER_H
#define TRABAO_ORDER_H

#include <stdint.h>

/* Numbers of 32 bits, ascending. */
static inline int order_u32(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

#endif
