/*
 * reader.c - files become batches of raw records, batches become records (corpus.h).
 *
 * The format of a file is decided by its first bytes: JSON lines begin with an object, a page is text, and what is
 * neither is one reject. A batch of JSON lines ends at a line's end; the rest of what was read waits for the next one.
 * A line beyond the ceiling is one reject, after which the file goes on with the next line.
 */
#include <strings.h>

#include "base/mem.h"
#include "corpus/format.h"
#include "corpus/input.h"

#define BATCH_BYTES ((size_t)1 << 20)
#define RECORD_CEILING ((size_t)64 << 20)
#define RECORD_CEILING_MAX ((size_t)1 << 30) /* what the parsers can count on */
#define SNIFF_BYTES ((size_t)4096)
#define TAR "tar files cannot be read: unpack it first"
#define UTF_32 "UTF-32 cannot be read: convert it to UTF-8"

struct corpus_reader {
    struct input *input;
    struct corpus_options options;
    bool in_file;
    enum corpus_format format; /* of the current file */
    struct buf rest;           /* read, but not yet given out */
    bool at_end;               /* of the current file, or of what of it can be read */
    bool broken;               /* it cannot be read further, for this reason: */
    char reason[INPUT_REASON_MAX];
    bool skipping;           /* inside a line that was too long */
    uint64_t number, offset; /* of the next record in it */
};

static const char *const NAMES[] = {[CORPUS_AUTO] = "auto", [CORPUS_PAGE] = "page", [CORPUS_JSONL] = "jsonl",
                                    [CORPUS_HTML] = "html", [CORPUS_CSV] = "csv",   [CORPUS_WARC] = "warc"};

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
    r->options.record_ceiling = MIN(r->options.record_ceiling, RECORD_CEILING_MAX);
    buf_init(&r->rest, r->options.record_ceiling + 2 * BATCH_BYTES);
    const enum trabao_status status = input_open(paths, count, &r->options, &r->input, err);
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

uint64_t corpus_hidden(const struct corpus_reader *r)
{
    return input_hidden(r->input);
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

/* A batch of the first N bytes of REST, which stay there. NULL when memory runs out. */
static struct corpus_batch *new_batch(const struct corpus_reader *r, size_t n)
{
    const char *path = input_path(r->input);
    struct corpus_batch *b = mem_zalloc(1, sizeof *b);
    if (!b) {
        return NULL;
    }
    b->path = mem_dup(path, strlen(path));
    b->format = r->format;
    b->number = r->number;
    b->offset = r->offset;
    b->record_ceiling = r->options.record_ceiling;
    buf_init(&b->bytes, r->rest.ceiling);
    if (!b->path || !buf_append(&b->bytes, buf_str(&r->rest), n)) {
        corpus_batch_free(b);
        return NULL;
    }
    return b;
}

/* Takes the first N bytes of REST away. */
static void consume(struct corpus_reader *r, size_t n)
{
    r->offset += n;
    r->rest.len -= n;
    if (r->rest.len) {
        memmove(r->rest.data, r->rest.data + n, r->rest.len);
    }
}

/* A batch that is the reject of what begins in REST. */
static enum trabao_status failed_batch(const struct corpus_reader *r, const char *step, const char *reason,
                                       struct corpus_batch **out, struct trabao_error *err)
{
    *out = new_batch(r, MIN(r->rest.len, SNIFF_BYTES));
    if (!*out) {
        return error_no_memory(err);
    }
    (*out)->failed_step = step;
    snprintf((*out)->reason, sizeof(*out)->reason, "%s", reason);
    return TRABAO_OK;
}

/* Reads until REST holds N bytes or the file ends or breaks off. False when memory runs out. */
static bool fill(struct corpus_reader *r, size_t n)
{
    while (!r->at_end && r->rest.len < n) {
        size_t got;
        const size_t want = MIN(BATCH_BYTES, n - r->rest.len);
        char *room = buf_reserve(&r->rest, want);
        if (!room) {
            return false;
        }
        r->broken = input_read(r->input, room, want, &got, r->reason) != TRABAO_OK;
        r->rest.len += got;
        r->at_end = r->broken || got == 0;
    }
    return true;
}

/* ---- formats ------------------------------------------------------------------------------------------------- */

/* Beginnings of files that are no text. */
static const struct {
    size_t at;
    const char *bytes;
    size_t n;
    const char *reason;
} BINARIES[] = {
    {0, "PK\3\4", 4, "ZIP files, office documents among them, cannot be read: unpack or convert it first"},
    {257, "ustar\0", 6, TAR},
    {257, "ustar  \0", 8, TAR},
    {0, "\xFF\xFE\0\0", 4, UTF_32},
    {0, "\0\0\xFE\xFF", 4, UTF_32},
};

/* Bytes that text does not have: many of them mean that the file is none. UTF-16 has its mark. */
static bool is_binary(const char *bytes, size_t n)
{
    size_t odd = 0;
    if (n >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const uint8_t c = (uint8_t)bytes[i];
        odd += c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' ? 1 : 0;
    }
    return odd * 20 > n;
}

/* What a file that begins with N BYTES is refused for; NULL when it is text. */
static const char *refuse_binary(const char *bytes, size_t n)
{
    for (size_t i = 0; i < ARRAY_LEN(BINARIES); i++) {
        const size_t at = BINARIES[i].at;
        if (n >= at + BINARIES[i].n && memcmp(bytes + at, BINARIES[i].bytes, BINARIES[i].n) == 0) {
            return BINARIES[i].reason;
        }
    }
    return is_binary(bytes, n) ? "the file is not text" : NULL;
}

/* Beginnings of files that are text, but would make bad articles. */
static const struct {
    const char *beginning; /* compared without case */
    const char *reason;
} OTHERS[] = {
    {"WARC/", "WARC files cannot be read by this version yet"},
    {"<!doctype html", "HTML pages cannot be read by this version yet"},
    {"<html", "HTML pages cannot be read by this version yet"},
    {"<?xml", "XML cannot be read"},
    {"%PDF-", "PDF cannot be read"},
    {"{\\rtf", "RTF cannot be read"},
};

/* What JSON at P, which the NUL ends, is refused for; NULL if it is JSON lines or *FORMAT stays a page. */
static const char *recognise_json(const char *p, enum corpus_format *format)
{
    const size_t gap = *p ? 1 + strspn(p + 1, " \t\r\n") : 0;
    if (*p == '[' && p[gap] == '{') {
        return "a JSON array: JSON lines have one object a line and no brackets around them";
    }
    if (*p != '{' || !strchr("\"}", p[gap])) {
        return NULL;
    }
    if (p[gap] && memchr(p, '\n', gap)) {
        return "a JSON object over several lines: JSON lines have one object a line";
    }
    *format = CORPUS_JSONL;
    return NULL;
}

/* True when the N bytes at P are one of the keys of a record, in quotes or not. */
static bool is_key(const char *p, size_t n)
{
    static const char *const keys[] = {"id", "url", "title", "date", "author", "source", "category", "body"};
    const bool quoted = n >= 2 && p[0] == '"' && p[n - 1] == '"';
    p += quoted;
    n -= quoted ? 2 : 0;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (strlen(keys[i]) == n && strncasecmp(p, keys[i], n) == 0) {
            return true;
        }
    }
    return false;
}

/* True when the line at P, which the NUL ends, is a heading of columns, two of them at least keys of records. */
static bool is_csv(const char *p)
{
    const size_t line = strcspn(p, "\r\n");
    for (const char *separator = ",;\t"; *separator; separator++) {
        size_t keys = 0;
        for (size_t at = 0; at < line;) {
            const char *end = memchr(p + at, *separator, line - at);
            const size_t n = end ? (size_t)(end - p) - at : line - at;
            keys += is_key(p + at, n);
            at += n + 1;
        }
        if (keys >= 2) {
            return true;
        }
    }
    return false;
}

/* Decides the format by the beginning of the file; the reason, when it is none that can be read. */
static const char *recognise(const struct buf *beginning, enum corpus_format *format)
{
    const char *p = buf_str(beginning);
    *format = CORPUS_PAGE;
    if (beginning->len >= 4 && (memcmp(p, "\xFF\xFE{", 4) == 0 || memcmp(p, "\xFE\xFF\0{", 4) == 0)) {
        return "JSON lines in UTF-16 cannot be read: convert them to UTF-8";
    }
    p += strncmp(p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    p += strspn(p, " \t\r\n");
    for (size_t i = 0; i < ARRAY_LEN(OTHERS); i++) {
        if (strncasecmp(p, OTHERS[i].beginning, strlen(OTHERS[i].beginning)) == 0) {
            return OTHERS[i].reason;
        }
    }
    return is_csv(p) ? "CSV files cannot be read by this version yet" : recognise_json(p, format);
}

/* Opens the next file. *OUT: a reject for one that cannot be read. TRABAO_NONE when there is no other. */
static enum trabao_status open_file(struct corpus_reader *r, struct corpus_batch **out, struct trabao_error *err)
{
    const char *step;
    buf_clear(&r->rest);
    r->number = r->offset = 0;
    r->at_end = r->broken = r->skipping = false;
    const enum trabao_status opened = input_next_file(r->input, &step, r->reason, err);
    if (opened != TRABAO_OK) {
        return opened == TRABAO_DATA ? failed_batch(r, step, r->reason, out, err) : opened;
    }
    if (!fill(r, SNIFF_BYTES) || !buf_append(&r->rest, "", 0)) {
        return error_no_memory(err);
    }
    if (r->broken && r->rest.len == 0) {
        return failed_batch(r, "decompress", r->reason, out, err);
    }
    if (r->at_end && !r->broken && format_is_blank(buf_str(&r->rest), r->rest.len)) {
        return failed_batch(r, "empty", "the file is empty", out, err);
    }
    const char *refused = refuse_binary(buf_str(&r->rest), r->rest.len);
    if (r->options.format != CORPUS_AUTO) {
        r->format = r->options.format;
    } else if (!refused) {
        refused = recognise(&r->rest, &r->format);
    }
    if (refused) {
        return failed_batch(r, "format", refused, out, err);
    }
    r->number = 1;
    r->in_file = true;
    return TRABAO_OK;
}

/* ---- lines and pages ----------------------------------------------------------------------------------------- */

/* The first N bytes of REST, which are whole lines, become a batch. */
static enum trabao_status cut(struct corpus_reader *r, size_t n, struct corpus_batch **out, struct trabao_error *err)
{
    *out = new_batch(r, n);
    if (!*out) {
        return error_no_memory(err);
    }
    const char *end = r->rest.data + n;
    for (const char *p = r->rest.data; p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++) {
        r->number++;
    }
    consume(r, n);
    return TRABAO_OK;
}

/* Goes on to the end of a line that was too long. */
static enum trabao_status skip_line(struct corpus_reader *r, struct trabao_error *err)
{
    if (!fill(r, BATCH_BYTES)) {
        return error_no_memory(err);
    }
    const char *newline = r->rest.len ? memchr(r->rest.data, '\n', r->rest.len) : NULL;
    if (newline) {
        r->number++;
        r->skipping = false;
    } else if (r->at_end) {
        r->skipping = false;
    }
    consume(r, newline ? (size_t)(newline + 1 - r->rest.data) : r->rest.len);
    return TRABAO_OK;
}

/* Reads whole lines: *END is where the last one in REST ends, 0 when there is none up to the ceiling. */
static bool read_lines(struct corpus_reader *r, size_t *end)
{
    const char *newline = NULL;
    for (size_t want = BATCH_BYTES, seen = 0;; want += BATCH_BYTES) {
        if (!fill(r, want)) {
            return false;
        }
        newline = r->rest.len > seen ? memrchr(r->rest.data + seen, '\n', r->rest.len - seen) : NULL;
        seen = r->rest.len;
        if (newline || r->at_end || r->rest.len > r->options.record_ceiling) {
            break;
        }
    }
    *end = newline ? (size_t)(newline + 1 - r->rest.data) : 0;
    return true;
}

static enum trabao_status too_large(const struct corpus_reader *r, struct corpus_batch **out, struct trabao_error *err)
{
    char reason[INPUT_REASON_MAX];
    snprintf(reason, sizeof reason, "the record is larger than %zu bytes", r->options.record_ceiling);
    return failed_batch(r, "parse", reason, out, err);
}

static enum trabao_status lines_batch(struct corpus_reader *r, struct corpus_batch **out, struct trabao_error *err)
{
    size_t end;
    enum trabao_status status = TRABAO_OK;
    if (r->skipping) {
        return skip_line(r, err);
    }
    if (!read_lines(r, &end)) {
        return error_no_memory(err);
    }
    if (end) {
        return cut(r, end, out, err);
    }
    if (r->rest.len > r->options.record_ceiling) {
        status = too_large(r, out, err);
        consume(r, r->rest.len);
        r->skipping = true;
        return status;
    }
    /* The last line may lack its end, or be all that could be read of it. */
    r->in_file = false;
    if (r->broken) {
        return failed_batch(r, "decompress", r->reason, out, err);
    }
    return r->rest.len ? cut(r, r->rest.len, out, err) : TRABAO_OK;
}

static enum trabao_status page_batch(struct corpus_reader *r, struct corpus_batch **out, struct trabao_error *err)
{
    r->in_file = false;
    if (!fill(r, r->options.record_ceiling + 1)) {
        return error_no_memory(err);
    }
    if (r->broken) {
        return failed_batch(r, "decompress", r->reason, out, err);
    }
    return r->rest.len > r->options.record_ceiling ? too_large(r, out, err) : cut(r, r->rest.len, out, err);
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
    return status == TRABAO_NONE ? TRABAO_OK : status;
}

enum trabao_status corpus_parse_batch(const struct corpus_batch *batch, const struct corpus_sink *sink,
                                      struct trabao_error *err)
{
    if (batch->failed_step) {
        const struct format_failure failure = {.number = batch->number,
                                               .offset = batch->offset,
                                               .step = batch->failed_step,
                                               .reason = batch->reason,
                                               .bytes = {batch->bytes.data, batch->bytes.len}};
        return format_reject(batch, sink, &failure, err);
    }
    return batch->format == CORPUS_JSONL ? jsonl_parse(batch, sink, err) : page_parse(batch, sink, err);
}
