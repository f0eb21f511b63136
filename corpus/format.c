/*
 * format.c - what the readers of the formats share (see format.h).
 */
#include "corpus/format.h"

#include "base/utf8.h"

#define REJECT_BYTES ((size_t)4096)

enum trabao_status format_reject(const struct corpus_batch *batch, const struct corpus_sink *sink, uint64_t number,
                                 uint64_t offset, const char *step, const char *reason, struct corpus_text bytes,
                                 struct trabao_error *err)
{
    struct corpus_reject reject = {
        .path = batch->path, .number = number, .offset = offset, .step = step, .bytes = bytes};
    reject.bytes.len = MIN(bytes.len, REJECT_BYTES);
    const size_t n = strlen(reason);
    const size_t cut = n < sizeof reject.reason ? n : utf8_clip(reason, n, sizeof reject.reason - 1);
    memcpy(reject.reason, reason, cut);
    return sink->reject(sink->context, &reject, err);
}

bool format_key(const struct corpus_batch *batch, uint64_t number, struct buf *out)
{
    const size_t n = strlen(batch->path);
    buf_clear(out);
    for (size_t i = 0; i < n;) {
        uint32_t c;
        const size_t len = utf8_decode(batch->path + i, n - i, &c);
        if ((len == 1 && (uint8_t)batch->path[i] >= 0x80) || c < 0x20 || (c >= 0x7f && c < 0xa0)) {
            buf_printf(out, "%%%02X", (unsigned)(uint8_t)batch->path[i]);
            i++;
        } else {
            buf_append(out, batch->path + i, len);
            i += len;
        }
    }
    return buf_printf(out, "#%llu", (unsigned long long)number);
}

bool format_is_blank(const char *text, size_t n)
{
    size_t i = 0;
    while (i < n && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n')) {
        i++;
    }
    return i == n;
}
