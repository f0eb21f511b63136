/*
 * page_error.c - what a browser shows when something went wrong.
 */
#include "server/page.h"

static const struct {
    unsigned status;
    const char *title, *text;
} ERRORS[] = {
    {400, "Không đọc được địa chỉ này", "Địa chỉ có ký tự hỏng hoặc một giá trị không hợp lệ, hoặc câu hỏi quá dài."},
    {404, "Không có trang này", "Có thể địa chỉ đã gõ nhầm, hoặc bài báo không còn trong kho."},
    {405, "Không làm được việc này", "Trang này chỉ để đọc."},
    {413, "Yêu cầu quá lớn", "Trang này chỉ để đọc, không nhận dữ liệu gửi lên."},
    {503, "Máy chủ đang bận",
     "Có quá nhiều yêu cầu, hoặc câu hỏi này mất quá nhiều thời gian. "
     "Xin thử lại sau giây lát, hoặc hỏi ngắn hơn."},
};

void page_error(const struct site *site, unsigned status, const char *detail, struct buf *out)
{
    const char *title = "Máy chủ gặp lỗi";
    const char *text = "Lỗi này đã được ghi lại. Xin thử lại sau.";
    for (size_t i = 0; i < ARRAY_LEN(ERRORS); i++) {
        if (ERRORS[i].status == status) {
            title = ERRORS[i].title;
            text = ERRORS[i].text;
        }
    }
    const struct page_query query = {.values = {NULL}};
    page_begin(out, site, title, "error", &query);
    html_raw(out, "<h1>");
    html_text(out, title);
    html_raw(out, "</h1>\n<p>");
    html_text(out, text);
    html_raw(out, "</p>\n<p class=\"detail\"><code>");
    buf_printf(out, "%u ", status);
    html_text(out, detail);
    html_raw(out, "</code></p>\n<p><a href=\"/\">Về trang đầu</a></p>\n");
    page_end(out, site);
}
