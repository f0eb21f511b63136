/*
 * jsonl_object.c - see jsonl_object.h. yajl reads, and yajl writes what it has read.
 *
 * A string of a known key stays where it is, in the line, or is copied once when it has escapes. Every other value goes
 * from the reader's events straight to the writer, each by itself; which of them are extra is known when the line has
 * ended. Numbers are passed on as they were written, but for those that no machine's number holds: they become strings
 * of their digits, because whoever reads the extra would have to refuse it.
 *
 * yajl's own check of UTF-8 lets through what is none, so it is switched off and the caller has checked. Neither does
 * yajl end a nesting, and what it writes may have YAJL_MAX_DEPTH levels: a line with more is refused.
 */
#include "corpus/jsonl_object.h"

#include <errno.h>
#include <math.h>
#include <yajl/yajl_gen.h>
#include <yajl/yajl_parse.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "corpus/format.h"
#include "text/charset.h"

#define DEPTH_MAX ((size_t)YAJL_MAX_DEPTH - 1)
#define NOT_AN_OBJECT "not an object"

struct jsonl_member {
    struct corpus_text name;
    size_t json, json_len;     /* its value in o->json; nothing there: a string of a known key */
    struct jsonl_value *known; /* NULL: of no known key */
    bool repeated;             /* its value has become that of an earlier member */
};

/* ---- where a value goes ------------------------------------------------------------------------------------------ */

static struct jsonl_member *current(struct jsonl_object *o)
{
    return &o->members[o->current];
}

/* False; the line is refused because of REASON. */
static bool refuse(struct jsonl_object *o, const char *reason)
{
    snprintf(o->reason, sizeof o->reason, "%s", reason);
    return false;
}

/* TEXT as it lives until the next line: yajl decodes all strings that have escapes in one place. */
static struct corpus_text keep(struct jsonl_object *o, const char *text, size_t n)
{
    if ((uintptr_t)text - (uintptr_t)o->line < o->len) {
        return (struct corpus_text){text, n};
    }
    const size_t start = o->text.len;
    buf_append(&o->text, text, n);
    return (struct corpus_text){o->text.data + start, n};
}

/*
 * Joins TEXT to the strings of VALUE, if it says anything; between two the line has three bytes at least, so that there
 * is room.
 */
static void join(struct jsonl_object *o, struct jsonl_value *value, const char *text, size_t n)
{
    const char *encoding;
    const char *between = value->text.text ? o->keys[value - o->values].between : "";
    const size_t start = o->text.len;
    const size_t clean = start + strlen(between);
    buf_append_str(&o->text, between);
    charset_to_utf8(text, n, &o->text, &encoding);
    if (format_is_blank(o->text.data + clean, o->text.len - clean)) {
        o->text.len = start;
        return;
    }
    if (!value->text.text) {
        value->text.text = o->text.data + start;
    }
    value->text.len = (size_t)(o->text.data + o->text.len - value->text.text);
}

/*
 * A value of KIND begins, which has TEXT when it is a string or a number; what it means for a known key is noted.
 * False when it must not be there.
 */
static bool begin(struct jsonl_object *o, enum jsonl_kind kind, const char *text, size_t n)
{
    if (o->depth == 0) {
        return refuse(o, NOT_AN_OBJECT);
    }
    struct jsonl_value *value = current(o)->known;
    if (o->depth == 1) {
        yajl_gen_reset(o->writer, NULL);
        current(o)->json = o->json.len;
        current(o)->json_len = 0;
        if (value) {
            value->kind = kind;
            value->text = text ? keep(o, text, n) : (struct corpus_text){0};
        }
    } else if (value && value->kind == JSONL_STRINGS) {
        if (kind == JSONL_STRING) {
            join(o, value, text, n);
        } else if (kind != JSONL_NULL) {
            value->kind = JSONL_OTHER;
            value->text = (struct corpus_text){0};
        }
    }
    return true;
}

/* After something was written, with what STATUS; false when it was not. */
static bool wrote(struct jsonl_object *o, yajl_gen_status status)
{
    current(o)->json_len = o->json.len - current(o)->json;
    return status == yajl_gen_status_ok && !buf_failed(&o->json);
}

/* An object or a list begins inside of the line's object. */
static bool open_inner(struct jsonl_object *o, enum jsonl_kind kind)
{
    if (o->depth == DEPTH_MAX) {
        return refuse(o, "nested too deeply");
    }
    if (!begin(o, kind, NULL, 0)) {
        return false;
    }
    o->depth++;
    return true;
}

/* ---- keys -------------------------------------------------------------------------------------------------------- */

static struct jsonl_value *known_value(struct jsonl_object *o, struct corpus_text name)
{
    for (size_t i = 0; i < o->key_count; i++) {
        if (strncmp(o->keys[i].name, name.text, name.len) == 0 && o->keys[i].name[name.len] == '\0') {
            return &o->values[i];
        }
    }
    return NULL;
}

static int compare_names(const void *a, const void *b)
{
    const struct jsonl_member *x = *(struct jsonl_member *const *)a;
    const struct jsonl_member *y = *(struct jsonl_member *const *)b;
    int order = (x->name.len > y->name.len) - (x->name.len < y->name.len);
    order = order ? order : memcmp(x->name.text, y->name.text, x->name.len);
    return order ? order : (x > y) - (x < y);
}

static bool have_one_name(const struct jsonl_member *a, const struct jsonl_member *b)
{
    return a->name.len == b->name.len && memcmp(a->name.text, b->name.text, a->name.len) == 0;
}

static void drop_repeated(struct jsonl_object *o)
{
    size_t n = 0;
    for (size_t i = 0; i < o->member_count; i++) {
        if (!o->members[i].repeated) {
            o->members[n] = o->members[i];
            if (o->members[n].known) {
                o->members[n].known->member = n;
            }
            n++;
        }
    }
    o->member_count = n;
}

/* Of members with the same name the first gets the value of the last and stays. Known keys have none such. */
static bool settle_repeated(struct jsonl_object *o)
{
    size_t n = 0;
    if (!mem_grow((void **)&o->by_name, &o->by_name_capacity, o->member_count, sizeof(struct jsonl_member *))) {
        return false;
    }
    for (size_t i = 0; i < o->member_count; i++) {
        if (!o->members[i].known) {
            o->by_name[n++] = &o->members[i];
        }
    }
    if (n > 1) {
        qsort(o->by_name, n, sizeof(struct jsonl_member *), compare_names);
    }
    bool any = false;
    for (size_t i = 1, first = 0; i < n; i++) {
        if (have_one_name(o->by_name[first], o->by_name[i])) {
            o->by_name[first]->json = o->by_name[i]->json;
            o->by_name[first]->json_len = o->by_name[i]->json_len;
            any = o->by_name[i]->repeated = true;
        } else {
            first = i;
        }
    }
    if (any) {
        drop_repeated(o);
    }
    return true;
}

/* Room for one more: a line of one key a million times needs no more than one of a few keys. */
static bool make_room(struct jsonl_object *o)
{
    return settle_repeated(o) &&
           (o->member_count < o->member_capacity / 2 ||
            mem_grow((void **)&o->members, &o->member_capacity, o->member_count + 1, sizeof *o->members));
}

static bool add_member(struct jsonl_object *o, struct corpus_text name)
{
    struct jsonl_value *known = known_value(o, name);
    if (known && known->kind != JSONL_MISSING) {
        o->current = known->member;
        return true;
    }
    if (o->member_count == o->member_capacity && !make_room(o)) {
        return false;
    }
    o->current = o->member_count++;
    o->members[o->current] = (struct jsonl_member){.name = name, .known = known};
    if (known) {
        known->member = o->current;
    }
    return true;
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

static int on_null(void *context)
{
    struct jsonl_object *o = context;
    return begin(o, JSONL_NULL, NULL, 0) && wrote(o, yajl_gen_null(o->writer));
}

static int on_boolean(void *context, int truth)
{
    struct jsonl_object *o = context;
    return begin(o, JSONL_OTHER, NULL, 0) && wrote(o, yajl_gen_bool(o->writer, truth));
}

/* True for a number that programs can hold. The line has something else behind it, and a NUL in the end. */
static bool is_holdable(const char *text, bool is_integer)
{
    errno = 0;
    const bool is_long = is_integer && (strtoll(text, NULL, 10) == 0 || errno == 0);
    return is_long || (!is_integer && isfinite(strtod(text, NULL)));
}

static int on_number(void *context, const char *text, size_t n)
{
    struct jsonl_object *o = context;
    const bool is_integer = !memchr(text, '.', n) && !memchr(text, 'e', n) && !memchr(text, 'E', n);
    if (!begin(o, JSONL_NUMBER, text, n)) {
        return false;
    }
    return wrote(o, is_holdable(text, is_integer) ? yajl_gen_number(o->writer, text, n)
                                                  : yajl_gen_string(o->writer, (const unsigned char *)text, n));
}

static int on_string(void *context, const unsigned char *text, size_t n)
{
    struct jsonl_object *o = context;
    if (!begin(o, JSONL_STRING, (const char *)text, n)) {
        return false;
    }
    const bool is_kept = o->depth == 1 && current(o)->known;
    return is_kept || wrote(o, yajl_gen_string(o->writer, text, n));
}

static int on_start_object(void *context)
{
    struct jsonl_object *o = context;
    if (o->depth == 0) {
        o->depth = 1;
        return true;
    }
    return open_inner(o, JSONL_OTHER) && wrote(o, yajl_gen_map_open(o->writer));
}

static int on_key(void *context, const unsigned char *name, size_t n)
{
    struct jsonl_object *o = context;
    if (memchr(name, '\0', n)) {
        return refuse(o, "a key with a NUL in it");
    }
    return o->depth == 1 ? add_member(o, keep(o, (const char *)name, n))
                         : wrote(o, yajl_gen_string(o->writer, name, n));
}

static int on_end_object(void *context)
{
    struct jsonl_object *o = context;
    o->depth--;
    o->has_ended = o->depth == 0;
    return o->has_ended || wrote(o, yajl_gen_map_close(o->writer));
}

static int on_start_list(void *context)
{
    struct jsonl_object *o = context;
    if (o->depth == 0) {
        return refuse(o, NOT_AN_OBJECT);
    }
    const struct jsonl_value *value = current(o)->known;
    const bool may_be_strings = o->depth == 1 && value && o->keys[value - o->values].between;
    return open_inner(o, may_be_strings ? JSONL_STRINGS : JSONL_OTHER) && wrote(o, yajl_gen_array_open(o->writer));
}

static int on_end_list(void *context)
{
    struct jsonl_object *o = context;
    o->depth--;
    return wrote(o, yajl_gen_array_close(o->writer));
}

static const yajl_callbacks EVENTS = {.yajl_null = on_null,
                                      .yajl_boolean = on_boolean,
                                      .yajl_number = on_number,
                                      .yajl_string = on_string,
                                      .yajl_start_map = on_start_object,
                                      .yajl_map_key = on_key,
                                      .yajl_end_map = on_end_object,
                                      .yajl_start_array = on_start_list,
                                      .yajl_end_array = on_end_list};

/* ---- a line ------------------------------------------------------------------------------------------------------ */

void jsonl_object_init(struct jsonl_object *o, const struct jsonl_key *keys, size_t count, size_t ceiling)
{
    *o = (struct jsonl_object){.keys = keys, .key_count = count};
    buf_init(&o->text, ceiling);
    /* A control character has six bytes where it comes and where it goes; a number may become a string. */
    buf_init(&o->json, 3 * ceiling);
}

void jsonl_object_free(struct jsonl_object *o)
{
    buf_free(&o->text);
    buf_free(&o->json);
    yajl_memory_free(&o->memory);
    mem_free(o->members);
    mem_free(o->by_name);
}

static void print(void *context, const char *text, size_t n)
{
    buf_append(((struct jsonl_object *)context)->out, text, n);
}

/* A writer and a reader for O, in the memory that was set aside. */
static yajl_handle make_reader(struct jsonl_object *o)
{
    yajl_alloc_funcs functions = yajl_memory_functions(&o->memory);
    o->writer = yajl_gen_alloc(&functions);
    yajl_gen_config(o->writer, yajl_gen_print_callback, print, o);
    yajl_handle reader = yajl_alloc(&EVENTS, &functions, o);
    yajl_config(reader, yajl_dont_validate_strings, 1);
    yajl_config(reader, yajl_allow_trailing_garbage, 1);
    return reader;
}

/* What yajl says is wrong, without the end of its sentence. */
static bool refuse_as_yajl(struct jsonl_object *o, yajl_handle reader)
{
    const char *reason = (const char *)yajl_get_error(reader, 0, NULL, 0);
    refuse(o, reason);
    o->reason[strcspn(o->reason, ".\n")] = '\0';
    return false;
}

/* True when READER, which ended with STATUS, has read one object; else O says what is wrong. */
static bool is_one_object(struct jsonl_object *o, yajl_handle reader, yajl_status status)
{
    const size_t end = yajl_get_bytes_consumed(reader);
    bool ok = status == yajl_status_ok;
    if (status == yajl_status_error) {
        ok = refuse_as_yajl(o, reader);
    } else if (ok && !o->has_ended) {
        ok = refuse(o, "premature end of input");
    } else if (ok && !format_is_blank(o->line + end, o->len - end)) {
        ok = refuse(o, "something behind the object");
    }
    if (!ok) {
        o->column = MAX((size_t)1, utf8_count(o->line, end));
    }
    return ok;
}

bool jsonl_object_read(struct jsonl_object *o, const char *text, size_t n)
{
    o->line = text;
    o->len = n;
    o->depth = o->member_count = 0;
    o->has_ended = false;
    o->reason[0] = '\0';
    memset(o->values, 0, sizeof o->values);
    buf_clear(&o->text);
    buf_clear(&o->json);
    o->out = &o->json;
    if (!buf_reserve(&o->text, n) || !yajl_memory_begin(&o->memory, n)) {
        return false;
    }
    yajl_handle reader = make_reader(o);
    const yajl_status status = yajl_parse(reader, (const unsigned char *)text, n);
    return is_one_object(o, reader, status) && settle_repeated(o);
}

bool jsonl_object_extra(struct jsonl_object *o, struct buf *out)
{
    bool is_open = false;
    buf_clear(out);
    o->out = out;
    yajl_gen_reset(o->writer, NULL);
    for (size_t i = 0; i < o->member_count; i++) {
        const struct jsonl_member *m = &o->members[i];
        if (m->known && m->known->taken) {
            continue;
        }
        if (!is_open) {
            yajl_gen_map_open(o->writer);
            is_open = true;
        }
        yajl_gen_string(o->writer, (const unsigned char *)m->name.text, m->name.len);
        if (m->json_len) {
            yajl_gen_number(o->writer, o->json.data + m->json, m->json_len); /* which writes what it is given */
        } else {
            yajl_gen_string(o->writer, (const unsigned char *)m->known->text.text, m->known->text.len);
        }
    }
    if (is_open) {
        yajl_gen_map_close(o->writer);
    }
    return !buf_failed(out);
}
