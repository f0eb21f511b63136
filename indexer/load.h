/*
 * load.h - the first pass of indexing: records are read and compared with the archive there is; what is new is spilled.
 */
#ifndef TRABAO_LOAD_H
#define TRABAO_LOAD_H

#include "archive/archive.h"
#include "archive/spill.h"
#include "base/progress.h"
#include "corpus/corpus.h"

struct load_counts {
    uint64_t files;
    uint64_t added, changed, unchanged; /* records, against the archive there was */
    uint64_t rejected;
    uint64_t removed;  /* records of articles that were removed earlier, which are not taken */
    uint64_t undated;  /* records taken whose date is missing or cannot be read */
    uint64_t bytes;    /* of the texts of the records */
};

struct load_plan {
    struct corpus_reader *corpus;
    struct spill *spill;
    struct archive *archive; /* the one there is, or NULL */
    const struct removed_list *removed;
    FILE *rejects;           /* a line of JSON for each, or NULL */
    unsigned threads;
    struct progress *progress;
};

/*
 * Reads everything; records that are new or changed are spilled. The first rejects are also told on stderr by whoever
 * calls, from NOTES (a line each, "" when there were none).
 */
enum trabao_status load_all(const struct load_plan *plan, struct load_counts *counts, struct buf *notes,
                            struct trabao_error *err);

/* Spills the articles of ARCHIVE that are not GONE (by number). */
enum trabao_status load_carry_over(struct archive *archive, const uint8_t *gone, struct spill *spill,
                                   struct trabao_error *err);

#endif
