/*
 * words.c - see words.h. A blob handle that goes from row to row is cheaper than a statement: nothing is bound, run and
 * copied once more. It stays open, and with it a read transaction, which is in nobody's way where a file never changes.
 */
#include "archive/words.h"

#include "archive/db.h"
#include "base/mem.h"

#define STREAM_CEILING ((size_t)1 << 30)
#define SLOT_STREAM (WORDS_SLOT_BYTES - sizeof(int64_t) - 2 * sizeof(uint32_t))

/* The unpacked stream of one article. */
struct words_slot {
    int64_t id;
    uint32_t len; /* 0: free, since no stream is empty */
    uint32_t round; /* of the reader, when it was read */
    uint8_t stream[SLOT_STREAM];
};

struct words_reader {
    struct pack_context *pack;
    const struct pack_dictionary *dictionary;
    uint32_t term_count;
    sqlite3 *db;
    sqlite3_blob *packed;           /* of the article read last; NULL before the first */
    struct buf packed_bytes, plain; /* scratch */
    struct words_slot *slots;
    uint32_t round; /* what was read in others is forgotten */
};

enum trabao_status words_reader_open(sqlite3 *db, struct pack_context *pack, const struct pack_dictionary *dictionary,
                                     uint32_t term_count, struct words_reader **out, struct trabao_error *err)
{
    struct words_reader *r = mem_zalloc(1, sizeof *r);
    *out = r;
    if (!r) {
        return error_no_memory(err);
    }
    *r = (struct words_reader){.db = db, .pack = pack, .dictionary = dictionary, .term_count = term_count};
    buf_init(&r->packed_bytes, STREAM_CEILING);
    buf_init(&r->plain, STREAM_CEILING);
    r->slots = mem_zalloc(WORDS_SLOTS, sizeof *r->slots);
    if (!r->slots) {
        return error_no_memory(err);
    }
    return sqlite3_table_column_metadata(db, "main", "words", "terms", NULL, NULL, NULL, NULL, NULL) == SQLITE_OK
               ? TRABAO_OK
               : db_failure(db, "looking for the words of articles", err);
}

void words_reader_close(struct words_reader *r)
{
    if (r) {
        sqlite3_blob_close(r->packed);
        buf_free(&r->packed_bytes);
        buf_free(&r->plain);
        mem_free(r->slots);
        mem_free(r);
    }
}

/* Moves to the packed stream of article ID. */
static enum trabao_status find(struct words_reader *r, int64_t id, struct trabao_error *err)
{
    const int code = r->packed ? sqlite3_blob_reopen(r->packed, id)
                               : sqlite3_blob_open(r->db, "main", "words", "terms", id, 0, &r->packed);
    if (code == SQLITE_OK) {
        return TRABAO_OK;
    }
    const enum trabao_status status =
        code == SQLITE_ERROR
            ? error_set(err, TRABAO_DATA, "the words of article %lld are missing; reindex", (long long)id)
            : db_failure(r->db, "reading the words of an article", err);
    sqlite3_blob_close(r->packed); /* it is of no use any more */
    r->packed = NULL;
    return status;
}

/* Unpacks the stream of article ID. */
static enum trabao_status unpack(struct words_reader *r, int64_t id, struct trabao_error *err)
{
    TRY(find(r, id, err));
    const size_t n = (size_t)sqlite3_blob_bytes(r->packed);
    buf_clear(&r->packed_bytes);
    char *room = buf_reserve(&r->packed_bytes, n);
    if (!room) {
        return error_no_memory(err);
    }
    if (sqlite3_blob_read(r->packed, room, (int)n, 0) != SQLITE_OK) {
        return db_failure(r->db, "reading the words of an article", err);
    }
    return pack_expand(r->pack, r->dictionary, room, n, &r->plain, err);
}

/* The only place in which the stream of article ID is kept. */
static struct words_slot *slot_of(struct words_reader *r, int64_t id)
{
    const uint64_t spread = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15);
    return &r->slots[(spread >> 32) % WORDS_SLOTS];
}

enum trabao_status words_read(struct words_reader *r, int64_t id, struct wordcode_terms *out, struct trabao_error *err)
{
    struct words_slot *slot = slot_of(r, id);
    const bool kept = slot->len && slot->id == id && slot->round == r->round;
    out->count = out->title_count = 0;
    if (!kept) {
        TRY(unpack(r, id, err));
    }
    const void *stream = kept ? (const void *)slot->stream : r->plain.data;
    const size_t len = kept ? slot->len : r->plain.len;
    /* With room for all of them wordcode_terms fails for damage alone. */
    if (!mem_grow((void **)&out->terms, &out->capacity, len / 2 + 1, sizeof *out->terms)) {
        return error_no_memory(err);
    }
    if (!wordcode_terms(stream, len, r->term_count, out)) {
        return error_set(err, TRABAO_DATA, "the words of article %lld are damaged; reindex", (long long)id);
    }
    if (!kept && len <= SLOT_STREAM) {
        slot->id = id;
        slot->len = (uint32_t)len;
        slot->round = r->round;
        memcpy(slot->stream, stream, len);
    }
    return TRABAO_OK;
}

void words_forget(struct words_reader *r)
{
    r->round++;
}
