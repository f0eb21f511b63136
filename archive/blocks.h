/*
 * blocks.h - pieces of tables in memory, as they were decoded, shared by all threads within a ceiling.
 *
 * A hash table of blocks, each with a count of holders, and a clock hand that drops blocks nobody holds and nobody has
 * asked for since it last came by. One mutex guards it; it is held for look-ups only, never while a block is read from
 * the file.
 */
#ifndef TRABAO_BLOCKS_H
#define TRABAO_BLOCKS_H

#include "base/base.h"
#include "base/status.h"

/* What every block begins with. Its maker allocates it with mem.h and fills in id and memory. */
struct block {
    int64_t id;
    size_t memory; /* bytes this block takes */
    struct block *next; /* in its hash chain */
    struct block *clock_next, *clock_before; /* ring of all blocks */
    uint32_t holders;
    bool recent; /* asked for since the clock hand came by */
};

struct blocks;

/* BYTES: the ceiling; what is held counts, and may exceed it. */
enum trabao_status blocks_open(size_t bytes, struct blocks **out, struct trabao_error *err);
void blocks_close(struct blocks *blocks);

/* The block with ID, held from now on; NULL when it is not there. */
struct block *blocks_get(struct blocks *blocks, int64_t id);

/* Puts BLOCK in and holds it. If another thread was faster, frees it and returns the other's, held. */
struct block *blocks_put(struct blocks *blocks, struct block *block);

/* Ends holding COUNT blocks. */
void blocks_release(struct blocks *blocks, struct block *const *held, size_t count);

#endif
