/*
 * signatures_build.c - making the matrix (see signatures.h).
 *
 * Articles come in order, so only the columns of one window are at work, which fit the processor's nearest cache; when
 * the window is complete they go to a file. At the end the rows are gathered from there, a segment at a time.
 */
#include "archive/signatures.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "archive/db.h"
#include "archive/dictionary.h"
#include "base/fsutil.h"
#include "base/mem.h"
#include "text/text.h"

#define BATCH 64 /* pairs looked at at once */
#define ROWS_PER_BIT 1.6 /* that an average article sets, though several times the same */
#define KNOWN_MIN 8      /* sampled articles that have a pair: of fewer it is not known how many it is in */
#define ROWS_MIN 64U
#define ROWS_MAX ((1U << SIGNATURES_ROW_BITS) - 1)
#define WINDOW_BYTES (SIGNATURES_WINDOW_WORDS * sizeof(uint64_t))

/* By class: the share of the articles that its pairs are in at least. */
static const double SHARES[SIGNATURES_CLASSES] = {0, 0.002, 0.03, 0.1};

/* How many articles of the sample have a pair of a bucket. */
struct bucket {
    uint32_t articles;
    uint32_t last; /* article that was counted, from 1 */
};

struct signatures_builder {
    struct signatures signatures;
    int fd;
    struct bucket *buckets; /* while sampling */
    uint32_t sampled;
    uint32_t *words; /* signatures_word by term */
    size_t word_count, word_capacity;
    uint64_t *window; /* the columns at work: by row, its bits */
    uint32_t articles;
};

enum trabao_status signatures_builder_open(const char *folder, struct signatures_builder **out,
                                           struct trabao_error *err)
{
    struct signatures_builder *b = mem_zalloc(1, sizeof *b);
    *out = b;
    if (!b) {
        return error_no_memory(err);
    }
    b->fd = fs_open_unnamed(folder);
    if (b->fd < 0) {
        return error_set_errno(err, TRABAO_IO, errno, "%s: making a temporary file for signatures", folder);
    }
    b->buckets = mem_zalloc(SIGNATURES_BUCKETS, sizeof *b->buckets);
    b->signatures.map = mem_zalloc(SIGNATURES_MAP_BYTES, 1);
    return b->buckets && b->signatures.map ? TRABAO_OK : error_no_memory(err);
}

void signatures_builder_close(struct signatures_builder *b)
{
    if (b) {
        if (b->fd >= 0) {
            close(b->fd);
        }
        signatures_free(&b->signatures);
        mem_free(b->buckets);
        mem_free(b->words);
        mem_free(b->window);
        mem_free(b);
    }
}

/* Hashes the terms that LEXICON has got since. */
static bool hash_words(struct signatures_builder *b, const struct lexicon *lexicon)
{
    if (!mem_grow((void **)&b->words, &b->word_capacity, lexicon->count, sizeof *b->words)) {
        return false;
    }
    for (; b->word_count < lexicon->count; b->word_count++) {
        b->words[b->word_count] = signatures_term(lexicon, (uint32_t)b->word_count);
    }
    return true;
}

/*
 * The pairs of which the words from FIRST to END, at most BATCH of them, are the second, to PAIRS. Returns how many:
 * the first words of title and body have none before them.
 */
static size_t pairs_of(const struct signatures_builder *b, const struct wordcode_terms *terms, size_t first, size_t end,
                       uint64_t *pairs)
{
    size_t count = 0;
    for (size_t i = MAX(first, (size_t)1); i < end; i++) {
        pairs[count] = signatures_pair(b->words[terms->terms[i - 1]], b->words[terms->terms[i]]);
        count += i != terms->title_count;
    }
    return count;
}

/* ---- the sample ---------------------------------------------------------------------------------------------- */

bool signatures_builder_sample(struct signatures_builder *b, const struct lexicon *lexicon,
                               const struct wordcode_terms *terms)
{
    uint64_t pairs[BATCH];
    if (!hash_words(b, lexicon)) {
        return false;
    }
    b->sampled++;
    for (size_t i = 0; i < terms->count; i += BATCH) {
        const size_t count = pairs_of(b, terms, i, MIN(i + BATCH, terms->count), pairs);
        for (size_t k = 0; k < count; k++) {
            struct bucket *bucket = &b->buckets[signatures_bucket(pairs[k])];
            bucket->articles += bucket->last != b->sampled;
            bucket->last = b->sampled;
        }
    }
    return true;
}

static enum trabao_status begin_articles(struct signatures_builder *b, struct trabao_error *err)
{
    mem_free(b->buckets);
    b->buckets = NULL;
    b->word_count = 0; /* terms have other numbers from here on */
    b->window = mem_zalloc(b->signatures.rows, WINDOW_BYTES);
    return b->window ? TRABAO_OK : error_no_memory(err);
}

static enum trabao_status write_facts(const struct signatures *s, sqlite3 *db, struct trabao_error *err)
{
    struct buf facts;
    buf_init(&facts, DICTIONARY_MAX);
    buf_append(&facts, &s->rows, sizeof s->rows);
    const enum trabao_status status = buf_append(&facts, s->map, SIGNATURES_MAP_BYTES)
                                          ? dictionary_save(db, "signatures", facts.data, facts.len, err)
                                          : error_no_memory(err);
    buf_free(&facts);
    return status;
}

/* Of the pairs of a bucket, which so many ARTICLES have. */
static unsigned class_of(const struct signatures_builder *b, uint32_t articles)
{
    unsigned class = SIGNATURES_CLASSES - 1;
    while (class && articles < MAX((double)KNOWN_MIN, SHARES[class] * b->sampled)) {
        class--;
    }
    return class;
}

enum trabao_status signatures_builder_choose(struct signatures_builder *b, sqlite3 *db, struct trabao_error *err)
{
    uint64_t set = 0;
    for (uint32_t i = 0; i < SIGNATURES_BUCKETS; i++) {
        const unsigned class = class_of(b, b->buckets[i].articles);
        b->signatures.map[i / 4] |= (uint8_t)(class << i % 4 * 2);
        set += (uint64_t)signatures_class_bits(class) * b->buckets[i].articles;
    }
    const double wanted = ROWS_PER_BIT * (double)set / MAX(1U, b->sampled);
    b->signatures.rows = (uint32_t)fmin(fmax(ceil(wanted), ROWS_MIN), ROWS_MAX);
    const enum trabao_status status = write_facts(&b->signatures, db, err);
    return status == TRABAO_OK ? begin_articles(b, err) : status;
}

enum trabao_status signatures_builder_adopt(struct signatures_builder *b, const struct signatures *s,
                                            struct trabao_error *err)
{
    b->signatures.rows = s->rows;
    memcpy(b->signatures.map, s->map, SIGNATURES_MAP_BYTES);
    return begin_articles(b, err);
}

/* ---- articles ------------------------------------------------------------------------------------------------ */

static enum trabao_status write_window(struct signatures_builder *b, uint32_t window, struct trabao_error *err)
{
    const size_t bytes = b->signatures.rows * WINDOW_BYTES;
    if (!fs_write_at(b->fd, b->window, bytes, (uint64_t)window * bytes)) {
        return error_set_errno(err, TRABAO_IO, errno, "writing the signatures to a temporary file");
    }
    memset(b->window, 0, bytes);
    return TRABAO_OK;
}

/* Sets the bits of COUNT pairs, of which BATCH at most, in a column of the window. */
static void set_bits(const struct signatures *s, const uint64_t *pairs, size_t count, uint64_t *column, uint64_t bit)
{
    uint8_t bits[BATCH];
    /* Looked up before any is set: nobody can guess how many bits a pair has, and none should wait for both. */
    for (size_t k = 0; k < count; k++) {
        bits[k] = (uint8_t)signatures_bits(s, pairs[k]);
    }
    for (size_t k = 0; k < count; k++) {
        for (unsigned h = 0; h < bits[k]; h++) {
            column[(size_t)signatures_row(pairs[k], h, s->rows) * SIGNATURES_WINDOW_WORDS] |= bit;
        }
    }
}

enum trabao_status signatures_builder_add(struct signatures_builder *b, const struct lexicon *lexicon,
                                          const struct wordcode_terms *terms, struct trabao_error *err)
{
    uint64_t pairs[BATCH];
    if (!hash_words(b, lexicon)) {
        return error_no_memory(err);
    }
    const uint32_t place = b->articles % IMPACT_WINDOW;
    uint64_t *column = b->window + place / 64;
    const uint64_t bit = UINT64_C(1) << place % 64;
    for (size_t i = 0; i < terms->count; i += BATCH) {
        const size_t count = pairs_of(b, terms, i, MIN(i + BATCH, terms->count), pairs);
        set_bits(&b->signatures, pairs, count, column, bit);
    }
    b->articles++;
    return place == IMPACT_WINDOW - 1 ? write_window(b, b->articles / IMPACT_WINDOW - 1, err) : TRABAO_OK;
}

/* ---- the table ----------------------------------------------------------------------------------------------- */

/* Writes one row of the matrix, or the piece of it in a segment. */
static enum trabao_status write_piece(sqlite3_stmt *insert, uint32_t segment, uint32_t row, const uint64_t *bits,
                                      uint32_t windows, struct trabao_error *err)
{
    sqlite3_bind_int64(insert, 1, (int64_t)segment << SIGNATURES_ROW_BITS | row);
    sqlite3_bind_blob64(insert, 2, bits, windows * WINDOW_BYTES, SQLITE_STATIC);
    return db_run(insert, "writing the signatures", err);
}

/* Puts the I-th window's part of ROW, out of WINDOWS windows as they lie in the file, in its place in BITS. */
static void gather_row(const uint64_t *columns, uint32_t windows, uint32_t rows, uint32_t row, uint64_t *bits)
{
    for (uint32_t w = 0; w < windows; w++) {
        memcpy(bits + (size_t)w * SIGNATURES_WINDOW_WORDS, columns + ((size_t)w * rows + row) * SIGNATURES_WINDOW_WORDS,
               WINDOW_BYTES);
    }
}

static enum trabao_status read_columns(const struct signatures_builder *b, uint32_t first, uint32_t windows,
                                       uint64_t *columns, struct trabao_error *err)
{
    const size_t bytes = b->signatures.rows * WINDOW_BYTES;
    return fs_read_at(b->fd, columns, windows * bytes, (uint64_t)first * bytes)
               ? TRABAO_OK
               : error_set_errno(err, TRABAO_IO, errno, "reading the signatures from a temporary file");
}

/* All of a build: segment by segment. */
static enum trabao_status write_segments(struct signatures_builder *b, sqlite3_stmt *insert, struct trabao_error *err)
{
    const uint32_t windows = impact_windows(b->articles), rows = b->signatures.rows;
    uint64_t *columns = mem_alloc((size_t)MIN((uint32_t)SIGNATURES_SEGMENT_WINDOWS, windows) * rows, WINDOW_BYTES);
    uint64_t *bits = mem_alloc(SIGNATURES_SEGMENT_WINDOWS, WINDOW_BYTES);
    enum trabao_status status = columns && bits ? TRABAO_OK : error_no_memory(err);
    for (uint32_t first = 0; status == TRABAO_OK && first < windows; first += SIGNATURES_SEGMENT_WINDOWS) {
        const uint32_t count = MIN((uint32_t)SIGNATURES_SEGMENT_WINDOWS, windows - first);
        status = read_columns(b, first, count, columns, err);
        for (uint32_t row = 0; status == TRABAO_OK && row < rows; row++) {
            gather_row(columns, count, rows, row, bits);
            status = write_piece(insert, first / SIGNATURES_SEGMENT_WINDOWS, row, bits, count, err);
        }
    }
    mem_free(columns);
    mem_free(bits);
    return status;
}

/* ---- an update ----------------------------------------------------------------------------------------------- */

/* COUNT bits from place FROM of one row of bits, which go to place TO of another. */
struct bit_run {
    uint32_t from, to, count;
};

struct bit_runs {
    struct bit_run *runs;
    size_t count, capacity;
};

/* Adds the runs of NUMBERS, which are ascending but for IMPACT_GONE. */
static bool find_runs(const uint32_t *numbers, uint32_t count, struct bit_runs *out)
{
    for (uint32_t i = 0; i < count; i++) {
        struct bit_run *last = out->count ? &out->runs[out->count - 1] : NULL;
        if (numbers[i] == IMPACT_GONE) {
            continue;
        }
        if (last && last->from + last->count == i && last->to + last->count == numbers[i]) {
            last->count++;
            continue;
        }
        if (!mem_grow((void **)&out->runs, &out->capacity, out->count + 1, sizeof *out->runs)) {
            return false;
        }
        out->runs[out->count++] = (struct bit_run){i, numbers[i], 1};
    }
    return true;
}

static void copy_runs(const struct bit_runs *runs, const uint64_t *from, uint64_t *to)
{
    for (size_t r = 0; r < runs->count; r++) {
        struct bit_run run = runs->runs[r];
        while (run.count) {
            /* What lies inside one word on both sides. */
            const uint32_t shift = run.from % 64, place = run.to % 64;
            const uint32_t n = MIN(run.count, 64 - MAX(shift, place));
            const uint64_t bits = from[run.from / 64] >> shift & UINT64_MAX >> (64 - n);
            to[run.to / 64] |= bits << place;
            run = (struct bit_run){run.from + n, run.to + n, run.count - n};
        }
    }
}

/* Rows of an update: those of before, and the columns that were added, each in its new place. */
struct moving {
    struct bit_runs old, added;
    uint64_t *columns;   /* that were added, as they lie in the file */
    uint64_t *old_bits, *added_bits, *bits; /* of one row */
};

static enum trabao_status prepare_moving(const struct signatures_builder *b, const struct signatures_before *before,
                                         struct moving *m, struct trabao_error *err)
{
    const uint32_t added = impact_windows(b->articles);
    m->columns = mem_alloc((size_t)added * b->signatures.rows, WINDOW_BYTES);
    m->old_bits = mem_alloc(impact_windows(before->articles), WINDOW_BYTES);
    m->added_bits = mem_alloc(added, WINDOW_BYTES);
    m->bits = mem_alloc(impact_windows(before->count), WINDOW_BYTES);
    if (!m->columns || !m->old_bits || !m->added_bits || !m->bits ||
        !find_runs(before->numbers, before->articles, &m->old) || !find_runs(before->added, b->articles, &m->added)) {
        return error_no_memory(err);
    }
    return read_columns(b, 0, added, m->columns, err);
}

static enum trabao_status move_row(const struct signatures_builder *b, const struct signatures_before *before,
                                   struct moving *m, uint32_t row, struct trabao_error *err)
{
    const enum trabao_status status = signatures_read_row(before->reader, row, m->old_bits, err);
    if (status == TRABAO_OK) {
        memset(m->bits, 0, impact_windows(before->count) * WINDOW_BYTES);
        gather_row(m->columns, impact_windows(b->articles), b->signatures.rows, row, m->added_bits);
        copy_runs(&m->old, m->old_bits, m->bits);
        copy_runs(&m->added, m->added_bits, m->bits);
    }
    return status;
}

static enum trabao_status write_moved(struct signatures_builder *b, const struct signatures_before *before,
                                      sqlite3_stmt *insert, struct trabao_error *err)
{
    struct moving m = {0};
    const uint32_t windows = impact_windows(before->count);
    enum trabao_status status = prepare_moving(b, before, &m, err);
    for (uint32_t row = 0; status == TRABAO_OK && row < b->signatures.rows; row++) {
        status = move_row(b, before, &m, row, err);
        for (uint32_t w = 0; status == TRABAO_OK && w < windows; w += SIGNATURES_SEGMENT_WINDOWS) {
            const uint64_t *bits = m.bits + (size_t)w * SIGNATURES_WINDOW_WORDS;
            const uint32_t count = MIN((uint32_t)SIGNATURES_SEGMENT_WINDOWS, windows - w);
            status = write_piece(insert, w / SIGNATURES_SEGMENT_WINDOWS, row, bits, count, err);
        }
    }
    mem_free(m.old.runs);
    mem_free(m.added.runs);
    mem_free(m.columns);
    mem_free(m.old_bits);
    mem_free(m.added_bits);
    mem_free(m.bits);
    return status;
}

enum trabao_status signatures_builder_save(struct signatures_builder *b, const struct signatures_before *before,
                                           sqlite3 *db, struct trabao_error *err)
{
    sqlite3_stmt *insert = NULL;
    enum trabao_status status =
        b->articles % IMPACT_WINDOW ? write_window(b, b->articles / IMPACT_WINDOW, err) : TRABAO_OK;
    if (status == TRABAO_OK) {
        status = db_prepare(db, "INSERT INTO signature(id, bits) VALUES(?1, ?2)", &insert, err);
    }
    if (status == TRABAO_OK) {
        status = before ? write_moved(b, before, insert, err) : write_segments(b, insert, err);
    }
    sqlite3_finalize(insert);
    return status;
}
