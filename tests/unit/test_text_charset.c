/*
 * test_text_charset.c - encodings: texts made by hand and by ICU's own encoder, damaged ones, and the older Vietnamese
 * encodings, whose tables are compared with those of the C library; real documents, where they are at hand.
 */
#include "base/base.h"

#include <dirent.h>
#include <iconv.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <unicode/ucnv.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/charset.h"
#include "text/legacy.h"

static const char article[] =
    "Sáng 1/9, Ủy ban nhân dân huyện tổ chức lễ thông xe cầu Vàm Láng, cây cầu dài 412 m thay cho bến phà đã hoạt "
    "động 38 năm. Ông Nguyễn Văn Hòa, 67 tuổi, nói: “Tôi đợi ngày này từ hồi còn trẻ”. Đường về quê giờ đã gần hơn.";

/* TEXT (bytes) is taken for ENCODING and becomes EXPECTED; ENCODING NULL: it is refused. */
static void assert_becomes(const void *text, size_t n, const char *encoding, const char *expected)
{
    struct buf out;
    const char *got = NULL;
    buf_init(&out, (size_t)1 << 24);
    buf_append_str(&out, "before");
    const bool ok = charset_to_utf8(text, n, &out, &got);
    assert_int_equal(ok, encoding != NULL);
    assert_false(buf_failed(&out));
    assert_memory_equal(buf_str(&out), "before", 6);
    if (ok) {
        assert_string_equal(got, encoding);
        assert_string_equal(buf_str(&out) + 6, expected);
    } else {
        assert_int_equal(out.len, 6);
    }
    buf_free(&out);
}

static void assert_text_becomes(const char *text, const char *encoding, const char *expected)
{
    assert_becomes(text, strlen(text), encoding, expected);
}

static void utf8_wins(void **state)
{
    (void)state;
    assert_text_becomes("", "utf-8", "");
    assert_text_becomes(article, "utf-8", article);
    char marked[sizeof article + 3] = "\xEF\xBB\xBF";
    memcpy(marked + 3, article, sizeof article);
    assert_text_becomes(marked, "utf-8", article);
    assert_text_becomes("Ã©", "utf-8", "Ã©");
}

static void controls_become_blanks(void **state)
{
    (void)state;
    assert_becomes("a\0b\tc\nd\re\r\nf\x1b\x7fg\xC2\x85h\xC2\xA0i", 21, "utf-8", "a b\tc\nd\ne\nf  g h\xC2\xA0i");
    assert_true(charset_is_clean("a\tb\nđ\xC2\xA0", 8));
    static const char *const dirty[] = {"\r", "\x01", "\x7f", "\xC2\x80", "\xC2\x9f", "aaaaaaaaaaaaaaaaaaaa\x1f"};
    for (size_t i = 0; i < ARRAY_LEN(dirty); i++) {
        assert_false(charset_is_clean(dirty[i], strlen(dirty[i])));
    }
    assert_false(charset_is_clean("\0", 1));
    char text[] = "aaaaa\nđđ\xC2\xA0\tbbbbbbbbbbb";
    assert_true(charset_is_clean(text, sizeof text - 1));
    for (size_t i = 0; i < 4; i++) {
        text[i] = '\x7f';
        assert_false(charset_is_clean(text, sizeof text - 1));
        text[i] = 'a';
        char *end = &text[sizeof text - 2 - i];
        *end = '\x1f';
        assert_false(charset_is_clean(text, sizeof text - 1));
        *end = 'b';
    }
}

/* TEXT in ENCODING by ICU; marks for tones are split off first, as windows-1258 has them. Returns the length. */
static size_t encode(const char *text, const char *encoding, bool split_tones, char *out, size_t room)
{
    static UChar wide[65536], split[131072];
    UErrorCode code = U_ZERO_ERROR;
    int32_t n = 0, m = 0;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&code);
    u_strFromUTF8(wide, (int32_t)ARRAY_LEN(wide), &n, text, -1, &code);
    for (int32_t i = 0; i < n; i++) {
        UChar parts[8], joined[8];
        const int32_t count = split_tones ? unorm2_getDecomposition(nfd, wide[i], parts, 8, &code) : -1;
        UChar tone = 0;
        int32_t kept = 0;
        for (int32_t j = 0; j < count; j++) {
            const bool is_tone =
                parts[j] == 0x300 || parts[j] == 0x301 || parts[j] == 0x303 || parts[j] == 0x309 || parts[j] == 0x323;
            tone = is_tone ? parts[j] : tone;
            parts[kept] = parts[j];
            kept += !is_tone;
        }
        if (count < 0 || !tone) {
            split[m++] = wide[i];
            continue;
        }
        const int32_t len = unorm2_normalize(unorm2_getNFCInstance(&code), parts, kept, joined, 8, &code);
        u_memcpy(split + m, joined, len);
        m += len;
        split[m++] = tone;
    }
    UConverter *converter = ucnv_open(encoding, &code);
    const int32_t bytes = ucnv_fromUChars(converter, out, (int32_t)room, split, m, &code);
    ucnv_close(converter);
    assert_true(U_SUCCESS(code));
    return (size_t)bytes;
}

/* Equal but for the composition of letters. */
static void assert_same_text(const char *a, const char *b)
{
    static UChar wide[2][65536], composed[2][65536];
    const char *texts[] = {a, b};
    UErrorCode code = U_ZERO_ERROR;
    for (int i = 0; i < 2; i++) {
        int32_t n;
        u_strFromUTF8(wide[i], 65536, &n, texts[i], -1, &code);
        unorm2_normalize(unorm2_getNFCInstance(&code), wide[i], n, composed[i], 65536, &code);
    }
    assert_true(U_SUCCESS(code));
    assert_int_equal(u_strcmp(composed[0], composed[1]), 0);
}

static void windows_1258(void **state)
{
    static char bytes[65536];
    struct buf out;
    const char *encoding = NULL;
    (void)state;
    const size_t n = encode(article, "windows-1258", true, bytes, sizeof bytes);
    buf_init(&out, sizeof bytes * 3);
    assert_true(charset_to_utf8(bytes, n, &out, &encoding));
    assert_string_equal(encoding, "windows-1258");
    assert_same_text(buf_str(&out), article);
    buf_free(&out);
    assert_text_becomes("Le caf\xE9 est ferm\xE9 depuis l\x92\xE9t\xE9 dernier, dit le gar\xE7on de la place",
                        "windows-1258", "Le café est fermé depuis l’été dernier, dit le garçon de la place");
    assert_text_becomes("Die M\xFCnchner kamen 3 : 1 \xAB zur\xFC"
                        "ck \xBB, 5 \x80 das Bier, 20 \xB0",
                        "windows-1258", "Die Münchner kamen 3 : 1 « zurück », 5 € das Bier, 20 °");
}

static void utf16(void **state)
{
    static char bytes[65536];
    (void)state;
    memcpy(bytes, "\xFF\xFE", 2);
    size_t n = encode(article, "UTF-16LE", false, bytes + 2, sizeof bytes - 2);
    assert_becomes(bytes, n + 2, "utf-16le", article);
    assert_becomes(bytes, n + 1, NULL, NULL); /* half a character */
    memcpy(bytes, "\xFE\xFF", 2);
    n = encode(article, "UTF-16BE", false, bytes + 2, sizeof bytes - 2);
    assert_becomes(bytes, n + 2, "utf-16be", article);
    assert_becomes("\xFF\xFE\x00\xD8", 4, NULL, NULL); /* a lone surrogate */
}

/* UTF-8 with one byte lost or changed is damaged UTF-8, whatever byte it is. */
static void damaged_utf8_is_nothing_else(void **state)
{
    char text[sizeof article];
    const size_t n = sizeof article - 1;
    size_t damaged = 0;
    (void)state;
    for (size_t i = 0; i < n; i++) {
        memcpy(text, article, i);
        memcpy(text + i, article + i + 1, n - i);
        if (utf8_valid_prefix(text, n - 1) != n - 1) {
            assert_becomes(text, n - 1, NULL, NULL);
            damaged++;
        }
    }
    assert_true(damaged > 100);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    assert_becomes("\xC5\xD2\x00", 3, NULL, NULL);
    assert_text_becomes("ti\x81ng", NULL, NULL);
    assert_text_becomes("per\xF2 no, citt\xE0 vuota ieri sera con tutti", NULL, NULL); /* Latin-1: a dot below r */
    assert_text_becomes("Coâng ty coå phaàn Vieät Nam", "utf-8", "Coâng ty coå phaàn Vieät Nam");
    /* VNI with a mark that belongs to no letter, and with two on one. */
    assert_text_becomes("Co\xE2ng ty co\xE5 pha\xE0n Vie\xE4t Nam ho\xEFp \xF8 nga\xF8y mai", NULL, NULL);
    assert_text_becomes("Co\xE2ng ty co\xE5 pha\xE0n Vie\xE4\xF8t Nam ho\xEFp nga\xF8y mai", NULL, NULL);
}

static void older_encodings(void **state)
{
    (void)state;
    assert_text_becomes("C\xABng ty c\xE6 ph\xC7n Vi\xD6t Nam", "tcvn3", "Công ty cổ phần Việt Nam");
    assert_text_becomes("T\xD7nh h\xD7nh s\xB6n xu\xCAt \x93t\xE8t\x94, gi\xB8 \xAE\xAD\xEAng \xAE\xB7 xong", "tcvn3",
                        "Tình hình sản xuất “tốt”, giá đường đã xong");
    assert_text_becomes("Co\xE2ng ty co\xE5 pha\xE0n Vie\xE4t Nam ho\xEFp nga\xF8y mai ta\xEFi tha\xF8nh pho\xE1",
                        "vni", "Công ty cổ phần Việt Nam họp ngày mai tại thành phố");
    assert_text_becomes("\xD1\xD6\xD4\xD8NG PHO\xC1 \xD1" "A\xD8 NA\xDCNG \x96 ng\xF6\xF4\xF8i d\xE2n", NULL, NULL);
    assert_text_becomes("\xD1\xD6\xD4\xD8NG PHO\xC1 \xD1" "A\xD8 NA\xDCNG \x96 ng\xF6\xF4\xF8i Vie\xE4t", "vni",
                        "ĐƯỜNG PHỐ ĐÀ NẴNG – người Việt");
    assert_text_becomes("C\xF4ng ty c\xB1 ph\xA5n Vi\xAEt Nam, \xF0\xDF\xB6ng ph\xAF \xD0\xE0 N\xC7ng", "viscii",
                        "Công ty cổ phần Việt Nam, đường phố Đà Nẵng");
    /* In TCVN3 it would be made of syllables too. */
    assert_text_becomes("Gi\xE1 v\xE0ng \xB7", "viscii", "Giá vàng ở");
    /* Two bytes of VISCII that are a character of UTF-8 by chance. */
    assert_text_becomes("\xF0\xDF\xB6ng", "viscii", "đường");
}

/* BYTES in ENCODING by the C library. False when they are none. */
static bool by_iconv(const char *encoding, const char *bytes, size_t n, char *out, size_t room)
{
    iconv_t converter = iconv_open("UTF-8", encoding);
    assert_true(converter != (iconv_t)-1);
    char *in = (char *)(uintptr_t)bytes;
    char *end = out;
    const bool ok = iconv(converter, &in, &n, &end, &room) == 0 && iconv(converter, NULL, NULL, &end, &room) == 0;
    *end = '\0';
    iconv_close(converter);
    return ok;
}

static void tables_are_those_of_the_c_library(void **state)
{
    struct buf out;
    size_t letters = 0;
    (void)state;
    buf_init(&out, 8);
    for (int byte = 1; byte < 256; byte++) {
        const char c = (char)byte;
        char expected[8];
        buf_clear(&out);
        assert_true(by_iconv("VISCII", &c, 1, expected, sizeof expected - 1));
        assert_true(legacy_to_utf8(LEGACY_VISCII, &c, 1, &out));
        assert_string_equal(buf_str(&out), expected);
        buf_clear(&out);
        /* TCVN3 is the standard but for the controls, and without marks that stand for themselves. */
        if (byte > 0xa0 && legacy_to_utf8(LEGACY_TCVN3, &c, 1, &out)) {
            assert_true(by_iconv("TCVN5712-1", &c, 1, expected, sizeof expected - 1));
            assert_string_equal(buf_str(&out), expected);
            letters++;
        }
    }
    assert_int_equal(letters, 90);
    buf_free(&out);
}

/* In VNI every letter bears every mark that Vietnamese gives it. */
static void marks_of_vni(void **state)
{
    static const char typed[] = "a\xF8 a\xF9 a\xFB a\xF5 a\xEF a\xE2 a\xE0 a\xE1 a\xE5 a\xE3 a\xE4 a\xEA a\xE8 "
                                "a\xE9 a\xFA a\xFC a\xEB e\xE4 O\xC5 \xF4\xF9 \xD4\xD9 \xF6\xEF \xD6\xCF y\xF5 "
                                "\xEC \xED \xE6 \xF3 \xF2 "
                                "\xEE \xCC \xCD \xC6 \xD3 \xD2 \xCE \xF1 \xD1 \x93 \xB0";
    struct buf out;
    (void)state;
    buf_init(&out, 256);
    assert_true(legacy_to_utf8(LEGACY_VNI, typed, sizeof typed - 1, &out));
    assert_string_equal(buf_str(&out),
                        "à á ả ã ạ â ầ ấ ẩ ẫ ậ ă ằ ắ ẳ ẵ ặ ệ Ổ ớ Ớ ự Ự ỹ ì í ỉ ĩ ị ỵ Ì Í Ỉ Ĩ Ị Ỵ đ Đ “ °");
    static const char *const wrong[] = {"\xF8", "b\xF8", " \xE2", "u\xE2", "a\xF8\xF9", "a\xE2\xEA", "\xF0", "\x81"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        buf_clear(&out);
        assert_false(legacy_to_utf8(LEGACY_VNI, wrong[i], strlen(wrong[i]), &out));
        assert_false(buf_failed(&out));
    }
    buf_free(&out);
}

static void a_full_buffer_is_told_apart(void **state)
{
    struct buf out;
    const char *encoding;
    (void)state;
    buf_init(&out, 4);
    assert_false(charset_to_utf8("abcdef", 6, &out, &encoding));
    assert_true(buf_failed(&out));
    buf_clear(&out);
    assert_false(charset_to_utf8("ti\xEA\xECng vi\xEA\xF2t", 12, &out, &encoding));
    assert_true(buf_failed(&out));
    buf_free(&out);
    buf_init(&out, 64);
    mem_fail_at(1, true);
    assert_false(charset_to_utf8("ti\xEA\xECng vi\xEA\xF2t", 12, &out, &encoding));
    mem_fail_at(0, false);
    assert_true(buf_failed(&out));
    buf_free(&out);
}

static void loose_keys(void **state)
{
    static const struct {
        const char *text, *key;
    } cases[] = {
        {"Liên kết Website", "lien ket website"},
        {"  Cơ  quan\t\xC2\xA0"
         "ĐẢNG \n",
         "co quan dang"},
        {"Lie\xCC\x82n ke\xCC\x82\xCC\x81t", "lien ket"},
        {"Ð\xC6\x89\xC4\x91", "d\xC9\x96"
                              "d"},
        {"", ""},
        {" ", ""},
        {"Số lần đọc: 1.216", "so lan doc: 1.216"},
    };
    char key[64];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const size_t n = charset_loose_key(cases[i].text, strlen(cases[i].text), key, sizeof key);
        assert_int_equal(n, strlen(cases[i].key));
        assert_memory_equal(key, cases[i].key, n);
    }
    assert_int_equal(charset_loose_key("một hai ba", strlen("một hai ba"), key, 6), 6);
    assert_memory_equal(key, "mot ha", 6);
    assert_int_equal(charset_loose_key("một hai", strlen("một hai"), key, 4), 3);
    assert_true(charset_is_capital(0x110) && charset_is_capital('A') && charset_is_capital(0x1ea0));
    assert_false(charset_is_capital(0x111) || charset_is_capital('1') || charset_is_capital(' '));
}

static size_t read_file(const char *path, char *out, size_t room)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t n = fread(out, 1, room - 1, file);
    fclose(file);
    out[n] = '\0';
    return n;
}

/* How many in a hundred of the words of TEXT, which is cut up, TRUTH has too. */
static size_t percent_of_words(char *text, const char *truth)
{
    size_t words = 0, found = 0;
    for (char *rest, *word = strtok_r(text, " \t\n", &rest); word; word = strtok_r(NULL, " \t\n", &rest)) {
        words++;
        found += strstr(truth, word) != NULL;
    }
    return words ? found * 100 / words : 0;
}

/* Real documents in TCVN3 and VNI and what they say. A few have bytes that no encoding explains or another's truth. */
static void real_documents_of_other_encodings(void **state)
{
    const char *named = getenv("TRABAO_DATA");
    char folder[PATH_MAX], path[PATH_MAX];
    static char bytes[1 << 22], truth[1 << 22];
    size_t files = 0, read = 0, right = 0;
    (void)state;
    snprintf(folder, sizeof folder, "%.3000s/legacy", named ? named : "../shared/data");
    snprintf(path, sizeof path, "%.3000s/text8", folder);
    DIR *list = opendir(path);
    if (!list) {
        print_message("no real documents are at hand\n");
        skip();
    }
    for (const struct dirent *entry; (entry = readdir(list)) != NULL;) {
        struct buf out;
        const char *encoding = NULL;
        if (entry->d_name[0] == '.') {
            continue;
        }
        files++;
        snprintf(path, sizeof path, "%.3000s/text8/%.255s", folder, entry->d_name);
        const size_t n = read_file(path, bytes, sizeof bytes);
        buf_init(&out, sizeof bytes * 3);
        if (charset_to_utf8(bytes, n, &out, &encoding)) {
            read++;
            assert_memory_equal(entry->d_name, encoding, strlen(encoding));
            snprintf(path, sizeof path, "%.3000s/truth/%.255s", folder, entry->d_name);
            (void)read_file(path, truth, sizeof truth);
            right += percent_of_words(out.data, truth) >= 98;
        }
        buf_free(&out);
    }
    closedir(list);
    assert_true(read * 10 >= files * 8 && right * 10 >= read * 9 && read > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_wins),
        cmocka_unit_test(controls_become_blanks),
        cmocka_unit_test(windows_1258),
        cmocka_unit_test(utf16),
        cmocka_unit_test(damaged_utf8_is_nothing_else),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(older_encodings),
        cmocka_unit_test(tables_are_those_of_the_c_library),
        cmocka_unit_test(marks_of_vni),
        cmocka_unit_test(a_full_buffer_is_told_apart),
        cmocka_unit_test(loose_keys),
        cmocka_unit_test(real_documents_of_other_encodings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
