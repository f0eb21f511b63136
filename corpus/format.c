/*
 * format.c - what the readers of the formats share (see format.h).
 */
#include "corpus/format.h"

#include "base/utf8.h"

#define REJECT_BYTES ((size_t)4096)

/* A library's message may quote the record, and cut it inside a character. */
static void write_reason(char *out, size_t room, const char *reason)
{
    size_t len = 0;
    for (size_t i = 0, n = strlen(reason); i < n;) {
        uint32_t c;
        const size_t step = utf8_decode(reason + i, n - i, &c);
        const bool readable = c >= 0x20 && c != 0x7f && (step > 1 || c < 0x80);
        if (len + step >= room) {
            break;
        }
        memcpy(out + len, readable ? reason + i : "?", readable ? step : 1);
        len += readable ? step : 1;
        i += step;
    }
    out[len] = '\0';
}

enum trabao_status format_reject(const struct corpus_batch *batch, const struct corpus_sink *sink,
                                 const struct format_failure *failure, struct trabao_error *err)
{
    struct corpus_reject reject = {.path = batch->path,
                                   .number = failure->number,
                                   .offset = failure->offset,
                                   .step = failure->step,
                                   .bytes = failure->bytes};
    reject.bytes.len = MIN(reject.bytes.len, REJECT_BYTES);
    write_reason(reject.reason, sizeof reject.reason, failure->reason);
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
