/*
 * hash.h - a hash of bytes for tags of answers and files, where nobody gains by a collision: FNV-1a with 64 bits
 * (Fowler, Noll, Vo).
 */
#ifndef TRABAO_HASH_H
#define TRABAO_HASH_H

#include "base/base.h"

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* HASH, or HASH_START, carried on over N BYTES. */
static inline uint64_t hash_add(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++) {
        hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

#endif
