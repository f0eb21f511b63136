/*
 * jsonl_memory.c - see jsonl_memory.h. Jansson has one pair of functions for the whole process, set once; what they do
 * depends on the thread. A block of a room is told from others by its address.
 */
#include "corpus/jsonl_memory.h"

#include <jansson.h>
#include <pthread.h>

#include "base/mem.h"

#define ROOM_BYTES ((size_t)256 << 10)
#define ALIGNMENT sizeof(max_align_t)

static _Thread_local struct jsonl_memory *room; /* of the batch that this thread parses, or NULL */
static _Thread_local bool cutting;

static void *take(size_t n)
{
    if (cutting && n <= ROOM_BYTES - room->used) {
        char *block = room->block + room->used;
        room->used += MIN((n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT, ROOM_BYTES - room->used);
        return block;
    }
    return mem_alloc(n, 1);
}

static void give_back(void *block)
{
    if (!room || (uintptr_t)block - (uintptr_t)room->block >= ROOM_BYTES) {
        mem_free(block);
    }
}

static void set_functions(void)
{
    json_set_alloc_funcs(take, give_back);
}

bool jsonl_memory_open(struct jsonl_memory *memory)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_functions);
    *memory = (struct jsonl_memory){.block = mem_alloc(ROOM_BYTES, 1)};
    room = memory->block ? memory : NULL;
    return room;
}

void jsonl_memory_close(struct jsonl_memory *memory)
{
    room = NULL;
    mem_free(memory->block);
}

void jsonl_memory_begin(struct jsonl_memory *memory)
{
    memory->used = 0;
    cutting = true;
}

void jsonl_memory_end(void)
{
    cutting = false;
}
