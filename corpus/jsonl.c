/*
 * jsonl.c - one JSON object a line.
 *
 * A line that is no such object is looked at once more: bytes of another encoding are converted, control characters
 * inside strings, which JSON forbids but old archives have, become blanks, and it is tried again. Escapes of surrogates
 * that stand alone mean no character, and yajl would make of them what is no UTF-8, or swallow the next escape: they
 * become those of U+FFFD before it reads.
 */
#include <ctype.h>
#include <errno.h>

#include "base/civil.h"
#include "base/utf8.h"
#include "corpus/format.h"
#include "corpus/jsonl_object.h"
#include "text/charset.h"

#define KEY_CEILING ((size_t)1 << 20)
#define BOM "\xEF\xBB\xBF"
#define ESCAPE_BYTES ((size_t)6) /* of "\ud83d" */

/* Working memory of one batch. */
struct lines {
    const struct corpus_batch *batch;
    const struct corpus_sink *sink;
    struct buf converted; /* a line that had to be repaired */
    struct buf fields;    /* fields that had to be cleaned, one after another */
    struct buf extra, key;
    struct jsonl_object object;
    struct trabao_error *err;
};

/* One line. */
struct line {
    const char *text;
    size_t n;
    uint64_t number, offset; /* in the file */
    const char *encoding;
};

#define NO_FIELD SIZE_MAX

/* Keys of a record; of those that have one field the first that is there counts. */
static const struct jsonl_key KEYS[] = {
    {"id", NULL, offsetof(struct corpus_record, id)},
    {"url", NULL, offsetof(struct corpus_record, url)},
    {"title", NULL, offsetof(struct corpus_record, title)},
    {"date", NULL, offsetof(struct corpus_record, date)},
    {"author", ", ", offsetof(struct corpus_record, author)},
    {"source", NULL, offsetof(struct corpus_record, source)},
    {"category", ", ", offsetof(struct corpus_record, section)},
    {"section", ", ", offsetof(struct corpus_record, section)},
    {"body", "\n\n", offsetof(struct corpus_record, body)},
    {"content", "\n\n", offsetof(struct corpus_record, body)},
    {"text", "\n\n", offsetof(struct corpus_record, body)},
    {"reads", NULL, NO_FIELD},
    {"key", NULL, NO_FIELD},
};
enum { READS = ARRAY_LEN(KEYS) - 2, KEY };

_Static_assert(ARRAY_LEN(KEYS) <= JSONL_KEYS_MAX, "each has a value");

/* ---- records ----------------------------------------------------------------------------------------------------- */

/*
 * What VALUE says; anything but strings and numbers is as good as missing. The buffer does not move: it was given its
 * room beforehand, and cleaning makes nothing longer.
 */
static struct corpus_text text_of(struct lines *l, const struct jsonl_value *value)
{
    const struct corpus_text text = value->text;
    if (value->kind != JSONL_STRING || charset_is_clean(text.text, text.len)) {
        return text;
    }
    const char *encoding;
    const size_t start = l->fields.len;
    charset_to_utf8(text.text, text.len, &l->fields, &encoding);
    return (struct corpus_text){l->fields.data + start, l->fields.len - start};
}

/* True for a date that nobody here can read: it is kept as it is, among the other keys. */
static bool is_unreadable_date(size_t field, struct corpus_text text)
{
    struct civil date;
    return field == offsetof(struct corpus_record, date) && !format_is_blank(text.text, text.len) &&
           !civil_parse_record(text.text, text.len, &date);
}

/* True for VALUE, of KEY, when an article would be without its text because that stands in some other form. */
static bool hides_text(const struct jsonl_key *key, const struct jsonl_value *value)
{
    return value->kind == JSONL_OTHER && (key->field == offsetof(struct corpus_record, title) ||
                                          key->field == offsetof(struct corpus_record, body));
}

/* NULL, or the key whose value the record cannot be taken with. */
static const struct jsonl_key *take_fields(struct lines *l, struct corpus_record *record)
{
    for (size_t i = 0; i < READS; i++) {
        struct jsonl_value *value = &l->object.values[i];
        struct corpus_text *field = (struct corpus_text *)(void *)((char *)record + KEYS[i].field);
        if (value->kind == JSONL_MISSING || field->text) {
            continue;
        }
        if (hides_text(&KEYS[i], value)) {
            return &KEYS[i];
        }
        *field = text_of(l, value);
        if (is_unreadable_date(KEYS[i].field, *field)) {
            *field = (struct corpus_text){0};
            continue;
        }
        value->taken = field->text || value->kind == JSONL_NULL || value->kind == JSONL_STRINGS;
        if (format_is_blank(field->text, field->len)) {
            *field = (struct corpus_text){0};
        }
    }
    return NULL;
}

static void take_reads(struct jsonl_value *value, struct corpus_record *record)
{
    if (value->kind == JSONL_NUMBER) {
        char *end;
        errno = 0;
        const long long reads = strtoll(value->text.text, &end, 10); /* the line goes on with no digit */
        value->taken = errno == 0 && end == value->text.text + value->text.len && reads >= 0;
        record->reads = value->taken ? reads : -1;
    }
}

/* An exported record says its `key`, which is nothing new when it is the key that the record gets. */
static void take_known_key(struct jsonl_value *value, struct corpus_text key)
{
    value->taken = value->kind == JSONL_STRING && value->text.len == key.len &&
                   memcmp(value->text.text, key.text, key.len) == 0;
}

static bool set_key_and_extra(struct lines *l, struct corpus_record *record)
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
    take_known_key(&l->object.values[KEY], record->key);
    if (!jsonl_object_extra(&l->object, &l->extra)) {
        return false;
    }
    if (l->extra.len) {
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

static enum trabao_status reject_key(struct lines *l, const struct line *line, const struct jsonl_key *key)
{
    char reason[128];
    snprintf(reason, sizeof reason, "\"%s\" must be text%s", key->name, key->between ? " or a list of texts" : "");
    return reject_line(l, line, "parse", reason);
}

static enum trabao_status give_record(struct lines *l, const struct line *line)
{
    struct corpus_record record = {
        .path = l->batch->path, .number = line->number, .encoding = line->encoding, .reads = -1};
    buf_clear(&l->fields);
    if (!buf_reserve(&l->fields, l->object.len)) {
        return error_no_memory(l->err);
    }
    const struct jsonl_key *wrong = take_fields(l, &record);
    if (wrong) {
        return reject_key(l, line, wrong);
    }
    take_reads(&l->object.values[READS], &record);
    if (!set_key_and_extra(l, &record)) {
        return error_no_memory(l->err);
    }
    if (!record.title.text && !record.body.text) {
        return reject_line(l, line, "parse", "the record has neither title nor body");
    }
    return l->sink->record(l->sink->context, &record, l->err);
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

/* True for the escape of a surrogate whose first digit after the d is one of KINDS. */
static bool is_surrogate(const char *p, size_t left, const char *kinds)
{
    return left >= ESCAPE_BYTES && p[0] == '\\' && p[1] == 'u' && (p[2] == 'd' || p[2] == 'D') && p[3] != '\0' &&
           strchr(kinds, p[3]) && isxdigit((unsigned char)p[4]) && isxdigit((unsigned char)p[5]);
}

/* Where in N bytes of TEXT the first escape of a surrogate begins that has no partner; N: there is none. */
static size_t find_lone_surrogate(const char *text, size_t n)
{
    const char *p;
    for (size_t i = 0; i < n && (p = memchr(text + i, '\\', n - i));) {
        i = (size_t)(p - text);
        if (is_surrogate(p, n - i, "89abAB") && is_surrogate(p + ESCAPE_BYTES, n - i - ESCAPE_BYTES, "cdefCDEF")) {
            i += 2 * ESCAPE_BYTES;
        } else if (is_surrogate(p, n - i, "89abAB" "cdefCDEF")) {
            return i;
        } else {
            i += 2;
        }
    }
    return n;
}

static void replace_lone_surrogates(char *text, size_t n)
{
    for (size_t i = 0; (i += find_lone_surrogate(text + i, n - i)) < n; i += ESCAPE_BYTES) {
        memcpy(text + i, "\\ufffd", ESCAPE_BYTES);
    }
}

/* What LINE says in UTF-8, without control characters and lone surrogates. */
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
    replace_lone_surrogates(l->converted.data, l->converted.len);
    return true;
}

static enum trabao_status parse_line(struct lines *l, struct line *line)
{
    if (line->n > l->batch->record_ceiling) {
        return reject_line(l, line, "parse", "the record is too large");
    }
    const bool is_sound = utf8_valid_prefix(line->text, line->n) == line->n &&
                          find_lone_surrogate(line->text, line->n) == line->n;
    bool ok = is_sound && jsonl_object_read(&l->object, line->text, line->n);
    if (!ok && !repair(l, line)) {
        return buf_failed(&l->converted)
                   ? error_no_memory(l->err)
                   : reject_line(l, line, "encoding", "neither UTF-8 nor an encoding that explains every byte");
    }
    if (!ok && (l->converted.len != line->n || memcmp(l->converted.data, line->text, line->n) != 0)) {
        ok = jsonl_object_read(&l->object, l->converted.data, l->converted.len);
    }
    if (ok) {
        return give_record(l, line);
    }
    if (!l->object.reason[0]) {
        return error_no_memory(l->err);
    }
    char reason[sizeof l->object.reason + 32];
    snprintf(reason, sizeof reason, "%s (column %zu)", l->object.reason, l->object.column);
    return reject_line(l, line, "parse", reason);
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
    /* Conversion makes at most three bytes of one. */
    buf_init(&l.converted, 4 * batch->record_ceiling);
    buf_init(&l.fields, 4 * batch->record_ceiling);
    buf_init(&l.extra, 12 * batch->record_ceiling);
    buf_init(&l.key, KEY_CEILING);
    jsonl_object_init(&l.object, KEYS, ARRAY_LEN(KEYS), 4 * batch->record_ceiling);
    const enum trabao_status status = parse_lines(&l);
    jsonl_object_free(&l.object);
    buf_free(&l.converted);
    buf_free(&l.fields);
    buf_free(&l.extra);
    buf_free(&l.key);
    return status;
}
