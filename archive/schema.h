/*
 * schema.h - the tables of an archive file and the versions that decide whether this program can read it.
 */
#ifndef TRABAO_SCHEMA_H
#define TRABAO_SCHEMA_H

#include <sqlite3.h>

#include "base/status.h"

#define SCHEMA_APPLICATION_ID 0x54726261 /* "Trba", PRAGMA application_id */
#define SCHEMA_VERSION 10                /* PRAGMA user_version: raised by every change of a table's meaning */

/* The columns of the FTS5 table, in order. The body comes first: FTS5 writes no column marker for column 0. */
enum schema_column { SCHEMA_BODY, SCHEMA_TITLE, SCHEMA_AUTHOR, SCHEMA_SOURCE, SCHEMA_SECTION, SCHEMA_COLUMNS };

enum trabao_status schema_create(sqlite3 *db, struct trabao_error *err);

/* Empties the tables that go by articles' numbers (NUMBERED in schema.c); what takes their place uses their pages. */
enum trabao_status schema_renew_numbered(sqlite3 *db, struct trabao_error *err);

/* TRABAO_DATA, naming PATH and what to do, unless DB is an archive that this program reads. */
enum trabao_status schema_check(sqlite3 *db, const char *path, struct trabao_error *err);

/* One value of the table `meta`. */
enum trabao_status schema_set_meta(sqlite3 *db, const char *name, int64_t value, struct trabao_error *err);
enum trabao_status schema_get_meta(sqlite3 *db, const char *name, int64_t *value, struct trabao_error *err);

#endif
