/*
 * pack.h - zstd frames with a dictionary trained on the archive's own articles.
 *
 * Two kinds of streams are packed, each with a dictionary of its own: the words and the residues of wordcode.h. A frame
 * says neither that it is one (ZSTD_f_zstd1_magicless) nor which dictionary it needs: who reads it knows.
 */
#ifndef TRABAO_PACK_H
#define TRABAO_PACK_H

#include "base/base.h"
#include "base/buf.h"
#include "base/status.h"

#define PACK_PLAIN_MAX ((size_t)512 << 20) /* bytes of one unpacked stream */

enum pack_kind { PACK_WORDS, PACK_RESIDUES, PACK_KINDS };

/* Collects samples, then trains a dictionary of at most CEILING bytes into DICTIONARY (empty: too few samples). */
struct pack_samples {
    struct buf bytes;
    size_t *sizes;
    size_t count, capacity;
};
void pack_samples_init(struct pack_samples *samples);
bool pack_samples_add(struct pack_samples *samples, const struct buf *stream);
enum trabao_status pack_train(const struct pack_samples *samples, size_t ceiling, enum pack_kind kind,
                              struct buf *dictionary, struct trabao_error *err);
void pack_samples_free(struct pack_samples *samples);

/* A dictionary made ready, shared by all threads. TRABAO_DATA: the bytes are a damaged one. */
struct pack_dictionary;
enum trabao_status pack_dictionary_open(const void *bytes, size_t n, enum pack_kind kind,
                                        struct pack_dictionary **out, struct trabao_error *err);
void pack_dictionary_close(struct pack_dictionary *dictionary);

/* One thread's working memory. */
struct pack_context;
enum trabao_status pack_context_open(struct pack_context **out, struct trabao_error *err);
void pack_context_close(struct pack_context *context);

/* Replaces the contents of OUT by the packed (unpacked) bytes. TRABAO_DATA from pack_expand: damaged. */
enum trabao_status pack_compress(struct pack_context *context, const struct pack_dictionary *dictionary,
                                 const void *bytes, size_t n, struct buf *out, struct trabao_error *err);
enum trabao_status pack_expand(struct pack_context *context, const struct pack_dictionary *dictionary,
                               const void *bytes, size_t n, struct buf *out, struct trabao_error *err);

#endif
