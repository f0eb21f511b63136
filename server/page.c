/*
 * page.c - what all pages share: the frame, the search form, and the addresses of searches; see page.h.
 */
#include "server/page.h"

#include "server/url.h"
#include "server_static.h"

static const char *const FIELD_NAMES[PAGE_FIELD_COUNT] = {
    [PAGE_Q] = "q",           [PAGE_FROM] = "from",       [PAGE_TO] = "to",     [PAGE_AUTHOR] = "author",
    [PAGE_SOURCE] = "source", [PAGE_SECTION] = "section", [PAGE_NAME] = "name", [PAGE_TIER] = "tier",
    [PAGE_SORT] = "sort",     [PAGE_CURSOR] = "cursor",   [PAGE_AT] = "at",
};

/* ---- addresses ----------------------------------------------------------------------------------------------- */

struct page_query page_query_read(const struct url *url)
{
    struct page_query query = {.mistaken = false};
    for (size_t i = 0; i < PAGE_FIELD_COUNT; i++) {
        query.values[i] = url_value(url, FIELD_NAMES[i]);
    }
    const char *q = query.values[PAGE_Q];
    if (q != NULL && q[strspn(q, " \t\r\n")] == '\0') {
        query.values[PAGE_Q] = NULL;
    }
    return query;
}

void page_arguments(struct buf *out, const struct page_query *query)
{
    bool first = true;
    for (size_t i = 0; i < PAGE_FIELD_COUNT; i++) {
        const char *text = query->values[i];
        if (text == NULL) {
            continue;
        }
        buf_append_str(out, first ? "?" : "&amp;");
        buf_append_str(out, FIELD_NAMES[i]);
        buf_append_char(out, '=');
        url_append_encoded(out, text, strlen(text));
        first = false;
    }
}

void page_search_address(struct buf *out, const struct page_query *query, enum page_field field, const char *value)
{
    struct page_query shown = *query;
    if (field != PAGE_CURSOR && field != PAGE_AT) {
        shown.values[PAGE_CURSOR] = shown.values[PAGE_AT] = NULL;
    }
    shown.values[field] = value;
    html_raw(out, "/search");
    page_arguments(out, &shown);
}

/* ---- the frame ----------------------------------------------------------------------------------------------- */

void page_begin(struct buf *out, const struct site *site, const char *title, const char *body_class,
                const struct page_query *query)
{
    html_raw(out, "<!DOCTYPE html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    if (title != NULL) {
        html_text(out, title);
        html_raw(out, " – ");
    }
    html_text(out, site->title);
    html_raw(out, "</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n"
                  "<meta name=\"theme-color\" content=\"#faf8f4\" media=\"(prefers-color-scheme: light)\">\n"
                  "<meta name=\"theme-color\" content=\"#17181b\" media=\"(prefers-color-scheme: dark)\">\n"
                  "<link rel=\"icon\" href=\"" STATIC_FAVICON_SVG "\" type=\"image/svg+xml\">\n"
                  "<link rel=\"stylesheet\" href=\"" STATIC_STYLE_CSS "\">\n</head>\n<body");
    html_attribute(out, "class", body_class);
    html_raw(out, ">\n<a class=\"skip\" href=\"#main\">Đến nội dung chính</a>\n");
    if (query != NULL) {
        html_raw(out, "<header class=\"top\">\n<p class=\"brand\"><a href=\"/\">Tra báo</a></p>\n");
        page_search_form(out, query, false);
        html_raw(out, "</header>\n");
    }
    html_raw(out, "<main id=\"main\">\n");
}

void page_end(struct buf *out, const struct site *site)
{
    html_raw(out, "</main>\n<footer class=\"foot\">\n<p>");
    html_text(out, site->title);
    html_raw(out, " · tìm bằng <a href=\"/\">Tra báo</a> · <a href=\"/api/v1/stats\">số liệu</a></p>\n"
                  "</footer>\n</body>\n</html>\n");
}

/* ---- the form ------------------------------------------------------------------------------------------------ */

static void form_field(struct buf *out, const struct page_query *query, enum page_field field, const char *label,
                       const char *placeholder)
{
    html_raw(out, "<p><label");
    html_attribute(out, "for", FIELD_NAMES[field]);
    html_raw(out, ">");
    html_text(out, label);
    html_raw(out, "</label><input type=\"text\" autocomplete=\"off\"");
    html_attribute(out, "id", FIELD_NAMES[field]);
    html_attribute(out, "name", FIELD_NAMES[field]);
    html_attribute(out, "value", query->values[field]);
    html_attribute(out, "placeholder", placeholder);
    html_raw(out, "></p>\n");
}

/* What was chosen by links goes along when the form is sent. */
static void form_hidden(struct buf *out, const struct page_query *query, enum page_field field)
{
    if (query->values[field] != NULL) {
        html_raw(out, "<input type=\"hidden\"");
        html_attribute(out, "name", FIELD_NAMES[field]);
        html_attribute(out, "value", query->values[field]);
        html_raw(out, ">\n");
    }
}

void page_search_form(struct buf *out, const struct page_query *query, bool focus)
{
    html_raw(out, "<form class=\"search\" role=\"search\" action=\"/search\" method=\"get\">\n"
                  "<div class=\"box\">\n<label class=\"hidden\" for=\"q\">Tìm trong kho báo</label>\n"
                  "<input id=\"q\" name=\"q\" type=\"search\" placeholder=\"Có hay không dấu\""
                  " autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\" enterkeyhint=\"search\"");
    html_attribute(out, "value", query->values[PAGE_Q]);
    if (focus) {
        html_raw(out, " autofocus");
    }
    html_raw(out, ">\n<button type=\"submit\">Tìm</button>\n</div>\n<details class=\"filters\"");
    if (query->mistaken) {
        html_raw(out, " open");
    }
    html_raw(out, ">\n<summary>Lọc theo ngày, tác giả, báo</summary>\n<div class=\"fields\">\n");
    form_field(out, query, PAGE_FROM, "Từ ngày", "20/7/2020");
    form_field(out, query, PAGE_TO, "Đến ngày", "hoặc 7/2020");
    form_field(out, query, PAGE_AUTHOR, "Tác giả", NULL);
    form_field(out, query, PAGE_SOURCE, "Báo, nguồn", NULL);
    form_field(out, query, PAGE_SECTION, "Chuyên mục", NULL);
    form_field(out, query, PAGE_NAME, "Người được nhắc đến", NULL);
    html_raw(out, "</div>\n<p class=\"apply\"><button type=\"submit\">Tìm với bộ lọc</button></p>\n</details>\n");
    form_hidden(out, query, PAGE_TIER);
    form_hidden(out, query, PAGE_SORT);
    html_raw(out, "</form>\n");
}
