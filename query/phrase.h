/*
 * phrase.h - the articles that have a phrase.
 *
 * The impact index says which articles have all the words; position lists (archive/positions.h) say where those stand
 * side by side; and when few articles are left they are looked into themselves, by the terms that are stored in their
 * order.
 */
#ifndef TRABAO_PHRASE_H
#define TRABAO_PHRASE_H

#include "archive/archive.h"
#include "query/arena.h"

/* A word of the phrase: it may be any of these terms. */
struct phrase_word {
    const uint32_t *terms;
    size_t count;
};

struct phrase {
    const struct phrase_word *words;
    size_t count;
    uint32_t columns;    /* bit i: all in column i of the FTS5 table, for one such column */
    uint32_t first, end; /* no other articles are asked for */
    const uint64_t *may; /* bit by article: nor are others than these, which may have it; NULL: any may */
    bool has_words;      /* these have all the words */
    bool stored;         /* what is stored of an article has all of these words where they stand */
};

/* *SET (COUNT of them, in ARENA): ascending numbers of the articles of the archive that have PHRASE. */
enum trabao_status phrase_find(struct archive_reader *r, const struct phrase *phrase, struct query_arena *arena,
                               uint32_t **set, size_t *count, struct trabao_error *err);

/*
 * Full forms of abbreviations are in many queries, so their sets are kept (archive/made.h): phrase_keep does so unless
 * PHRASE asks for some articles only; phrase_kept finds one, or returns TRABAO_NONE. Such a set may have articles that
 * PHRASE does not ask for. It is the archive's until impact_release.
 */
enum trabao_status phrase_kept(struct archive_reader *r, const struct phrase *phrase, struct query_arena *arena,
                               uint32_t **set, size_t *count, struct trabao_error *err);
enum trabao_status phrase_keep(struct archive_reader *r, const struct phrase *phrase, struct query_arena *arena,
                               const uint32_t *set, size_t count, struct trabao_error *err);

#endif
