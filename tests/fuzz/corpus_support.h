/*
 * corpus_support.h - what the targets of corpus/ share: a batch of the bytes given, what is true of every text and
 * every reject, and a count of what came out.
 */
#ifndef TRABAO_FUZZ_CORPUS_SUPPORT_H
#define TRABAO_FUZZ_CORPUS_SUPPORT_H

#include "base/base.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "corpus/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t outcomes; /* records and rejects of the current input */

static inline void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static inline void check_text(struct corpus_text t)
{
    must(t.text || t.len == 0);
    must(utf8_valid_prefix(t.text ? t.text : "", t.len) == t.len);
    must(!t.len || !memchr(t.text, '\0', t.len));
}

static inline void check_reject(const struct corpus_reject *r)
{
    must(r->bytes.len <= 4096 && r->reason[0]);
    must(utf8_valid_prefix(r->reason, strlen(r->reason)) == strlen(r->reason));
    outcomes++;
}

/* BATCH holds the bytes; its path is not UTF-8. To be freed with buf_free(&batch->bytes). */
static inline void make_batch(struct corpus_batch *batch, enum corpus_format format, size_t ceiling,
                              const uint8_t *data, size_t size)
{
    static char path[] = "a\xFF";
    *batch = (struct corpus_batch){.path = path, .format = format, .number = 1, .record_ceiling = ceiling};
    buf_init(&batch->bytes, size + 1);
    must(buf_append(&batch->bytes, data, size));
    outcomes = 0;
}

#endif
