/*
 * test_query_engine.c - what is found, in which order, and how many: pruning against scoring everything, and both
 * against a scan of the generated texts (test_query_engine_corpus.h); paging; the parts of a score.
 */
#include "query/adjacency.h"

#include <jansson.h>
#include <math.h>

#include "indexer/indexer.h"
#include "query/library.h"
#include "query/match_fts.h"
#include "tests/unit/test_query_engine_corpus.h"
#include "tests/unit/test_sanitized.h"

#define QUERIES (SANITIZED ? 120 : 400)
#define K_MAX 200

static struct trabao_archive *opened;
static struct trabao_reader *reader;
static struct archive *archive;
static struct trabao_error err;

static int open_all(void **state)
{
    if (open_folder(state) != 0) {
        return -1;
    }
    const char *path = in_folder("corpus.trabao");
    make_corpus();
    assert_int_equal(build_archive(path, articles, ARTICLES, NULL, 2), 0);
    assert_sound(path);
    assert_fine(trabao_open(path, NULL, &opened, &err), &err);
    assert_fine(trabao_reader_open(opened, &reader, &err), &err);
    archive = opened->archive;
    for (uint32_t i = 0; i < ARTICLES; i++) {
        struct archive_found found;
        const struct article_text *key = &articles[i].fields[ARTICLE_KEY];
        assert_fine(archive_find(reader->reader, article_key_hash(key->text, key->len), &found, &err), &err);
        texts[i].number = archive_lower_bound(archive, found.id);
        by_number[texts[i].number] = &texts[i];
    }
    return 0;
}

static int close_all(void **state)
{
    trabao_reader_close(reader);
    trabao_close(opened);
    free_corpus();
    return close_folder(state);
}

/* ---- plans --------------------------------------------------------------------------------------------------- */

struct bound {
    struct query_tree *tree;
    struct plan *plan;
};

static struct bound bind_tree(const struct asked *q, enum trabao_tier loosest, bool relaxed)
{
    struct bound b;
    const struct query_typed typed = {q->text, strlen(q->text), 0, true};
    assert_fine(query_parse(reader->analyzer, &typed, &b.tree, &err), &err);
    b.tree->any_marked = b.tree->any_marked || q->as_typed;
    const struct plan_limits limits = {.dates = b.tree->dates, .loosest = loosest, .relax = relaxed};
    assert_fine(plan_make(reader->reader, reader->analyzer, b.tree, &limits, &b.plan, &err), &err);
    return b;
}

static struct bound bind_query(const struct asked *q, enum trabao_tier loosest, bool relaxed)
{
    const struct bound b = bind_tree(q, loosest, relaxed);
    if (b.tree->any_marked != q->any_marked) {
        fail_msg("\"%s\": is it marked?", q->text);
    }
    return b;
}

static void unbind(struct bound *b)
{
    plan_free(b->plan);
    query_tree_free(b->tree);
    impact_release(reader->reader->impacts);
}

static void assert_same_hits(const struct asked *q, size_t k, const struct engine_hit *a, size_t n,
                             const struct engine_hit *b, size_t m)
{
    if (n != m) {
        fail_msg("\"%s\", %zu wanted: %zu hits, not %zu", q->text, k, n, m);
    }
    for (size_t i = 0; i < n; i++) {
        if (engine_compare(&a[i], &b[i]) != 0) {
            fail_msg("\"%s\", %zu wanted: hit %zu is article %u with %u at tier %u, not %u with %u at tier %u", q->text,
                     k, i, a[i].article, a[i].score, a[i].tier, b[i].article, b[i].score, b[i].tier);
        }
    }
}

/* The best K twice: by pruning and by scoring everything; and then what comes after one of them. */
static size_t compare_best(const struct asked *q, struct plan *plan, bool recency, size_t k)
{
    struct engine_hit pruned[K_MAX], scored[K_MAX];
    struct engine_hit after;
    struct adjacency *adjacency;
    assert_fine(adjacency_open(reader->reader, plan, &adjacency, &err), &err);
    struct engine_options options = {.recency = recency,
                                     .heavy = any_below(2),
                                     .has_phrases = adjacency_has_phrases,
                                     .phrases = adjacency};
    size_t all = 0;
    for (int pages = 0; pages < 4; pages++) {
        struct engine_hits few = {pruned, 0, k}, best = {scored, 0, k};
        assert_fine(engine_best(reader->reader, plan, &options, &few, &err), &err);
        assert_fine(engine_best_exhaustive(reader->reader, plan, &options, &best, &err), &err);
        assert_same_hits(q, k, pruned, few.count, scored, best.count);
        all += best.count;
        if (best.count < k) {
            break;
        }
        after = scored[any_below((uint32_t)best.count)];
        options.after = &after;
    }
    adjacency_close(adjacency);
    return all;
}

static void test_pruning_is_exact(void **state)
{
    (void)state;
    struct asked q;
    size_t all = 0;
    for (int i = 0; i < QUERIES; i++) {
        make_query(&q);
        const bool relaxed = any_below(4) == 0;
        struct bound b = bind_query(&q, (enum trabao_tier)any_below(3), relaxed);
        all += compare_best(&q, b.plan, any_below(2) == 0, 1 + any_below(any_below(2) ? 12 : K_MAX));
        unbind(&b);
    }
    assert_true(all > QUERIES * 5); /* the queries do find something */
}

/* The titles of the sample articles, whole and as a phrase of their first words, over an archive of the samples. */
static void test_pruning_is_exact_on_the_samples(void **state)
{
    (void)state;
    char command[] = "trabao index", quiet[] = "--quiet", db[] = "--db", path[512];
    char samples[3][64] = {"corpus/samples/bao-mau.jsonl", "corpus/samples/tin-mau.jsonl", "corpus/samples/pages"};
    char *argv[] = {command, quiet, db, path, samples[0], samples[1], samples[2], NULL};
    struct trabao_archive *opened_before = opened;
    struct trabao_reader *reader_before = reader;
    snprintf(path, sizeof path, "%s", in_folder("samples.trabao"));
    assert_int_equal(indexer_main(7, argv), TRABAO_OK);
    assert_sound(path);
    assert_fine(trabao_open(path, NULL, &opened, &err), &err);
    assert_fine(trabao_reader_open(opened, &reader, &err), &err);
    const struct archive *a = opened->archive;
    struct archive_stored stored;
    archive_stored_init(&stored);
    for (uint32_t i = 0; i < a->count; i++) {
        assert_fine(archive_read(reader->reader, a->ids[i], false, &stored, &err), &err);
        const struct article_text *title = &stored.article.fields[ARTICLE_TITLE];
        struct engine_hit hits[K_MAX];
        for (int relaxed = 0; title->text && relaxed < 2; relaxed++) {
            struct asked q = {.limited = false};
            snprintf(q.text, sizeof q.text, "%.*s", (int)MIN(title->len, sizeof q.text - 1), title->text);
            for (char *p = q.text; *p; p++) { /* no operators */
                *p = strchr("\"()*=:", *p) ? ' ' : *p;
            }
            struct bound b = bind_tree(&q, TRABAO_TONE, relaxed == 1);
            const struct engine_options options = {.recency = true};
            compare_best(&q, b.plan, true, 1 + any_below(20));
            struct engine_hits found = {hits, 0, K_MAX};
            assert_fine(engine_best(reader->reader, b.plan, &options, &found, &err), &err);
            unbind(&b);
            bool itself = false;
            for (size_t h = 0; h < found.count; h++) {
                itself = itself || hits[h].article == i;
            }
            if (!itself) {
                fail_msg("\"%s\" does not find the article it is the title of", q.text);
            }
        }
    }
    archive_stored_free(&stored);
    trabao_reader_close(reader);
    trabao_close(opened);
    opened = opened_before;
    reader = reader_before;
}

/* ---- against the texts --------------------------------------------------------------------------------------- */

static struct engine_hit everything[ARTICLES];

static void compare_with_texts(const struct asked *q, enum trabao_tier loosest, uint64_t by_tier[TRABAO_TIERS])
{
    const struct engine_options options = {.heavy = any_below(2)};
    uint64_t expected[4] = {0};
    struct engine_hits found = {everything, 0, ARTICLES};
    struct bound b = bind_query(q, loosest, false);
    assert_fine(engine_best(reader->reader, b.plan, &options, &found, &err), &err);
    assert_fine(engine_count(reader->reader, b.plan, &options, by_tier, &err), &err);
    unbind(&b);
    static uint8_t tiers[ARTICLES];
    memset(tiers, WHOLLY_LOOSE, sizeof tiers);
    for (size_t i = 0; i < found.count; i++) {
        assert_int_equal(tiers[everything[i].article], WHOLLY_LOOSE);
        tiers[everything[i].article] = everything[i].tier;
    }
    for (uint32_t i = 0; i < ARTICLES; i++) {
        const int tier = tier_found(q, by_number[i], (int)loosest);
        expected[tier]++;
        if (tier != tiers[i]) {
            const char *key = articles[by_number[i] - texts].fields[ARTICLE_KEY].text;
            fail_msg("\"%s\" up to tier %d: article %s is found at tier %d, not %d", q->text, loosest, key, tiers[i],
                     tier);
        }
    }
    for (int t = 0; t < 3; t++) {
        assert_int_equal(by_tier[t], expected[t]);
    }
}

static struct trabao_answer *search(const struct trabao_request *request)
{
    struct trabao_answer *answer;
    if (trabao_search(reader, request, &answer, &err) != TRABAO_OK) {
        fail_msg("\"%s\": %s", request->query, err.message);
    }
    return answer;
}

static struct trabao_request request_of(const char *query)
{
    return (struct trabao_request){
        .query = query, .query_len = strlen(query), .tier = TRABAO_TIER_AUTO, .strict = true};
}

static void test_found_are_those_of_a_scan(void **state)
{
    (void)state;
    struct asked q;
    for (int i = 0; i < QUERIES; i++) {
        make_query(&q);
        uint64_t by_tier[TRABAO_TIERS];
        const enum trabao_tier loosest = (enum trabao_tier)any_below(3);
        if (loosest < TRABAO_FOLDED) {
            mean_as_typed(&q);
        }
        compare_with_texts(&q, loosest, by_tier);
        struct trabao_request request = request_of(q.text);
        request.tier = loosest;
        request.limit = (int)(1 + any_below(20));
        request.sort = (enum trabao_sort)any_below(4);
        struct trabao_answer *answer = search(&request);
        assert_true(answer->total_exact);
        assert_int_equal(answer->total, by_tier[0] + by_tier[1] + by_tier[2]);
        assert_memory_equal(answer->totals_by_tier, by_tier, sizeof by_tier);
        assert_int_equal(answer->hit_count, MIN(answer->total, (uint64_t)request.limit));
        assert_true((answer->next != NULL) == (answer->total > answer->hit_count));
        trabao_answer_free(answer);
    }
}

/* Widened while fewer than ten articles match and a looser tier has more to offer. */
static void test_widening(void **state)
{
    (void)state;
    struct asked q;
    unsigned widened = 0;
    for (int i = 0; i < QUERIES; i++) {
        make_query(&q);
        int tier = q.any_marked ? TRABAO_EXACT : TRABAO_FOLDED;
        uint64_t total;
        for (;; tier++) {
            total = 0;
            for (uint32_t t = 0; t < ARTICLES; t++) {
                total += tier_found(&q, &texts[t], tier) != WHOLLY_LOOSE;
            }
            if (total >= 10 || tier == TRABAO_FOLDED || !widens(q.root, tier)) {
                break;
            }
            widened++;
        }
        const struct trabao_request request = request_of(q.text);
        struct trabao_answer *answer = search(&request);
        if (answer->tier != (enum trabao_tier)tier || answer->total != total) {
            fail_msg("\"%s\": %d articles at tier %d, not %d at %d", q.text, (int)answer->total, answer->tier,
                     (int)total, tier);
        }
        trabao_answer_free(answer);
    }
    assert_true(widened > QUERIES / 10);
}

/* What is excluded stays excluded, even where half of the words are enough; having all of them gives points. */
static void test_relaxed_still_excludes(void **state)
{
    (void)state;
    struct asked q;
    for (int i = 0; i < QUERIES / 2; i++) {
        pool_used = 0;
        q = (struct asked){.root = new_part(ALL)};
        q.root->part_count = PARTS_MAX;
        for (size_t p = 0; p < PARTS_MAX; p++) {
            q.root->parts[p] = any_word(NO_TONE);
            q.root->parts[p]->negated = p >= 4;
        }
        q.any_marked = has_marked(q.root);
        bind_part(q.root, q.any_marked);
        write_part(q.root, q.text, sizeof q.text, true);
        struct bound b = bind_query(&q, TRABAO_FOLDED, true);
        struct engine_hits found = {everything, 0, ARTICLES};
        const struct engine_options options = {0};
        assert_fine(engine_best(reader->reader, b.plan, &options, &found, &err), &err);
        size_t expected = 0;
        static bool complete[ARTICLES];
        for (uint32_t t = 0; t < ARTICLES; t++) {
            bool any = false;
            for (int tier = q.any_marked ? 0 : 2; tier < 3 && !any; tier++) {
                size_t has = 0;
                for (size_t p = 0; p < 4; p++) {
                    has += finds(q.root->parts[p], &texts[t], tier);
                }
                any = has >= 2 && finds(q.root->parts[4], &texts[t], tier) &&
                      finds(q.root->parts[5], &texts[t], tier);
                complete[t] = any && has == 4;
            }
            expected += any;
        }
        if (found.count != expected) {
            fail_msg("\"%s\", relaxed: %zu articles, not %zu", q.text, found.count, expected);
        }
        for (size_t h = 0; h < found.count; h++) {
            struct engine_parts parts;
            const uint32_t article = everything[h].article;
            assert_fine(engine_explain(reader->reader, b.plan, &options, article, &parts, &err), &err);
            const bool all = complete[by_number[article] - texts];
            assert_int_equal(parts.all_words, all ? ENGINE_ALL_WORDS * ENGINE_POINT : 0);
            assert_int_equal(everything[h].score, parts.words + parts.recency + parts.all_words);
        }
        unbind(&b);
    }
}

/* A passage pasted as a query finds what has all of it, relaxed or not: more words than a small counter holds. */
static void test_relaxed_counts_many_words(void **state)
{
    (void)state;
    for (size_t words = 120; words <= 560; words += 40) {
        struct asked q = {.limited = false};
        const char *word = syllables[by_frequency[5]].form[AS_IS];
        size_t n = 0, expected = 0;
        struct engine_hits found = {everything, 0, ARTICLES};
        for (size_t i = 0; i < words; i++) {
            n += (size_t)snprintf(q.text + n, sizeof q.text - n, "%s ", word);
        }
        struct bound b = bind_tree(&q, TRABAO_EXACT, true);
        const struct engine_options options = {0};
        assert_fine(engine_best(reader->reader, b.plan, &options, &found, &err), &err);
        unbind(&b);
        for (uint32_t t = 0; t < ARTICLES; t++) {
            expected += texts[t].has[by_frequency[5] / 64] >> by_frequency[5] % 64 & 1;
        }
        assert_true(expected > 0);
        assert_int_equal(found.count, expected);
    }
}

static void test_limits_of_the_request(void **state)
{
    (void)state;
    struct asked q;
    for (int i = 0; i < QUERIES / 4; i++) {
        make_query(&q);
        const uint32_t author = any_below(ARRAY_LEN(AUTHORS)), source = any_below(ARRAY_LEN(SOURCES));
        struct trabao_request request = request_of(q.text);
        request.tier = TRABAO_FOLDED;
        request.author = AUTHORS[author];
        request.source = any_below(2) ? SOURCES[source] : NULL;
        uint64_t expected = 0;
        for (uint32_t t = 0; t < ARTICLES; t++) {
            expected += texts[t].author == author && (!request.source || texts[t].source == source) &&
                        tier_found(&q, &texts[t], TRABAO_FOLDED) != WHOLLY_LOOSE;
        }
        struct trabao_answer *answer = search(&request);
        assert_int_equal(answer->total, expected);
        trabao_answer_free(answer);
    }
}

/* ---- paging -------------------------------------------------------------------------------------------------- */

static void assert_order(const struct trabao_hit *before, const struct trabao_hit *hit, enum trabao_sort sort)
{
    if (sort == TRABAO_NEWEST) {
        assert_true(before->id > hit->id);
    } else if (sort == TRABAO_OLDEST) {
        assert_true(before->id < hit->id);
    } else {
        assert_true(before->tier < hit->tier || before->score >= hit->score);
    }
}

/* Walks through all pages; every article that a scan finds must come exactly once. */
static void walk(const struct asked *q, enum trabao_sort sort, int limit)
{
    static uint8_t seen[ARTICLES];
    memset(seen, 0, sizeof seen);
    struct trabao_request request = request_of(q->text);
    struct trabao_answer *page = NULL;
    struct trabao_hit last = {0};
    uint64_t count = 0, total = 0;
    request.sort = sort;
    request.limit = limit;
    char cursor[128] = "";
    do {
        request.cursor = cursor;
        page = search(&request);
        total = page->total;
        if (count && page->hit_count == 0) {
            fail_msg("\"%s\": a cursor led to a page without hits", q->text);
        }
        for (size_t i = 0; i < page->hit_count; i++, count++) {
            const struct trabao_hit *hit = &page->hits[i];
            const uint32_t number = archive_lower_bound(archive, hit->id);
            if (seen[number]++) {
                fail_msg("\"%s\": %s came twice", q->text, hit->key);
            }
            if (tier_found(q, by_number[number], (int)page->tier) != (int)hit->tier) {
                fail_msg("\"%s\": %s does not belong here", q->text, hit->key);
            }
            /* The ranked ones and those behind them are two rows: only inside one scores never rise. */
            if (count && (count != ADJACENCY_ARTICLES || sort > TRABAO_RELEVANCE_ONLY)) {
                assert_order(&last, hit, sort);
            }
            last = *hit;
        }
        snprintf(cursor, sizeof cursor, "%s", page->next ? page->next : "");
        trabao_answer_free(page);
    } while (*cursor);
    if (count != total) {
        fail_msg("\"%s\": %d hits, but a total of %d", q->text, (int)count, (int)total);
    }
}

static void test_pages_reach_every_hit(void **state)
{
    (void)state;
    struct asked q;
    for (int i = 0; i < 32; i++) {
        make_query(&q);
        walk(&q, (enum trabao_sort)(i % 4), 7);
        walk(&q, (enum trabao_sort)(i % 4), 20 + (int)any_below(80));
    }
}

#define PAGED_MAX 300

/* The first hits of QUERY, up to PAGED_MAX, by pages of LIMIT. */
static size_t take_pages(const char *query, int limit, int64_t *ids, bool *relaxed)
{
    struct trabao_request request = request_of(query);
    char cursor[128] = "";
    size_t count = 0;
    request.strict = false;
    request.bulk = limit > TRABAO_LIMIT_MAX;
    request.limit = limit;
    request.total = TRABAO_TOTAL_NONE;
    do {
        request.cursor = cursor;
        struct trabao_answer *page = search(&request);
        assert_true(!page->next || page->hit_count == (size_t)limit);
        for (size_t i = 0; i < page->hit_count && count < PAGED_MAX; i++) {
            ids[count++] = page->hits[i].id;
        }
        *relaxed = page->relaxed;
        snprintf(cursor, sizeof cursor, "%s", page->next ? page->next : "");
        trabao_answer_free(page);
    } while (*cursor && count < PAGED_MAX);
    return count;
}

/* WORDS syllables that stand side by side in some body, between two of QUOTE. */
static void write_passage(uint32_t words, enum folding folding, const char *quote, char *out, size_t size)
{
    const struct text *t;
    do {
        t = &texts[any_below(ARTICLES)];
    } while (t->body_len <= words);
    const uint32_t start = any_below(t->body_len - words);
    size_t n = (size_t)snprintf(out, size, "%s", quote);
    for (uint32_t i = 0; i < words; i++) {
        n += (size_t)snprintf(out + n, size - n, "%s%s", i ? " " : "", syllables[t->body[start + i]].form[folding]);
    }
    snprintf(out + n, size - n, "%s", quote);
}

/* Small pages are the cuts of large ones: of phrases, of words without marks, of passages that are relaxed. */
static void test_pages_are_cuts_of_one_row(void **state)
{
    (void)state;
    static const struct {
        uint32_t words;
        enum folding folding;
        const char *quote;
    } kinds[] = {{2, NO_MARKS, "\""}, {2, NO_MARKS, ""}, {6, AS_IS, ""}, {7, NO_MARKS, ""}, {2, AS_IS, "\""}};
    size_t most[ARRAY_LEN(kinds)] = {0};
    bool relaxed = false;
    for (size_t i = 0; i < 12 * ARRAY_LEN(kinds); i++) {
        const size_t kind = i % ARRAY_LEN(kinds);
        static int64_t small[PAGED_MAX], large[PAGED_MAX];
        char query[512];
        bool of_small, of_large;
        write_passage(kinds[kind].words, kinds[kind].folding, kinds[kind].quote, query, sizeof query);
        const size_t count = take_pages(query, 7, small, &of_small);
        assert_int_equal(take_pages(query, TRABAO_LIMIT_MAX, large, &of_large), count);
        if (memcmp(small, large, count * sizeof *small) != 0) {
            fail_msg("%s: small pages are not the large ones", query);
        }
        assert_int_equal(take_pages(query, PAGED_MAX, large, &of_large), count);
        assert_memory_equal(small, large, count * sizeof *small);
        assert_int_equal(of_small, of_large);
        relaxed = relaxed || of_small;
        most[kind] = MAX(most[kind], count);
    }
    for (size_t kind = 0; kind + 1 < ARRAY_LEN(kinds); kind++) {
        assert_true(most[kind] > ADJACENCY_ARTICLES);
    }
    assert_true(relaxed);
}

/* So seldom not that it is never given up. */
static enum trabao_status has_mostly(void *context, struct engine_hit *hit, struct trabao_error *error)
{
    (void)hit, (void)error;
    return ++*(uint32_t *)context % 10 ? TRABAO_OK : TRABAO_NONE;
}

#define LONG_AGO 1 /* clock_ms */

/* The same, and the deadline passes while the first article is looked into. */
static enum trabao_status has_too_late(void *context, struct engine_hit *hit, struct trabao_error *error)
{
    reader->reader->deadline_ms = LONG_AGO;
    return has_mostly(context, hit, error);
}

/* The deadline counts while articles are looked into, too. */
static void test_deadline_of_phrases(void **state)
{
    (void)state;
    struct engine_hit hits[ADJACENCY_ARTICLES];
    uint32_t looked_into;
    bool ended = false;
    const struct engine_options options = {.has_phrases = has_too_late, .phrases = &looked_into};
    for (int i = 0; i < 20; i++) {
        struct asked q = {.text = ""};
        write_passage(2, NO_MARKS, "\"", q.text, sizeof q.text);
        struct bound b = bind_tree(&q, TRABAO_FOLDED, false);
        assert_int_equal(b.plan->phrase_count, 1);
        looked_into = 0;
        struct engine_hits found = {hits, 0, ARRAY_LEN(hits)};
        const enum trabao_status status = engine_best(reader->reader, b.plan, &options, &found, &err);
        reader->reader->deadline_ms = 0;
        assert_true(status == TRABAO_OK || status == TRABAO_TIMEOUT);
        assert_true(looked_into <= 64);
        ended = ended || status == TRABAO_TIMEOUT;
        unbind(&b);
    }
    assert_true(ended);
}

static uint32_t most_frequent(const struct lexicon *lexicon)
{
    uint32_t best = 0;
    for (uint32_t t = 1; t < lexicon->count; t++) {
        best = lexicon->terms[t].articles > lexicon->terms[best].articles ? t : best;
    }
    return best;
}

/* What SQLite does ends at the deadline, too, and can be done again afterwards. */
static void test_deadline_of_fts5(void **state)
{
    (void)state;
    struct query_arena *arena = query_arena_new();
    const struct archive *a = reader->reader->archive;
    uint32_t *set;
    size_t all, count;
    char match[TEXT_FORM_MAX + 16];
    const uint32_t term = most_frequent(&a->lexicon);
    snprintf(match, sizeof match, "\"%.*s\"", (int)a->lexicon.terms[term].len, lexicon_form(&a->lexicon, term));
    assert_fine(match_fts(reader->reader, match, arena, &set, &all, &err), &err);
    assert_true(all > 100);
    reader->reader->deadline_ms = LONG_AGO;
    assert_int_equal(match_fts(reader->reader, match, arena, &set, &count, &err), TRABAO_TIMEOUT);
    assert_non_null(strstr(err.message, "deadline"));
    reader->reader->deadline_ms = 0;
    assert_fine(match_fts(reader->reader, match, arena, &set, &count, &err), &err);
    assert_int_equal(count, all);
    query_arena_free(arena);
}

/* ---- explaining ---------------------------------------------------------------------------------------------- */

static void test_parts_of_the_score(void **state)
{
    (void)state;
    struct asked q;
    bool recent = false, adjacent = false;
    for (int i = 0; i < 100; i++) {
        make_query(&q);
        struct trabao_request request = request_of(q.text);
        char cursor[128] = "";
        request.explain = true;
        request.limit = 90;
        request.sort = (enum trabao_sort)(i % 2);
        for (int pages = 0; pages < 2; pages++) {
            request.cursor = cursor;
            struct trabao_answer *answer = search(&request);
            for (size_t h = 0; h < answer->hit_count; h++) {
                double words, recency, adjacency;
                json_t *parts = json_loads(answer->hits[h].explain, 0, NULL);
                assert_int_equal(json_unpack(parts, "{s:F, s:F, s:F}", "words", &words, "recency", &recency,
                                             "adjacency", &adjacency),
                                 0);
                json_decref(parts);
                if (fabs(words + recency + adjacency - answer->hits[h].score) > 1e-5 * (1 + answer->hits[h].score)) {
                    fail_msg("\"%s\": %s has %f, but %s", q.text, answer->hits[h].key, answer->hits[h].score,
                             answer->hits[h].explain);
                }
                assert_true(request.sort == TRABAO_RELEVANCE || recency == 0);
                recent = recent || recency > 0;
                adjacent = adjacent || adjacency > 0;
            }
            snprintf(cursor, sizeof cursor, "%s", answer->next ? answer->next : "");
            trabao_answer_free(answer);
            if (!*cursor) {
                break;
            }
        }
    }
    assert_true(recent && adjacent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pruning_is_exact),          cmocka_unit_test(test_pruning_is_exact_on_the_samples),
        cmocka_unit_test(test_found_are_those_of_a_scan), cmocka_unit_test(test_widening),
        cmocka_unit_test(test_relaxed_still_excludes),    cmocka_unit_test(test_relaxed_counts_many_words),
        cmocka_unit_test(test_limits_of_the_request),     cmocka_unit_test(test_pages_reach_every_hit),
        cmocka_unit_test(test_pages_are_cuts_of_one_row), cmocka_unit_test(test_parts_of_the_score),
        cmocka_unit_test(test_deadline_of_phrases),
        cmocka_unit_test(test_deadline_of_fts5),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
