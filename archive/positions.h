/*
 * positions.h - which articles have words side by side, read from FTS5's own position lists.
 *
 * FTS5 answers a phrase too, but steps through every posting of every word at some 150 ns each; here the lists are
 * decoded in bulk, the rarest word first, and everything that cannot be a match is passed over. The lists are those of
 * the table `fts_data`, whose format is described at the head of SQLite's ext/fts5/fts5_index.c: a term's doclist runs
 * over consecutive leaf pages of a segment, and where segments (left by updates) differ, the newest is right.
 *
 * This is read-only and self-contained: nothing but the format is relied on, and the tests compare with FTS5 itself.
 */
#ifndef TRABAO_POSITIONS_H
#define TRABAO_POSITIONS_H

#include <sqlite3.h>

#include "base/base.h"
#include "base/status.h"

/* One thread's access to the position lists of an open archive. */
struct positions;

/* IDS are the ids of all COUNT articles, ascending; they must outlive the object. */
enum trabao_status positions_open(sqlite3 *db, const int64_t *ids, uint32_t count, struct positions **out,
                                  struct trabao_error *err);
void positions_close(struct positions *p);

/* A term that may stand at a place of the phrase. */
struct positions_form {
    const char *form;
    size_t len;
};

/* One place of the phrase. */
struct positions_slot {
    const struct positions_form *forms;
    size_t count;
    uint64_t postings; /* about how many articles have one of them: decides the order of work */
};

/*
 * The numbers, ascending, of the articles in which forms of the COUNT slots follow one another, all in one of the
 * COLUMNS (bit i: column i of the FTS5 table). *NUMBERS (FOUND of them) is freed with mem_free.
 */
enum trabao_status positions_phrase(struct positions *p, const struct positions_slot *slots, size_t count,
                                    uint32_t columns, uint32_t **numbers, size_t *found, struct trabao_error *err);

#endif
