/*
 * jsonl_memory.h - where yajl works while it reads one line.
 *
 * yajl does not look whether it was given memory, so it must not happen that it is not: what it can ask for while it
 * reads N bytes is set aside before, and its blocks are cut from that one after another. All of them die together.
 */
#ifndef TRABAO_JSONL_MEMORY_H
#define TRABAO_JSONL_MEMORY_H

#include <yajl/yajl_common.h>

#include "base/base.h"

struct jsonl_memory {
    char *block; /* owned */
    size_t capacity, used;
    size_t last; /* where the block that was cut last begins */
};

/* Sets aside what a reader of N bytes and a writer need; what was cut before is gone. False when memory runs out. */
bool jsonl_memory_begin(struct jsonl_memory *memory, size_t n) TRABAO_MUST_USE;
void jsonl_memory_free(struct jsonl_memory *memory);

/* For yajl_alloc and yajl_gen_alloc, which copy them. */
yajl_alloc_funcs jsonl_memory_functions(struct jsonl_memory *memory);

#endif
