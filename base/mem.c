/*
 * mem.c - the allocation door (see mem.h).
 */
#include "base/mem.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#define GROW_FIRST 16
#define LARGE_PAGE ((size_t)2 << 20)

static _Atomic uint64_t asked;      /* allocations since the start */
static _Atomic uint64_t failing_at; /* count at which one fails; 0: never */
static atomic_bool failing_on;      /* and every one after it */

void mem_fail_at(uint64_t k, bool ever)
{
    atomic_store(&failing_on, ever);
    atomic_store(&failing_at, k ? atomic_load(&asked) + k : 0);
}

uint64_t mem_count(void)
{
    return atomic_load(&asked);
}

/* Counts one allocation of N items of SIZE bytes; false when it has to fail. */
static bool admit(size_t n, size_t size)
{
    const uint64_t now = atomic_fetch_add_explicit(&asked, 1, memory_order_relaxed) + 1;
    const uint64_t at = atomic_load_explicit(&failing_at, memory_order_relaxed);
    if (at && (now == at || (now > at && atomic_load(&failing_on)))) {
        return false;
    }
    return size == 0 || n <= PTRDIFF_MAX / size;
}

void *mem_alloc(size_t n, size_t size)
{
    return admit(n, size) ? malloc(MAX((size_t)1, n * size)) : NULL;
}

void *mem_zalloc(size_t n, size_t size)
{
    return admit(n, size) ? calloc(MAX((size_t)1, n), MAX((size_t)1, size)) : NULL;
}

void *mem_resize(void *block, size_t n, size_t size)
{
    return admit(n, size) ? realloc(block, MAX((size_t)1, n * size)) : NULL;
}

void mem_scattered(void *block, size_t n, size_t size)
{
    const size_t before = -(uintptr_t)block % LARGE_PAGE;
    if (n * size >= before + LARGE_PAGE) {
        (void)madvise((char *)block + before, (n * size - before) / LARGE_PAGE * LARGE_PAGE, MADV_HUGEPAGE);
    }
}

uint64_t mem_mapped(void)
{
    unsigned long long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f) {
        /* Size, resident, and of this with a file. */
        if (fscanf(f, "%*u %*u %llu", &pages) != 1) {
            pages = 0;
        }
        fclose(f);
    }
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

char *mem_dup(const char *bytes, size_t n)
{
    char *copy = mem_alloc(n + 1, 1);
    if (copy) {
        if (n) {
            memcpy(copy, bytes, n);
        }
        copy[n] = '\0';
    }
    return copy;
}

void mem_free(void *block)
{
    free(block);
}

bool mem_grow(void **items, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity) {
        return true;
    }
    const size_t doubled = *capacity > SIZE_MAX / 2 ? SIZE_MAX : *capacity * 2;
    const size_t bigger = MAX(MAX(need, doubled), (size_t)GROW_FIRST);
    void *block = mem_resize(*items, bigger, size);
    if (!block) {
        return false;
    }
    *items = block;
    *capacity = bigger;
    return true;
}
