/*
 * buf.c - growable bytes with a ceiling (see buf.h).
 */
#include "base/buf.h"

#include <stdarg.h>

#include "base/mem.h"

void buf_init(struct buf *b, size_t ceiling)
{
    *b = (struct buf){.ceiling = ceiling};
}

void buf_free(struct buf *b)
{
    mem_free(b->data);
    buf_init(b, b->ceiling);
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->failed = b->full = false;
    if (b->data) {
        b->data[0] = '\0';
    }
}

char *buf_reserve(struct buf *b, size_t n)
{
    b->full = b->full || (!b->failed && n > b->ceiling - b->len);
    if (b->failed || b->full || !mem_grow((void **)&b->data, &b->capacity, b->len + n + 1, 1)) {
        b->failed = true;
        return NULL;
    }
    return b->data + b->len;
}

bool buf_append(struct buf *b, const void *bytes, size_t n)
{
    char *room = buf_reserve(b, n);
    if (!room) {
        return false;
    }
    if (n) {
        memcpy(room, bytes, n);
    }
    b->len += n;
    b->data[b->len] = '\0';
    return true;
}

bool buf_append_str(struct buf *b, const char *s)
{
    return buf_append(b, s, strlen(s));
}

bool buf_append_char(struct buf *b, char c)
{
    return buf_append(b, &c, 1);
}

bool buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *room = n < 0 ? NULL : buf_reserve(b, (size_t)n);
    if (!room) {
        b->failed = true;
        return false;
    }
    va_start(args, format);
    vsnprintf(room, (size_t)n + 1, format, args);
    va_end(args);
    b->len += (size_t)n;
    return true;
}

const char *buf_str(const struct buf *b)
{
    return b->data ? b->data : "";
}

char *buf_take(struct buf *b)
{
    if (b->failed || !buf_append(b, "", 0)) {
        return NULL;
    }
    char *bytes = b->data;
    buf_init(b, b->ceiling);
    return bytes;
}
