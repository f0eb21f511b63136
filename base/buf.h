/*
 * buf.h - growable bytes that are born with a ceiling, after curl's dynbuf.
 *
 * Appends are sticky: once one fails (ceiling or memory), the buffer stays failed and later appends do nothing, so a
 * row of appends is checked once, with buf_failed or the result of the last one. The bytes are always followed by
 * a NUL that is not counted.
 */
#ifndef TRABAO_BUF_H
#define TRABAO_BUF_H

#include "base/base.h"

struct buf {
    char *data;      /* owned; NULL while empty */
    size_t len;      /* bytes in use, without the final NUL */
    size_t capacity; /* bytes allocated */
    size_t ceiling;  /* len never exceeds this */
    bool failed;     /* an append did not fit or memory ran out */
    bool full;       /* it failed because it did not fit */
};

/* An empty buffer that never holds more than CEILING bytes; allocates nothing. */
void buf_init(struct buf *b, size_t ceiling);
void buf_free(struct buf *b);

/* Empties the buffer, keeps its memory, clears a failure. */
void buf_clear(struct buf *b);

bool buf_append(struct buf *b, const void *bytes, size_t n);
bool buf_append_str(struct buf *b, const char *s);
bool buf_append_char(struct buf *b, char c);
bool buf_printf(struct buf *b, const char *format, ...) TRABAO_PRINTF(2, 3);

/* N bytes of room to write into; the caller then adds what it wrote to b->len. NULL on failure. */
char *buf_reserve(struct buf *b, size_t n) TRABAO_MUST_USE;

/* The text so far as a C string; "" when empty. Valid until the next append. */
const char *buf_str(const struct buf *b);

/* Hands the bytes (NUL-terminated) over to the caller, who frees them with mem_free; NULL on failure. */
char *buf_take(struct buf *b) TRABAO_MUST_USE;

static inline bool buf_failed(const struct buf *b)
{
    return b->failed;
}

#endif
