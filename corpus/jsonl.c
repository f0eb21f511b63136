/*
 * jsonl.c - one JSON object a line, read by Jansson.
 */
#include <jansson.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "corpus/format.h"
#include "text/charset.h"

#define KEY_CEILING 65536
#define FIELD_CEILING ((size_t)256 << 20)

/* Working memory of one batch. */
struct lines {
    const struct corpus_batch *batch;
    const struct corpus_sink *sink;
    struct buf converted; /* a line that was not clean UTF-8 */
    struct buf fields;    /* fields that had to be cleaned */
    struct buf key;
    struct trabao_error *err;
};

/* Keys of a record; the first that is there counts. */
static const struct {
    size_t field; /* offset in struct corpus_record */
    const char *names[3];
} FIELDS[] = {
    {offsetof(struct corpus_record, id), {"id"}},
    {offsetof(struct corpus_record, url), {"url"}},
    {offsetof(struct corpus_record, title), {"title"}},
    {offsetof(struct corpus_record, date), {"date"}},
    {offsetof(struct corpus_record, author), {"author"}},
    {offsetof(struct corpus_record, source), {"source"}},
    {offsetof(struct corpus_record, section), {"category", "section"}},
    {offsetof(struct corpus_record, body), {"body", "content", "text"}},
};

static bool is_clean(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint8_t c = (uint8_t)text[i];
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

/* A string or a number as text; anything else is as good as missing. The length of a cleaned text never grows, so the
   buffer, which is given its room beforehand, does not move. */
static struct corpus_text text_of(struct lines *l, json_t *value)
{
    if (json_is_string(value)) {
        const char *text = json_string_value(value);
        const size_t n = json_string_length(value);
        if (is_clean(text, n)) {
            return (struct corpus_text){text, n};
        }
        const char *encoding;
        const size_t start = l->fields.len;
        return charset_to_utf8(text, n, &l->fields, &encoding)
                   ? (struct corpus_text){l->fields.data + start, l->fields.len - start}
                   : (struct corpus_text){0};
    }
    if (json_is_integer(value)) {
        const size_t start = l->fields.len;
        return buf_printf(&l->fields, "%lld", (long long)json_integer_value(value))
                   ? (struct corpus_text){l->fields.data + start, l->fields.len - start}
                   : (struct corpus_text){0};
    }
    return (struct corpus_text){0};
}

/* Takes the known keys out of OBJECT, whose values stay alive in TAKEN; what is left is the extra. */
static bool take_fields(struct lines *l, json_t *object, json_t *taken, struct corpus_record *record)
{
    for (size_t f = 0; f < ARRAY_LEN(FIELDS); f++) {
        for (size_t k = 0; k < ARRAY_LEN(FIELDS[f].names) && FIELDS[f].names[k]; k++) {
            json_t *value = json_object_get(object, FIELDS[f].names[k]);
            struct corpus_text *field = (struct corpus_text *)(void *)((char *)record + FIELDS[f].field);
            if (!value || field->text) {
                continue;
            }
            *field = text_of(l, value);
            if ((field->text || json_is_null(value)) && (json_array_append(taken, value) != 0 ||
                                                         json_object_del(object, FIELDS[f].names[k]) != 0)) {
                return false;
            }
            if (field->text && field->len == 0) {
                *field = (struct corpus_text){0};
            }
        }
    }
    return true;
}

static bool set_key(struct lines *l, struct corpus_record *record)
{
    buf_clear(&l->key);
    if (record->url.text) {
        record->key = record->url;
        return true;
    }
    if (record->id.text) {
        record->key = record->id;
        return true;
    }
    if (!buf_printf(&l->key, "%s#%llu", l->batch->path, (unsigned long long)record->number)) {
        return false;
    }
    record->key = (struct corpus_text){l->key.data, l->key.len};
    return true;
}

static enum trabao_status give_record(struct lines *l, json_t *object, const char *line, size_t n, uint64_t number,
                                      uint64_t offset, const char *encoding)
{
    struct corpus_record record = {
        .path = l->batch->path, .number = number, .encoding = encoding, .reads = -1};
    json_t *taken = json_array();
    char *extra = NULL;
    enum trabao_status status = TRABAO_OK;
    buf_clear(&l->fields);
    if (!taken || !buf_reserve(&l->fields, n + 64) || !take_fields(l, object, taken, &record) || !set_key(l, &record)) {
        status = error_no_memory(l->err);
        goto done;
    }
    json_t *reads = json_object_get(object, "reads");
    if (json_is_integer(reads) && json_integer_value(reads) >= 0) {
        record.reads = json_integer_value(reads);
        json_object_del(object, "reads");
    }
    if (!record.title.text && !record.body.text) {
        status = format_reject(l->batch, l->sink, number, offset, "parse", "the record has neither title nor body",
                               (struct corpus_text){line, n}, l->err);
        goto done;
    }
    if (json_object_size(object)) {
        extra = json_dumps(object, JSON_COMPACT);
        if (extra) {
            record.extra = (struct corpus_text){extra, strlen(extra)};
        }
    }
    status = l->sink->record(l->sink->context, &record, l->err);
done:
    free(extra);
    json_decref(taken);
    return status;
}

static enum trabao_status parse_line(struct lines *l, const char *line, size_t n, uint64_t number, uint64_t offset)
{
    const char *encoding = "utf-8";
    const struct corpus_text raw = {line, n};
    if (n > l->batch->record_ceiling) {
        return format_reject(l->batch, l->sink, number, offset, "parse", "the record is too large", raw, l->err);
    }
    if (utf8_valid_prefix(line, n) != n || (n >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0)) {
        buf_clear(&l->converted);
        if (!charset_to_utf8(line, n, &l->converted, &encoding)) {
            return format_reject(l->batch, l->sink, number, offset, "encoding",
                                 "neither UTF-8 nor an encoding that explains every byte", raw, l->err);
        }
        line = l->converted.data;
        n = l->converted.len;
    }
    json_error_t problem;
    json_t *object = json_loadb(line, n, JSON_ALLOW_NUL, &problem);
    if (!json_is_object(object)) {
        char reason[256];
        snprintf(reason, sizeof reason, "%.200s (column %d)", object ? "not an object" : problem.text,
                 object ? 1 : problem.column);
        json_decref(object);
        return format_reject(l->batch, l->sink, number, offset, "parse", reason, raw, l->err);
    }
    const enum trabao_status status = give_record(l, object, line, n, number, offset, encoding);
    json_decref(object);
    return status;
}

static bool is_blank(const char *line, size_t n)
{
    return strspn(line, " \t\r\n") >= n;
}

enum trabao_status jsonl_parse(const struct corpus_batch *batch, const struct corpus_sink *sink,
                               struct trabao_error *err)
{
    struct lines l = {.batch = batch, .sink = sink, .err = err};
    buf_init(&l.converted, FIELD_CEILING);
    buf_init(&l.fields, FIELD_CEILING);
    buf_init(&l.key, KEY_CEILING);
    enum trabao_status status = TRABAO_OK;
    uint64_t number = batch->number;
    const char *bytes = buf_str(&batch->bytes);
    for (size_t at = 0; status == TRABAO_OK && at < batch->bytes.len; number++) {
        const char *newline = memchr(bytes + at, '\n', batch->bytes.len - at);
        const size_t n = newline ? (size_t)(newline - (bytes + at)) : batch->bytes.len - at;
        if (n && !is_blank(bytes + at, n)) {
            status = parse_line(&l, bytes + at, n, number, batch->offset + at);
        }
        at += n + 1;
    }
    buf_free(&l.converted);
    buf_free(&l.fields);
    buf_free(&l.key);
    return status;
}
