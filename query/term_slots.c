/*
 * term_slots.c - see term_slots.h. An open table, at most a quarter full.
 */
#include "query/term_slots.h"

#define SLOTS_LEAST 64

bool term_slots_make(struct term_slots *t, size_t terms, struct query_arena *arena)
{
    uint32_t size = SLOTS_LEAST;
    while (size < 4 * terms) {
        size *= 2;
    }
    *t = (struct term_slots){.slots = query_arena_alloc(arena, size, sizeof *t->slots), .mask = size - 1};
    for (uint32_t i = 0; t->slots && i < size; i++) {
        t->slots[i].term = LEXICON_NONE;
    }
    return t->slots != NULL;
}

uint32_t term_slots_add(struct term_slots *t, uint32_t term, size_t word)
{
    const uint32_t slot = term_slots_place(t, term);
    t->slots[slot].term = term;
    t->slots[slot].words |= UINT64_C(1) << word;
    t->filter[term % TERM_SLOTS_FILTER / 64] |= UINT64_C(1) << term % 64;
    return slot;
}
