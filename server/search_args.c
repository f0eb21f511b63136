/*
 * search_args.c - from URL arguments to a search request; see search_args.h.
 */
#include "server/search_args.h"

#include "base/utf8.h"

#define QUOTED_MAX 60 /* bytes of a bad value that a message repeats */

static enum trabao_status bad_value(const char *name, const char *value, const char *wanted, struct trabao_error *err)
{
    const size_t len = strlen(value);
    const size_t shown = utf8_clip(value, len, QUOTED_MAX);
    return error_set(err, TRABAO_USAGE, "%s=%.*s%s: must be %s", name, (int)shown, value, shown < len ? "..." : "",
                     wanted);
}

static enum trabao_status read_flag(const struct url *url, const char *name, bool *out, struct trabao_error *err)
{
    const char *value = url_value(url, name);
    *out = value != NULL && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
    if (value == NULL || *out || strcmp(value, "0") == 0 || strcmp(value, "false") == 0) {
        return TRABAO_OK;
    }
    return bad_value(name, value, "1 or 0", err);
}

static enum trabao_status read_limit(const struct url *url, int *out, struct trabao_error *err)
{
    const char *value = url_value(url, "limit");
    if (value == NULL) {
        return TRABAO_OK;
    }
    const size_t digits = strspn(value, "0123456789");
    if (value[digits] != '\0' || strspn(value, "0") == digits) {
        return bad_value("limit", value, "a number from 1 to 100", err);
    }
    /* Many digits are just a large number, and large numbers are clamped. */
    const unsigned long long number = digits > 9 ? TRABAO_LIMIT_MAX : strtoull(value, NULL, 10);
    *out = (int)MIN(number, (unsigned long long)TRABAO_LIMIT_MAX);
    return TRABAO_OK;
}

static enum trabao_status read_names(const struct url *url, struct trabao_request *out, struct trabao_error *err)
{
    const char *value = url_value(url, "sort");
    if (value != NULL && !trabao_sort_from_name(value, &out->sort)) {
        return bad_value("sort", value, "relevance, relevance-only, newest or oldest", err);
    }
    value = url_value(url, "tier");
    if (value != NULL && !trabao_tier_from_name(value, &out->tier)) {
        return bad_value("tier", value, "auto, exact, tone or folded", err);
    }
    value = url_value(url, "duplicates");
    out->fold_duplicates = value != NULL && strcmp(value, "fold") == 0;
    if (value != NULL && !out->fold_duplicates && strcmp(value, "show") != 0) {
        return bad_value("duplicates", value, "fold or show", err);
    }
    value = url_value(url, "total");
    if (value != NULL && !trabao_total_from_name(value, &out->total)) {
        return bad_value("total", value, "exact, bounded or none", err);
    }
    return TRABAO_OK;
}

enum trabao_status search_args_read(const struct url *url, struct trabao_request *out, struct trabao_error *err)
{
    *out = (struct trabao_request){.tier = TRABAO_TIER_AUTO, .query = ""};
    const struct url_arg *query = url_find(url, "q");
    if (query != NULL) {
        out->query = query->value;
        out->query_len = query->value_len;
    }
    out->from = url_value(url, "from");
    out->to = url_value(url, "to");
    out->author = url_value(url, "author");
    out->source = url_value(url, "source");
    out->section = url_value(url, "section");
    out->name = url_value(url, "name");
    out->cursor = url_value(url, "cursor");
    enum trabao_status status = read_names(url, out, err);
    if (status == TRABAO_OK) {
        status = read_limit(url, &out->limit, err);
    }
    if (status == TRABAO_OK) {
        status = read_flag(url, "strict", &out->strict, err);
    }
    if (status == TRABAO_OK) {
        status = read_flag(url, "explain", &out->explain, err);
    }
    return status;
}
