/*
 * test_text_abbreviation.c - what introduces an abbreviation and what only looks like it.
 */
#include "tests/unit/test_text_support.h"

#include "base/buf.h"
#include "tests/unit/test_analyzer.h"
#include "text/abbreviation.h"

/* EXPECTED: `short=words`, those of one text joined by `;`. */
static void assert_finds(const char *text, const char *expected)
{
    struct text_tokens tokens = {0};
    struct buf found;
    buf_init(&found, 4096);
    assert_int_equal(text_tokenize(analyzer, text, strlen(text), &tokens, NULL), TRABAO_OK);
    assert_true(abbreviation_find(text, strlen(text), &tokens, &found));
    bool is_short = true;
    for (size_t i = 0; i < found.len; i++) {
        if (found.data[i] == '\0') {
            found.data[i] = is_short ? '=' : ';';
            is_short = !is_short;
        }
    }
    if (found.len > 0) {
        found.data[found.len - 1] = '\0';
    }
    assert_true(is_short);
    if (strcmp(buf_str(&found), expected) != 0) {
        fail_msg("%s: found \"%s\", expected \"%s\"", text, buf_str(&found), expected);
    }
    buf_free(&found);
    text_tokens_free(&tokens);
}

static void introduced(void **state)
{
    (void)state;
    assert_finds("Chủ tịch Ủy ban nhân dân (UBND) tỉnh", "ubnd=ủy ban nhân dân");
    assert_finds("Chủ tịch UBND (Uỷ ban Nhân dân) tỉnh", "ubnd=ủy ban nhân dân");
    assert_finds("Bộ Giáo dục và Đào tạo (GD-ĐT), Sở Giáo dục - Đào tạo (GD&ĐT), Sở Giáo dục Đào tạo ( GDĐT )",
                 "gd đt=giáo dục và đào tạo;gd đt=giáo dục đào tạo;gdđt=giáo dục đào tạo");
    assert_finds("Bộ Lao động - Thương binh và Xã hội (LĐ-TB&XH)", "lđ tb xh=lao động thương binh và xã hội");
    assert_finds("LĐ-TB&XH (Lao động, Thương binh và Xã hội)", "lđ tb xh=lao động thương binh và xã hội");
    assert_finds("nghệ sĩ ưu tú (NSƯT), nghệ sĩ ưu tú (NSUT)", "nsưt=nghệ sĩ ưu tú;nsut=nghệ sĩ ưu tú");
    assert_finds("“Hội đồng nhân dân” (HĐND)", "hđnd=hội đồng nhân dân");
    assert_finds("Hội đồng nhân dân (H\u00d0ND)", "hđnd=hội đồng nhân dân");
    assert_finds("nghệ sĩ ưu tú (NSU\u031bT)", "nsưt=nghệ sĩ ưu tú");
    assert_finds("Ủy ban nhân dân (\u200bUB\u00adND)", "ubnd=ủy ban nhân dân");
    assert_finds("báo South China Morning Post (SCMP)", "scmp=south china morning post");
    assert_finds("((UBND (ủy ban nhân dân", "");
    assert_finds("(x) ủy ban nhân dân (UBND) (HĐND)", "ubnd=ủy ban nhân dân");
}

static void not_introduced(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "(",
        "()",
        "(UBND)",
        "UBND ()",
        "ban nhân dân (UBND)",              /* a word is missing */
        "ủy ban nhân dân tỉnh (UBND)",      /* one too many at the end */
        "UBND (ủy ban nhân dân tỉnh)",      /* likewise */
        "UBND (tỉnh ủy ban nhân dân)",      /* and at the start, within the brackets */
        "ủy ban. Nhân dân (UBND)",          /* two sentences */
        "ủy ban\nnhân dân (UBND)",          /* two lines */
        "ủy ban nhân dân: (UBND)",          /* not beside it */
        "ủy ban nhân dân (UBND tỉnh)",      /* not alone */
        "ủy ban nhân dân (ubnd)",           /* no capitals */
        "ủy ban nhân dân (Ubnd)",
        "hội đồng nhân dân (H\u00f0ND)",
        "hội dồng nhân dân (HĐND)",         /* d is not đ */
        "hội đồng nhân dân (HDND)",
        "nghệ sĩ ủng hộ (NSƯH)",            /* u is not ư */
        "quốc hội (QH), công an (CA)",      /* too short to mean one thing */
        "bệnh án nặng (BAN)",               /* the word ban */
        "ủy ban của nhân dân và (UBND)",    /* a small word cannot be the last */
        "trung ương (T.Ư)",                 /* runs of one letter */
        "ủy ban nhân dân (UBND2)",
        "một hai ba bốn năm sáu bảy tám chín mười một (MHBBNSBTCMM)", /* eleven letters */
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        assert_finds(texts[i], "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(introduced), cmocka_unit_test(not_introduced)};
    return cmocka_run_group_tests(tests, open_analyzer, close_analyzer);
}
