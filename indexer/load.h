/*
 * load.h - the first pass of indexing: records are read, compared with the archive there is, and spilled.
 */
#ifndef TRABAO_LOAD_H
#define TRABAO_LOAD_H

#include <signal.h>

#include "archive/archive.h"
#include "archive/spill.h"
#include "base/progress.h"
#include "corpus/corpus.h"

struct load_counts {
    uint64_t files;
    uint64_t added, changed, unchanged; /* records, against the archive there was */
    uint64_t rejected;
    uint64_t undated;  /* records taken whose date is missing or cannot be read */
    uint64_t carried;  /* articles of the archive that no record replaced */
    uint64_t bytes;    /* of the texts of the records */
};

struct load_plan {
    struct corpus_reader *corpus;
    struct spill *spill;
    struct archive *archive; /* the one there is, or NULL */
    FILE *rejects;           /* a line of JSON for each, or NULL */
    unsigned threads;
    const volatile sig_atomic_t *interrupted;
    struct progress *progress;
};

/*
 * Reads everything. Articles of the archive that stay are spilled too. The first rejects are also told on stderr by
 * whoever calls, from NOTES (a line each, "" when there were none).
 */
enum trabao_status load_all(const struct load_plan *plan, struct load_counts *counts, struct buf *notes,
                            struct trabao_error *err);

#endif
