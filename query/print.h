/*
 * print.h - hits on stdout, in the formats of `trabao search` that give one hit after another: text, JSON lines, CSV
 * (RFC 4180) and TREC runs.
 */
#ifndef TRABAO_QUERY_PRINT_H
#define TRABAO_QUERY_PRINT_H

#include "query/command.h"

struct printer {
    enum command_format format;
    bool batch;    /* several queries: each hit says which one it answers */
    bool color;    /* text: bold and dim */
    size_t width;  /* text: columns of the terminal; 0: lines are not broken */
    bool begun;    /* CSV: the heading is printed */
    uint64_t rank; /* of the last hit of the current query */
    double score;  /* TREC: of the last hit, as printed */
};

/* FORMAT for stdout as it is: a terminal or not. */
struct printer printer_for_stdout(enum command_format format, bool batch);

/* Before the hits of each query. QUERY_ID is NULL without a batch. */
void printer_begin(struct printer *p, const char *query_id, const char *query);

/* False when memory ran out. */
bool printer_hit(struct printer *p, const char *query_id, const struct trabao_hit *hit);

#endif
