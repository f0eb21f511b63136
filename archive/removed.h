/*
 * removed.h - the keys of articles that were removed for good: what is read again later is not taken again.
 *
 * Kept in the table `removed` as hashes, so that a removed article's address is gone from the file as well.
 */
#ifndef TRABAO_REMOVED_H
#define TRABAO_REMOVED_H

#include <sqlite3.h>

#include "base/base.h"
#include "base/status.h"

struct removed {
    uint64_t key_hash;
    int64_t at; /* civil second of the removal */
};

struct removed_list {
    struct removed *items; /* ascending by hash; owned */
    size_t count, capacity;
};

void removed_free(struct removed_list *list);

bool removed_has(const struct removed_list *list, uint64_t key_hash);

/* Enters or overwrites. False when memory runs out. */
bool removed_add(struct removed_list *list, uint64_t key_hash, int64_t at);

/* False: it is not there. */
bool removed_lift(struct removed_list *list, uint64_t key_hash);

/* The table of DB; empty when there is none, for archives that were made before there was one. */
enum trabao_status removed_load(struct removed_list *list, sqlite3 *db, struct trabao_error *err);

/* Replaces what the table holds. */
enum trabao_status removed_save(const struct removed_list *list, sqlite3 *db, struct trabao_error *err);

#endif
