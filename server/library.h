/*
 * library.h - the archive that is being served: its current generation, taken up while the server runs.
 *
 * An edition is one open generation with a reference count. A thread that answers requests sits in a seat: the edition
 * it holds and its reader. When a new generation is published, a watcher opens it aside and makes it the current one;
 * every seat moves over between two requests, and the last one to leave an edition closes it. So no request fails, and
 * none sees two generations.
 */
#ifndef TRABAO_SERVER_LIBRARY_H
#define TRABAO_SERVER_LIBRARY_H

#include "base/base.h"
#include "base/status.h"
#include "query/trabao.h"

struct library;

/* What a page says about an edition; copied out, so that it needs no reference. */
struct edition_facts {
    uint64_t generation;
    uint64_t articles;
    uint64_t bytes; /* of the archive file */
    uint64_t tag;   /* differs for every edition, also between archives and rebuilds; for ETags */
};

/* Opens PATH with a cache of CACHE_BYTES (0: the query library's default). Errors as trabao_open. */
enum trabao_status library_open(const char *path, size_t cache_bytes, struct library **out, struct trabao_error *err);

/* All seats must be left before. NULL is fine. */
void library_close(struct library *library);

/*
 * Looks for a new generation every INTERVAL_MS and at every library_poke, on a thread of its own, and calls
 * ON_CHANGE(ARG) on that thread after each change. A generation that cannot be opened is logged, and the one in
 * use stays. Once.
 */
enum trabao_status library_watch(struct library *library, int interval_ms, void (*on_change)(void *arg), void *arg,
                                 struct trabao_error *err);
void library_poke(struct library *library);

/* Ends the watching, so that ON_CHANGE is not called any more. */
void library_unwatch(struct library *library);

struct edition_facts library_facts(struct library *library);

/* ---- seats --------------------------------------------------------------------------------------------------- */

struct edition;

struct seat {
    struct library *library;
    struct edition *edition;      /* held; NULL while the seat is empty */
    struct trabao_reader *reader; /* of that edition */
    struct edition_facts facts;   /* of that edition */
};

/* Moves to the current edition if the seat is not there yet. When it fails the seat is empty. */
enum trabao_status seat_renew(struct seat *seat, struct trabao_error *err);

/* True when the seat holds an edition that is not the current one. */
bool seat_outdated(const struct seat *seat);

void seat_leave(struct seat *seat);

#endif
