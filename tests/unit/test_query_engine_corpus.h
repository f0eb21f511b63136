/*
 * test_query_engine_corpus.h - a generated corpus and random queries over it, with an own idea of what they find.
 *
 * Texts are rows of numbers of a small vocabulary of syllables whose folded forms collide; what is given to the archive
 * is those rows written out, with capitals and punctuation. What a query finds is decided on the rows, by scanning all
 * of them; folding is ICU's decomposition without marks. Nothing here uses text/ or query/.
 */
#ifndef TRABAO_TEST_QUERY_ENGINE_CORPUS_H
#define TRABAO_TEST_QUERY_ENGINE_CORPUS_H

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "tests/unit/test_archive_support.h"

#define ARTICLES 5000
#define SYLLABLES_MAX 384
#define MASK_WORDS (SYLLABLES_MAX / 64)
#define TITLE_MAX 8
#define BODY_MAX 70
#define FORM_MAX 16
#define WHOLLY_LOOSE 3 /* no tier */

/* ---- vocabulary ---------------------------------------------------------------------------------------------- */

enum folding { AS_IS, NO_TONE, NO_MARKS };

static struct syllable {
    char form[3][FORM_MAX]; /* by enum folding */
} syllables[SYLLABLES_MAX];
static uint32_t syllable_count;
static uint32_t by_frequency[SYLLABLES_MAX]; /* a random order: the first ones are the common ones */

static bool is_tone(UChar c)
{
    return c == 0x300 || c == 0x301 || c == 0x303 || c == 0x309 || c == 0x323;
}

/* TEXT without tones or without any marks, in NFC. */
static void fold_by_icu(const char *text, enum folding folding, char out[FORM_MAX])
{
    UErrorCode code = U_ZERO_ERROR;
    UChar typed[64], apart[64], kept[64], joined[64];
    int32_t n, count = 0;
    u_strFromUTF8(typed, ARRAY_LEN(typed), &n, text, -1, &code);
    n = unorm2_normalize(unorm2_getNFDInstance(&code), typed, n, apart, ARRAY_LEN(apart), &code);
    for (int32_t i = 0; i < n; i++) {
        if (folding == NO_TONE ? !is_tone(apart[i]) : u_charType(apart[i]) != U_NON_SPACING_MARK) {
            kept[count++] = folding == NO_MARKS && apart[i] == 0x111 ? 'd' : apart[i];
        }
    }
    n = unorm2_normalize(unorm2_getNFCInstance(&code), kept, count, joined, ARRAY_LEN(joined), &code);
    u_strToUTF8(out, FORM_MAX, NULL, joined, n, &code);
    assert_true(U_SUCCESS(code));
}

static void join(const char *onset, const char *vowel, const char *tone, const char *coda, char out[FORM_MAX])
{
    UErrorCode code = U_ZERO_ERROR;
    UChar apart[64], joined[64];
    char text[64];
    int32_t n;
    snprintf(text, sizeof text, "%s%s%s%s", onset, vowel, tone, coda);
    u_strFromUTF8(apart, ARRAY_LEN(apart), &n, text, -1, &code);
    n = unorm2_normalize(unorm2_getNFCInstance(&code), apart, n, joined, ARRAY_LEN(joined), &code);
    u_strToUTF8(out, FORM_MAX, NULL, joined, n, &code);
    assert_true(U_SUCCESS(code));
}

static void make_vocabulary(void)
{
    static const char *const onsets[] = {"t", "đ", "d", "m", "l"};
    static const char *const rimes[][2] = {{"a", ""},  {"o", ""},  {"ô", ""},  {"ơ", ""},  {"u", ""},  {"ư", ""},
                                           {"a", "n"}, {"ă", "n"}, {"â", "n"}, {"o", "n"}, {"ô", "n"}, {"ơ", "n"}};
    static const char *const tones[] = {"", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"};
    for (size_t o = 0; o < ARRAY_LEN(onsets); o++) {
        for (size_t r = 0; r < ARRAY_LEN(rimes); r++) {
            for (size_t t = 0; t < ARRAY_LEN(tones); t++) {
                struct syllable *s = &syllables[syllable_count];
                join(onsets[o], rimes[r][0], tones[t], rimes[r][1], s->form[AS_IS]);
                fold_by_icu(s->form[AS_IS], NO_TONE, s->form[NO_TONE]);
                fold_by_icu(s->form[AS_IS], NO_MARKS, s->form[NO_MARKS]);
                by_frequency[syllable_count] = syllable_count;
                syllable_count++;
            }
        }
    }
    for (uint32_t i = syllable_count - 1; i > 0; i--) {
        const uint32_t j = any_below(i + 1), kept = by_frequency[i];
        by_frequency[i] = by_frequency[j];
        by_frequency[j] = kept;
    }
}

/* ---- articles ------------------------------------------------------------------------------------------------ */

static struct text {
    uint16_t title[TITLE_MAX], body[BODY_MAX];
    uint32_t title_len, body_len;
    uint64_t has[MASK_WORDS]; /* syllables of title and body */
    int precision;            /* enum civil_precision */
    int64_t from, to;         /* civil seconds of what its date names */
    uint32_t author, source;
    uint32_t number; /* in the archive */
} texts[ARTICLES];
static struct article articles[ARTICLES];
static const struct text *by_number[ARTICLES];

static const char *const AUTHORS[] = {"Tú An", "Lan Tô", "Đỗ Mận"};
static const char *const SOURCES[] = {"Báo Một", "Báo Hai"};

/* Few syllables make up most of the text, and every year has some of its own. */
static uint16_t any_syllable(int year)
{
    if (any_below(3) == 0) {
        return (uint16_t)by_frequency[((uint32_t)year * 29 + any_below(24)) % syllable_count];
    }
    uint32_t rank = syllable_count;
    for (int i = 0; i < 3; i++) {
        const uint32_t other = any_below(syllable_count);
        rank = MIN(rank, other);
    }
    return (uint16_t)by_frequency[rank * rank / syllable_count];
}

static void write_out(const uint16_t *row, uint32_t count, char *out, size_t size)
{
    size_t n = 0;
    bool begins = true;
    for (uint32_t i = 0; i < count; i++) {
        char form[FORM_MAX];
        snprintf(form, sizeof form, "%s", syllables[row[i]].form[AS_IS]);
        if (begins && form[0] != '\xc4') {
            form[0] = (char)(form[0] - 'a' + 'A');
        } else if (begins) {
            form[1] = '\x90'; /* Đ */
        }
        begins = any_below(9) == 0;
        n += (size_t)snprintf(out + n, size - n, "%s%s%s", i ? " " : "", form,
                              begins               ? "."
                              : any_below(12) == 0 ? ","
                                                   : "");
    }
}

static void date_text(struct text *t, struct article *a, int *year)
{
    const int y = 2008 + (int)any_below(12), m = 1 + (int)any_below(12), d = 1 + (int)any_below(28);
    const int64_t day = civil_from_ymd(y, m, d);
    *year = y;
    switch (any_below(10)) {
    case 0:
        t->precision = CIVIL_NONE;
        return;
    case 1:
        t->precision = CIVIL_YEAR;
        t->from = civil_from_ymd(y, 1, 1);
        t->to = civil_from_ymd(y + 1, 1, 1);
        break;
    case 2:
        t->precision = CIVIL_MONTH;
        t->from = civil_from_ymd(y, m, 1);
        t->to = m == 12 ? civil_from_ymd(y + 1, 1, 1) : civil_from_ymd(y, m + 1, 1);
        break;
    case 3:
    case 4:
        t->precision = CIVIL_TIME;
        t->from = day + any_below(86400);
        t->to = t->from + 1;
        break;
    default:
        t->precision = CIVIL_DAY;
        t->from = day;
        t->to = day + 86400;
        break;
    }
    a->date = (struct civil){.second = t->from, .precision = (uint8_t)t->precision};
}

static void make_article(uint32_t i)
{
    struct text *t = &texts[i];
    struct article *a = &articles[i];
    char text[BODY_MAX * FORM_MAX];
    int year;
    *a = (struct article){.reads = -1};
    date_text(t, a, &year);
    t->title_len = any_below(20) == 0 ? 0 : 2 + any_below(TITLE_MAX - 1);
    t->body_len = any_below(30) == 0 && t->title_len ? 0 : 1 + any_below(any_below(3) == 0 ? BODY_MAX : 24);
    for (uint32_t k = 0; k < t->title_len + t->body_len; k++) {
        const uint16_t s = any_syllable(year);
        *(k < t->title_len ? &t->title[k] : &t->body[k - t->title_len]) = s;
        t->has[s / 64] |= UINT64_C(1) << s % 64;
    }
    snprintf(text, sizeof text, "k%u", i);
    set_text(a, ARTICLE_KEY, mem_dup(text, strlen(text)));
    if (t->title_len) {
        write_out(t->title, t->title_len, text, sizeof text);
        set_text(a, ARTICLE_TITLE, mem_dup(text, strlen(text)));
    }
    text[0] = '\0';
    write_out(t->body, t->body_len, text, sizeof text);
    set_text(a, ARTICLE_BODY, mem_dup(text, strlen(text)));
    t->author = any_below(ARRAY_LEN(AUTHORS));
    t->source = any_below(ARRAY_LEN(SOURCES));
    set_text(a, ARTICLE_AUTHOR, AUTHORS[t->author]);
    set_text(a, ARTICLE_SOURCE, SOURCES[t->source]);
}

static void make_corpus(void)
{
    make_vocabulary();
    for (uint32_t i = 0; i < ARTICLES; i++) {
        make_article(i);
    }
}

static void free_corpus(void)
{
    for (uint32_t i = 0; i < ARTICLES; i++) {
        const enum article_field owned[] = {ARTICLE_KEY, ARTICLE_TITLE, ARTICLE_BODY};
        for (size_t f = 0; f < ARRAY_LEN(owned); f++) {
            mem_free((void *)(uintptr_t)articles[i].fields[owned[f]].text);
        }
    }
}

/* ---- queries ------------------------------------------------------------------------------------------------- */

enum part_kind { WORD, PHRASE, ALL, ANY };

#define PHRASE_MAX 4
#define PARTS_MAX 6
#define POOL_MAX 256

/* A word as it is typed, and the syllables that it stands for at each tier. */
struct typed {
    char form[FORM_MAX];
    bool marked, literal;
    uint64_t means[3][MASK_WORDS]; /* cumulative */
};

struct part {
    enum part_kind kind;
    bool negated, equals; /* -part, =word */
    struct typed words[PHRASE_MAX];
    size_t word_count;
    struct part *parts[PARTS_MAX];
    size_t part_count;
};

static struct part pool[POOL_MAX];
static size_t pool_used;

/* The whole query. */
struct asked {
    struct part *root;
    char text[4096];
    bool any_marked;
    bool as_typed; /* what was typed is meant, marked or not */
    bool limited;
    int64_t from, to;
    int64_t or_from, or_to; /* or in here */
};

static void type_word(struct typed *w, uint16_t syllable, enum folding loosest)
{
    *w = (struct typed){0};
    const enum folding folding = loosest == NO_MARKS ? NO_MARKS : (enum folding)(any_below(5) < 3 ? 0 : any_below(3));
    snprintf(w->form, sizeof w->form, "%s", syllables[syllable].form[folding]);
    char folded[FORM_MAX];
    fold_by_icu(w->form, NO_MARKS, folded);
    w->marked = strcmp(folded, w->form) != 0;
}

static struct part *new_part(enum part_kind kind)
{
    assert_true(pool_used < POOL_MAX);
    struct part *p = &pool[pool_used++];
    *p = (struct part){.kind = kind};
    return p;
}

/* Mostly a piece of some text, so that something is found. */
static struct part *any_phrase(enum folding loosest)
{
    struct part *p = new_part(PHRASE);
    const struct text *t = &texts[any_below(ARTICLES)];
    const bool in_title = any_below(3) == 0;
    const uint16_t *row = in_title ? t->title : t->body;
    const uint32_t n = in_title ? t->title_len : t->body_len;
    p->word_count = 2 + any_below(PHRASE_MAX - 1);
    const uint32_t start = n > p->word_count ? any_below(n - (uint32_t)p->word_count) : 0;
    for (uint32_t i = 0; i < p->word_count; i++) {
        type_word(&p->words[i], start + i < n ? row[start + i] : any_syllable(2010), loosest);
    }
    return p;
}

static struct part *any_word(enum folding loosest)
{
    struct part *p = new_part(WORD);
    p->word_count = 1;
    type_word(&p->words[0], any_syllable(2008 + (int)any_below(12)), loosest);
    p->equals = any_below(12) == 0;
    return p;
}

static struct part *any_part(unsigned depth, enum folding loosest)
{
    const uint32_t dice = any_below(10);
    if (depth == 0 || dice < 6) {
        return any_word(loosest);
    }
    if (dice < 8) {
        return any_phrase(loosest);
    }
    struct part *p = new_part(dice == 8 ? ANY : ALL);
    p->part_count = 2 + any_below(3);
    for (size_t i = 0; i < p->part_count; i++) {
        p->parts[i] = any_part(depth - 1, loosest);
        p->parts[i]->negated = p->kind == ALL && i > 0 && any_below(4) == 0;
    }
    return p;
}

static void write_part(const struct part *p, char *out, size_t size, bool outermost)
{
    size_t n = strlen(out);
    const bool single = p->kind == WORD || p->kind == PHRASE;
    n += (size_t)snprintf(out + n, size - n, "%s%s%s", p->negated ? "-" : "", p->equals ? "=" : "",
                          p->kind == PHRASE     ? "\""
                          : single || outermost ? ""
                                                : "(");
    for (size_t i = 0; i < p->word_count; i++) {
        n += (size_t)snprintf(out + n, size - n, "%s%s", i ? " " : "", p->words[i].form);
    }
    for (size_t i = 0; i < p->part_count; i++) {
        if (i) {
            n += (size_t)snprintf(out + n, size - n, "%s", p->kind == ANY ? " OR " : " ");
        }
        write_part(p->parts[i], out, size, false);
        n = strlen(out);
    }
    snprintf(out + n, size - n, "%s", p->kind == PHRASE ? "\"" : single || outermost ? "" : ")");
}

static bool has_marked(const struct part *p)
{
    bool marked = false;
    for (size_t i = 0; i < p->word_count && !p->negated; i++) {
        marked = marked || p->words[i].marked;
    }
    for (size_t i = 0; i < p->part_count && !p->negated; i++) {
        marked = marked || has_marked(p->parts[i]);
    }
    return marked;
}

/* ---- what they find ------------------------------------------------------------------------------------------ */

/* The tier at which a word stands for a syllable. */
static int tier_of_word(const struct typed *w, const struct syllable *s, bool any_marked)
{
    char tone[FORM_MAX], folded[FORM_MAX];
    if (strcmp(w->form, s->form[AS_IS]) == 0) {
        return 0;
    }
    if (w->literal || (!any_marked && w->marked)) {
        return WHOLLY_LOOSE;
    }
    fold_by_icu(w->form, NO_TONE, tone);
    fold_by_icu(w->form, NO_MARKS, folded);
    if (any_marked && strcmp(tone, s->form[NO_TONE]) == 0) {
        return 1;
    }
    return strcmp(folded, s->form[NO_MARKS]) == 0 ? 2 : WHOLLY_LOOSE;
}

static void bind_part(struct part *p, bool any_marked)
{
    bool marked = false;
    for (size_t i = 0; i < p->word_count; i++) {
        marked = marked || p->words[i].marked;
    }
    for (size_t i = 0; i < p->word_count; i++) {
        struct typed *w = &p->words[i];
        /* A phrase in quotes with marks is never widened. */
        w->literal = p->equals || (p->kind == PHRASE && any_marked && marked);
        memset(w->means, 0, sizeof w->means);
        for (uint32_t s = 0; s < syllable_count; s++) {
            for (int tier = tier_of_word(w, &syllables[s], any_marked); tier < WHOLLY_LOOSE; tier++) {
                w->means[tier][s / 64] |= UINT64_C(1) << s % 64;
            }
        }
    }
    for (size_t i = 0; i < p->part_count; i++) {
        bind_part(p->parts[i], any_marked);
    }
}

/* Some word stands for more syllables when all marks are folded than it does at TIER. */
TRABAO_UNUSED static bool widens(const struct part *p, int tier)
{
    for (size_t i = 0; i < p->word_count; i++) {
        const struct typed *w = &p->words[i];
        if (memcmp(w->means[tier], w->means[NO_MARKS], sizeof w->means[tier]) != 0) {
            return true;
        }
    }
    for (size_t i = 0; i < p->part_count; i++) {
        if (widens(p->parts[i], tier)) {
            return true;
        }
    }
    return false;
}

static bool means(const struct typed *w, int tier, uint16_t syllable)
{
    return w->means[tier][syllable / 64] >> syllable % 64 & 1;
}

static bool row_has(const struct part *p, int tier, const uint16_t *row, uint32_t n)
{
    for (uint32_t start = 0; start + p->word_count <= n; start++) {
        size_t i = 0;
        while (i < p->word_count && means(&p->words[i], tier, row[start + i])) {
            i++;
        }
        if (i == p->word_count) {
            return true;
        }
    }
    return false;
}

static bool finds(const struct part *p, const struct text *t, int tier)
{
    bool found = p->kind == ALL;
    switch (p->kind) {
    case WORD:
        for (size_t i = 0; i < MASK_WORDS; i++) {
            found = found || (t->has[i] & p->words[0].means[tier][i]);
        }
        break;
    case PHRASE:
        found = row_has(p, tier, t->title, t->title_len) || row_has(p, tier, t->body, t->body_len);
        break;
    case ALL:
        for (size_t i = 0; i < p->part_count; i++) {
            found = found && finds(p->parts[i], t, tier);
        }
        break;
    case ANY:
        for (size_t i = 0; i < p->part_count; i++) {
            found = found || finds(p->parts[i], t, tier);
        }
        break;
    }
    return found != p->negated;
}

/* An article of a month or year has all of it between FROM and TO, one of a day or moment has its beginning there. */
static bool is_between(const struct text *t, int64_t from, int64_t to)
{
    return t->from >= from && (t->precision < CIVIL_DAY ? t->to <= to : t->from < to);
}

/* The tier at which Q finds T, when tiers up to LOOSEST are looked at; WHOLLY_LOOSE when it does not. */
static int tier_found(const struct asked *q, const struct text *t, int loosest)
{
    if (q->limited && (t->precision == CIVIL_NONE || !(is_between(t, q->from, q->to) ||
                                                       is_between(t, q->or_from, q->or_to)))) {
        return WHOLLY_LOOSE;
    }
    if (!q->any_marked) {
        return finds(q->root, t, loosest) ? 2 : WHOLLY_LOOSE;
    }
    for (int tier = 0; tier <= loosest; tier++) {
        if (finds(q->root, t, tier)) {
            return tier;
        }
    }
    return WHOLLY_LOOSE;
}

/* ---- making one ---------------------------------------------------------------------------------------------- */

static void limit_by_date(struct asked *q)
{
    const int year = 2008 + (int)any_below(12), month = 1 + (int)any_below(11), day = 1 + (int)any_below(28);
    char *text = q->text + strlen(q->text);
    const size_t room = sizeof q->text - strlen(q->text);
    q->limited = true;
    switch (any_below(5)) {
    case 0:
        snprintf(text, room, " date:%d", year);
        q->from = civil_from_ymd(year, 1, 1);
        q->to = civil_from_ymd(year + 1, 1, 1);
        break;
    case 1:
        snprintf(text, room, " date:%d-%02d", year, month);
        q->from = civil_from_ymd(year, month, 1);
        q->to = civil_from_ymd(year, month + 1, 1);
        break;
    case 2:
        snprintf(text, room, " date:%d/%d/%d..%d", day, month, year, year + 2);
        q->from = civil_from_ymd(year, month, day);
        q->to = civil_from_ymd(year + 3, 1, 1);
        break;
    case 3:
        snprintf(text, room, " (after:%d-%02d OR date:%d..%d-%02d)", year + 2, month, year - 2, year, month);
        q->from = civil_from_ymd(year + 2, month, 1);
        q->to = INT64_MAX;
        q->or_from = civil_from_ymd(year - 2, 1, 1);
        q->or_to = civil_from_ymd(year, month + 1, 1);
        break;
    default:
        snprintf(text, room, " date:..%d-%02d", year, month);
        q->from = INT64_MIN;
        q->to = civil_from_ymd(year, month + 1, 1);
        break;
    }
}

/* For Q a tier was asked for: without marks, other marks are not meant. */
static void mean_as_typed(struct asked *q)
{
    q->any_marked = q->as_typed = true;
    bind_part(q->root, true);
}

static void make_query(struct asked *q)
{
    const enum folding loosest = any_below(3) == 0 ? NO_MARKS : NO_TONE;
    *q = (struct asked){0};
    pool_used = 0;
    if (any_below(5) == 0) {
        q->root = any_part(0, loosest);
    } else {
        q->root = new_part(any_below(4) == 0 ? ANY : ALL);
        q->root->part_count = 2 + any_below(PARTS_MAX - 1);
        for (size_t i = 0; i < q->root->part_count; i++) {
            const bool negated = q->root->kind == ALL && i > 0 && any_below(5) == 0;
            q->root->parts[i] = any_part(2, negated ? NO_TONE : loosest);
            q->root->parts[i]->negated = negated;
        }
    }
    q->any_marked = has_marked(q->root);
    bind_part(q->root, q->any_marked);
    write_part(q->root, q->text, sizeof q->text, true);
    if (any_below(3) == 0) {
        limit_by_date(q);
    }
}

#endif
