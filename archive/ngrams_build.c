/*
 * ngrams_build.c - counting pairs and triples while an archive is built (see ngrams.h).
 *
 * A cell of the counting table holds the high bits of a hash and, in the low ones, the count. The cells that an article
 * needs are fetched ahead, since nearly every one is a cache miss.
 */
#include "archive/ngrams.h"

#include "archive/db.h"
#include "archive/ngrams_format.h"
#include "archive/wordcode.h"
#include "base/mem.h"

#define COUNT_BITS (64 - NGRAMS_HASH_BITS)
#define COUNT_MAX ((UINT64_C(1) << COUNT_BITS) - 1)
#define FIRST_BITS 14
#define LAST_BITS 24 /* 128 MiB of cells */
#define BATCH 32 /* hashes fetched ahead */
#define WORDS_PER_ENTRY 13 /* words of text that pay for an entry */
#define ENTRIES_MIN 200000
#define ENTRIES_MAX 10000000
#define LOAD_NUMERATOR 5 /* slots to entries of the written table */
#define LOAD_DENOMINATOR 4
#define LOGS 256
#define RARE_MAX 64 /* counts told apart when choosing what is kept */

struct facts {
    uint32_t count;     /* weighted */
    uint32_t followers; /* pairs that were new and began with this word */
};

struct ngrams_builder {
    uint64_t *cells; /* 0: free */
    unsigned bits;
    uint64_t used;
    struct facts *facts; /* by term */
    size_t fact_count, fact_capacity;
    uint64_t words; /* of all texts: the same however the letters are encoded, unlike bytes */
};

struct ngrams_builder *ngrams_builder_open(void)
{
    struct ngrams_builder *b = mem_zalloc(1, sizeof *b);
    if (b) {
        b->bits = FIRST_BITS;
        b->cells = mem_zalloc((size_t)1 << FIRST_BITS, sizeof *b->cells);
    }
    if (b && !b->cells) {
        ngrams_builder_close(b);
        return NULL;
    }
    return b;
}

void ngrams_builder_close(struct ngrams_builder *b)
{
    if (b) {
        mem_free(b->cells);
        mem_free(b->facts);
        mem_free(b);
    }
}

/* The cell that counts HASH, or the free one where it belongs. */
static uint64_t *cell_of(uint64_t *cells, unsigned bits, uint64_t hash)
{
    const uint64_t mask = (UINT64_C(1) << bits) - 1;
    uint64_t i = hash >> (64 - bits);
    while (cells[i] && cells[i] >> COUNT_BITS != hash >> COUNT_BITS) {
        i = (i + 1) & mask;
    }
    return &cells[i];
}

static bool grow(struct ngrams_builder *b)
{
    const unsigned bits = b->bits + 1;
    uint64_t *cells = mem_zalloc((size_t)1 << bits, sizeof *cells);
    if (!cells) {
        return false;
    }
    mem_scattered(cells, (size_t)1 << bits, sizeof *cells);
    for (uint64_t i = 0; i < UINT64_C(1) << b->bits; i++) {
        if (b->cells[i]) {
            *cell_of(cells, bits, b->cells[i]) = b->cells[i];
        }
    }
    mem_free(b->cells);
    b->cells = cells;
    b->bits = bits;
    return true;
}

/*
 * Frees the cells counted no more than LEAST times. The others are put where they belong in the order in which they
 * stand behind a free cell: each then finds its place before, or where it was.
 */
static void forget(struct ngrams_builder *b, uint64_t least)
{
    const uint64_t size = UINT64_C(1) << b->bits;
    uint64_t start = 0;
    b->used = 0;
    for (uint64_t i = 0; i < size; i++) {
        if ((b->cells[i] & COUNT_MAX) <= least) {
            b->cells[i] = 0;
            start = i;
        }
    }
    for (uint64_t k = 1; k < size; k++) {
        uint64_t *from = &b->cells[(start + k) & (size - 1)];
        const uint64_t cell = *from;
        if (cell) {
            *from = 0;
            *cell_of(b->cells, b->bits, cell) = cell;
            b->used++;
        }
    }
}

/* Keeps the table at most three quarters full: it grows, and from its largest size on it forgets. */
static bool make_room(struct ngrams_builder *b, uint64_t more)
{
    uint64_t least = 0;
    while (b->used + more > (UINT64_C(3) << b->bits) / 4) {
        if (b->bits == LAST_BITS) {
            forget(b, ++least);
        } else if (!grow(b)) {
            return false;
        }
    }
    return true;
}

/* True when it is counted for the first time. */
static bool count(struct ngrams_builder *b, uint64_t hash, uint64_t weight)
{
    uint64_t *cell = cell_of(b->cells, b->bits, hash);
    const uint64_t before = *cell & COUNT_MAX;
    *cell = (hash & ~COUNT_MAX) | MIN(before + weight, COUNT_MAX);
    b->used += before == 0;
    return before == 0;
}

static void count_batch(struct ngrams_builder *b, const uint32_t *terms, size_t first, size_t end, size_t begin,
                        uint32_t weight)
{
    uint64_t pairs[BATCH], triples[BATCH];
    for (size_t i = first; i < end; i++) {
        pairs[i - first] = i > begin ? ngrams_hash(terms[i - 1], terms[i], NGRAMS_NO_WORD) : 0;
        triples[i - first] = i > begin + 1 ? ngrams_hash(terms[i - 2], terms[i - 1], terms[i]) : 0;
        __builtin_prefetch(&b->cells[pairs[i - first] >> (64 - b->bits)], 1);
        __builtin_prefetch(&b->cells[triples[i - first] >> (64 - b->bits)], 1);
    }
    for (size_t i = first; i < end; i++) {
        b->facts[terms[i]].count += weight;
        if (pairs[i - first] && count(b, pairs[i - first], weight)) {
            b->facts[terms[i - 1]].followers++;
        }
        if (triples[i - first]) {
            count(b, triples[i - first], weight);
        }
    }
}

/* The words from BEGIN to END of one column. */
static void count_column(struct ngrams_builder *b, const uint32_t *terms, size_t begin, size_t end, uint32_t weight)
{
    for (size_t i = begin; i < end; i += BATCH) {
        count_batch(b, terms, i, MIN(i + BATCH, end), begin, weight);
    }
}

static bool reserve_facts(struct ngrams_builder *b, const struct wordcode_terms *terms)
{
    size_t need = b->fact_count;
    for (size_t i = 0; i < terms->count; i++) {
        need = MAX(need, (size_t)terms->terms[i] + 1);
    }
    if (need == b->fact_count) {
        return true;
    }
    if (!mem_grow((void **)&b->facts, &b->fact_capacity, need, sizeof *b->facts)) {
        return false;
    }
    memset(b->facts + b->fact_count, 0, (need - b->fact_count) * sizeof *b->facts);
    b->fact_count = need;
    return true;
}

bool ngrams_builder_add(struct ngrams_builder *b, const struct wordcode_terms *terms)
{
    const size_t title = MIN(terms->title_count, terms->count);
    const size_t end = MIN(terms->count, title + NGRAMS_BODY_WORDS);
    if (!reserve_facts(b, terms) || !make_room(b, 2 * end)) {
        return false;
    }
    b->words += terms->count;
    count_column(b, terms->terms, 0, title, NGRAMS_TITLE_WEIGHT);
    count_column(b, terms->terms, title, end, 1);
    return true;
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

/* The facts of the words become entries like others. */
static bool add_facts(struct ngrams_builder *b)
{
    if (!make_room(b, 2 * b->fact_count)) {
        return false;
    }
    for (uint32_t t = 0; t < b->fact_count; t++) {
        if (b->facts[t].count) {
            count(b, ngrams_hash(t, NGRAMS_NO_WORD, NGRAMS_NO_WORD), b->facts[t].count);
        }
        if (b->facts[t].followers) {
            count(b, ngrams_hash(t, NGRAMS_FOLLOWERS, NGRAMS_NO_WORD), b->facts[t].followers);
        }
    }
    return true;
}

/* Counts up to this one are left out, so that at most WANTED entries are written. *KEPT: how many are. */
static uint64_t choose_least(const struct ngrams_builder *b, uint64_t wanted, uint64_t *kept)
{
    uint64_t counted[RARE_MAX + 1] = {0};
    for (uint64_t i = 0; i < UINT64_C(1) << b->bits; i++) {
        counted[MIN(b->cells[i] & COUNT_MAX, (uint64_t)RARE_MAX)]++;
    }
    uint64_t least = 0;
    *kept = b->used;
    while (*kept > wanted && least + 1 < RARE_MAX) {
        *kept -= counted[++least];
    }
    return least;
}

/* Lays the cells counted more than LEAST times out in SLOTS. */
static void lay_out(const struct ngrams_builder *b, uint64_t least, uint8_t *slots, uint64_t capacity)
{
    uint32_t logs[LOGS]; /* of most counts; working one out takes longer than anything else here */
    for (uint32_t i = 1; i < LOGS; i++) {
        logs[i] = ngrams_log(i);
    }
    for (uint64_t i = 0; i < UINT64_C(1) << b->bits; i++) {
        const uint64_t times = b->cells[i] & COUNT_MAX;
        if (times <= least) {
            continue;
        }
        uint64_t place = ngrams_home(b->cells[i], capacity);
        while (ngrams_slot(slots, place)) {
            place = place + 1 == capacity ? 0 : place + 1;
        }
        const uint32_t log = times < LOGS ? logs[times] : ngrams_log((uint32_t)times);
        const uint32_t slot = ngrams_fingerprint(b->cells[i]) << NGRAMS_LOG_BITS | log;
        memcpy(slots + place * NGRAMS_SLOT_BYTES, &slot, NGRAMS_SLOT_BYTES);
    }
}

static enum trabao_status write_slots(const uint8_t *slots, uint64_t capacity, sqlite3 *db, struct trabao_error *err)
{
    sqlite3_stmt *insert = NULL;
    enum trabao_status status = db_prepare(db, "INSERT INTO ngrams(first, slots) VALUES(?1, ?2)", &insert, err);
    for (uint64_t first = 0; status == TRABAO_OK && first < capacity; first += NGRAMS_ROW_SLOTS) {
        const uint64_t n = MIN((uint64_t)NGRAMS_ROW_SLOTS, capacity - first);
        sqlite3_bind_int64(insert, 1, (int64_t)first);
        sqlite3_bind_blob64(insert, 2, slots + first * NGRAMS_SLOT_BYTES, n * NGRAMS_SLOT_BYTES, SQLITE_STATIC);
        status = db_run(insert, "writing the word pairs", err);
    }
    sqlite3_finalize(insert);
    return status;
}

enum trabao_status ngrams_builder_save(struct ngrams_builder *b, sqlite3 *db, struct trabao_error *err)
{
    if (!add_facts(b)) {
        return error_no_memory(err);
    }
    const uint64_t wanted = MIN(MAX(b->words / WORDS_PER_ENTRY, (uint64_t)ENTRIES_MIN), (uint64_t)ENTRIES_MAX);
    uint64_t kept;
    const uint64_t least = choose_least(b, wanted, &kept);
    const uint64_t capacity = kept * LOAD_NUMERATOR / LOAD_DENOMINATOR + 1;
    uint8_t *slots = mem_zalloc(capacity + 1, NGRAMS_SLOT_BYTES);
    enum trabao_status status = slots ? TRABAO_OK : error_no_memory(err);
    if (status == TRABAO_OK) {
        lay_out(b, least, slots, capacity);
        status = write_slots(slots, capacity, db, err);
    }
    mem_free(slots);
    return status;
}
