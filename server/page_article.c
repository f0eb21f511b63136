/*
 * page_article.c - one article: its text, where it is from, and ways on from it.
 */
#include "server/page.h"

#include "base/civil.h"

#define ARTICLE_PREFIX "/article/"

static void search_link(struct buf *out, enum page_field field, const char *value)
{
    const struct page_query none = {.values = {NULL}};
    html_raw(out, "<a href=\"");
    page_search_address(out, &none, field, value);
    html_raw(out, "\">");
    html_text(out, value);
    html_raw(out, "</a>");
}

static void meta_link(struct buf *out, enum page_field field, const char *value)
{
    if (value != NULL && value[0] != '\0') {
        html_raw(out, "<li>");
        search_link(out, field, value);
        html_raw(out, "</li>");
    }
}

static void meta_line(struct buf *out, const struct trabao_article *article)
{
    html_raw(out, "<ul class=\"meta\">");
    if (article->date[0] != '\0') {
        html_raw(out, "<li>");
        html_date(out, article->date, true);
        html_raw(out, "</li>");
    }
    meta_link(out, PAGE_SOURCE, article->source);
    meta_link(out, PAGE_SECTION, article->section);
    meta_link(out, PAGE_AUTHOR, article->author);
    if (article->reads >= 0) {
        html_raw(out, "<li>");
        html_number(out, (uint64_t)article->reads);
        html_raw(out, " lượt đọc</li>");
    }
    html_raw(out, "</ul>\n");
}

static void heading(struct buf *out, const struct trabao_article *article)
{
    html_raw(out, "<h1>");
    if (article->title_marked.len > 0) {
        html_marked(out, &article->title_marked);
    } else if (article->date[0] != '\0') {
        html_raw(out, "Bài không đề, ");
        html_date_text(out, article->date);
    } else {
        html_raw(out, "Bài không đề");
    }
    html_raw(out, "</h1>\n");
}

/* "Bài cùng ngày", when the day is known. */
static void same_day(struct buf *out, const char *date)
{
    struct civil civil;
    if (!civil_parse(date, strlen(date), &civil) || civil.precision < CIVIL_DAY) {
        return;
    }
    char day[11];
    snprintf(day, sizeof day, "%s", date);
    const struct page_query query = {.values = {[PAGE_FROM] = day, [PAGE_TO] = day}};
    html_raw(out, "<li><a href=\"");
    page_search_address(out, &query, PAGE_SORT, NULL);
    html_raw(out, "\">Bài cùng ngày</a></li>\n");
}

static void links(struct buf *out, const struct trabao_article *article)
{
    html_raw(out, "<ul class=\"links\">\n");
    if (html_is_web_address(article->url)) {
        html_raw(out, "<li><a rel=\"noopener noreferrer external\"");
        html_attribute(out, "href", article->url);
        html_raw(out, ">Bài gốc</a> <span class=\"address\">");
        html_text(out, article->url);
        html_raw(out, "</span></li>\n");
    }
    same_day(out, article->date);
    html_raw(out, "<li><a href=\"/api/v1/articles?key=");
    url_append_encoded(out, article->key, strlen(article->key));
    html_raw(out, "\">Bản JSON</a></li>\n</ul>\n<p class=\"key\">Khóa trong kho: <code>");
    html_text(out, article->key);
    html_raw(out, "</code></p>\n");
}

static bool asks_for_something(const struct page_query *query)
{
    bool any = false;
    for (size_t i = 0; i < PAGE_FIELD_COUNT; i++) {
        any = any || query->values[i] != NULL;
    }
    return any;
}

/* To the page of results that led here. */
static void back_link(struct buf *out, const struct page_query *query)
{
    if (!asks_for_something(query)) {
        return;
    }
    html_raw(out, "<p class=\"back\"><a href=\"/search");
    page_arguments(out, query);
    html_raw(out, "\">Kết quả tìm");
    if (query->values[PAGE_Q] != NULL) {
        html_raw(out, " “");
        html_text(out, query->values[PAGE_Q]);
        html_raw(out, "”");
    }
    html_raw(out, "</a></p>\n");
}

void page_article_body(struct buf *out, const struct site *site, const struct page_query *query,
                       const struct trabao_article *article)
{
    /* Another search begins without the filters, which cannot be seen here. */
    const struct page_query words = {.values = {[PAGE_Q] = query->values[PAGE_Q]}};
    page_begin(out, site, article->title[0] != '\0' ? article->title : "Bài không đề", "reading", &words);
    back_link(out, query);
    html_raw(out, "<article>\n");
    heading(out, article);
    meta_line(out, article);
    html_raw(out, "<div class=\"text\">\n");
    html_marked_paragraphs(out, &article->body_marked);
    html_raw(out, "</div>\n<footer>\n");
    links(out, article);
    html_raw(out, "</footer>\n</article>\n");
    page_end(out, site);
}

void page_article(struct visit *visit)
{
    const struct url *url = &visit->request->url;
    const struct page_query query = page_query_read(url);
    const char *q = query.values[PAGE_Q];
    struct trabao_article *article = NULL;
    struct trabao_error err;
    enum trabao_status status =
        trabao_article_by_href_id(visit->reader, url->path + strlen(ARTICLE_PREFIX), q, &article, &err);
    if (status == TRABAO_USAGE && q != NULL) { /* the words can not be marked, which is no reason to hide the article */
        status = trabao_article_by_href_id(visit->reader, url->path + strlen(ARTICLE_PREFIX), NULL, &article, &err);
    }
    if (status == TRABAO_OK) {
        page_article_body(&visit->reply->body, visit->site, &query, article);
    } else {
        visit_fail(visit, status, &err);
    }
    trabao_article_free(article);
}
