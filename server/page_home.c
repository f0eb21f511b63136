/*
 * page_home.c - the first page: the search box, what the archive holds, how to ask, and the latest articles.
 */
#include "server/page.h"

#include <jansson.h>

#include "base/mem.h"

#define LATEST_ARTICLES 5

/* A search that the page offers as an example, with what it shows. */
struct example {
    const char *query, *meaning;
};

static const struct example EXAMPLES[] = {
    {"mat tran to quoc", "không dấu cũng ra bài có dấu"},
    {"\"hội đồng nhân dân\"", "đúng cụm từ, trong ngoặc kép"},
    {"lũ lụt -bão", "có từ này, không có từ kia"},
    {"xăng OR dầu", "một trong hai từ"},
    {"tiêuđề:giá", "chỉ tìm trong tiêu đề"},
};

/* Of an archive whose articles have dates. */
static const struct example DATED_EXAMPLE = {"giá vàng từ:2020", "chỉ những bài từ năm 2020"};

static void archive_line(struct buf *out, const struct site *site, uint64_t articles, const char *first,
                         const char *last)
{
    html_raw(out, "<p class=\"archive\"><strong>");
    html_text(out, site->title);
    html_raw(out, "</strong>: <strong>");
    html_number(out, articles);
    html_raw(out, "</strong> bài báo");
    if (first != NULL) {
        html_raw(out, ", từ ");
        html_date_text(out, first);
        html_raw(out, " đến ");
        html_date_text(out, last);
    }
    html_raw(out, "</p>\n");
}

static void example_item(struct buf *out, const struct example *example)
{
    const struct page_query query = {.values = {NULL}};
    html_raw(out, "<li><a href=\"");
    page_search_address(out, &query, PAGE_Q, example->query);
    html_raw(out, "\">");
    html_text(out, example->query);
    html_raw(out, "</a> <span>");
    html_text(out, example->meaning);
    html_raw(out, "</span></li>\n");
}

static void examples(struct buf *out, bool dated)
{
    html_raw(out, "<section class=\"hints\">\n<h2>Cách tìm</h2>\n<ul>\n");
    for (size_t i = 0; i < ARRAY_LEN(EXAMPLES); i++) {
        example_item(out, &EXAMPLES[i]);
    }
    if (dated) {
        example_item(out, &DATED_EXAMPLE);
    }
    html_raw(out, "</ul>\n</section>\n");
}

static void latest_item(struct buf *out, const struct trabao_hit *hit)
{
    html_raw(out, "<li><a");
    html_attribute(out, "href", hit->href);
    html_raw(out, ">");
    html_text_n(out, hit->title.text, hit->title.len);
    html_raw(out, "</a>");
    if (hit->date != NULL && hit->date[0] != '\0') {
        html_raw(out, " <span>");
        html_date(out, hit->date, false);
        html_raw(out, "</span>");
    }
    html_raw(out, "</li>\n");
}

/* Without dates none is the latest: then they are just some. */
static void latest_articles(struct buf *out, const struct trabao_answer *latest, bool dated)
{
    html_raw(out, "<section class=\"latest\">\n<h2>");
    html_text(out, dated ? "Bài mới nhất" : "Vài bài trong kho");
    html_raw(out, "</h2>\n<ul>\n");
    for (size_t i = 0; i < latest->hit_count; i++) {
        latest_item(out, &latest->hits[i]);
    }
    html_raw(out, "</ul>\n<p><a class=\"more\" href=\"/search?sort=newest\">");
    html_text(out, dated ? "Xem tất cả, mới nhất trước" : "Xem tất cả");
    html_raw(out, "</a></p>\n</section>\n");
}

void page_home_body(struct buf *out, const struct site *site, uint64_t articles, const char *first, const char *last,
                    const struct trabao_answer *latest)
{
    const bool dated = first != NULL && first[0] != '\0' && last != NULL && last[0] != '\0';
    const struct page_query query = {.values = {NULL}};
    page_begin(out, site, NULL, "home", NULL);
    html_raw(out, "<div class=\"hero\">\n<h1>Tra báo</h1>\n");
    archive_line(out, site, articles, dated ? first : NULL, last);
    page_search_form(out, &query, true);
    html_raw(out, "</div>\n<div class=\"columns\">\n");
    examples(out, dated);
    if (latest != NULL && latest->hit_count > 0) {
        latest_articles(out, latest, dated);
    }
    html_raw(out, "</div>\n");
    page_end(out, site);
}

/* The page is complete without its latest articles and its span of time: what cannot be had is left out. */
void page_home(struct visit *visit)
{
    const struct trabao_request request = {.query = "",
                                           .sort = TRABAO_NEWEST,
                                           .tier = TRABAO_TIER_AUTO,
                                           .total = TRABAO_TOTAL_NONE,
                                           .limit = LATEST_ARTICLES,
                                           .deadline_ms = visit->deadline_ms};
    struct trabao_answer *latest = NULL;
    char *text = NULL;
    struct trabao_error err;
    if (trabao_search(visit->reader, &request, &latest, &err) != TRABAO_OK) {
        latest = NULL;
    }
    json_t *stats = trabao_stats_json(visit->reader, &text, &err) == TRABAO_OK ? json_loads(text, 0, NULL) : NULL;
    page_home_body(&visit->reply->body, visit->site, visit->facts.articles,
                   json_string_value(json_object_get(stats, "first_date")),
                   json_string_value(json_object_get(stats, "last_date")), latest);
    json_decref(stats);
    mem_free(text);
    trabao_answer_free(latest);
}
