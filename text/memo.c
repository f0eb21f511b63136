/*
 * memo.c - the memory of memo.h: room for it, and additions.
 */
#include "text/memo.h"

#include "base/mem.h"

#define CACHE_LINE 64

bool memo_open(struct memo *m)
{
    const size_t count = (size_t)2 << MEMO_BUCKET_BITS;
    m->block = mem_zalloc(count * sizeof *m->slots + CACHE_LINE, 1);
    if (m->block == NULL) {
        return false;
    }
    const uintptr_t misaligned = (uintptr_t)m->block % CACHE_LINE;
    m->slots = (struct memo_slot *)(void *)((char *)m->block + (CACHE_LINE - misaligned) % CACHE_LINE);
    return true;
}

void memo_close(struct memo *m)
{
    mem_free(m->block);
    m->block = NULL;
    m->slots = NULL;
}

struct memo_slot *memo_add(struct memo *m, uint64_t lo, uint64_t hi, const char *form, size_t form_len)
{
    struct memo_slot *slot = memo_bucket(m, lo, hi);
    slot[1] = slot[0];
    memset(slot, 0, sizeof *slot);
    slot->key[0] = lo;
    slot->key[1] = hi;
    memcpy(slot->form, form, form_len);
    slot->form_len = form_len & 15;
    return slot;
}
