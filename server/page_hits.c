/*
 * page_hits.c - the list of hits on a result page.
 */
#include "server/page.h"

static bool is_given(const char *value)
{
    return value != NULL && value[0] != '\0';
}

/* A part of the line below a title that, when it is chosen, narrows the search to it. */
static void filter_link(struct buf *out, const struct page_query *query, enum page_field field, const char *value,
                        const char *label)
{
    if (!is_given(value)) {
        return;
    }
    html_raw(out, "<li>");
    if (query->values[field] != NULL && strcmp(query->values[field], value) == 0) {
        html_text(out, value); /* it is filtered by this already */
    } else {
        html_raw(out, "<a href=\"");
        page_search_address(out, query, field, value);
        html_raw(out, "\"");
        html_attribute(out, "title", label);
        html_raw(out, ">");
        html_text(out, value);
        html_raw(out, "</a>");
    }
    html_raw(out, "</li>");
}

static void meta_line(struct buf *out, const struct page_query *query, const struct trabao_hit *hit)
{
    if (!is_given(hit->date) && !is_given(hit->source) && !is_given(hit->section) && !is_given(hit->author)) {
        return;
    }
    html_raw(out, "<ul class=\"meta\">");
    if (is_given(hit->date)) {
        html_raw(out, "<li>");
        html_date(out, hit->date, false);
        html_raw(out, "</li>");
    }
    filter_link(out, query, PAGE_SOURCE, hit->source, "Chỉ tìm trong nguồn này");
    filter_link(out, query, PAGE_SECTION, hit->section, "Chỉ tìm trong chuyên mục này");
    filter_link(out, query, PAGE_AUTHOR, hit->author, "Chỉ tìm bài của tác giả này");
    html_raw(out, "</ul>\n");
}

/* Begins a link to the article of HIT, with all that led to it, so that the article can lead back. */
static void open_link(struct buf *out, const struct page_query *query, const struct trabao_hit *hit)
{
    html_raw(out, "<a href=\"");
    html_text(out, hit->href);
    page_arguments(out, query);
    html_raw(out, "\">");
}

/* One of the articles that stand behind HIT, by what tells it from the others. */
static void duplicate_item(struct buf *out, const struct page_query *query, const struct trabao_hit *hit)
{
    const bool dated = is_given(hit->date);
    const bool sourced = is_given(hit->source);
    html_raw(out, "<li>");
    open_link(out, query, hit);
    if (sourced) {
        html_text(out, hit->source);
    }
    if (sourced && dated) {
        html_raw(out, ", ");
    }
    if (dated) {
        html_date(out, hit->date, false);
    }
    if (!sourced && !dated) {
        html_text(out, hit->key);
    }
    html_raw(out, "</a></li>\n");
}

static void duplicates(struct buf *out, const struct page_query *query, const struct trabao_answer *answer,
                       const struct trabao_hit *first)
{
    uint64_t count = 0;
    for (size_t i = 0; i < answer->hit_count; i++) {
        count += answer->hits[i].same_as == first ? 1 : 0;
    }
    if (count == 0) {
        return;
    }
    html_raw(out, "<details class=\"same\">\n<summary>");
    html_number(out, count);
    html_raw(out, " bài trùng</summary>\n<ul>\n");
    for (size_t i = 0; i < answer->hit_count; i++) {
        if (answer->hits[i].same_as == first) {
            duplicate_item(out, query, &answer->hits[i]);
        }
    }
    html_raw(out, "</ul>\n</details>\n");
}

static void hit_item(struct buf *out, const struct page_query *query, const struct trabao_answer *answer,
                     const struct trabao_hit *hit)
{
    html_raw(out, "<li class=\"hit\">\n<h2>");
    open_link(out, query, hit);
    html_marked(out, &hit->title);
    html_raw(out, "</a></h2>\n");
    meta_line(out, query, hit);
    if (hit->snippet.len > 0) {
        html_raw(out, "<p class=\"snippet\">");
        html_marked(out, &hit->snippet);
        html_raw(out, "</p>\n");
    }
    duplicates(out, query, answer, hit);
    html_raw(out, "</li>\n");
}

/* A line between hits where the match becomes looser: the reader should know why these are here. */
static void tier_line(struct buf *out, enum trabao_tier tier)
{
    if (tier == TRABAO_TONE) {
        html_raw(out, "<li class=\"tier\" role=\"presentation\"><p>Gần đúng: khác dấu thanh</p></li>\n");
    } else if (tier == TRABAO_FOLDED) {
        html_raw(out, "<li class=\"tier\" role=\"presentation\"><p>Gần đúng: chỉ giống khi bỏ hết dấu</p></li>\n");
    }
}

void page_hits(struct buf *out, const struct page_query *query, const struct trabao_answer *answer, uint64_t first)
{
    /* Tiers follow one another only in the order of relevance, and an unmarked query means all of them alike. */
    const bool by_tier = query->values[PAGE_SORT] == NULL && answer->totals_by_tier[TRABAO_EXACT] > 0;
    enum trabao_tier tier = TRABAO_EXACT;
    html_raw(out, "<ol class=\"hits\"");
    buf_printf(out, " start=\"%llu\">\n", (unsigned long long)first);
    for (size_t i = 0; i < answer->hit_count; i++) {
        const struct trabao_hit *hit = &answer->hits[i];
        if (hit->same_as != NULL) {
            continue;
        }
        if (by_tier && hit->tier != tier) {
            tier = hit->tier;
            tier_line(out, tier);
        }
        hit_item(out, query, answer, hit);
    }
    html_raw(out, "</ol>\n");
}
