/*
 * base.h - the first include of every file: language level, attributes, and the functions we do not call.
 *
 * This room knows no Vietnamese, no SQLite and no HTTP. Every other room may include it; it includes none.
 */
#ifndef TRABAO_BASE_H
#define TRABAO_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

#define TRABAO_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define TRABAO_MUST_USE __attribute__((warn_unused_result))
#define TRABAO_UNUSED __attribute__((unused))

/* Copies a possibly unaligned fixed-width number out of (or into) a byte string. */
#define LOAD(type, p) (__extension__({ type load_v_; __builtin_memcpy(&load_v_, (p), sizeof load_v_); load_v_; }))

#include "base/banned.h"

#endif
