/*
 * match.h - where the patterns of a query occur in one text.
 */
#ifndef TRABAO_QUERY_MATCH_H
#define TRABAO_QUERY_MATCH_H

#include "base/base.h"
#include "query/snippet.h"

struct query_match {
    uint32_t start, end; /* bytes of the text */
    uint32_t pattern;
};

struct query_matches {
    struct query_match *items; /* ascending by start; may overlap; owned, freed with mem_free */
    size_t count, capacity;
};

/*
 * Adds each place where one of PATTERNS begins, but no more than MAX places. TOKENS are those of the text. MATCHES is
 * zeroed before its first use. False when memory runs out.
 */
bool query_match_all(const struct text_tokens *tokens, const struct snippet_patterns *patterns, size_t max,
                     struct query_matches *matches);

/*
 * True when the words of a stored body tell where PATTERNS occur in it: none of them may stand for a date or a year,
 * which a text can have beside the words that make it up, nor for all words with one beginning.
 */
bool query_match_by_words(const struct snippet_patterns *patterns);

/* As query_match_all, from the WORDS of a stored body. */
bool query_match_words(const struct snippet_words *words, const struct snippet_patterns *patterns, size_t max,
                       struct query_matches *matches);

/* True when words of this form may stand beside others: dates (30/4), and the years beside them (2020 in 7/2020). */
bool query_may_be_colocated(const char *form);

#endif
