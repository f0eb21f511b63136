/*
 * status.h - what went wrong, and how it is said.
 *
 * Every function that can fail returns enum trabao_status and, through a struct trabao_error, a message for a
 * person: the file, the record, the step and what to do. No library code prints. The values are the exit codes of
 * the command line (sysexits.h), which README lists.
 */
#ifndef TRABAO_STATUS_H
#define TRABAO_STATUS_H

#include "base/base.h"

enum trabao_status {
    TRABAO_OK = 0,
    TRABAO_NONE = 1,       /* done, but nothing was found or some records were rejected */
    TRABAO_USAGE = 64,     /* the caller asked for something that makes no sense */
    TRABAO_DATA = 65,      /* the data are damaged, or of another version */
    TRABAO_NO_INPUT = 66,  /* a file that was named does not exist or cannot be read */
    TRABAO_INTERNAL = 70,  /* a promise inside the program does not hold */
    TRABAO_NO_MEMORY = 71,
    TRABAO_IO = 74,        /* reading or writing failed */
    TRABAO_TIMEOUT = 75    /* the deadline passed, or the work was interrupted */
};

struct trabao_error {
    enum trabao_status status;
    char message[1024]; /* UTF-8, one line, no trailing newline */
};

/*
 * Records STATUS and the formatted message in ERR (which may be NULL) and returns STATUS, so that a failing
 * function can end with `return error_set(err, TRABAO_IO, "...")`. A message too long is cut at a character.
 */
enum trabao_status error_set(struct trabao_error *err, enum trabao_status status, const char *format, ...)
    TRABAO_PRINTF(3, 4);

/* As error_set, with ": " and the text of ERRNUM (an errno value) at the end. */
enum trabao_status error_set_errno(struct trabao_error *err, enum trabao_status status, int errnum,
                                   const char *format, ...) TRABAO_PRINTF(4, 5);

/* Says that memory ran out; never allocates. */
enum trabao_status error_no_memory(struct trabao_error *err);

/*
 * Goes on only when CALL is TRABAO_OK; else the function that this stands in returns what CALL returned. For functions
 * that own nothing: what was opened by the steps before is let go of by their caller.
 */
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        const enum trabao_status try_status_ = (call);                                                                 \
        if (try_status_ != TRABAO_OK) {                                                                                \
            return try_status_;                                                                                        \
        }                                                                                                              \
    } while (0)

/* A short English name, for instance "bad data". Never NULL. */
const char *trabao_status_name(enum trabao_status status);

#endif
