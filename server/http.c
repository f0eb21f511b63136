/*
 * http.c - the door: the only file that knows libmicrohttpd; see http.h.
 *
 * One network thread (epoll) parses and sends; it never blocks. The life of a request, an `exchange`:
 *   NEW       the request line has been read (log_target), which is where the raw target can be had.
 *   READING   the headers are there; the first call of the handler must not answer, or the connection is closed after
 *             it. A small body is read and thrown away, so that the refusal reaches a client that is still sending.
 *   WORKING   the connection is suspended and a worker owns the exchange. The worker fills in the reply and resumes;
 *             libmicrohttpd then calls the handler again, and its mutex orders the two threads.
 *   ANSWERED  the reply is complete and is queued by the network thread.
 * A suspended connection must be resumed before the daemon is stopped: pool_stop does that, by running all jobs.
 *
 * What libmicrohttpd itself refuses never gets here: a request line or headers that cannot be read or do not fit, or a
 * length that is none (400, 413, 414, 431). It answers with a page of its own, without our headers, which repeats
 * nothing of the request, and ends the connection; 0.9.75 has no way to put another in its place.
 *
 * There is one network thread and no pool of them, because libmicrohttpd's quiescing races with the threads of its pool
 * (a failed removal of the listening socket from their epoll sets aborts the process).
 */
#include "server/http.h"

#include <microhttpd.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/connections.h"

#define CONNECTION_MEMORY (64u << 10) /* bytes for a request's line and headers and a response's headers */
#define CROWDED_REQUEST_MS 2000       /* the limit of slow requests when most connections are taken */
#define DISCARDED_BODY_MAX (1u << 20) /* bytes of a body that are read to be polite; then the connection is cut */
#define NETWORK_TIMEOUT_SECONDS (2 * HTTP_REQUEST_SECONDS) /* libmicrohttpd's own, the second line of defence */

struct http {
    struct MHD_Daemon *daemon;
    int listener; /* not owned */
    struct pool *pool;
    struct http_handler handler;
    struct connections connections;
    atomic_bool draining; /* responses then say `Connection: close` */
};

enum exchange_state { EXCHANGE_NEW, EXCHANGE_READING, EXCHANGE_WORKING, EXCHANGE_ANSWERED };

struct exchange {
    struct pool_job job; /* the first member, so that a worker gets from the job to the exchange */
    struct http *http;
    struct MHD_Connection *connection;
    struct connection *place; /* in http->connections */
    char *target;             /* owned */
    struct http_request request;
    struct http_reply reply;
    enum exchange_state state;
    size_t body_bytes; /* received and thrown away */
};

/* ---- replies ------------------------------------------------------------------------------------------------- */

/* The guard rails of every response of ours, errors included (no inline script or style anywhere, so no nonces). */
static const char *const COMMON_HEADERS[][2] = {
    {"Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
                                "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"}, /* queries stand in our addresses */
    {"Cross-Origin-Opener-Policy", "same-origin"},
};

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    if (value != NULL && value[0] != '\0') {
        MHD_add_response_header(response, name, value);
    }
}

static void add_headers(struct MHD_Response *response, const struct http_reply *reply, bool closing)
{
    for (size_t i = 0; i < ARRAY_LEN(COMMON_HEADERS); i++) {
        add_header(response, COMMON_HEADERS[i][0], COMMON_HEADERS[i][1]);
    }
    char text[64];
    add_header(response, "Content-Type", reply->content_type);
    add_header(response, "Cache-Control", reply->cache_control != NULL ? reply->cache_control : "no-store");
    add_header(response, "ETag", reply->etag);
    add_header(response, "Allow", reply->allow);
    if (reply->cors) {
        add_header(response, "Access-Control-Allow-Origin", "*");
        add_header(response, "Access-Control-Expose-Headers", "ETag, Retry-After, Server-Timing");
    }
    if (reply->retry_after > 0) {
        snprintf(text, sizeof text, "%u", reply->retry_after);
        add_header(response, "Retry-After", text);
    }
    if (reply->work_ms > 0) {
        snprintf(text, sizeof text, "queue;dur=%.2f, work;dur=%.2f", reply->queue_ms, reply->work_ms);
        add_header(response, "Server-Timing", text);
    }
    if (closing) {
        add_header(response, "Connection", "close");
    }
}

static void free_body(void *data)
{
    mem_free(data);
}

/* The response of REPLY, which loses its body to it. NULL when memory runs out. */
static struct MHD_Response *make_response(struct http_reply *reply, bool closing)
{
    static char empty[1];
    struct MHD_Response *response = NULL;
    if (reply->fixed != NULL) {
        /* PERSISTENT promises that the bytes stay; libmicrohttpd does not write to them, whatever the type says. */
        void *bytes = (void *)(uintptr_t)reply->fixed;
        response = MHD_create_response_from_buffer(reply->fixed_len, bytes, MHD_RESPMEM_PERSISTENT);
    } else if (reply->body.len == 0) {
        response = MHD_create_response_from_buffer(0, empty, MHD_RESPMEM_PERSISTENT);
    } else {
        const size_t len = reply->body.len;
        char *data = buf_take(&reply->body);
        response =
            data == NULL ? NULL : MHD_create_response_from_buffer_with_free_callback_cls(len, data, free_body, data);
        if (response == NULL) {
            mem_free(data);
        }
    }
    if (response != NULL) {
        add_headers(response, reply, closing);
    }
    return response;
}

/* Hands the reply to the network; MHD_NO closes the connection without an answer. */
static enum MHD_Result send_reply(struct exchange *exchange)
{
    struct http *http = exchange->http;
    struct MHD_Response *response = make_response(&exchange->reply, atomic_load(&http->draining));
    if (response == NULL) {
        return MHD_NO;
    }
    connections_enter(&http->connections, exchange->place, CONNECTION_SENDING);
    const enum MHD_Result result = MHD_queue_response(exchange->connection, exchange->reply.status, response);
    MHD_destroy_response(response);
    return result;
}

/* Replaces whatever has been written by the error page of STATUS. */
static void fail(struct exchange *exchange, unsigned status, const char *detail)
{
    const struct http_handler *handler = &exchange->http->handler;
    buf_free(&exchange->reply.body);
    exchange->reply = (struct http_reply){0};
    buf_init(&exchange->reply.body, HTTP_BODY_MAX);
    handler->fail(handler->context, &exchange->request, status, detail, &exchange->reply);
    if (buf_failed(&exchange->reply.body)) { /* even that did not fit: the bare status */
        buf_free(&exchange->reply.body);
        buf_init(&exchange->reply.body, HTTP_BODY_MAX);
    }
}

/* A page that outgrew its ceiling or ran out of memory must not go out in part. */
static void finish_reply(struct exchange *exchange)
{
    if (buf_failed(&exchange->reply.body)) {
        fail(exchange, MHD_HTTP_INTERNAL_SERVER_ERROR, "the answer did not fit into memory");
    }
}

/* ---- requests ------------------------------------------------------------------------------------------------ */

static void exchange_free(struct exchange *exchange)
{
    if (exchange != NULL) {
        buf_free(&exchange->reply.body);
        url_free(&exchange->request.url);
        mem_free(exchange->target);
        mem_free(exchange);
    }
}

/*
 * libmicrohttpd is going to read the arguments of TARGET, which lies in its own buffer, whatever the type says, and
 * which it cuts up itself. We read them from a copy, and its record of each takes so much of the connection's memory
 * that some 900 use it up; then 0.9.75 forgets that it has failed and waits for the client, who waits for us.
 */
static void hide_arguments(const char *target)
{
    char *query = strchr((char *)(uintptr_t)target, '?');
    if (query != NULL && query[1] != '\0') {
        query[1] = '\0';
    }
}

/* Called with the raw target as soon as the request line is there; what it returns becomes the request's context. */
static void *log_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct exchange *exchange = mem_zalloc(1, sizeof *exchange);
    if (exchange == NULL) {
        return NULL;
    }
    exchange->http = cls;
    exchange->connection = connection;
    exchange->request.url.path = "/";
    buf_init(&exchange->reply.body, HTTP_BODY_MAX);
    const char *text = target != NULL ? target : "";
    exchange->target = mem_dup(text, strlen(text));
    if (exchange->target == NULL) {
        exchange_free(exchange);
        return NULL;
    }
    hide_arguments(text);
    return exchange;
}

static void refuse(struct http_request *request, unsigned status, const char *reason)
{
    if (request->refused == 0) {
        request->refused = status;
        error_set(&request->refusal, TRABAO_USAGE, "%s", reason);
    }
}

/* Reads what stands in the request line and the headers. */
static void read_head(struct exchange *exchange, const char *method)
{
    struct http_request *request = &exchange->request;
    struct MHD_Connection *connection = exchange->connection;
    request->target = exchange->target;
    request->if_none_match = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "If-None-Match");
    request->accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept");
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0) {
        refuse(request, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD are answered");
    }
    struct trabao_error err;
    const enum trabao_status status = url_parse(exchange->target, &request->url, &err);
    if (status == TRABAO_NO_MEMORY) {
        refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE, err.message);
    } else if (status != TRABAO_OK) {
        refuse(request, MHD_HTTP_BAD_REQUEST, err.message);
    }
}

/*
 * True when more of a body is announced than is worth reading, or in two ways at once: a proxy before us that believes
 * the other one would take the rest of this request for the next. The answer to such a request ends its connection.
 */
static bool body_is_suspicious(struct MHD_Connection *connection)
{
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    const char *encoding = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Transfer-Encoding");
    return length != NULL && (encoding != NULL || strtoull(length, NULL, 10) > DISCARDED_BODY_MAX);
}

/* On a worker. Past the resume the exchange belongs to the network thread again. */
static void run_exchange(struct pool_job *job, struct seat *seat)
{
    struct exchange *exchange = (struct exchange *)job;
    const struct http_handler *handler = &exchange->http->handler;
    const double start = clock_ms();
    const double waited = start - job->queued_ms;
    handler->work(handler->context, &exchange->request, waited, seat, &exchange->reply);
    finish_reply(exchange);
    exchange->reply.queue_ms = waited;
    exchange->reply.work_ms = clock_ms() - start;
    exchange->state = EXCHANGE_ANSWERED;
    MHD_resume_connection(exchange->connection);
}

static enum MHD_Result answer(struct exchange *exchange)
{
    struct http *http = exchange->http;
    if (exchange->body_bytes > 0) {
        refuse(&exchange->request, MHD_HTTP_CONTENT_TOO_LARGE, "a request must not have a body");
    }
    if (http->handler.prepare(http->handler.context, &exchange->request, &exchange->reply)) {
        finish_reply(exchange);
        return send_reply(exchange);
    }
    exchange->state = EXCHANGE_WORKING;
    exchange->job.run = run_exchange;
    connections_enter(&http->connections, exchange->place, CONNECTION_WORKING);
    MHD_suspend_connection(exchange->connection); /* before the worker can resume it */
    if (!pool_submit(http->pool, &exchange->job)) {
        fail(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, "too many requests are waiting");
        exchange->state = EXCHANGE_ANSWERED;
        MHD_resume_connection(exchange->connection);
    }
    return MHD_YES;
}

static enum MHD_Result handle(void *cls TRABAO_UNUSED, struct MHD_Connection *connection,
                              const char *path TRABAO_UNUSED, const char *method, const char *version TRABAO_UNUSED,
                              const char *body TRABAO_UNUSED, size_t *body_len, void **context)
{
    struct exchange *exchange = *context;
    if (exchange == NULL) {
        return MHD_NO; /* no memory for it */
    }
    switch (exchange->state) {
    case EXCHANGE_NEW: {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
        exchange->place = info->socket_context;
        if (exchange->place == NULL) {
            return MHD_NO;
        }
        read_head(exchange, method);
        exchange->state = EXCHANGE_READING;
        if (body_is_suspicious(connection)) {
            exchange->body_bytes = 1;
            return answer(exchange);
        }
        return MHD_YES;
    }
    case EXCHANGE_READING:
        if (*body_len > 0) {
            exchange->body_bytes += *body_len;
            *body_len = 0;
            return exchange->body_bytes > DISCARDED_BODY_MAX ? MHD_NO : MHD_YES;
        }
        return answer(exchange);
    case EXCHANGE_ANSWERED:
        return send_reply(exchange);
    case EXCHANGE_WORKING:
        break;
    }
    return MHD_YES;
}

static void completed(void *cls, struct MHD_Connection *connection TRABAO_UNUSED, void **context,
                      enum MHD_RequestTerminationCode reason TRABAO_UNUSED)
{
    struct http *http = cls;
    struct exchange *exchange = *context;
    if (exchange != NULL && exchange->place != NULL) {
        connections_enter(&http->connections, exchange->place, CONNECTION_AWAITING);
    }
    exchange_free(exchange);
    *context = NULL;
}

static void connection_changed(void *cls, struct MHD_Connection *connection, void **socket_context,
                               enum MHD_ConnectionNotificationCode code)
{
    struct http *http = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *socket_context = connections_add(&http->connections, info->connect_fd);
    } else {
        connections_remove(&http->connections, *socket_context);
        *socket_context = NULL;
    }
}

/* ---- the daemon ---------------------------------------------------------------------------------------------- */

/* Almost all that libmicrohttpd says is about clients that went away. */
static TRABAO_PRINTF(2, 0) void log_message(void *cls TRABAO_UNUSED, const char *format, va_list args)
{
    char text[256];
    vsnprintf(text, sizeof text, format, args);
    log_line(LOG_DEBUG, "libmicrohttpd", (const struct log_field[]){{"message", text}}, 1);
}

/* Arguments are decoded by url.c from the raw target; here nothing is touched. */
static size_t keep_escapes(void *cls TRABAO_UNUSED, struct MHD_Connection *connection TRABAO_UNUSED, char *text)
{
    return strlen(text);
}

enum trabao_status http_start(int listener, unsigned connections, struct pool *pool, const struct http_handler *handler,
                              struct http **out, struct trabao_error *err)
{
    *out = NULL;
    struct http *http = mem_zalloc(1, sizeof *http);
    if (http == NULL) {
        return error_no_memory(err);
    }
    http->listener = listener;
    http->pool = pool;
    http->handler = *handler;
    connections_init(&http->connections, connections, HTTP_REQUEST_SECONDS * 1e3 - 500, CROWDED_REQUEST_MS);
    /* One option a line: */
    /* clang-format off */
    http->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handle, http,
        MHD_OPTION_EXTERNAL_LOGGER, log_message, NULL, /* first, so that it hears of what follows */
        MHD_OPTION_LISTEN_SOCKET, listener,
        MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)NETWORK_TIMEOUT_SECONDS,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, log_target, http,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, completed, http,
        MHD_OPTION_NOTIFY_CONNECTION, connection_changed, http,
        MHD_OPTION_END);
    /* clang-format on */
    if (http->daemon == NULL) {
        http_stop(http);
        return error_set(err, TRABAO_INTERNAL, "libmicrohttpd does not start");
    }
    *out = http;
    return TRABAO_OK;
}

void http_tick(struct http *http)
{
    connections_cut(&http->connections, clock_ms());
}

void http_drain(struct http *http, int grace_ms)
{
    const struct timespec pause = {.tv_nsec = 20 * 1000000};
    atomic_store(&http->draining, true);
    MHD_quiesce_daemon(http->daemon);
    shutdown(http->listener, SHUT_RDWR); /* or new clients would wait in the backlog for an answer that never comes */
    const double end = clock_ms() + grace_ms;
    /* Twice in a row: a request may just have arrived on a connection that was waiting for one. */
    for (int idle = 0; idle < 2 && clock_ms() < end;) {
        nanosleep(&pause, NULL);
        idle = connections_busy(&http->connections) == 0 ? idle + 1 : 0;
        http_tick(http);
    }
}

void http_stop(struct http *http)
{
    if (http == NULL) {
        return;
    }
    if (http->daemon != NULL) {
        MHD_stop_daemon(http->daemon);
    }
    connections_destroy(&http->connections);
    mem_free(http);
}
