/*
 * test_query_answers.c - what queries answer over a handful of short texts, each of which shows one rule of the query
 * language: spellings that find one another, tiers, names, dates, ceilings.
 */
#include "tests/unit/test_library_support.h"

#include "archive/ngrams_format.h"
#include "base/buf.h"
#include "query/duplicates.h"
#include "query/horn.h"
#include "query/library.h"
#include "tests/unit/test_sanitized.h"

/* An article is its title, which is its key too; the body is what stands behind the stroke. */
static const char *const TEXTS[] = {
    "mặt trận|Đại hội Mặt trận Tổ quốc tỉnh.",
    "mặt trần|Mặt trần nhà bị nứt.",
    "mặt trăn|Mặt tran đường mới. Da trăn.",
    "mặt trán|Mặt trán. Vườn tran.",
    "lễ 30/4|Lễ kỷ niệm 30/4 tại Quảng trường.",
    "lễ 30-4|Lễ kỷ niệm ngày 30-4 tại Quảng trường.",
    "lễ 30.4.1975|Lễ kỷ niệm 30.4.1975 tại Quảng trường.",
    "lễ năm|Lễ kỷ niệm ngày 30 tháng 4 năm 1975 tại Quảng trường, từ tháng 3 năm 1975 là.",
    "lễ năm sau|Lễ kỷ niệm 30 tháng 4/1975 tại Quảng trường, từ 3/1975 là.",
    "tên|Ông Nguyễn Văn Hòa, phó ban, gặp bà Trần Thị Hoa.",
    "tên khác|Ông Hòa gặp Nguyễn Thị Văn và ông Trần Hoa.",
    "quý|Quý một, quyết toán, quan trọng, hoà nhã, hoàn thành.",
    "quyết|Quyết định, hoàng hôn, tỷ lệ, tiền.",
    "đò 1|Chuyến đò ngang cuối ngày.",
    "đò 2|Chuyến đò ngang cuối ngày.",
    "người|Người ta đến trường, được thưởng thuở nọ.",
    "nguôi|Nguôi ngoai. Truông vắng.",
    "số liệu|Năm 2020 có 3.568 suất, TP.HCM có 1,8 tỷ.",
    "lễ tháng tư|Lễ kỷ niệm ngày 30 tháng 4 tại Quảng trường.",
};

static int open_all(void **state)
{
    static struct article articles[ARRAY_LEN(TEXTS)];
    static char titles[ARRAY_LEN(TEXTS)][64];
    if (open_folder(state) != 0) {
        return -1;
    }
    for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
        const char *stroke = strchr(TEXTS[i], '|');
        snprintf(titles[i], sizeof titles[i], "%.*s", (int)(stroke - TEXTS[i]), TEXTS[i]);
        set_text(&articles[i], ARTICLE_KEY, titles[i]);
        set_text(&articles[i], ARTICLE_BODY, stroke + 1);
    }
    open_library("texts.trabao", articles, ARRAY_LEN(TEXTS));
    return 0;
}

static struct trabao_answer *ask(const char *query)
{
    const struct trabao_request request = {
        .query = query, .query_len = strlen(query), .tier = TRABAO_TIER_AUTO, .limit = 100};
    struct trabao_answer *answer = NULL;
    if (trabao_search(reader, &request, &answer, &err) != TRABAO_OK) {
        fail_msg("\"%s\": %s", query, err.message);
    }
    return answer;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* QUERY finds exactly the articles of these keys, given in order of bytes and joined by "; ", each with its tier. */
static void assert_finds(const char *query, const char *expected)
{
    struct trabao_answer *answer = ask(query);
    char found[ARRAY_LEN(TEXTS)][64];
    struct buf all;
    buf_init(&all, 4096);
    for (size_t i = 0; i < answer->hit_count; i++) {
        snprintf(found[i], sizeof found[i], "%.40s %s", answer->hits[i].key, trabao_tier_name(answer->hits[i].tier));
    }
    qsort(found, answer->hit_count, sizeof found[0], by_text);
    for (size_t i = 0; i < answer->hit_count; i++) {
        buf_printf(&all, "%s%s", i ? "; " : "", found[i]);
    }
    if (strcmp(buf_str(&all), expected) != 0) {
        fail_msg("\"%s\" finds  %s\ninstead of  %s", query, buf_str(&all), expected);
    }
    buf_free(&all);
    trabao_answer_free(answer);
}

/* ---- cursors ----------------------------------------------------------------------------------------------------- */

static struct trabao_request paged_request(void)
{
    static const char query[] = "quảng trường";
    return (struct trabao_request){.query = query, .query_len = strlen(query), .tier = TRABAO_TIER_AUTO, .limit = 2};
}

/* A cursor goes on with its search, however much of it is shown and how; with another search it is an error. */
static void a_cursor_belongs_to_its_search(void **state)
{
    (void)state;
    enum { SAME = 5, CASES = 16 };
    struct trabao_request requests[CASES];
    struct trabao_request first = paged_request();
    struct trabao_answer *answer;
    for (size_t i = 0; i < CASES; i++) {
        requests[i] = first;
    }
    requests[0].limit = 50;
    requests[1].total = TRABAO_TOTAL_NONE;
    requests[2].bare = requests[2].explain = requests[2].english = requests[2].fold_duplicates = true;
    requests[3].from = requests[3].author = requests[3].source = ""; /* as good as absent */
    requests[4].deadline_ms = 60000;
    requests[SAME].query = "kỷ niệm";
    requests[SAME].query_len = strlen(requests[SAME].query);
    requests[SAME + 1].query_len -= 2; /* quảng trườ */
    requests[SAME + 2].sort = TRABAO_RELEVANCE_ONLY;
    requests[SAME + 3].tier = TRABAO_FOLDED;
    requests[SAME + 4].from = "1900";
    requests[SAME + 5].to = "1900";
    requests[SAME + 6].author = "x";
    requests[SAME + 7].source = "x";
    requests[SAME + 8].section = "x";
    requests[SAME + 9].name = "x";
    requests[SAME + 10].strict = true;
    assert_fine(trabao_search(reader, &first, &answer, &err), &err);
    assert_non_null(answer->next);
    for (size_t i = 0; i < CASES; i++) {
        struct trabao_answer *next;
        requests[i].cursor = answer->next;
        const enum trabao_status status = trabao_search(reader, &requests[i], &next, &err);
        if (status != (i < SAME ? TRABAO_OK : TRABAO_USAGE)) {
            fail_msg("request %zu: status %d", i, (int)status);
        }
        assert_true(status == TRABAO_OK || strstr(err.message, "cursor") != NULL);
        trabao_answer_free(next);
    }
    trabao_answer_free(answer);
}

/* The oldest behind an article are not the newest behind it. */
static void a_cursor_belongs_to_its_order(void **state)
{
    (void)state;
    struct trabao_request request = paged_request();
    struct trabao_answer *answer, *next;
    request.sort = TRABAO_NEWEST;
    assert_fine(trabao_search(reader, &request, &answer, &err), &err);
    request.cursor = answer->next;
    request.sort = TRABAO_OLDEST;
    assert_int_equal(trabao_search(reader, &request, &next, &err), TRABAO_USAGE);
    trabao_answer_free(answer);
}

/* ---- totals and dates of the request ---------------------------------------------------------------------------- */

static void a_total_that_is_not_counted_is_that_of_its_tiers(void **state)
{
    const enum trabao_total totals[] = {TRABAO_TOTAL_NONE, TRABAO_TOTAL_BOUNDED, TRABAO_TOTAL_EXACT};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(totals); i++) {
        const struct trabao_request request = {
            .tier = TRABAO_TIER_AUTO, .limit = 1, .sort = TRABAO_NEWEST, .total = totals[i]};
        struct trabao_answer *answer = NULL;
        assert_fine(trabao_search(reader, &request, &answer, &err), &err);
        assert_int_equal(answer->total_exact, totals[i] == TRABAO_TOTAL_EXACT);
        assert_int_equal(answer->totals_by_tier[TRABAO_EXACT], answer->total);
        assert_in_range(answer->total, answer->total_exact ? ARRAY_LEN(TEXTS) : 2, ARRAY_LEN(TEXTS));
        trabao_answer_free(answer);
    }
}

static void dates_that_exclude_one_another_are_told_once(void **state)
{
    static const struct {
        const char *query, *from, *to;
    } requests[] = {{"", "2021", "2020"}, {"date:2020", "2021", NULL}, {"after:2022 before:2020", NULL, "2021"}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
        struct trabao_request request = {.query = requests[i].query,
                                         .query_len = strlen(requests[i].query),
                                         .from = requests[i].from,
                                         .to = requests[i].to,
                                         .english = true};
        struct trabao_answer *answer = NULL;
        assert_fine(trabao_search(reader, &request, &answer, &err), &err);
        assert_int_equal(answer->total, 0);
        assert_int_equal(answer->warning_count, 1);
        assert_string_equal(answer->warnings[0], "the date filters have no day in common");
        trabao_answer_free(answer);
        request.strict = true;
        assert_status(TRABAO_USAGE, trabao_search(reader, &request, &answer, &err), &err);
    }
}

/* What cannot limit a search is told, or refused when that is wanted; a range is no date from which to begin. */
static void filters_without_words_and_ranges_are_told(void **state)
{
    struct trabao_request request = {.author = "=", .source = "?? -", .section = " ", .name = "😀", .english = true};
    const char *const ranges[] = {"2019-05..2019-06", "2019..", "..2019", "5/2019 .. 6/2019"};
    struct trabao_answer *answer = NULL;
    (void)state;
    assert_fine(trabao_search(reader, &request, &answer, &err), &err);
    assert_int_equal(answer->total, ARRAY_LEN(TEXTS));
    assert_int_equal(answer->warning_count, 4);
    assert_string_equal(answer->warnings[0], "author: has no words");
    assert_string_equal(answer->warnings[3], "name: has no words");
    trabao_answer_free(answer);
    request.strict = true;
    assert_status(TRABAO_USAGE, trabao_search(reader, &request, &answer, &err), &err);
    for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
        const struct trabao_request from = {.from = ranges[i]}, to = {.to = ranges[i]};
        assert_status(TRABAO_USAGE, trabao_search(reader, &from, &answer, &err), &err);
        assert_non_null(strstr(err.message, "is no date; write 2020-07-20"));
        assert_status(TRABAO_USAGE, trabao_search(reader, &to, &answer, &err), &err);
    }
}

static void bare_hits_have_keys_and_scores_alone(void **state)
{
    struct trabao_request request = {.query = "quảng trường", .query_len = strlen("quảng trường")};
    struct trabao_answer *full = NULL, *bare = NULL;
    (void)state;
    assert_fine(trabao_search(reader, &request, &full, &err), &err);
    request.bare = true;
    assert_fine(trabao_search(reader, &request, &bare, &err), &err);
    assert_true(full->hit_count > 2);
    assert_int_equal(bare->hit_count, full->hit_count);
    for (size_t i = 0; i < full->hit_count; i++) {
        assert_string_equal(bare->hits[i].key, full->hits[i].key);
        assert_true(bare->hits[i].score >= full->hits[i].score && bare->hits[i].score <= full->hits[i].score);
        assert_true(full->hits[i].snippet.len > 0);
        assert_int_equal(bare->hits[i].snippet.len + bare->hits[i].title.len, 0);
    }
    trabao_answer_free(full);
    trabao_answer_free(bare);
}

/* ---- tiers ----------------------------------------------------------------------------------------------------- */

/* What cannot have marks has none that were left out. */
static void words_without_letters_for_marks_are_exact(void **state)
{
    static const char *const queries[] = {"3.568", "2020 1,8", "30/4/1975 OR 3568", "hcm", "2020 -nhà", ""};
    (void)state;
    assert_finds("3568 hcm", "số liệu exact");
    for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
        struct trabao_answer *answer = ask(queries[i]);
        if (answer->tier != TRABAO_EXACT) {
            fail_msg("\"%s\" is widened", queries[i]);
        }
        assert_int_equal(answer->totals_by_tier[TRABAO_EXACT], answer->total);
        assert_true(answer->total > 0);
        trabao_answer_free(answer);
    }
    struct trabao_answer *answer = ask("2020 suat");
    assert_int_equal(answer->tier, TRABAO_FOLDED);
    trabao_answer_free(answer);
}

/* How many articles QUERY finds at TIER page by page, each at that tier or a tighter one; BY_TIER: as it is told. */
static uint64_t count_pages(const char *query, enum trabao_tier tier, uint64_t by_tier[TRABAO_TIERS])
{
    struct trabao_request request = {.query = query, .query_len = strlen(query), .tier = tier, .limit = 1};
    struct trabao_answer *before = NULL;
    uint64_t count = 0;
    do {
        struct trabao_answer *answer = NULL;
        assert_fine(trabao_search(reader, &request, &answer, &err), &err);
        assert_int_equal(answer->tier, tier);
        for (size_t i = 0; i < answer->hit_count; i++) {
            assert_true(answer->hits[i].tier <= tier);
        }
        count += answer->hit_count;
        memcpy(by_tier, answer->totals_by_tier, sizeof answer->totals_by_tier);
        trabao_answer_free(before);
        before = answer;
        request.cursor = answer->next;
    } while (request.cursor);
    trabao_answer_free(before);
    return count;
}

/* A query without marks for which a tier is asked means what was typed, on every page; its marks are offered still. */
static void a_tier_asked_for_holds_without_marks(void **state)
{
    static const struct {
        const char *query;
        enum trabao_tier tier;
        uint64_t by_tier[TRABAO_TIERS];
    } cases[] = {
        {"tran", TRABAO_EXACT, {2, 0, 0}},   {"tran", TRABAO_TONE, {2, 0, 0}},  {"tran", TRABAO_FOLDED, {0, 0, 6}},
        {"hoa", TRABAO_EXACT, {2, 0, 0}},    {"hoa", TRABAO_TONE, {2, 1, 0}},   {"hoa", TRABAO_FOLDED, {0, 0, 3}},
        {"-tran", TRABAO_TONE, {17, 0, 0}},  {"vuon OR hoa", TRABAO_TONE, {2, 1, 0}},
        {"\"mat tran\"", TRABAO_TONE, {0}}, {"quy", TRABAO_TONE, {0, 1, 0}},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const uint64_t *expected = cases[i].by_tier;
        uint64_t by_tier[TRABAO_TIERS];
        const uint64_t count = count_pages(cases[i].query, cases[i].tier, by_tier);
        if (memcmp(by_tier, expected, sizeof by_tier) != 0 || count != expected[0] + expected[1] + expected[2]) {
            fail_msg("\"%s\" at %s: %d, %d and %d told, %d listed", cases[i].query, trabao_tier_name(cases[i].tier),
                     (int)by_tier[0], (int)by_tier[1], (int)by_tier[2], (int)count);
        }
    }
    const struct trabao_request request = {.query = "to quoc", .query_len = strlen("to quoc"), .tier = TRABAO_EXACT};
    struct trabao_answer *answer = NULL;
    assert_fine(trabao_search(reader, &request, &answer, &err), &err);
    assert_string_equal(answer->suggestion, "tổ quốc");
    trabao_answer_free(answer);
}

/* An article has the tier at which it has the phrase, whatever else of it stands elsewhere in the article. */
static void a_phrase_has_the_tier_of_its_loosest_word(void **state)
{
    (void)state;
    assert_finds("\"mặt tran\"", "mặt trăn exact");
    assert_finds("(mặt-tran)", "mặt trán tone; mặt trăn exact; mặt trần folded; mặt trận folded");
    assert_finds("\"mặt trăn\"", "");
    assert_finds("mặt-trăn", "mặt trán folded; mặt trăn folded; mặt trần folded; mặt trận folded");
    assert_finds("title:\"mặt tran\"", "");
}

/* ---- dates ----------------------------------------------------------------------------------------------------- */

#define ALL_SIX "lễ 30-4 exact; lễ 30.4.1975 exact; lễ 30/4 exact; lễ năm exact; lễ năm sau exact; lễ tháng tư exact"

static void a_quoted_date_is_found_in_every_spelling(void **state)
{
    (void)state;
    assert_finds("\"ngày 30 tháng 4\"", ALL_SIX);
    assert_finds("\"30/4\"", ALL_SIX);
    assert_finds("\"kỷ niệm 30-04\"", ALL_SIX);
    assert_finds("\"kỷ niệm ngày 30 tháng 4\"", ALL_SIX);
    static const char *const without_year[] = {"\"niệm 30/4 tại\"", "\"niệm ngày 30.4 tại\"",
                                               "\"niệm 30 tháng 4 tại\"", "\"niệm ngày 30 tháng 4 tại\""};
    for (size_t i = 0; i < ARRAY_LEN(without_year); i++) {
        assert_finds(without_year[i], "lễ 30-4 exact; lễ 30.4.1975 exact; lễ 30/4 exact; lễ tháng tư exact");
    }
    static const char *const with_year[] = {"\"niệm 30/4/1975 tại\"", "\"niệm 30-4-1975 tại\"",
                                            "\"niệm ngày 30 tháng 4 năm 1975 tại\"", "\"niệm 30 tháng 4/1975 tại\""};
    for (size_t i = 0; i < ARRAY_LEN(with_year); i++) {
        assert_finds(with_year[i], "lễ 30.4.1975 exact; lễ năm exact; lễ năm sau exact");
    }
    static const char *const months[] = {"\"từ tháng 3 năm 1975 là\"", "\"từ 3/1975 là\"", "\"từ tháng 3-1975 là\""};
    for (size_t i = 0; i < ARRAY_LEN(months); i++) {
        assert_finds(months[i], "lễ năm exact; lễ năm sau exact");
    }
    assert_finds("=\"ngày 30 tháng 4\"", "lễ 30-4 exact; lễ năm exact; lễ tháng tư exact");
    assert_finds("\"1975 tại\"", "lễ 30.4.1975 exact; lễ năm exact; lễ năm sau exact");
}

/* Words that a spelling adds do not count as typed with marks. */
static void a_quoted_date_without_marks(void **state)
{
    (void)state;
    struct trabao_answer *answer = ask("\"niem 30/4 tai\"");
    assert_int_equal(answer->total, 4);
    assert_int_equal(answer->tier, TRABAO_FOLDED);
    assert_string_equal(answer->understood, "\"niem 30/4 tai\"");
    trabao_answer_free(answer);
}

/* ---- missing horns --------------------------------------------------------------------------------------------- */

static void a_missing_horn_is_put_back(void **state)
{
    static const char *const missing[][2] = {{"nguời", "người"}, {"ngưòi", "người"}, {"truờng", "trường"},
                                             {"đuợc", "được"},   {"hưong", "hương"}, {"ruợu", "rượu"}};
    static const char *const other[][2] = {{"người", "người"}, {"thuở", "thưở"},  {"nguôi", "người"},
                                           {"nguơi", "người"}, {"nguoi", "ngươi"}, {"nguờn", "người"},
                                           {"uơ", "ươ"},       {"muời", "người"},  {"nguờ", "người"},
                                           {"ngời", "người"},  {"", "người"},      {"tu", "tư"}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(missing); i++) {
        assert_true(horn_missing(missing[i][0], strlen(missing[i][0]), missing[i][1], strlen(missing[i][1])));
    }
    for (size_t i = 0; i < ARRAY_LEN(other); i++) {
        assert_false(horn_missing(other[i][0], strlen(other[i][0]), other[i][1], strlen(other[i][1])));
    }
    assert_finds("nguời", "nguôi folded; người exact");
    assert_finds("truờng đuợc", "người exact");
    assert_finds("\"nguời ta\"", "người exact");
    assert_finds("=nguời", "");
}

/* ---- prefixes -------------------------------------------------------------------------------------------------- */

/* A prefix is not canonical: quý is quí, but quyết is not quiết. */
static void a_prefix_is_looked_for_as_it_can_go_on(void **state)
{
    (void)state;
    assert_finds("quy*", "quyết folded; quý folded");
    assert_finds("quý* một", "quý exact");
    assert_finds("quí* một", "quý exact");
    assert_finds("hoà*", "quyết exact; quý exact; tên exact; tên khác exact");
    assert_finds("hòa*", "quyết exact; quý exact; tên exact; tên khác exact");
    assert_finds("hoàn*", "quyết exact; quý exact");
    assert_finds("tỷ*", "quyết exact; số liệu exact");
    assert_finds("tỉ*", "mặt trận exact; quyết exact; số liệu exact");
    assert_finds("tỷ* -title:quy*", "quyết exact; số liệu exact");
    assert_finds("quyêt*", "");
}

/* ---- names ----------------------------------------------------------------------------------------------------- */

static void a_name_is_a_phrase_without_honorifics(void **state)
{
    (void)state;
    assert_finds("name:Nguyễn Văn Hòa", "tên exact");
    assert_finds("name:Nguyen Van Hoa", "tên folded");
    assert_finds("name:\"đồng chí nguyễn văn hoà\"", "tên exact");
    assert_finds("tên:Bà Trần Thị Hoa", "tên exact");
    assert_finds("name:Nguyễn Hòa", "");
    assert_finds("name:nguyen van hoa", "tên folded"); /* a family name, and no more words than a name has */
    assert_finds("tên:nguyễn văn hoà", "tên exact");
    assert_finds("gặp tên:ông nguyễn văn hòa", "tên exact");
    assert_finds("name:nguyen hoa", "");
    /* No family name, and more words than a name has: one word of a name, and other words. */
    assert_finds("name:hoa nguyen", "tên folded; tên khác folded");
    assert_finds("name:nguyen van hoa gap tran", "tên folded; tên khác folded");
    assert_finds("gặp name:\"nguyen van hoa\"", "tên exact");
    assert_finds("gặp name:\"tran hoa\" name:van", "tên khác exact");
    assert_finds("gặp -name:tran", "");
    struct trabao_request request = {.query = "gặp", .query_len = strlen("gặp"), .name = "Chủ tịch nguyen van hoa"};
    struct trabao_answer *answer = NULL;
    assert_fine(trabao_search(reader, &request, &answer, &err), &err);
    assert_int_equal(answer->total, 1);
    assert_string_equal(answer->hits[0].key, "tên");
    trabao_answer_free(answer);
}

/* ---- duplicates ------------------------------------------------------------------------------------------------ */

static struct trabao_hit hit_of(const char *title, const char *snippet)
{
    return (struct trabao_hit){.title = {.text = title, .len = strlen(title)},
                               .snippet = {.text = snippet, .len = strlen(snippet)}};
}

static void hits_that_say_the_same_are_folded(void **state)
{
    char start[203], other[203];
    (void)state;
    memset(start, 'a', sizeof start - 1);
    memset(other, 'a', sizeof other - 1);
    start[202] = other[202] = '\0';
    other[200] = 'b'; /* the first letter that is not compared */
    struct trabao_hit hits[] = {hit_of("Bão số 3", start),         hit_of("Bão số 4", start),
                                hit_of("BÃO SỐ 3!", other),        hit_of("Bão số 3", "khác"),
                                hit_of("bão  số: 3", start),       hit_of("Bão số 4", start + 3),
                                hit_of("Chỉ có tiêu đề", ""),      hit_of("Chỉ có tiêu đề", ""),
                                hit_of("Bão số 3 ở Quảng", start), hit_of("", start)};
    duplicates_fold(hits, ARRAY_LEN(hits));
    const int expected[] = {-1, -1, 0, -1, 0, -1, -1, -1, -1, -1};
    for (size_t i = 0; i < ARRAY_LEN(hits); i++) {
        assert_ptr_equal(hits[i].same_as, expected[i] < 0 ? NULL : &hits[expected[i]]);
    }
}

static void duplicates_are_folded_when_asked_for(void **state)
{
    struct trabao_request request = {.query = "đò ngang", .query_len = strlen("đò ngang")};
    (void)state;
    for (int fold = 0; fold < 2; fold++) {
        struct trabao_answer *answer = NULL;
        request.fold_duplicates = fold;
        assert_fine(trabao_search(reader, &request, &answer, &err), &err);
        assert_int_equal(answer->total, 2);
        assert_int_equal(answer->hit_count, 2);
        assert_null(answer->hits[0].same_as);
        assert_ptr_equal(answer->hits[1].same_as, fold ? &answer->hits[0] : NULL);
        char *json = trabao_answer_json(answer);
        assert_true((strstr(json, "\"duplicates\":[{\"key\":\"đò 1\"") != NULL) == fold);
        assert_true((strstr(json, "},{\"key\"") != NULL) == !fold);
        mem_free(json);
        trabao_answer_free(answer);
    }
}

/* ---- ceilings -------------------------------------------------------------------------------------------------- */

/* Many times a common word, which no other word of the query stands beside, and rare ones at the end. */
static void of_too_many_words_the_rarest_are_kept(void **state)
{
    struct buf query;
    (void)state;
    buf_init(&query, TRABAO_QUERY_MAX);
    for (int i = 0; i < 70; i++) {
        buf_append_str(&query, "mặt ");
    }
    buf_append_str(&query, "quốc -nứt (đại OR nhà) \"tổ quốc\"");
    struct trabao_answer *answer = ask(buf_str(&query));
    bool found = false;
    for (size_t i = 0; i < answer->hit_count; i++) {
        assert_string_not_equal(answer->hits[i].key, "mặt trần");
        found = found || strcmp(answer->hits[i].key, "mặt trận") == 0;
    }
    assert_true(found);
    assert_int_equal(answer->warning_count, 1);
    assert_string_equal(answer->warnings[0], "Câu tìm có 76 từ: chỉ 64 từ hiếm nhất được dùng.");
    size_t common = 0;
    for (const char *at = answer->understood; (at = strstr(at, "mặt")) != NULL; at++) {
        common++;
    }
    assert_int_equal(common, 58);
    assert_non_null(strstr(answer->understood, "quốc -nứt (đại OR nhà) \"tổ quốc\""));
    trabao_answer_free(answer);

    const struct trabao_request strict = {
        .query = buf_str(&query), .query_len = query.len, .tier = TRABAO_TIER_AUTO, .strict = true};
    assert_status(TRABAO_USAGE, trabao_search(reader, &strict, &answer, &err), &err);
    assert_null(answer);
    buf_free(&query);
}

/* What is pasted repeats words: they go before any other does, even when they are the rarest. */
static void repeated_words_are_the_first_to_go(void **state)
{
    struct buf query;
    (void)state;
    buf_init(&query, TRABAO_QUERY_MAX);
    for (int i = 0; i < 70; i++) {
        buf_append_str(&query, "nứt ");
    }
    buf_append_str(&query, "mặt (nứt OR mặt) title:nứt");
    struct trabao_answer *answer = ask(buf_str(&query));
    assert_int_equal(answer->warning_count, 1);
    assert_non_null(strstr(answer->understood, "nứt mặt (nứt OR mặt) title:nứt"));
    trabao_answer_free(answer);
    buf_free(&query);
}

/* A phrase that is too long by itself is shortened, and a query of as many words as are kept is left as it is. */
static void a_ceiling_is_met_exactly(void **state)
{
    (void)state;
    for (int words = 63; words <= 66; words++) {
        struct buf query;
        buf_init(&query, TRABAO_QUERY_MAX);
        for (int quoted = 0; quoted < 2; quoted++) {
            buf_clear(&query);
            buf_append_str(&query, quoted ? "\"mặt" : "mặt");
            for (int i = 1; i < words; i++) {
                buf_append_str(&query, " mặt");
            }
            buf_append_str(&query, quoted ? "\"" : "");
            struct trabao_answer *answer = ask(buf_str(&query));
            size_t understood = 0;
            for (const char *at = answer->understood; (at = strstr(at, "mặt")) != NULL; at++) {
                understood++;
            }
            assert_int_equal(understood, MIN(words, 64));
            assert_int_equal(answer->warning_count, words > 64);
            trabao_answer_free(answer);
        }
        buf_free(&query);
    }
}

/* A lexicon that counts more articles than there are makes no pair worth less than nothing. */
static void damaged_counts_are_survived(void **state)
{
    (void)state;
    struct trabao_archive *damaged;
    struct trabao_reader *r;
    struct trabao_answer *answer;
    const struct trabao_request request = {.query = "mặt trận", .query_len = strlen("mặt trận")};
    assert_fine(trabao_open(in_folder("texts.trabao"), NULL, &damaged, &err), &err);
    assert_fine(trabao_reader_open(damaged, &r, &err), &err);
    struct lexicon *lexicon = &damaged->archive->lexicon;
    for (uint32_t t = 0; t < lexicon->count; t++) {
        lexicon->terms[t].articles = UINT32_MAX;
    }
    struct ngrams *ngrams = &damaged->archive->ngrams;
    const uint32_t first = library_term(lexicon, "mặt", strlen("mặt"));
    const uint32_t second = library_term(lexicon, "trận", strlen("trận"));
    const uint32_t most = (1U << NGRAMS_LOG_BITS) - 1;
    const uint32_t slot = ngrams_fingerprint(ngrams_hash(first, second, NGRAMS_NO_WORD)) << NGRAMS_LOG_BITS | most;
    for (uint64_t place = 0; place < ngrams->capacity; place++) {
        memcpy(ngrams->slots + place * NGRAMS_SLOT_BYTES, &slot, NGRAMS_SLOT_BYTES);
    }
    assert_fine(trabao_search(r, &request, &answer, &err), &err);
    assert_int_equal(answer->hit_count, 1);
    assert_true(answer->hits[0].score >= 0 && answer->hits[0].score < 100);
    trabao_answer_free(answer);
    trabao_reader_close(r);
    trabao_close(damaged);
}

static char outcome[256]; /* the text that the call below gave last */

static enum trabao_status search_once(struct trabao_reader *r, const char *query)
{
    const struct trabao_request request = {
        .query = query, .query_len = strlen(query), .tier = TRABAO_TIER_AUTO, .explain = true, .name = "Hòa"};
    struct trabao_request plain = request;
    struct trabao_answer *answer = NULL;
    plain.name = NULL;
    const enum trabao_status status = trabao_search(r, *query == '=' ? &request : &plain, &answer, &err);
    assert_true((answer != NULL) == (status == TRABAO_OK));
    if (answer) {
        snprintf(outcome, sizeof outcome, "%s %d", answer->suggestion, (int)answer->total);
    }
    trabao_answer_free(answer);
    return status;
}

static enum trabao_status restore_once(struct trabao_reader *r, const char *query)
{
    char *restored = NULL;
    const enum trabao_status status = trabao_restore(r, query, strlen(query), &restored, &err);
    assert_true((restored != NULL) == (status == TRABAO_OK));
    if (restored) {
        snprintf(outcome, sizeof outcome, "%s", restored);
    }
    mem_free(restored);
    return status;
}

/* CALL with the K-th allocation failing (and all after it: EVER), on an archive of which nothing has been read yet. */
static enum trabao_status with_failure(enum trabao_status (*call)(struct trabao_reader *, const char *),
                                       const char *query, uint64_t k, bool ever)
{
    struct trabao_archive *fresh;
    struct trabao_reader *r;
    assert_fine(trabao_open(in_folder("texts.trabao"), NULL, &fresh, &err), &err);
    assert_fine(trabao_reader_open(fresh, &r, &err), &err);
    mem_fail_at(k, ever);
    const enum trabao_status status = call(r, query);
    mem_fail_at(0, false);
    char before[sizeof outcome];
    memcpy(before, outcome, sizeof before);
    assert_fine(call(r, query), &err);
    if (status == TRABAO_OK) {
        assert_string_equal(before, outcome);
    }
    trabao_reader_close(r);
    trabao_close(fresh);
    return status;
}

static void memory_may_run_out_anywhere(void **state)
{
    (void)state;
    static const char *const queries[] = {
        "\"mat tran\"",
        "\"mặt trận\" to quoc",
        "le ky niem \"tai quang truong\" thang nam -da title:le",
        "\"lễ kỷ niệm 30/4\" OR qu* OR (lễ NEAR/3 niệm)",
        "=ông gặp",
        "một hai ba bốn năm sáu bảy tám chín mười lễ kỷ niệm tại quảng trường từ tháng là ông nguyễn văn hòa phó ban"
        " gặp bà trần thị hoa quý quyết toán quan trọng hoàn thành định tiền chuyến đò ngang cuối ngày người"
        " ta đến trường",
    };
    const uint64_t step = SANITIZED ? 5 : 1;
    for (size_t i = 0; i < 2 * ARRAY_LEN(queries); i++) {
        enum trabao_status (*const call)(struct trabao_reader *, const char *) = i % 2 ? restore_once : search_once;
        const char *query = queries[i / 2];
        uint64_t allocations = 1;
        enum trabao_status status;
        while ((status = with_failure(call, query, allocations, true)) != TRABAO_OK) {
            assert_status(TRABAO_NO_MEMORY, status, &err);
            allocations += step;
            assert_true(allocations < 5000);
        }
        assert_true(allocations > 5);
        for (uint64_t k = 1 + i % step; k < allocations; k += step) {
            status = with_failure(call, query, k, false);
            if (status != TRABAO_OK) {
                assert_status(TRABAO_NO_MEMORY, status, &err);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cursor_belongs_to_its_search),
        cmocka_unit_test(a_cursor_belongs_to_its_order),
        cmocka_unit_test(a_total_that_is_not_counted_is_that_of_its_tiers),
        cmocka_unit_test(dates_that_exclude_one_another_are_told_once),
        cmocka_unit_test(filters_without_words_and_ranges_are_told),
        cmocka_unit_test(bare_hits_have_keys_and_scores_alone),
        cmocka_unit_test(words_without_letters_for_marks_are_exact),
        cmocka_unit_test(a_tier_asked_for_holds_without_marks),
        cmocka_unit_test(a_phrase_has_the_tier_of_its_loosest_word),
        cmocka_unit_test(a_quoted_date_is_found_in_every_spelling),
        cmocka_unit_test(a_quoted_date_without_marks),
        cmocka_unit_test(a_missing_horn_is_put_back),
        cmocka_unit_test(a_prefix_is_looked_for_as_it_can_go_on),
        cmocka_unit_test(a_name_is_a_phrase_without_honorifics),
        cmocka_unit_test(hits_that_say_the_same_are_folded),
        cmocka_unit_test(duplicates_are_folded_when_asked_for),
        cmocka_unit_test(of_too_many_words_the_rarest_are_kept),
        cmocka_unit_test(repeated_words_are_the_first_to_go),
        cmocka_unit_test(a_ceiling_is_met_exactly),
        cmocka_unit_test(damaged_counts_are_survived),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };
    return cmocka_run_group_tests(tests, open_all, close_library);
}
