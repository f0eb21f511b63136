/*
 * words.c - see words.h. A blob handle that goes from row to row is cheaper than a statement: nothing is bound, run and
 * copied once more. It stays open, and with it a read transaction, which is in nobody's way where a file never changes.
 */
#include "archive/words.h"

#include "archive/db.h"
#include "base/mem.h"

#define STREAM_CEILING ((size_t)1 << 30)

/* The unpacked stream of one article. */
struct stream {
    struct block block; /* first: what the cache sees */
    size_t len;
    uint8_t bytes[];
};

struct words_reader {
    struct words_source source;
    sqlite3_blob *packed;           /* of the article read last; NULL before the first */
    struct buf packed_bytes, plain; /* scratch */
};

enum trabao_status words_reader_open(const struct words_source *source, struct words_reader **out,
                                     struct trabao_error *err)
{
    struct words_reader *r = mem_zalloc(1, sizeof *r);
    *out = r;
    if (!r) {
        return error_no_memory(err);
    }
    r->source = *source;
    buf_init(&r->packed_bytes, STREAM_CEILING);
    buf_init(&r->plain, STREAM_CEILING);
    return sqlite3_table_column_metadata(source->db, "main", "words", "terms", NULL, NULL, NULL, NULL, NULL) ==
                   SQLITE_OK
               ? TRABAO_OK
               : db_failure(source->db, "looking for the words of articles", err);
}

void words_reader_close(struct words_reader *r)
{
    if (r) {
        sqlite3_blob_close(r->packed);
        buf_free(&r->packed_bytes);
        buf_free(&r->plain);
        mem_free(r);
    }
}

/* Moves to the packed stream of article ID. */
static enum trabao_status find(struct words_reader *r, int64_t id, struct trabao_error *err)
{
    const int code = r->packed ? sqlite3_blob_reopen(r->packed, id)
                               : sqlite3_blob_open(r->source.db, "main", "words", "terms", id, 0, &r->packed);
    if (code == SQLITE_OK) {
        return TRABAO_OK;
    }
    const enum trabao_status status =
        code == SQLITE_ERROR
            ? error_set(err, TRABAO_DATA, "the words of article %lld are missing; reindex", (long long)id)
            : db_failure(r->source.db, "reading the words of an article", err);
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
        return db_failure(r->source.db, "reading the words of an article", err);
    }
    return pack_expand(r->source.pack, r->source.dictionary, room, n, &r->plain, err);
}

/* *OUT, held: the stream of article ID. */
static enum trabao_status fetch(struct words_reader *r, int64_t id, struct stream **out, struct trabao_error *err)
{
    *out = (struct stream *)(void *)blocks_get(r->source.cache, id);
    if (*out) {
        return TRABAO_OK;
    }
    TRY(unpack(r, id, err));
    const size_t memory = sizeof **out + r->plain.len;
    struct stream *stream = mem_alloc(1, memory);
    if (!stream) {
        return error_no_memory(err);
    }
    stream->block = (struct block){.id = id, .memory = memory};
    stream->len = r->plain.len;
    memcpy(stream->bytes, r->plain.data, r->plain.len);
    *out = (struct stream *)(void *)blocks_put(r->source.cache, &stream->block);
    return TRABAO_OK;
}

static enum trabao_status read_terms(const struct words_reader *r, const struct stream *stream,
                                     struct wordcode_terms *out, struct trabao_error *err)
{
    /* With room for all of them wordcode_terms fails for damage alone. */
    if (!mem_grow((void **)&out->terms, &out->capacity, stream->len / 2 + 1, sizeof *out->terms)) {
        return error_no_memory(err);
    }
    return wordcode_terms(stream->bytes, stream->len, r->source.term_count, out)
               ? TRABAO_OK
               : error_set(err, TRABAO_DATA, "the words of article %lld are damaged; reindex",
                           (long long)stream->block.id);
}

enum trabao_status words_read(struct words_reader *r, int64_t id, struct wordcode_terms *out, struct trabao_error *err)
{
    struct stream *stream;
    out->count = out->title_count = 0;
    TRY(fetch(r, id, &stream, err));
    const enum trabao_status status = read_terms(r, stream, out, err);
    blocks_release(r->source.cache, &(struct block *){&stream->block}, 1);
    return status;
}
