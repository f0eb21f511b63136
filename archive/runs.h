/*
 * runs.h - the postings of a load, article after article in, term after term out.
 *
 * What is added is collected up to a ceiling, sorted by term and spilled into a file that exists only while it is open,
 * by a thread of its own while the next run is being collected. The last run stays in memory. Since articles come in
 * ascending order, the postings of a term are those of the first run, then those of the second, and so on.
 */
#ifndef TRABAO_RUNS_H
#define TRABAO_RUNS_H

#include "base/base.h"
#include "base/buf.h"
#include "base/status.h"

/* One term in one article. */
struct runs_posting {
    uint32_t article;         /* number */
    uint8_t weight;           /* by impact_weight (impact.h), of title and body; 0: in other columns alone */
    const uint8_t *positions; /* as FTS5 writes them: twice the size of the list, then the list */
    uint32_t bytes;           /* of both */
};

/*
 * The postings of one article: per term its number (4 bytes), the weight (1 byte) and the positions; a term comes
 * once.
 */
#define RUNS_HEAD_BYTES 5 /* before the positions */

/* The next posting at *AT, which is moved past it; false at the end. The article is not set. */
bool runs_parse(const struct buf *postings, size_t *at, uint32_t *term, struct runs_posting *out);

struct runs;

#define RUNS_BYTES ((size_t)48 << 20)

/* FOLDER is where the files are made. A run is closed before it has more than BYTES (RUNS_BYTES but in tests). */
enum trabao_status runs_open(const char *folder, size_t bytes, struct runs **out, struct trabao_error *err);
void runs_close(struct runs *r);

/* Adds POSTINGS, of an article whose number is larger than those before. */
enum trabao_status runs_add(struct runs *r, uint32_t article, const struct buf *postings, struct trabao_error *err);

/* All are in; from now on several threads may read. */
enum trabao_status runs_end(struct runs *r, struct trabao_error *err);

/* A walk through the postings of one term. */
struct runs_cursor {
    const struct runs *runs;
    uint32_t term;
    size_t run, end_run; /* the next one to look into, and the one behind the last */
    const uint8_t *at, *end;
    uint32_t article;
    uint64_t looked; /* bytes, roughly, since it was last seen to how much of the files is in memory */
};

/* A cursor is zeroed before its first use and then goes from term to term. */
void runs_seek(const struct runs *r, uint32_t term, struct runs_cursor *cursor);

/* Goes on to the next run that has the term; false when none has. */
bool runs_next_run(struct runs_cursor *cursor);

/* The next posting; false at the end. */
static inline bool runs_next(struct runs_cursor *c, struct runs_posting *out)
{
    if (c->at == c->end && !runs_next_run(c)) {
        return false;
    }
    const uint8_t *p = c->at;
    uint32_t delta = *p & 0x7f;
    for (unsigned shift = 7; *p++ & 0x80; shift += 7) {
        delta |= (uint32_t)(*p & 0x7f) << shift;
    }
    c->article += delta;
    out->article = c->article;
    out->weight = *p++;
    out->positions = p;
    uint32_t size = *p & 0x7f;
    while (*p++ & 0x80) {
        size = size << 7 | (*p & 0x7f);
    }
    p += size / 2;
    out->bytes = (uint32_t)(p - out->positions);
    c->at = p;
    return true;
}

#endif
