/*
 * test_archive_roundtrip.c - what goes into an archive comes out of it, byte for byte, whatever it is, in whatever
 * order and with however many threads; and an archive that is damaged says so, or is at least answered with a status.
 */
#include "tests/unit/test_archive_support.h"

#include "archive/db.h"
#include "archive/dictionary.h"
#include "archive/document.h"
#include "archive/wordcode.h"
#include "query/trabao.h"

#define GENERATED 700
#define HOSTILE_MAX 64
#define SOUPS 3000

static struct trabao_error err;

/* ---- texts --------------------------------------------------------------------------------------------------- */

/* Pieces that a text may be made of: all that the writer of the residue has to tell apart. */
static const char *const pieces[] = {
    "hoà",
    "hòa",
    "thuý",
    "thúy",
    "qu\u00fd",
    "quí",
    "vịêt",
    "Việt",
    "VIỆT",
    "vIệT",
    "nam",
    "Nam",
    "NAM",
    "Hà Nội",
    "vie\u0323\u0302t",
    "vi\u00ea\u0323t",
    "hoa\u0300",
    "ho\u0300a",
    "tie\u0302\u0301ng",
    "đ",
    "Đ",
    "\u00d0",
    "\u0110",
    "\u0189",
    "TP.HCM",
    "TP.Đà",
    "U23",
    "18h30",
    "3.568",
    "1,8",
    "30/4",
    "30-4",
    "30.4.1975",
    "7/2020",
    "01/02/2003",
    "ngày 30 tháng 4 năm 1975",
    "tháng 7 năm 2020",
    "tỷ",
    "tỉ",
    "kỹ",
    "Vy",
    "Ga-ga",
    "it's",
    "e-mail",
    "a@b.vn",
    "https://bao.example/a?b=c&d=%C3",
    "\u2019",
    "\u201c",
    "\u201d",
    "...",
    "\u2026",
    "-",
    "\u2013",
    "(",
    ")",
    "|",
    "\"",
    ":",
    ";",
    "!",
    "?",
    "_",
    "#",
    "\u00ad",
    "\u200b",
    "\ufeff",
    "\u200d",
    "\u00a0",
    "\t",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "  ",
    " ",
    " ",
    " ",
    " ",
    " ",
    ". ",
    ", ",
    ".",
    ",",
    "中文",
    "日本語テキスト",
    "한국어",
    "ภาษาไทย",
    "العربية",
    "עברית",
    "Ελληνικά",
    "Русский",
    "\U0001f1fb\U0001f1f3",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f600",
    "ß",
    "ẞ",
    "İ",
    "ı",
    "ﬁ",
    "Ǆ",
    "ǅ",
    "ǆ",
    "Σίσυφος",
    "\u0301",
    "\u0323\u0323",
    "a\u0301\u0301",
    "\u1fbe",
    "K",
    "Å",
    "\x01",
    "\x7f",
    "\U0010ffff",
    "\uffff",
    "\U000e0001",
    "１２３",
    "٣٤",
    "²",
    "½",
    "Ⅷ",
    "ⅷ",
    "ſ",
};

/* COUNT pieces in a row; to be freed with mem_free. */
static char *any_soup(uint32_t count)
{
    struct buf b;
    buf_init(&b, (size_t)64 << 20);
    for (uint32_t i = 0; i < count; i++) {
        buf_append_str(&b, pieces[any_below(ARRAY_LEN(pieces))]);
        if (any_below(3)) {
            buf_append_char(&b, ' ');
        }
    }
    buf_append_str(&b, "");
    char *text = buf_take(&b);
    assert_non_null(text);
    return text;
}

static char *repeated(const char *piece, size_t count)
{
    struct buf b;
    buf_init(&b, (size_t)64 << 20);
    for (size_t i = 0; i < count; i++) {
        buf_append_str(&b, piece);
    }
    char *text = buf_take(&b);
    assert_non_null(text);
    return text;
}

static struct article articles[GENERATED + HOSTILE_MAX];
static size_t article_count;

static struct article *add_article(char *title, char *body)
{
    char key[64];
    struct article *a = &articles[article_count];
    *a = (struct article){.reads = -1};
    snprintf(key, sizeof key, "https://bao.example/%zu", article_count++);
    set_text(a, ARTICLE_KEY, mem_dup(key, strlen(key)));
    set_text(a, ARTICLE_TITLE, title);
    set_text(a, ARTICLE_BODY, body);
    return a;
}

static char *copy(const char *text)
{
    char *copied = mem_dup(text, strlen(text));
    assert_non_null(copied);
    return copied;
}

static void add_hostile(void)
{
    static const char *const bodies[] = {
        "",
        " ",
        "\n",
        "...!?",
        "\u201c\u201d \u2013 \u2026",
        "a",
        "\u0301",
        "\r\nMột\r\nhai\r\n",
        " Đầu và cuối ",
        "Ho\u0300a bi\u0300nh",
        "Hoà bình, hòa bình, hoa\u0300 bi\u0300nh",
        "Tie\u0302\u0301ng Vie\u0323\u0302t",
        "Ti\u00ea\u0301ng Vi\u00ea\u0323t",
        "vịêt nam",
        "\U0001f600\U0001f600",
        "中文和日本語",
        "a\u00adb\u200bc\ufeff",
        "30/4/1975 là ngày 30 tháng 4 năm 1975",
        "\x01\x02\x1b[31m\x7f",
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        add_article(copy("Thử"), copy(bodies[i]));
    }
    add_article(copy("Chỉ có đầu đề"), NULL);
    add_article(NULL, copy("Không có đầu đề"));
    add_article(copy(""), copy("Đầu đề trống"));
    add_article(copy("Dài"), repeated("Bài viết dài một cách vô lý, hoà bình! ", 25000));
    add_article(copy("Một từ"), repeated("x", 300000));
    add_article(repeated("từ ", 70000), copy("Đầu đề bảy vạn từ"));
    add_article(copy("Nhiều từ khác nhau"), any_soup(60000));
    struct article *full = add_article(copy("Đủ"), copy("Mọi trường"));
    set_text(full, ARTICLE_URL, "https://bao.example/đủ?a=\u00e0");
    set_text(full, ARTICLE_RECORD_ID, "số 17");
    set_text(full, ARTICLE_AUTHOR, "Tie\u0302\u0301n  Đạt ");
    set_text(full, ARTICLE_SOURCE, "");
    set_text(full, ARTICLE_SECTION, "Kinh tế \u2013 Xã hội");
    set_text(full, ARTICLE_EXTRA, "{\"a\":[1,2,{\"b\":null}],\"\\u0000\":\"\"}");
    set_text(full, ARTICLE_ENCODING, "windows-1258");
    full->reads = INT64_C(1) << 40;
    struct article *by_url = add_article(copy("Khoá là địa chỉ"), copy("Một bài"));
    set_text(by_url, ARTICLE_URL, by_url->fields[ARTICLE_KEY].text);
    full->date = (struct civil){civil_from_ymd(9999, 12, 31) + 86399, CIVIL_TIME};
    add_article(copy("Xưa"), copy("Gia Định Báo"))->date = (struct civil){civil_from_ymd(1865, 4, 15), CIVIL_DAY};
    add_article(copy("Quá xưa"), copy("Năm 1600"))->date = (struct civil){civil_from_ymd(1600, 5, 1), CIVIL_MONTH};
}

static void add_generated(void)
{
    for (int i = 0; i < GENERATED; i++) {
        struct article *a = add_article(any_soup(any_below(12)), any_soup(any_below(any_below(9) ? 60 : 900)));
        if (any_below(8)) { /* many of one second: the slots of a second are not enough */
            a->date = (struct civil){civil_from_ymd(2020, 1, 1 + (int)any_below(3)), (uint8_t)(1 + any_below(4))};
        }
        if (any_below(2)) {
            a->reads = any_below(5);
        }
    }
}

static int make_articles(void **state)
{
    if (open_folder(state) != 0) {
        return -1;
    }
    add_hostile();
    add_generated();
    build_archive(in_folder("one"), articles, article_count, NULL, 1);
    return 0;
}

static int free_articles(void **state)
{
    for (size_t i = 0; i < article_count; i++) {
        const enum article_field owned[] = {ARTICLE_KEY, ARTICLE_TITLE, ARTICLE_BODY};
        for (size_t f = 0; f < ARRAY_LEN(owned); f++) {
            mem_free((void *)(uintptr_t)articles[i].fields[owned[f]].text);
        }
    }
    return close_folder(state);
}

/* ---- reading back -------------------------------------------------------------------------------------------- */

/* The article, or what is wrong with it. A body that is missing comes back empty. */
static const char *difference(const struct article *a, const struct archive_stored *stored)
{
    static const char *const names[ARTICLE_FIELDS] = {"key",     "title", "url",      "author", "source",
                                                      "section", "extra", "encoding", "record id", "body"};
    for (size_t f = 0; f < ARTICLE_FIELDS; f++) {
        const struct article_text *x = &a->fields[f], *y = &stored->article.fields[f];
        if ((!x->text && f != ARTICLE_BODY) != !y->text || x->len != y->len ||
            (x->len && memcmp(x->text, y->text, x->len) != 0)) {
            return names[f];
        }
    }
    if (a->date.second != stored->article.date.second || a->date.precision != stored->article.date.precision) {
        return "date";
    }
    if (a->reads != stored->article.reads) {
        return "reads";
    }
    if (stored->content_hash != article_content_hash(a) ||
        stored->content_hash != article_content_hash(&stored->article)) {
        return "hash";
    }
    return stored->article.generation == 1 ? NULL : "generation";
}

/* Reads every article of the archive at PATH; the first difference, or NULL. A status stands for damage that is told.
 */
static enum trabao_status read_all(const char *path, const char **wrong, const char **key)
{
    struct archive *archive = NULL;
    struct archive_reader *reader = NULL;
    struct archive_stored stored;
    archive_stored_init(&stored);
    *wrong = NULL;
    enum trabao_status status = archive_open(path, (size_t)8 << 20, &archive, &err);
    if (status == TRABAO_OK) {
        status = archive_reader_open(archive, &reader, &err);
    }
    for (size_t i = 0; status == TRABAO_OK && !*wrong && i < article_count; i++) {
        struct archive_found found;
        const struct article_text *text = &articles[i].fields[ARTICLE_KEY];
        *key = text->text;
        status = archive_find(reader, article_key_hash(text->text, text->len), &found, &err);
        if (status == TRABAO_OK) {
            status = archive_read(reader, found.id, true, &stored, &err);
        }
        if (status == TRABAO_OK) {
            *wrong = difference(&articles[i], &stored);
        }
    }
    archive_stored_free(&stored);
    archive_reader_close(reader);
    archive_close(archive);
    return status;
}

static void assert_all_there(const char *path)
{
    const char *wrong, *key;
    assert_fine(read_all(path, &wrong, &key), &err);
    if (wrong) {
        fail_msg("%s came back with another %s", key, wrong);
    }
}

static void test_all_come_back(void **state)
{
    (void)state;
    assert_all_there(in_folder("one"));
    assert_sound(in_folder("one"));
}

/* ---- the order of things does not matter --------------------------------------------------------------------- */

/* Both archives number the same articles, with the same terms, and find the same with the same scores. */
static void assert_same_archives(const char *left, const char *right)
{
    static const char *const queries[] = {"",        "hòa", "việt nam", "\"hà nội\" OR 30/4", "từ", "tháng 7 -nam",
                                          "viet ha", "u23", "中文",     "thu* date:2020-01"};
    const char *const paths[2] = {left, right};
    struct trabao_archive *archives[2];
    struct trabao_reader *readers[2];
    for (int i = 0; i < 2; i++) {
        assert_fine(trabao_open(paths[i], NULL, &archives[i], &err), &err);
        assert_fine(trabao_reader_open(archives[i], &readers[i], &err), &err);
    }
    for (size_t q = 0; q < ARRAY_LEN(queries); q++) {
        const struct trabao_request request = {
            .query = queries[q], .query_len = strlen(queries[q]), .tier = TRABAO_TIER_AUTO, .limit = 100};
        struct trabao_answer *answers[2];
        for (int i = 0; i < 2; i++) {
            assert_fine(trabao_search(readers[i], &request, &answers[i], &err), &err);
        }
        assert_true(answers[0]->total > 0);
        assert_int_equal(answers[0]->total, answers[1]->total);
        assert_int_equal(answers[0]->hit_count, answers[1]->hit_count);
        for (size_t h = 0; h < answers[0]->hit_count; h++) {
            assert_string_equal(answers[0]->hits[h].key, answers[1]->hits[h].key);
            assert_int_equal(answers[0]->hits[h].id, answers[1]->hits[h].id);
            assert_true(answers[0]->hits[h].score == answers[1]->hits[h].score);
            assert_string_equal(answers[0]->hits[h].snippet.text, answers[1]->hits[h].snippet.text);
        }
        for (int i = 0; i < 2; i++) {
            trabao_answer_free(answers[i]);
        }
    }
    for (int i = 0; i < 2; i++) {
        trabao_reader_close(readers[i]);
        trabao_close(archives[i]);
    }
}

static void test_threads_do_not_matter(void **state)
{
    (void)state;
    build_archive(in_folder("four"), articles, article_count, NULL, 4);
    assert_all_there(in_folder("four"));
    assert_same_archives(in_folder("one"), in_folder("four"));
}

static void test_order_does_not_matter(void **state)
{
    (void)state;
    uint32_t places[GENERATED + HOSTILE_MAX];
    for (uint32_t i = 0; i < article_count; i++) {
        places[i] = i;
    }
    for (uint32_t i = (uint32_t)article_count - 1; i > 0; i--) {
        const uint32_t j = any_below(i + 1), kept = places[i];
        places[i] = places[j];
        places[j] = kept;
    }
    build_archive(in_folder("shuffled"), articles, article_count, places, 2);
    assert_all_there(in_folder("shuffled"));
    assert_same_archives(in_folder("one"), in_folder("shuffled"));
}

static void test_last_of_a_key_stays(void **state)
{
    (void)state;
    struct article twins[3] = {articles[0], articles[1], articles[0]};
    const uint32_t places[] = {2, 1, 0};
    set_text(&twins[0], ARTICLE_BODY, "trước");
    set_text(&twins[2], ARTICLE_BODY, "sau");
    assert_int_equal(build_archive(in_folder("twins"), twins, 3, places, 1), 1);
    struct trabao_archive *archive;
    struct trabao_reader *reader;
    struct trabao_article *found;
    assert_fine(trabao_open(in_folder("twins"), NULL, &archive, &err), &err);
    assert_fine(trabao_reader_open(archive, &reader, &err), &err);
    assert_int_equal(trabao_article_count(archive), 2);
    assert_fine(trabao_article_by_key(reader, twins[0].fields[ARTICLE_KEY].text, NULL, &found, &err), &err);
    assert_string_equal(found->body, "sau");
    trabao_article_free(found);
    trabao_reader_close(reader);
    trabao_close(archive);
}

/* ---- words and residue --------------------------------------------------------------------------------------- */

/* PLACES are those of TOKENS, unless the text is kept whole and none are known. Returns whether it is CODED. */
static bool assert_places(const struct text_tokens *tokens, const struct wordcode_places *places, bool coded)
{
    size_t words = 0;
    for (size_t i = 0; coded && i < tokens->count; i++) {
        const struct text_token *t = &tokens->items[i];
        if (!t->colocated) {
            assert_true(words < places->count);
            assert_int_equal(places->items[words].start, t->start);
            assert_int_equal(places->items[words++].end, t->end);
        }
    }
    assert_int_equal(places->count, words);
    return coded;
}

static void test_soups_come_back(void **state)
{
    (void)state;
    struct text_analyzer *analyzer;
    struct lexicon lexicon;
    struct document_known *known = NULL;
    struct wordcode_terms terms = {0};
    struct wordcode_places places = {0};
    struct document d;
    struct buf body, scratch;
    unsigned coded = 0, titles = 0;
    assert_fine(text_analyzer_open(&analyzer, &err), &err);
    lexicon_init(&lexicon);
    document_init(&d);
    buf_init(&body, (size_t)1 << 24);
    buf_init(&scratch, (size_t)1 << 24);
    for (int i = 0; i < SOUPS; i++) {
        char *title = any_soup(any_below(6)), *text = any_soup(any_below(40));
        uint32_t length;
        d.article = (struct article){0};
        set_text(&d.article, ARTICLE_TITLE, title);
        set_text(&d.article, ARTICLE_BODY, text);
        assert_fine(document_tokenize(&d, analyzer, &err), &err);
        assert_fine(document_number(&d, &lexicon, &known, &length, &err), &err);
        assert_fine(document_code(&d, &scratch, &err), &err);
        assert_true(wordcode_terms(d.words.data, d.words.len, lexicon.count, &terms));
        assert_int_equal(terms.count, length);
        buf_clear(&body);
        buf_append_str(&body, "before");
        assert_true(wordcode_body(&lexicon, &terms, d.residue.data, d.residue.len, &body, &places));
        assert_string_equal(buf_str(&body) + strlen("before"), text);
        coded += assert_places(&d.columns[SCHEMA_BODY], &places, d.residue.data[0] != 0);
        bool has_title;
        buf_clear(&body);
        assert_true(wordcode_title(&lexicon, &terms, d.residue.data, d.residue.len, &body, &has_title));
        assert_int_equal(has_title, d.title_coded);
        titles += has_title;
        assert_string_equal(buf_str(&body), has_title ? title : "");
        mem_free(title);
        mem_free(text);
    }
    /* Keeping every text whole would pass too. */
    assert_true(coded > SOUPS / 2);
    assert_true(titles > SOUPS / 2);
    buf_free(&body);
    buf_free(&scratch);
    document_free(&d);
    document_known_free(known);
    wordcode_terms_free(&terms);
    wordcode_places_free(&places);
    lexicon_free(&lexicon);
    text_analyzer_close(analyzer);
}

/* One of two ways in which articles are cut and numbered. */
struct way {
    struct text_analyzer *analyzer;
    struct lexicon lexicon;
    struct document_known *known;
    struct document document;
    struct buf scratch;
};

static void open_way(struct way *w)
{
    *w = (struct way){0};
    assert_fine(text_analyzer_open(&w->analyzer, &err), &err);
    lexicon_init(&w->lexicon);
    document_init(&w->document);
    buf_init(&w->scratch, (size_t)1 << 24);
}

static void go(struct way *w, const char *title, const char *text)
{
    struct document *d = &w->document;
    uint32_t length;
    d->article = (struct article){0};
    set_text(&d->article, ARTICLE_TITLE, title);
    set_text(&d->article, ARTICLE_BODY, text);
    assert_fine(document_tokenize(d, w->analyzer, &err), &err);
    assert_fine(document_number(d, &w->lexicon, &w->known, &length, &err), &err);
    assert_fine(document_code(d, &w->scratch, &err), &err);
}

static void close_way(struct way *w)
{
    text_analyzer_close(w->analyzer);
    document_known_free(w->known);
    lexicon_free(&w->lexicon);
    document_free(&w->document);
    buf_free(&w->scratch);
}

/* The terms of FROM are known from now on, to an analyzer that has not asked for any. */
static void learn_frequent(struct way *w, const struct lexicon *from, struct lexicon *frequent)
{
    for (uint32_t t = 0; t < from->count; t++) {
        assert_int_equal(lexicon_add(frequent, lexicon_form(from, t), from->terms[t].len), t);
    }
    text_analyzer_close(w->analyzer);
    assert_fine(text_analyzer_open(&w->analyzer, &err), &err);
    text_analyzer_mark(w->analyzer, document_mark, frequent);
}

/* Tokens with a mark; those that have the number of a term have the right one. *NUMBERED: how many these are. */
static size_t count_marks(const struct text_tokens *tokens, const struct lexicon *lexicon, size_t *numbered)
{
    size_t marks = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        const uint32_t term = wordcode_marked_term(tokens->items[i].mark);
        marks += tokens->items[i].mark != 0;
        if (term != LEXICON_NONE) {
            assert_true(lexicon_is(lexicon, term, text_form(tokens, i), tokens->items[i].form_len));
            ++*numbered;
        }
    }
    return marks;
}

/* Numbers and letters that come from marks are those that are found without. */
static void test_marks_change_nothing(void **state)
{
    (void)state;
    struct way ways[2], *plain = &ways[0], *marked = &ways[1];
    struct lexicon frequent;
    size_t marks = 0, numbered = 0;
    lexicon_init(&frequent);
    open_way(plain);
    open_way(marked);
    text_analyzer_mark(marked->analyzer, document_mark, &frequent);
    for (int i = 0; i < SOUPS; i++) {
        char *title = any_soup(any_below(6)), *text = any_soup(any_below(40));
        go(plain, title, text);
        go(marked, title, text);
        const struct document *a = &plain->document, *b = &marked->document;
        assert_int_equal(a->words.len, b->words.len);
        assert_memory_equal(a->words.data, b->words.data, a->words.len);
        assert_int_equal(a->residue.len, b->residue.len);
        assert_memory_equal(a->residue.data, b->residue.data, a->residue.len);
        assert_int_equal(a->numbers.len, b->numbers.len);
        assert_memory_equal(a->numbers.data, b->numbers.data, a->numbers.len);
        marks += count_marks(&b->columns[SCHEMA_BODY], &frequent, &numbered);
        assert_int_equal(count_marks(&a->columns[SCHEMA_BODY], &frequent, &numbered), 0);
        if (i == SOUPS / 10) {
            learn_frequent(marked, &plain->lexicon, &frequent);
        }
        mem_free(title);
        mem_free(text);
    }
    assert_true(numbered > 1000);
    assert_true(marks > numbered);
    lexicon_free(&frequent);
    close_way(plain);
    close_way(marked);
}

/* Term numbers of one and of two units, in all orders; of a large archive and, where they fit, of a small one. */
static void test_terms_come_back(void **state)
{
    (void)state;
    enum { TERMS = 200 };
    static const uint32_t kinds[] = {1, 0x100, 0xfe00, WORDCODE_WIDE, WORDCODE_WIDE + 2, LEXICON_TERMS_MAX};
    struct wordcode_terms terms = {0};
    for (int run = 0; run < 20000; run++) {
        uint32_t numbers[TERMS], most = 0;
        char words[WORDCODE_HEAD_BYTES + TERMS * WORDCODE_TERM_BYTES] = {0};
        const size_t count = any_below(TERMS);
        const size_t narrow = any_below(ARRAY_LEN(kinds));
        size_t n = WORDCODE_HEAD_BYTES;
        for (size_t i = 0; i < count; i++) {
            numbers[i] = any_below(kinds[any_below(8) ? narrow : any_below(ARRAY_LEN(kinds))]);
            most = MAX(most, numbers[i]);
            n += wordcode_put(words + n, numbers[i]);
        }
        assert_true(wordcode_terms(words, n, any_below(2) ? most + 1 : LEXICON_TERMS_MAX, &terms));
        assert_int_equal(terms.count, count);
        assert_memory_equal(terms.terms, numbers, count * sizeof *numbers);
        assert_true(count == 0 || !wordcode_terms(words, n, most, &terms)); /* a number that the archive lacks */
    }
    wordcode_terms_free(&terms);
}

/* ---- damage -------------------------------------------------------------------------------------------------- */

static char *read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    *n = (size_t)ftell(f);
    rewind(f);
    char *bytes = mem_alloc(*n + 1, 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *n, f), *n);
    fclose(f);
    return bytes;
}

static void write_file(const char *path, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* Nothing here may crash; what it answers is a status like any other. */
static void search_damaged(const char *path)
{
    static const char *const queries[] = {"", "hòa bình", "viet nam", "\"hà nội\"", "tháng 7 OR từ", "th*"};
    struct trabao_archive *archive = NULL;
    struct trabao_reader *reader = NULL;
    enum trabao_status status = trabao_open(path, NULL, &archive, &err);
    if (status == TRABAO_OK) {
        status = trabao_reader_open(archive, &reader, &err);
    }
    for (size_t q = 0; status == TRABAO_OK && q < ARRAY_LEN(queries); q++) {
        const struct trabao_request request = {
            .query = queries[q], .query_len = strlen(queries[q]), .tier = TRABAO_TIER_AUTO, .limit = 100};
        struct trabao_answer *answer = NULL;
        trabao_search(reader, &request, &answer, &err);
        trabao_answer_free(answer);
    }
    trabao_reader_close(reader);
    trabao_close(archive);
}

/* Overwrites a few places that hold something: much of a small file is empty. */
static void damage(char *bytes, size_t n)
{
    const uint32_t count = 1 + any_below(4);
    for (uint32_t i = 0; i < count; i++) {
        const size_t len = any_below(4) ? 1 : 1 + any_below(200);
        size_t at = any_below((uint32_t)n);
        while (!bytes[at]) {
            at = any_below((uint32_t)n);
        }
        for (size_t k = at; k < MIN(n, at + len); k++) {
            bytes[k] = (char)(any_below(3) ? any_below(256) : 0);
        }
    }
}

/* What the check calls sound does read back whole. */
static void test_damage_is_survived(void **state)
{
    (void)state;
    const size_t all = article_count;
    size_t n;
    unsigned told = 0;
    article_count = 20; /* small ones, so that damage meets every part of the file */
    build_archive(in_folder("small"), articles, article_count, NULL, 1);
    char *sound = read_file(in_folder("small"), &n);
    char *bytes = mem_alloc(n, 1);
    const char *path = in_folder("damaged");
    assert_non_null(bytes);
    for (int i = 0; i < 200; i++) {
        char *report = NULL;
        const char *wrong, *key = "";
        memcpy(bytes, sound, n);
        damage(bytes, n);
        write_file(in_folder("damaged"), bytes, n);
        path = in_folder("damaged");
        search_damaged(path);
        const enum trabao_status read = read_all(path, &wrong, &key);
        if (archive_check(path, &report, &err) != TRABAO_OK) {
            told++;
        } else if (read != TRABAO_OK || wrong) {
            fail_msg("copy %d: called sound, but %s has another %s", i, key, wrong ? wrong : trabao_status_name(read));
        }
        mem_free(report);
    }
    assert_true(told > 100);
    mem_free(bytes);
    mem_free(sound);
    article_count = all;
}

static void assert_reindex(const char *path)
{
    struct trabao_archive *archive;
    assert_status(TRABAO_DATA, trabao_open(path, NULL, &archive, &err), &err);
    assert_null(archive);
    if (!strstr(err.message, "reindex")) {
        fail_msg("does not say what to do: %s", err.message);
    }
}

static void test_cut_off(void **state)
{
    (void)state;
    size_t n;
    char *bytes = read_file(in_folder("one"), &n);
    for (size_t kept = 0; kept < n; kept += n / 23 + 1) {
        write_file(in_folder("cut"), bytes, kept);
        assert_reindex(in_folder("cut"));
    }
    mem_free(bytes);
}

/* Every letter of Vietnamese becomes the capital that Unicode has for it. */
static void test_capitals(void **state)
{
    (void)state;
    static const char small[] = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmn"
                                "oòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵfjwz";
    static const char large[] = "AÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬBCDĐEÈÉẺẼẸÊỀẾỂỄỆGHIÌÍỈĨỊKLMN"
                                "OÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢPQRSTUÙÚỦŨỤƯỪỨỬỮỰVXYỲÝỶỸỴFJWZ";
    char out[WORDCODE_CASED_MAX];
    _Static_assert(sizeof small == sizeof large, "a capital takes as many bytes");
    for (size_t i = 0; i < sizeof small - 1;) {
        size_t n = 1;
        while ((small[i + n] & 0xc0) == 0x80) {
            n++;
        }
        assert_int_equal(wordcode_capitalise(small + i, n, true, out), n);
        assert_memory_equal(out, large + i, n);
        i += n;
    }
}

static void test_other_versions(void **state)
{
    (void)state;
    size_t n;
    char *bytes = read_file(in_folder("one"), &n);
    bytes[63] = (char)(bytes[63] + 1); /* user_version, big-endian, at byte 60 of every SQLite file */
    write_file(in_folder("version"), bytes, n);
    assert_reindex(in_folder("version"));
    mem_free(bytes);
    sqlite3 *db;
    bytes = read_file(in_folder("one"), &n);
    write_file(in_folder("text"), bytes, n);
    assert_int_equal(sqlite3_open(in_folder("text"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE meta SET value = 99 WHERE name = 'text_version'", NULL, NULL, NULL), 0);
    sqlite3_close(db);
    assert_reindex(in_folder("text"));
    mem_free(bytes);
    write_file(in_folder("text"), "không phải kho", 17);
    assert_reindex(in_folder("text"));
    struct trabao_archive *archive;
    assert_status(TRABAO_NO_INPUT, trabao_open(in_folder("absent"), NULL, &archive, &err), &err);
}

/* Neither a damaged dictionary nor a damaged frame around a good one is taken for lack of memory. */
static void test_damaged_dictionary(void **state)
{
    (void)state;
    static const char damaged[] = "\x37\xa4\x30\xec\x01\0\0\0\0\0\0";
    size_t n;
    sqlite3 *db;
    char *bytes = read_file(in_folder("one"), &n);
    write_file(in_folder("dictionary"), bytes, n);
    mem_free(bytes);
    assert_int_equal(sqlite3_open(in_folder("dictionary"), &db), SQLITE_OK);
    assert_fine(db_exec(db, "DELETE FROM dictionary WHERE name = 'words'", "damaging", &err), &err);
    assert_reindex(in_folder("dictionary"));
    assert_fine(dictionary_save(db, "words", damaged, sizeof damaged, &err), &err);
    assert_reindex(in_folder("dictionary"));
    assert_fine(db_exec(db, "UPDATE dictionary SET frame = substr(frame, 1, 9) WHERE name = 'words'", "damaging", &err),
                &err);
    assert_reindex(in_folder("dictionary"));
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_come_back),
        cmocka_unit_test(test_threads_do_not_matter),
        cmocka_unit_test(test_order_does_not_matter),
        cmocka_unit_test(test_last_of_a_key_stays),
        cmocka_unit_test(test_soups_come_back),
        cmocka_unit_test(test_marks_change_nothing),
        cmocka_unit_test(test_terms_come_back),
        cmocka_unit_test(test_damage_is_survived),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_capitals),
        cmocka_unit_test(test_other_versions),
        cmocka_unit_test(test_damaged_dictionary),
    };
    return cmocka_run_group_tests(tests, make_articles, free_articles);
}
