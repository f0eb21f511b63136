/*
 * search.c - trabao_search: which articles a page of hits has.
 *
 * The query is read and bound to the archive at the tightest tier. While fewer than ENOUGH articles match, or, of a
 * long query, have the words that are likely meant, it is widened tier by tier, or a long one relaxed (widen says
 * which). Ranking has two stages: the best adjacency_articles by BM25F are ranked anew by adjacency and come first, the
 * rest follow in BM25F order.
 */
#include "query/search_inside.h"

#include "base/clock.h"
#include "query/abbreviate.h"
#include "query/library.h"
#include "query/read.h"

#define ENOUGH 10          /* a query with so many articles is not widened */
#define LIMIT_DEFAULT 10
#define RELAX_WORDS 5      /* queries of so many words may be relaxed */
#define MEANT_LEAST 0.01   /* probability of a word as it was typed, below which hardly anybody means it; tuned */

struct answer_memory {
    struct trabao_answer answer; /* first: what the caller sees */
    struct query_arena *arena;
};

bool search_by_relevance(const struct search *s)
{
    return s->request->sort == TRABAO_RELEVANCE || s->request->sort == TRABAO_RELEVANCE_ONLY;
}

/* ---- reading the request ------------------------------------------------------------------------------------- */

/* What is wrong beside the query is told, or, in the strict reading, refused. */
static enum trabao_status warn(struct search *s, const char *vietnamese, const char *english)
{
    if (s->request->strict) {
        return error_set(s->err, TRABAO_USAGE, "%s", english);
    }
    s->warnings[s->warning_count++] = s->request->english ? english : vietnamese;
    return TRABAO_OK;
}

/* One bound of the dates: a date, no range, which has two ends already. */
static bool read_bound(const char *text, struct query_span *span)
{
    return !strstr(text, "..") && query_parse_dates(text, strlen(text), civil_now(), &span->from, &span->to);
}

/* FROM and TO of the request, on top of what the query says. */
static enum trabao_status limit_dates(struct search *s)
{
    const char *const bounds[] = {s->request->from, s->request->to};
    struct query_dates *dates = &s->limits.dates;
    *dates = s->tree->dates;
    for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
        struct query_span span;
        if (!bounds[i] || !*bounds[i]) {
            continue;
        }
        if (!read_bound(bounds[i], &span)) {
            return error_set(s->err, TRABAO_USAGE, "%s: \"%.64s\" is no date; write 2020-07-20, 20/7/2020 or 2020-07",
                             i ? "to" : "from", bounds[i]);
        }
        *(i == 0 ? &span.to : &span.from) = i == 0 ? INT64_MAX : INT64_MIN;
        if (!query_dates_narrow(dates, &span, 1, s->arena)) {
            return error_no_memory(s->err);
        }
    }
    const bool no_day = query_dates_empty(dates) && !query_dates_empty(&s->tree->dates);
    return no_day ? warn(s, QUERY_NO_DAY, QUERY_NO_DAY_ENGLISH) : TRABAO_OK;
}

/* A field's filter that has a value, but no word: it limits nothing, of which something has to be said. */
static enum trabao_status check_field(struct search *s, const char *value, const char *vietnamese, const char *english)
{
    struct text_tokens tokens = {0};
    if (!value || !*value) {
        return TRABAO_OK;
    }
    const enum trabao_status status = text_tokenize(s->r->analyzer, value, strlen(value), &tokens, s->err);
    const bool has_words = tokens.count > 0;
    text_tokens_free(&tokens);
    return status == TRABAO_OK && !has_words ? warn(s, vietnamese, english) : status;
}

/* Author, source, section and name of the request. */
static enum trabao_status limit_fields(struct search *s)
{
    const struct trabao_request *q = s->request;
    s->limits.author = q->author;
    s->limits.source = q->source;
    s->limits.section = q->section;
    s->limits.name = q->name;
    TRY(check_field(s, q->author, "Bộ lọc tác giả không có từ nào nên được bỏ qua.", "author: has no words"));
    TRY(check_field(s, q->source, "Bộ lọc nguồn không có từ nào nên được bỏ qua.", "source: has no words"));
    TRY(check_field(s, q->section, "Bộ lọc chuyên mục không có từ nào nên được bỏ qua.", "section: has no words"));
    return check_field(s, q->name, "Bộ lọc tên người không có từ nào nên được bỏ qua.", "name: has no words");
}

/* *OUT: what the words mean, where they may stand for terms up to LOOSEST. Weighed once. */
static enum trabao_status find_readings(struct search *s, enum trabao_tier loosest, const struct readings **out)
{
    const struct archive *a = s->r->reader->archive;
    const struct stand_rule rule = {&a->lexicon, s->tree->any_marked, loosest};
    *out = &s->readings[loosest];
    return (*out)->items ? TRABAO_OK : readings_weigh(a, s->tree, &rule, s->arena, &s->readings[loosest], s->err);
}

/* Words without marks mean every reading, unless a tighter tier was asked for: then they are what was typed. */
static void mean_tier(struct search *s)
{
    if (s->request->tier == TRABAO_EXACT || s->request->tier == TRABAO_TONE) {
        s->tree->any_marked = true;
        s->offered = s->limits.readings;
        s->limits.readings = NULL;
    }
}

static enum trabao_status read_query(struct search *s)
{
    const struct trabao_request *q = s->request;
    const struct archive *archive = s->r->reader->archive;
    const struct query_typed typed = {
        .text = q->query ? q->query : "", .n = q->query_len, .now = civil_now(), .strict = q->strict};
    TRY(query_read(s->r, &typed, &s->tree, s->err));
    TRY(limit_dates(s));
    /* Those of words as they were typed. With marks, tiers differ. */
    if (!s->tree->any_marked) {
        TRY(find_readings(s, TRABAO_FOLDED, &s->limits.readings));
        mean_tier(s);
    }
    return query_abbreviate(archive, s->tree, s->err);
}

static enum trabao_status read_cursor(struct search *s)
{
    const char *cursor = s->request->cursor;
    s->continued = cursor && *cursor;
    const bool fits = !s->continued || (cursor_read(cursor, &s->cursor) &&
                                        s->cursor.search == cursor_search(s->request) &&
                                        (s->cursor.stage == CURSOR_DATED) != search_by_relevance(s));
    return fits ? TRABAO_OK : error_set(s->err, TRABAO_USAGE, "cursor: not one that an answer to this search gave");
}

static enum trabao_status read_request(struct search *s)
{
    const struct trabao_request *q = s->request;
    TRY(read_query(s));
    TRY(read_cursor(s));
    TRY(limit_fields(s));
    const int most = q->bulk ? TRABAO_BULK_MAX : TRABAO_LIMIT_MAX;
    s->limit = (size_t)(q->limit == 0 ? LIMIT_DEFAULT : MIN(MAX(q->limit, 1), most));
    s->hits = query_arena_alloc(s->arena, ADJACENCY_ARTICLES + s->limit + 1, sizeof *s->hits);
    s->options = (struct engine_options){.recency = q->sort == TRABAO_RELEVANCE,
                                         .heavy = ENGINE_HEAVY,
                                         .has_phrases = adjacency_has_phrases};
    return s->hits ? TRABAO_OK : error_no_memory(s->err);
}

/* ---- finding ------------------------------------------------------------------------------------------------- */

/* Binds the query as the limits of S say. */
static enum trabao_status bind(struct search *s)
{
    adjacency_close(s->adjacency);
    plan_free(s->plan);
    s->adjacency = NULL;
    s->plan = NULL;
    impact_release(s->r->reader->impacts);
    s->answer->relaxed = s->limits.relax;
    if (s->tree->any_marked && readings_matter(s->tree, s->limits.loosest)) {
        TRY(find_readings(s, s->limits.loosest, &s->limits.readings));
    }
    TRY(plan_make(s->r->reader, s->r->analyzer, s->tree, &s->limits, &s->plan, s->err));
    s->answer->tier = s->plan->loosest;
    s->answer->widened = s->tree->any_marked && s->plan->loosest > TRABAO_EXACT;
    s->ranked = adjacency_articles(s->plan);
    TRY(adjacency_open(s->r->reader, s->plan, &s->adjacency, s->err));
    s->options.phrases = s->adjacency;
    return TRABAO_OK;
}

/* The articles that the second stage ranks; all that match, if they are fewer. */
static enum trabao_status find_ranked(struct search *s)
{
    struct engine_hits hits = {s->hits, 0, s->ranked};
    const enum trabao_status status = engine_best(s->r->reader, s->plan, &s->options, &hits, s->err);
    s->count = hits.count;
    s->known = hits.count < hits.capacity ? hits.count : SIZE_MAX;
    return status;
}

static enum trabao_status find_dated(struct search *s)
{
    const struct archive *a = s->r->reader->archive;
    const struct engine_dates dates = {s->request->sort == TRABAO_NEWEST,
                                       s->continued ? archive_lower_bound(a, s->cursor.id) : UINT32_MAX};
    struct engine_hits hits = {s->hits, 0, MAX(s->limit + 1, (size_t)ENOUGH)};
    const enum trabao_status status = engine_by_date(s->r->reader, s->plan, &s->options, &dates, &hits, s->err);
    s->count = hits.count;
    s->known = !s->continued && hits.count < hits.capacity ? hits.count : SIZE_MAX;
    return status;
}

static enum trabao_status find(struct search *s)
{
    return search_by_relevance(s) ? find_ranked(s) : find_dated(s);
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
 * Binds the query, finds, and says whether enough articles have all the words. One that has each of many words, but in
 * readings that are hardly meant, is as good as none: of a long query whose words have several readings only those
 * count that have them as they are likely meant, unless the tier was asked for.
 */
static enum trabao_status find_enough(struct search *s, bool *enough)
{
    TRY(bind(s));
    TRY(find(s));
    if (s->count) {
        s->found = s->limits;
        s->any_found = true;
    }
    *enough = s->count >= ENOUGH;
    const bool any_reading = s->request->tier != TRABAO_TIER_AUTO || s->plan->loosest == TRABAO_EXACT;
    return *enough && !s->limits.relax && search_by_relevance(s) && !any_reading && may_relax(s)
               ? adjacency_enough_meant(s->adjacency, s->hits, s->count, ENOUGH, enough, s->err)
               : TRABAO_OK;
}

/* True when NODE excludes something. At a looser tier that is more, and what a tighter one finds may be part of it. */
static bool excludes(const struct query_node *node)
{
    bool any = node->kind == QUERY_NOT;
    for (size_t i = 0; !any && i < node->child_count; i++) {
        any = excludes(node->children[i]);
    }
    return any;
}

/* How the marks of a query were most likely meant. */
struct meaning {
    bool as_typed;         /* so, or nearly as likely so */
    enum trabao_tier tier; /* that its likeliest reading needs */
};

/* Leaves the readings to be offered when they are other ones. */
static enum trabao_status find_meaning(struct search *s, struct meaning *out)
{
    const struct readings *readings;
    TRY(find_readings(s, TRABAO_FOLDED, &readings));
    *out = (struct meaning){readings_as_typed(readings) >= MEANT_LEAST, readings_tier(readings)};
    s->offered = out->as_typed ? NULL : readings;
    return TRABAO_OK;
}

/*
 * Finds at the tightest tier, and looks further while there is too little. A short query is widened by tiers. A long
 * one first does without some of its words: of many words with their marks one is sooner missing than meant otherwise.
 * Not so when hardly anybody means the marks that were typed: it is widened, as far as its likeliest reading needs. If
 * no article has the words as typed, their marks do not even part the others into tiers: those that have the fewest of
 * the words, but as typed, or other words that happen to be a little nearer to them, would come first. A strict
 * reading knows nothing but the tiers.
 */
static enum trabao_status widen(struct search *s)
{
    struct plan_limits *limits = &s->limits;
    const bool may_choose = s->request->tier == TRABAO_TIER_AUTO;
    struct meaning meaning = {.as_typed = true};
    bool enough, level = false;
    limits->loosest = !may_choose ? s->request->tier : s->tree->any_marked ? TRABAO_EXACT : TRABAO_FOLDED;
    TRY(find_enough(s, &enough));
    if (may_choose && !s->request->strict && limits->loosest == TRABAO_EXACT && s->plan->widens) {
        TRY(find_meaning(s, &meaning));
        level = !enough && !meaning.as_typed && s->count == 0 && s->tree->root && !excludes(s->tree->root);
    }
    while (!enough) {
        const bool may_widen =
            may_choose && limits->loosest < TRABAO_FOLDED && s->tree->any_open && s->plan->widens;
        if (!limits->relax && may_relax(s) && (meaning.as_typed || !may_widen)) {
            limits->relax = true;
        } else if (may_widen) {
            limits->loosest = meaning.as_typed ? limits->loosest + 1 : MAX(limits->loosest + 1, meaning.tier);
            limits->tightest = level ? limits->loosest : TRABAO_EXACT;
        } else {
            break;
        }
        TRY(find_enough(s, &enough));
    }
    return TRABAO_OK;
}

/*
 * When the deadline passes while it is looked further, what was found before is the answer. It is found again, in no
 * more time than there was at first, for only one reading of the query is kept.
 */
static enum trabao_status find_widening(struct search *s)
{
    const enum trabao_status status = widen(s);
    if (status != TRABAO_TIMEOUT || !s->any_found) {
        return status;
    }
    s->answer->cut_short = true;
    s->limits = s->found;
    s->r->reader->deadline_ms = clock_ms() + s->request->deadline_ms;
    TRY(bind(s));
    return find(s);
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
    struct engine_hits behind = {s->hits + s->count, 0, s->limit + 1 - (s->count - s->first)};
    s->options.after = &s->ranked_last;
    status = engine_best(s->r->reader, s->plan, &s->options, &behind, s->err);
    s->options.after = NULL;
    s->count += behind.count;
    return status;
}

static enum trabao_status page_scored(struct search *s)
{
    const struct archive *a = s->r->reader->archive;
    const struct engine_hit last = {
        .score = s->cursor.score, .tier = s->cursor.tier, .article = archive_lower_bound(a, s->cursor.id)};
    struct engine_hits hits = {s->hits, 0, s->limit + 1};
    s->options.after = &last;
    const enum trabao_status status = engine_best(s->r->reader, s->plan, &s->options, &hits, s->err);
    s->options.after = NULL;
    s->count = hits.count;
    s->known = SIZE_MAX;
    return status;
}

static enum trabao_status find_page(struct search *s)
{
    enum trabao_status status;
    if (!s->continued) {
        status = find_widening(s);
    } else {
        s->limits.tightest = (enum trabao_tier)s->cursor.tightest;
        s->limits.loosest = (enum trabao_tier)s->cursor.loosest;
        s->limits.relax = s->cursor.relaxed;
        status = bind(s);
        if (status == TRABAO_OK && s->cursor.stage != CURSOR_SCORED) {
            status = find(s);
        }
    }
    if (status == TRABAO_OK && search_by_relevance(s)) {
        status = s->continued && s->cursor.stage == CURSOR_SCORED ? page_scored(s) : page_ranked(s);
    }
    return status;
}

/* Counts the first N hits as the totals. */
static void count_hits(struct search *s, size_t n)
{
    uint64_t *totals = s->answer->totals_by_tier;
    totals[TRABAO_EXACT] = totals[TRABAO_TONE] = totals[TRABAO_FOLDED] = 0;
    for (size_t i = 0; i < n; i++) {
        totals[s->hits[i].tier]++;
    }
}

static enum trabao_status count_all(struct search *s)
{
    struct trabao_answer *a = s->answer;
    enum trabao_status status = TRABAO_TIMEOUT;
    if (s->known != SIZE_MAX) {
        count_hits(s, s->known);
        status = TRABAO_OK;
    } else if (s->request->total == TRABAO_TOTAL_EXACT && !a->cut_short) {
        status = engine_count(s->r->reader, s->plan, &s->options, a->totals_by_tier, s->err);
    }
    a->total_exact = status == TRABAO_OK && !a->cut_short;
    if (status == TRABAO_TIMEOUT) {
        /* The page stands; only how many more there are is not known. */
        count_hits(s, s->count);
        status = TRABAO_OK;
    }
    a->total = a->totals_by_tier[TRABAO_EXACT] + a->totals_by_tier[TRABAO_TONE] + a->totals_by_tier[TRABAO_FOLDED];
    return status;
}

static enum trabao_status run(struct search *s)
{
    TRY(read_request(s));
    TRY(find_page(s));
    TRY(count_all(s));
    s->r->reader->deadline_ms = 0; /* what was found is shown, however little time was left for counting */
    return search_fill_answer(s);
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
    reader->reader->deadline_ms = request->deadline_ms > 0 ? started + request->deadline_ms : 0;
    const enum trabao_status status = run(s);
    adjacency_close(s->adjacency);
    plan_free(s->plan);
    query_tree_free(s->tree);
    archive_reader_release(reader->reader);
    if (status == TRABAO_OK) {
        memory->answer.took_ms = clock_ms() - started;
        *out = &memory->answer;
    } else {
        query_arena_free(arena);
    }
    return status;
}

void trabao_answer_free(struct trabao_answer *answer)
{
    if (answer) {
        query_arena_free(((struct answer_memory *)(void *)answer)->arena);
    }
}
