/*
 * answer_json.c - what the library gives out, as the JSON objects of the HTTP interface.
 *
 * Text is given twice: plain, with its marks as ranges of Unicode characters, and as HTML, escaped and marked. An
 * article's extra is given as it is stored, digit by digit; Jansson reads it before, as it may be damaged.
 */
#include "query/answer_json.h"

#include <jansson.h>

#include "base/civil.h"
#include "base/mem.h"
#include "query/abbreviate.h"
#include "query/json_writer.h"
#include "query/library.h"
#include "query/parse.h"
#include "query/trabao.h"
#include "text/text.h"

#define FOUND_MAX 8 /* words of the archive that are shown for one that is analysed */

/* ---- answers --------------------------------------------------------------------------------------------------- */

static void put_tier(struct json_writer *w, enum trabao_tier tier)
{
    json_put_string(w, "tier", trabao_tier_name(tier));
}

/* One of the duplicates that stand behind a hit: where it is from and where it is found. */
static void put_duplicate(struct json_writer *w, const struct trabao_hit *h)
{
    json_open_object(w, NULL);
    json_put_optional(w, "key", h->key);
    json_put_optional(w, "date", h->date);
    json_put_optional(w, "source", h->source);
    json_put_optional(w, "href", h->href);
    json_close_object(w);
}

/* The duplicates of hit number I among the hits, if it has some. */
static void put_duplicates(struct json_writer *w, const struct trabao_hit *hits, size_t count, size_t i)
{
    bool is_open = false;
    for (size_t k = i + 1; k < count; k++) {
        if (hits[k].same_as != &hits[i]) {
            continue;
        }
        if (!is_open) {
            json_open_list(w, "duplicates");
            is_open = true;
        }
        put_duplicate(w, &hits[k]);
    }
    if (is_open) {
        json_close_list(w);
    }
}

static void put_snippet(struct json_writer *w, const struct trabao_marked *snippet)
{
    json_open_object(w, "snippet");
    json_put_text(w, "text", snippet->text, snippet->len);
    json_put_marks(w, "marks", snippet);
    json_close_object(w);
}

/* The members of a hit. */
static void put_hit(struct json_writer *w, const struct trabao_hit *h)
{
    json_put_optional(w, "key", h->key);
    json_put_text(w, "title", h->title.text, h->title.len);
    json_put_optional(w, "url", h->url);
    json_put_optional(w, "date", h->date);
    json_put_optional(w, "author", h->author);
    json_put_optional(w, "source", h->source);
    json_put_optional(w, "section", h->section);
    json_put_real(w, "score", h->score);
    put_tier(w, h->tier);
    json_put_optional(w, "href", h->href);
    put_snippet(w, &h->snippet);
    json_put_html(w, "snippet_html", &h->snippet);
    json_put_html(w, "title_html", &h->title);
    if (h->explain != NULL) {
        json_put_object(w, "explain", h->explain);
    }
}

static void put_hits(struct json_writer *w, const struct trabao_hit *hits, size_t count)
{
    json_open_list(w, "hits");
    for (size_t i = 0; i < count; i++) {
        if (hits[i].same_as == NULL) {
            json_open_object(w, NULL);
            put_hit(w, &hits[i]);
            put_duplicates(w, hits, count, i);
            json_close_object(w);
        }
    }
    json_close_list(w);
}

static void put_warnings(struct json_writer *w, const struct trabao_answer *a)
{
    json_open_list(w, "warnings");
    for (size_t i = 0; i < a->warning_count; i++) {
        json_put_string(w, NULL, a->warnings[i]);
    }
    json_close_list(w);
}

static void put_totals(struct json_writer *w, const struct trabao_answer *a)
{
    json_put_integer(w, "total", (int64_t)a->total);
    json_put_string(w, "total_relation", a->total_exact ? "eq" : "gte");
    json_open_object(w, "totals_by_tier");
    for (int i = 0; i < TRABAO_TIERS; i++) {
        json_put_integer(w, trabao_tier_name((enum trabao_tier)i), (int64_t)a->totals_by_tier[i]);
    }
    json_close_object(w);
}

/* Begins an object, with the id of its query in front, if there is one. */
static void begin_with_query_id(struct json_writer *w, const char *query_id)
{
    json_begin(w);
    if (query_id != NULL) {
        json_put_string(w, "query_id", query_id);
    }
}

char *query_answer_json(const struct trabao_answer *answer, const char *query_id)
{
    struct json_writer w;
    begin_with_query_id(&w, query_id);
    json_put_string(&w, "query", answer->query);
    json_put_string(&w, "understood", answer->understood);
    json_put_optional(&w, "suggestion", answer->suggestion);
    put_tier(&w, answer->tier);
    json_put_boolean(&w, "relaxed", answer->relaxed);
    put_warnings(&w, answer);
    put_totals(&w, answer);
    json_put_real(&w, "took_ms", answer->took_ms);
    json_put_integer(&w, "generation", (int64_t)answer->generation);
    put_hits(&w, answer->hits, answer->hit_count);
    json_put_optional(&w, "next", answer->next);
    return json_end(&w);
}

char *trabao_answer_json(const struct trabao_answer *answer)
{
    return query_answer_json(answer, NULL);
}

char *query_hit_json(const struct trabao_hit *hit, const char *query_id)
{
    struct json_writer w;
    begin_with_query_id(&w, query_id);
    put_hit(&w, hit);
    return json_end(&w);
}

/* ---- articles -------------------------------------------------------------------------------------------------- */

/* The object that EXTRA is; NULL for NULL and for what is none. */
static json_t *load_extra(const char *extra)
{
    json_t *object = extra != NULL ? json_loads(extra, JSON_ALLOW_NUL, NULL) : NULL;
    if (json_is_object(object)) {
        return object;
    }
    json_decref(object);
    return NULL;
}

char *trabao_article_json(const struct trabao_article *a)
{
    struct json_writer w;
    json_t *extra = load_extra(a->extra);
    json_begin(&w);
    json_put_optional(&w, "key", a->key);
    json_put_optional(&w, "title", a->title);
    json_put_optional(&w, "url", a->url);
    json_put_optional(&w, "date", a->date);
    json_put_optional(&w, "author", a->author);
    json_put_optional(&w, "source", a->source);
    json_put_optional(&w, "section", a->section);
    json_put_string(&w, "body", a->body);
    if (a->reads < 0) {
        json_put_null(&w, "reads");
    } else {
        json_put_integer(&w, "reads", a->reads);
    }
    if (extra != NULL) {
        json_put_object(&w, "extra", a->extra);
    } else {
        json_put_null(&w, "extra");
    }
    json_put_optional(&w, "href", a->href);
    json_put_integer(&w, "generation", (int64_t)a->generation);
    json_open_object(&w, "marks");
    json_put_marks(&w, "title", &a->title_marked);
    json_put_marks(&w, "body", &a->body_marked);
    json_close_object(&w);
    json_decref(extra);
    return json_end(&w);
}

static bool is_free(const json_t *extra, const char *key)
{
    return json_object_get(extra, key) == NULL;
}

static bool is_missing(const char *text)
{
    return text == NULL || text[0] == '\0';
}

static void put_own(struct json_writer *w, const json_t *extra, const char *key, const char *text)
{
    if (is_free(extra, key)) {
        json_put_optional(w, key, text);
    }
}

/*
 * The keys of an input record: `category` is what the rest of the house calls a section. Where the key is no URL it
 * is given as `id`, so that it is the key again when the record is indexed again. What the record had under one of
 * these keys that is no field stands in EXTRA and comes out as it went in, so that the field, if there is one, was
 * under the other key that it goes by.
 */
static void put_record(struct json_writer *w, const struct trabao_article *a, const json_t *extra)
{
    const char *id = a->record_id ? a->record_id : a->url ? NULL : a->key;
    put_own(w, extra, "key", a->key);
    put_own(w, extra, "url", a->url);
    put_own(w, extra, "title", a->title);
    put_own(w, extra, "date", a->date);
    put_own(w, extra, "author", a->author);
    put_own(w, extra, "source", a->source);
    put_own(w, extra, is_free(extra, "category") || is_missing(a->section) ? "category" : "section", a->section);
    if (is_free(extra, "body")) {
        json_put_string(w, "body", a->body);
    } else if (!is_missing(a->body)) {
        put_own(w, extra, "content", a->body);
    }
    if (id != NULL) {
        put_own(w, extra, "id", id);
    }
    if (a->reads >= 0 && is_free(extra, "reads")) {
        json_put_integer(w, "reads", a->reads);
    }
}

char *query_record_json(const struct trabao_article *article)
{
    struct json_writer w;
    json_t *extra = load_extra(article->extra);
    json_begin(&w);
    put_record(&w, article, extra);
    if (json_object_size(extra) > 0) {
        json_put_members(&w, article->extra);
    }
    json_decref(extra);
    return json_end(&w);
}

/* ---- analysis -------------------------------------------------------------------------------------------------- */

/* At which tier a word typed as FORM (N bytes) finds TERM. */
static enum trabao_tier tier_of(const struct lexicon *lexicon, const char *form, size_t n, uint32_t term)
{
    char typed[TEXT_FORM_MAX];
    char found[TEXT_FORM_MAX];
    if (lexicon_is(lexicon, term, form, n)) {
        return TRABAO_EXACT;
    }
    const size_t typed_len = text_fold_tone(form, n, typed);
    const size_t tone_len = text_fold_tone(lexicon_form(lexicon, term), lexicon->terms[term].len, found);
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
            if (i < FOUND_MAX) {
                terms[i] = terms[i - 1];
            }
        }
        if (i < FOUND_MAX) {
            terms[i] = t;
        }
    }
    return count;
}

static void put_found(struct json_writer *w, const struct lexicon *lexicon, const char *form, size_t n)
{
    uint32_t terms[FOUND_MAX];
    const size_t count = find_terms(lexicon, form, n, terms);
    json_open_list(w, "found");
    for (size_t i = 0; i < count; i++) {
        json_open_object(w, NULL);
        json_put_text(w, "form", lexicon_form(lexicon, terms[i]), lexicon->terms[terms[i]].len);
        put_tier(w, tier_of(lexicon, form, n, terms[i]));
        json_put_integer(w, "articles", lexicon->terms[terms[i]].articles);
        json_close_object(w);
    }
    json_close_list(w);
}

/* LEXICON may be NULL. */
static void put_token(struct json_writer *w, const struct text_tokens *tokens, size_t i, const struct lexicon *lexicon)
{
    static const char *const kinds[] = {[TEXT_WORD] = "word", [TEXT_NUMBER] = "number", [TEXT_DATE] = "date"};
    const struct text_token *t = &tokens->items[i];
    const char *form = text_form(tokens, i);
    char looser[TEXT_FORM_MAX];
    json_open_object(w, NULL);
    json_put_text(w, "form", form, t->form_len);
    json_put_text(w, "tone", looser, text_fold_tone(form, t->form_len, looser));
    json_put_text(w, "folded", looser, text_fold(form, t->form_len, looser));
    json_put_string(w, "kind", kinds[t->kind]);
    json_put_integer(w, "start", (int64_t)t->start);
    json_put_integer(w, "end", (int64_t)t->end);
    json_put_boolean(w, "colocated", t->colocated);
    json_put_boolean(w, "joined", t->joined);
    if (lexicon != NULL) {
        put_found(w, lexicon, form, t->form_len);
    }
    json_close_object(w);
}

/* TEXT as a query, its abbreviations and what they stand for in one: *DUMP, or NULL when it is too long for one. */
static enum trabao_status dump_query(struct trabao_reader *reader, const char *text, size_t n, char **dump,
                                     struct trabao_error *err)
{
    struct query_tree *tree = NULL;
    *dump = NULL;
    const struct query_typed typed = {text, n, civil_now(), false};
    enum trabao_status status = query_parse(reader->analyzer, &typed, &tree, err);
    if (status == TRABAO_USAGE) {
        return TRABAO_OK;
    }
    if (status == TRABAO_OK) {
        status = query_abbreviate(reader->reader->archive, tree, err);
    }
    if (status == TRABAO_OK && (*dump = query_tree_dump(tree)) == NULL) {
        status = error_no_memory(err);
    }
    query_tree_free(tree);
    return status;
}

/* LEXICON is NULL where the text alone is shown, without QUERY, which is NULL too when TEXT is too long for one. */
static char *analysis(const char *text, size_t n, const struct text_tokens *tokens, const struct lexicon *lexicon,
                      const char *query)
{
    struct json_writer w;
    json_begin(&w);
    json_put_text(&w, "text", text, n);
    json_put_optional(&w, "version", text_version_string());
    json_open_list(&w, "tokens");
    for (size_t i = 0; i < tokens->count; i++) {
        put_token(&w, tokens, i, lexicon);
    }
    json_close_list(&w);
    if (lexicon != NULL) {
        json_put_optional(&w, "query", query);
    }
    return json_end(&w);
}

enum trabao_status trabao_analyze_json(struct trabao_reader *reader, const char *text, size_t n, char **json,
                                       struct trabao_error *err)
{
    struct text_analyzer *own = NULL;
    struct text_tokens tokens = {0};
    char *query = NULL;
    const struct lexicon *lexicon = reader != NULL ? &reader->reader->archive->lexicon : NULL;
    *json = NULL;
    enum trabao_status status =
        reader == NULL ? text_analyzer_open(&own, err) : dump_query(reader, text, n, &query, err);
    if (status == TRABAO_OK) {
        status = text_tokenize(reader != NULL ? reader->analyzer : own, text, n, &tokens, err);
    }
    if (status == TRABAO_OK) {
        *json = analysis(text, n, &tokens, lexicon, query);
        if (*json == NULL) {
            status = error_no_memory(err);
        }
    }
    mem_free(query);
    text_tokens_free(&tokens);
    text_analyzer_close(own);
    return status;
}
