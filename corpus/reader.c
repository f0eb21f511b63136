/*
 * reader.c - files become batches of raw records, batches become records (corpus.h).
 *
 * The format of a file is decided by its first bytes: JSON lines begin with an object, a page is text, and what is
 * neither is one reject. A batch of JSON lines ends at a line's end; the rest of what was read waits for the next one.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "corpus/format.h"
#include "corpus/input.h"

#define BATCH_BYTES ((size_t)1 << 20)
#define RECORD_CEILING ((size_t)64 << 20)
#define SNIFF_BYTES 4096
#define REJECT_BYTES 4096

struct corpus_reader {
    struct input *input;
    struct corpus_options options;
    bool in_file;
    enum corpus_format format; /* of the current file */
    struct buf rest;           /* read, but not yet given out */
    bool at_end;               /* of the current file */
    uint64_t number, offset;   /* of the next record in it */
};

static const char *const NAMES[] = {[CORPUS_AUTO] = "auto",   [CORPUS_PAGE] = "page", [CORPUS_JSONL] = "jsonl",
                                    [CORPUS_HTML] = "html",   [CORPUS_CSV] = "csv",   [CORPUS_WARC] = "warc"};

bool corpus_format_from_name(const char *name, enum corpus_format *out)
{
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
        if (strcmp(name, NAMES[i]) == 0) {
            *out = (enum corpus_format)i;
            return true;
        }
    }
    return false;
}

enum trabao_status corpus_open(const char *const *paths, size_t count, const struct corpus_options *options,
                               struct corpus_reader **out, struct trabao_error *err)
{
    *out = NULL;
    if (options->format > CORPUS_JSONL) {
        return error_set(err, TRABAO_USAGE, "this version cannot read %s yet; it reads page and jsonl",
                         NAMES[options->format]);
    }
    struct corpus_reader *r = mem_zalloc(1, sizeof *r);
    if (!r) {
        return error_no_memory(err);
    }
    r->options = *options;
    if (!r->options.record_ceiling) {
        r->options.record_ceiling = RECORD_CEILING;
    }
    buf_init(&r->rest, r->options.record_ceiling + 2 * BATCH_BYTES);
    const enum trabao_status status = input_open(paths, count, &r->input, err);
    if (status == TRABAO_OK) {
        *out = r;
    } else {
        corpus_close(r);
    }
    return status;
}

void corpus_close(struct corpus_reader *r)
{
    if (r) {
        input_close(r->input);
        buf_free(&r->rest);
        mem_free(r);
    }
}

void corpus_progress(const struct corpus_reader *r, uint64_t *done, uint64_t *total)
{
    input_progress(r->input, done, total);
}

uint64_t corpus_files(const struct corpus_reader *r)
{
    return input_files(r->input);
}

void corpus_batch_free(struct corpus_batch *batch)
{
    if (batch) {
        mem_free(batch->path);
        buf_free(&batch->bytes);
        mem_free(batch);
    }
}

/* ---- batches ------------------------------------------------------------------------------------------------- */

static struct corpus_batch *new_batch(struct corpus_reader *r)
{
    struct corpus_batch *b = mem_zalloc(1, sizeof *b);
    const char *path = input_path(r->input);
    if (b) {
        b->path = mem_dup(path, strlen(path));
        b->format = r->format;
        b->number = r->number;
        b->offset = r->offset;
        b->record_ceiling = r->options.record_ceiling;
        buf_init(&b->bytes, r->rest.ceiling);
    }
    if (b && !b->path) {
        corpus_batch_free(b);
        return NULL;
    }
    return b;
}

static enum trabao_status failed_batch(struct corpus_reader *r, const char *step, const char *reason, uint64_t number,
                                       struct corpus_batch **out, struct trabao_error *err)
{
    *out = new_batch(r);
    if (!*out) {
        return error_no_memory(err);
    }
    (*out)->failed_step = step;
    (*out)->number = number;
    snprintf((*out)->reason, sizeof (*out)->reason, "%s", reason);
    return TRABAO_OK;
}

/* Reads until REST holds N bytes or the file ends. False, with a reason, when it cannot be read on. */
static bool fill(struct corpus_reader *r, size_t n, char reason[256])
{
    while (!r->at_end && r->rest.len < n) {
        size_t got;
        char *room = buf_reserve(&r->rest, MIN(BATCH_BYTES, n - r->rest.len));
        if (!room) {
            snprintf(reason, 256, "the record is larger than %zu bytes", r->options.record_ceiling);
            return false;
        }
        if (input_read(r->input, room, MIN(BATCH_BYTES, n - r->rest.len), &got, reason) != TRABAO_OK) {
            return false;
        }
        r->rest.len += got;
        r->at_end = got == 0;
    }
    return true;
}

/* Bytes that text does not have: many of them mean that the file is none. UTF-16 has its mark. */
static bool is_binary(const char *bytes, size_t n)
{
    size_t odd = 0;
    if (n >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const uint8_t c = (uint8_t)bytes[i];
        odd += c < 0x20 && !strchr("\t\n\r\f", c) ? 1 : 0;
        odd += c == 0 ? 8 : 0;
    }
    return odd * 20 > n;
}

static bool is_blank(const struct buf *bytes)
{
    return strspn(buf_str(bytes), " \t\r\n") >= bytes->len;
}

/* Decides the format of the file that has just been opened. */
static void recognise(struct corpus_reader *r)
{
    const char *p = buf_str(&r->rest);
    p += strncmp(p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    p += strspn(p, " \t\r\n");
    r->format = r->options.format != CORPUS_AUTO ? r->options.format : *p == '{' ? CORPUS_JSONL : CORPUS_PAGE;
}

/* Opens the next file. *OUT: a reject for one that cannot be read. TRABAO_NONE when there is no other. */
static enum trabao_status open_file(struct corpus_reader *r, struct corpus_batch **out, struct trabao_error *err)
{
    const char *step;
    char reason[256];
    const enum trabao_status opened = input_next_file(r->input, &step, reason);
    r->number = r->offset = 0;
    if (opened == TRABAO_NONE) {
        return TRABAO_NONE;
    }
    if (opened != TRABAO_OK) {
        return failed_batch(r, step, reason, 0, out, err);
    }
    r->at_end = false;
    buf_clear(&r->rest);
    if (!fill(r, SNIFF_BYTES, reason)) {
        return failed_batch(r, "decompress", reason, 0, out, err);
    }
    buf_append(&r->rest, "", 0);
    if (is_blank(&r->rest) && r->at_end) {
        return failed_batch(r, "empty", "the file is empty", 0, out, err);
    }
    if (is_binary(buf_str(&r->rest), r->rest.len)) {
        return failed_batch(r, "format", "the file is not text", 0, out, err);
    }
    recognise(r);
    r->number = 1;
    r->in_file = true;
    return TRABAO_OK;
}

/* The bytes of REST up to END become BATCH's. */
static enum trabao_status cut(struct corpus_reader *r, size_t end, struct corpus_batch **out, struct trabao_error *err)
{
    struct corpus_batch *b = new_batch(r);
    *out = b;
    if (!b || !buf_append(&b->bytes, r->rest.data, end)) {
        return error_no_memory(err);
    }
    for (const char *p = r->rest.data; (p = memchr(p, '\n', (size_t)(r->rest.data + end - p))); p++) {
        r->number++;
    }
    r->offset += end;
    memmove(r->rest.data, r->rest.data + end, r->rest.len - end);
    r->rest.len -= end;
    return TRABAO_OK;
}

/* The end of the last whole line in REST; 0: there is none. */
static size_t last_line_end(const struct corpus_reader *r)
{
    const char *newline = r->rest.len ? memrchr(r->rest.data, '\n', r->rest.len) : NULL;
    return newline ? (size_t)(newline - r->rest.data) + 1 : 0;
}

static enum trabao_status lines_batch(struct corpus_reader *r, struct corpus_batch **out, struct trabao_error *err)
{
    char reason[256];
    bool readable = fill(r, BATCH_BYTES, reason);
    size_t end = last_line_end(r);
    while (readable && end == 0 && !r->at_end) {
        readable = fill(r, r->rest.len + BATCH_BYTES, reason);
        end = last_line_end(r);
    }
    if (!readable && end == 0) {
        /* What was read of a line that cannot be finished is its reject. */
        r->in_file = false;
        return failed_batch(r, "decompress", reason, r->number, out, err);
    }
    if (r->at_end) {
        end = r->rest.len;
        r->in_file = false;
    }
    return end ? cut(r, end, out, err) : TRABAO_OK;
}

static enum trabao_status page_batch(struct corpus_reader *r, struct corpus_batch **out, struct trabao_error *err)
{
    char reason[256];
    r->in_file = false;
    if (!fill(r, r->options.record_ceiling + 1, reason)) {
        return failed_batch(r, "decompress", reason, 1, out, err);
    }
    if (r->rest.len > r->options.record_ceiling) {
        return failed_batch(r, "parse", "the record is too large", 1, out, err);
    }
    return cut(r, r->rest.len, out, err);
}

enum trabao_status corpus_next_batch(struct corpus_reader *r, struct corpus_batch **out, struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    *out = NULL;
    while (status == TRABAO_OK && !*out) {
        if (!r->in_file) {
            status = open_file(r, out, err);
        } else if (r->format == CORPUS_JSONL) {
            status = lines_batch(r, out, err);
        } else {
            status = page_batch(r, out, err);
        }
    }
    if (status != TRABAO_OK) {
        corpus_batch_free(*out);
        *out = NULL;
    }
    return status == TRABAO_NONE ? TRABAO_OK : status;
}

enum trabao_status format_reject(const struct corpus_batch *batch, const struct corpus_sink *sink, uint64_t number,
                                 uint64_t offset, const char *step, const char *reason, struct corpus_text bytes,
                                 struct trabao_error *err)
{
    struct corpus_reject reject = {
        .path = batch->path, .number = number, .offset = offset, .step = step, .bytes = bytes};
    reject.bytes.len = MIN(bytes.len, (size_t)REJECT_BYTES);
    snprintf(reject.reason, sizeof reject.reason, "%s", reason);
    return sink->reject(sink->context, &reject, err);
}

enum trabao_status corpus_parse_batch(const struct corpus_batch *batch, const struct corpus_sink *sink,
                                      struct trabao_error *err)
{
    if (batch->failed_step) {
        return format_reject(batch, sink, batch->number, batch->offset, batch->failed_step, batch->reason,
                             (struct corpus_text){0}, err);
    }
    return batch->format == CORPUS_JSONL ? jsonl_parse(batch, sink, err) : page_parse(batch, sink, err);
}
