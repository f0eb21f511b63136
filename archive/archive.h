/*
 * archive.h - a published archive, open for reading.
 *
 * One struct archive is shared by all threads: what never changes while the file lives (ids, lexicon, dictionaries) and
 * the cache of index blocks. Each thread reads through a struct archive_reader of its own.
 */
#ifndef TRABAO_ARCHIVE_H
#define TRABAO_ARCHIVE_H

#include <sqlite3.h>
#include <sys/types.h>

#include "archive/abbreviations.h"
#include "archive/article.h"
#include "archive/blocks.h"
#include "archive/fts_rows.h"
#include "archive/impact.h"
#include "archive/lexicon.h"
#include "archive/ngrams.h"
#include "archive/pack.h"
#include "archive/positions.h"
#include "archive/removed.h"
#include "archive/signatures.h"
#include "archive/wordcode.h"
#include "archive/words.h"
#include "base/base.h"
#include "base/clock.h"
#include "base/status.h"

struct archive {
    char *path;
    int fd;       /* the file that was opened: readers read it, even when another has taken its place */
    dev_t device; /* to see when that happens, or when it is written over */
    ino_t inode;
    struct timespec modified;
    uint64_t generation;
    uint64_t text_bytes, words;
    int64_t built_at;     /* civil seconds */
    uint64_t file_bytes;
    double average_length; /* that impacts were made with, in words */
    uint64_t changes;      /* articles that came and went since the last full build */
    struct removed_list removed;
    uint32_t count;       /* articles */
    int64_t *ids;         /* [count], ascending: an article's number is its place here */
    uint8_t *precisions;  /* [count] enum civil_precision of its date */
    struct fts_rows rows;
    struct lexicon lexicon;
    struct ngrams ngrams;
    struct signatures signatures;
    struct abbreviations abbreviations;
    struct pack_dictionary *words_dictionary, *residues_dictionary;
    struct blocks *cache;       /* of index tables */
    struct blocks *words_cache; /* of articles' words */
};

/*
 * CACHE_BYTES: ceiling of what is kept of the file in memory from one search to the next. TRABAO_NO_INPUT, TRABAO_DATA
 * ("reindex").
 */
enum trabao_status archive_open(const char *path, size_t cache_bytes, struct archive **out, struct trabao_error *err);
void archive_close(struct archive *archive);

/* True when the file at the path is another one now, or has been written over in place, or there is none. */
bool archive_superseded(const struct archive *archive);

/* The number of the first article whose id is not below ID; archive->count when there is none. */
uint32_t archive_lower_bound(const struct archive *archive, int64_t id);

/* *NUMBER: that of article ID. False when there is none. */
bool archive_number_of(const struct archive *archive, int64_t id, uint32_t *number);

struct archive_reader {
    struct archive *archive;
    sqlite3 *db;
    struct impact_reader *impacts;
    struct signatures_reader *signatures;
    struct positions *positions;
    struct pack_context *pack;
    struct words_reader *words;
    sqlite3_stmt *by_id, *by_hash;
    struct buf residue; /* scratch */
    double deadline_ms; /* clock_ms at which what is done with it ends; 0: never */
};

/* True when the deadline of R has passed. What SQLite does for R ends by itself then, with TRABAO_TIMEOUT. */
static inline bool archive_reader_late(const struct archive_reader *r)
{
    return r->deadline_ms > 0 && clock_ms() > r->deadline_ms;
}

enum trabao_status archive_reader_open(struct archive *archive, struct archive_reader **out,
                                       struct trabao_error *err);
void archive_reader_close(struct archive_reader *r);

/* Ends a search: R holds no postings and has no deadline any more. */
void archive_reader_release(struct archive_reader *r);

/* An article with its memory: freed with archive_stored_free. */
struct archive_stored {
    struct article article; /* points into bytes */
    int64_t id;
    uint64_t key_hash, content_hash;
    struct buf bytes;
    struct wordcode_terms terms;   /* of title and body, if its body was read */
    struct wordcode_places places; /* of the body's terms in it */
};
void archive_stored_init(struct archive_stored *stored);
void archive_stored_free(struct archive_stored *stored);

/* Replaces the contents of STORED. TRABAO_NONE: no such article. Without BODY, title and body are missing. */
enum trabao_status archive_read(struct archive_reader *r, int64_t id, bool body, struct archive_stored *stored,
                                struct trabao_error *err);

/* The article whose key has a hash. */
struct archive_found {
    int64_t id;
    uint32_t number; /* of the article */
    uint64_t content_hash;
    uint64_t generation;
};

/* TRABAO_NONE when there is no such article. */
enum trabao_status archive_find(struct archive_reader *r, uint64_t key_hash, struct archive_found *out,
                                struct trabao_error *err);

/* The terms of title and body of article ID, which the archive has, in text order. */
enum trabao_status archive_terms(struct archive_reader *r, int64_t id, struct wordcode_terms *out,
                                 struct trabao_error *err);

/*
 * Proves that the file is sound: SQLite's integrity check, each article against the hash of what was stored, FTS5's
 * check against the stored texts, and that the postings of FTS5 and the impact index name the same articles.
 * *REPORT (freed with mem_free) says what is wrong, one a line; TRABAO_DATA if anything is. Nothing is written.
 */
enum trabao_status archive_check(const char *path, char **report, struct trabao_error *err);

/* What an update has changed. */
struct archive_change {
    uint32_t count;         /* articles after it */
    const int64_t *written; /* ids of the articles that were inserted, ascending */
    uint32_t written_count;
    const int64_t *deleted; /* ids that are not there any more */
    uint32_t deleted_count;
    const uint8_t *touched; /* [touched_count] by term: not 0 when one of those articles has it */
    uint32_t touched_count;
};

/* The same proofs, as far as they concern CHANGE; of its terms those that are in few articles. */
enum trabao_status archive_check_change(const char *path, const struct archive_change *change,
                                        struct trabao_error *err);

#endif
