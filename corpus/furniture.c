/*
 * furniture.c - recognising furniture (see furniture.h) by set phrases, compared without case and marks.
 *
 * A phrase must be the whole line, or be followed by nothing but a date or a number: an article may well begin with
 * `Lượt xem phim rạp tăng mạnh` or `Bản quyền World Cup`.
 */
#include "corpus/furniture.h"

#include <ctype.h>

#include "base/civil.h"
#include "base/utf8.h"
#include "text/charset.h"

#define LINE_MAX_BYTES 200 /* a longer line is text */
#define KEY_MAX 256
#define PARTS_MIN 2 /* of a line that lists links */
#define READS_MAX (INT64_C(1) << 50)
#define SIGNATURE_WORDS 6

/* ---- phrases --------------------------------------------------------------------------------------------------- */

/* clang-format off */

/* Only a portal has such lines. */
static const char *const PORTAL[] = {
    "ban do website", "bao dien tu", "cac truong dai hoc, cao dang", "chia se", "chia se bai viet",
    "chia se len facebook", "co quan bao chi", "co quan dang, nha nuoc", "cong thong tin dien tu", "dang nhap",
    "dang xuat", "doc nhieu nhat", "doc tiep", "giam co chu", "gui bai viet", "gui binh luan", "gui cho ban be",
    "gui email", "gui phan hoi", "gui y kien", "in bai viet", "in trang", "in trang nay", "len dau trang",
    "lien ket web", "lien ket website", "luu bai viet", "quay lai", "sitemap", "so do cong", "so do trang",
    "so do website", "tang co chu", "thong ke truy cap", "tim kiem", "tim kiem nang cao", "tin doc nhieu",
    "tin moi nhat", "tin noi bat", "trang chu", "trang thong tin dien tu", "trang truoc", "tro ve",
    "tro ve dau trang", "ve dau trang", "ve trang chu", "website lien ket", "xem nhieu", "xem nhieu nhat", "xem them",
    "xem tiep", "y kien ban doc"
};

/* Headings of links to other articles. */
static const char *const RELATED[] = {
    "bai lien quan", "bai viet cung chuyen muc", "bai viet khac", "bai viet lien quan", "cac bai khac",
    "cac bai viet khac", "cac tin cu hon", "cac tin da dang", "cac tin da dua", "cac tin khac", "cac tin moi hon",
    "co the ban quan tam", "cung chuyen muc", "tin bai khac", "tin bai lien quan", "tin cu hon",
    "tin cung chuyen muc", "tin khac", "tin lien quan", "tin moi hon", "tin tuc khac", "tin tuc lien quan"
};

/* Sections and services, as menus name them. */
static const char *const SECTION[] = {
    "am nhac", "am thuc", "an ninh - quoc phong", "an ninh - trat tu", "an ninh trat tu", "an sinh xa hoi",
    "an toan giao thong", "bai viet", "ban do", "ban do hanh chinh", "ban doc", "ban in", "bao chi", "bat dong san",
    "bien dao", "bien, dao", "binh luan", "bo may to chuc", "cac xa, phuong", "cac xa, thi tran",
    "cai cach hanh chinh", "chinh quyen", "chinh sach", "chinh tri", "chinh tri - xa hoi", "chuyen de",
    "chuyen doi so", "chuyen muc", "co cau to chuc", "cong dan", "cong khai ngan sach", "cong nghe",
    "dang - doan the", "dat nuoc - con nguoi", "di tich", "dich vu cong", "dich vu cong truc tuyen", "dien dan",
    "doan - doi", "doan the", "doanh nghiep", "doc nhieu", "doi ngoai", "doi song", "du an", "du lich", "english",
    "facebook", "gia dinh", "giai tri", "giao duc", "giao thong", "gioi thieu", "gioi thieu chung", "gioi tre",
    "guong nguoi tot viec tot", "hanh chinh", "hinh anh", "hoat dong", "hoat dong doan the",
    "hoc tap va lam theo tam guong dao duc ho chi minh",
    "hoc tap va lam theo tu tuong, dao duc, phong cach ho chi minh", "hoi chu thap do", "hoi dap",
    "hoi dong nhan dan", "hoi khuyen hoc", "hoi nong dan", "hoi phu nu", "hop tac xa", "hotline", "huong dan",
    "khoa hoc", "khoa hoc - cong nghe", "khoa hoc va cong nghe", "kinh doanh", "kinh te", "kinh te - xa hoi",
    "kinh te bien", "lang nghe", "lao dong", "lich cong tac", "lich su", "lich tiep cong dan", "lien he", "lien ket",
    "mat tran", "mat tran to quoc", "menu", "moi truong", "nghi quyet", "nhip song", "nong nghiep",
    "nong nghiep - nong thon", "nong thon moi", "phan hoi", "phap luat", "phat thanh", "phong su", "phong su - ky su",
    "phong, chong dich", "quan su", "quoc phong", "quoc phong - an ninh", "quoc te", "quy hoach", "rss", "su kien",
    "suc khoe", "tai chinh", "tai lieu", "tai nguyen", "tai nguyen - moi truong", "tat ca", "the gioi", "the thao",
    "thi truong", "thoi su", "thoi tiet", "thong bao", "thong tin", "thong tin - truyen thong", "thong tin can biet",
    "thu tuc hanh chinh", "thu vien", "thu vien anh", "thu vien video", "tien ich", "tin anh", "tin dia phuong",
    "tin hoat dong", "tin moi", "tin nha truong", "tin the gioi", "tin tong hop", "tin trong huyen", "tin trong nuoc",
    "tin trong tinh", "tin tuc", "tin tuc - su kien", "tin tuc su kien", "tin tuc va su kien", "tin van", "toan canh",
    "tong quan", "truyen hinh", "truyen thong", "tuyen dung", "tuyen sinh", "tuyen truyen", "twitter",
    "uy ban nhan dan", "van ban", "van ban chi dao", "van ban phap luat", "van ban phap quy", "van hoa",
    "van hoa - the thao", "van hoa - xa hoi", "van hoc", "van nghe", "video", "video clip", "viec lam", "vien thong",
    "xa hoi", "xay dung", "xay dung dang", "xay dung nong thon moi", "y te", "y te - suc khoe", "youtube", "zalo"
};

/* Followed by a date. */
static const char *const DATE[] = {
    "cap nhat", "cap nhat luc", "cap nhat ngay", "dang luc", "dang ngay", "ngay cap nhat", "ngay dang",
    "ngay dang bai", "ngay dang tin", "ngay gui", "ngay phat hanh", "ngay tao", "ngay viet", "ngay xuat ban",
    "thoi gian dang", "xuat ban", "xuat ban ngay"
};

/* Followed by a number, or behind one. */
static const char *const READS[] = {
    "da xem", "luot doc", "luot truy cap bai viet", "luot xem", "so lan doc", "so lan xem", "so luot doc",
    "so luot xem", "views", "xem"
};

/* Followed by a number, too, but counting something else. */
static const char *const COUNTERS[] = {
    "dang online", "dang truc tuyen", "dang truy cap", "khach online", "luot truy cap", "so luot truy cap",
    "thanh vien online", "tong luot truy cap", "tong so luot truy cap", "tong so truy cap", "tong truy cap"
};

/* Followed by anything: nobody else writes so. */
static const char *const IMPRINT[] = {
    "\xC2\xA9", "ban quyen thuoc ve", "chiu trach nhiem chinh:", "chiu trach nhiem noi dung", "co quan chu quan:",
    "copyright", "ghi ro nguon"
};

/* Words that stand in a date line besides its figures. */
static const char *const DATE_WORDS[] = {
    "am", "ba", "bay", "chieu", "chu", "gio", "gmt", "hai", "luc", "nam", "ngay", "nhat", "phut", "pm", "sang", "sau",
    "thang", "thu", "toi", "trua", "tu"
};

/* What stands before the colon of a signature. */
static const char *const BYLINES[] = {
    "anh", "anh, video", "bai", "bai & anh", "bai - anh", "bai va anh", "bai, anh", "bai-anh", "bien soan",
    "bien tap", "ghi chep", "nguoi viet", "nguon", "nguon tin", "phong vien", "tac gia", "theo", "thuc hien", "tin",
    "tin & anh", "tin - anh", "tin anh", "tin bai", "tin va anh", "tin, anh", "tin, bai", "tin, bai, anh", "tin-anh",
    "tong hop"
};

/* clang-format on */

/* ---- keys ------------------------------------------------------------------------------------------------------ */

struct key {
    char text[KEY_MAX];
    size_t len;
};

static bool is_edge(char c)
{
    return c && strchr(" .:;-+*>|/()[]", c);
}

/* Set phrases are compared without bullets and stops around them. */
static void trim_key(const char **text, size_t *n)
{
    static const char *const bullets[] = {"\xE2\x80\xA2", "\xC2\xBB", "\xE2\x80\xBA", "\xC2\xAB"};
    for (bool again = true; again && *n;) {
        again = false;
        if (is_edge((*text)[*n - 1])) {
            (*n)--;
            again = true;
        } else if (is_edge(**text)) {
            (*text)++;
            (*n)--;
            again = true;
        }
        for (size_t i = 0; i < ARRAY_LEN(bullets); i++) {
            const size_t m = strlen(bullets[i]);
            if (*n >= m && memcmp(*text, bullets[i], m) == 0) {
                *text += m;
                *n -= m;
                again = true;
            } else if (*n >= m && memcmp(*text + *n - m, bullets[i], m) == 0) {
                *n -= m;
                again = true;
            }
        }
    }
}

static bool is_one_of(const char *text, size_t n, const char *const *list, size_t count)
{
    trim_key(&text, &n);
    for (size_t i = 0; i < count; i++) {
        if (strlen(list[i]) == n && memcmp(list[i], text, n) == 0) {
            return true;
        }
    }
    return false;
}

#define IS_ONE_OF(text, n, list) is_one_of((text), (n), (list), ARRAY_LEN(list))

/* Length of the longest phrase of LIST that KEY begins with as whole words; 0: none. */
static size_t longest_beginning(const struct key *key, const char *const *list, size_t count)
{
    size_t longest = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t n = strlen(list[i]);
        if (n > longest && n <= key->len && memcmp(key->text, list[i], n) == 0 &&
            (n == key->len || !isalnum((unsigned char)key->text[n]))) {
            longest = n;
        }
    }
    return longest;
}

/* ---- counters -------------------------------------------------------------------------------------------------- */

/* The number that is all of TEXT but blanks, colons, brackets and a counting word; -1: there is more. */
static int64_t number_in(const char *text, size_t n)
{
    int64_t number = -1;
    size_t i = 0;
    while (i < n && strchr(" :(", text[i])) {
        i++;
    }
    for (; i < n && (isdigit((unsigned char)text[i]) || (number >= 0 && strchr(".,", text[i]))); i++) {
        if (isdigit((unsigned char)text[i]) && number < READS_MAX) {
            number = MAX(number, (int64_t)0) * 10 + (text[i] - '0');
        }
    }
    while (i < n && strchr(" )", text[i])) {
        i++;
    }
    static const char *const units[] = {"", "luot", "lan", "luot xem", "luot doc", "nguoi"};
    return IS_ONE_OF(text + i, n - i, units) ? number : -1;
}

static int64_t reads_in(const struct key *key)
{
    const size_t label = longest_beginning(key, READS, ARRAY_LEN(READS));
    if (label) {
        return number_in(key->text + label, key->len - label);
    }
    const size_t figures = strspn(key->text, "0123456789.,");
    if (figures && figures < key->len && key->text[figures] == ' ' &&
        IS_ONE_OF(key->text + figures, key->len - figures, READS)) {
        return number_in(key->text, figures);
    }
    return -1;
}

/* ---- dates ----------------------------------------------------------------------------------------------------- */

/* Words of a date and nothing else. */
static bool is_all_date(const char *key, size_t n)
{
    for (size_t i = 0, end; i < n; i = end) {
        bool figure = false, letter = false;
        for (end = i; end < n && key[end] != ' '; end++) {
            figure = figure || isdigit((unsigned char)key[end]);
            letter = letter || isalpha((unsigned char)key[end]) || (uint8_t)key[end] >= 0x80;
        }
        size_t word = end - i;
        while (word && ispunct((unsigned char)key[i + word - 1])) {
            word--;
        }
        if (!figure && letter && !IS_ONE_OF(key + i, word, DATE_WORDS)) {
            return false;
        }
        end += end < n;
    }
    return true;
}

/* The part of TEXT that civil_parse_record reads: all of it, else the first word that is a date by itself. */
static struct corpus_text date_in(const char *text, size_t n)
{
    struct civil date;
    if (civil_parse_record(text, n, &date)) {
        return (struct corpus_text){text, n};
    }
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && !strchr(" ,|()", text[end]); end++) {
        }
        if (end > i && isdigit((unsigned char)text[i]) && civil_parse_record(text + i, end - i, &date) &&
            date.precision >= CIVIL_MONTH) {
            return (struct corpus_text){text + i, end - i};
        }
        end += end < n;
    }
    return (struct corpus_text){0};
}

static struct corpus_text date_of(const struct key *key, const char *line, size_t n)
{
    struct civil date;
    const size_t label = longest_beginning(key, DATE, ARRAY_LEN(DATE));
    if (!label) {
        /* A date with its time needs no label; one without may be a heading of the article. */
        const bool bare = is_all_date(key->text, key->len) && civil_parse(line, n, &date);
        return bare && date.precision == CIVIL_TIME ? (struct corpus_text){line, n} : (struct corpus_text){0};
    }
    if (!is_all_date(key->text + label, key->len - label)) {
        return (struct corpus_text){0};
    }
    size_t start = 0;
    while (start < n && !isdigit((unsigned char)line[start]) && line[start] != ':') {
        start++;
    }
    start += start < n && line[start] == ':';
    while (start < n && line[start] == ' ') {
        start++;
    }
    return date_in(line + start, n - start);
}

/* ---- lines ----------------------------------------------------------------------------------------------------- */

/* `Trang chủ > Tin tức > Chính trị`, `Giới thiệu | Tin tức | Liên hệ`. */
static bool is_list_of_links(const struct key *key)
{
    size_t parts = 0, known = 0, i = 0;
    bool from_home = false;
    while (i <= key->len) {
        size_t end = i;
        while (end < key->len && !strchr("|>/", key->text[end]) &&
               !(end + 1 < key->len && memcmp(key->text + end, "\xC2\xBB", 2) == 0)) {
            end++;
        }
        static const char *const home[] = {"trang chu", "trang nhat", "home"};
        const char *part = key->text + i;
        from_home = from_home || (parts == 0 && IS_ONE_OF(part, end - i, home));
        known += IS_ONE_OF(part, end - i, PORTAL) || IS_ONE_OF(part, end - i, SECTION);
        parts++;
        i = end + (end + 1 < key->len && (uint8_t)key->text[end] == 0xc2 ? 2 : 1);
    }
    return parts >= PARTS_MIN && (from_home || known == parts);
}

static enum line_kind kind_of(const struct key *key)
{
    if (IS_ONE_OF(key->text, key->len, RELATED)) {
        return LINE_RELATED;
    }
    if (IS_ONE_OF(key->text, key->len, PORTAL) || is_list_of_links(key)) {
        return LINE_PORTAL;
    }
    const size_t counter = longest_beginning(key, COUNTERS, ARRAY_LEN(COUNTERS));
    if (counter && number_in(key->text + counter, key->len - counter) >= 0) {
        return LINE_PORTAL;
    }
    for (size_t i = 0; i < ARRAY_LEN(IMPRINT); i++) {
        const size_t n = strlen(IMPRINT[i]);
        if (n <= key->len && memcmp(key->text, IMPRINT[i], n) == 0) {
            return LINE_PORTAL;
        }
    }
    return IS_ONE_OF(key->text, key->len, SECTION) ? LINE_SECTION : LINE_TEXT;
}

struct furniture furniture_of(const char *line, size_t n)
{
    struct furniture found = {.kind = n ? LINE_TEXT : LINE_BLANK, .reads = -1};
    struct key key;
    if (n == 0 || n > LINE_MAX_BYTES) {
        return found;
    }
    key.len = charset_loose_key(line, n, key.text, sizeof key.text - 1);
    size_t edge = 0;
    while (edge < key.len && is_edge(key.text[edge])) {
        edge++;
    }
    key.len -= edge;
    memmove(key.text, key.text + edge, key.len);
    key.text[key.len] = '\0';
    found.date = date_of(&key, line, n);
    found.reads = reads_in(&key);
    found.kind = found.date.text ? LINE_DATE : found.reads >= 0 ? LINE_READS : kind_of(&key);
    return found;
}

/* ---- signatures ------------------------------------------------------------------------------------------------ */

static bool is_name(const char *text, size_t n)
{
    size_t words = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && text[i - 1] != ' ') {
            continue;
        }
        uint32_t c;
        utf8_decode(text + i, n - i, &c);
        if (!charset_is_capital(c) && !(i > 0 && (c == '-' || c == '&' || c == '('))) {
            return false;
        }
        words++;
    }
    return words >= 1 && words <= SIGNATURE_WORDS && !memchr(text, ';', n) && !strchr(".,:!?", text[n - 1]);
}

struct corpus_text furniture_signature(const char *line, size_t n, bool *is_source)
{
    struct key label;
    const char *colon = memchr(line, ':', n);
    *is_source = false;
    if (n > 2 && line[0] == '(' && line[n - 1] == ')') {
        line++;
        n -= 2;
    }
    if (n > 5 && (memcmp(line, "Theo ", 5) == 0 || memcmp(line, "THEO ", 5) == 0)) {
        *is_source = true;
        line += 5;
        n -= 5;
    } else if (colon) {
        const size_t before = (size_t)(colon - line);
        label.len = charset_loose_key(line, before, label.text, sizeof label.text);
        if (!IS_ONE_OF(label.text, label.len, BYLINES)) {
            return (struct corpus_text){0};
        }
        *is_source = label.text[0] == 'n' && label.len >= 5 && memcmp(label.text, "nguon", 5) == 0;
        line = colon + 1;
        n -= before + 1;
        while (n && line[0] == ' ') {
            line++;
            n--;
        }
    }
    if (n == 0 || n > LINE_MAX_BYTES || !is_name(line, n)) {
        return (struct corpus_text){0};
    }
    return (struct corpus_text){line, n};
}
