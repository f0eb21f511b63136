/*
 * log.c - see log.h. A line is put together first and written with one call, so that lines of threads do not mix.
 */
#include "base/log.h"

#include <stdatomic.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/utf8.h"

#define VALUE_MAX 1024     /* bytes of a value */
#define LINE_CEILING 65536 /* bytes; enough for a dozen values of which every byte is escaped */

static _Atomic int shown = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store(&shown, (int)level);
}

/* What is neither printable nor whole UTF-8 is written byte by byte as \xNN; a long value is cut. */
static void quote(struct buf *line, const char *value)
{
    const size_t whole = strlen(value), n = utf8_clip(value, whole, VALUE_MAX);
    buf_append_char(line, '"');
    for (size_t i = 0, len; i < n; i += len) {
        uint32_t c;
        len = utf8_decode(value + i, n - i, &c);
        const bool invalid = len == 1 && c >= 0x80;
        if (c == '"' || c == '\\') {
            buf_printf(line, "\\%c", (int)c);
        } else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || invalid) {
            for (size_t k = 0; k < len; k++) {
                buf_printf(line, "\\x%02x", (unsigned)(uint8_t)value[i + k]);
            }
        } else {
            buf_append(line, value + i, len);
        }
    }
    buf_append_str(line, n < whole ? "...\"" : "\"");
}

void log_line(enum log_level level, const char *message, const struct log_field *fields, size_t count)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};
    if ((int)level > atomic_load(&shown)) {
        return;
    }
    struct buf line;
    char when[CIVIL_TEXT_MAX];
    buf_init(&line, LINE_CEILING);
    civil_format((struct civil){.second = civil_now(), .precision = CIVIL_TIME}, when);
    buf_printf(&line, "%s level=%s message=", when, names[level]);
    quote(&line, message);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&line, " %s=", fields[i].key);
        quote(&line, fields[i].value);
    }
    buf_append_char(&line, '\n');
    const ssize_t written = write(STDERR_FILENO, buf_str(&line), line.len);
    (void)written; /* there is nowhere left to say that the log cannot be written */
    buf_free(&line);
}
