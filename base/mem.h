/*
 * mem.h - the allocation door: everything that Trabao itself allocates comes through here.
 *
 * The k-th allocation of a process can be made to fail (mem_fail_at), so that tests walk every out-of-memory path.
 */
#ifndef TRABAO_MEM_H
#define TRABAO_MEM_H

#include "base/base.h"

/* N items of SIZE bytes, uninitialised; NULL when memory runs out or the product overflows. N = 0 is a valid block. */
void *mem_alloc(size_t n, size_t size) TRABAO_MUST_USE;

/* As mem_alloc, zeroed. */
void *mem_zalloc(size_t n, size_t size) TRABAO_MUST_USE;

/* Resizes BLOCK to N items of SIZE bytes; NULL on failure, and then BLOCK is still valid and still the caller's. */
void *mem_resize(void *block, size_t n, size_t size) TRABAO_MUST_USE;

/* A NUL-terminated copy of N bytes; NULL when memory runs out. */
char *mem_dup(const char *bytes, size_t n) TRABAO_MUST_USE;

/*
 * Asks the system for large pages under BLOCK, of N items of SIZE bytes, which was just made by one of the above and is
 * read and written all over. Changes nothing but speed.
 */
void mem_scattered(void *block, size_t n, size_t size);

/* Bytes of files that the process has mapped and that are in its memory now. */
uint64_t mem_mapped(void);

/* NULL is fine. */
void mem_free(void *block);

/*
 * Grows the array *ITEMS (of *CAPACITY items of SIZE bytes) to hold at least NEED items, at least doubling it.
 * False when memory runs out; the array is then as before.
 */
bool mem_grow(void **items, size_t *capacity, size_t need, size_t size) TRABAO_MUST_USE;

/* For tests: the K-th allocation from now fails (and, if EVER, all after it); K = 0 turns this off. */
void mem_fail_at(uint64_t k, bool ever);

/* For tests: allocations asked for since the start of the process. */
uint64_t mem_count(void);

#endif
