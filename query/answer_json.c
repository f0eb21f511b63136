/*
 * answer_json.c - what the library gives out, as the JSON objects of the HTTP interface, written straight into a
 * buffer; Jansson only reads the objects that come as text. Appends are sticky (buf.h), so that memory is asked for
 * once, at the end.
 *
 * Text is given twice: plain, with its marks as ranges of Unicode characters, and as HTML, escaped and marked.
 */
#include "query/answer_json.h"

#include <jansson.h>
#include <math.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/html_escape.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "query/abbreviate.h"
#include "query/library.h"
#include "query/parse.h"
#include "query/trabao.h"
#include "text/text.h"

#define JSON_BYTES_MAX ((size_t)512 * 1024 * 1024)
#define JSON_BYTES_USUAL 20000 /* of an answer: room that is asked for at once */
#define FOUND_MAX 8 /* words of the archive that are shown for one that is analysed */
#define DUMP_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY)

/* ---- values ---------------------------------------------------------------------------------------------------- */

/* What a character below ' ', a quotation mark or a backslash is in a string. */
static void put_escape(struct buf *out, unsigned char c)
{
    static const char letters[0x20] = {['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    const char letter = c < sizeof letters ? letters[c] : (char)c;
    if (letter != '\0') {
        buf_append(out, (const char[]){'\\', letter}, 2);
    } else {
        buf_printf(out, "\\u%04X", (unsigned)c);
    }
}

/* The inside of a string: TEXT (N bytes), which is UTF-8. */
static void put_valid(struct buf *out, const char *text, size_t n)
{
    size_t done = 0;
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_append(out, text + done, i - done);
        put_escape(out, c);
        done = i + 1;
    }
    buf_append(out, text + done, n - done);
}

/* The same for any bytes: an invalid one becomes U+FFFD, as JSON has no other way to carry it. */
static void put_inside(struct buf *out, const char *text, size_t n)
{
    for (size_t valid; n > 0; text += valid, n -= valid) {
        valid = utf8_valid_prefix(text, n);
        put_valid(out, text, valid);
        if (valid < n) {
            buf_append_str(out, UTF8_REPLACEMENT);
            valid++;
        }
    }
}

static void put_text(struct buf *out, const char *text, size_t n)
{
    buf_append_char(out, '"');
    put_inside(out, text, n);
    buf_append_char(out, '"');
}

/* null for a missing or empty string. */
static void put_optional(struct buf *out, const char *text)
{
    if (text == NULL || text[0] == '\0')
        buf_append_str(out, "null");
    else
        put_text(out, text, strlen(text));
}

static void put_integer(struct buf *out, int64_t value)
{
    char digits[24];
    char *at = digits + sizeof digits;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do
        *--at = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (value < 0)
        *--at = '-';
    buf_append(out, at, (size_t)(digits + sizeof digits - at));
}

/* VALUE with up to three decimals, and at least one, so that it stays a real number. */
static void put_real(struct buf *out, double value)
{
    const int64_t thousandths = llround(value * 1000);
    const uint64_t size = thousandths < 0 ? -(uint64_t)thousandths : (uint64_t)thousandths;
    char decimals[] = {'.', (char)('0' + size / 100 % 10), (char)('0' + size / 10 % 10), (char)('0' + size % 10)};
    size_t n = sizeof decimals;
    while (n > 2 && decimals[n - 1] == '0')
        n--;
    buf_append_str(out, thousandths < 0 ? "-" : "");
    put_integer(out, (int64_t)(size / 1000));
    buf_append(out, decimals, n);
}

static void put_boolean(struct buf *out, bool value)
{
    buf_append_str(out, value ? "true" : "false");
}

static int append_bytes(const char *bytes, size_t n, void *out)
{
    return buf_append(out, bytes, n) ? 0 : -1;
}

static void put_jansson(struct buf *out, const json_t *value)
{
    if (json_dump_callback(value, append_bytes, out, DUMP_FLAGS) != 0)
        out->failed = true;
}

/* The object that OBJECT is the text of; null when it is none. */
static void put_object_text(struct buf *out, const char *object)
{
    json_t *value = object == NULL ? NULL : json_loads(object, 0, NULL);
    if (value != NULL)
        put_jansson(out, value);
    else
        buf_append_str(out, "null");
    json_decref(value);
}

static void put_marks(struct buf *out, const struct trabao_marked *m)
{
    size_t byte = 0;
    size_t character = 0;
    buf_append_char(out, '[');
    for (size_t i = 0; i < m->mark_count; i++) {
        const size_t ends[] = {m->marks[i].start, m->marks[i].end};
        buf_append_str(out, i > 0 ? ",[" : "[");
        for (size_t k = 0; k < 2; k++) {
            character += utf8_count(m->text + byte, ends[k] - byte);
            byte = ends[k];
            buf_append_str(out, k > 0 ? "," : "");
            put_integer(out, (int64_t)character);
        }
        buf_append_char(out, ']');
    }
    buf_append_char(out, ']');
}

/* M as HTML in a string. SCRATCH is working memory. */
static void put_html(struct buf *out, const struct trabao_marked *m, struct buf *scratch)
{
    size_t done = 0;
    buf_clear(scratch);
    for (size_t i = 0; i < m->mark_count; i++) {
        html_escape(scratch, m->text + done, m->marks[i].start - done);
        buf_append_str(scratch, "<mark>");
        html_escape(scratch, m->text + m->marks[i].start, m->marks[i].end - m->marks[i].start);
        buf_append_str(scratch, "</mark>");
        done = m->marks[i].end;
    }
    html_escape(scratch, m->text + done, m->len - done);
    put_text(out, buf_str(scratch), scratch->len);
    out->failed = out->failed || buf_failed(scratch);
}

/* ---- members --------------------------------------------------------------------------------------------------- */

/* A member of the object that was begun last: NAME, which needs no escapes, in front of its value. */
static void put_key(struct buf *out, const char *name)
{
    if (out->len > 0 && out->data[out->len - 1] != '{')
        buf_append_char(out, ',');
    buf_append_char(out, '"');
    buf_append_str(out, name);
    buf_append(out, "\":", 2);
}

static void text_member(struct buf *out, const char *name, const char *text, size_t n)
{
    put_key(out, name);
    put_text(out, text, n);
}

static void string_member(struct buf *out, const char *name, const char *text)
{
    text_member(out, name, text, strlen(text));
}

static void optional_member(struct buf *out, const char *name, const char *text)
{
    put_key(out, name);
    put_optional(out, text);
}

static void integer_member(struct buf *out, const char *name, uint64_t value)
{
    put_key(out, name);
    put_integer(out, (int64_t)value);
}

static void real_member(struct buf *out, const char *name, double value)
{
    put_key(out, name);
    put_real(out, value);
}

static void boolean_member(struct buf *out, const char *name, bool value)
{
    put_key(out, name);
    put_boolean(out, value);
}

static void marks_member(struct buf *out, const char *name, const struct trabao_marked *m)
{
    put_key(out, name);
    put_marks(out, m);
}

/* An object begins; the id of its query stands in front, if there is one. */
static void begin_object(struct buf *out, const char *query_id)
{
    buf_append_char(out, '{');
    if (query_id != NULL)
        string_member(out, "query_id", query_id);
}

/* What was written, to be freed with mem_free; NULL when memory ran out. */
static char *take(struct buf *out)
{
    char *text = buf_take(out);
    buf_free(out);
    return text;
}

/* ---- answers --------------------------------------------------------------------------------------------------- */

/* One of the duplicates that stand behind a hit: where it is from and where it is found. */
static void put_duplicate(struct buf *out, const struct trabao_hit *h)
{
    buf_append_char(out, '{');
    optional_member(out, "key", h->key);
    optional_member(out, "date", h->date);
    optional_member(out, "source", h->source);
    optional_member(out, "href", h->href);
    buf_append_char(out, '}');
}

/* The members of a hit; its object is left open. */
static void begin_hit(struct buf *out, const struct trabao_hit *h, const char *query_id, struct buf *scratch)
{
    begin_object(out, query_id);
    optional_member(out, "key", h->key);
    text_member(out, "title", h->title.text, h->title.len);
    optional_member(out, "url", h->url);
    optional_member(out, "date", h->date);
    optional_member(out, "author", h->author);
    optional_member(out, "source", h->source);
    optional_member(out, "section", h->section);
    real_member(out, "score", h->score);
    string_member(out, "tier", trabao_tier_name(h->tier));
    optional_member(out, "href", h->href);
    put_key(out, "snippet");
    buf_append_char(out, '{');
    text_member(out, "text", h->snippet.text, h->snippet.len);
    marks_member(out, "marks", &h->snippet);
    buf_append_char(out, '}');
    put_key(out, "snippet_html");
    put_html(out, &h->snippet, scratch);
    put_key(out, "title_html");
    put_html(out, &h->title, scratch);
    if (h->explain != NULL) {
        put_key(out, "explain");
        put_object_text(out, h->explain);
    }
}

/* The duplicates of hit number I among the hits, if it has some. */
static void put_duplicates(struct buf *out, const struct trabao_hit *hits, size_t count, size_t i)
{
    bool any = false;
    for (size_t k = i + 1; k < count; k++) {
        if (hits[k].same_as != &hits[i])
            continue;
        if (!any)
            put_key(out, "duplicates");
        buf_append_char(out, any ? ',' : '[');
        put_duplicate(out, &hits[k]);
        any = true;
    }
    buf_append_str(out, any ? "]" : "");
}

static void put_hits(struct buf *out, const struct trabao_hit *hits, size_t count)
{
    struct buf scratch;
    bool any = false;
    buf_init(&scratch, JSON_BYTES_MAX);
    buf_append_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (hits[i].same_as != NULL)
            continue;
        buf_append_str(out, any ? "," : "");
        begin_hit(out, &hits[i], NULL, &scratch);
        put_duplicates(out, hits, count, i);
        buf_append_char(out, '}');
        any = true;
    }
    buf_append_char(out, ']');
    buf_free(&scratch);
}

static void put_strings(struct buf *out, const char *const *strings, size_t count)
{
    buf_append_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        buf_append_str(out, i > 0 ? "," : "");
        put_text(out, strings[i], strlen(strings[i]));
    }
    buf_append_char(out, ']');
}

static void put_totals(struct buf *out, const uint64_t totals[3])
{
    buf_append_char(out, '{');
    for (int i = 0; i < 3; i++)
        integer_member(out, trabao_tier_name((enum trabao_tier)i), totals[i]);
    buf_append_char(out, '}');
}

char *query_answer_json(const struct trabao_answer *a, const char *query_id)
{
    struct buf out;
    buf_init(&out, JSON_BYTES_MAX);
    (void)!buf_reserve(&out, JSON_BYTES_USUAL);
    begin_object(&out, query_id);
    string_member(&out, "query", a->query);
    string_member(&out, "understood", a->understood);
    optional_member(&out, "suggestion", a->suggestion);
    string_member(&out, "tier", trabao_tier_name(a->tier));
    boolean_member(&out, "relaxed", a->relaxed);
    put_key(&out, "warnings");
    put_strings(&out, a->warnings, a->warning_count);
    integer_member(&out, "total", a->total);
    string_member(&out, "total_relation", a->total_exact ? "eq" : "gte");
    put_key(&out, "totals_by_tier");
    put_totals(&out, a->totals_by_tier);
    real_member(&out, "took_ms", a->took_ms);
    integer_member(&out, "generation", a->generation);
    put_key(&out, "hits");
    put_hits(&out, a->hits, a->hit_count);
    optional_member(&out, "next", a->next);
    buf_append_char(&out, '}');
    return take(&out);
}

char *trabao_answer_json(const struct trabao_answer *answer)
{
    return query_answer_json(answer, NULL);
}

char *query_hit_json(const struct trabao_hit *hit, const char *query_id)
{
    struct buf out, scratch;
    buf_init(&out, JSON_BYTES_MAX);
    buf_init(&scratch, JSON_BYTES_MAX);
    begin_hit(&out, hit, query_id, &scratch);
    buf_append_char(&out, '}');
    buf_free(&scratch);
    return take(&out);
}

/* ---- articles -------------------------------------------------------------------------------------------------- */

char *trabao_article_json(const struct trabao_article *a)
{
    struct buf out;
    buf_init(&out, JSON_BYTES_MAX);
    buf_append_char(&out, '{');
    optional_member(&out, "key", a->key);
    optional_member(&out, "title", a->title);
    optional_member(&out, "url", a->url);
    optional_member(&out, "date", a->date);
    optional_member(&out, "author", a->author);
    optional_member(&out, "source", a->source);
    optional_member(&out, "section", a->section);
    string_member(&out, "body", a->body);
    put_key(&out, "reads");
    if (a->reads < 0)
        buf_append_str(&out, "null");
    else
        put_integer(&out, a->reads);
    put_key(&out, "extra");
    put_object_text(&out, a->extra);
    optional_member(&out, "href", a->href);
    integer_member(&out, "generation", a->generation);
    put_key(&out, "marks");
    buf_append_char(&out, '{');
    marks_member(&out, "title", &a->title_marked);
    marks_member(&out, "body", &a->body_marked);
    buf_append(&out, "}}", 2);
    return take(&out);
}

/*
 * The keys of an input record: `category` is what the rest of the house calls a section. Where the key is no URL it
 * is given as `id`, so that it is the key again when the record is indexed again.
 */
static const char *const RECORD_KEYS[] = {"key", "url", "title", "date", "author", "source", "category", "body"};

/* The `id` of a record, or NULL: what it had, or the key where that is no URL. */
static const char *record_id(const struct trabao_article *a)
{
    return a->record_id != NULL ? a->record_id : a->url == NULL ? a->key : NULL;
}

static bool record_has(const struct trabao_article *a, const char *key)
{
    if (strcmp(key, "id") == 0)
        return record_id(a) != NULL;
    if (strcmp(key, "reads") == 0)
        return a->reads >= 0;
    for (size_t i = 0; i < ARRAY_LEN(RECORD_KEYS); i++) {
        if (strcmp(key, RECORD_KEYS[i]) == 0)
            return true;
    }
    return false;
}

/* The members of the object EXTRA, but for those that the record has already. */
static void put_extra(struct buf *out, const struct trabao_article *a)
{
    json_t *extra = a->extra == NULL ? NULL : json_loads(a->extra, 0, NULL);
    const char *key;
    json_t *value;
    json_object_foreach(extra, key, value) {
        if (record_has(a, key))
            continue;
        buf_append_char(out, ',');
        put_text(out, key, strlen(key));
        buf_append_char(out, ':');
        put_jansson(out, value);
    }
    json_decref(extra);
}

char *query_record_json(const struct trabao_article *a)
{
    struct buf out;
    buf_init(&out, JSON_BYTES_MAX);
    buf_append_char(&out, '{');
    optional_member(&out, "key", a->key);
    optional_member(&out, "url", a->url);
    optional_member(&out, "title", a->title);
    optional_member(&out, "date", a->date);
    optional_member(&out, "author", a->author);
    optional_member(&out, "source", a->source);
    optional_member(&out, "category", a->section);
    string_member(&out, "body", a->body);
    if (record_id(a) != NULL)
        optional_member(&out, "id", record_id(a));
    if (a->reads >= 0)
        integer_member(&out, "reads", (uint64_t)a->reads);
    put_extra(&out, a);
    buf_append_char(&out, '}');
    return take(&out);
}

/* ---- analysis -------------------------------------------------------------------------------------------------- */

/* At which tier a word typed as FORM (N bytes) finds TERM. */
static enum trabao_tier tier_of(const struct lexicon *lexicon, const char *form, size_t n, uint32_t term)
{
    char typed[TEXT_FORM_MAX];
    char found[TEXT_FORM_MAX];
    const size_t found_len = lexicon->terms[term].len;
    if (found_len == n && memcmp(lexicon_form(lexicon, term), form, n) == 0)
        return TRABAO_EXACT;
    const size_t typed_len = text_fold_tone(form, n, typed);
    const size_t tone_len = text_fold_tone(lexicon_form(lexicon, term), found_len, found);
    return typed_len == tone_len && memcmp(typed, found, typed_len) == 0 ? TRABAO_TONE : TRABAO_FOLDED;
}

/* The terms that FORM finds, whatever their marks: those in most articles, these first. Returns their number. */
static size_t find_terms(const struct lexicon *lexicon, const char *form, size_t n, uint32_t terms[FOUND_MAX])
{
    size_t count = 0;
    char folded[TEXT_FORM_MAX];
    const size_t len = text_fold(form, n, folded);
    for (uint32_t t = lexicon_fold_first(lexicon, folded, len); t != LEXICON_NONE; t = lexicon_fold_next(lexicon, t)) {
        size_t i = count < FOUND_MAX ? count++ : FOUND_MAX;
        for (; i > 0 && lexicon->terms[terms[i - 1]].articles < lexicon->terms[t].articles; i--) {
            if (i < FOUND_MAX)
                terms[i] = terms[i - 1];
        }
        if (i < FOUND_MAX)
            terms[i] = t;
    }
    return count;
}

static void put_found(struct buf *out, const struct lexicon *lexicon, const char *form, size_t n)
{
    uint32_t terms[FOUND_MAX];
    const size_t count = find_terms(lexicon, form, n, terms);
    put_key(out, "found");
    buf_append_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        buf_append_str(out, i > 0 ? ",{" : "{");
        text_member(out, "form", lexicon_form(lexicon, terms[i]), lexicon->terms[terms[i]].len);
        string_member(out, "tier", trabao_tier_name(tier_of(lexicon, form, n, terms[i])));
        integer_member(out, "articles", lexicon->terms[terms[i]].articles);
        buf_append_char(out, '}');
    }
    buf_append_char(out, ']');
}

/* LEXICON may be NULL. */
static void put_token(struct buf *out, const struct text_tokens *tokens, size_t i, const struct lexicon *lexicon)
{
    static const char *const kinds[] = {[TEXT_WORD] = "word", [TEXT_NUMBER] = "number", [TEXT_DATE] = "date"};
    const struct text_token *t = &tokens->items[i];
    const char *form = text_form(tokens, i);
    char looser[TEXT_FORM_MAX];
    buf_append_char(out, '{');
    text_member(out, "form", form, t->form_len);
    text_member(out, "tone", looser, text_fold_tone(form, t->form_len, looser));
    text_member(out, "folded", looser, text_fold(form, t->form_len, looser));
    string_member(out, "kind", kinds[t->kind]);
    integer_member(out, "start", t->start);
    integer_member(out, "end", t->end);
    boolean_member(out, "colocated", t->colocated);
    boolean_member(out, "joined", t->joined);
    if (lexicon != NULL)
        put_found(out, lexicon, form, t->form_len);
    buf_append_char(out, '}');
}

/* TEXT as a query, its abbreviations and what they stand for in one: *DUMP, or NULL when it is too long for one. */
static enum trabao_status dump_query(struct trabao_reader *reader, const char *text, size_t n, char **dump,
                                     struct trabao_error *err)
{
    struct query_tree *tree = NULL;
    enum trabao_status status = query_parse(reader->analyzer, text, n, civil_now(), false, &tree, err);
    if (status == TRABAO_USAGE)
        return TRABAO_OK;
    if (status == TRABAO_OK)
        status = query_abbreviate(reader->reader->archive, tree, err);
    if (status == TRABAO_OK && (*dump = query_tree_dump(tree)) == NULL)
        status = error_no_memory(err);
    query_tree_free(tree);
    return status;
}

/* READER may be NULL. */
static char *analysis_json(const struct trabao_reader *reader, const char *text, size_t n, const char *query,
                           const struct text_tokens *tokens)
{
    const struct lexicon *lexicon = reader != NULL ? &reader->reader->archive->lexicon : NULL;
    struct buf out;
    buf_init(&out, JSON_BYTES_MAX);
    buf_append_char(&out, '{');
    text_member(&out, "text", text, n);
    optional_member(&out, "version", text_version_string());
    put_key(&out, "tokens");
    buf_append_char(&out, '[');
    for (size_t i = 0; i < tokens->count; i++) {
        buf_append_str(&out, i > 0 ? "," : "");
        put_token(&out, tokens, i, lexicon);
    }
    buf_append_char(&out, ']');
    if (reader != NULL)
        optional_member(&out, "query", query);
    buf_append_char(&out, '}');
    return take(&out);
}

enum trabao_status trabao_analyze_json(struct trabao_reader *reader, const char *text, size_t n, char **json,
                                       struct trabao_error *err)
{
    struct text_analyzer *own = NULL;
    struct text_tokens tokens = {0};
    char *query = NULL;
    *json = NULL;
    enum trabao_status status =
        reader == NULL ? text_analyzer_open(&own, err) : dump_query(reader, text, n, &query, err);
    if (status == TRABAO_OK)
        status = text_tokenize(reader != NULL ? reader->analyzer : own, text, n, &tokens, err);
    if (status == TRABAO_OK) {
        *json = analysis_json(reader, text, n, query, &tokens);
        if (*json == NULL)
            status = error_no_memory(err);
    }
    mem_free(query);
    text_tokens_free(&tokens);
    text_analyzer_close(own);
    return status;
}
