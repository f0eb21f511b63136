/*
 * fuzz_jsonl.c - any bytes as a batch of JSON lines: every line that is not blank gives one record or one reject, in
 * order, and every text is valid UTF-8 without NUL.
 */
#include "tests/fuzz/corpus_support.h"

#include <jansson.h>

static uint64_t last_number;

static enum trabao_status on_record(void *context, const struct corpus_record *r, struct trabao_error *err)
{
    const struct corpus_text texts[] = {r->key,    r->id,      r->url,  r->title, r->author,
                                        r->source, r->section, r->body, r->date,  r->extra};
    (void)context;
    (void)err;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        check_text(texts[i]);
    }
    must(r->key.len > 0 && (r->title.len || r->body.len));
    if (r->extra.text) {
        json_t *extra = json_loadb(r->extra.text, r->extra.len, JSON_ALLOW_NUL, NULL);
        must(json_is_object(extra) && json_object_size(extra) > 0);
        json_decref(extra);
    }
    must(r->number > last_number);
    last_number = r->number;
    outcomes++;
    return TRABAO_OK;
}

static enum trabao_status on_reject(void *context, const struct corpus_reject *r, struct trabao_error *err)
{
    const struct corpus_batch *batch = context;
    (void)err;
    check_reject(r);
    must(r->offset < batch->bytes.len && r->bytes.text == batch->bytes.data + r->offset);
    must(r->number > last_number);
    last_number = r->number;
    return TRABAO_OK;
}

static uint64_t lines_with_text(const char *p, const char *end)
{
    uint64_t count = 0;
    while (p < end) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop ? stop : end;
        if (stop - p >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
            p += 3;
        }
        count += !format_is_blank(p, (size_t)(stop - p));
        p = stop + 1;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct corpus_batch batch;
    make_batch(&batch, CORPUS_JSONL, 1 << 16, data, size);
    const struct corpus_sink sink = {.record = on_record, .reject = on_reject, .context = &batch};
    last_number = 0;
    must(corpus_parse_batch(&batch, &sink, NULL) == TRABAO_OK);
    must(outcomes == lines_with_text(batch.bytes.data, batch.bytes.data + size));
    buf_free(&batch.bytes);
    return 0;
}
