/*
 * search.c - trabao_search: from a request to a page of hits.
 *
 * The query is read and bound to the archive at the tightest tier. While fewer than ENOUGH articles match, or, of a
 * long query without marks, have the words that are likely meant, a long one is relaxed, and then any is widened tier
 * by tier. Ranking has two stages: the best adjacency_articles by BM25F are ranked anew by adjacency and come first,
 * the rest follow in BM25F order.
 */
#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "query/abbreviate.h"
#include "query/adjacency.h"
#include "query/cursor.h"
#include "query/duplicates.h"
#include "query/engine.h"
#include "query/library.h"
#include "query/patterns.h"
#include "query/read.h"
#include "query/snippet.h"

#define ENOUGH 10          /* a query with so many articles is not widened */
#define LIMIT_DEFAULT 10
#define RELAX_WORDS 5      /* queries of so many words may be relaxed */
#define SNIPPET_WIDTH 240  /* characters */
#define SNIPPET_CEILING 4096
#define SUGGESTION_LEAST 0.5 /* probability of every word of a suggestion */
#define LEAD_WIDTH 120     /* characters of a lead that stands for a missing title */

struct answer_memory {
    struct trabao_answer answer; /* first: what the caller sees */
    struct query_arena *arena;
};

struct search {
    struct trabao_reader *r;
    const struct trabao_request *request;
    struct trabao_answer *answer;
    struct query_arena *arena;
    struct query_tree *tree;
    struct plan *plan;
    struct adjacency *adjacency;
    struct plan_limits limits;
    struct readings readings; /* of the words, when none has marks */
    struct engine_options options;
    struct cursor cursor;
    bool continued; /* the request has a cursor */
    size_t limit; /* one hit more is looked for, to know whether another page follows */
    struct engine_hit hits[ADJACENCY_ARTICLES + TRABAO_LIMIT_MAX + 1];
    size_t ranked;       /* articles that the second stage ranks, */
    size_t ranked_count; /* and those that it has ranked: the first of hits */
    size_t first, count; /* the page inside hits */
    size_t known;        /* articles that match, if all were seen; else SIZE_MAX */
    struct engine_hit ranked_last; /* the last of the ranked articles, as the first stage scored it */
    struct trabao_error *err;
};

static bool by_relevance(const struct search *s)
{
    return s->request->sort == TRABAO_RELEVANCE || s->request->sort == TRABAO_RELEVANCE_ONLY;
}

/* ---- reading the request ------------------------------------------------------------------------------------- */

/* FROM and TO of the request, on top of what the query says. */
static enum trabao_status limit_dates(struct search *s)
{
    const char *const bounds[] = {s->request->from, s->request->to};
    struct query_dates *dates = &s->limits.dates;
    *dates = s->tree->dates;
    if (!dates->limited) {
        dates->from = INT64_MIN;
        dates->to = INT64_MAX;
    }
    for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
        int64_t from, to;
        if (!bounds[i] || !*bounds[i]) {
            continue;
        }
        if (!query_parse_dates(bounds[i], strlen(bounds[i]), civil_now(), &from, &to)) {
            return error_set(s->err, TRABAO_USAGE, "%s: \"%.64s\" is no date; write 2020-07-20, 20/7/2020 or 2020-07",
                             i ? "to" : "from", bounds[i]);
        }
        dates->limited = true;
        if (i == 0) {
            dates->from = MAX(dates->from, from);
        } else {
            dates->to = MIN(dates->to, to);
        }
    }
    return TRABAO_OK;
}

static enum trabao_status read_request(struct search *s)
{
    const struct trabao_request *q = s->request;
    enum trabao_status status =
        query_read(s->r, q->query ? q->query : "", q->query_len, civil_now(), q->strict, &s->tree, s->err);
    if (status == TRABAO_OK) {
        status = limit_dates(s);
    }
    if (status != TRABAO_OK) {
        return status;
    }
    if (!s->tree->any_marked) {
        status = readings_weigh(s->r->reader->archive, s->tree, s->arena, &s->readings, s->err);
        s->limits.readings = &s->readings;
    }
    /* The readings are of the words as they were typed. */
    if (status == TRABAO_OK) {
        status = query_abbreviate(s->r->reader->archive, s->tree, s->err);
    }
    s->limits.author = q->author;
    s->limits.source = q->source;
    s->limits.section = q->section;
    s->limits.name = q->name;
    s->limit = (size_t)(q->limit == 0 ? LIMIT_DEFAULT : MIN(MAX(q->limit, 1), TRABAO_LIMIT_MAX));
    s->continued = q->cursor && *q->cursor;
    if (s->continued) {
        const bool fits = cursor_read(q->cursor, &s->cursor) && (s->cursor.stage == CURSOR_DATED) != by_relevance(s);
        if (!fits) {
            return error_set(s->err, TRABAO_USAGE, "cursor: not one that an answer to this search gave");
        }
    }
    s->options = (struct engine_options){
        .recency = q->sort == TRABAO_RELEVANCE,
        .expired = library_expired,
        .context = s->r,
        .has_phrases = adjacency_has_phrases};
    return status;
}

/* ---- finding ------------------------------------------------------------------------------------------------- */

static enum trabao_status bind(struct search *s, enum trabao_tier loosest, bool relaxed)
{
    adjacency_close(s->adjacency);
    plan_free(s->plan);
    s->adjacency = NULL;
    s->plan = NULL;
    impact_release(s->r->reader->impacts);
    s->limits.loosest = loosest;
    s->limits.relax = relaxed;
    s->answer->relaxed = relaxed;
    enum trabao_status status = plan_make(s->r->reader, s->r->analyzer, s->tree, &s->limits, &s->plan, s->err);
    if (status == TRABAO_OK) {
        s->answer->tier = s->plan->loosest;
        s->ranked = adjacency_articles(s->plan);
        status = adjacency_open(s->r->reader, s->plan, &s->adjacency, s->err);
        s->options.phrases = s->adjacency;
    }
    return status;
}

/* The articles that the second stage ranks; all that match, if they are fewer. */
static enum trabao_status find_ranked(struct search *s)
{
    size_t found;
    const enum trabao_status status =
        engine_best(s->r->reader, s->plan, &s->options, s->ranked, s->hits, &found, s->err);
    s->count = found;
    s->known = found < s->ranked ? found : SIZE_MAX;
    return status;
}

static enum trabao_status find_dated(struct search *s)
{
    const struct archive *a = s->r->reader->archive;
    const size_t wanted = MAX(s->limit + 1, (size_t)ENOUGH);
    const uint32_t start = s->continued ? archive_lower_bound(a, s->cursor.id) : UINT32_MAX;
    size_t found;
    const enum trabao_status status =
        engine_by_date(s->r->reader, s->plan, &s->options, s->request->sort == TRABAO_NEWEST, start,
                       wanted, s->hits, &found, s->err);
    s->count = found;
    s->known = !s->continued && found < wanted ? found : SIZE_MAX;
    return status;
}

static enum trabao_status find(struct search *s)
{
    return by_relevance(s) ? find_ranked(s) : find_dated(s);
}

static bool may_relax(const struct search *s)
{
    const struct query_node *root = s->tree->root;
    size_t words = 0;
    for (size_t i = 0; root && root->kind == QUERY_AND && i < root->child_count; i++) {
        words += root->children[i]->kind != QUERY_NOT;
    }
    return !s->request->strict && words >= RELAX_WORDS;
}

/*
 * Whether enough articles have all the words. One that has each of many words, but in readings that are hardly meant,
 * is as good as none: of a long query without marks only those count that have them as they are likely meant.
 */
static enum trabao_status find_enough(struct search *s, bool relaxed, bool *enough)
{
    size_t meant;
    enum trabao_status status = find(s);
    *enough = s->count >= ENOUGH;
    if (status == TRABAO_OK && *enough && !relaxed && by_relevance(s) && !s->tree->any_marked && may_relax(s)) {
        status = adjacency_count_meant(s->adjacency, s->hits, s->count, &meant, s->err);
        *enough = meant >= ENOUGH;
    }
    return status;
}

/*
 * Finds at the tightest tier, and looks further while there is too little. A long query first does without some of its
 * words: of many words with their marks one is sooner missing than meant otherwise. A short one is widened by tiers.
 */
static enum trabao_status find_widening(struct search *s)
{
    const enum trabao_tier asked = s->request->tier;
    enum trabao_tier tier = asked != TRABAO_TIER_AUTO ? asked : s->tree->any_marked ? TRABAO_EXACT : TRABAO_FOLDED;
    bool relaxed = false, enough = false;
    enum trabao_status status = bind(s, tier, relaxed);
    if (status == TRABAO_OK) {
        status = find_enough(s, relaxed, &enough);
    }
    while (status == TRABAO_OK && !enough) {
        if (!relaxed && may_relax(s)) {
            relaxed = true;
        } else if (asked == TRABAO_TIER_AUTO && tier < TRABAO_FOLDED && s->tree->any_open && s->plan->widens) {
            tier++;
        } else {
            break;
        }
        status = bind(s, tier, relaxed);
        if (status == TRABAO_OK) {
            status = find_enough(s, relaxed, &enough);
        }
    }
    return status;
}

/* The page inside the ranked articles, filled up from behind them. */
static enum trabao_status page_ranked(struct search *s)
{
    if (s->count) {
        s->ranked_last = s->hits[s->count - 1];
    }
    const bool more = s->known == SIZE_MAX;
    s->first = MIN(s->continued ? s->cursor.offset : 0, s->count);
    s->ranked_count = s->count;
    enum trabao_status status = adjacency_rank(s->adjacency, s->hits, s->count, s->first + s->limit, s->err);
    if (status != TRABAO_OK || !more || s->count - s->first > s->limit) {
        return status;
    }
    size_t found;
    s->options.after = &s->ranked_last;
    status = engine_best(s->r->reader, s->plan, &s->options, s->limit + 1 - (s->count - s->first), s->hits + s->count,
                         &found, s->err);
    s->options.after = NULL;
    s->count += found;
    return status;
}

static enum trabao_status page_scored(struct search *s)
{
    const struct archive *a = s->r->reader->archive;
    const struct engine_hit last = {
        .score = s->cursor.score, .tier = s->cursor.tier, .article = archive_lower_bound(a, s->cursor.id)};
    s->options.after = &last;
    const enum trabao_status status =
        engine_best(s->r->reader, s->plan, &s->options, s->limit + 1, s->hits, &s->count, s->err);
    s->options.after = NULL;
    s->known = SIZE_MAX;
    return status;
}

static enum trabao_status find_page(struct search *s)
{
    enum trabao_status status;
    if (!s->continued) {
        status = find_widening(s);
    } else {
        status = bind(s, (enum trabao_tier)s->cursor.loosest, s->cursor.relaxed);
        if (status == TRABAO_OK && s->cursor.stage != CURSOR_SCORED) {
            status = find(s);
        }
    }
    if (status == TRABAO_OK && by_relevance(s)) {
        status = s->continued && s->cursor.stage == CURSOR_SCORED ? page_scored(s) : page_ranked(s);
    }
    return status;
}

static enum trabao_status count_all(struct search *s)
{
    struct trabao_answer *a = s->answer;
    a->total_exact = true;
    if (s->known != SIZE_MAX) {
        for (size_t i = 0; i < s->known; i++) {
            a->totals_by_tier[s->hits[i].tier]++;
        }
    } else if (s->request->total == TRABAO_TOTAL_EXACT) {
        const enum trabao_status status =
            engine_count(s->r->reader, s->plan, &s->options, a->totals_by_tier, s->err);
        if (status == TRABAO_TIMEOUT) {
            /* The page stands; only how many more there are is not known. */
            a->total_exact = false;
            a->totals_by_tier[0] = a->totals_by_tier[1] = a->totals_by_tier[2] = 0;
        } else if (status != TRABAO_OK) {
            return status;
        }
    } else {
        a->total_exact = false;
    }
    a->total = a->totals_by_tier[0] + a->totals_by_tier[1] + a->totals_by_tier[2];
    if (!a->total_exact) {
        a->total = s->count;
    }
    return TRABAO_OK;
}

/* ---- the answer ---------------------------------------------------------------------------------------------- */

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
    enum trabao_status status = snippet_make(s->r->analyzer, &s->r->tokens, text->text ? text->text : "", text->len,
                                             &words, patterns->items, patterns->count, width, &snippet, s->err);
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
    const uint32_t pairs = second_stage ? hit->pairs - 1 : by_relevance(s) ? parts.estimate : 0;
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
    enum trabao_status status = archive_read(s->r->reader, id, true, stored, s->err);
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
    status = fill_texts(s, patterns, stored, out);
    return status == TRABAO_OK && s->request->explain ? explain(s, hit, out) : status;
}

static enum trabao_status fill_hits(struct search *s)
{
    struct query_patterns patterns[TRABAO_FOLDED + 1] = {0}; /* by tier; made when a hit needs them */
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
    const bool at_border = by_relevance(s) && !scored && end == s->ranked;
    const struct engine_hit *last = at_border ? &s->ranked_last : &s->hits[end - 1];
    struct cursor next = {.loosest = (uint8_t)s->plan->loosest,
                          .relaxed = s->answer->relaxed,
                          .score = last->score,
                          .tier = last->tier,
                          .id = s->r->reader->archive->ids[last->article],
                          .stage = CURSOR_DATED};
    if (by_relevance(s)) {
        const bool inside = !scored && end < s->ranked;
        next.stage = inside ? CURSOR_RANKED : CURSOR_SCORED;
        next.offset = inside ? (uint32_t)end : 0;
    }
    char text[CURSOR_MAX];
    cursor_write(&next, text);
    s->answer->next = copy_text(s, text, strlen(text));
    return s->answer->next ? TRABAO_OK : error_no_memory(s->err);
}

static enum trabao_status suggest(struct search *s)
{
    char *suggestion;
    const enum trabao_status status =
        readings_restore(&s->readings, s->r->reader->archive, s->tree->text, s->tree->text_len, SUGGESTION_LEAST,
                         s->arena, &suggestion, s->err);
    s->answer->suggestion = suggestion;
    return status;
}

static enum trabao_status fill_answer(struct search *s)
{
    struct trabao_answer *a = s->answer;
    const struct query_tree *tree = s->tree;
    a->generation = s->r->reader->archive->generation;
    a->query = copy_text(s, s->request->query ? s->request->query : "", s->request->query_len);
    a->understood = copy_text(s, tree->understood, strlen(tree->understood));
    const char **warnings = query_arena_alloc(s->arena, tree->warning_count + 1, sizeof *warnings);
    if (!a->query || !a->understood || !warnings) {
        return error_no_memory(s->err);
    }
    for (size_t i = 0; i < tree->warning_count; i++) {
        const char *warning = s->request->english ? tree->warnings_english[i] : tree->warnings[i];
        warnings[i] = copy_text(s, warning, strlen(warning));
        if (!warnings[i]) {
            return error_no_memory(s->err);
        }
    }
    a->warnings = warnings;
    a->warning_count = tree->warning_count;
    enum trabao_status status = suggest(s);
    if (status == TRABAO_OK) {
        status = count_all(s);
    }
    if (status == TRABAO_OK) {
        status = fill_hits(s);
    }
    return status == TRABAO_OK ? fill_next(s) : status;
}

enum trabao_status trabao_search(struct trabao_reader *reader, const struct trabao_request *request,
                                 struct trabao_answer **out, struct trabao_error *err)
{
    const double started = clock_ms();
    *out = NULL;
    struct query_arena *arena = query_arena_new();
    struct answer_memory *memory = arena ? query_arena_alloc(arena, 1, sizeof *memory) : NULL;
    struct search *s = arena ? query_arena_alloc(arena, 1, sizeof *s) : NULL;
    if (!memory || !s) {
        query_arena_free(arena);
        return error_no_memory(err);
    }
    memory->arena = arena;
    *s = (struct search){.r = reader, .request = request, .answer = &memory->answer, .arena = arena, .err = err};
    reader->deadline_ms = request->deadline_ms > 0 ? started + request->deadline_ms : 0;
    enum trabao_status status = read_request(s);
    if (status == TRABAO_OK) {
        status = find_page(s);
    }
    if (status == TRABAO_OK) {
        status = fill_answer(s);
    }
    adjacency_close(s->adjacency);
    plan_free(s->plan);
    query_tree_free(s->tree);
    impact_release(reader->reader->impacts);
    if (status == TRABAO_OK) {
        memory->answer.took_ms = clock_ms() - started;
        *out = &memory->answer;
    } else {
        query_arena_free(arena);
    }
    return status;
}

enum trabao_status trabao_restore(struct trabao_reader *reader, const char *text, size_t n, char **restored,
                                  struct trabao_error *err)
{
    const struct archive *archive = reader->reader->archive;
    struct query_tree *tree = NULL;
    struct readings readings = {0};
    struct query_arena *arena = query_arena_new();
    *restored = NULL;
    enum trabao_status status = arena ? query_parse(reader->analyzer, text, n, civil_now(), false, &tree, err)
                                      : error_no_memory(err);
    if (status == TRABAO_OK) {
        status = readings_weigh(archive, tree, arena, &readings, err);
    }
    char *better = NULL;
    if (status == TRABAO_OK) {
        status = readings_restore(&readings, archive, text, n, 0, arena, &better, err);
    }
    if (status == TRABAO_OK) {
        *restored = better ? mem_dup(better, strlen(better)) : mem_dup(text, n);
        status = *restored ? TRABAO_OK : error_no_memory(err);
    }
    query_tree_free(tree);
    query_arena_free(arena);
    return status;
}

void trabao_answer_free(struct trabao_answer *answer)
{
    if (answer) {
        query_arena_free(((struct answer_memory *)(void *)answer)->arena);
    }
}
