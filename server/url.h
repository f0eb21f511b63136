/*
 * url.h - reads request targets (path and arguments) and writes the arguments of links.
 *
 * Reading is strict about what could be taken for something else further on (NUL, invalid UTF-8) and lenient about
 * the rest: a `%` that begins no escape stands for itself, as in browsers.
 */
#ifndef TRABAO_SERVER_URL_H
#define TRABAO_SERVER_URL_H

#include "base/buf.h"
#include "base/status.h"

#define URL_ARGS_MAX 64 /* arguments of one request; more are refused */

struct url_arg {
    const char *name, *value; /* decoded, NUL-terminated, valid UTF-8 without NUL inside */
    size_t value_len;         /* bytes */
};

struct url {
    char *storage;    /* owned; all strings below point into it */
    const char *path; /* decoded; begins with "/" */
    struct url_arg args[URL_ARGS_MAX];
    size_t arg_count;
};

/*
 * Reads TARGET: "/path?name=value&..." or the absolute form "http://host/path?...". TRABAO_USAGE: NUL or invalid UTF-8
 * after decoding, too many arguments, or no path. OUT is valid (and to be freed) in every case; when it fails, it is
 * the path "/" without arguments.
 */
enum trabao_status url_parse(const char *target, struct url *out, struct trabao_error *err);
void url_free(struct url *url);

/* The first argument called NAME; NULL when there is none. */
const struct url_arg *url_find(const struct url *url, const char *name);

/* Its value; NULL also when that is empty, since an HTML form sends the fields that were left empty. */
const char *url_value(const struct url *url, const char *name);

/* Appends N bytes of TEXT percent-encoded: only letters, digits and -._~ stay, so that it is safe in HTML as well. */
bool url_append_encoded(struct buf *out, const char *text, size_t n);

#endif
