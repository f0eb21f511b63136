/*
 * format.h - inside of a batch, and the readers of one format each.
 */
#ifndef TRABAO_FORMAT_H
#define TRABAO_FORMAT_H

#include "base/buf.h"
#include "corpus/corpus.h"

struct corpus_batch {
    char *path;                /* owned */
    enum corpus_format format; /* of the bytes: CORPUS_PAGE or CORPUS_JSONL */
    struct buf bytes;
    uint64_t number, offset; /* of the first record in it */
    size_t record_ceiling;
    const char *failed_step; /* the batch stands for a reject, whose beginning its bytes are; else NULL */
    char reason[256];
};

/* What is wrong with a record. */
struct format_failure {
    uint64_t number, offset; /* of the record, as in corpus_reject */
    const char *step;        /* that failed: "parse", "encoding", "empty" ... */
    const char *reason;      /* for a person */
    struct corpus_text bytes; /* of the record: SINK is given their beginning */
};

/* Tells SINK of the FAILURE of a record of BATCH. */
enum trabao_status format_reject(const struct corpus_batch *batch, const struct corpus_sink *sink,
                                 const struct format_failure *failure, struct trabao_error *err);

/* Puts path#NUMBER, the key of a record that brings none, into OUT; bytes of the path that are no text as %XX. */
bool format_key(const struct corpus_batch *batch, uint64_t number, struct buf *out);

/* True for blanks, tabs, line ends and nothing else. */
bool format_is_blank(const char *text, size_t n);

/* Parses all of BATCH. */
enum trabao_status jsonl_parse(const struct corpus_batch *batch, const struct corpus_sink *sink,
                               struct trabao_error *err);
enum trabao_status page_parse(const struct corpus_batch *batch, const struct corpus_sink *sink,
                              struct trabao_error *err);

#endif
