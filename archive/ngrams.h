/*
 * ngrams.h - how often words stand side by side: counts of word pairs and triples of an archive, for putting marks back
 * on queries and for weighing pairs in ranking.
 *
 * The counts are estimates. Building counts in one table of bounded size: when it is full, the rarest are forgotten
 * (lossy counting: Manku and Motwani, VLDB 2002). What is kept goes into a table of three-byte slots, a fingerprint of
 * 18 bits and a logarithm of 6 bits each, found by linear probing; a pair that never occurred is taken for another one
 * about once in 30,000 times.
 *
 * Words of titles count NGRAMS_TITLE_WEIGHT times: queries are worded like titles. Pairs do not span the border
 * between title and body. Beside pairs and triples stand two facts of each first word: its weighted count, and after
 * how many different pairs it begins.
 */
#ifndef TRABAO_NGRAMS_H
#define TRABAO_NGRAMS_H

#include <sqlite3.h>

#include "base/base.h"
#include "base/status.h"

#define NGRAMS_TITLE_WEIGHT 5
#define NGRAMS_BODY_WORDS 200 /* of each body that are counted: more adds time and hardly any knowledge */

struct wordcode_terms;

/* ---- reading ------------------------------------------------------------------------------------------------- */

struct ngrams {
    uint8_t *slots; /* owned */
    uint64_t capacity; /* slots */
};

/* Reads the table; freed with ngrams_free. */
enum trabao_status ngrams_load(struct ngrams *out, sqlite3 *db, struct trabao_error *err);
void ngrams_free(struct ngrams *ngrams);

/* The estimated, title-weighted count of what stands in this order; 0: not kept. */
double ngrams_word(const struct ngrams *ngrams, uint32_t a);
double ngrams_pair(const struct ngrams *ngrams, uint32_t a, uint32_t b);
double ngrams_triple(const struct ngrams *ngrams, uint32_t a, uint32_t b, uint32_t c);

/* How many different words follow A. */
double ngrams_followers(const struct ngrams *ngrams, uint32_t a);

/* ---- building ------------------------------------------------------------------------------------------------ */

struct ngrams_builder;

/* NULL when memory runs out. */
struct ngrams_builder *ngrams_builder_open(void);
void ngrams_builder_close(struct ngrams_builder *b);

/* Counts the pairs and triples of an article. The order of articles matters, a little, once the table is full. */
bool ngrams_builder_add(struct ngrams_builder *b, const struct wordcode_terms *terms);

/* Writes the table, keeping about as many entries as that many words deserve. */
enum trabao_status ngrams_builder_save(struct ngrams_builder *b, sqlite3 *db, struct trabao_error *err);

#endif
