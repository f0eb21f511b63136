/*
 * jsonl_memory.h - where Jansson's values of one line live.
 *
 * A line makes a few dozen small blocks that all die together. Between jsonl_memory_begin and jsonl_memory_end the
 * calling thread's blocks are cut one after another from a room of its own, and giving one back does nothing; what
 * does not fit, and what other threads and other users of Jansson ask for, comes from mem.h.
 */
#ifndef TRABAO_JSONL_MEMORY_H
#define TRABAO_JSONL_MEMORY_H

#include "base/base.h"

/* The room of one batch. */
struct jsonl_memory {
    char *block; /* owned */
    size_t used;
};

/* False when memory runs out; it is to be closed then, too. */
bool jsonl_memory_open(struct jsonl_memory *memory) TRABAO_MUST_USE;
void jsonl_memory_close(struct jsonl_memory *memory);

/* All that was cut from MEMORY before must have been given back. It may be given back after the end, by this thread. */
void jsonl_memory_begin(struct jsonl_memory *memory);
void jsonl_memory_end(void);

#endif
