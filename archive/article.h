/*
 * article.h - one stored article, and how its place in time becomes its id.
 *
 * id = civil second * ARTICLE_SLOTS + n: n counts the articles of one second; when its slots are taken, the next
 * second's serve. Seconds count from 1600, and the first year belongs to articles without a date, which are numbered
 * from 1 in key order. A date before ARTICLE_FIRST_YEAR is kept, but such an article is placed with the undated ones.
 */
#ifndef TRABAO_ARTICLE_H
#define TRABAO_ARTICLE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/civil.h"

#define ARTICLE_SLOTS 16
#define ARTICLE_FIRST_YEAR 1601
#define ARTICLE_UNDATED_END (INT64_C(366) * CIVIL_DAY_SECONDS * ARTICLE_SLOTS) /* ids of dated ones are not below */

enum article_field {
    ARTICLE_KEY,
    ARTICLE_TITLE,
    ARTICLE_URL,
    ARTICLE_AUTHOR,
    ARTICLE_SOURCE,
    ARTICLE_SECTION,
    ARTICLE_EXTRA,     /* JSON object of other keys */
    ARTICLE_ENCODING,  /* missing: utf-8 */
    ARTICLE_RECORD_ID, /* the `id` of an input record whose key is its URL */
    ARTICLE_BODY,
    ARTICLE_FIELDS
};

/* Text NULL: the field is missing. Not owned. */
struct article_text {
    const char *text;
    size_t len;
};

struct article {
    struct article_text fields[ARTICLE_FIELDS]; /* indexed by enum article_field */
    struct civil date;
    int64_t reads;       /* -1: unknown */
    uint64_t generation; /* that added or last changed it; 0: the one being built */
};

/* The 64-bit hash of a key that stands in /article/{id}; and of everything stored, to see whether a record changed. */
uint64_t article_key_hash(const char *key, size_t n);
uint64_t article_content_hash(const struct article *article);

/* Appends ARTICLE to OUT as bytes; reads it back (pointing into BYTES). False: memory, or damaged bytes. */
bool article_write(const struct article *article, struct buf *out);
bool article_read(const char *bytes, size_t n, struct article *out);

/* True when the article's id comes from its date. */
static inline bool article_is_dated(struct civil date)
{
    return date.precision != CIVIL_NONE && date.second * ARTICLE_SLOTS >= ARTICLE_UNDATED_END;
}

#endif
