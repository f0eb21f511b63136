/*
 * json_writer.c - see json_writer.h.
 */
#include "query/json_writer.h"

#include <math.h>
#include <yajl/yajl_gen.h>

#include "base/html_escape.h"
#include "base/utf8.h"
#include "query/trabao.h"

#define JSON_BYTES_MAX ((size_t)512 * 1024 * 1024)
#define TEXT_FIRST ((size_t)24 * 1024) /* bytes to begin with: ten hits take about half */
#define REAL_MAX 1e12                  /* in thousandths it is still a whole number of 64 bits */

/* ---- the object -------------------------------------------------------------------------------------------------- */

static void print(void *context, const char *text, size_t n)
{
    buf_append(context, text, n);
}

void json_begin(struct json_writer *w)
{
    buf_init(&w->out, JSON_BYTES_MAX);
    buf_init(&w->html, JSON_BYTES_MAX);
    w->memory = (struct yajl_memory){.block = w->room, .capacity = sizeof w->room};
    const yajl_alloc_funcs functions = yajl_memory_functions(&w->memory);
    w->yajl = yajl_gen_alloc(&functions);
    yajl_gen_config(w->yajl, yajl_gen_print_callback, print, &w->out);
    w->out.failed = buf_reserve(&w->out, TEXT_FIRST) == NULL;
    yajl_gen_map_open(w->yajl);
}

char *json_end(struct json_writer *w)
{
    yajl_gen_map_close(w->yajl);
    char *text = buf_take(&w->out);
    buf_free(&w->out);
    buf_free(&w->html);
    return text;
}

static void write_key(struct json_writer *w, const char *key)
{
    if (key) {
        yajl_gen_string(w->yajl, (const unsigned char *)key, strlen(key));
    }
}

void json_open_object(struct json_writer *w, const char *key)
{
    write_key(w, key);
    yajl_gen_map_open(w->yajl);
}

void json_close_object(struct json_writer *w)
{
    yajl_gen_map_close(w->yajl);
}

void json_open_list(struct json_writer *w, const char *key)
{
    write_key(w, key);
    yajl_gen_array_open(w->yajl);
}

void json_close_list(struct json_writer *w)
{
    yajl_gen_array_close(w->yajl);
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static void write_valid(struct json_writer *w, const char *text, size_t n)
{
    yajl_gen_string(w->yajl, (const unsigned char *)text, n);
}

/* What comes of PART is no more worth than PART. */
static void fail_with(struct json_writer *w, const struct buf *part)
{
    w->out.failed = w->out.failed || buf_failed(part);
}

static void write_repaired(struct json_writer *w, const char *text, size_t n)
{
    struct buf repaired;
    buf_init(&repaired, JSON_BYTES_MAX);
    for (size_t i = 0; i < n;) {
        uint32_t c;
        char bytes[4];
        i += utf8_decode(text + i, n - i, &c);
        buf_append(&repaired, bytes, utf8_encode(c, bytes));
    }
    fail_with(w, &repaired);
    write_valid(w, buf_str(&repaired), repaired.len);
    buf_free(&repaired);
}

void json_put_text(struct json_writer *w, const char *key, const char *text, size_t n)
{
    write_key(w, key);
    if (utf8_valid_prefix(text, n) == n) {
        write_valid(w, text, n);
    } else {
        write_repaired(w, text, n);
    }
}

void json_put_string(struct json_writer *w, const char *key, const char *text)
{
    json_put_text(w, key, text, strlen(text));
}

void json_put_optional(struct json_writer *w, const char *key, const char *text)
{
    if (text && text[0] != '\0') {
        json_put_string(w, key, text);
    } else {
        json_put_null(w, key);
    }
}

void json_put_null(struct json_writer *w, const char *key)
{
    write_key(w, key);
    yajl_gen_null(w->yajl);
}

void json_put_integer(struct json_writer *w, const char *key, int64_t value)
{
    write_key(w, key);
    yajl_gen_integer(w->yajl, value);
}

void json_put_boolean(struct json_writer *w, const char *key, bool value)
{
    write_key(w, key);
    yajl_gen_bool(w->yajl, value);
}

/* Made of whole numbers, it has its point in every locale. */
void json_put_real(struct json_writer *w, const char *key, double value)
{
    char text[32];
    const long long thousandths = llround(fmin(fabs(value), REAL_MAX) * 1000);
    const char *sign = signbit(value) ? "-" : "";
    int n = snprintf(text, sizeof text, "%s%lld.%03lld", sign, thousandths / 1000, thousandths % 1000);
    while (text[n - 1] == '0' && text[n - 2] != '.') {
        n--;
    }
    write_key(w, key);
    yajl_gen_number(w->yajl, text, (size_t)n);
}

void json_put_object(struct json_writer *w, const char *key, const char *object)
{
    write_key(w, key);
    yajl_gen_number(w->yajl, object, strlen(object)); /* which writes what it is given */
}

void json_put_members(struct json_writer *w, const char *object)
{
    if (!object) {
        w->out.failed = true;
        return;
    }
    const char *first = strchr(object, '{') + 1;
    buf_append_char(&w->out, ',');
    buf_append(&w->out, first, (size_t)(strrchr(first, '}') - first));
}

/* ---- marked text ------------------------------------------------------------------------------------------------- */

void json_put_marks(struct json_writer *w, const char *key, const struct trabao_marked *m)
{
    size_t byte = 0;
    size_t character = 0;
    json_open_list(w, key);
    for (size_t i = 0; i < m->mark_count; i++) {
        const size_t ends[] = {m->marks[i].start, m->marks[i].end};
        json_open_list(w, NULL);
        for (size_t k = 0; k < 2; k++) {
            character += utf8_count(m->text + byte, ends[k] - byte);
            byte = ends[k];
            json_put_integer(w, NULL, (int64_t)character);
        }
        json_close_list(w);
    }
    json_close_list(w);
}

void json_put_html(struct json_writer *w, const char *key, const struct trabao_marked *m)
{
    size_t done = 0;
    buf_clear(&w->html);
    for (size_t i = 0; i < m->mark_count; i++) {
        html_escape(&w->html, m->text + done, m->marks[i].start - done);
        buf_append_str(&w->html, "<mark>");
        html_escape(&w->html, m->text + m->marks[i].start, m->marks[i].end - m->marks[i].start);
        buf_append_str(&w->html, "</mark>");
        done = m->marks[i].end;
    }
    html_escape(&w->html, m->text + done, m->len - done);
    fail_with(w, &w->html);
    json_put_text(w, key, buf_str(&w->html), w->html.len);
}
