/*
 * signatures.h - in which articles two words may stand side by side: a bit-sliced signature file (Goodwin et al.:
 * BitFunnel, SIGIR 2017).
 *
 * A matrix of bits has a column for each article and some thousand rows. Every pair of neighbouring words of an article
 * sets some bits of its column; so an article may have a pair only if all bits of the pair are set, which is a few
 * dozen instructions for a window of 256 articles. Less than half of the bits are set, and so about one article in
 * 2^n, of the long ones more, has the n bits of a pair by accident; whoever must know looks into the article. Pairs are
 * of folded forms: one look serves all readings of words without marks.
 *
 * The rarer a pair, the more of the articles that seem to have it have not. So rare pairs set more bits than frequent
 * ones, and common ones, which would fill the matrix, and are soon found without it, none. How many a pair sets is told
 * by a map of SIGNATURES_BUCKETS classes, by hash.
 *
 * Table `signature`: the rows of the matrix in pieces of SIGNATURES_SEGMENT articles, id = segment <<
 * SIGNATURES_ROW_BITS | row; 64-bit words, little-endian, 4 for each window of the impact index. Dictionary
 * `signatures`: u32 number of rows, little-endian, and the map, four buckets to a byte: the class of their pairs, 0 of
 * the rarest.
 */
#ifndef TRABAO_SIGNATURES_H
#define TRABAO_SIGNATURES_H

#include <sqlite3.h>

#include "archive/blocks.h"
#include "archive/impact.h"
#include "archive/lexicon.h"
#include "archive/wordcode.h"
#include "base/base.h"
#include "base/status.h"

#define SIGNATURES_BITS_MAX 5 /* of a pair */
#define SIGNATURES_ROW_BITS 14
#define SIGNATURES_SEGMENT_WINDOWS 250 /* two pieces of a row fill a page */
#define SIGNATURES_SEGMENT (SIGNATURES_SEGMENT_WINDOWS * IMPACT_WINDOW)
#define SIGNATURES_WINDOW_WORDS (IMPACT_WINDOW / 64)
#define SIGNATURES_BUCKET_BITS 18
#define SIGNATURES_BUCKETS (1U << SIGNATURES_BUCKET_BITS)
#define SIGNATURES_CLASSES 4 /* of pairs, by how common they are */
#define SIGNATURES_MAP_BYTES (SIGNATURES_BUCKETS / 4)

/* What is known of an archive's matrix before any of it is read. */
struct signatures {
    uint32_t rows; /* 0: there is no matrix */
    uint8_t *map;  /* [SIGNATURES_MAP_BYTES]; owned */
};

enum trabao_status signatures_load(struct signatures *out, sqlite3 *db, struct trabao_error *err);
void signatures_free(struct signatures *s);

/* The hash of a word by its FOLDED form (N bytes). */
uint32_t signatures_word(const char *folded, size_t n);

/* The same of a term of LEXICON. */
uint32_t signatures_term(const struct lexicon *lexicon, uint32_t term);

/* The hash of a pair by those of its words. */
static inline uint64_t signatures_pair(uint32_t first, uint32_t second)
{
    uint64_t h = ((uint64_t)first << 32 | second) * UINT64_C(0x9e3779b97f4a7c15);
    h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return h ^ h >> 29;
}

static inline uint32_t signatures_bucket(uint64_t pair)
{
    return (uint32_t)(pair >> (64 - SIGNATURES_BUCKET_BITS));
}

/* How many bits the pairs of a class set. */
static inline unsigned signatures_class_bits(unsigned class)
{
    static const uint8_t bits[SIGNATURES_CLASSES] = {SIGNATURES_BITS_MAX, 3, 2, 0};
    return bits[class];
}

/* How many bits PAIR sets; 0: it is common. */
static inline unsigned signatures_bits(const struct signatures *s, uint64_t pair)
{
    const uint32_t bucket = signatures_bucket(pair);
    return signatures_class_bits(s->map[bucket / 4] >> bucket % 4 * 2 & 3);
}

/* The row of the I-th bit of PAIR (Kirsch, Mitzenmacher: Less hashing, same performance, 2008). */
static inline uint32_t signatures_row(uint64_t pair, unsigned i, uint32_t rows)
{
    const uint32_t hash = (uint32_t)pair + i * ((uint32_t)(pair >> 32) | 1);
    return (uint32_t)((uint64_t)hash * rows >> 32);
}

/* ---- building ------------------------------------------------------------------------------------------------ */

struct signatures_builder;

/* Complete windows are kept in a file that exists only while open, in FOLDER. */
enum trabao_status signatures_builder_open(const char *folder, struct signatures_builder **out,
                                           struct trabao_error *err);
void signatures_builder_close(struct signatures_builder *b);

/* Counts the pairs of one article of a sample, whose terms are those of LEXICON. False when memory runs out. */
bool signatures_builder_sample(struct signatures_builder *b, const struct lexicon *lexicon,
                               const struct wordcode_terms *terms) TRABAO_MUST_USE;

/* Ends the sample: chooses the map and the number of rows, and writes them. */
enum trabao_status signatures_builder_choose(struct signatures_builder *b, sqlite3 *db, struct trabao_error *err);

/* Instead of a sample: rows and map of an archive that is updated. */
enum trabao_status signatures_builder_adopt(struct signatures_builder *b, const struct signatures *s,
                                            struct trabao_error *err);

/* Adds the next article. */
enum trabao_status signatures_builder_add(struct signatures_builder *b, const struct lexicon *lexicon,
                                          const struct wordcode_terms *terms, struct trabao_error *err);

struct signatures_reader;

/* The matrix that an update starts from. */
struct signatures_before {
    struct signatures_reader *reader;
    uint32_t articles;
    const uint32_t *numbers; /* [articles] by the number of an article before, its new one or IMPACT_GONE; ascending */
    const uint32_t *added;   /* by the place of an added article, its number; ascending */
    uint32_t count;          /* of articles after the update */
};

/* Writes the table, which is empty. BEFORE NULL: articles are numbered as they were added. */
enum trabao_status signatures_builder_save(struct signatures_builder *b, const struct signatures_before *before,
                                           sqlite3 *db, struct trabao_error *err);

/* ---- reading ------------------------------------------------------------------------------------------------- */

/* One thread's access; blocks are shared through CACHE. For an archive of ARTICLES. */
enum trabao_status signatures_reader_open(sqlite3 *db, struct blocks *cache, const struct signatures *s,
                                          uint32_t articles, struct signatures_reader **out, struct trabao_error *err);
void signatures_reader_close(struct signatures_reader *r);

/*
 * Clears the bits of the articles that cannot have PAIR. BITS: SIGNATURES_WINDOW_WORDS for each window, from window 0
 * on, of which those from FIRST to END (exclusive) are looked at.
 */
enum trabao_status signatures_narrow(struct signatures_reader *r, uint64_t pair, uint32_t first, uint32_t end,
                                     uint64_t *bits, struct trabao_error *err);

/* The windows that a piece of a row in SEGMENT has. */
uint32_t signatures_segment_windows(const struct signatures_reader *r, uint32_t segment);

/* The whole of a segment into BITS: row after row, each with the words of the segment's windows. */
enum trabao_status signatures_read_segment(struct signatures_reader *r, uint32_t segment, uint64_t *bits,
                                           struct trabao_error *err);

/* One row of the matrix over all articles into BITS, which has room for all windows. */
enum trabao_status signatures_read_row(struct signatures_reader *r, uint32_t row, uint64_t *bits,
                                       struct trabao_error *err);

#endif
