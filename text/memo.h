/*
 * memo.h - a memory of words already seen: raw bytes of a word -> its canonical form, in one cache line.
 *
 * A fixed number of slots in buckets of two (one cache line); a new word pushes the older of its bucket out, so that
 * frequent words stay and memory never grows. Only words of at most MEMO_WORD_MAX bytes with forms of MEMO_FORM_MAX are
 * kept: longer ones are too rare to matter. A word is compared as two 8-byte numbers, padded with zeros, which no word
 * contains.
 */
#ifndef TRABAO_MEMO_H
#define TRABAO_MEMO_H

#include <endian.h>

#include "base/base.h"
#include "text/text.h"

#define MEMO_WORD_MAX 15
#define MEMO_FORM_MAX 12

struct memo_slot {
    uint64_t key[2];          /* both 0: empty */
    char form[MEMO_FORM_MAX]; /* canonical form, padded */
    uint32_t form_len : 4;
    uint32_t is_month : 1; /* the word for month, after which a date may be spelled */
    uint32_t mark : TEXT_MARK_BITS; /* of the word's tokens */
};
_Static_assert(sizeof(struct memo_slot) == 32, "two slots fill a cache line");

struct memo {
    struct memo_slot *slots; /* in `block`, aligned to cache lines */
    void *block;             /* owned */
};

bool memo_open(struct memo *m) TRABAO_MUST_USE;
void memo_close(struct memo *m);

#define MEMO_BUCKET_BITS 14

static inline size_t memo_hash(uint64_t lo, uint64_t hi, unsigned bits)
{
    const uint64_t mixed = (lo ^ (hi * UINT64_C(0x9E3779B97F4A7C15))) * UINT64_C(0xD6E8FEB86659FD93);
    return (size_t)(mixed >> (64 - bits));
}

/* The first of the two slots where a word may be. */
static inline struct memo_slot *memo_bucket(const struct memo *m, uint64_t lo, uint64_t hi)
{
    return m->slots + 2 * memo_hash(lo, hi, MEMO_BUCKET_BITS);
}

/* The slot of a word, or NULL. Which of the two it is cannot be predicted, so that is computed, not branched on. */
static inline const struct memo_slot *memo_find(const struct memo *m, uint64_t lo, uint64_t hi)
{
    const struct memo_slot *bucket = memo_bucket(m, lo, hi);
    const bool first = ((bucket[0].key[0] ^ lo) | (bucket[0].key[1] ^ hi)) == 0;
    const bool second = ((bucket[1].key[0] ^ lo) | (bucket[1].key[1] ^ hi)) == 0;
    return (first | second) ? bucket + second : NULL;
}

/* Remembers a word and returns its slot, where what else is to be remembered of it goes. FORM_LEN <= MEMO_FORM_MAX. */
struct memo_slot *memo_add(struct memo *m, uint64_t lo, uint64_t hi, const char *form, size_t form_len);

/* The first 16 bytes at P as two numbers, the first byte lowest, as if zeros followed END. */
static inline void memo_load(const char *p, const char *end, uint64_t *lo, uint64_t *hi)
{
    if (end - p >= 16) {
        *lo = le64toh(LOAD(uint64_t, p));
        *hi = le64toh(LOAD(uint64_t, p + 8));
    } else {
        char padded[16] = {0};
        memcpy(padded, p, (size_t)(end - p));
        *lo = le64toh(LOAD(uint64_t, padded));
        *hi = le64toh(LOAD(uint64_t, padded + 8));
    }
}

/* As memo_load, but of the N bytes at P (at most MEMO_WORD_MAX) alone; what follows up to END may be read. */
static inline void memo_load_word(const char *p, size_t n, const char *end, uint64_t *lo, uint64_t *hi)
{
    memo_load(p, end, lo, hi);
    *lo &= n < 8 ? ~(UINT64_MAX << 8 * n) : UINT64_MAX;
    *hi &= n > 8 ? ~(UINT64_MAX << 8 * (n - 8)) : 0;
}

#endif
