/*
 * abbreviations.h - the abbreviations of an archive: those that its articles introduce, learned while it is built, and
 * the common ones of Vietnamese papers (abbreviations_known.c).
 *
 * An abbreviation and the words it stands for are one unit of several spellings: ubnd, ủy ban nhân dân. A spelling is a
 * row of canonical forms with a blank between them, as the tokenizer gives them. Every spelling is of one unit.
 *
 * Learning: what abbreviation_find (text/abbreviation.h) finds is counted by articles. An abbreviation is kept when at
 * least three articles introduce it and four of five of these mean the same, small words (và, của) aside. Where the
 * articles mean something else by a common one, it is not used. The result does not depend on the number of threads.
 */
#ifndef TRABAO_ABBREVIATIONS_H
#define TRABAO_ABBREVIATIONS_H

#include <sqlite3.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/status.h"

#define ABBREVIATIONS_MAX 5000 /* rows that an archive keeps, those of the most articles */
#define ABBREVIATIONS_NONE UINT32_MAX

/* ---- learning ------------------------------------------------------------------------------------------------ */

struct abbreviations_learner;

enum trabao_status abbreviations_learner_open(struct abbreviations_learner **out, struct trabao_error *err);
void abbreviations_learner_close(struct abbreviations_learner *learner);

/* Counts what one article introduces: FOUND is what abbreviation_find wrote. False when memory runs out. */
bool abbreviations_learn(struct abbreviations_learner *learner, const struct buf *found);

/* Writes what was learned to the table `abbreviation`. */
enum trabao_status abbreviations_save(struct abbreviations_learner *learner, sqlite3 *db, struct trabao_error *err);

/* ---- looking up ---------------------------------------------------------------------------------------------- */

struct abbreviations_spelling {
    uint32_t text; /* offset in struct abbreviations.texts; NUL-terminated */
    uint32_t unit;
    uint32_t next_of_unit; /* spelling number, ABBREVIATIONS_NONE at the end */
    uint32_t next_folded;  /* likewise: another spelling that is the same without marks */
};

struct abbreviations {
    struct abbreviations_spelling *spellings;
    uint32_t count;
    size_t capacity;
    char *texts;
    size_t texts_len, texts_capacity;
    uint32_t *units; /* first spelling of each */
    uint32_t unit_count;
    size_t unit_capacity;
    uint32_t *slots; /* open addressing over folded spellings: first of the chain + 1 */
    uint32_t slot_mask;
};

/* Zeroes A, then reads the common ones and, if DB is not NULL, what the archive learned. Freed in every case. */
enum trabao_status abbreviations_load(struct abbreviations *a, sqlite3 *db, struct trabao_error *err);
void abbreviations_free(struct abbreviations *a);

static inline const char *abbreviations_text(const struct abbreviations *a, uint32_t spelling)
{
    return a->texts + a->spellings[spelling].text;
}

/* The first spelling that is FOLDED (N bytes) without marks; the others follow by next_folded. */
uint32_t abbreviations_find(const struct abbreviations *a, const char *folded, size_t n);

/* The spelling TEXT, canonical forms with a blank between them; ABBREVIATIONS_NONE if it is none. */
uint32_t abbreviations_find_exactly(const struct abbreviations *a, const char *text);

/* The common ones: for each unit its abbreviations, a colon, the words; several of either joined by `|`. NULL ends. */
extern const char *const ABBREVIATIONS_KNOWN[];

#endif
