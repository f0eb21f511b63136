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
#include "base/status.h"
#include "text/text.h"

struct document {
    struct buf bytes; /* what `article` points into */
    struct article article;
    struct text_tokens columns[SCHEMA_COLUMNS];
    struct buf words, residue;               /* wordcode.h */
    struct buf packed_words, packed_residue; /* pack.h */
    struct buf abbreviations;                /* that the body introduces: text/abbreviation.h */
};

void document_init(struct document *d);
void document_free(struct document *d);

/* The text of an FTS5 column; text NULL when the article has none. */
const struct article_text *document_column(const struct document *d, enum schema_column column);

/* Cuts all columns and looks for abbreviations. */
enum trabao_status document_tokenize(struct document *d, struct text_analyzer *analyzer, struct trabao_error *err);

/*
 * Weighted frequencies of the terms of one article, kept between articles so that counting one costs no clearing of
 * a whole table. Belongs to one lexicon, whose frequent terms it remembers.
 */
struct document_known;
struct document_counts {
    uint32_t *frequency; /* by term; zero between articles */
    size_t capacity;
    uint32_t *touched; /* terms of this article */
    size_t touched_count, touched_capacity;
    struct document_known *known; /* forms and numbers of terms seen lately */
};
void document_counts_free(struct document_counts *counts);

/*
 * Numbers the terms of D (new ones are added to LEXICON), writes its words stream, and leaves the weighted frequencies
 * of title and body in COUNTS. *LENGTH: words of title and body.
 */
enum trabao_status document_number(struct document *d, struct lexicon *lexicon, struct document_counts *counts,
                                   uint32_t *length, struct trabao_error *err);

/* Makes the residue. SCRATCH is working memory. */
enum trabao_status document_code(struct document *d, struct buf *scratch, struct trabao_error *err);

#endif
