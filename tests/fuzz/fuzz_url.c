/*
 * fuzz_url.c - any bytes as a request target, through everything that the server makes of it before the archive is
 * asked: arguments, search request, links of a result page, problem document.
 *
 * Checked beside memory: what a link says is what the request said, pages do not get tags from the target, and problem
 * documents are JSON.
 */
#include <jansson.h>

#include "base/mem.h"
#include "server/api.h"
#include "server/page.h"
#include "server/search_args.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* The address that a link to the same search has must be read as the same search. */
static void check_links(const struct page_query *query)
{
    struct buf address;
    buf_init(&address, 1 << 20);
    page_search_address(&address, query, PAGE_CURSOR, query->values[PAGE_CURSOR]);
    size_t n = 0; /* as a browser does it: &amp; in an attribute is & */
    for (size_t i = 0; i < address.len; i++) {
        address.data[n++] = address.data[i];
        i += strncmp(address.data + i, "&amp;", 5) == 0 ? 4 : 0;
    }
    address.data[n] = '\0';
    struct url url;
    require(url_parse(address.data, &url, NULL) == TRABAO_OK);
    const struct page_query again = page_query_read(&url);
    for (size_t i = 0; i < PAGE_FIELD_COUNT; i++) {
        const char *before = query->values[i], *after = again.values[i];
        require((before == NULL) == (after == NULL) && (before == NULL || strcmp(before, after) == 0));
    }
    url_free(&url);
    buf_free(&address);
}

static void check_page(const struct page_query *query, const char *problem)
{
    const struct site site = {.title = "x"};
    struct buf page;
    buf_init(&page, 8 << 20);
    page_results(&page, &site, query, NULL, problem);
    require(!buf_failed(&page) && strstr(buf_str(&page), "<script") == NULL && strstr(buf_str(&page), "<img") == NULL);
    buf_free(&page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *target = mem_dup((const char *)data, size);
    require(target != NULL);
    struct url url;
    struct trabao_error err = {.message = "fine"};
    if (url_parse(target, &url, &err) == TRABAO_OK) {
        struct trabao_request request;
        search_args_read(&url, &request, &err);
        const struct page_query query = page_query_read(&url);
        check_links(&query);
        check_page(&query, err.message);
    }
    struct buf problem;
    buf_init(&problem, 1 << 20);
    api_problem(400, err.message, target, &problem);
    json_t *json = json_loadb(buf_str(&problem), problem.len, 0, NULL);
    require(json != NULL);
    json_decref(json);
    buf_free(&problem);
    url_free(&url);
    mem_free(target);
    return 0;
}
