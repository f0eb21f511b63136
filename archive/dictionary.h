/*
 * dictionary.h - what has to be known before anything of an archive can be read, by name: the dictionaries of pack.h,
 * the map of signatures.h.
 *
 * Table `dictionary`: a zstd frame of its own for each, as in a small archive they would weigh a hundredth of it.
 */
#ifndef TRABAO_DICTIONARY_H
#define TRABAO_DICTIONARY_H

#include <sqlite3.h>

#include "base/buf.h"
#include "base/status.h"

#define DICTIONARY_MAX ((size_t)1 << 20) /* bytes of one */

/* Writes the N bytes of NAME (at most DICTIONARY_MAX), which DB has not got. */
enum trabao_status dictionary_save(sqlite3 *db, const char *name, const void *bytes, size_t n,
                                   struct trabao_error *err);

/* Replaces the contents of OUT by those of NAME. TRABAO_DATA: it is missing or damaged. */
enum trabao_status dictionary_load(sqlite3 *db, const char *name, struct buf *out, struct trabao_error *err);

#endif
