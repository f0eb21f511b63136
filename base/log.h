/*
 * log.h - what a program (never a library) says while it runs: one line of key=value pairs on stderr.
 */
#ifndef TRABAO_LOG_H
#define TRABAO_LOG_H

#include "base/base.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

struct log_field {
    const char *key, *value; /* NUL-terminated; control characters and quotes in the value are escaped */
};

/* Lines above this level are dropped; LOG_INFO at the start. */
void log_set_level(enum log_level level);

/* 2026-11-24T10:00:00 level=info message="..." key="value" ... */
void log_line(enum log_level level, const char *message, const struct log_field *fields, size_t count);

#endif
