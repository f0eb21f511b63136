/*
 * connections.h - the open connections and what each has to do by when: the guard against slow clients.
 *
 * A timeout of inactivity does not stop a client that sends one byte a second for ever. So every connection has an
 * absolute limit for each thing that it waits for its client to do: to send a whole request, and to take a whole
 * response. The limit is short when most places are taken. Time during which the server itself works does not count.
 */
#ifndef TRABAO_SERVER_CONNECTIONS_H
#define TRABAO_SERVER_CONNECTIONS_H

#include <pthread.h>

#include "base/base.h"

enum connection_phase {
    CONNECTION_AWAITING, /* no whole request yet: fresh, sending one, or kept alive */
    CONNECTION_WORKING,  /* the server works on a request */
    CONNECTION_SENDING,  /* the client takes the response */
    CONNECTION_CUT       /* shut down for slowness; it will be closed */
};

struct connection {
    struct connection *previous, *next;
    int fd; /* not owned, but open as long as the connection is in the list */
    enum connection_phase phase;
    double since_ms; /* clock_ms when the phase began */
};

struct connections {
    pthread_mutex_t mutex;
    struct connection *first;
    unsigned count, places; /* open now; at most */
    unsigned busy;          /* those that are working or sending */
    double limit_ms, crowded_limit_ms;
};

/* LIMIT_MS for each phase; CROWDED_LIMIT_MS for awaiting when more than three quarters of PLACES are taken. */
void connections_init(struct connections *all, unsigned places, double limit_ms, double crowded_limit_ms);
void connections_destroy(struct connections *all);

/* NULL when memory runs out. */
struct connection *connections_add(struct connections *all, int fd);

/* To be called before FD is closed. NULL is fine. */
void connections_remove(struct connections *all, struct connection *connection);

void connections_enter(struct connections *all, struct connection *connection, enum connection_phase phase);

/* Shuts down the sockets that are past their limit at NOW_MS (clock_ms); returns their number. */
unsigned connections_cut(struct connections *all, double now_ms);

/* Connections that are working or sending. */
unsigned connections_busy(struct connections *all);

#endif
