/*
 * json_writer.h - writes one JSON object, value after value, as compact text.
 *
 * A failure sticks, as in struct buf: what follows it does nothing, and the end gives NULL. yajl writes, in memory that
 * is part of the writer, as it does not look whether it was given any.
 */
#ifndef TRABAO_JSON_WRITER_H
#define TRABAO_JSON_WRITER_H

#include <stddef.h>

#include "base/buf.h"
#include "base/yajl_memory.h"

struct trabao_marked;

struct json_writer {
    struct buf out;
    struct buf html; /* text while it is escaped and marked */
    struct yajl_gen_t *yajl;
    struct yajl_memory memory;
    _Alignas(max_align_t) char room[YAJL_STRUCTS_BYTES];
};

/* Opens the object. W must stay where it is until json_end. */
void json_begin(struct json_writer *w);

/* Closes the object. Its text is freed with mem_free; NULL when memory ran out or it has more than half a gigabyte. */
char *json_end(struct json_writer *w) TRABAO_MUST_USE;

/* All below write one value: the member KEY of an object, or with KEY NULL an item of a list. */
void json_open_object(struct json_writer *w, const char *key);
void json_close_object(struct json_writer *w);
void json_open_list(struct json_writer *w, const char *key);
void json_close_list(struct json_writer *w);

/* N bytes of TEXT, with U+FFFD for every invalid one; JSON has no other way to carry it. */
void json_put_text(struct json_writer *w, const char *key, const char *text, size_t n);
void json_put_string(struct json_writer *w, const char *key, const char *text);

/* null for a missing or empty string. */
void json_put_optional(struct json_writer *w, const char *key, const char *text);

void json_put_null(struct json_writer *w, const char *key);
void json_put_integer(struct json_writer *w, const char *key, int64_t value);
void json_put_boolean(struct json_writer *w, const char *key, bool value);

/* VALUE, of less than 1e12, with one to three places: 12.346, 0.0. */
void json_put_real(struct json_writer *w, const char *key, double value);

/* OBJECT, the text of one, as it is. */
void json_put_object(struct json_writer *w, const char *key, const char *object);

/*
 * The members of OBJECT, the text of an object that has some, behind others of the object that is open. NULL is a
 * failure: memory ran out before.
 */
void json_put_members(struct json_writer *w, const char *object);

/* The ranges of M's marks, in Unicode characters. */
void json_put_marks(struct json_writer *w, const char *key, const struct trabao_marked *m);

/* M as HTML, escaped and marked. */
void json_put_html(struct json_writer *w, const char *key, const struct trabao_marked *m);

#endif
