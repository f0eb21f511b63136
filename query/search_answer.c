/*
 * search_answer.c - what an answer says: the hits with their texts and scores, warnings, the suggestion, and where the
 * next page begins. All of it lives in the arena of the answer.
 */
#include <jansson.h>

#include "base/mem.h"
#include "query/duplicates.h"
#include "query/library.h"
#include "query/patterns.h"
#include "query/search_inside.h"
#include "query/snippet.h"

#define SNIPPET_WIDTH 240    /* characters */
#define SNIPPET_CEILING 4096 /* bytes */
#define SUGGESTION_LEAST 0.5 /* probability of every word of a suggestion */
#define LEAD_WIDTH 120       /* characters of a lead that stands for a missing title */

static const char *copy_text(struct search *s, const char *text, size_t n)
{
    return query_arena_dup(s->arena, text, n);
}

/* A snippet of the body of STORED, with its marks, in the arena. */
static enum trabao_status make_snippet(struct search *s, const struct query_patterns *patterns,
                                       const struct archive_stored *stored, size_t width, struct trabao_marked *out)
{
    const struct article_text *text = &stored->article.fields[ARTICLE_BODY];
    const struct snippet_words words = {.terms = stored->terms.terms + stored->terms.title_count,
                                        .places = stored->places.items,
                                        .count = stored->places.count};
    struct buf window;
    buf_init(&window, SNIPPET_CEILING);
    struct snippet snippet = {.text = &window};
    const struct snippet_source source = {.analyzer = s->r->analyzer,
                                          .tokens = &s->r->tokens,
                                          .text = text->text ? text->text : "",
                                          .n = text->len,
                                          .words = &words};
    enum trabao_status status = snippet_make(&source, &patterns->list, width, &snippet, s->err);
    if (status == TRABAO_OK) {
        struct trabao_mark *marks = query_arena_alloc(s->arena, snippet.mark_count + 1, sizeof *marks);
        out->text = copy_text(s, buf_str(&window), window.len);
        if (!marks || !out->text) {
            status = error_no_memory(s->err);
        } else {
            out->len = window.len;
            out->marks = marks;
            out->mark_count = snippet.mark_count;
            if (snippet.mark_count) {
                memcpy(marks, snippet.marks, snippet.mark_count * sizeof *marks);
            }
        }
    }
    mem_free(snippet.marks);
    buf_free(&window);
    return status;
}

static enum trabao_status explain(struct search *s, const struct engine_hit *hit, struct trabao_hit *out)
{
    struct engine_parts parts = {0};
    const enum trabao_status status = engine_explain(s->r->reader, s->plan, &s->options, hit->article, &parts, s->err);
    if (status != TRABAO_OK) {
        return status;
    }
    const bool second_stage = (size_t)(hit - s->hits) < s->ranked_count && hit->pairs;
    const uint32_t pairs = second_stage ? hit->pairs - 1 : search_by_relevance(s) ? parts.estimate : 0;
    json_t *object = json_pack("{s:s, s:f, s:f, s:f}", "tier", trabao_tier_name((enum trabao_tier)hit->tier), "words",
                               parts.words / (double)ENGINE_POINT, "recency", parts.recency / (double)ENGINE_POINT,
                               "adjacency", pairs / (double)ENGINE_POINT);
    if (object && s->plan->relaxed) {
        json_object_set_new(object, "all_words", json_real(parts.all_words / (double)ENGINE_POINT));
    }
    char *text = object ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
    json_decref(object);
    out->explain = text ? copy_text(s, text, strlen(text)) : NULL;
    free(text);
    return out->explain ? TRABAO_OK : error_no_memory(s->err);
}

static enum trabao_status fill_texts(struct search *s, const struct query_patterns *patterns,
                                     const struct archive_stored *stored, struct trabao_hit *out)
{
    const char *title = library_field(s->arena, &stored->article, ARTICLE_TITLE);
    enum trabao_status status;
    if (title && *title) {
        out->title = (struct trabao_marked){.text = title, .len = strlen(title)};
        status = query_patterns_mark(s->r, patterns, s->arena, &out->title, s->err);
    } else {
        const struct query_patterns none = {0};
        status = make_snippet(s, &none, stored, LEAD_WIDTH, &out->title);
    }
    return status == TRABAO_OK ? make_snippet(s, patterns, stored, SNIPPET_WIDTH, &out->snippet) : status;
}

static enum trabao_status fill_hit(struct search *s, const struct query_patterns *patterns,
                                   const struct engine_hit *hit, struct archive_stored *stored, struct trabao_hit *out)
{
    char date[CIVIL_TEXT_MAX], href[HREF_MAX];
    const int64_t id = s->r->reader->archive->ids[hit->article];
    enum trabao_status status = archive_read(s->r->reader, id, !s->request->bare, stored, s->err);
    if (status == TRABAO_NONE) {
        return error_set(s->err, TRABAO_DATA, "article %lld is missing from the archive; reindex", (long long)id);
    }
    if (status != TRABAO_OK) {
        return status;
    }
    const struct article *a = &stored->article;
    library_href(stored->key_hash, href);
    *out = (struct trabao_hit){.key = library_field(s->arena, a, ARTICLE_KEY),
                               .url = library_field(s->arena, a, ARTICLE_URL),
                               .author = library_field(s->arena, a, ARTICLE_AUTHOR),
                               .source = library_field(s->arena, a, ARTICLE_SOURCE),
                               .section = library_field(s->arena, a, ARTICLE_SECTION),
                               .date = copy_text(s, date, civil_format(a->date, date)),
                               .href = copy_text(s, href, strlen(href)),
                               .score = hit->score / (double)ENGINE_POINT,
                               .tier = (enum trabao_tier)hit->tier,
                               .id = id};
    if (!out->key || !out->date || !out->href) {
        return error_no_memory(s->err);
    }
    status = s->request->bare ? TRABAO_OK : fill_texts(s, patterns, stored, out);
    return status == TRABAO_OK && s->request->explain ? explain(s, hit, out) : status;
}

static enum trabao_status fill_hits(struct search *s)
{
    struct query_patterns patterns[TRABAO_TIERS] = {0}; /* by tier; made when a hit needs them */
    struct archive_stored stored;
    const size_t count = MIN(s->limit, s->count - s->first);
    struct trabao_hit *hits = query_arena_alloc(s->arena, count + 1, sizeof *hits);
    archive_stored_init(&stored);
    enum trabao_status status = hits ? TRABAO_OK : error_no_memory(s->err);
    for (size_t i = 0; status == TRABAO_OK && i < count; i++) {
        const struct engine_hit *hit = &s->hits[s->first + i];
        if (!patterns[hit->tier].arena) {
            status = query_patterns_of_plan(&s->r->reader->archive->lexicon, s->plan, hit->tier, &patterns[hit->tier],
                                            s->err);
        }
        if (status == TRABAO_OK) {
            status = fill_hit(s, &patterns[hit->tier], hit, &stored, &hits[i]);
        }
    }
    if (status == TRABAO_OK && s->request->fold_duplicates) {
        duplicates_fold(hits, count);
    }
    s->answer->hits = hits;
    s->answer->hit_count = count;
    for (size_t t = 0; t < ARRAY_LEN(patterns); t++) {
        query_patterns_free(&patterns[t]);
    }
    archive_stored_free(&stored);
    return status;
}

/* Where the page after this one begins. */
static enum trabao_status fill_next(struct search *s)
{
    const size_t end = s->first + s->answer->hit_count;
    if (end >= s->count) {
        return TRABAO_OK;
    }
    /* Behind the ranked articles the first stage's scores count: those of the last ranked one have been changed. */
    const bool scored = s->continued && s->cursor.stage == CURSOR_SCORED;
    const bool at_border = search_by_relevance(s) && !scored && end == s->ranked;
    const struct engine_hit *last = at_border ? &s->ranked_last : &s->hits[end - 1];
    struct cursor next = {.tightest = (uint8_t)s->limits.tightest,
                          .loosest = (uint8_t)s->limits.loosest,
                          .relaxed = s->answer->relaxed,
                          .search = cursor_search(s->request),
                          .score = last->score,
                          .tier = last->tier,
                          .id = s->r->reader->archive->ids[last->article],
                          .stage = CURSOR_DATED};
    if (search_by_relevance(s)) {
        const bool inside = !scored && end < s->ranked;
        next.stage = inside ? CURSOR_RANKED : CURSOR_SCORED;
        next.offset = inside ? (uint32_t)end : 0;
    }
    char text[CURSOR_MAX];
    cursor_write(&next, text);
    s->answer->next = copy_text(s, text, strlen(text));
    return s->answer->next ? TRABAO_OK : error_no_memory(s->err);
}

/* MEANT, what the words of the query may be slips of, with its marks put back if none were typed. */
static enum trabao_status suggest_meant(struct search *s, const char *meant, char **out)
{
    const struct archive *archive = s->r->reader->archive;
    const struct query_typed typed = {meant, strlen(meant), civil_now(), false};
    struct query_tree *tree = NULL;
    struct readings readings = {0};
    char *restored = NULL;
    TRY(query_parse(s->r->analyzer, &typed, &tree, s->err));
    enum trabao_status status = TRABAO_OK;
    if (!tree->any_marked) {
        const struct stand_rule rule = {&archive->lexicon, false, TRABAO_FOLDED};
        status = readings_weigh(archive, tree, &rule, s->arena, &readings, s->err);
    }
    if (status == TRABAO_OK) {
        status = readings_restore(&readings, SUGGESTION_LEAST, &restored, s->err);
    }
    query_tree_free(tree);
    *out = restored ? restored : query_arena_dup(s->arena, meant, typed.n);
    return status == TRABAO_OK && !*out ? error_no_memory(s->err) : status;
}

static enum trabao_status suggest(struct search *s)
{
    const struct readings *readings = s->offered ? s->offered : s->limits.readings;
    char *suggestion = NULL;
    enum trabao_status status = TRABAO_OK;
    if (s->tree->meant) {
        status = suggest_meant(s, s->tree->meant, &suggestion);
    } else if (readings) {
        status = readings_restore(readings, SUGGESTION_LEAST, &suggestion, s->err);
    }
    s->answer->suggestion = suggestion;
    return status;
}

/* The warnings of the query, and of the rest of the request. */
static enum trabao_status fill_warnings(struct search *s)
{
    const struct query_tree *tree = s->tree;
    char *const *typed = s->request->english ? tree->warnings_english : tree->warnings;
    const char **warnings = query_arena_alloc(s->arena, tree->warning_count + s->warning_count + 1, sizeof *warnings);
    if (!warnings) {
        return error_no_memory(s->err);
    }
    for (size_t i = 0; i < tree->warning_count; i++) {
        warnings[i] = copy_text(s, typed[i], strlen(typed[i]));
        if (!warnings[i]) {
            return error_no_memory(s->err);
        }
    }
    for (size_t i = 0; i < s->warning_count; i++) {
        warnings[tree->warning_count + i] = s->warnings[i];
    }
    s->answer->warnings = warnings;
    s->answer->warning_count = tree->warning_count + s->warning_count;
    return TRABAO_OK;
}

enum trabao_status search_fill_answer(struct search *s)
{
    struct trabao_answer *a = s->answer;
    a->generation = s->r->reader->archive->generation;
    a->query = copy_text(s, s->request->query ? s->request->query : "", s->request->query_len);
    a->understood = copy_text(s, s->tree->understood, strlen(s->tree->understood));
    if (!a->query || !a->understood) {
        return error_no_memory(s->err);
    }
    TRY(fill_warnings(s));
    TRY(suggest(s));
    TRY(fill_hits(s));
    return fill_next(s);
}
