/*
 * url.c - request targets; see url.h.
 *
 * The target is copied once and decoded in place: decoding never lengthens, so names and values can be cut at `&` and
 * `=` first and then be decoded each where it lies.
 */
#include "server/url.h"

#include "base/mem.h"
#include "base/utf8.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Decodes the C string S in place, `+` to a blank when PLUS; returns its new length, which may count NULs. */
static size_t decode(char *s, bool plus)
{
    size_t out = 0;
    for (size_t in = 0; s[in] != '\0'; in++) {
        const int high = s[in] == '%' ? hex_digit(s[in + 1]) : -1;
        const int low = high >= 0 ? hex_digit(s[in + 2]) : -1;
        if (low >= 0) {
            s[out++] = (char)(high * 16 + low);
            in += 2;
        } else {
            s[out++] = plus && s[in] == '+' ? ' ' : s[in];
        }
    }
    s[out] = '\0';
    return out;
}

static enum trabao_status check(const char *s, size_t n, struct trabao_error *err)
{
    if (memchr(s, '\0', n) != NULL) {
        return error_set(err, TRABAO_USAGE, "the address contains a NUL byte (%%00)");
    }
    if (utf8_valid_prefix(s, n) != n) {
        return error_set(err, TRABAO_USAGE, "the address is not valid UTF-8");
    }
    return TRABAO_OK;
}

static enum trabao_status add_arg(struct url *url, char *text, struct trabao_error *err)
{
    if (url->arg_count == URL_ARGS_MAX) {
        return error_set(err, TRABAO_USAGE, "more than %d arguments", URL_ARGS_MAX);
    }
    char *equals = strchr(text, '=');
    char *value = equals != NULL ? equals + 1 : text + strlen(text);
    if (equals != NULL) {
        *equals = '\0';
    }
    const size_t value_len = decode(value, true);
    const size_t name_len = decode(text, true);
    enum trabao_status status = check(value, value_len, err);
    if (status == TRABAO_OK) {
        status = check(text, name_len, err);
    }
    url->args[url->arg_count++] = (struct url_arg){.name = text, .value = value, .value_len = value_len};
    return status;
}

static enum trabao_status add_args(struct url *url, char *query, struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    while (query != NULL && status == TRABAO_OK) {
        char *next = strchr(query, '&');
        if (next != NULL) {
            *next++ = '\0';
        }
        if (*query != '\0') {
            status = add_arg(url, query, err);
        }
        query = next;
    }
    return status;
}

/* The part of TARGET from its path on: past "http://host" of the absolute form, which every server must accept. */
static const char *from_path(const char *target)
{
    const char *slashes = target[0] == '/' ? NULL : strstr(target, "://");
    return slashes == NULL ? target : strchr(slashes + 3, '/');
}

enum trabao_status url_parse(const char *target, struct url *out, struct trabao_error *err)
{
    *out = (struct url){.path = "/"};
    const char *path = from_path(target);
    if (path == NULL || path[0] != '/') {
        return error_set(err, TRABAO_USAGE, "the address has no path");
    }
    out->storage = mem_dup(path, strlen(path));
    if (out->storage == NULL) {
        return error_no_memory(err);
    }
    char *query = strchr(out->storage, '?');
    if (query != NULL) {
        *query++ = '\0';
    }
    const size_t path_len = decode(out->storage, false);
    enum trabao_status status = check(out->storage, path_len, err);
    if (status == TRABAO_OK) {
        status = add_args(out, query, err);
    }
    if (status == TRABAO_OK) {
        out->path = out->storage;
    } else {
        out->arg_count = 0;
    }
    return status;
}

void url_free(struct url *url)
{
    mem_free(url->storage);
    *url = (struct url){.path = "/"};
}

const struct url_arg *url_find(const struct url *url, const char *name)
{
    for (size_t i = 0; i < url->arg_count; i++) {
        if (strcmp(url->args[i].name, name) == 0) {
            return &url->args[i];
        }
    }
    return NULL;
}

const char *url_value(const struct url *url, const char *name)
{
    const struct url_arg *arg = url_find(url, name);
    return arg != NULL && arg->value_len > 0 ? arg->value : NULL;
}

bool url_append_encoded(struct buf *out, const char *text, size_t n)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)text[i];
        const bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        if (letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~') {
            buf_append_char(out, (char)c);
        } else {
            const char escape[3] = {'%', digits[c >> 4], digits[c & 15]};
            buf_append(out, escape, sizeof escape);
        }
    }
    return !buf_failed(out);
}
