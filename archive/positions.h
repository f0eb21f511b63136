/*
 * positions.h - which articles have words side by side, read from FTS5's own position lists (archive/doclist.h).
 *
 * FTS5 answers a phrase too, but steps through every posting of every word at some 150 ns each; here the lists are
 * decoded in bulk, the rarest word first, and everything that cannot be a match is passed over. The tests compare with
 * FTS5 itself.
 */
#ifndef TRABAO_POSITIONS_H
#define TRABAO_POSITIONS_H

#include <sqlite3.h>

#include "archive/fts_rows.h"
#include "archive/impact.h"
#include "base/base.h"
#include "base/status.h"

#define POSITIONS_LOOK 1500 /* postings that are passed over in the time that looking into one article takes */

/* One thread's access to the position lists of an open archive. */
struct positions;

/* ROWS are those of all articles; they must outlive the object. */
enum trabao_status positions_open(sqlite3 *db, const struct fts_rows *rows, struct positions **out,
                                  struct trabao_error *err);
void positions_close(struct positions *p);

/* A term that may stand at a place of the phrase. */
struct positions_form {
    const char *form;
    size_t len;
    const struct impact_term *postings; /* the articles that have it in title or body; NULL: not known */
};

/* One place of the phrase. */
struct positions_slot {
    const struct positions_form *forms;
    size_t count;
    uint64_t postings; /* about how many articles have one of them: decides the order of work */
};

struct positions_phrase {
    const struct positions_slot *slots;
    size_t count;
    uint32_t columns; /* bit i: all in column i of the FTS5 table, for one such column */
    const uint64_t *among; /* bit by article: others do not have it; NULL: any may */
    size_t among_count;    /* so many */
    struct impact_reader *impacts; /* of which the postings of the forms are; NULL: they are not known */
    /* When so few articles are left that they are sooner looked into themselves: to leave it at that. */
    bool may_leave;
};

/* The articles of a phrase. */
struct positions_found {
    uint32_t *numbers; /* ascending; freed with mem_free */
    size_t count;
    bool left; /* others do not have it, but these may not have it either */
};

/* Looks for articles in which forms of the slots of PHRASE follow one another. */
enum trabao_status positions_find(struct positions *p, const struct positions_phrase *phrase,
                                  struct positions_found *out, struct trabao_error *err);

#endif
