/*
 * arena.h - memory of one query: many small pieces, freed all at once.
 */
#ifndef TRABAO_ARENA_H
#define TRABAO_ARENA_H

#include "base/base.h"

struct query_arena;

/* NULL when memory runs out. */
struct query_arena *query_arena_new(void) TRABAO_MUST_USE;

/* Frees the arena and every piece of it. NULL is fine. */
void query_arena_free(struct query_arena *arena);

/* N items of SIZE bytes, zeroed and aligned for anything; NULL when memory runs out or the product overflows. */
void *query_arena_alloc(struct query_arena *arena, size_t n, size_t size) TRABAO_MUST_USE;

/* A NUL-terminated copy of N bytes; NULL when memory runs out. */
char *query_arena_dup(struct query_arena *arena, const char *bytes, size_t n) TRABAO_MUST_USE;

#endif
