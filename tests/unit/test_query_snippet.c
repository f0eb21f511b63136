/*
 * test_query_snippet.c - snippets and marks: cases by hand; random texts against a brute-force search for matches and
 * windows; real articles, where they are at hand.
 */
#include "tests/unit/test_query_support.h"

#include <jansson.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "query/match.h"
#include "query/snippet.h"
#include "text/letter.h"

#define PATTERNS_MAX 8
#define SLOTS_MAX 4
#define ELLIPSIS "…"

static struct text_tokens tokens; /* scratch of the functions under test */

/* ---- patterns -------------------------------------------------------------------------------------------------- */

/* Patterns as tests write them: "bão|lũ quét|tu,từ,tử vong|nguy*": forms of a slot, sorted, by commas. */
struct patterns {
    char text[512];
    const char *forms[PATTERNS_MAX * SLOTS_MAX * 4];
    struct snippet_slot slots[PATTERNS_MAX * SLOTS_MAX];
    struct snippet_pattern items[PATTERNS_MAX];
    struct snippet_patterns list; /* the first ones of items */
    size_t slot_count; /* of all */
};

static struct snippet_slot make_slot(char *spec, const char **forms, size_t *form_count)
{
    struct snippet_slot slot = {.forms = forms + *form_count};
    const size_t n = strlen(spec);
    if (spec[n - 1] == '*') {
        spec[n - 1] = '\0';
        slot.prefix = spec;
        return slot;
    }
    for (char *form = strsep(&spec, ","); form != NULL; form = strsep(&spec, ",")) {
        forms[(*form_count)++] = form;
        slot.form_count++;
    }
    return slot;
}

static void make_patterns(struct patterns *p, const char *spec)
{
    size_t slots = 0;
    size_t forms = 0;
    p->list = (struct snippet_patterns){p->items, 0};
    snprintf(p->text, sizeof p->text, "%s", spec);
    char *rest = p->text;
    for (char *pattern = strsep(&rest, "|"); pattern != NULL && *pattern != '\0'; pattern = strsep(&rest, "|")) {
        p->items[p->list.count] = (struct snippet_pattern){.slots = &p->slots[slots], .weight = 1};
        for (char *slot = strsep(&pattern, " "); slot != NULL; slot = strsep(&pattern, " ")) {
            p->slots[slots++] = make_slot(slot, p->forms, &forms);
            p->items[p->list.count].slot_count++;
        }
        p->list.count++;
    }
    p->slot_count = slots;
}

/* ---- stored words ---------------------------------------------------------------------------------------------- */

#define STORED_MAX 8192 /* words of a text; of a longer one they are not known */

/* What an archive keeps of a text: the numbers and places of its words. */
struct stored {
    struct lexicon lexicon;
    uint32_t terms[STORED_MAX];
    struct wordcode_place places[STORED_MAX];
    struct snippet_words words;
};

static void store(struct stored *s, const char *body, size_t n)
{
    assert_int_equal(text_tokenize(analyzer, body, n, &tokens, NULL), TRABAO_OK);
    s->words = (struct snippet_words){s->terms, s->places, 0};
    for (size_t i = 0; i < tokens.count && tokens.count <= STORED_MAX; i++) {
        const struct text_token *t = &tokens.items[i];
        const uint32_t term = lexicon_add(&s->lexicon, text_form(&tokens, i), t->form_len);
        if (!t->colocated) {
            s->terms[s->words.count] = term;
            s->places[s->words.count++] = (struct wordcode_place){t->start, t->end};
        }
    }
}

static int by_number(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* The numbers of the forms of SLOTS (COUNT) in the lexicon of S. TERMS: room for all of them. */
static void number_slots(struct stored *s, struct snippet_slot *slots, size_t count, uint32_t *terms)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < slots[i].form_count; k++) {
            terms[k] = lexicon_add(&s->lexicon, slots[i].forms[k], strlen(slots[i].forms[k]));
        }
        qsort(terms, slots[i].form_count, sizeof *terms, by_number);
        slots[i].terms = terms;
        slots[i].term_count = slots[i].form_count;
        terms += slots[i].form_count;
    }
}

static struct snippet_source source_of(const char *text, size_t n)
{
    return (struct snippet_source){.analyzer = analyzer, .tokens = &tokens, .text = text, .n = n};
}

/* SLOTS are those of PATTERNS, together. From the stored words comes the snippet that cutting the text anew gives. */
static void assert_same_by_words(const char *body, size_t n, struct snippet_slot *slots, size_t slot_count,
                                 const struct snippet_patterns *patterns, size_t width)
{
    static struct stored stored;
    uint32_t terms[PATTERNS_MAX * SLOTS_MAX * 4];
    struct buf texts[2];
    struct snippet s[2] = {{.text = &texts[0]}, {.text = &texts[1]}};
    lexicon_init(&stored.lexicon);
    store(&stored, body, n);
    number_slots(&stored, slots, slot_count, terms);
    for (size_t i = 0; i < 2; i++) {
        buf_init(&texts[i], 64 * 1024);
        struct snippet_source source = source_of(body, n);
        source.words = i == 0 ? NULL : &stored.words;
        assert_int_equal(snippet_make(&source, patterns, width, &s[i], NULL), TRABAO_OK);
    }
    assert_string_equal(buf_str(&texts[0]), buf_str(&texts[1]));
    assert_int_equal(s[0].mark_count, s[1].mark_count);
    for (size_t i = 0; i < s[0].mark_count; i++) {
        assert_int_equal(s[0].marks[i].start, s[1].marks[i].start);
        assert_int_equal(s[0].marks[i].end, s[1].marks[i].end);
    }
    for (size_t i = 0; i < 2; i++) {
        mem_free(s[i].marks);
        buf_free(&texts[i]);
    }
    lexicon_free(&stored.lexicon);
}

/* ---- cases by hand --------------------------------------------------------------------------------------------- */

/* TEXT with [ ] around its marks. */
static void show(const char *text, size_t n, const struct trabao_mark *marks, size_t count, struct buf *out)
{
    size_t done = 0;
    buf_clear(out);
    for (size_t i = 0; i < count; i++) {
        assert_true(marks[i].start >= done && marks[i].start < marks[i].end && marks[i].end <= n);
        buf_append(out, text + done, marks[i].start - done);
        buf_append_char(out, '[');
        buf_append(out, text + marks[i].start, marks[i].end - marks[i].start);
        buf_append_char(out, ']');
        done = marks[i].end;
    }
    buf_append(out, text + done, n - done);
}

static void make_snippet(const char *body, size_t n, const struct patterns *p, size_t width, struct snippet *out)
{
    const struct snippet_source source = source_of(body, n);
    const enum trabao_status status = snippet_make(&source, &p->list, width, out, NULL);
    assert_int_equal(status, TRABAO_OK);
}

static void assert_snippet(const char *body, const char *spec, size_t width, const char *expected)
{
    struct patterns p;
    struct buf text;
    struct buf shown;
    struct snippet snippet = {.text = &text};
    make_patterns(&p, spec);
    buf_init(&text, 64 * 1024);
    buf_init(&shown, 64 * 1024);
    assert_same_by_words(body, strlen(body), p.slots, p.slot_count, &p.list, width);
    make_snippet(body, strlen(body), &p, width, &snippet);
    show(buf_str(&text), text.len, snippet.marks, snippet.mark_count, &shown);
    assert_string_equal(buf_str(&shown), expected);
    mem_free(snippet.marks);
    buf_free(&text);
    buf_free(&shown);
}

static void test_words(void **state)
{
    (void)state;
    assert_snippet("Bão số 3 đổ bộ.", "bão", 100, "[Bão] số 3 đổ bộ.");
    assert_snippet("BÃO và bão.", "bão", 100, "[BÃO] và [bão].");
    assert_snippet("Bão lũ, lũ bão", "bão|lũ", 100, "[Bão lũ], [lũ bão]");
    assert_snippet("Ti\xC3\xAA\xCC\x81ng Vịêt hoà", "việt|hòa", 100, "Ti\xC3\xAA\xCC\x81ng [Vịêt hoà]");
    assert_snippet("TP.HCM, TP HCM, TP. HCM và HCM", "tp hcm", 100, "[TP.HCM], [TP HCM], [TP. HCM] và HCM");
    assert_snippet("Tử vong và tư vòng và từ vong", "tu,từ,tử vong", 100, "[Tử vong] và tư vòng và [từ vong]");
    assert_snippet("nguyên nguyễn người ngụ", "nguy*", 100, "[nguyên nguyễn] người ngụ");
    assert_snippet("Không có gì", "bão", 100, "Không có gì");
    assert_snippet("Không có gì", "", 100, "Không có gì");
    assert_snippet("", "bão", 100, "");
    assert_snippet("  a \n\n\t b\u00A0c \u3000 bão  ", "bão", 100, "a b c [bão]");
    assert_snippet("một lũ\nbão", "lũ|bão", 100, "một [lũ] [bão]");
}

static void test_dates(void **state)
{
    (void)state;
    const char *body = "Ngày 30 tháng 4 năm 1975, 30-4-1975, 30.4 và tháng 4/1975";
    assert_snippet(body, "30/4", 100, "Ngày [30 tháng 4] năm 1975, [30-4]-1975, [30.4] và tháng 4/1975");
    assert_snippet(body, "4/1975", 100, "Ngày 30 tháng 4 năm 1975, 30-4-1975, 30.4 và tháng [4/1975]");
}

/* What may stand beside the words of a text is not found among them. */
static void test_by_words(void **state)
{
    (void)state;
    static const char *const specs[] = {"bão|19|18h30|1,8", "bão|30/4", "7/2020", "năm 1975", "ng*|bão"};
    struct patterns p;
    for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
        make_patterns(&p, specs[i]);
        assert_int_equal(query_match_by_words(&p.list), i == 0);
    }
}

static void test_windows(void **state)
{
    (void)state;
    const char *body = "Một hai ba bốn năm. Sáu bảy tám chín mười. Trăm nghìn vạn triệu tỷ. Hết chuyện ở đây.";
    assert_snippet(body, "", 25, "Một hai ba bốn năm. Sáu " ELLIPSIS);
    assert_snippet(body, "", 19, "Một hai ba bốn năm.");
    assert_snippet(body, "chín", 30, "Sáu bảy tám [chín] mười. Trăm " ELLIPSIS);
    assert_snippet(body, "chín", 22, "Sáu bảy tám [chín] mười.");
    assert_snippet(body, "chín", 12, ELLIPSIS " [chín] mười.");
    assert_snippet(body, "đây", 40, ELLIPSIS " nghìn vạn triệu tỷ. Hết chuyện ở [đây].");
    assert_snippet(body, "đây", 34, "Hết chuyện ở [đây].");
    assert_snippet(body, "chuyện", 200,
                   "Một hai ba bốn năm. Sáu bảy tám chín mười. Trăm nghìn vạn triệu tỷ. Hết "
                   "[chuyện] ở đây.");
}

/* Words that are marked as one are shown together or not at all, and an ellipsis follows a word. */
static void test_ends(void **state)
{
    (void)state;
    const char *body = "Đi tàu từ Hà Nội vào Huế, rồi lại từ Huế ra Hà Nội, và mãi về sau thì thôi";
    assert_snippet(body, "hà nội", 52, "Đi tàu từ [Hà Nội] vào Huế, rồi lại từ Huế ra [Hà Nội] " ELLIPSIS);
    assert_snippet(body, "hà nội", 50, "Đi tàu từ [Hà Nội] vào Huế, rồi lại từ Huế ra " ELLIPSIS);
    assert_snippet(body, "hà|nội", 50, "Đi tàu từ [Hà Nội] vào Huế, rồi lại từ Huế ra " ELLIPSIS);
    assert_snippet(body, "tàu", 25, "Đi [tàu] từ Hà Nội vào Huế " ELLIPSIS);
    assert_snippet("Ai cũng biết (hay chưa biết?) đấy", "ai", 14, "[Ai] cũng biết " ELLIPSIS);
    assert_snippet("một hai ba Hà Nội bốn năm sáu lũ bảy tám chín mười mười một", "hà|nội|lũ", 26,
                   ELLIPSIS " [Hà Nội] bốn năm sáu [lũ] bảy " ELLIPSIS);
    assert_snippet("một hai ba Hà Nội đi xa Hà Nội lũ về bốn năm sáu bảy tám chín mười", "hà nội|lũ", 39,
                   ELLIPSIS " đi xa [Hà Nội lũ] về bốn năm sáu bảy tám " ELLIPSIS);
}

/* A window that is well filled ends with a paragraph. */
/* A match that is wider than the window is cut, however much stands between its words. */
static void test_a_wide_match(void **state)
{
    (void)state;
    static char body[3 * 10000];
    assert_snippet("Ở Hà ------- Nội mưa", "hà nội", 8, ELLIPSIS " [Hà -----] " ELLIPSIS);
    size_t n = (size_t)snprintf(body, sizeof body, "Ở Hà ");
    for (int i = 0; i < 9000; i++) {
        n += (size_t)snprintf(body + n, sizeof body - n, "—");
    }
    snprintf(body + n, sizeof body - n, " Nội mưa");
    assert_snippet(body, "hà nội", 5, ELLIPSIS " [Hà ——] " ELLIPSIS);
}

static void test_paragraphs(void **state)
{
    (void)state;
    const char *body = "Bão đã vào đất liền trưa nay\n\nẢnh: An\nMột hai ba bốn năm sáu bảy tám chín mười";
    assert_snippet(body, "bão", 45, "[Bão] đã vào đất liền trưa nay Ảnh: An");
    assert_snippet(body, "bão", 34, "[Bão] đã vào đất liền trưa nay");
    assert_snippet(body, "bão", 60, "[Bão] đã vào đất liền trưa nay Ảnh: An");
    assert_snippet(body, "bão", 70, "[Bão] đã vào đất liền trưa nay Ảnh: An Một hai ba bốn năm sáu bảy tám " ELLIPSIS);
    assert_snippet(body, "bão|một", 60, "[Bão] đã vào đất liền trưa nay Ảnh: An [Một] hai ba bốn năm sáu " ELLIPSIS);
}

/* More patterns win over more matches; then those that stand closer; then the first. */
static void test_choice(void **state)
{
    (void)state;
    const char *body = "bão bão bão x x x x x x x x x x. Bão x x x lũ x x x x x x x x x. Bão lũ y y y y y y y y y.";
    assert_snippet(body, "bão|lũ", 24, "[Bão lũ] y y y y y y y y " ELLIPSIS);
    assert_snippet(body, "bão", 24, "[bão bão bão] x x x x x x " ELLIPSIS);
    assert_snippet("a x x x x x x x x x x b b x x x x x x x x x x a", "a|b", 12, "[a] x x x x x " ELLIPSIS);
}

/* A stop after a short capital abbreviation ends no sentence. */
static void test_abbreviations(void **state)
{
    (void)state;
    assert_snippet("Aaaa bbbb cccc dddd TP. Huế mưa", "huế", 16, ELLIPSIS " dddd TP. [Huế] mưa");
    assert_snippet("Aaaa bbbb cccc dddd ra. Huế mưa", "huế", 12, "[Huế] mưa");
    assert_snippet("Aaaa bbbb cccc nói: “Đi!” Huế mưa", "huế", 12, "[Huế] mưa");
}

static void test_marks(void **state)
{
    (void)state;
    const char *text = "  Bão  lũ,\nlũ\nbão ";
    struct patterns p;
    struct trabao_mark *marks;
    size_t count;
    struct buf shown;
    make_patterns(&p, "bão|lũ");
    buf_init(&shown, 4096);
    const struct snippet_source source = source_of(text, strlen(text));
    assert_int_equal(snippet_mark_all(&source, &p.list, &marks, &count, NULL), TRABAO_OK);
    show(text, strlen(text), marks, count, &shown);
    assert_string_equal(buf_str(&shown), "  [Bão  lũ],\n[lũ]\n[bão] ");
    mem_free(marks);
    const struct snippet_patterns none = {NULL, 0};
    assert_int_equal(snippet_mark_all(&source, &none, &marks, &count, NULL), TRABAO_OK);
    assert_int_equal(count, 0);
    buf_free(&shown);
}

/* ---- brute force ----------------------------------------------------------------------------------------------- */

static bool slot_accepts(const struct snippet_slot *slot, const struct text_tokens *t, size_t i)
{
    char form[TEXT_FORM_MAX + 1];
    memcpy(form, text_form(t, i), t->items[i].form_len);
    form[t->items[i].form_len] = '\0';
    if (slot->prefix != NULL) {
        return strncmp(form, slot->prefix, strlen(slot->prefix)) == 0;
    }
    for (size_t k = 0; k < slot->form_count; k++) {
        if (strcmp(form, slot->forms[k]) == 0) {
            return true;
        }
    }
    return false;
}

struct place {
    size_t start, end, pattern;
};

/* All matches in a text without dates, where each token has a position of its own. */
static size_t find_places(const struct text_tokens *t, const struct patterns *p, struct place *out, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < t->count; i++) {
        for (size_t k = 0; k < p->list.count; k++) {
            size_t s = 0;
            while (s < p->items[k].slot_count && i + s < t->count && slot_accepts(&p->items[k].slots[s], t, i + s)) {
                s++;
            }
            if (s == p->items[k].slot_count && count < max) {
                out[count++] = (struct place){t->items[i].start, t->items[i + s - 1].end, k};
            }
        }
    }
    return count;
}

/* The greatest number of distinct patterns (all weigh 1) in at most WIDTH characters. */
static size_t most_patterns(const char *text, const struct place *places, size_t count, size_t width)
{
    size_t best = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned seen = 0;
        for (size_t k = 0; k < count; k++) {
            if (places[k].start >= places[i].start && places[k].end > places[i].start &&
                utf8_count(text + places[i].start, places[k].end - places[i].start) <= width) {
                seen |= 1U << places[k].pattern;
            }
        }
        best = MAX(best, (size_t)__builtin_popcount(seen));
    }
    return best;
}

/* True when NEEDLE is a part of TEXT in which every run of blanks is one blank. */
static bool is_part(const char *text, size_t n, const char *needle, size_t needle_len)
{
    struct buf plain;
    bool blank = false;
    buf_init(&plain, 1024 * 1024);
    for (size_t i = 0, len; i < n; i += len) {
        uint32_t c;
        len = utf8_decode(text + i, n - i, &c);
        if (letter_is_blank(c)) {
            blank = true;
            continue;
        }
        if (blank) {
            buf_append_char(&plain, ' ');
        }
        blank = false;
        buf_append(&plain, text + i, len);
    }
    const bool found = needle_len == 0 || memmem(buf_str(&plain), plain.len, needle, needle_len) != NULL;
    buf_free(&plain);
    return found;
}

static void assert_is_window(const char *body, size_t n, const struct snippet *s, size_t width)
{
    const char *text = buf_str(s->text);
    size_t len = s->text->len;
    assert_int_equal(utf8_valid_prefix(text, len), len);
    if (strncmp(text, ELLIPSIS " ", 4) == 0) {
        text += 4;
        len -= 4;
    }
    if (len >= 4 && strncmp(text + len - 4, " " ELLIPSIS, 4) == 0) {
        len -= 4;
    }
    if (!is_part(body, n, text, len)) {
        fail_msg("\"%.*s\" is no part of the text", (int)len, text);
    }
    assert_true(utf8_count(text, len) <= width);
}

static void random_text(struct buf *out, uint32_t count)
{
    static const char *const words[] = {"a", "bão", "Lũ", "quét", "c", "d", "e", "người", "Việt"};
    static const char *const gaps[] = {" ", " ", " ", "  ", "\n", ". ", ", ", "-", " “"};
    buf_clear(out);
    for (uint32_t i = 0; i < count; i++) {
        buf_append_str(out, words[random_below(ARRAY_LEN(words))]);
        buf_append_str(out, gaps[random_below(ARRAY_LEN(gaps))]);
    }
}

static void check_random(const struct buf *body, const struct patterns *p, size_t width)
{
    static struct place places[4096];
    struct text_tokens found = {0};
    struct buf text;
    struct snippet s = {.text = &text};
    buf_init(&text, 64 * 1024);
    make_snippet(buf_str(body), body->len, p, width, &s);
    assert_is_window(buf_str(body), body->len, &s, width);
    assert_int_equal(text_tokenize(analyzer, buf_str(body), body->len, &found, NULL), TRABAO_OK);
    const size_t all = find_places(&found, p, places, ARRAY_LEN(places));
    const size_t best = most_patterns(buf_str(body), places, all, width);
    assert_int_equal(text_tokenize(analyzer, buf_str(&text), text.len, &found, NULL), TRABAO_OK);
    const size_t shown = find_places(&found, p, places, ARRAY_LEN(places));
    assert_true(most_patterns(buf_str(&text), places, shown, SIZE_MAX) >= best);
    size_t mark = 0;
    for (size_t i = 0; i < shown; i++) {
        while (mark < s.mark_count && s.marks[mark].end < places[i].end) {
            mark++;
        }
        assert_true(mark < s.mark_count && s.marks[mark].start <= places[i].start);
        mark = 0;
    }
    text_tokens_free(&found);
    mem_free(s.marks);
    buf_free(&text);
}

static void test_random(void **state)
{
    (void)state;
    static const char *const specs[] = {"bão|lũ", "bão lũ|c", "a|c|d|e", "ng*|việt|lũ quét", "bão,lũ quét|d d"};
    struct buf body;
    struct patterns p;
    buf_init(&body, 64 * 1024);
    for (int i = 0; i < 3000; i++) {
        random_text(&body, 1 + random_below(120));
        make_patterns(&p, specs[random_below(ARRAY_LEN(specs))]);
        const size_t width = 20 + random_below(150);
        check_random(&body, &p, width);
        assert_same_by_words(buf_str(&body), body.len, p.slots, p.slot_count, &p.list, width);
    }
    buf_free(&body);
}

/* A byte is marked if it lies in a match, or between two that only blanks of one line separate. */
static void test_random_marks(void **state)
{
    (void)state;
    static struct place places[4096];
    struct buf body;
    struct patterns p;
    buf_init(&body, 64 * 1024);
    make_patterns(&p, "bão|lũ quét|ng*|d");
    for (int i = 0; i < 1000; i++) {
        struct text_tokens found = {0};
        struct trabao_mark *marks;
        size_t count;
        random_text(&body, 1 + random_below(200));
        const char *text = buf_str(&body);
        const struct snippet_source source = source_of(text, body.len);
        assert_int_equal(snippet_mark_all(&source, &p.list, &marks, &count, NULL), TRABAO_OK);
        assert_int_equal(text_tokenize(analyzer, text, body.len, &found, NULL), TRABAO_OK);
        const size_t all = find_places(&found, &p, places, ARRAY_LEN(places));
        char *marked = mem_zalloc(body.len + 1, 1);
        for (size_t k = 0; k < all; k++) {
            memset(marked + places[k].start, 1, places[k].end - places[k].start);
        }
        for (size_t k = 0; k < body.len; k++) {
            const size_t blanks = strspn(text + k, " ");
            if (k > 0 && marked[k - 1] && blanks > 0 && marked[k + blanks]) {
                memset(marked + k, 1, blanks);
            }
        }
        size_t from = 0;
        for (size_t k = 0; k <= count; k++) {
            const size_t start = k < count ? marks[k].start : body.len;
            const size_t end = k < count ? marks[k].end : body.len;
            for (size_t b = from; b < start; b++) {
                assert_int_equal(marked[b], 0);
            }
            for (size_t b = start; b < end; b++) {
                assert_int_equal(marked[b], 1);
            }
            from = end;
        }
        mem_free(marked);
        mem_free(marks);
        text_tokens_free(&found);
    }
    buf_free(&body);
}

/* ---- hostile input --------------------------------------------------------------------------------------------- */

static void test_bytes(void **state)
{
    (void)state;
    struct patterns p;
    make_patterns(&p, "bão|a|x1");
    for (int i = 0; i < 3000; i++) {
        char body[300];
        struct buf text;
        struct snippet s = {.text = &text};
        const size_t n = random_below(sizeof body);
        for (size_t k = 0; k < n; k++) {
            body[k] = (char)random_below(256);
        }
        for (size_t k = 0; k + 5 < n; k += 1 + random_below(40)) {
            memcpy(body + k, "bão ", 5);
        }
        buf_init(&text, 64 * 1024);
        make_snippet(body, n, &p, 1 + random_below(100), &s);
        assert_int_equal(utf8_valid_prefix(buf_str(&text), text.len), text.len);
        for (size_t k = 0; k < s.mark_count; k++) {
            assert_true(s.marks[k].start < s.marks[k].end && s.marks[k].end <= text.len);
            assert_true(k == 0 || s.marks[k - 1].end <= s.marks[k].start);
        }
        mem_free(s.marks);
        buf_free(&text);
    }
}

static void test_long_text(void **state)
{
    (void)state;
    static const char *const bricks[] = {"bão ", "bão lũ ", ") ", ")", " ", "bão", ". ", "a\n"};
    const size_t n = (size_t)1024 * 1024;
    char *body = mem_alloc(n, 1);
    struct patterns p;
    const clock_t start = clock();
    make_patterns(&p, "bão|lũ|bão bão|bão bão bão|bão bão bão bão");
    for (size_t i = 0; i < ARRAY_LEN(bricks); i++) {
        struct buf text;
        struct snippet s = {.text = &text};
        const size_t len = strlen(bricks[i]);
        for (size_t k = 0; k < n; k++) {
            body[k] = bricks[i][k % len];
        }
        buf_init(&text, 64 * 1024);
        make_snippet(body, n, &p, 250, &s);
        mem_free(s.marks);
        buf_free(&text);
    }
    assert_true(clock() - start < 10 * CLOCKS_PER_SEC);
    mem_free(body);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    struct patterns p;
    const char *body = "Một hai bão ba. Bão lũ bốn năm sáu.";
    make_patterns(&p, "bão|lũ");
    enum trabao_status status = TRABAO_NO_MEMORY;
    for (uint64_t k = 1; status != TRABAO_OK; k++) {
        struct buf text;
        struct snippet s = {.text = &text};
        buf_init(&text, 4096);
        mem_fail_at(k, true);
        const struct snippet_source source = source_of(body, strlen(body));
        status = snippet_make(&source, &p.list, 20, &s, NULL);
        mem_fail_at(0, false);
        assert_true(status == TRABAO_OK || (status == TRABAO_NO_MEMORY && s.marks == NULL));
        assert_true(k < 100);
        mem_free(s.marks);
        buf_free(&text);
    }
}

/* ---- real articles --------------------------------------------------------------------------------------------- */

/* True when each word of TEXT (N bytes) is one of FORMS. */
static bool only_forms(const char *text, size_t n, const char *const *forms, size_t count)
{
    assert_int_equal(text_tokenize(analyzer, text, n, &tokens, NULL), TRABAO_OK);
    for (size_t k = 0; k < tokens.count; k++) {
        bool any = tokens.items[k].colocated;
        for (size_t f = 0; f < count; f++) {
            any = any || (strlen(forms[f]) == tokens.items[k].form_len &&
                          memcmp(forms[f], text_form(&tokens, k), tokens.items[k].form_len) == 0);
        }
        if (!any) {
            return false;
        }
    }
    return tokens.count > 0;
}

/* A word of BODY, not a date, as the only form of SLOT. */
static void take_word(char form[TEXT_FORM_MAX + 1], const char **form_list, struct snippet_slot *slot, size_t token)
{
    while (tokens.items[token].colocated || tokens.items[token].kind == TEXT_DATE) {
        token = (token + 1) % tokens.count;
    }
    memcpy(form, text_form(&tokens, token), tokens.items[token].form_len);
    form[tokens.items[token].form_len] = '\0';
    *form_list = form;
    *slot = (struct snippet_slot){.forms = form_list, .form_count = 1};
}

/* Three words and a phrase of BODY as patterns: one must be marked, and every mark must consist of them. */
static void check_article(const char *body, size_t n)
{
    enum { FORMS = 5, PATTERNS = 4 };
    char forms[FORMS][TEXT_FORM_MAX + 1];
    const char *form_list[FORMS];
    struct snippet_slot slots[FORMS];
    struct snippet_pattern patterns[PATTERNS];
    struct buf text;
    struct snippet s = {.text = &text};
    if (text_tokenize(analyzer, body, utf8_clip(body, n, SNIPPET_TEXT_MAX), &tokens, NULL) != TRABAO_OK ||
        tokens.count < 100) {
        return;
    }
    for (size_t i = 0; i < PATTERNS; i++) {
        const size_t token = random_below((uint32_t)tokens.count);
        take_word(forms[i], &form_list[i], &slots[i], token);
        patterns[i] = (struct snippet_pattern){.slots = &slots[i], .slot_count = 1, .weight = 1 + (float)i};
        if (i == PATTERNS - 1) {
            take_word(forms[i + 1], &form_list[i + 1], &slots[i + 1], (token + 1) % tokens.count);
        }
    }
    patterns[PATTERNS - 1].slot_count = 2;
    buf_init(&text, 64 * 1024);
    const struct snippet_source source = source_of(body, n);
    const struct snippet_patterns list = {patterns, PATTERNS};
    assert_int_equal(snippet_make(&source, &list, 250, &s, NULL), TRABAO_OK);
    assert_is_window(body, n, &s, 250);
    assert_true(s.mark_count >= 1);
    for (size_t i = 0; i < s.mark_count; i++) {
        const char *mark = text.data + s.marks[i].start;
        const size_t len = s.marks[i].end - s.marks[i].start;
        if (!only_forms(mark, len, form_list, FORMS)) {
            fail_msg("\"%.*s\" is marked for \"%s\" \"%s\" \"%s\" \"%s %s\"", (int)len, mark, forms[0], forms[1],
                     forms[2], forms[3], forms[4]);
        }
    }
    assert_same_by_words(body, n, slots, FORMS, &list, 250);
    mem_free(s.marks);
    buf_free(&text);
}

static void test_articles(void **state)
{
    (void)state;
    const char *folder = getenv("TRABAO_DATA");
    char command[1024];
    snprintf(command, sizeof command, "zstdcat '%s/tuoitre2024.jsonl.zst' 2>/dev/null",
             folder != NULL ? folder : "../shared/data");
    FILE *file = popen(command, "r");
    char *line = NULL;
    size_t capacity = 0;
    size_t count = 0;
    while (file != NULL && getline(&line, &capacity, file) > 0) {
        json_t *record = json_loads(line, 0, NULL);
        json_t *body = json_object_get(record, "body");
        if (json_is_string(body)) {
            check_article(json_string_value(body), json_string_length(body));
            count++;
        }
        json_decref(record);
    }
    free(line);
    if (file != NULL) {
        pclose(file);
    }
    if (count == 0) {
        print_message("no real articles at hand\n");
        skip();
    }
}

static int close_all(void **state)
{
    text_tokens_free(&tokens);
    return close_analyzer(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),     cmocka_unit_test(test_dates),         cmocka_unit_test(test_windows),
        cmocka_unit_test(test_choice),    cmocka_unit_test(test_abbreviations), cmocka_unit_test(test_marks),
        cmocka_unit_test(test_random),    cmocka_unit_test(test_random_marks),  cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_long_text), cmocka_unit_test(test_out_of_memory), cmocka_unit_test(test_articles),
        cmocka_unit_test(test_by_words),  cmocka_unit_test(test_ends),          cmocka_unit_test(test_a_wide_match),
        cmocka_unit_test(test_paragraphs),
    };
    return cmocka_run_group_tests_name("query_snippet", tests, open_analyzer, close_all);
}
