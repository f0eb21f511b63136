/*
 * site.c - the table of addresses and the way of a request; see site.h.
 *
 * What needs neither the archive nor time is answered on the network thread: static files, health, errors of the
 * request itself, and 304: an ETag names the edition, the program's version, the day (a query can say "hôm qua") and
 * the request target, so that it can be compared before any work is done.
 */
#include "server/site.h"

#include "base/civil.h"
#include "base/hash.h"
#include "base/log.h"
#include "server/api.h"
#include "server/page.h"
#include "server/static_file.h"
#include "server_static.h"

#define HTML "text/html; charset=utf-8"
#define JSON "application/json"
#define PROBLEM "application/problem+json"

struct route {
    const char *path;
    bool prefix; /* whatever follows PATH (something must) is an argument of the page */
    bool html;   /* for people; else for programs */
    void (*answer)(struct visit *visit);
};

static const struct route ROUTES[] = {
    {"/", false, true, page_home},
    {"/search", false, true, page_search},
    {"/article/", true, true, page_article},
    {"/api/v1/search", false, false, api_search},
    {"/api/v1/articles", false, false, api_article_by_key},
    {"/api/v1/articles/", true, false, api_article},
    {"/api/v1/analyze", false, false, api_analyze},
    {"/api/v1/stats", false, false, api_stats},
};

static const struct route *find_route(const char *path)
{
    for (size_t i = 0; i < ARRAY_LEN(ROUTES); i++) {
        const struct route *route = &ROUTES[i];
        const size_t n = strlen(route->path);
        const bool found =
            route->prefix ? strncmp(path, route->path, n) == 0 && path[n] != '\0' : strcmp(path, route->path) == 0;
        if (found) {
            return route;
        }
    }
    return NULL;
}

static bool is_api(const char *path)
{
    return strncmp(path, "/api/", 5) == 0;
}

/* ---- errors -------------------------------------------------------------------------------------------------- */

unsigned site_http_status(enum trabao_status status)
{
    switch (status) {
    case TRABAO_OK:
        return 200;
    case TRABAO_NONE:
        return 404;
    case TRABAO_USAGE:
        return 400;
    case TRABAO_TIMEOUT:
    case TRABAO_NO_MEMORY:
        return 503;
    case TRABAO_DATA:
    case TRABAO_NO_INPUT:
    case TRABAO_INTERNAL:
    case TRABAO_IO:
        break;
    }
    return 500;
}

const char *site_status_phrase(unsigned status)
{
    switch (status) {
    case 400:
        return "Bad Request";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 413:
        return "Content Too Large";
    case 503:
        return "Service Unavailable";
    default:
        return "Internal Server Error";
    }
}

static void fail(const struct site *site, const struct http_request *request, unsigned status, const char *detail,
                 struct http_reply *reply)
{
    const struct route *route = find_route(request->url.path);
    const bool browser = request->accept != NULL && strstr(request->accept, "text/html") != NULL;
    const bool html = route != NULL && request->refused == 0 ? route->html : browser && !is_api(request->url.path);
    reply->status = status;
    reply->allow = status == 405 ? "GET, HEAD" : NULL;
    reply->retry_after = status == 503 ? 1 : 0;
    reply->cors = is_api(request->url.path);
    reply->content_type = html ? HTML : PROBLEM;
    if (html) {
        page_error(site, status, detail, &reply->body);
    } else {
        api_problem(status, detail, request->target, &reply->body);
    }
}

void site_fail(void *context, const struct http_request *request, unsigned status, const char *detail,
               struct http_reply *reply)
{
    fail(context, request, status, detail, reply);
}

void visit_fail(struct visit *visit, enum trabao_status status, const struct trabao_error *err)
{
    const unsigned http_status = site_http_status(status);
    const char *detail = err != NULL ? err->message : trabao_status_name(status);
    if (http_status == 500) {
        /* What went wrong inside is the operator's to read, and may name files. */
        log_line(LOG_ERROR, "request failed",
                 (const struct log_field[]){{"target", visit->request->target}, {"reason", detail}}, 2);
        detail = "the server could not answer this request; its log says why";
    }
    buf_clear(&visit->reply->body);
    fail(visit->site, visit->request, http_status, detail, visit->reply);
}

/* ---- on the network thread ----------------------------------------------------------------------------------- */

static void make_etag(uint64_t edition_tag, const char *target, char out[HTTP_ETAG_MAX])
{
    uint64_t hash = edition_tag ^ (uint64_t)(civil_now() / CIVIL_DAY_SECONDS);
    static const char version[] = TRABAO_VERSION STATIC_STYLE_CSS;
    hash = hash_add(hash, version, sizeof version - 1);
    hash = hash_add(hash, target, strlen(target));
    /* Weak: the same answer may say another took_ms. */
    snprintf(out, HTTP_ETAG_MAX, "W/\"%016llx\"", (unsigned long long)hash);
}

/* If-None-Match is a list of tags, or a star; weak or not does not matter there, so the quoted parts are compared. */
static bool etag_listed(const char *list, const char *etag)
{
    return list != NULL && (strcmp(list, "*") == 0 || strstr(list, etag + strlen("W/")) != NULL);
}

static bool serve_static(const char *path, struct http_reply *reply)
{
    for (size_t i = 0; i < static_file_count; i++) {
        const struct static_file *file = &static_files[i];
        if (strcmp(path, file->path) == 0) {
            reply->status = 200;
            reply->content_type = file->content_type;
            reply->fixed = file->data;
            reply->fixed_len = file->len;
            reply->cache_control = file->hashed ? "public, max-age=31536000, immutable" : "public, max-age=86400";
            return true;
        }
    }
    return false;
}

/* /healthz: the process runs. /readyz: it wants requests. */
static bool serve_health(const struct site *site, const char *path, struct http_reply *reply)
{
    const bool ready = strcmp(path, "/readyz") == 0;
    if (!ready && strcmp(path, "/healthz") != 0) {
        return false;
    }
    const bool draining = ready && atomic_load(&site->draining);
    const struct edition_facts facts = library_facts(site->library);
    reply->status = draining ? 503 : 200;
    reply->content_type = JSON;
    buf_printf(&reply->body, "{\"status\":\"%s\",\"generation\":%llu,\"articles\":%llu}\n",
               draining ? "draining" : "ok", (unsigned long long)facts.generation, (unsigned long long)facts.articles);
    return true;
}

bool site_prepare(void *context, const struct http_request *request, struct http_reply *reply)
{
    struct site *site = context;
    const char *path = request->url.path;
    if (request->refused != 0) {
        fail(site, request, request->refused, request->refusal.message, reply);
        return true;
    }
    if (serve_static(path, reply) || serve_health(site, path, reply)) {
        return true;
    }
    if (find_route(path) == NULL) {
        fail(site, request, 404, "there is nothing at this address", reply);
        return true;
    }
    make_etag(library_facts(site->library).tag, request->target, reply->etag);
    if (etag_listed(request->if_none_match, reply->etag)) {
        reply->status = 304;
        reply->cache_control = "no-cache";
        reply->cors = is_api(path);
        return true;
    }
    reply->etag[0] = '\0';
    return false;
}

/* ---- on a worker --------------------------------------------------------------------------------------------- */

void site_work(void *context, const struct http_request *request, double waited_ms, struct seat *seat,
               struct http_reply *reply)
{
    struct site *site = context;
    const struct route *route = find_route(request->url.path); /* site_prepare has seen that there is one */
    struct visit visit = {.site = site, .request = request, .reply = reply};
    struct trabao_error err;
    visit.deadline_ms = site->deadline_ms - (int)waited_ms;
    if (visit.deadline_ms <= 0) {
        error_set(&err, TRABAO_TIMEOUT, "the request waited too long for its turn");
        visit_fail(&visit, TRABAO_TIMEOUT, &err);
        return;
    }
    const enum trabao_status status = seat_renew(seat, &err);
    if (status != TRABAO_OK) {
        visit_fail(&visit, status, &err);
        return;
    }
    visit.reader = seat->reader;
    visit.facts = seat->facts;
    reply->status = 200;
    reply->content_type = route->html ? HTML : JSON;
    reply->cors = is_api(request->url.path);
    reply->cache_control = "no-cache";
    route->answer(&visit);
    if (reply->status == 200 && !visit.passing) {
        make_etag(visit.facts.tag, request->target, reply->etag);
    } else if (reply->status != 200) {
        reply->cache_control = NULL;
    }
}
