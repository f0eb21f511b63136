/*
 * answer_json.c - what the library gives out, as the JSON objects of the HTTP interface. Jansson builds and writes
 * them; keys stand in the order in which they are set.
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
#define FOUND_MAX 8 /* words of the archive that are shown for one that is analysed */
#define TEXT_FIRST ((size_t)24 * 1024) /* bytes that a text is tried with: ten hits take about half */
#define DUMP_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY)

/* ---- values ---------------------------------------------------------------------------------------------------- */

/* TEXT (N bytes) with U+FFFD for every invalid byte; JSON has no other way to carry it. */
static json_t *json_repaired(const char *text, size_t n)
{
    struct buf repaired;
    json_t *value = NULL;
    buf_init(&repaired, JSON_BYTES_MAX);
    for (size_t i = 0; i < n;) {
        uint32_t c;
        char bytes[4];
        i += utf8_decode(text + i, n - i, &c);
        buf_append(&repaired, bytes, utf8_encode(c, bytes));
    }
    if (!buf_failed(&repaired)) {
        value = json_stringn_nocheck(buf_str(&repaired), repaired.len);
    }
    buf_free(&repaired);
    return value;
}

static json_t *json_text(const char *text, size_t n)
{
    return utf8_valid_prefix(text, n) == n ? json_stringn_nocheck(text, n) : json_repaired(text, n);
}

/* null for a missing or empty string. */
static json_t *json_optional(const char *text)
{
    return text == NULL || text[0] == '\0' ? json_null() : json_text(text, strlen(text));
}

static json_t *json_object_text(const char *object)
{
    json_t *value = object == NULL ? NULL : json_loads(object, JSON_ALLOW_NUL, NULL);
    return value != NULL ? value : json_null();
}

/*
 * Adds VALUE, which is taken, to *ARRAY. False when memory ran out, now or in making VALUE; *ARRAY is then freed and
 * NULL.
 */
static bool add_item(json_t **array, json_t *value)
{
    if (*array != NULL && json_array_append_new(*array, value) == 0) {
        return true;
    }
    if (*array == NULL) {
        json_decref(value);
    }
    json_decref(*array);
    *array = NULL;
    return false;
}

static json_t *json_marks(const struct trabao_marked *m)
{
    json_t *marks = json_array();
    size_t byte = 0;
    size_t character = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < m->mark_count; i++) {
        const size_t ends[] = {m->marks[i].start, m->marks[i].end};
        json_int_t characters[2];
        for (size_t k = 0; k < 2; k++) {
            character += utf8_count(m->text + byte, ends[k] - byte);
            byte = ends[k];
            characters[k] = (json_int_t)character;
        }
        ok = add_item(&marks, json_pack("[II]", characters[0], characters[1]));
    }
    return marks;
}

static json_t *json_html(const struct trabao_marked *m)
{
    struct buf html;
    size_t done = 0;
    buf_init(&html, JSON_BYTES_MAX);
    for (size_t i = 0; i < m->mark_count; i++) {
        html_escape(&html, m->text + done, m->marks[i].start - done);
        buf_append_str(&html, "<mark>");
        html_escape(&html, m->text + m->marks[i].start, m->marks[i].end - m->marks[i].start);
        buf_append_str(&html, "</mark>");
        done = m->marks[i].end;
    }
    html_escape(&html, m->text + done, m->len - done);
    json_t *value = buf_failed(&html) ? NULL : json_text(buf_str(&html), html.len);
    buf_free(&html);
    return value;
}

/* ---- objects --------------------------------------------------------------------------------------------------- */

struct member {
    const char *key;
    json_t *value; /* owned; NULL when memory ran out */
};

/* The object of COUNT members, whose values it takes; NULL when memory runs out. */
static json_t *json_members(const struct member *members, size_t count)
{
    json_t *object = json_object();
    bool ok = object != NULL;
    for (size_t i = 0; i < count; i++) {
        if (ok) {
            ok = json_object_set_new_nocheck(object, members[i].key, members[i].value) == 0;
        } else {
            json_decref(members[i].value);
        }
    }
    if (ok) {
        return object;
    }
    json_decref(object);
    return NULL;
}

/* VALUE, which is freed, as text to be freed with mem_free; NULL when it is NULL or memory runs out. */
static char *json_take_text(json_t *value)
{
    struct buf out;
    buf_init(&out, JSON_BYTES_MAX);
    char *room = value ? buf_reserve(&out, TEXT_FIRST) : NULL;
    out.len = room ? json_dumpb(value, room, TEXT_FIRST, DUMP_FLAGS) : 0;
    if (out.len > TEXT_FIRST) {
        const size_t len = out.len;
        out.len = 0;
        room = buf_reserve(&out, len);
        out.len = room ? json_dumpb(value, room, len, DUMP_FLAGS) : 0;
    }
    char *text = out.len ? buf_take(&out) : NULL;
    buf_free(&out);
    json_decref(value);
    return text;
}

/* ---- answers --------------------------------------------------------------------------------------------------- */

/* One of the duplicates that stand behind a hit: where it is from and where it is found. */
static json_t *json_duplicate(const struct trabao_hit *h)
{
    const struct member members[] = {
        {"key", json_optional(h->key)},
        {"date", json_optional(h->date)},
        {"source", json_optional(h->source)},
        {"href", json_optional(h->href)},
    };
    return json_members(members, ARRAY_LEN(members));
}

static json_t *json_hit(const struct trabao_hit *h)
{
    const struct member snippet[] = {
        {"text", json_text(h->snippet.text, h->snippet.len)},
        {"marks", json_marks(&h->snippet)},
    };
    const struct member members[] = {
        {"key", json_optional(h->key)},
        {"title", json_text(h->title.text, h->title.len)},
        {"url", json_optional(h->url)},
        {"date", json_optional(h->date)},
        {"author", json_optional(h->author)},
        {"source", json_optional(h->source)},
        {"section", json_optional(h->section)},
        {"score", json_real(round(h->score * 1000) / 1000)},
        {"tier", json_string(trabao_tier_name(h->tier))},
        {"href", json_optional(h->href)},
        {"snippet", json_members(snippet, ARRAY_LEN(snippet))},
        {"snippet_html", json_html(&h->snippet)},
        {"title_html", json_html(&h->title)},
        {"explain", json_object_text(h->explain)},
    };
    return json_members(members, ARRAY_LEN(members) - (h->explain == NULL ? 1 : 0));
}

/* HIT, which is the object of hit number I, with its duplicates among the hits, if it has some. */
static json_t *with_duplicates(json_t *hit, const struct trabao_hit *hits, size_t count, size_t i)
{
    json_t *array = NULL;
    bool ok = hit != NULL;
    for (size_t k = i + 1; ok && k < count; k++) {
        if (hits[k].same_as != &hits[i]) {
            continue;
        }
        if (array == NULL) {
            array = json_array();
        }
        ok = add_item(&array, json_duplicate(&hits[k]));
    }
    if (ok && array != NULL) {
        ok = json_object_set_new_nocheck(hit, "duplicates", array) == 0;
    }
    if (ok) {
        return hit;
    }
    json_decref(hit);
    return NULL;
}

static json_t *json_hits(const struct trabao_hit *hits, size_t count)
{
    json_t *array = json_array();
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        if (hits[i].same_as == NULL) {
            ok = add_item(&array, with_duplicates(json_hit(&hits[i]), hits, count, i));
        }
    }
    return array;
}

static json_t *json_strings(const char *const *strings, size_t count)
{
    json_t *array = json_array();
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        ok = add_item(&array, json_text(strings[i], strlen(strings[i])));
    }
    return array;
}

static json_t *json_totals(const uint64_t totals[3])
{
    struct member members[3];
    for (int i = 0; i < 3; i++) {
        members[i] = (struct member){trabao_tier_name((enum trabao_tier)i), json_integer((json_int_t)totals[i])};
    }
    return json_members(members, ARRAY_LEN(members));
}

static json_t *json_answer(const struct trabao_answer *a)
{
    const struct member members[] = {
        {"query", json_text(a->query, strlen(a->query))},
        {"understood", json_text(a->understood, strlen(a->understood))},
        {"suggestion", json_optional(a->suggestion)},
        {"tier", json_string(trabao_tier_name(a->tier))},
        {"relaxed", json_boolean(a->relaxed)},
        {"warnings", json_strings(a->warnings, a->warning_count)},
        {"total", json_integer((json_int_t)a->total)},
        {"total_relation", json_string(a->total_exact ? "eq" : "gte")},
        {"totals_by_tier", json_totals(a->totals_by_tier)},
        {"took_ms", json_real(round(a->took_ms * 1000) / 1000)},
        {"generation", json_integer((json_int_t)a->generation)},
        {"hits", json_hits(a->hits, a->hit_count)},
        {"next", json_optional(a->next)},
    };
    return json_members(members, ARRAY_LEN(members));
}

/* OBJECT, which is taken, with the id of its query in front, if there is one. */
static json_t *with_query_id(json_t *object, const char *query_id)
{
    if (object == NULL || query_id == NULL) {
        return object;
    }
    const struct member id = {"query_id", json_text(query_id, strlen(query_id))};
    json_t *result = json_members(&id, 1);
    if (result != NULL && json_object_update(result, object) != 0) {
        json_decref(result);
        result = NULL;
    }
    json_decref(object);
    return result;
}

char *query_answer_json(const struct trabao_answer *answer, const char *query_id)
{
    return json_take_text(with_query_id(json_answer(answer), query_id));
}

char *trabao_answer_json(const struct trabao_answer *answer)
{
    return query_answer_json(answer, NULL);
}

char *query_hit_json(const struct trabao_hit *hit, const char *query_id)
{
    return json_take_text(with_query_id(json_hit(hit), query_id));
}

/* ---- articles -------------------------------------------------------------------------------------------------- */

char *trabao_article_json(const struct trabao_article *a)
{
    const struct member marks[] = {
        {"title", json_marks(&a->title_marked)},
        {"body", json_marks(&a->body_marked)},
    };
    const struct member members[] = {
        {"key", json_optional(a->key)},
        {"title", json_optional(a->title)},
        {"url", json_optional(a->url)},
        {"date", json_optional(a->date)},
        {"author", json_optional(a->author)},
        {"source", json_optional(a->source)},
        {"section", json_optional(a->section)},
        {"body", json_text(a->body, strlen(a->body))},
        {"reads", a->reads < 0 ? json_null() : json_integer((json_int_t)a->reads)},
        {"extra", json_object_text(a->extra)},
        {"href", json_optional(a->href)},
        {"generation", json_integer((json_int_t)a->generation)},
        {"marks", json_members(marks, ARRAY_LEN(marks))},
    };
    return json_take_text(json_members(members, ARRAY_LEN(members)));
}

/*
 * The keys of an input record: `category` is what the rest of the house calls a section. Where the key is no URL it
 * is given as `id`, so that it is the key again when the record is indexed again.
 */
static json_t *json_record(const struct trabao_article *a)
{
    const struct member members[] = {
        {"key", json_optional(a->key)},          {"url", json_optional(a->url)},
        {"title", json_optional(a->title)},      {"date", json_optional(a->date)},
        {"author", json_optional(a->author)},    {"source", json_optional(a->source)},
        {"category", json_optional(a->section)}, {"body", json_text(a->body, strlen(a->body))},
    };
    json_t *record = json_members(members, ARRAY_LEN(members));
    bool ok = record != NULL;
    const char *id = a->record_id ? a->record_id : a->url ? NULL : a->key;
    if (ok && id) {
        ok = json_object_set_new(record, "id", json_optional(id)) == 0;
    }
    if (ok && a->reads >= 0) {
        ok = json_object_set_new(record, "reads", json_integer((json_int_t)a->reads)) == 0;
    }
    if (ok) {
        return record;
    }
    json_decref(record);
    return NULL;
}

/* True when RECORD and EXTRA have no key in common; what RECORD says to be missing makes way. */
static bool set_apart(json_t *record, json_t *extra)
{
    const char *key;
    json_t *value;
    bool are_apart = true;
    json_object_foreach(extra, key, value) {
        if (json_is_null(json_object_get(record, key))) {
            json_object_del(record, key);
        }
        are_apart = are_apart && json_object_get(record, key) == NULL;
    }
    return are_apart;
}

/* RECORD, the text of an object, which is freed, with the members of EXTRA behind its own; NULL as json_take_text. */
static char *with_members(char *record, const char *extra)
{
    struct buf out;
    buf_init(&out, JSON_BYTES_MAX);
    if (record != NULL) {
        buf_append(&out, record, strlen(record) - 1);
        buf_append_char(&out, ',');
        buf_append_str(&out, strchr(extra, '{') + 1);
    }
    char *text = record != NULL ? buf_take(&out) : NULL;
    buf_free(&out);
    mem_free(record);
    return text;
}

/* Other keys come out as they went in, digit by digit, unless one of them would hide a key of the record. */
char *query_record_json(const struct trabao_article *article)
{
    json_t *record = json_record(article);
    json_t *extra = json_object_text(article->extra);
    const bool has_extra = record != NULL && json_object_size(extra) > 0;
    const bool as_it_is = has_extra && set_apart(record, extra);
    if (has_extra && !as_it_is && json_object_update_missing(record, extra) != 0) {
        json_decref(record);
        record = NULL;
    }
    json_decref(extra);
    char *text = json_take_text(record);
    return as_it_is ? with_members(text, article->extra) : text;
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

static json_t *json_found(const struct lexicon *lexicon, const char *form, size_t n)
{
    uint32_t terms[FOUND_MAX];
    const size_t count = find_terms(lexicon, form, n, terms);
    json_t *array = json_array();
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        const struct member members[] = {
            {"form", json_text(lexicon_form(lexicon, terms[i]), lexicon->terms[terms[i]].len)},
            {"tier", json_string(trabao_tier_name(tier_of(lexicon, form, n, terms[i])))},
            {"articles", json_integer(lexicon->terms[terms[i]].articles)},
        };
        ok = add_item(&array, json_members(members, ARRAY_LEN(members)));
    }
    return array;
}

/* LEXICON may be NULL. */
static json_t *json_token(const struct text_tokens *tokens, size_t i, const struct lexicon *lexicon)
{
    static const char *const kinds[] = {[TEXT_WORD] = "word", [TEXT_NUMBER] = "number", [TEXT_DATE] = "date"};
    const struct text_token *t = &tokens->items[i];
    const char *form = text_form(tokens, i);
    char tone[TEXT_FORM_MAX];
    char folded[TEXT_FORM_MAX];
    const struct member members[] = {
        {"form", json_text(form, t->form_len)},
        {"tone", json_text(tone, text_fold_tone(form, t->form_len, tone))},
        {"folded", json_text(folded, text_fold(form, t->form_len, folded))},
        {"kind", json_string(kinds[t->kind])},
        {"start", json_integer((json_int_t)t->start)},
        {"end", json_integer((json_int_t)t->end)},
        {"colocated", json_boolean(t->colocated)},
        {"joined", json_boolean(t->joined)},
        {"found", lexicon != NULL ? json_found(lexicon, form, t->form_len) : NULL},
    };
    return json_members(members, ARRAY_LEN(members) - (lexicon == NULL));
}

static json_t *json_tokens(const struct text_tokens *tokens, const struct lexicon *lexicon)
{
    json_t *array = json_array();
    bool ok = true;
    for (size_t i = 0; ok && i < tokens->count; i++) {
        ok = add_item(&array, json_token(tokens, i, lexicon));
    }
    return array;
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
        const struct member members[] = {
            {"text", json_text(text, n)},
            {"version", json_optional(text_version_string())},
            {"tokens", json_tokens(&tokens, lexicon)},
            {"query", json_optional(query)},
        };
        *json = json_take_text(json_members(members, ARRAY_LEN(members) - (reader == NULL)));
        if (*json == NULL) {
            status = error_no_memory(err);
        }
    }
    mem_free(query);
    text_tokens_free(&tokens);
    text_analyzer_close(own);
    return status;
}
