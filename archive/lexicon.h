/*
 * lexicon.h - every term of an archive: its canonical form, its number, in how many articles it occurs, and how often.
 *
 * A term's number is its place in the lexicon. Numbers are dense, start at 0, and never change within a file: the
 * impact index and the stored texts refer to them. The builder gives the frequent terms the low numbers.
 *
 * Looser forms are found through chains: all terms with one folded form hang on one hash slot (lexicon_index_folds),
 * so that a word typed without marks finds its readings, and a tone-folded one filters them.
 */
#ifndef TRABAO_LEXICON_H
#define TRABAO_LEXICON_H

#include <sqlite3.h>

#include "base/base.h"
#include "base/status.h"

#define LEXICON_NONE UINT32_MAX
#define LEXICON_TERMS_MAX (UINT32_C(1) << 24) /* what the stored texts can refer to */

#define LEXICON_COUNT_BITS 56
#define LEXICON_COUNT_MAX (UINT64_MAX >> (64 - LEXICON_COUNT_BITS))

struct lexicon_term {
    uint32_t form;     /* offset of the canonical form in struct lexicon.forms */
    uint32_t articles; /* document frequency over title and body */
    uint64_t count : LEXICON_COUNT_BITS; /* occurrences over title and body */
    uint64_t len : 8;    /* bytes of the form */
};

struct lexicon {
    struct lexicon_term *terms;
    uint32_t count;
    size_t capacity;
    char *forms;
    size_t forms_len, forms_capacity;
    uint32_t *slots; /* open addressing over the forms: term number + 1, 0 = free */
    uint32_t slot_mask;
    uint32_t *fold_slots; /* the same over folded forms: first term of the chain + 1 */
    uint32_t fold_mask;
    uint32_t *fold_next; /* by term number: next term with the same folded form + 1, 0 = end */
};

void lexicon_init(struct lexicon *lexicon);
void lexicon_free(struct lexicon *lexicon);

static inline const char *lexicon_form(const struct lexicon *lexicon, uint32_t term)
{
    return lexicon->forms + lexicon->terms[term].form;
}

/* True when FORM (N bytes) is the canonical form of TERM. */
static inline bool lexicon_is(const struct lexicon *lexicon, uint32_t term, const char *form, size_t n)
{
    return lexicon->terms[term].len == n && memcmp(lexicon_form(lexicon, term), form, n) == 0;
}

/* The number of FORM (N bytes), added if it is new. LEXICON_NONE when memory runs out or the lexicon is full. */
uint32_t lexicon_add(struct lexicon *lexicon, const char *form, size_t n);

/* The number of FORM (N bytes), LEXICON_NONE when it is none of the terms. */
uint32_t lexicon_find(const struct lexicon *lexicon, const char *form, size_t n);

/* Builds the fold chains; to be called once all terms are in. */
enum trabao_status lexicon_index_folds(struct lexicon *lexicon, struct trabao_error *err);

/* The first term whose folded form is FOLDED, and the next after TERM in its chain; LEXICON_NONE at the end. */
uint32_t lexicon_fold_first(const struct lexicon *lexicon, const char *folded, size_t n);
uint32_t lexicon_fold_next(const struct lexicon *lexicon, uint32_t term);

/*
 * Where the chain of FOLDED would begin, for looking up many at once: memory is asked for it, and answers while others
 * are asked for. Then, whether anything is there: if not, there is no chain.
 */
uint32_t lexicon_fold_ask(const struct lexicon *lexicon, const char *folded, size_t n);
static inline bool lexicon_fold_answers(const struct lexicon *lexicon, uint32_t asked)
{
    return lexicon->fold_slots[asked] != 0;
}

/* Writes the terms to the table `lexicon`, in blocks; reads them back (and indexes the folds). */
enum trabao_status lexicon_save(const struct lexicon *lexicon, sqlite3 *db, struct trabao_error *err);
enum trabao_status lexicon_load(struct lexicon *lexicon, sqlite3 *db, struct trabao_error *err);

#endif
