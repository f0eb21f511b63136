/*
 * yajl_memory.c - see yajl_memory.h.
 *
 * What yajl 2.1 asks for: a handful of small structs, a stack that has a byte for each level of nesting, and two
 * buffers, for a string without its escapes and for a token that the end of the text cuts. Neither holds more than the
 * text, and each begins with 2 KiB and doubles while that is no more than what it must hold. One is grown only before
 * the first piece of the other, so that it lies last and grows where it is; none is copied.
 */
#include "base/yajl_memory.h"

#include "base/mem.h"

#define BUFFERS_BYTES(n) (2 * (2 * (n) + 4096))
#define ALIGNMENT sizeof(max_align_t)

/* Before each block: its size, for resizing. */
#define HEAD_BYTES ALIGNMENT

bool yajl_memory_begin(struct yajl_memory *memory, size_t n)
{
    const size_t need = YAJL_STRUCTS_BYTES + BUFFERS_BYTES(n);
    memory->used = memory->last = 0;
    if (need > memory->capacity) {
        mem_free(memory->block);
        memory->block = mem_alloc(need, 1);
        memory->capacity = memory->block ? need : 0;
    }
    return memory->block;
}

void yajl_memory_free(struct yajl_memory *memory)
{
    mem_free(memory->block);
    *memory = (struct yajl_memory){0};
}

/* A block of N bytes that begins at AT, behind its head. */
static void *cut(struct yajl_memory *memory, size_t at, size_t n)
{
    const size_t whole = (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (at + HEAD_BYTES > memory->capacity || whole > memory->capacity - at - HEAD_BYTES) {
        abort(); /* the sum above is wrong */
    }
    memcpy(memory->block + at, &n, sizeof n);
    memory->last = at;
    memory->used = at + HEAD_BYTES + whole;
    return memory->block + at + HEAD_BYTES;
}

static void *take(void *context, size_t n)
{
    struct yajl_memory *memory = context;
    return cut(memory, memory->used, n);
}

static void *resize(void *context, void *block, size_t n)
{
    struct yajl_memory *memory = context;
    if (!block) {
        return take(memory, n);
    }
    if ((char *)block == memory->block + memory->last + HEAD_BYTES) {
        return cut(memory, memory->last, n);
    }
    const size_t before = LOAD(size_t, (char *)block - HEAD_BYTES);
    void *bigger = take(memory, n);
    memcpy(bigger, block, MIN(before, n));
    return bigger;
}

static void give_back(void *context, void *block)
{
    (void)context;
    (void)block;
}

yajl_alloc_funcs yajl_memory_functions(struct yajl_memory *memory)
{
    return (yajl_alloc_funcs){.malloc = take, .realloc = resize, .free = give_back, .ctx = memory};
}
