/*
 * test_corpus_page.c - portal pages: what becomes of each kind of line, by hand-written pages; and that no line of the
 * sample pages is lost which is not furniture.
 */
#include "tests/unit/test_corpus_support.h"

#include "corpus/furniture.h"

#define PARAGRAPH "Sáng 1/9, tỉnh khánh thành cầu Vàm Láng, dài 412 m."

static void a_whole_page(void **state)
{
    (void)state;
    assert_gives(
        "Liên kết Website\nCơ quan Báo chí\nNgày đăng: 20.07.2020\n" PARAGRAPH "\n\n \n"
        "Quang cảnh lễ thông xe\n\xC2\xA0\n Bà con vui lắm.\n\nThanh Thủy\nSố lần đọc: 1.216\n\nTin liên quan\n"
        "Phà Vàm Láng ngừng chạy\nCầu mới, đường mới\n",
        "record 1 key=in#1 title=Sáng 1/9, tỉnh khánh thành cầu Vàm Láng, dài 412 m author=Thanh Thủy "
        "date=20.07.2020 reads=1216 \n|=" PARAGRAPH "\n\nQuang cảnh lễ thông xe\n\nBà con vui lắm.\n");
}

static void the_title_before_or_behind_the_date(void **state)
{
    (void)state;
    assert_gives("Trang chủ\nThời sự\nThông xe cầu Vàm Láng sáng nay\nNgày đăng: 2/9/2015\n" PARAGRAPH "\n",
                 "record 1 key=in#1 title=Thông xe cầu Vàm Láng sáng nay date=2/9/2015 \n|=" PARAGRAPH "\n");
    assert_gives("Trang chủ\nThời sự\nNgày đăng: 2/9/2015\nThông xe cầu Vàm Láng\n\n" PARAGRAPH "\n",
                 "record 1 key=in#1 title=Thông xe cầu Vàm Láng date=2/9/2015 \n|=" PARAGRAPH "\n");
    assert_gives("Trang chủ\nThời sự\nThông xe cầu Vàm Láng sáng nay\n\n" PARAGRAPH "\nSố lần đọc: 3\n",
                 "record 1 key=in#1 title=Thông xe cầu Vàm Láng sáng nay reads=3 \n|=" PARAGRAPH "\n");
}

static void a_date_below_the_text(void **state)
{
    (void)state;
    assert_gives("Thông xe cầu Vàm Láng sáng nay\n" PARAGRAPH "\nCập nhật: 14:30 02/09/2015\nIn trang\n",
                 "record 1 key=in#1 title=Thông xe cầu Vàm Láng sáng nay date=14:30 02/09/2015 \n|=" PARAGRAPH "\n");
}

static void a_text_without_furniture_keeps_every_line(void **state)
{
    (void)state;
    assert_gives("Cây gạo đầu làng\n\nLàng tôi ở bên sông.\nTin tức\nNgày đăng ký cuối cùng là 30/6.\nVideo\nThu Hà\n",
                 "record 1 key=in#1 title=Cây gạo đầu làng \n|=Làng tôi ở bên sông.\nTin tức\n"
                 "Ngày đăng ký cuối cùng là 30/6.\nVideo\nThu Hà\n");
    assert_gives("Một câu thôi.", "record 1 key=in#1 \n|=Một câu thôi.\n");
    assert_gives("Một dòng", "record 1 key=in#1 \n|=Một dòng\n");
}

static void lines_end_in_every_way(void **state)
{
    (void)state;
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        char text[256];
        snprintf(text, sizeof text, "Thông xe cầu Vàm Láng%sNgày đăng: 2/9/2015%s" PARAGRAPH "%s", ends[i], ends[i],
                 ends[i]);
        assert_gives(text, "record 1 key=in#1 title=Thông xe cầu Vàm Láng date=2/9/2015 \n|=" PARAGRAPH "\n");
    }
}

static void sections_among_paragraphs_are_text(void **state)
{
    (void)state;
    assert_gives(
        "Trang chủ\nKinh tế\nNgày đăng: 2/9/2015\n" PARAGRAPH "\nGiáo dục\nTrường mới mở cửa.\nGiải trí\n",
        "record 1 key=in#1 title=Sáng 1/9, tỉnh khánh thành cầu Vàm Láng, dài 412 m date=2/9/2015 \n|=" PARAGRAPH
        "\nGiáo dục\nTrường mới mở cửa.\n");
}

static void text_goes_on_below_links_to_other_articles(void **state)
{
    (void)state;
    assert_gives("Trang chủ\n" PARAGRAPH "\nTin liên quan\nPhà Vàm Láng ngừng chạy\nNgười dân hai bờ rất mừng.\n",
                 "record 1 key=in#1 title=Sáng 1/9, tỉnh khánh thành cầu Vàm Láng, dài 412 m \n|=" PARAGRAPH
                 "\nNgười dân hai bờ rất mừng.\n");
}

static void nothing_but_furniture(void **state)
{
    (void)state;
    assert_gives("Trang chủ\nTin tức\nTin liên quan\n", "reject 1 @0 empty\n");
    assert_gives("\n \n\xC2\xA0\n", "reject 1 @0 empty\n");
}

static void signatures(void **state)
{
    static const struct {
        const char *line, *name;
        bool is_source;
    } cases[] = {
        {"Thanh Thủy", "Thanh Thủy", false},
        {"THANH THỦY", "THANH THỦY", false},
        {"Rơ Lan Thanh", "Rơ Lan Thanh", false},
        {"Tin, ảnh: Thu Hà", "Thu Hà", false},
        {"Bài và ảnh: Thu Hà - Đức Anh", "Thu Hà - Đức Anh", false},
        {"(Theo Báo Mẫu)", "Báo Mẫu", true},
        {"Nguồn: Báo Mẫu", "Báo Mẫu", true},
        {"Quang cảnh hội nghị", NULL, false},
        {"Địa điểm: Nhà Văn Hóa", NULL, false},
        {"Thu Hà đi chợ", NULL, false},
        {"Thu Hà.", NULL, false},
        {"Một Hai Ba Bốn Năm Sáu Bảy", NULL, false},
        {"30/4", NULL, false},
        {"Ảnh:", NULL, false},
        {"()", NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        bool is_source;
        const struct corpus_text got = furniture_signature(cases[i].line, strlen(cases[i].line), &is_source);
        if (!cases[i].name) {
            assert_null(got.text);
            continue;
        }
        assert_int_equal(got.len, strlen(cases[i].name));
        assert_memory_equal(got.text, cases[i].name, got.len);
        assert_int_equal(is_source, cases[i].is_source);
    }
}

static void kinds_of_lines(void **state)
{
    static const struct {
        const char *line;
        enum line_kind kind;
        const char *date;
        int64_t reads;
    } cases[] = {
        {"Ngày đăng: 20.07.2020", LINE_DATE, "20.07.2020", -1},
        {"NGAY DANG : 20/7/2020", LINE_DATE, "20/7/2020", -1},
        {"Đăng ngày 20/07/2020 14:30", LINE_DATE, "20/07/2020 14:30", -1},
        {"Cập nhật lúc 14h30, ngày 20/07/2020", LINE_DATE, "14h30, ngày 20/07/2020", -1},
        {"Cập nhật: 14:30, 20/07/2020 (GMT+7)", LINE_DATE, "14:30, 20/07/2020 (GMT+7)", -1},
        {"Cập nhật: Thứ hai | 20/07/2020 | 14:30", LINE_DATE, "20/07/2020", -1},
        {"Thứ hai, 20/07/2020 14:30 (GMT+7)", LINE_DATE, "Thứ hai, 20/07/2020 14:30 (GMT+7)", -1},
        {"20/07/2020", LINE_TEXT, NULL, -1},
        {"Ngày đăng: 06/05/24", LINE_DATE, "06/05/24", -1},
        {"Cập nhật: Thứ hai, 6/5/24 14:30", LINE_DATE, "Thứ hai, 6/5/24 14:30", -1},
        {"6/5/24 14:30", LINE_TEXT, NULL, -1}, /* without a label it may be anything */
        {"Ngày đăng ký: 20/07/2020", LINE_TEXT, NULL, -1},
        {"Cập nhật đến 20/7/2020 có 30 ca mắc", LINE_TEXT, NULL, -1},
        {"Ngày đăng: 45.13.2020", LINE_TEXT, NULL, -1},
        {"Số lần đọc: 216", LINE_READS, NULL, 216},
        {"Lượt xem: 1.234.567 lượt", LINE_READS, NULL, 1234567},
        {"(Lượt xem 12)", LINE_READS, NULL, 12},
        {"345 lượt xem", LINE_READS, NULL, 345},
        {"Lượt xem phim rạp tăng", LINE_TEXT, NULL, -1},
        {"Số lần đọc: nhiều", LINE_TEXT, NULL, -1},
        {"Tin liên quan:", LINE_RELATED, NULL, -1},
        {"» Tin cũ hơn", LINE_RELATED, NULL, -1},
        {"Tin mới hơn", LINE_RELATED, NULL, -1},
        {"TRANG CHỦ", LINE_PORTAL, NULL, -1},
        {"Trang chủ > Xã Hòa Bình > Tin của xã", LINE_PORTAL, NULL, -1},
        {"Giới thiệu | Tin tức | Liên hệ", LINE_PORTAL, NULL, -1},
        {"Giới thiệu | Một chuyện khác", LINE_TEXT, NULL, -1},
        {"In trang", LINE_PORTAL, NULL, -1},
        {"Chia sẻ", LINE_PORTAL, NULL, -1},
        {"© 2020 Huyện Mẫu", LINE_PORTAL, NULL, -1},
        {"Bản quyền thuộc về UBND huyện Mẫu", LINE_PORTAL, NULL, -1},
        {"Bản quyền World Cup đã có chủ", LINE_TEXT, NULL, -1},
        {"Đang truy cập: 12", LINE_PORTAL, NULL, -1},
        {"Lie\xCC\x82n k\xC3\xAA\xCC\x81t Website", LINE_PORTAL, NULL, -1},
        {"Thể thao", LINE_SECTION, NULL, -1},
        {"Thể thao là sức khỏe", LINE_TEXT, NULL, -1},
        {"", LINE_BLANK, NULL, -1},
        {"|", LINE_TEXT, NULL, -1},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct furniture got = furniture_of(cases[i].line, strlen(cases[i].line));
        if (got.kind != cases[i].kind || got.reads != cases[i].reads) {
            print_error("%s: kind %d, reads %lld\n", cases[i].line, (int)got.kind, (long long)got.reads);
        }
        assert_int_equal(got.kind, cases[i].kind);
        assert_int_equal(got.reads, cases[i].reads);
        assert_int_equal(got.date.len, cases[i].date ? strlen(cases[i].date) : 0);
        if (cases[i].date) {
            assert_memory_equal(got.date.text, cases[i].date, got.date.len);
        }
    }
}

static void assert_title(const char *lead, const char *title)
{
    char page[4096], expected[8192];
    snprintf(page, sizeof page, "Trang chủ\n%s\n", lead);
    snprintf(expected, sizeof expected, "record 1 key=in#1 title=%s \n|=%s\n", title, lead);
    assert_gives(page, expected);
}

static void titles_from_leads(void **state)
{
    struct buf lead, title;
    (void)state;
    assert_title("Hội nghị họp sáng nay. Đông lắm.", "Hội nghị họp sáng nay");
    assert_title("Ai thắng? Chưa biết được.", "Ai thắng?");
    assert_title("Tại TP. Hồ Chí Minh, Tp. Huế và ThS. An, mưa to. Gió lớn.",
                 "Tại TP. Hồ Chí Minh, Tp. Huế và ThS. An, mưa to");
    assert_title("Giá 1.708.443 đồng, tăng 1,8%. Thế thôi.", "Giá 1.708.443 đồng, tăng 1,8%");
    /* Words of five characters with their blank: 40 fit into 200; with a clause after the 30th, it ends there. */
    for (int clause = 0; clause < 2; clause++) {
        buf_init(&lead, 4096);
        buf_init(&title, 4096);
        for (int i = 0; i < 60; i++) {
            buf_printf(&lead, "%sđược%s", i ? " " : "", clause && i == 29 ? "," : "");
            if (i < (clause ? 30 : 40)) {
                buf_printf(&title, "%sđược", i ? " " : "");
            }
        }
        buf_append_char(&lead, '.');
        assert_title(buf_str(&lead), buf_str(&title));
        buf_free(&lead);
        buf_free(&title);
    }
}

static void a_lead_without_blanks_is_cut_at_a_character(void **state)
{
    char lead[1024] = "", title[1024] = "";
    (void)state;
    for (int i = 0; i < 250; i++) {
        memcpy(lead + (size_t)i * 3, "ệ", 3);
    }
    lead[750] = '.';
    memcpy(title, lead, 600);
    assert_title(lead, title);
}

/* Every line of a sample page that the table does not know is in the record. */
static void check_sample(const char *path)
{
    char line[8192];
    struct harvest h = harvest_one(path, (struct corpus_options){0});
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(h.records, 1);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (furniture_of(line, strlen(line)).kind == LINE_TEXT && !strstr(buf_str(&h.text), line)) {
            fail_msg("%s lost: %s", path, line);
        }
    }
    assert_null(strstr(buf_str(&h.text), "Tin liên quan"));
    assert_null(strstr(buf_str(&h.text), "Số lần đọc"));
    fclose(file);
    buf_free(&h.text);
}

static char samples[PATH_MAX]; /* the folder of sample pages; "" when the test does not run in the checkout */

static int check_one(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
    (void)facts;
    (void)place;
    if (kind == FTW_F) {
        check_sample(path);
    }
    return 0;
}

static void no_line_of_the_samples_is_lost(void **state)
{
    (void)state;
    if (!samples[0]) {
        print_message("corpus/samples is not here\n");
        skip();
    }
    assert_int_equal(nftw(samples, check_one, 16, FTW_PHYS), 0);
}

static void too_many_lines(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, (size_t)64 << 20);
    for (int i = 0; i < 1200000; i++) {
        buf_append_str(&text, "a\n");
    }
    assert_gives_bytes(text.data, text.len, "reject 1 @0 parse\n");
    buf_clear(&text);
    for (int i = 0; i < 1200000; i++) {
        buf_append_str(&text, "\n");
    }
    buf_append_str(&text, "Một câu.");
    assert_gives_bytes(text.data, text.len, "record 1 key=in#1 \n|=Một câu.\n");
    buf_free(&text);
}

static void other_formats_are_refused(void **state)
{
    (void)state;
    assert_gives("<!DOCTYPE html>\n<html><body>x</body></html>", "reject 0 @0 format\n");
    assert_gives("\n<HTML><body>x</body></html>", "reject 0 @0 format\n");
    assert_gives("WARC/1.0\r\nWARC-Type: response\r\n", "reject 0 @0 format\n");
    assert_gives("%PDF-1.4\n", "reject 0 @0 format\n");
    /* Unless the caller says what it is. */
    write_text("in", "<html> là thẻ mở đầu.");
    struct harvest h = harvest_one("in", (struct corpus_options){.format = CORPUS_PAGE});
    assert_string_equal(buf_str(&h.text), "record 1 key=in#1 \n|=<html> là thẻ mở đầu.\n");
    buf_free(&h.text);
}

static void no_memory_at_any_place(void **state)
{
    (void)state;
    write_text("in", "Trang chủ\r\nNgày đăng: 2/9/2015\r\n" PARAGRAPH "\r\n\r\nThu Hà\r\n");
    const char *path = "in";
    enum trabao_status status = TRABAO_NO_MEMORY;
    size_t failures = 0;
    for (uint64_t k = 1; status != TRABAO_OK; k++) {
        struct harvest h = {0};
        struct trabao_error err = {0};
        mem_fail_at(k, false);
        status = harvest_paths(&path, 1, (struct corpus_options){0}, &h, &err);
        mem_fail_at(0, false);
        assert_true(status == TRABAO_NO_MEMORY || (status == TRABAO_OK && h.records == 1));
        failures += status != TRABAO_OK;
        buf_free(&h.text);
    }
    assert_true(failures > 8);
}

static int set_up(void **state)
{
    if (!realpath("corpus/samples/pages", samples)) {
        samples[0] = '\0';
    }
    return enter_scratch(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_page),
        cmocka_unit_test(the_title_before_or_behind_the_date),
        cmocka_unit_test(a_date_below_the_text),
        cmocka_unit_test(a_text_without_furniture_keeps_every_line),
        cmocka_unit_test(lines_end_in_every_way),
        cmocka_unit_test(sections_among_paragraphs_are_text),
        cmocka_unit_test(text_goes_on_below_links_to_other_articles),
        cmocka_unit_test(nothing_but_furniture),
        cmocka_unit_test(signatures),
        cmocka_unit_test(kinds_of_lines),
        cmocka_unit_test(titles_from_leads),
        cmocka_unit_test(a_lead_without_blanks_is_cut_at_a_character),
        cmocka_unit_test(no_line_of_the_samples_is_lost),
        cmocka_unit_test(too_many_lines),
        cmocka_unit_test(other_formats_are_refused),
        cmocka_unit_test(no_memory_at_any_place),
    };
    return cmocka_run_group_tests(tests, set_up, leave_scratch);
}
