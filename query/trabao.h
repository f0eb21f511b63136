/*
 * trabao.h - the public interface of the query library: open an archive, search it, read its articles.
 *
 * Whatever the web can do, another program can do: the server includes this header and base/ alone. Everything is
 * read-only. Strings are UTF-8 and NUL-terminated unless a length stands beside them. A struct that a function gives
 * out is freed with the _free function named at it; pointers inside it live as long as it does.
 *
 * Threads: one struct trabao_archive is shared by all; each thread searches through a struct trabao_reader of its own.
 */
#ifndef TRABAO_H
#define TRABAO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define TRABAO_VERSION "0.1.0"

#define TRABAO_QUERY_MAX 4096 /* bytes of a query; more is TRABAO_USAGE (400, exit 64) */
#define TRABAO_LIMIT_MAX 100  /* hits of one page; a larger limit is clamped */
#define TRABAO_BULK_MAX 2000  /* the same for who asks for all there are: each page is a search of its own */

/* ---- archives and readers ------------------------------------------------------------------------------------ */

struct trabao_archive; /* one published generation of an archive file, with what all threads share */
struct trabao_reader;  /* one thread's database handle and scratch memory */

struct trabao_open_options {
    size_t cache_bytes; /* ceiling of what is kept of the archive in memory; 0: 288 MiB */
};

/*
 * Opens the generation that PATH is at this moment. OPTIONS may be NULL. TRABAO_NO_INPUT: no such file. TRABAO_DATA:
 * not an archive, damaged, or of another version (the message says "reindex").
 */
enum trabao_status trabao_open(const char *path, const struct trabao_open_options *options,
                               struct trabao_archive **out, struct trabao_error *err);

/* All readers must be closed before. NULL is fine. */
void trabao_close(struct trabao_archive *archive);

/* True when the file at the path is not the one that was opened, as it was; the caller opens it anew. One stat(2). */
bool trabao_superseded(const struct trabao_archive *archive);

uint64_t trabao_generation(const struct trabao_archive *archive);
uint64_t trabao_article_count(const struct trabao_archive *archive);

enum trabao_status trabao_reader_open(struct trabao_archive *archive, struct trabao_reader **out,
                                      struct trabao_error *err);
void trabao_reader_close(struct trabao_reader *reader);

/* ---- searching ----------------------------------------------------------------------------------------------- */

enum trabao_sort { TRABAO_RELEVANCE, TRABAO_RELEVANCE_ONLY /* no preference for recent ones */, TRABAO_NEWEST,
                   TRABAO_OLDEST };
enum trabao_tier { TRABAO_EXACT, TRABAO_TONE, TRABAO_FOLDED, TRABAO_TIER_AUTO };
#define TRABAO_TIERS (TRABAO_FOLDED + 1) /* that a hit may have */
enum trabao_total { TRABAO_TOTAL_EXACT, TRABAO_TOTAL_BOUNDED, TRABAO_TOTAL_NONE };

/* The words of the interface: "relevance", "exact" ... False when NAME is none of them. */
bool trabao_sort_from_name(const char *name, enum trabao_sort *out);
bool trabao_tier_from_name(const char *name, enum trabao_tier *out);
bool trabao_total_from_name(const char *name, enum trabao_total *out);
const char *trabao_tier_name(enum trabao_tier tier);

/*
 * Zeroed, it is a search for everything with the defaults. NULL strings are absent. Borrowed during the call. With a
 * cursor query, dates, fields, sort, tier and strict are those of the page before: of another search it is no cursor.
 */
struct trabao_request {
    const char *query;
    size_t query_len;      /* bytes; at most TRABAO_QUERY_MAX */
    const char *from, *to; /* dates, no ranges, as civil_parse or the query language reads them, both inclusive */
    const char *author, *source, *section, *name;
    enum trabao_sort sort;
    enum trabao_tier tier; /* set it to TRABAO_TIER_AUTO for the usual widening */
    enum trabao_total total;
    bool english;          /* warnings in English; else in Vietnamese */
    bool strict;           /* what cannot be read is TRABAO_USAGE instead of words with a warning */
    bool explain;          /* fill trabao_hit.explain */
    bool bare;             /* hits without title and snippet: much cheaper, for whoever needs their keys alone */
    bool fold_duplicates;  /* fill trabao_hit.same_as; totals, limit and cursor count articles all the same */
    int limit;             /* hits wanted; 0: 10; clamped to 1..TRABAO_LIMIT_MAX, */
    bool bulk;             /* or to 1..TRABAO_BULK_MAX */
    const char *cursor;    /* `next` of the page before, or NULL */
    int deadline_ms;       /* 0: none */
};

/* A highlighted part of a snippet or title, in bytes of its text, in order, never overlapping. */
struct trabao_mark {
    uint32_t start, end;
};

struct trabao_marked {
    const char *text; /* plain text, not escaped */
    size_t len;
    const struct trabao_mark *marks;
    size_t mark_count;
};

struct trabao_hit {
    const char *key, *url, *author, *source, *section; /* NULL when unknown */
    const char *date; /* as precisely as known, "" when unknown */
    const char *href; /* "/article/9f3a..." */
    struct trabao_marked title;   /* the title, or the lead where there is none */
    struct trabao_marked snippet; /* the best window of the body */
    double score;
    enum trabao_tier tier;
    int64_t id; /* the archive's row; stable within a generation */
    const char *explain; /* a JSON object of the parts of the score, or NULL */
    const struct trabao_hit *same_as; /* a hit of this page that says the same and comes before; NULL: none */
};

struct trabao_answer {
    const char *query;      /* as typed */
    const char *understood; /* how it was read, in the query language */
    const char *suggestion; /* the query with its marks put back, and its slips of typing mended; or NULL */
    const char *const *warnings;
    size_t warning_count;
    enum trabao_tier tier; /* the loosest tier that was looked at */
    bool widened;          /* words have marks, and articles with other ones were looked for as well */
    bool relaxed;
    bool cut_short;            /* the deadline passed while it was looked further: widening might have found more */
    uint64_t total;            /* articles, over all tiers shown */
    bool total_exact;          /* false: at least that many (total_relation "gte") */
    uint64_t totals_by_tier[TRABAO_TIERS];
    double took_ms;
    uint64_t generation;
    const struct trabao_hit *hits;
    size_t hit_count;
    const char *next; /* cursor of the next page, NULL on the last one */
};

/*
 * TRABAO_USAGE: the query is too long, has NUL or invalid UTF-8, a parameter cannot be read (or, strict, the query).
 * TRABAO_TIMEOUT: the deadline passed before anything was found. What was found until then may take as long again.
 */
enum trabao_status trabao_search(struct trabao_reader *reader, const struct trabao_request *request,
                                 struct trabao_answer **out, struct trabao_error *err);
void trabao_answer_free(struct trabao_answer *answer);

/* The JSON object of the HTTP interface; freed with mem_free (base/mem.h). NULL when memory runs out. */
char *trabao_answer_json(const struct trabao_answer *answer);

/* ---- articles ------------------------------------------------------------------------------------------------ */

struct trabao_article {
    const char *key, *url, *title, *author, *source, *section, *body; /* body never NULL, title "" when missing */
    const char *date;  /* as precisely as known, "" when unknown */
    const char *href;
    const char *record_id; /* the `id` of an input record whose key is its URL, or NULL */
    const char *extra;     /* a JSON object of the record's other keys, or NULL */
    int64_t reads;         /* the portal's read counter, -1 when unknown */
    int64_t id;
    uint64_t generation; /* that added it */
    struct trabao_marked title_marked, body_marked; /* with the words of the query given, if any */
};

/* By the {id} of /article/{id}, or by key. QUERY (may be NULL) is marked in title and body. TRABAO_NONE: no such. */
enum trabao_status trabao_article_by_href_id(struct trabao_reader *reader, const char *href_id, const char *query,
                                             struct trabao_article **out, struct trabao_error *err);
enum trabao_status trabao_article_by_key(struct trabao_reader *reader, const char *key, const char *query,
                                         struct trabao_article **out, struct trabao_error *err);
void trabao_article_free(struct trabao_article *article);
char *trabao_article_json(const struct trabao_article *article);

/* ---- suggesting ---------------------------------------------------------------------------------------------- */

/*
 * TEXT (N bytes), a query, with the likeliest Vietnamese marks put back on the words that have none; as it is where it
 * has marks already, or where the archive knows no better. Freed with mem_free. TRABAO_USAGE as in trabao_search.
 */
enum trabao_status trabao_restore(struct trabao_reader *reader, const char *text, size_t n, char **restored,
                                  struct trabao_error *err);

/* ---- looking inside ------------------------------------------------------------------------------------------ */

/*
 * How TEXT (N bytes) is cut and folded: the JSON object of `analyze`. With a READER (it may be NULL) each token has the
 * words of the archive that it finds, and `query` is how TEXT would be read as a query, abbreviations in all spellings.
 */
enum trabao_status trabao_analyze_json(struct trabao_reader *reader, const char *text, size_t n, char **json,
                                       struct trabao_error *err);

/* Counts, versions and sizes: the JSON object of `stats`. */
enum trabao_status trabao_stats_json(struct trabao_reader *reader, char **json, struct trabao_error *err);

#endif
