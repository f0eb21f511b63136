/*
 * words.c - see words.h.
 */
#include "archive/words.h"

#include "archive/db.h"
#include "base/mem.h"

#define STREAM_CEILING ((size_t)1 << 30)
#define SLOT_STREAM (WORDS_SLOT_BYTES - sizeof(int64_t) - sizeof(uint32_t))

/* The unpacked stream of one article. */
struct words_slot {
    int64_t id;
    uint32_t len; /* 0: free, since no stream is empty */
    uint8_t stream[SLOT_STREAM];
};

struct words_reader {
    struct pack_context *pack;
    const struct pack_dictionary *dictionary;
    uint32_t term_count;
    sqlite3_stmt *by_id;
    struct buf plain; /* scratch */
    struct words_slot *slots;
};

enum trabao_status words_reader_open(sqlite3 *db, struct pack_context *pack, const struct pack_dictionary *dictionary,
                                     uint32_t term_count, struct words_reader **out, struct trabao_error *err)
{
    struct words_reader *r = mem_zalloc(1, sizeof *r);
    *out = r;
    if (!r) {
        return error_no_memory(err);
    }
    *r = (struct words_reader){.pack = pack, .dictionary = dictionary, .term_count = term_count};
    buf_init(&r->plain, STREAM_CEILING);
    r->slots = mem_zalloc(WORDS_SLOTS, sizeof *r->slots);
    return r->slots ? db_prepare(db, "SELECT terms FROM words WHERE id = ?1", &r->by_id, err) : error_no_memory(err);
}

void words_reader_close(struct words_reader *r)
{
    if (r) {
        sqlite3_finalize(r->by_id);
        buf_free(&r->plain);
        mem_free(r->slots);
        mem_free(r);
    }
}

/* Unpacks the stream of article ID. */
static enum trabao_status unpack(struct words_reader *r, int64_t id, struct trabao_error *err)
{
    sqlite3_bind_int64(r->by_id, 1, id);
    enum trabao_status status = db_step(r->by_id, "reading the words of an article", err);
    if (status == TRABAO_OK) {
        status = pack_expand(r->pack, r->dictionary, sqlite3_column_blob(r->by_id, 0),
                             (size_t)sqlite3_column_bytes(r->by_id, 0), &r->plain, err);
    }
    sqlite3_reset(r->by_id);
    return status;
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
    const bool kept = slot->len && slot->id == id;
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
        memcpy(slot->stream, stream, len);
    }
    return TRABAO_OK;
}
