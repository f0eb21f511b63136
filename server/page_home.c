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
    {"giá vàng từ:2020", "chỉ những bài từ năm 2020"},
};

/* ", từ 11/1995 đến 3/2026": the span of the archive, when it has one. */
static void span(struct buf *out, struct trabao_reader *reader)
{
    char *text = NULL;
    struct trabao_error err;
    json_t *stats = trabao_stats_json(reader, &text, &err) == TRABAO_OK ? json_loads(text, 0, NULL) : NULL;
    const char *first = json_string_value(json_object_get(stats, "first_date"));
    const char *last = json_string_value(json_object_get(stats, "last_date"));
    if (first != NULL && last != NULL) {
        html_raw(out, ", từ ");
        html_date_text(out, first);
        html_raw(out, " đến ");
        html_date_text(out, last);
    }
    json_decref(stats);
    mem_free(text);
}

static void archive_line(struct buf *out, const struct visit *visit)
{
    html_raw(out, "<p class=\"archive\"><strong>");
    html_text(out, visit->site->title);
    html_raw(out, "</strong>: <strong>");
    html_number(out, visit->facts.articles);
    html_raw(out, "</strong> bài báo");
    span(out, visit->reader);
    html_raw(out, "</p>\n");
}

static void examples(struct buf *out)
{
    html_raw(out, "<section class=\"hints\">\n<h2>Cách tìm</h2>\n<ul>\n");
    for (size_t i = 0; i < ARRAY_LEN(EXAMPLES); i++) {
        struct page_query query = {{NULL}};
        html_raw(out, "<li><a href=\"");
        page_search_address(out, &query, PAGE_Q, EXAMPLES[i].query);
        html_raw(out, "\">");
        html_text(out, EXAMPLES[i].query);
        html_raw(out, "</a> <span>");
        html_text(out, EXAMPLES[i].meaning);
        html_raw(out, "</span></li>\n");
    }
    html_raw(out, "</ul>\n</section>\n");
}

/* The page is complete without them: when they cannot be had, they are left out. */
static void latest(struct buf *out, const struct visit *visit)
{
    const struct trabao_request request = {.query = "",
                                           .sort = TRABAO_NEWEST,
                                           .tier = TRABAO_TIER_AUTO,
                                           .total = TRABAO_TOTAL_NONE,
                                           .limit = LATEST_ARTICLES,
                                           .deadline_ms = visit->deadline_ms};
    struct trabao_answer *answer = NULL;
    struct trabao_error err;
    if (trabao_search(visit->reader, &request, &answer, &err) != TRABAO_OK) {
        return;
    }
    if (answer->hit_count > 0) {
        html_raw(out, "<section class=\"latest\">\n<h2>Bài mới nhất</h2>\n<ul>\n");
        for (size_t i = 0; i < answer->hit_count; i++) {
            const struct trabao_hit *hit = &answer->hits[i];
            html_raw(out, "<li><a");
            html_attribute(out, "href", hit->href);
            html_raw(out, ">");
            html_text_n(out, hit->title.text, hit->title.len);
            html_raw(out, "</a> <span>");
            html_date(out, hit->date, false);
            html_raw(out, "</span></li>\n");
        }
        html_raw(out, "</ul>\n<p><a class=\"more\" href=\"/search?sort=newest\">Xem tất cả, mới nhất trước</a></p>\n"
                      "</section>\n");
    }
    trabao_answer_free(answer);
}

void page_home(struct visit *visit)
{
    struct buf *out = &visit->reply->body;
    const struct page_query query = {{NULL}};
    page_begin(out, visit->site, NULL, "home", NULL);
    html_raw(out, "<div class=\"hero\">\n<h1>Tra báo</h1>\n");
    archive_line(out, visit);
    page_search_form(out, &query, true);
    html_raw(out, "</div>\n<div class=\"columns\">\n");
    examples(out);
    latest(out, visit);
    html_raw(out, "</div>\n");
    page_end(out, visit->site);
}
