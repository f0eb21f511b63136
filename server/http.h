/*
 * http.h - HTTP for the rest of the server: requests come in as structs, replies go out as structs.
 *
 * http.c is the only file that knows libmicrohttpd. It guards the door (methods, bodies, slow clients, the headers that
 * every response carries) and takes each request first to `prepare`, on the network thread, which must not block, and
 * then, if that wants it, to `work` on a worker of the pool while the network thread serves others.
 */
#ifndef TRABAO_SERVER_HTTP_H
#define TRABAO_SERVER_HTTP_H

#include "base/buf.h"
#include "base/status.h"
#include "server/pool.h"
#include "server/url.h"

#define HTTP_REQUEST_SECONDS 10 /* a request must be complete by then, and a response taken */

/* A request; valid during the call that it is handed to. */
struct http_request {
    const char *target;                 /* path and arguments as sent */
    struct url url;                     /* decoded; "/" without arguments when it could not be read */
    const char *if_none_match, *accept; /* headers, NULL when absent */
    unsigned refused;                   /* a status: why this request must be answered with an error; 0: it need not */
    struct trabao_error refusal;        /* the reason, when refused */
};

#define HTTP_BODY_MAX (32u << 20) /* bytes of the largest body */
#define HTTP_ETAG_MAX 24          /* bytes of an ETag with its quotes and the NUL */

/* A reply; whoever fills it in leaves what does not apply at zero. */
struct http_reply {
    unsigned status;
    const char *content_type; /* static */
    struct buf body;          /* owned by the reply */
    const void *fixed;        /* instead of BODY: static bytes */
    size_t fixed_len;
    char etag[HTTP_ETAG_MAX];  /* "" for none */
    const char *cache_control; /* static */
    const char *allow;         /* static; with 405 */
    unsigned retry_after;      /* seconds; 0 for none */
    bool cors;                 /* any web page may read it */
    double queue_ms, work_ms;  /* for Server-Timing; set when work_ms > 0 */
};

struct http_handler {
    void *context;
    /* Fills in REPLY and returns true, or leaves it alone and returns false when it is a worker's task. */
    bool (*prepare)(void *context, const struct http_request *request, struct http_reply *reply);
    /* Fills in REPLY. The request has waited WAITED_MS for its worker. */
    void (*work)(void *context, const struct http_request *request, double waited_ms, struct seat *seat,
                 struct http_reply *reply);
    /* Fills in REPLY with the error page of STATUS, in the form that the client reads. */
    void (*fail)(void *context, const struct http_request *request, unsigned status, const char *detail,
                 struct http_reply *reply);
};

struct http;

/*
 * Serves on the listening socket LISTENER (still the caller's, who closes it after http_stop), at most CONNECTIONS at
 * a time. HANDLER is copied.
 */
enum trabao_status http_start(int listener, unsigned connections, struct pool *pool, const struct http_handler *handler,
                              struct http **out, struct trabao_error *err);

/* To be called several times a second: cuts off the clients that are too slow. */
void http_tick(struct http *http);

/* Stops accepting connections and waits until all running requests are answered, for at most GRACE_MS. */
void http_drain(struct http *http, int grace_ms);

/* The pool must have been stopped before. NULL is fine. */
void http_stop(struct http *http);

#endif
