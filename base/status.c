/*
 * status.c - composing error messages (see status.h).
 */
#include "base/status.h"

#include <stdarg.h>

#include "base/utf8.h"

/* Ends a message that was cut off at a whole character. */
static void end_message(struct trabao_error *err, int wanted)
{
    if (wanted >= (int)sizeof err->message) {
        const size_t n = sizeof err->message - 1;
        err->message[utf8_valid_prefix(err->message, n)] = '\0';
    }
}

enum trabao_status error_set(struct trabao_error *err, enum trabao_status status, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        err->status = status;
        end_message(err, vsnprintf(err->message, sizeof err->message, format, args));
        va_end(args);
    }
    return status;
}

enum trabao_status error_set_errno(struct trabao_error *err, enum trabao_status status, int errnum,
                                   const char *format, ...)
{
    if (err) {
        char reason[128], text[sizeof err->message];
        va_list args;
        va_start(args, format);
        vsnprintf(text, sizeof text, format, args);
        va_end(args);
        err->status = status;
        end_message(err, snprintf(err->message, sizeof err->message, "%s: %s", text,
                                  strerror_r(errnum, reason, sizeof reason)));
    }
    return status;
}

enum trabao_status error_no_memory(struct trabao_error *err)
{
    return error_set(err, TRABAO_NO_MEMORY, "out of memory");
}

const char *trabao_status_name(enum trabao_status status)
{
    switch (status) {
    case TRABAO_OK:
        return "done";
    case TRABAO_NONE:
        return "nothing found";
    case TRABAO_USAGE:
        return "wrong usage";
    case TRABAO_DATA:
        return "bad data";
    case TRABAO_NO_INPUT:
        return "no input";
    case TRABAO_INTERNAL:
        return "internal error";
    case TRABAO_NO_MEMORY:
        return "out of memory";
    case TRABAO_IO:
        return "input or output failed";
    case TRABAO_TIMEOUT:
        return "timed out";
    }
    return "unknown status";
}
