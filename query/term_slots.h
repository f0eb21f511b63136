/*
 * term_slots.h - a table from the terms of an archive to the words of a query that they stand for.
 *
 * The terms of an article are looked up in it one after the other; as most of them stand for none, a bit map by the low
 * bits of a term is asked first.
 */
#ifndef TRABAO_TERM_SLOTS_H
#define TRABAO_TERM_SLOTS_H

#include "archive/lexicon.h"
#include "query/arena.h"

#define TERM_SLOTS_WORDS 64 /* bits of a word of the machine */
#define TERM_SLOTS_NONE UINT32_MAX
#define TERM_SLOTS_FILTER 4096U /* bits */

struct term_slot {
    uint32_t term;  /* LEXICON_NONE: free */
    uint64_t words; /* bit i: it stands for the i-th word */
};

struct term_slots {
    struct term_slot *slots; /* in an arena */
    uint32_t mask;           /* the number of slots, less one */
    uint64_t filter[TERM_SLOTS_FILTER / 64]; /* bit t % TERM_SLOTS_FILTER: term t may be in the table */
};

/* Makes an empty table for up to TERMS terms. False when memory runs out. */
bool term_slots_make(struct term_slots *t, size_t terms, struct query_arena *arena) TRABAO_MUST_USE;

/* Where TERM is, or where it would be put. */
static inline uint32_t term_slots_place(const struct term_slots *t, uint32_t term)
{
    uint32_t slot = term * UINT32_C(2654435769) >> 8 & t->mask;
    while (t->slots[slot].term != term && t->slots[slot].term != LEXICON_NONE) {
        slot = (slot + 1) & t->mask;
    }
    return slot;
}

/* Lets TERM stand for the word with number WORD too. Returns its slot. */
uint32_t term_slots_add(struct term_slots *t, uint32_t term, size_t word);

static inline bool term_slots_may_have(const struct term_slots *t, uint32_t term)
{
    return t->filter[term % TERM_SLOTS_FILTER / 64] >> term % 64 & 1;
}

/* The first of TERMS from I on, of which there are COUNT, that may be in the table; COUNT: none. */
static inline size_t term_slots_next(const struct term_slots *t, const uint32_t *terms, size_t i, size_t count)
{
    while (i < count && !term_slots_may_have(t, terms[i])) {
        i++;
    }
    return i;
}

/* The slot of TERM; TERM_SLOTS_NONE: it stands for no word. */
static inline uint32_t term_slots_find(const struct term_slots *t, uint32_t term)
{
    if (!term_slots_may_have(t, term)) {
        return TERM_SLOTS_NONE;
    }
    const uint32_t slot = term_slots_place(t, term);
    return t->slots[slot].term == term ? slot : TERM_SLOTS_NONE;
}

/*
 * Looks for runs of words by shifting (Baeza-Yates, Gonnet: A new approach to text searching, 1992). Bit i of RUNNING:
 * the words from a start up to the i-th end at the term before this one; of what is returned: at this one, which stands
 * for WORDS. STARTS: bit i: a run may begin with the i-th word.
 */
static inline uint64_t term_slots_run(uint64_t running, uint64_t starts, uint64_t words)
{
    return (running << 1 | starts) & words;
}

#endif
