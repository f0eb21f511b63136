/*
 * document.h - one article on its way into the archive: cut into tokens, numbered, packed.
 */
#ifndef TRABAO_DOCUMENT_H
#define TRABAO_DOCUMENT_H

#include "archive/article.h"
#include "archive/impact.h"
#include "archive/lexicon.h"
#include "archive/pack.h"
#include "archive/schema.h"
#include "archive/spill.h"
#include "base/status.h"
#include "text/text.h"

struct document {
    struct spill_entry entry;
    struct buf bytes; /* what `article` points into */
    struct article article;
    struct text_tokens columns[SCHEMA_COLUMNS];
    struct buf numbers;                      /* of the terms, 4 bytes a token: title, body, then the other columns */
    uint32_t places[SCHEMA_COLUMNS];         /* positions in each column */
    struct buf words, residue;               /* wordcode.h */
    bool title_coded;                        /* the residue has the title */
    struct buf postings;                     /* runs.h */
    struct buf packed_words, packed_residue; /* pack.h */
    struct buf abbreviations;                /* that the body introduces: text/abbreviation.h */
};

void document_init(struct document *d);
void document_free(struct document *d);

/* Empties D, and gives its memory back if it has become more than most articles need. */
void document_clear(struct document *d);

/* The text of an FTS5 column; text NULL when the article has none. */
const struct article_text *document_column(const struct document *d, enum schema_column column);

/* The text_marker of an analyzer for documents: LEXICON has frequent terms, whose numbers never change. */
uint32_t document_mark(const void *lexicon, const char *word, size_t n, const char *form, size_t form_len);

/* Cuts all columns and looks for abbreviations. */
enum trabao_status document_tokenize(struct document *d, struct text_analyzer *analyzer, struct trabao_error *err);

/* Numbers of frequent terms, kept between the articles of one lexicon; NULL before the first. */
struct document_known;
void document_known_free(struct document_known *known);

/*
 * Numbers the terms of D (those that are marked have their number; new ones are added to LEXICON, whose counts grow)
 * and writes its words stream. *LENGTH: words of title and body.
 */
enum trabao_status document_number(struct document *d, struct lexicon *lexicon, struct document_known **known,
                                   uint32_t *length, struct trabao_error *err);

/* What one thread needs for document_post, kept between articles; zeroed before its first use. */
struct document_poster {
    uint32_t *slots; /* [capacity] by term: place in `terms`, and one; 0 between articles */
    size_t capacity;
    struct document_term *terms; /* of this article, in the order in which they come */
    size_t term_capacity;
    uint64_t *tokens; /* of this article */
    size_t token_capacity;
};
void document_poster_free(struct document_poster *poster);

/* Makes the postings of D, which is numbered. */
enum trabao_status document_post(struct document *d, struct document_poster *poster, struct trabao_error *err);

/* Makes the residue. SCRATCH is working memory. */
enum trabao_status document_code(struct document *d, struct buf *scratch, struct trabao_error *err);

#endif
