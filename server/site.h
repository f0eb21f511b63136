/*
 * site.h - what the server offers: its addresses, and what a request for one goes through.
 */
#ifndef TRABAO_SERVER_SITE_H
#define TRABAO_SERVER_SITE_H

#include <stdatomic.h>

#include "server/http.h"
#include "server/library.h"

struct site {
    struct library *library;
    const char *title;    /* the archive's name on the pages */
    int deadline_ms;      /* of a query, counted from when its request was complete */
    atomic_bool draining; /* the server is about to end: not ready for new work */
};

/* One request on a worker. */
struct visit {
    const struct site *site;
    const struct http_request *request;
    struct trabao_reader *reader;
    struct edition_facts facts; /* of the reader's edition */
    int deadline_ms;            /* what the wait in the queue left of the site's */
    struct http_reply *reply;   /* 200 and the route's content type unless the page says otherwise */
    bool passing;               /* the same address may soon answer otherwise: the reply gets no ETag */
};

/* The three functions of struct http_handler; the context is the site. */
bool site_prepare(void *context, const struct http_request *request, struct http_reply *reply);
void site_work(void *context, const struct http_request *request, double waited_ms, struct seat *seat,
               struct http_reply *reply);
void site_fail(void *context, const struct http_request *request, unsigned status, const char *detail,
               struct http_reply *reply);

/* The HTTP status that says STATUS of the query library: 400, 404, 503 or 500. */
unsigned site_http_status(enum trabao_status status);

/* The standard's short name of an HTTP status, for instance "Not Found". */
const char *site_status_phrase(unsigned status);

/* Makes the reply of VISIT the error page of what the query library said. */
void visit_fail(struct visit *visit, enum trabao_status status, const struct trabao_error *err);

#endif
