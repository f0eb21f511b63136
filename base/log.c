/*
 * log.c - see log.h. A line is put together first and written with one call, so that lines of threads do not mix.
 */
#include "base/log.h"

#include <stdatomic.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/civil.h"

#define LINE_CEILING 8192

static _Atomic int shown = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store(&shown, (int)level);
}

static void quote(struct buf *line, const char *value)
{
    buf_append_char(line, '"');
    for (const char *p = value; *p; p++) {
        const unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\') {
            buf_printf(line, "\\%c", c);
        } else if (c < 0x20 || c == 0x7f) {
            buf_printf(line, "\\x%02x", c);
        } else {
            buf_append_char(line, *p);
        }
    }
    buf_append_char(line, '"');
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
