/*
 * library.h - inside of the handles that trabao.h keeps opaque.
 */
#ifndef TRABAO_LIBRARY_H
#define TRABAO_LIBRARY_H

#include "archive/archive.h"
#include "query/arena.h"
#include "query/trabao.h"
#include "text/text.h"

struct trabao_archive {
    struct archive *archive;
};

struct trabao_reader {
    struct archive_reader *reader;
    struct text_analyzer *analyzer;
    struct text_tokens tokens; /* scratch */
};

#define HREF_MAX 64

/* Writes "/article/9f3a..." for the article whose key has this hash. */
void library_href(uint64_t key_hash, char out[HREF_MAX]);

/* A copy of a field in ARENA, NULL when it is missing (or memory runs out). */
const char *library_field(struct query_arena *arena, const struct article *article, enum article_field field);

/* The number of the term FORM (N bytes), LEXICON_NONE when the archive has no such word. */
uint32_t library_term(const struct lexicon *lexicon, const char *form, size_t n);

/* Articles that have the word FORM (N bytes), in the reading that most of them have. */
uint32_t library_articles(const struct lexicon *lexicon, const char *form, size_t n);

#endif
