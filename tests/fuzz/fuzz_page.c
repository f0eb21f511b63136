/*
 * fuzz_page.c - any bytes as a page: one record or one reject; every text is valid UTF-8 without NUL; title, author and
 * date are cut out of the text; a text without furniture keeps everything but blanks.
 */
#include "tests/fuzz/corpus_support.h"

#include "text/charset.h"

/* Bytes that are no blank, line end or no-break space. */
static size_t ink(const char *text, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n && memcmp(text + i, "\xC2\xA0", 2) == 0) {
            i++;
        } else {
            count += !strchr(" \t\n", text[i]);
        }
    }
    return count;
}

static void check_part(const struct buf *text, struct corpus_text part)
{
    check_text(part);
    must(!part.len || memmem(text->data, text->len, part.text, part.len));
}

static enum trabao_status on_record(void *context, const struct corpus_record *r, struct trabao_error *err)
{
    const struct buf *text = context;
    (void)err;
    check_text(r->key);
    check_text(r->body);
    check_part(text, r->title);
    check_part(text, r->author);
    check_part(text, r->source);
    check_part(text, r->date);
    must(r->title.len || r->body.len);
    must(r->reads >= -1 && r->number == 1);
    if (r->reads < 0 && !r->date.text && !r->author.text && !r->source.text) {
        must(ink(r->body.text ? r->body.text : "", r->body.len) <= ink(text->data, text->len));
    }
    outcomes++;
    return TRABAO_OK;
}

static enum trabao_status on_reject(void *context, const struct corpus_reject *r, struct trabao_error *err)
{
    (void)context;
    (void)err;
    check_reject(r);
    return TRABAO_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *encoding;
    struct buf text;
    struct corpus_batch batch;
    make_batch(&batch, CORPUS_PAGE, size + 1, data, size);
    buf_init(&text, 4 * size + 4);
    (void)charset_to_utf8(batch.bytes.data, size, &text, &encoding);
    const struct corpus_sink sink = {.record = on_record, .reject = on_reject, .context = &text};
    must(corpus_parse_batch(&batch, &sink, NULL) == TRABAO_OK);
    must(outcomes == 1);
    buf_free(&batch.bytes);
    buf_free(&text);
    return 0;
}
