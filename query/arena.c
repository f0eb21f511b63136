/*
 * arena.c - blocks in a chain, filled from the front. A piece too large for a block gets a block of its own, which is
 * put behind the one being filled, so that the room left in that one is not lost.
 */
#include "query/arena.h"

#include <stdalign.h>

#include "base/mem.h"

#define BLOCK_BYTES ((size_t)8 * 1024)

struct arena_block {
    struct arena_block *next;
    size_t used, capacity; /* bytes of data */
    alignas(max_align_t) unsigned char data[];
};

struct query_arena {
    struct arena_block *first; /* the one being filled; NULL at the start */
};

struct query_arena *query_arena_new(void)
{
    return mem_zalloc(1, sizeof(struct query_arena));
}

void query_arena_free(struct query_arena *arena)
{
    if (arena == NULL) {
        return;
    }
    for (struct arena_block *b = arena->first; b != NULL;) {
        struct arena_block *next = b->next;
        mem_free(b);
        b = next;
    }
    mem_free(arena);
}

static struct arena_block *add_block(struct query_arena *arena, size_t need)
{
    const bool own = need > BLOCK_BYTES / 4;
    const size_t capacity = own ? need : BLOCK_BYTES;
    if (capacity > SIZE_MAX - sizeof(struct arena_block)) {
        return NULL;
    }
    struct arena_block *b = mem_alloc(1, sizeof *b + capacity);
    if (b == NULL) {
        return NULL;
    }
    b->used = 0;
    b->capacity = capacity;
    if (own && arena->first != NULL) {
        b->next = arena->first->next;
        arena->first->next = b;
    } else {
        b->next = arena->first;
        arena->first = b;
    }
    return b;
}

void *query_arena_alloc(struct query_arena *arena, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX / 2) {
        return NULL;
    }
    bytes = MAX(bytes, (size_t)1);
    bytes = (bytes + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    struct arena_block *b = arena->first;
    if (b == NULL || b->capacity - b->used < bytes) {
        b = add_block(arena, bytes);
    }
    if (b == NULL) {
        return NULL;
    }
    void *piece = b->data + b->used;
    b->used += bytes;
    memset(piece, 0, bytes);
    return piece;
}

char *query_arena_dup(struct query_arena *arena, const char *bytes, size_t n)
{
    if (n == SIZE_MAX) {
        return NULL;
    }
    char *copy = query_arena_alloc(arena, n + 1, 1);
    if (copy != NULL && n > 0) {
        memcpy(copy, bytes, n);
    }
    return copy;
}
