/*
 * pack.c - training and using zstd dictionaries (see pack.h).
 */
#include "archive/pack.h"

#define ZDICT_STATIC_LINKING_ONLY
#define ZSTD_STATIC_LINKING_ONLY
#include <zdict.h>
#include <zstd.h>

#include "base/mem.h"

#define SAMPLES_CEILING ((size_t)64 << 20)
#define FEWEST_SAMPLES 64

/* The level that a dictionary's statistics are taken at: that of the strategy that comes nearest. */
static const int TRAINING_LEVELS[PACK_KINDS] = {[PACK_WORDS] = 5, [PACK_RESIDUES] = 3};

struct pack_dictionary {
    ZSTD_CDict *compress;
    ZSTD_DDict *expand;
};

struct pack_context {
    ZSTD_CCtx *compress;
    ZSTD_DCtx *expand;
};

void pack_samples_init(struct pack_samples *samples)
{
    *samples = (struct pack_samples){0};
    buf_init(&samples->bytes, SAMPLES_CEILING);
}

bool pack_samples_add(struct pack_samples *samples, const struct buf *stream)
{
    if (samples->bytes.len + stream->len > SAMPLES_CEILING) {
        return true;
    }
    if (!mem_grow((void **)&samples->sizes, &samples->capacity, samples->count + 1, sizeof *samples->sizes) ||
        !buf_append(&samples->bytes, stream->data, stream->len)) {
        return false;
    }
    samples->sizes[samples->count++] = stream->len;
    return true;
}

enum trabao_status pack_train(const struct pack_samples *samples, size_t ceiling, enum pack_kind kind,
                              struct buf *dictionary, struct trabao_error *err)
{
    buf_clear(dictionary);
    if (samples->count < FEWEST_SAMPLES) {
        return TRABAO_OK;
    }
    char *out = buf_reserve(dictionary, ceiling);
    if (!out) {
        return error_no_memory(err);
    }
    ZDICT_fastCover_params_t params = {.k = 256, .d = 8, .f = 20, .steps = 1, .accel = 4};
    params.zParams.compressionLevel = TRAINING_LEVELS[kind];
    const size_t n = ZDICT_trainFromBuffer_fastCover(out, ceiling, samples->bytes.data, samples->sizes,
                                                     (unsigned)samples->count, params);
    /* Samples too small or too alike to learn from are no failure: the frames are then packed without. */
    dictionary->len = ZDICT_isError(n) ? 0 : n;
    return TRABAO_OK;
}

void pack_samples_free(struct pack_samples *samples)
{
    buf_free(&samples->bytes);
    mem_free(samples->sizes);
}

/*
 * How a stream of KIND is searched for what repeats, with a dictionary of N bytes. Words have two bytes or four, and
 * begin at even places: two words at least make a match, and only even places are looked at.
 */
static ZSTD_compressionParameters parameters_of(enum pack_kind kind, size_t n)
{
    ZSTD_compressionParameters p = ZSTD_getCParams(TRAINING_LEVELS[kind], 0, n);
    if (kind == PACK_WORDS) {
        p.strategy = ZSTD_fast;
        p.hashLog = 17;
        p.minMatch = 4;
        p.targetLength = 2; /* for this strategy: the step */
    }
    return p;
}

enum trabao_status pack_dictionary_open(const void *bytes, size_t n, enum pack_kind kind,
                                        struct pack_dictionary **out, struct trabao_error *err)
{
    struct pack_dictionary *d = mem_zalloc(1, sizeof *d);
    *out = d;
    if (!d) {
        return error_no_memory(err);
    }
    d->compress = ZSTD_createCDict_advanced(bytes, n, ZSTD_dlm_byCopy, ZSTD_dct_auto, parameters_of(kind, n),
                                            ZSTD_defaultCMem);
    d->expand = ZSTD_createDDict(bytes, n);
    if (!d->compress || !d->expand) {
        pack_dictionary_close(d);
        *out = NULL;
        const bool damaged = n > 0 && ZDICT_isError(ZDICT_getDictHeaderSize(bytes, n));
        return damaged ? error_set(err, TRABAO_DATA, "a dictionary of the archive is damaged; reindex")
                       : error_no_memory(err);
    }
    return TRABAO_OK;
}

void pack_dictionary_close(struct pack_dictionary *dictionary)
{
    if (dictionary) {
        ZSTD_freeCDict(dictionary->compress);
        ZSTD_freeDDict(dictionary->expand);
        mem_free(dictionary);
    }
}

enum trabao_status pack_context_open(struct pack_context **out, struct trabao_error *err)
{
    struct pack_context *c = mem_zalloc(1, sizeof *c);
    *out = c;
    if (!c) {
        return error_no_memory(err);
    }
    c->compress = ZSTD_createCCtx();
    c->expand = ZSTD_createDCtx();
    if (!c->compress || !c->expand) {
        pack_context_close(c);
        *out = NULL;
        return error_no_memory(err);
    }
    ZSTD_CCtx_setParameter(c->compress, ZSTD_c_dictIDFlag, 0);
    ZSTD_CCtx_setParameter(c->compress, ZSTD_c_format, ZSTD_f_zstd1_magicless);
    ZSTD_DCtx_setParameter(c->expand, ZSTD_d_format, ZSTD_f_zstd1_magicless);
    /* The fast strategy by itself packs no literals when it steps over some places, and words are mostly literals. */
    ZSTD_CCtx_setParameter(c->compress, ZSTD_c_literalCompressionMode, ZSTD_ps_enable);
    return TRABAO_OK;
}

void pack_context_close(struct pack_context *context)
{
    if (context) {
        ZSTD_freeCCtx(context->compress);
        ZSTD_freeDCtx(context->expand);
        mem_free(context);
    }
}

enum trabao_status pack_compress(struct pack_context *context, const struct pack_dictionary *dictionary,
                                 const void *bytes, size_t n, struct buf *out, struct trabao_error *err)
{
    buf_clear(out);
    const size_t bound = ZSTD_compressBound(n);
    char *room = buf_reserve(out, bound);
    if (!room) {
        return error_no_memory(err);
    }
    ZSTD_CCtx_refCDict(context->compress, dictionary->compress);
    const size_t len = ZSTD_compress2(context->compress, room, bound, bytes, n);
    if (ZSTD_isError(len)) {
        return error_set(err, TRABAO_INTERNAL, "compressing an article: %s", ZSTD_getErrorName(len));
    }
    out->len = len;
    return TRABAO_OK;
}

enum trabao_status pack_expand(struct pack_context *context, const struct pack_dictionary *dictionary,
                               const void *bytes, size_t n, struct buf *out, struct trabao_error *err)
{
    buf_clear(out);
    ZSTD_frameHeader header;
    if (ZSTD_getFrameHeader_advanced(&header, bytes, n, ZSTD_f_zstd1_magicless) != 0 ||
        header.frameContentSize > PACK_PLAIN_MAX) {
        return error_set(err, TRABAO_DATA, "a stored article is damaged (no zstd frame of a known size); reindex");
    }
    const size_t plain = (size_t)header.frameContentSize;
    char *room = buf_reserve(out, plain);
    if (!room) {
        return error_no_memory(err);
    }
    const size_t len = ZSTD_decompress_usingDDict(context->expand, room, plain, bytes, n, dictionary->expand);
    if (ZSTD_isError(len) || len != plain) {
        return error_set(err, TRABAO_DATA, "a stored article is damaged (%s); reindex",
                         ZSTD_isError(len) ? ZSTD_getErrorName(len) : "wrong size");
    }
    out->len = len;
    return TRABAO_OK;
}
