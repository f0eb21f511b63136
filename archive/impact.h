/*
 * impact.h - the impact index: for each term, in which articles it weighs how much, arranged for finding the best few.
 *
 * Articles are numbered in id order (so, in date order) and cut into windows of 256. A posting is a place in the window
 * and an impact, the term's saturated BM25F weight in the article without the inverse document frequency, quantised to
 * 1..255: to an odd number where the article begins with the term, to an even one elsewhere. Beside the postings
 * stands, per term and window, the largest impact: a query adds up these bounds and looks only at windows that can
 * still matter (block-max pruning: Ding and Suel, SIGIR 2011; windows in descending order of their bound: Mallia, Suel,
 * Tonellotto, SIGIR 2024).
 *
 * Table `impact`, one row per block, id = term << IMPACT_CHUNK_BITS | chunk:
 *   IMPACT_HEAD  how many windows n; which; u8 largest impact[n]; u8 postings less one[n]; and the postings, if all of
 *                this is no more than IMPACT_BLOCK_MAX bytes; else how many windows each chunk has;
 *   0, 1 ..      chunks: else, the postings.
 * Which windows: a bit map of all the archive has, if an eighth of them or more; else the distance of each from the one
 * before, of the first from 0. Postings of a window: up to IMPACT_SPARSE_MAX of them as places, then impacts; more as a
 * bit map of 256 places (32 bytes), then impacts in the order of the places. Numbers are varints (varint.h), the low
 * bits of a byte of a bit map come first.
 */
#ifndef TRABAO_IMPACT_H
#define TRABAO_IMPACT_H

#include <sqlite3.h>

#include "archive/lexicon.h"
#include "archive/runs.h"
#include "base/base.h"
#include "base/status.h"

#define IMPACT_WINDOW 256 /* articles in a window */
#define IMPACT_SPARSE_MAX 32
#define IMPACT_BITMAP_BYTES (IMPACT_WINDOW / 8)
#define IMPACT_CHUNK_BITS 13
#define IMPACT_HEAD ((1U << IMPACT_CHUNK_BITS) - 1)
/* Bytes of a row: four fill a page. A head of many windows has more, and a chunk where that fills its page. */
#define IMPACT_BLOCK_MAX 4040
#define IMPACT_CHUNK_MAX (IMPACT_BLOCK_MAX + IMPACT_BLOCK_MAX / 2)
#define IMPACT_WINDOWS_MAX 65535
#define IMPACT_ARTICLES_MAX ((uint32_t)IMPACT_WINDOWS_MAX * IMPACT_WINDOW)

/* Windows that ARTICLES take. */
static inline uint32_t impact_windows(uint32_t articles)
{
    return (articles + IMPACT_WINDOW - 1) / IMPACT_WINDOW;
}

/* Bytes of the bit map that says in which of an archive's WINDOWS a term is. */
static inline uint32_t impact_map_bytes(uint32_t windows)
{
    return (windows + 7) / 8;
}

/* Whether the N windows of a term stand in such a bit map. */
static inline bool impact_is_mapped(uint32_t n, uint32_t windows)
{
    return n >= impact_map_bytes(windows);
}

/* Bytes that COUNT postings of a window take. */
static inline uint32_t impact_bytes(uint32_t count)
{
    return count > IMPACT_SPARSE_MAX ? IMPACT_BITMAP_BYTES + count : 2 * count;
}

/* ---- scoring: the one definition of a posting's weight ------------------------------------------------------- */

/* BM25F (Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009), tuned on a development split. */
#define IMPACT_K1 2.0
#define IMPACT_B 0.75
#define IMPACT_TITLE_WEIGHT 6 /* an occurrence in the title counts as so many in the body */
#define IMPACT_LEAD_WEIGHT 5  /* one among the first IMPACT_LEAD_WORDS of the body */
#define IMPACT_LEAD_WORDS 90

#define IMPACT_MAX 255U
#define IMPACT_EARLY_WORDS 30 /* an article begins with the terms among the first words of its title and body */
#define IMPACT_FREQUENCY_MAX 127U

/*
 * What is kept of a posting until the average length is known: the term's weighted FREQUENCY, of which no more than
 * IMPACT_FREQUENCY_MAX counts, and whether the article begins with it. 0: it is in neither title nor body.
 */
uint8_t impact_weight(uint32_t frequency, bool early);

/* The impact that WEIGHT (> 0) is in an article of LENGTH words, where the average article has AVERAGE. */
uint8_t impact_of(uint8_t weight, uint32_t length, double average);

/* True when the article begins with a term of IMPACT. */
static inline bool impact_is_early(uint8_t impact)
{
    return impact & 1;
}

/* The most that the weighted frequency of a term of IMPACT can be, as a multiple of what saturates it by half. */
double impact_most(uint8_t impact);

/* ---- building ------------------------------------------------------------------------------------------------ */

struct impact_builder;

enum trabao_status impact_builder_open(struct impact_builder **out, struct trabao_error *err);

#define IMPACT_GONE UINT32_MAX

/* The index that an update starts from. Its postings keep their impacts. */
struct impact_before {
    struct impact_reader *reader;
    uint32_t terms, articles;
    const uint32_t *numbers; /* [articles] by the number of an article before, its new one or IMPACT_GONE; ascending */
};

struct impact_plan {
    const struct runs *runs;            /* ended: what was added */
    uint32_t articles;                  /* of the archive that is made */
    const uint32_t *lengths;            /* of the articles that were added, in words, by number */
    double average;                     /* length of an article */
    const struct impact_before *before; /* NULL: none */
};

/*
 * Begins to make the table in another thread, to which what PLAN refers to and LEXICON belong
 * until impact_builder_finish is back. Document frequencies are set in LEXICON.
 */
enum trabao_status impact_builder_start(struct impact_builder *b, const struct impact_plan *plan,
                                        struct lexicon *lexicon, struct trabao_error *err);

/* Writes the table, which is empty. */
enum trabao_status impact_builder_finish(struct impact_builder *b, sqlite3 *db, struct trabao_error *err);

/* Ends the thread, wherever it is. */
void impact_builder_close(struct impact_builder *b);

/* ---- reading ------------------------------------------------------------------------------------------------- */

struct block;         /* blocks.h */
struct blocks;
struct impact_reader; /* a statement and the blocks it holds, of one thread but for impact_postings */

/* A window in which a term occurs. */
struct impact_entry {
    uint16_t chunk, offset; /* where the postings are */
    uint16_t window;
    uint8_t largest;    /* impact */
    uint8_t count_less; /* postings less one */
};

/* A term's windows. Held by the reader until impact_release. */
struct impact_term {
    uint32_t term;
    uint32_t windows, last;     /* how many, and the last of them */
    const struct impact_entry *entries; /* [windows] ascending */
    const uint64_t *present;    /* bit w % 64 of word w / 64: it has window w; NULL for a term with few windows */
    const uint16_t *before;     /* by word of `present`: windows in the words before it */
    struct impact_chunk **chunks; /* filled as they are needed; [chunk_count] */
    uint32_t chunk_count;
};

/* For an archive of ARTICLES; blocks of other articles are damaged. */
enum trabao_status impact_reader_open(sqlite3 *db, struct blocks *cache, uint32_t articles,
                                      struct impact_reader **out, struct trabao_error *err);
void impact_reader_close(struct impact_reader *r);

/* TRABAO_OK with *OUT NULL: the term has no postings. */
enum trabao_status impact_find(struct impact_reader *r, uint32_t term, const struct impact_term **out,
                               struct trabao_error *err);

/* The place of WINDOW among the windows of T, or UINT32_MAX. */
static inline uint32_t impact_place(const struct impact_term *t, uint32_t window)
{
    if (window > t->last) {
        return UINT32_MAX;
    }
    if (t->present) {
        const uint64_t word = t->present[window / 64], bit = UINT64_C(1) << window % 64;
        const uint32_t i = t->before[window / 64] + (uint32_t)__builtin_popcountll(word & (bit - 1));
        return word & bit ? i : UINT32_MAX;
    }
    for (uint32_t i = 0; i < t->windows; i++) {
        if (t->entries[i].window == window) {
            return i;
        }
    }
    return UINT32_MAX;
}

#define IMPACT_RUN 16 /* neighbouring windows whose bits are in one word of a bit map */

/*
 * Which of the IMPACT_RUN windows from FIRST on, a multiple of it, T has: bit i, the i-th. *PLACE: that of the first of
 * them among the windows of T.
 */
static inline uint32_t impact_run(const struct impact_term *t, uint32_t first, uint32_t *place)
{
    uint32_t out = 0;
    *place = 0;
    if (first > t->last) {
        return 0;
    }
    if (t->present) {
        const uint64_t word = t->present[first / 64];
        *place = t->before[first / 64] + (uint32_t)__builtin_popcountll(word & ((UINT64_C(1) << first % 64) - 1));
        return (uint32_t)(word >> first % 64) & ((1U << IMPACT_RUN) - 1);
    }
    for (uint32_t i = 0; i < t->windows; i++) {
        const uint32_t window = t->entries[i].window;
        *place += window < first;
        out |= window - first < IMPACT_RUN ? 1U << (window - first) : 0;
    }
    return out;
}

/* The postings of the I-th window of T: impact_bytes(count) bytes. Several threads may ask at a time. */
enum trabao_status impact_postings(struct impact_reader *r, const struct impact_term *t, uint32_t i,
                                   const uint8_t **out, struct trabao_error *err);

/* The same of COUNT (<= IMPACT_RUN) windows from the I-th on. */
enum trabao_status impact_run_postings(struct impact_reader *r, const struct impact_term *t, uint32_t i,
                                       uint32_t count, const uint8_t *out[IMPACT_RUN], struct trabao_error *err);

/* As impact_postings for WINDOW, if T (NULL: no term) has it. *COUNT: how many; 0: none. */
static inline enum trabao_status impact_look(struct impact_reader *r, const struct impact_term *t, uint32_t window,
                                             const uint8_t **out, uint32_t *count, struct trabao_error *err)
{
    const uint32_t i = t ? impact_place(t, window) : UINT32_MAX;
    *count = i == UINT32_MAX ? 0 : t->entries[i].count_less + 1U;
    return *count ? impact_postings(r, t, i, out, err) : TRABAO_OK;
}

/* *IMPACT: that of ARTICLE among the postings of T (NULL: no term); 0: it has none. */
enum trabao_status impact_in_article(struct impact_reader *r, const struct impact_term *t, uint32_t article,
                                     uint8_t *impact, struct trabao_error *err);

/* The places of COUNT postings of a window, ascending. Returns how many there are: COUNT unless it is damaged. */
uint32_t impact_places(const uint8_t *postings, uint32_t count, uint8_t places[IMPACT_WINDOW]);

/*
 * What is made of the postings of many terms may be kept beside their blocks (blocks.h) under an ID of its own, from
 * IMPACT_MADE on. *OUT is held until impact_release; NULL: it is not there.
 */
#define IMPACT_MADE (INT64_C(1) << 62)
enum trabao_status impact_made(struct impact_reader *r, int64_t id, struct block **out, struct trabao_error *err);

/* Keeps *BLOCK, which is held from now on: it may be another, of the same id. It is freed when that fails. */
enum trabao_status impact_keep_made(struct impact_reader *r, struct block **block, struct trabao_error *err);

/* Lets go of everything that was found since the last release. */
void impact_release(struct impact_reader *r);

#endif
