/*
 * made.h - what was made of the postings of several terms, kept in memory for the next query that asks for it: beside
 * the blocks of the impact index and within the same ceiling (blocks.h).
 */
#ifndef TRABAO_MADE_H
#define TRABAO_MADE_H

#include "archive/blocks.h"
#include "archive/impact.h"

/* Says what was made, and of which terms: numbers that stand for nothing else. */
struct made_key {
    const uint32_t *numbers;
    size_t count;
};

enum made_kind { MADE_WORD_MAP, MADE_PHRASE }; /* the first number of a key has it, in its lowest byte */

struct made {
    struct block block;  /* first: what the cache sees */
    struct made_key key; /* in the memory behind this, as what follows */
    void *data;
    size_t bytes;
};

/* *OUT, held until impact_release: what was made under KEY; NULL: it is not there. */
enum trabao_status made_find(struct impact_reader *r, const struct made_key *key, const struct made **out,
                             struct trabao_error *err);

/* Room for BYTES, zeroed and aligned for anything. For made_keep, or freed with mem_free; NULL: out of memory. */
struct made *made_new(const struct made_key *key, size_t bytes) TRABAO_MUST_USE;

/*
 * Keeps MADE, which was made under KEY and belongs to the cache from now on. *OUT, held until impact_release: the same
 * or, where another thread was faster, what that has made; NULL: it could not be kept, and is gone.
 */
enum trabao_status made_keep(struct impact_reader *r, struct made *made, const struct made_key *key,
                             const struct made **out, struct trabao_error *err);

#endif
