/*
 * yajl_memory.h - where yajl works while it reads or writes one text.
 *
 * yajl does not look whether it was given memory, so it must not happen that it is not: what it can ask for is set
 * aside before, and its blocks are cut from that one after another. All of them die together.
 */
#ifndef TRABAO_YAJL_MEMORY_H
#define TRABAO_YAJL_MEMORY_H

#include <yajl/yajl_common.h>

#include "base/base.h"

/* Enough for a writer with a print callback, and for a reader's structs beside it. */
#define YAJL_STRUCTS_BYTES ((size_t)4096)

struct yajl_memory {
    char *block; /* owned; for a writer alone YAJL_STRUCTS_BYTES of the caller's do, who then frees nothing */
    size_t capacity, used;
    size_t last; /* where the block that was cut last begins */
};

/* Sets aside what a reader of N bytes and a writer need; what was cut before is gone. False when memory runs out. */
bool yajl_memory_begin(struct yajl_memory *memory, size_t n) TRABAO_MUST_USE;
void yajl_memory_free(struct yajl_memory *memory);

/* For yajl_alloc and yajl_gen_alloc, which copy them. */
yajl_alloc_funcs yajl_memory_functions(struct yajl_memory *memory);

#endif
