/*
 * corpus.h - bytes on disk become records: containers, encodings and formats end in this room.
 *
 * A reader walks paths (files, folders in name order, "-" for standard input), undoes compression with libarchive's
 * filters (gzip, zstd, xz, bzip2, by content, not by name), recognises the format by content, and gives out batches of
 * raw records, which any thread then parses. What cannot be read costs that record alone: it comes out as a reject
 * with its reason.
 */
#ifndef TRABAO_CORPUS_H
#define TRABAO_CORPUS_H

#include "base/base.h"
#include "base/fsutil.h"
#include "base/status.h"

enum corpus_format {
    CORPUS_AUTO,  /* by content */
    CORPUS_PAGE,  /* the plain text of a portal page, or plain text: one file, one record */
    CORPUS_JSONL, /* one JSON object a line */
    CORPUS_HTML,  /* the three below are recognised by name and refused until their readers exist */
    CORPUS_CSV,
    CORPUS_WARC
};

/* "page", "jsonl" ...; false when NAME is none of them. */
bool corpus_format_from_name(const char *name, enum corpus_format *out);

/* A span of bytes that is not owned; text NULL means that the field is missing. */
struct corpus_text {
    const char *text;
    size_t len;
};

/* One article as it was found. All text is valid UTF-8 without NUL. Valid during the callback. */
struct corpus_record {
    struct corpus_text key;    /* the URL, else the `id` field, else path#record: never missing */
    struct corpus_text id, url, title, author, source, section, body;
    struct corpus_text date;   /* as written; parsed with civil_parse_record (base/civil.h) by whoever stores it */
    struct corpus_text extra;  /* a JSON object with every key that has no field of its own; missing if none */
    int64_t reads;             /* the portal's read counter, -1 when there is none */
    const char *path;          /* the file it came from */
    uint64_t number;           /* its place in that file, from 1: the line for JSONL */
    const char *encoding;      /* what its bytes were taken for: "utf-8", "windows-1258" ...; static */
};

/* A record that could not be taken. Valid during the callback. */
struct corpus_reject {
    const char *path;
    uint64_t number;      /* as above; 0 when the file as a whole could not be read */
    uint64_t offset;      /* byte offset in the (decompressed) file */
    const char *step;     /* "open", "decompress", "format", "parse", "encoding", "empty"; static */
    char reason[256];     /* for a person */
    struct corpus_text bytes; /* the beginning of the record, at most 4 KiB; may be missing, may be invalid UTF-8 */
};

struct corpus_options {
    enum corpus_format format;
    size_t record_ceiling; /* bytes; a larger record is rejected; 0: 64 MiB */
    const struct fs_id *passed_over; /* files that are not read wherever they are met; borrowed until close */
    size_t passed_over_count;
};

struct corpus_reader;

/*
 * PATHS (borrowed until close) are read in the order given. Fails with TRABAO_NO_INPUT if one of them does not exist:
 * a name mistyped is found before an hour of work, not after. Unreadable files inside folders are rejects.
 */
enum trabao_status corpus_open(const char *const *paths, size_t count, const struct corpus_options *options,
                               struct corpus_reader **out, struct trabao_error *err);
void corpus_close(struct corpus_reader *r);

/* Progress: (compressed) bytes read so far, and the total of all regular files named; total 0 when unknown (stdin). */
void corpus_progress(const struct corpus_reader *r, uint64_t *done, uint64_t *total);

/* Files that gave a record or a reject. */
uint64_t corpus_files(const struct corpus_reader *r);

/* Files and folders whose names begin with a stop: those in a folder are not read. */
uint64_t corpus_hidden(const struct corpus_reader *r);

/*
 * Raw bytes of whole records of one file (or the one reject that stands for an unreadable file), not yet parsed.
 * corpus_parse_batch may run on any thread and calls back for each record or reject in order.
 */
struct corpus_batch;

/* The next batch (owned by the caller, about 1 MiB of records), or NULL at the end. Only from one thread at a time. */
enum trabao_status corpus_next_batch(struct corpus_reader *r, struct corpus_batch **out, struct trabao_error *err);
void corpus_batch_free(struct corpus_batch *batch);

struct corpus_sink {
    /* Each returns TRABAO_OK to go on; another status ends the batch with that status. */
    enum trabao_status (*record)(void *context, const struct corpus_record *record, struct trabao_error *err);
    enum trabao_status (*reject)(void *context, const struct corpus_reject *reject, struct trabao_error *err);
    void *context;
};
enum trabao_status corpus_parse_batch(const struct corpus_batch *batch, const struct corpus_sink *sink,
                                      struct trabao_error *err);

#endif
