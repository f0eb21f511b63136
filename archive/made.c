/*
 * made.c - see made.h. A block is named by the hash of its key. Of two keys with one name, one is never kept.
 */
#include "archive/made.h"

#include <stdalign.h>
#include <xxhash.h>

#include "base/mem.h"

static int64_t name_of(const struct made_key *key)
{
    return IMPACT_MADE | (int64_t)(XXH3_64bits(key->numbers, key->count * sizeof *key->numbers) % IMPACT_MADE);
}

static bool is_same(const struct made_key *a, const struct made_key *b)
{
    return a->count == b->count && memcmp(a->numbers, b->numbers, a->count * sizeof *a->numbers) == 0;
}

/* BLOCK, if it is what was made under KEY. */
static const struct made *of_key(const struct block *block, const struct made_key *key)
{
    const struct made *made = (const struct made *)(const void *)block;
    return made && is_same(&made->key, key) ? made : NULL;
}

enum trabao_status made_find(struct impact_reader *r, const struct made_key *key, const struct made **out,
                             struct trabao_error *err)
{
    struct block *block;
    TRY(impact_made(r, name_of(key), &block, err));
    *out = of_key(block, key);
    return TRABAO_OK;
}

struct made *made_new(const struct made_key *key, size_t bytes)
{
    const size_t align = alignof(max_align_t);
    const size_t data = (bytes + align - 1) / align * align, numbers = key->count * sizeof *key->numbers;
    struct made *made = mem_zalloc(1, sizeof *made + data + numbers);
    if (made) {
        uint32_t *copy = (uint32_t *)(void *)((char *)(made + 1) + data);
        memcpy(copy, key->numbers, numbers);
        *made = (struct made){.block = {.id = name_of(key), .memory = sizeof *made + data + numbers},
                              .key = {copy, key->count},
                              .data = made + 1,
                              .bytes = bytes};
    }
    return made;
}

enum trabao_status made_keep(struct impact_reader *r, struct made *made, const struct made_key *key,
                             const struct made **out, struct trabao_error *err)
{
    struct block *block = &made->block;
    *out = NULL;
    TRY(impact_keep_made(r, &block, err));
    *out = of_key(block, key);
    return TRABAO_OK;
}
