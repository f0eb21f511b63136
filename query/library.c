/*
 * library.c - archives, readers and articles of the public interface (trabao.h); searching is in search.c.
 */
#include "query/library.h"

#include <jansson.h>

#include "archive/schema.h"
#include "base/mem.h"
#include "query/patterns.h"

#define CACHE_DEFAULT ((size_t)288 << 20)
#define HREF_PREFIX "/article/"

bool trabao_sort_from_name(const char *name, enum trabao_sort *out)
{
    static const char *const names[] = {[TRABAO_RELEVANCE] = "relevance",
                                        [TRABAO_RELEVANCE_ONLY] = "relevance-only",
                                        [TRABAO_NEWEST] = "newest",
                                        [TRABAO_OLDEST] = "oldest"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (enum trabao_sort)i;
            return true;
        }
    }
    return false;
}

static const char *const TIERS[] = {[TRABAO_EXACT] = "exact", [TRABAO_TONE] = "tone", [TRABAO_FOLDED] = "folded",
                                    [TRABAO_TIER_AUTO] = "auto"};

bool trabao_tier_from_name(const char *name, enum trabao_tier *out)
{
    for (size_t i = 0; i < ARRAY_LEN(TIERS); i++) {
        if (strcmp(name, TIERS[i]) == 0) {
            *out = (enum trabao_tier)i;
            return true;
        }
    }
    return false;
}

const char *trabao_tier_name(enum trabao_tier tier)
{
    return TIERS[tier];
}

bool trabao_total_from_name(const char *name, enum trabao_total *out)
{
    static const char *const names[] = {[TRABAO_TOTAL_EXACT] = "exact",
                                        [TRABAO_TOTAL_BOUNDED] = "bounded",
                                        [TRABAO_TOTAL_NONE] = "none"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (enum trabao_total)i;
            return true;
        }
    }
    return false;
}

/* ---- archives and readers ------------------------------------------------------------------------------------ */

enum trabao_status trabao_open(const char *path, const struct trabao_open_options *options,
                               struct trabao_archive **out, struct trabao_error *err)
{
    const size_t cache = options && options->cache_bytes ? options->cache_bytes : CACHE_DEFAULT;
    struct trabao_archive *a = mem_zalloc(1, sizeof *a);
    *out = NULL;
    if (!a) {
        return error_no_memory(err);
    }
    const enum trabao_status status = archive_open(path, cache, &a->archive, err);
    if (status == TRABAO_OK) {
        *out = a;
    } else {
        mem_free(a);
    }
    return status;
}

void trabao_close(struct trabao_archive *archive)
{
    if (archive) {
        archive_close(archive->archive);
        mem_free(archive);
    }
}

bool trabao_superseded(const struct trabao_archive *archive)
{
    return archive_superseded(archive->archive);
}

uint64_t trabao_generation(const struct trabao_archive *archive)
{
    return archive->archive->generation;
}

uint64_t trabao_article_count(const struct trabao_archive *archive)
{
    return archive->archive->count;
}

enum trabao_status trabao_reader_open(struct trabao_archive *archive, struct trabao_reader **out,
                                      struct trabao_error *err)
{
    struct trabao_reader *r = mem_zalloc(1, sizeof *r);
    *out = NULL;
    if (!r) {
        return error_no_memory(err);
    }
    enum trabao_status status = archive_reader_open(archive->archive, &r->reader, err);
    if (status == TRABAO_OK) {
        status = text_analyzer_open(&r->analyzer, err);
    }
    if (status == TRABAO_OK) {
        *out = r;
    } else {
        trabao_reader_close(r);
    }
    return status;
}

void trabao_reader_close(struct trabao_reader *r)
{
    if (r) {
        archive_reader_close(r->reader);
        text_analyzer_close(r->analyzer);
        text_tokens_free(&r->tokens);
        mem_free(r);
    }
}

uint32_t library_term(const struct lexicon *lexicon, const char *form, size_t n)
{
    char folded[TEXT_FORM_MAX];
    uint32_t t = lexicon_fold_first(lexicon, folded, text_fold(form, n, folded));
    while (t != LEXICON_NONE && !lexicon_is(lexicon, t, form, n)) {
        t = lexicon_fold_next(lexicon, t);
    }
    return t;
}

uint32_t library_articles(const struct lexicon *lexicon, const char *form, size_t n)
{
    char folded[TEXT_FORM_MAX];
    uint32_t most = 0;
    uint32_t term = lexicon_fold_first(lexicon, folded, text_fold(form, n, folded));
    for (; term != LEXICON_NONE; term = lexicon_fold_next(lexicon, term)) {
        most = MAX(most, MAX(lexicon->terms[term].articles, 1U));
    }
    return most;
}

void library_href(uint64_t key_hash, char out[HREF_MAX])
{
    snprintf(out, HREF_MAX, HREF_PREFIX "%016llx", (unsigned long long)key_hash);
}

const char *library_field(struct query_arena *arena, const struct article *article, enum article_field field)
{
    const struct article_text *text = &article->fields[field];
    return text->text ? query_arena_dup(arena, text->text, text->len) : NULL;
}

/* ---- articles ------------------------------------------------------------------------------------------------ */

struct article_memory {
    struct trabao_article article; /* first: what the caller sees */
    struct query_arena *arena;
};

void trabao_article_free(struct trabao_article *article)
{
    if (article) {
        query_arena_free(((struct article_memory *)(void *)article)->arena);
    }
}

static void fill_article(struct query_arena *arena, const struct archive_stored *stored, struct trabao_article *out)
{
    const struct article *a = &stored->article;
    char date[CIVIL_TEXT_MAX], href[HREF_MAX];
    civil_format(a->date, date);
    library_href(stored->key_hash, href);
    const char *title = library_field(arena, a, ARTICLE_TITLE);
    const char *body = library_field(arena, a, ARTICLE_BODY);
    *out = (struct trabao_article){.key = library_field(arena, a, ARTICLE_KEY),
                                   .url = library_field(arena, a, ARTICLE_URL),
                                   .title = title ? title : "",
                                   .author = library_field(arena, a, ARTICLE_AUTHOR),
                                   .source = library_field(arena, a, ARTICLE_SOURCE),
                                   .section = library_field(arena, a, ARTICLE_SECTION),
                                   .body = body ? body : "",
                                   .date = query_arena_dup(arena, date, strlen(date)),
                                   .href = query_arena_dup(arena, href, strlen(href)),
                                   .record_id = library_field(arena, a, ARTICLE_RECORD_ID),
                                   .extra = library_field(arena, a, ARTICLE_EXTRA),
                                   .reads = a->reads,
                                   .id = stored->id,
                                   .generation = a->generation};
    out->title_marked = (struct trabao_marked){.text = out->title, .len = strlen(out->title)};
    out->body_marked = (struct trabao_marked){.text = out->body, .len = strlen(out->body)};
}

/* Marks the words of QUERY in title and body. A query that cannot be read marks nothing. */
static enum trabao_status mark_article(struct trabao_reader *r, const char *query, struct query_arena *arena,
                                       struct trabao_article *article, struct trabao_error *err)
{
    struct query_patterns patterns;
    enum trabao_status status = query_patterns_of_text(r, query, &patterns, err);
    if (status == TRABAO_OK) {
        status = query_patterns_mark(r, &patterns, arena, &article->title_marked, err);
    }
    if (status == TRABAO_OK) {
        status = query_patterns_mark(r, &patterns, arena, &article->body_marked, err);
    }
    query_patterns_free(&patterns);
    archive_reader_release(r->reader);
    return status == TRABAO_USAGE ? TRABAO_OK : status;
}

static enum trabao_status article_at(struct trabao_reader *r, int64_t id, const char *query,
                                     struct trabao_article **out, struct trabao_error *err)
{
    struct archive_stored stored;
    struct query_arena *arena = query_arena_new();
    struct article_memory *memory = arena ? query_arena_alloc(arena, 1, sizeof *memory) : NULL;
    *out = NULL;
    archive_stored_init(&stored);
    enum trabao_status status = memory ? archive_read(r->reader, id, true, &stored, err) : error_no_memory(err);
    if (status == TRABAO_OK) {
        memory->arena = arena;
        fill_article(arena, &stored, &memory->article);
        if (!memory->article.key || !memory->article.date || !memory->article.href) {
            status = error_no_memory(err);
        }
    }
    if (status == TRABAO_OK && query && *query) {
        status = mark_article(r, query, arena, &memory->article, err);
    }
    archive_stored_free(&stored);
    if (status == TRABAO_OK) {
        *out = &memory->article;
    } else {
        query_arena_free(arena);
    }
    return status;
}

static enum trabao_status article_by_hash(struct trabao_reader *r, uint64_t hash, const char *query,
                                          struct trabao_article **out, struct trabao_error *err)
{
    struct archive_found found;
    *out = NULL;
    const enum trabao_status status = archive_find(r->reader, hash, &found, err);
    if (status != TRABAO_OK) {
        return status == TRABAO_NONE ? error_set(err, TRABAO_NONE, "there is no such article") : status;
    }
    return article_at(r, found.id, query, out, err);
}

enum trabao_status trabao_article_by_href_id(struct trabao_reader *reader, const char *href_id, const char *query,
                                             struct trabao_article **out, struct trabao_error *err)
{
    char *end;
    const uint64_t hash = strtoull(href_id, &end, 16);
    if (strlen(href_id) != 16 || *end || strspn(href_id, "0123456789abcdef") != 16) {
        *out = NULL;
        return error_set(err, TRABAO_NONE, "there is no such article");
    }
    return article_by_hash(reader, hash, query, out, err);
}

enum trabao_status trabao_article_by_key(struct trabao_reader *reader, const char *key, const char *query,
                                         struct trabao_article **out, struct trabao_error *err)
{
    return article_by_hash(reader, article_key_hash(key, strlen(key)), query, out, err);
}

/* ---- stats --------------------------------------------------------------------------------------------------- */

/* The day of article number I, as precisely as known. */
static void format_day(const struct archive *a, uint32_t i, char out[CIVIL_TEXT_MAX])
{
    civil_format((struct civil){a->ids[i] / ARTICLE_SLOTS, (uint8_t)MIN(a->precisions[i], CIVIL_DAY)}, out);
}

enum trabao_status trabao_stats_json(struct trabao_reader *reader, char **json, struct trabao_error *err)
{
    const struct archive *a = reader->reader->archive;
    char first[CIVIL_TEXT_MAX] = "", last[CIVIL_TEXT_MAX] = "", built[CIVIL_TEXT_MAX];
    const uint32_t dated = archive_lower_bound(a, ARTICLE_UNDATED_END);
    if (dated < a->count) {
        format_day(a, dated, first);
        format_day(a, a->count - 1, last);
    }
    civil_format((struct civil){a->built_at, CIVIL_TIME}, built);
    json_t *object = json_pack("{s:I, s:I, s:I, s:I, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:i, s:s, s:s}", "generation",
                               (json_int_t)a->generation, "articles", (json_int_t)a->count, "undated",
                               (json_int_t)dated, "removed", (json_int_t)a->removed.count, "first_date", first,
                               "last_date", last, "built_at", built,
                               "text_bytes", (json_int_t)a->text_bytes, "file_bytes", (json_int_t)a->file_bytes,
                               "words", (json_int_t)a->words, "terms", (json_int_t)a->lexicon.count, "format",
                               SCHEMA_VERSION, "text", text_version_string(), "version", TRABAO_VERSION);
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    *json = text ? mem_dup(text, strlen(text)) : NULL;
    free(text);
    return *json ? TRABAO_OK : error_no_memory(err);
}
