/*
 * test_text_tokens.c - text_tokenize against a golden file, and the promises of text.h about source ranges.
 */
#include "tests/unit/test_text_support.h"

#include "base/mem.h"
#include "tests/unit/test_analyzer.h"

static struct text_tokens tokens;

static int close_all(void **state)
{
    text_tokens_free(&tokens);
    return close_analyzer(state);
}

static void cut(const char *text, size_t n)
{
    assert_int_equal(text_tokenize(analyzer, text, n, &tokens, NULL), TRABAO_OK);
}

static void golden_tokens(void **state)
{
    (void)state;
    char line[LINE_MAX_BYTES];
    char written[LINE_MAX_BYTES];
    size_t cases = 0;
    FILE *file = open_golden("text_tokens.tsv");
    while (fgets(line, sizeof line, file) != NULL) {
        char *fields[2];
        if (split_fields(line, fields, 2) != 2) {
            continue;
        }
        cut(fields[0], unescape(fields[0]));
        write_tokens(&tokens, written, sizeof written);
        assert_string_equal(written, fields[1]);
        cases++;
    }
    fclose(file);
    assert_true(cases > 70);
}

static void assert_source(size_t i, const char *text, const char *form, const char *source)
{
    const struct text_token *t = &tokens.items[i];
    assert_true(i < tokens.count);
    assert_int_equal(t->form_len, strlen(form));
    assert_memory_equal(text_form(&tokens, i), form, t->form_len);
    assert_int_equal(t->end - t->start, strlen(source));
    assert_memory_equal(text + t->start, source, strlen(source));
}

static void ranges_of_dates(void **state)
{
    (void)state;
    const char *figures = "lễ 30/04/1975, 07/2020";
    cut(figures, strlen(figures));
    assert_int_equal(tokens.count, 6);
    assert_source(1, figures, "30/4", "30/04");
    assert_source(2, figures, "30/4/1975", "30/04/1975");
    assert_source(3, figures, "1975", "1975");
    assert_source(4, figures, "7/2020", "07/2020");
    assert_source(5, figures, "2020", "2020");

    const char *spelled = "Ngày 30 tháng 4 năm 1975";
    cut(spelled, strlen(spelled));
    assert_int_equal(tokens.count, 8);
    assert_source(1, spelled, "30", "30");
    assert_source(2, spelled, "30/4", "30 tháng 4");
    assert_source(3, spelled, "30/4/1975", "30 tháng 4 năm 1975");
    assert_source(4, spelled, "tháng", "tháng");

    const char *month = "vào tháng 7 năm 2020";
    cut(month, strlen(month));
    assert_int_equal(tokens.count, 6);
    assert_source(2, month, "7", "7");
    assert_source(3, month, "7/2020", "tháng 7 năm 2020");
}

static void ranges_keep_marks_and_drop_quotes(void **state)
{
    (void)state;
    const char *text = "\xE2\x80\x9Cvie\xCC\xA3\xCC\x82t\xE2\x80\x9D\xEF\xBB\xBF nam\xE2\x80\x8B";
    cut(text, strlen(text));
    assert_int_equal(tokens.count, 2);
    assert_source(0, text, "việt", "vie\xCC\xA3\xCC\x82t");
    assert_source(1, text, "nam", "nam\xE2\x80\x8B");
}

static void long_words_are_cut_at_a_character(void **state)
{
    (void)state;
    char text[1000];
    for (size_t i = 0; i < sizeof text; i += 2) {
        memcpy(text + i, "é", 2);
    }
    text[999] = 'x'; /* half a character is left before it */
    cut(text, 998);
    assert_int_equal(tokens.count, 1);
    assert_int_equal(tokens.items[0].form_len, TEXT_FORM_MAX);
    assert_int_equal(tokens.items[0].end, 998);

    memset(text, '7', sizeof text);
    cut(text, sizeof text);
    assert_int_equal(tokens.count, 1);
    assert_int_equal(tokens.items[0].form_len, TEXT_FORM_MAX);
    assert_int_equal(tokens.items[0].kind, TEXT_NUMBER);

    for (size_t i = 3; i < sizeof text; i += 4) {
        text[i] = '.';
    }
    cut(text, 999);
    assert_int_equal(tokens.count, 1);
    assert_null(memchr(text_form(&tokens, 0), '.', tokens.items[0].form_len));
}

static void nothing_gives_nothing(void **state)
{
    (void)state;
    cut("", 0);
    assert_int_equal(tokens.count, 0);
    cut("\0\0\xFF\x80\xC3", 5);
    assert_int_equal(tokens.count, 0);
    cut("\xE1\x85\x9F\xE2\x80\x8B", 6); /* an invisible letter is left as it is, a zero width space is not */
    assert_int_equal(tokens.count, 1);
    cut("a\0b\xFF"
        "c",
        5);
    assert_int_equal(tokens.count, 3);
    assert_false(tokens.items[1].joined);
    assert_true(tokens.items[2].joined);
}

/* Texts of words, numbers, marks, blanks and odd bytes. */
static size_t random_text(struct random *r, char *out, size_t max)
{
    static const char *const pieces[] = {"việt",   "Hòa",    "hoà",    "TP",   "tháng",  "năm",    "30",     "4",
                                         "1975",   "7/2020", "3.568",  "1,8",  "/",      "-",      ".",      ",",
                                         " ",      " ",      " ",      "\n",   "\u0301", "\u0323", "\u200B", "đ",
                                         "U23",    "中国",   "\u00A0", "\xFF", "\u2019", "“",      "Zürich", "_",
                                         "\u0302", "20",     "12",     "ê",    "😀",      "ไทย"};
    size_t n = 0;
    for (uint32_t k = random_below(r, 40); k > 0; k--) {
        const char *piece = pieces[random_below(r, ARRAY_LEN(pieces))];
        const size_t len = strlen(piece);
        if (n + len > max) {
            break;
        }
        memcpy(out + n, piece, len);
        n += len;
    }
    return n;
}

/* What is written for a token, cut alone, is that token. (Not so for pieces that only a dictionary separates.) */
static void source_ranges_fold_to_their_token(void **state)
{
    (void)state;
    struct random r = {7};
    char text[512];
    struct text_tokens alone = {0};
    size_t compared = 0;
    for (int round = 0; round < 20000; round++) {
        const size_t n = random_text(&r, text, sizeof text);
        cut(text, n);
        uint32_t position_start = 0;
        for (size_t i = 0; i < tokens.count; i++) {
            const struct text_token *t = &tokens.items[i];
            assert_true(t->start < t->end && t->end <= n && t->form_len > 0);
            assert_true(t->form + t->form_len <= tokens.forms_len);
            assert_false(i == 0 && (t->colocated || t->joined));
            if (!t->colocated) {
                assert_true(i == 0 || t->start > position_start);
                position_start = t->start;
            }
            assert_int_equal(text_tokenize(analyzer, text + t->start, t->end - t->start, &alone, NULL), TRABAO_OK);
            bool found = false;
            for (size_t k = 0; k < alone.count; k++) {
                found |= alone.items[k].form_len == t->form_len &&
                         memcmp(text_form(&alone, k), text_form(&tokens, i), t->form_len) == 0;
            }
            assert_true(found || t->kind == TEXT_NUMBER); /* 30.4 beside a letter is no date, alone it is one */
            compared++;
        }
    }
    assert_true(compared > 100000);
    text_tokens_free(&alone);
}

static uint32_t mark_by_lengths(const void *context, const char *word, size_t n, const char *form, size_t form_len)
{
    assert_ptr_equal(context, &tokens);
    assert_int_not_equal(word[0], 0);
    assert_int_not_equal(form[0], 0);
    return (uint32_t)(n << 8 | form_len) | TEXT_MARKS; /* what is beyond a mark is cut off */
}

static void words_once_remembered_are_marked(void **state)
{
    (void)state;
    static const char text[] = "Hoà hoà Hoà, hoà 5 Hoà 30/4 nghiêngnghiêng nghiêngnghiêng";
    struct text_analyzer *a;
    size_t marks = 0;
    assert_int_equal(text_analyzer_open(&a, NULL), TRABAO_OK);
    text_analyzer_mark(a, mark_by_lengths, &tokens);
    assert_int_equal(text_tokenize(a, text, sizeof text - 1, &tokens, NULL), TRABAO_OK);
    assert_int_equal(tokens.count, 9);
    for (size_t i = 0; i < tokens.count; i++) {
        const struct text_token *t = &tokens.items[i];
        assert_true(t->mark == 0 || t->mark == ((t->end - t->start) << 8 | t->form_len));
        marks += t->mark != 0;
    }
    assert_int_equal(marks, 3);
    text_analyzer_close(a);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char text[] = "Ngày 30 tháng 4 năm 1975, hoà bình 中国 TP.HCM 3.568 naïve 1/5/2020 tháng 7 năm 2020";
    for (int ever = 0; ever < 2; ever++) {
        enum trabao_status status = TRABAO_NO_MEMORY;
        for (uint64_t k = 1; status != TRABAO_OK; k++) {
            struct text_analyzer *a = NULL;
            struct text_tokens t = {0};
            struct trabao_error err = {TRABAO_OK, ""};
            mem_fail_at(k, ever == 1);
            status = text_analyzer_open(&a, &err);
            if (status == TRABAO_OK) {
                status = text_tokenize(a, text, sizeof text - 1, &t, &err);
            }
            mem_fail_at(0, false);
            assert_true(status == TRABAO_OK || status == TRABAO_NO_MEMORY);
            assert_int_equal(status, err.status);
            text_tokens_free(&t);
            text_analyzer_close(a);
            assert_true(k < 100);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_tokens),
        cmocka_unit_test(ranges_of_dates),
        cmocka_unit_test(ranges_keep_marks_and_drop_quotes),
        cmocka_unit_test(long_words_are_cut_at_a_character),
        cmocka_unit_test(nothing_gives_nothing),
        cmocka_unit_test(source_ranges_fold_to_their_token),
        cmocka_unit_test(words_once_remembered_are_marked),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("text tokens", tests, open_analyzer, close_all);
}
