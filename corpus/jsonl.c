/*
 * jsonl.c - one JSON object a line, read by Jansson.
 *
 * Jansson checks the encoding itself, so a line is only looked at twice when it was refused: then bytes of another
 * encoding are converted, control characters inside strings, which JSON forbids but old archives have, become blanks,
 * and it is tried once more.
 */
#include <jansson.h>

#include "base/civil.h"
#include "base/mem.h"
#include "corpus/format.h"
#include "corpus/jsonl_memory.h"
#include "text/charset.h"

#define KEY_CEILING ((size_t)1 << 20)
#define BOM "\xEF\xBB\xBF"

/* Working memory of one batch. */
struct lines {
    const struct corpus_batch *batch;
    const struct corpus_sink *sink;
    struct buf converted; /* a line that was not clean UTF-8 */
    struct buf fields;    /* fields that had to be cleaned, one after another */
    struct buf extra, key;
    struct jsonl_memory memory;
    struct trabao_error *err;
};

/* One line. */
struct line {
    const char *text;
    size_t n;
    uint64_t number, offset; /* in the file */
    const char *encoding;
};

/* Keys of a record; the first that is there counts. */
static const struct {
    size_t field; /* offset in struct corpus_record */
    const char *names[3];
    const char *between; /* of several values, two bytes; NULL: there is one */
} FIELDS[] = {
    {offsetof(struct corpus_record, id), {"id"}, NULL},
    {offsetof(struct corpus_record, url), {"url"}, NULL},
    {offsetof(struct corpus_record, title), {"title"}, NULL},
    {offsetof(struct corpus_record, date), {"date"}, NULL},
    {offsetof(struct corpus_record, author), {"author"}, ", "},
    {offsetof(struct corpus_record, source), {"source"}, NULL},
    {offsetof(struct corpus_record, section), {"category", "section"}, ", "},
    {offsetof(struct corpus_record, body), {"body", "content", "text"}, "\n\n"},
};

/* Bytes that the fields of LINE can need when cleaned: no more than it has, and a number's digits. */
static size_t room_for_fields(size_t n)
{
    return n + 32 * ARRAY_LEN(FIELDS);
}

/*
 * A string or a number as text; anything else is as good as missing. The buffer does not move: it was given its room
 * beforehand, and cleaning makes nothing longer.
 */
static struct corpus_text text_of(struct lines *l, json_t *value)
{
    const size_t start = l->fields.len;
    if (json_is_integer(value)) {
        buf_printf(&l->fields, "%lld", (long long)json_integer_value(value));
    } else if (json_is_string(value)) {
        const char *encoding;
        const struct corpus_text text = {json_string_value(value), json_string_length(value)};
        if (charset_is_clean(text.text, text.len)) {
            return text;
        }
        charset_to_utf8(text.text, text.len, &l->fields, &encoding);
    } else {
        return (struct corpus_text){0};
    }
    return (struct corpus_text){l->fields.data + start, l->fields.len - start};
}

static bool are_strings(const json_t *values)
{
    for (size_t i = 0; i < json_array_size(values); i++) {
        if (!json_is_string(json_array_get(values, i))) {
            return false;
        }
    }
    return json_array_size(values) > 0;
}

/* The text of several values, authors or paragraphs; between two the line has three bytes at least, so that it fits. */
static struct corpus_text text_of_several(struct lines *l, json_t *values, const char *between)
{
    const size_t start = l->fields.len;
    if (!between || !are_strings(values)) {
        return text_of(l, values);
    }
    for (size_t i = 0; i < json_array_size(values); i++) {
        const char *encoding;
        const json_t *value = json_array_get(values, i);
        if (i > 0) {
            buf_append_str(&l->fields, between);
        }
        charset_to_utf8(json_string_value(value), json_string_length(value), &l->fields, &encoding);
    }
    return (struct corpus_text){l->fields.data + start, l->fields.len - start};
}

/* True for a date that nobody here can read: it is kept as it is, among the other keys. */
static bool is_unreadable_date(size_t field, struct corpus_text text)
{
    struct civil date;
    return field == offsetof(struct corpus_record, date) && !format_is_blank(text.text, text.len) &&
           !civil_parse(text.text, text.len, &date);
}

/* Takes the known keys out of OBJECT; their values stay alive in TAKEN. What is left is the extra. */
static bool take_fields(struct lines *l, json_t *object, json_t *taken, struct corpus_record *record)
{
    for (size_t f = 0; f < ARRAY_LEN(FIELDS); f++) {
        struct corpus_text *field = (struct corpus_text *)(void *)((char *)record + FIELDS[f].field);
        for (size_t k = 0; k < ARRAY_LEN(FIELDS[f].names) && FIELDS[f].names[k]; k++) {
            json_t *value = json_object_get(object, FIELDS[f].names[k]);
            if (!value || field->text) {
                continue;
            }
            *field = text_of_several(l, value, FIELDS[f].between);
            if (is_unreadable_date(FIELDS[f].field, *field)) {
                *field = (struct corpus_text){0};
                continue;
            }
            if ((field->text || json_is_null(value)) &&
                (json_array_append(taken, value) != 0 || json_object_del(object, FIELDS[f].names[k]) != 0)) {
                return false;
            }
            if (format_is_blank(field->text, field->len)) {
                *field = (struct corpus_text){0};
            }
        }
    }
    json_t *reads = json_object_get(object, "reads");
    if (json_is_integer(reads) && json_integer_value(reads) >= 0) {
        record->reads = json_integer_value(reads);
        json_object_del(object, "reads");
    }
    return !buf_failed(&l->fields);
}

static int append_json(const char *bytes, size_t n, void *out)
{
    return buf_append(out, bytes, n) ? 0 : -1;
}

/* An exported record says its `key`, which is nothing new when it is the key that the record gets. */
static void drop_known_key(json_t *object, struct corpus_text key)
{
    const json_t *said = json_object_get(object, "key");
    if (json_is_string(said) && json_string_length(said) == key.len &&
        memcmp(json_string_value(said), key.text, key.len) == 0) {
        json_object_del(object, "key");
    }
}

static bool set_key_and_extra(struct lines *l, json_t *object, struct corpus_record *record)
{
    if (record->url.text) {
        record->key = record->url;
    } else if (record->id.text) {
        record->key = record->id;
    } else if (format_key(l->batch, record->number, &l->key)) {
        record->key = (struct corpus_text){l->key.data, l->key.len};
    } else {
        return false;
    }
    drop_known_key(object, record->key);
    if (json_object_size(object)) {
        buf_clear(&l->extra);
        if (json_dump_callback(object, append_json, &l->extra, JSON_COMPACT) != 0) {
            return false;
        }
        record->extra = (struct corpus_text){l->extra.data, l->extra.len};
    }
    return true;
}

static enum trabao_status reject_line(struct lines *l, const struct line *line, const char *step, const char *reason)
{
    const struct format_failure failure = {
        .number = line->number,
        .offset = line->offset,
        .step = step,
        .reason = reason,
        .bytes = {l->batch->bytes.data + (line->offset - l->batch->offset), line->n}};
    return format_reject(l->batch, l->sink, &failure, l->err);
}

static enum trabao_status give_record(struct lines *l, const struct line *line, json_t *object)
{
    struct corpus_record record = {
        .path = l->batch->path, .number = line->number, .encoding = line->encoding, .reads = -1};
    json_t *taken = json_array();
    enum trabao_status status;
    buf_clear(&l->fields);
    if (!taken || !buf_reserve(&l->fields, room_for_fields(MAX(line->n, l->converted.len))) ||
        !take_fields(l, object, taken, &record) || !set_key_and_extra(l, object, &record)) {
        status = error_no_memory(l->err);
    } else if (!record.title.text && !record.body.text) {
        status = reject_line(l, line, "parse", "the record has neither title nor body");
    } else {
        status = l->sink->record(l->sink->context, &record, l->err);
    }
    json_decref(taken);
    return status;
}

/* What TEXT, which Jansson refused, says in UTF-8 and without control characters. */
static bool repair(struct lines *l, struct line *line)
{
    buf_clear(&l->converted);
    if (!charset_to_utf8(line->text, line->n, &l->converted, &line->encoding)) {
        return false;
    }
    for (size_t i = 0; i < l->converted.len; i++) {
        if (l->converted.data[i] == '\t' || l->converted.data[i] == '\n') {
            l->converted.data[i] = ' ';
        }
    }
    return true;
}

/* The value that N bytes of TEXT are; NULL, and what is the *PROBLEM, when they are none. */
static json_t *read_value(struct lines *l, const char *text, size_t n, json_error_t *problem)
{
    jsonl_memory_begin(&l->memory);
    json_t *value = json_loadb(text, n, JSON_ALLOW_NUL, problem);
    jsonl_memory_end();
    return value;
}

static enum trabao_status parse_line(struct lines *l, struct line *line)
{
    json_error_t problem;
    if (line->n > l->batch->record_ceiling) {
        return reject_line(l, line, "parse", "the record is too large");
    }
    json_t *object = read_value(l, line->text, line->n, &problem);
    if (!object && !repair(l, line)) {
        return buf_failed(&l->converted)
                   ? error_no_memory(l->err)
                   : reject_line(l, line, "encoding", "neither UTF-8 nor an encoding that explains every byte");
    }
    if (!object && (l->converted.len != line->n || memcmp(l->converted.data, line->text, line->n) != 0)) {
        object = read_value(l, l->converted.data, l->converted.len, &problem);
    }
    enum trabao_status status;
    if (json_is_object(object)) {
        status = give_record(l, line, object);
    } else if (!object && json_error_code(&problem) == json_error_out_of_memory) {
        status = error_no_memory(l->err);
    } else {
        char reason[sizeof problem.text + 32];
        snprintf(reason, sizeof reason, "%s (column %d)", object ? "not an object" : problem.text,
                 object ? 1 : problem.column);
        status = reject_line(l, line, "parse", reason);
    }
    json_decref(object);
    return status;
}

static enum trabao_status parse_lines(struct lines *l)
{
    const char *bytes = buf_str(&l->batch->bytes);
    const size_t all = l->batch->bytes.len;
    uint64_t number = l->batch->number;
    enum trabao_status status = TRABAO_OK;
    for (size_t at = 0; status == TRABAO_OK && at < all; number++) {
        const char *newline = memchr(bytes + at, '\n', all - at);
        const size_t end = newline ? (size_t)(newline - bytes) : all;
        struct line line = {bytes + at, end - at, number, l->batch->offset + at, "utf-8"};
        if (line.n >= strlen(BOM) && memcmp(line.text, BOM, strlen(BOM)) == 0) {
            line.text += strlen(BOM);
            line.n -= strlen(BOM);
            line.offset += strlen(BOM);
        }
        if (!format_is_blank(line.text, line.n)) {
            status = parse_line(l, &line);
        }
        at = end + 1;
    }
    return status;
}

enum trabao_status jsonl_parse(const struct corpus_batch *batch, const struct corpus_sink *sink,
                               struct trabao_error *err)
{
    struct lines l = {.batch = batch, .sink = sink, .err = err};
    /* An escaped control character has six bytes for the one it was; conversion makes at most three of one. */
    buf_init(&l.converted, 4 * batch->record_ceiling);
    buf_init(&l.fields, room_for_fields(4 * batch->record_ceiling));
    buf_init(&l.extra, 8 * batch->record_ceiling);
    buf_init(&l.key, KEY_CEILING);
    const enum trabao_status status = jsonl_memory_open(&l.memory) ? parse_lines(&l) : error_no_memory(err);
    jsonl_memory_close(&l.memory);
    buf_free(&l.converted);
    buf_free(&l.fields);
    buf_free(&l.extra);
    buf_free(&l.key);
    return status;
}
