/*
 * blocks.c - see blocks.h.
 */
#include "archive/blocks.h"

#include <pthread.h>

#include "base/mem.h"

#define SLOT_BYTES 512 /* of the ceiling for each slot: most blocks are larger, and then few share one */
#define SLOT_BITS_MIN 8
#define SLOT_BITS_MAX 24
#define PASSED_MAX (1U << 17) /* blocks that the hand passes to make room for one */

struct blocks {
    pthread_mutex_t mutex;
    size_t ceiling, used;
    struct block *hand;
    unsigned slot_bits;
    struct block *slots[]; /* 1 << slot_bits */
};

enum trabao_status blocks_open(size_t bytes, struct blocks **out, struct trabao_error *err)
{
    unsigned slot_bits = SLOT_BITS_MIN;
    while (slot_bits < SLOT_BITS_MAX && bytes / SLOT_BYTES >> slot_bits) {
        slot_bits++;
    }
    struct blocks *blocks = mem_zalloc(1, sizeof *blocks + (sizeof *blocks->slots << slot_bits));
    *out = blocks;
    if (!blocks) {
        return error_no_memory(err);
    }
    pthread_mutex_init(&blocks->mutex, NULL);
    blocks->ceiling = bytes;
    blocks->slot_bits = slot_bits;
    return TRABAO_OK;
}

/* The hash chain of blocks with this id: the high bits of a multiplication (Knuth, TAOCP 6.4). */
static struct block **slot_of(struct blocks *blocks, int64_t id)
{
    return &blocks->slots[(uint64_t)id * 0x9E3779B97F4A7C15U >> (64 - blocks->slot_bits)];
}

static void drop(struct blocks *blocks, struct block *block)
{
    struct block **slot = slot_of(blocks, block->id);
    while (*slot != block) {
        slot = &(*slot)->next;
    }
    *slot = block->next;
    block->clock_next->clock_before = block->clock_before;
    block->clock_before->clock_next = block->clock_next;
    if (blocks->hand == block) {
        blocks->hand = block->clock_next == block ? NULL : block->clock_next;
    }
    blocks->used -= block->memory;
    mem_free(block);
}

void blocks_close(struct blocks *blocks)
{
    if (blocks) {
        while (blocks->hand) {
            drop(blocks, blocks->hand);
        }
        pthread_mutex_destroy(&blocks->mutex);
        mem_free(blocks);
    }
}

/* Frees blocks until the cache is within its ceiling; looks at no more than PASSED_MAX, as others wait meanwhile. */
static void make_room(struct blocks *blocks)
{
    for (unsigned passed = 0; blocks->used > blocks->ceiling && blocks->hand && passed < PASSED_MAX; passed++) {
        struct block *block = blocks->hand;
        blocks->hand = block->clock_next;
        if (block->holders == 0 && !block->recent) {
            drop(blocks, block);
        } else {
            block->recent = false;
        }
    }
}

static struct block *look_up(struct blocks *blocks, int64_t id)
{
    struct block *block = *slot_of(blocks, id);
    while (block && block->id != id) {
        block = block->next;
    }
    if (block) {
        block->holders++;
        block->recent = true;
    }
    return block;
}

struct block *blocks_get(struct blocks *blocks, int64_t id)
{
    pthread_mutex_lock(&blocks->mutex);
    struct block *block = look_up(blocks, id);
    pthread_mutex_unlock(&blocks->mutex);
    return block;
}

struct block *blocks_put(struct blocks *blocks, struct block *block)
{
    pthread_mutex_lock(&blocks->mutex);
    struct block *other = look_up(blocks, block->id);
    if (other) {
        pthread_mutex_unlock(&blocks->mutex);
        mem_free(block);
        return other;
    }
    struct block **slot = slot_of(blocks, block->id);
    block->next = *slot;
    *slot = block;
    block->holders = 1;
    block->recent = true;
    if (blocks->hand) {
        block->clock_next = blocks->hand;
        block->clock_before = blocks->hand->clock_before;
        block->clock_before->clock_next = block;
        blocks->hand->clock_before = block;
    } else {
        block->clock_next = block->clock_before = block;
        blocks->hand = block;
    }
    blocks->used += block->memory;
    make_room(blocks);
    pthread_mutex_unlock(&blocks->mutex);
    return block;
}

void blocks_release(struct blocks *blocks, struct block *const *held, size_t count)
{
    pthread_mutex_lock(&blocks->mutex);
    for (size_t i = 0; i < count; i++) {
        held[i]->holders--;
    }
    pthread_mutex_unlock(&blocks->mutex);
}
