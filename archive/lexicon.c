/*
 * lexicon.c - the terms of an archive in memory and in their table (see lexicon.h).
 *
 * Table `lexicon`: rows of BLOCK_TERMS terms in number order, each a zstd frame of, per term, length (1 byte), form,
 * document frequency and count less document frequency (varints).
 */
#include "archive/lexicon.h"

#include <zstd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "archive/db.h"
#include "archive/varint.h"
#include "base/mem.h"
#include "text/text.h"

#define BLOCK_TERMS 16384
#define BLOCK_CEILING ((size_t)BLOCK_TERMS * (1 + TEXT_FORM_MAX + 2 * VARINT_MAX))
#define ZSTD_LEVEL 3
#define FIRST_SLOTS 4096

void lexicon_init(struct lexicon *lexicon)
{
    *lexicon = (struct lexicon){0};
}

void lexicon_free(struct lexicon *lexicon)
{
    mem_free(lexicon->terms);
    mem_free(lexicon->forms);
    mem_free(lexicon->slots);
    mem_free(lexicon->fold_slots);
    mem_free(lexicon->fold_next);
    lexicon_init(lexicon);
}

static uint32_t hash_of(const char *bytes, size_t n)
{
    return (uint32_t)XXH3_64bits(bytes, n);
}

/* The slot that holds FORM, or the free one where it belongs. */
static uint32_t slot_of(const struct lexicon *lexicon, const char *form, size_t n)
{
    uint32_t slot = hash_of(form, n) & lexicon->slot_mask;
    while (lexicon->slots[slot]) {
        if (lexicon_is(lexicon, lexicon->slots[slot] - 1, form, n)) {
            break;
        }
        slot = (slot + 1) & lexicon->slot_mask;
    }
    return slot;
}

/* Keeps the table at most half full. */
static bool grow_slots(struct lexicon *lexicon)
{
    const uint32_t size = lexicon->slots ? lexicon->slot_mask + 1 : 0;
    if (lexicon->count < size / 2) {
        return true;
    }
    const uint32_t bigger = MAX(FIRST_SLOTS, size * 2);
    uint32_t *slots = mem_zalloc(bigger, sizeof *slots);
    if (!slots) {
        return false;
    }
    mem_free(lexicon->slots);
    lexicon->slots = slots;
    lexicon->slot_mask = bigger - 1;
    for (uint32_t t = 0; t < lexicon->count; t++) {
        slots[slot_of(lexicon, lexicon_form(lexicon, t), lexicon->terms[t].len)] = t + 1;
    }
    return true;
}

uint32_t lexicon_add(struct lexicon *lexicon, const char *form, size_t n)
{
    if (!grow_slots(lexicon)) {
        return LEXICON_NONE;
    }
    const uint32_t slot = slot_of(lexicon, form, n);
    if (lexicon->slots[slot]) {
        return lexicon->slots[slot] - 1;
    }
    if (lexicon->count == LEXICON_TERMS_MAX ||
        !mem_grow((void **)&lexicon->terms, &lexicon->capacity, (size_t)lexicon->count + 1, sizeof *lexicon->terms) ||
        !mem_grow((void **)&lexicon->forms, &lexicon->forms_capacity, lexicon->forms_len + n, 1)) {
        return LEXICON_NONE;
    }
    memcpy(lexicon->forms + lexicon->forms_len, form, n);
    lexicon->terms[lexicon->count] = (struct lexicon_term){.form = (uint32_t)lexicon->forms_len, .len = (uint8_t)n};
    lexicon->forms_len += n;
    lexicon->slots[slot] = lexicon->count + 1;
    return lexicon->count++;
}

uint32_t lexicon_find(const struct lexicon *lexicon, const char *form, size_t n)
{
    return lexicon->slots ? lexicon->slots[slot_of(lexicon, form, n)] - 1 : LEXICON_NONE;
}

/* The slot of the chain of FOLDED, or the free one where it belongs. */
static uint32_t fold_slot_of(const struct lexicon *lexicon, const char *folded, size_t n)
{
    uint32_t slot = hash_of(folded, n) & lexicon->fold_mask;
    while (lexicon->fold_slots[slot]) {
        const uint32_t first = lexicon->fold_slots[slot] - 1;
        char key[TEXT_FORM_MAX];
        const size_t len = text_fold(lexicon_form(lexicon, first), lexicon->terms[first].len, key);
        if (len == n && memcmp(key, folded, n) == 0) {
            break;
        }
        slot = (slot + 1) & lexicon->fold_mask;
    }
    return slot;
}

enum trabao_status lexicon_index_folds(struct lexicon *lexicon, struct trabao_error *err)
{
    uint32_t size = FIRST_SLOTS;
    while (size / 2 < lexicon->count) {
        size *= 2;
    }
    mem_free(lexicon->fold_slots);
    mem_free(lexicon->fold_next);
    lexicon->fold_slots = mem_zalloc(size, sizeof *lexicon->fold_slots);
    lexicon->fold_next = mem_zalloc(MAX(1U, lexicon->count), sizeof *lexicon->fold_next);
    if (!lexicon->fold_slots || !lexicon->fold_next) {
        return error_no_memory(err);
    }
    lexicon->fold_mask = size - 1;
    /* From the last to the first, so that a chain runs in number order: frequent readings first. */
    for (uint32_t t = lexicon->count; t-- > 0;) {
        char folded[TEXT_FORM_MAX];
        const size_t n = text_fold(lexicon_form(lexicon, t), lexicon->terms[t].len, folded);
        const uint32_t slot = fold_slot_of(lexicon, folded, n);
        lexicon->fold_next[t] = lexicon->fold_slots[slot];
        lexicon->fold_slots[slot] = t + 1;
    }
    return TRABAO_OK;
}

uint32_t lexicon_fold_first(const struct lexicon *lexicon, const char *folded, size_t n)
{
    return lexicon->fold_slots[fold_slot_of(lexicon, folded, n)] - 1;
}

uint32_t lexicon_fold_ask(const struct lexicon *lexicon, const char *folded, size_t n)
{
    const uint32_t slot = hash_of(folded, n) & lexicon->fold_mask;
    __builtin_prefetch(&lexicon->fold_slots[slot]);
    return slot;
}

uint32_t lexicon_fold_next(const struct lexicon *lexicon, uint32_t term)
{
    return lexicon->fold_next[term] - 1;
}

static enum trabao_status save_block(const struct lexicon *lexicon, uint32_t first, sqlite3_stmt *insert,
                                     struct buf *plain, struct buf *packed, struct trabao_error *err)
{
    buf_clear(plain);
    buf_clear(packed);
    const uint32_t end = MIN(lexicon->count, first + BLOCK_TERMS);
    for (uint32_t t = first; t < end; t++) {
        const struct lexicon_term *term = &lexicon->terms[t];
        buf_append_char(plain, (char)term->len);
        buf_append(plain, lexicon_form(lexicon, t), term->len);
        varint_append(plain, term->articles);
        varint_append(plain, term->count - term->articles);
    }
    const size_t bound = ZSTD_compressBound(plain->len);
    char *out = buf_failed(plain) ? NULL : buf_reserve(packed, bound);
    if (!out) {
        return error_no_memory(err);
    }
    packed->len = ZSTD_compress(out, bound, plain->data, plain->len, ZSTD_LEVEL);
    if (ZSTD_isError(packed->len)) {
        return error_set(err, TRABAO_INTERNAL, "compressing the lexicon: %s", ZSTD_getErrorName(packed->len));
    }
    sqlite3_bind_int64(insert, 1, first);
    sqlite3_bind_blob64(insert, 2, packed->data, packed->len, SQLITE_STATIC);
    return db_run(insert, "writing the lexicon", err);
}

enum trabao_status lexicon_save(const struct lexicon *lexicon, sqlite3 *db, struct trabao_error *err)
{
    struct buf plain, packed;
    buf_init(&plain, BLOCK_CEILING);
    buf_init(&packed, ZSTD_compressBound(BLOCK_CEILING));
    sqlite3_stmt *insert = NULL;
    enum trabao_status status = db_prepare(db, "INSERT INTO lexicon(first, terms) VALUES(?1, ?2)", &insert, err);
    for (uint32_t first = 0; status == TRABAO_OK && first < lexicon->count; first += BLOCK_TERMS) {
        status = save_block(lexicon, first, insert, &plain, &packed, err);
    }
    sqlite3_finalize(insert);
    buf_free(&plain);
    buf_free(&packed);
    return status;
}

static enum trabao_status damaged(struct trabao_error *err)
{
    return error_set(err, TRABAO_DATA, "the lexicon of the archive is damaged; reindex");
}

static enum trabao_status load_block(struct lexicon *lexicon, const uint8_t *p, const uint8_t *end,
                                     struct trabao_error *err)
{
    while (p < end) {
        const size_t len = *p++;
        if (len == 0 || len > TEXT_FORM_MAX || len > (size_t)(end - p)) {
            return damaged(err);
        }
        const uint32_t before = lexicon->count;
        const uint32_t term = lexicon_add(lexicon, (const char *)p, len);
        p += len;
        uint64_t articles, more;
        if (term == LEXICON_NONE) {
            return error_no_memory(err);
        }
        if (term != before || !varint_read(&p, end, &articles) || !varint_read(&p, end, &more) ||
            articles > UINT32_MAX) {
            return damaged(err);
        }
        lexicon->terms[term].articles = (uint32_t)articles;
        lexicon->terms[term].count = (articles + more) & LEXICON_COUNT_MAX;
    }
    return TRABAO_OK;
}

static enum trabao_status load_rows(struct lexicon *lexicon, sqlite3_stmt *rows, char *plain, struct trabao_error *err)
{
    for (;;) {
        enum trabao_status status = db_step(rows, "reading the lexicon", err);
        if (status != TRABAO_OK) {
            return status == TRABAO_NONE ? TRABAO_OK : status;
        }
        const size_t n =
            ZSTD_decompress(plain, BLOCK_CEILING, sqlite3_column_blob(rows, 1), (size_t)sqlite3_column_bytes(rows, 1));
        if (sqlite3_column_int64(rows, 0) != lexicon->count || ZSTD_isError(n)) {
            return damaged(err);
        }
        status = load_block(lexicon, (const uint8_t *)plain, (const uint8_t *)plain + n, err);
        if (status != TRABAO_OK) {
            return status;
        }
    }
}

enum trabao_status lexicon_load(struct lexicon *lexicon, sqlite3 *db, struct trabao_error *err)
{
    sqlite3_stmt *rows = NULL;
    char *plain = mem_alloc(BLOCK_CEILING, 1);
    enum trabao_status status = plain ? TRABAO_OK : error_no_memory(err);
    if (status == TRABAO_OK) {
        status = db_prepare(db, "SELECT first, terms FROM lexicon ORDER BY first", &rows, err);
    }
    if (status == TRABAO_OK) {
        status = load_rows(lexicon, rows, plain, err);
    }
    if (status == TRABAO_OK) {
        status = lexicon_index_folds(lexicon, err);
    }
    sqlite3_finalize(rows);
    mem_free(plain);
    return status;
}
