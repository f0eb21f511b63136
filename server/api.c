/*
 * api.c - the JSON interface; see api.h.
 *
 * The bodies are the query library's own objects, so that the command line and the web say the same.
 */
#include "server/api.h"

#include <jansson.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "query/trabao.h"
#include "server/search_args.h"

#define ARTICLES_PREFIX "/api/v1/articles/"
#define INSTANCE_MAX 2048 /* bytes of an address that a problem document repeats; of longer ones only the path */

/* Makes JSON, which may be NULL for want of memory, the body, and frees it. */
static void reply_json(struct visit *visit, char *json)
{
    if (json == NULL) {
        visit_fail(visit, TRABAO_NO_MEMORY, NULL);
        return;
    }
    buf_append_str(&visit->reply->body, json);
    buf_append_char(&visit->reply->body, '\n');
    mem_free(json);
}

void api_search(struct visit *visit)
{
    struct trabao_request request;
    struct trabao_answer *answer = NULL;
    struct trabao_error err;
    enum trabao_status status = search_args_read(&visit->request->url, &request, &err);
    if (status == TRABAO_OK) {
        request.deadline_ms = visit->deadline_ms;
        status = trabao_search(visit->reader, &request, &answer, &err);
    }
    if (status == TRABAO_OK || status == TRABAO_NONE) {
        visit->passing = answer->cut_short || (!answer->total_exact && request.total == TRABAO_TOTAL_EXACT);
        reply_json(visit, trabao_answer_json(answer));
    } else {
        visit_fail(visit, status, &err);
    }
    trabao_answer_free(answer);
}

static void reply_article(struct visit *visit, enum trabao_status status, struct trabao_article *article,
                          const struct trabao_error *err)
{
    if (status == TRABAO_OK) {
        reply_json(visit, trabao_article_json(article));
    } else {
        visit_fail(visit, status, err);
    }
    trabao_article_free(article);
}

void api_article(struct visit *visit)
{
    const struct url *url = &visit->request->url;
    struct trabao_article *article = NULL;
    struct trabao_error err;
    const enum trabao_status status = trabao_article_by_href_id(visit->reader, url->path + strlen(ARTICLES_PREFIX),
                                                                url_value(url, "q"), &article, &err);
    reply_article(visit, status, article, &err);
}

void api_article_by_key(struct visit *visit)
{
    const struct url *url = &visit->request->url;
    const char *key = url_value(url, "key");
    struct trabao_article *article = NULL;
    struct trabao_error err;
    const enum trabao_status status =
        key == NULL ? error_set(&err, TRABAO_USAGE, "the argument key is missing: /api/v1/articles?key=...")
                    : trabao_article_by_key(visit->reader, key, url_value(url, "q"), &article, &err);
    reply_article(visit, status, article, &err);
}

void api_analyze(struct visit *visit)
{
    const struct url_arg *q = url_find(&visit->request->url, "q");
    char *json = NULL;
    struct trabao_error err;
    enum trabao_status status = TRABAO_OK;
    if (q == NULL) {
        status = error_set(&err, TRABAO_USAGE, "the argument q is missing: /api/v1/analyze?q=...");
    } else if (q->value_len > TRABAO_QUERY_MAX) {
        status = error_set(&err, TRABAO_USAGE, "q has %zu bytes; at most %d are taken", q->value_len, TRABAO_QUERY_MAX);
    } else {
        status = trabao_analyze_json(visit->reader, q->value, q->value_len, &json, &err);
    }
    if (status == TRABAO_OK) {
        reply_json(visit, json);
    } else {
        visit_fail(visit, status, &err);
    }
}

void api_stats(struct visit *visit)
{
    char *json = NULL;
    struct trabao_error err;
    const enum trabao_status status = trabao_stats_json(visit->reader, &json, &err);
    if (status == TRABAO_OK) {
        reply_json(visit, json);
    } else {
        visit_fail(visit, status, &err);
    }
}

/* ---- problem documents --------------------------------------------------------------------------------------- */

static int append_json(const char *bytes, size_t n, void *out)
{
    return buf_append(out, bytes, n) ? 0 : -1;
}

/* INSTANCE as a URI reference: bytes that must not stand in one are percent-encoded. */
static void clean_instance(const char *instance, struct buf *out)
{
    const size_t whole = strlen(instance);
    const size_t n = whole > INSTANCE_MAX ? MIN(strcspn(instance, "?"), (size_t)INSTANCE_MAX) : whole;
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)instance[i];
        if (c > ' ' && c < 0x7F && strchr("\"<>\\^`{|}", c) == NULL) {
            buf_append_char(out, (char)c);
        } else {
            buf_printf(out, "%%%02X", c);
        }
    }
}

void api_problem(unsigned status, const char *detail, const char *instance, struct buf *out)
{
    struct buf address;
    buf_init(&address, 3 * INSTANCE_MAX);
    clean_instance(instance, &address);
    const size_t valid = utf8_valid_prefix(detail, strlen(detail));
    json_t *problem =
        json_pack("{s:s, s:s, s:i, s:s%, s:s}", "type", "about:blank", "title", site_status_phrase(status), "status",
                  (int)status, "detail", detail, valid, "instance", buf_str(&address));
    if (problem == NULL || json_dump_callback(problem, append_json, out, JSON_COMPACT) != 0) {
        buf_clear(out); /* the status line has to say it alone */
    } else {
        buf_append_char(out, '\n');
    }
    json_decref(problem);
    buf_free(&address);
}
