/*
 * furniture.h - lines that belong to a portal and not to the article on it.
 */
#ifndef TRABAO_FURNITURE_H
#define TRABAO_FURNITURE_H

#include "corpus/corpus.h"

enum line_kind {
    LINE_TEXT,
    LINE_BLANK,
    LINE_SECTION, /* the name of a section or service: navigation at the top or bottom of a portal's page, else text */
    LINE_PORTAL,  /* only a portal has such a line */
    LINE_DATE,    /* when it was published */
    LINE_READS,   /* how often it was read */
    LINE_RELATED  /* the heading above links to other articles */
};

struct furniture {
    enum line_kind kind;
    struct corpus_text date; /* of LINE_DATE: the date alone, inside the line */
    int64_t reads;           /* of LINE_READS */
};

/* What LINE (N bytes of UTF-8 without outer blanks) is. */
struct furniture furniture_of(const char *line, size_t n);

/*
 * The name in a line that says nothing but who wrote it, inside the line: `Thanh Thủy`, `Tin, ảnh: Thu Hà`,
 * `(Theo Báo Mẫu)`. *IS_SOURCE: it is where the article was taken from. Missing for any other line.
 */
struct corpus_text furniture_signature(const char *line, size_t n, bool *is_source);

#endif
