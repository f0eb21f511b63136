/*
 * page_search.c - the result page: what was understood, how many, the hits, and where to go from here.
 */
#include "server/page.h"

#include "base/mem.h"
#include "server/search_args.h"

#define PAGE_HITS 20

/* What a filter is called on its removable label. */
static const struct {
    enum page_field field;
    const char *label;
} FILTERS[] = {
    {PAGE_FROM, "Từ"},
    {PAGE_TO, "Đến"},
    {PAGE_AUTHOR, "Tác giả"},
    {PAGE_SOURCE, "Nguồn"},
    {PAGE_SECTION, "Chuyên mục"},
    {PAGE_NAME, "Nhắc đến"},
    {PAGE_TIER, "Độ khớp dấu"},
};

static const struct {
    const char *value, *label; /* NULL: the default */
} SORTS[] = {{NULL, "Liên quan"}, {"newest", "Mới nhất"}, {"oldest", "Cũ nhất"}};

static const char *tier_label(const char *value)
{
    static const char *const labels[][2] = {
        {"exact", "đúng từng dấu"}, {"tone", "khác dấu thanh cũng được"}, {"folded", "bỏ hết dấu"}};
    for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
        if (strcmp(value, labels[i][0]) == 0) {
            return labels[i][1];
        }
    }
    return value;
}

/* The value of a filter as it is read; dates that are not typed like that, such as "tuần trước", stay as they are. */
static void filter_value(struct buf *out, enum page_field field, const char *value)
{
    if (field == PAGE_TIER) {
        html_text(out, tier_label(value));
    } else if (field == PAGE_FROM || field == PAGE_TO) {
        html_date_text(out, value);
    } else {
        html_text(out, value);
    }
}

static size_t count_filters(const struct page_query *query)
{
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(FILTERS); i++) {
        count += query->values[FILTERS[i].field] != NULL ? 1 : 0;
    }
    return count;
}

static void without_filters(struct buf *out, const struct page_query *query)
{
    const struct page_query bare = {.values = {[PAGE_Q] = query->values[PAGE_Q]}};
    page_search_address(out, &bare, PAGE_SORT, query->values[PAGE_SORT]);
}

static void active_filters(struct buf *out, const struct page_query *query)
{
    const size_t count = count_filters(query);
    if (count == 0) {
        return;
    }
    html_raw(out, "<ul class=\"chips\" aria-label=\"Bộ lọc đang dùng\">\n");
    for (size_t i = 0; i < ARRAY_LEN(FILTERS); i++) {
        const char *value = query->values[FILTERS[i].field];
        if (value != NULL) {
            html_raw(out, "<li><a href=\"");
            page_search_address(out, query, FILTERS[i].field, NULL);
            html_raw(out, "\" title=\"Bỏ bộ lọc này\"><span class=\"hidden\">Bỏ bộ lọc </span>");
            html_text(out, FILTERS[i].label);
            html_raw(out, ": <b>");
            filter_value(out, FILTERS[i].field, value);
            html_raw(out, "</b><span class=\"cross\" aria-hidden=\"true\">×</span></a></li>\n");
        }
    }
    if (count > 1) {
        html_raw(out, "<li><a href=\"");
        without_filters(out, query);
        html_raw(out, "\">Bỏ tất cả</a></li>\n");
    }
    html_raw(out, "</ul>\n");
}

/* ---- above the hits ------------------------------------------------------------------------------------------ */

static void summary(struct buf *out, const struct trabao_answer *answer, uint64_t first)
{
    html_raw(out, "<p class=\"summary\" role=\"status\">");
    if (answer->hit_count > 0 && answer->total > answer->hit_count) {
        html_raw(out, "Bài ");
        html_number(out, first);
        html_raw(out, "–");
        html_number(out, first + answer->hit_count - 1);
        html_raw(out, " trong ");
    }
    html_raw(out, "<strong>");
    if (!answer->total_exact) {
        html_raw(out, "hơn ");
    }
    html_number(out, answer->total);
    html_raw(out, " bài</strong>, ");
    html_decimal(out, answer->took_ms);
    html_raw(out, " ms</p>\n");
}

static void sort_links(struct buf *out, const struct page_query *query)
{
    const char *const chosen = query->values[PAGE_SORT];
    html_raw(out, "<nav class=\"sort\" aria-label=\"Sắp xếp\">\n");
    for (size_t i = 0; i < ARRAY_LEN(SORTS); i++) {
        const char *value = SORTS[i].value;
        const bool current = value == NULL ? chosen == NULL : chosen != NULL && strcmp(chosen, value) == 0;
        html_raw(out, "<a href=\"");
        page_search_address(out, query, PAGE_SORT, value);
        html_raw(out, "\"");
        html_attribute(out, "aria-current", current ? "true" : NULL);
        html_raw(out, ">");
        html_text(out, SORTS[i].label);
        html_raw(out, "</a>\n");
    }
    html_raw(out, "</nav>\n");
}

static void suggestion(struct buf *out, const struct page_query *query, const struct trabao_answer *answer)
{
    if (answer->suggestion != NULL) {
        html_raw(out, "<p class=\"suggestion\">Có phải bạn muốn tìm: <a href=\"");
        page_search_address(out, query, PAGE_Q, answer->suggestion);
        html_raw(out, "\">");
        html_text(out, answer->suggestion);
        html_raw(out, "</a>?</p>\n");
    }
}

/* The searcher typed marks, and articles with other marks are there as well: why, and how to be rid of them. */
static void widened(struct buf *out, const struct page_query *query, const struct trabao_answer *answer)
{
    const uint64_t exact = answer->totals_by_tier[TRABAO_EXACT];
    if (!answer->widened || answer->total <= exact || query->values[PAGE_TIER] != NULL) {
        return;
    }
    if (exact == 0) {
        html_raw(out, "<li>Không có bài nào viết đúng từng dấu như vậy; đây là ");
    } else {
        html_raw(out, "<li>Chỉ ");
        html_number(out, exact);
        html_raw(out, " bài viết đúng từng dấu như vậy, nên có thêm ");
    }
    html_number(out, answer->total - exact);
    html_raw(out, " bài khác dấu. <a href=\"");
    page_search_address(out, query, PAGE_TIER, "exact");
    html_raw(out, "\">Chỉ tìm đúng dấu</a></li>\n");
}

static void notes(struct buf *out, const struct page_query *query, const struct trabao_answer *answer)
{
    const size_t before = out->len;
    html_raw(out, "<ul class=\"notes\">\n");
    const size_t empty = out->len;
    if (answer->relaxed) {
        html_raw(out, "<li>Ít bài có đủ mọi từ; sau các bài ấy là những bài có phần lớn các từ.</li>\n");
    }
    if (answer->hit_count > 0) {
        widened(out, query, answer);
    }
    for (size_t i = 0; i < answer->warning_count; i++) {
        html_raw(out, "<li>");
        html_text(out, answer->warnings[i]);
        html_raw(out, "</li>\n");
    }
    if (out->len == empty && !buf_failed(out)) {
        out->len = before; /* nothing to say after all */
        return;
    }
    html_raw(out, "</ul>\n");
}

/* ---- below the hits, or instead of them ---------------------------------------------------------------------- */

static void page_links(struct buf *out, const struct page_query *query, const struct trabao_answer *answer,
                       uint64_t first)
{
    if (answer->next == NULL && query->values[PAGE_CURSOR] == NULL) {
        return;
    }
    html_raw(out, "<nav class=\"pages\" aria-label=\"Các trang kết quả\">\n");
    if (query->values[PAGE_CURSOR] != NULL) {
        html_raw(out, "<a href=\"");
        page_search_address(out, query, PAGE_SORT, query->values[PAGE_SORT]);
        html_raw(out, "\">Về trang đầu</a>\n");
    }
    if (answer->next != NULL) {
        char at[24];
        snprintf(at, sizeof at, "%llu", (unsigned long long)(first + answer->hit_count));
        struct page_query next = *query;
        next.values[PAGE_AT] = at;
        html_raw(out, "<a class=\"next\" rel=\"next\" href=\"");
        page_search_address(out, &next, PAGE_CURSOR, answer->next);
        html_raw(out, "\">Trang sau</a>\n");
    }
    html_raw(out, "</nav>\n");
}

static void nothing_found(struct buf *out, const struct page_query *query)
{
    const char *q = query->values[PAGE_Q] != NULL ? query->values[PAGE_Q] : "";
    html_raw(out, "<section class=\"nothing\">\n<h2>Không tìm thấy bài nào</h2>\n<p>Bạn có thể thử:</p>\n<ul>\n");
    if (strchr(q, ' ') != NULL) {
        html_raw(out, "<li>bỏ bớt từ, giữ lại những từ chính;</li>\n");
    }
    if (strpbrk(q, "\"=") != NULL || strstr(q, "“") != NULL) {
        html_raw(out, "<li>bỏ dấu ngoặc kép để các từ không phải đứng liền nhau;</li>\n");
    }
    if (query->values[PAGE_FROM] != NULL || query->values[PAGE_TO] != NULL) {
        html_raw(out, "<li>mở rộng khoảng ngày;</li>\n");
    }
    if (count_filters(query) > 0) {
        html_raw(out, "<li><a href=\"");
        without_filters(out, query);
        html_raw(out, "\">bỏ mọi bộ lọc</a>;</li>\n");
    }
    html_raw(out, "<li>xem lại chính tả, hoặc gõ không dấu để tìm mọi cách viết.</li>\n</ul>\n</section>\n");
}

/* The bound that PROBLEM, which names its argument first, is about; NULL when it is about something else. */
static const char *mistaken_date(const struct page_query *query, const char *problem, const char **label)
{
    const bool from = strncmp(problem, "from:", strlen("from:")) == 0;
    const bool to = strncmp(problem, "to:", strlen("to:")) == 0;
    *label = from ? "Từ ngày" : "Đến ngày";
    return from ? query->values[PAGE_FROM] : to ? query->values[PAGE_TO] : NULL;
}

static void problem_note(struct buf *out, const struct page_query *query, const char *problem)
{
    const char *label;
    const char *date = mistaken_date(query, problem, &label);
    html_raw(out, "<section class=\"nothing\">\n<h2>Không đọc được yêu cầu này</h2>\n<p>");
    if (date != NULL) {
        html_raw(out, "Trong ô ");
        html_text(out, label);
        html_raw(out, ", “");
        html_text(out, date);
        html_raw(out, "” không phải là ngày. Ngày có thể viết là 20/7/2020, 7/2020 hay 2020.</p>\n</section>\n");
        return;
    }
    html_raw(out, "Xin xem lại các ô đã điền.</p>\n<p class=\"detail\"><code>");
    html_text(out, problem);
    html_raw(out, "</code></p>\n</section>\n");
}

/* ---- the page ------------------------------------------------------------------------------------------------ */

/* The number of the page's first hit, from the address; it is only shown, so a wrong one harms nobody. */
static uint64_t first_hit(const struct page_query *query, const struct trabao_answer *answer)
{
    const char *at = query->values[PAGE_AT];
    if (query->values[PAGE_CURSOR] == NULL || at == NULL || at[strspn(at, "0123456789")] != '\0') {
        return 1;
    }
    const uint64_t first = strtoull(at, NULL, 10);
    return first >= 1 && first <= answer->total ? first : 1;
}

static void answer_part(struct buf *out, const struct page_query *query, const struct trabao_answer *answer)
{
    const uint64_t first = first_hit(query, answer);
    if (answer->hit_count > 0) {
        html_raw(out, "<div class=\"bar\">\n");
        summary(out, answer, first);
        sort_links(out, query);
        html_raw(out, "</div>\n");
    }
    suggestion(out, query, answer);
    notes(out, query, answer);
    if (answer->hit_count > 0) {
        page_hits(out, query, answer, first);
    } else {
        nothing_found(out, query);
    }
    page_links(out, query, answer, first);
}

void page_results(struct buf *out, const struct site *site, const struct page_query *query,
                  const struct trabao_answer *answer, const char *problem)
{
    struct page_query shown = *query;
    shown.mistaken = answer == NULL && count_filters(query) > 0;
    page_begin(out, site, query->values[PAGE_Q] != NULL ? query->values[PAGE_Q] : "Mọi bài báo", "results", &shown);
    html_raw(out, "<h1 class=\"hidden\">Kết quả tìm kiếm</h1>\n");
    active_filters(out, query);
    if (answer != NULL) {
        answer_part(out, query, answer);
    } else {
        problem_note(out, query, problem);
    }
    page_end(out, site);
}

/* Without words there is nothing to be relevant to; blanks are none, and no link of the page has them. */
static void read_no_words(const struct page_query *query, struct trabao_request *request)
{
    if (query->values[PAGE_Q] == NULL) {
        request->query_len = 0;
        request->sort = query->values[PAGE_SORT] == NULL ? TRABAO_NEWEST : request->sort;
    }
}

void page_search(struct visit *visit)
{
    const struct page_query query = page_query_read(&visit->request->url);
    struct trabao_request request;
    struct trabao_answer *answer = NULL;
    struct trabao_error err;
    enum trabao_status status = search_args_read(&visit->request->url, &request, &err);
    if (status == TRABAO_OK) {
        request.limit = PAGE_HITS;
        request.total = TRABAO_TOTAL_EXACT;
        request.strict = false;
        request.fold_duplicates = true;
        request.deadline_ms = visit->deadline_ms;
        read_no_words(&query, &request);
        status = trabao_search(visit->reader, &request, &answer, &err);
    }
    if (status == TRABAO_OK || status == TRABAO_NONE) {
        page_results(&visit->reply->body, visit->site, &query, answer, NULL);
        visit->passing = !answer->total_exact;
    } else if (status == TRABAO_USAGE) {
        visit->reply->status = site_http_status(status);
        page_results(&visit->reply->body, visit->site, &query, NULL, err.message);
    } else {
        visit_fail(visit, status, &err);
    }
    trabao_answer_free(answer);
}
