/*
 * seal.h - a hash over the tables that are made of the articles: by it `check` sees that they are as they were written.
 */
#ifndef TRABAO_SEAL_H
#define TRABAO_SEAL_H

#include <sqlite3.h>

#include "base/base.h"
#include "base/status.h"

/* Puts the seal on DB, which is complete but for it. */
enum trabao_status seal_write(sqlite3 *db, struct trabao_error *err);

/* *HOLDS: the tables of DB are those that were sealed, and it has a seal. */
enum trabao_status seal_check(sqlite3 *db, bool *holds, struct trabao_error *err);

#endif
