/*
 * oracle.c - the best found by pruning against the best found by scoring everything, for random queries of all forms.
 *
 *     oracle ARCHIVE QUERIES SEED
 *
 * Queries are made of words that stand in articles of the archive, with their marks or without. Each is planned twice.
 * The best K by pruning, and those after one of them, must be the same articles with the same scores as by scoring
 * everything; the best few of those, ranked by looking into as few articles as it takes, the same as by looking into
 * all; and all that match must be as many as are counted, and the same by date, newest and oldest first. Prints
 * a JSON object of figures; differences are told on standard error, and end with status 1.
 */
#include "base/mem.h"
#include "query/adjacency.h"
#include "query/library.h"
#include "query/read.h"

#define K_MAX 120
#define PAGES 3
#define DATED 25 /* articles asked for at once, by date */
#define RUN_MAX 10
#define QUERY_MAX 2000
#define SHOWN 20 /* differences that are told one by one */

enum form {
    ALL, RUN, ANY, PHRASE, PHRASE_AND, WITHOUT, PREFIX, NEAR, TITLE, NESTED, EXACTLY, DATED_YEARS, FIELD, NAME, RELAXED,
    FORMS
};

/*
 * How queries of a form are written, one of two patterns at random: $r the words of a run, $| the same as alternatives,
 * $= each of them with a =, $1 its first word, $* the beginning of that, $3 its third word; $o words of another run.
 */
static const struct {
    const char *name;
    const char *patterns[2]; /* none: dates and fields of an article */
} FORM[FORMS] = {[ALL] = {"and", {"$o $1", "$o $1"}},
                 [RUN] = {"run", {"$r", "$r"}},
                 [ANY] = {"or", {"$|", "$|"}},
                 [PHRASE] = {"phrase", {"\"$r\"", "\"$r\""}},
                 [PHRASE_AND] = {"phrase_and_word", {"\"$r\" $o", "\"$r\" $o"}},
                 [WITHOUT] = {"not", {"$r -$o\"", "$r -\"$o\""}},
                 [PREFIX] = {"prefix", {"$** $o", "$** $o"}},
                 [NEAR] = {"near", {"$1 NEAR/3 $3", "$1 NEAR/8 $3"}},
                 [TITLE] = {"title", {"title:\"$o\" $1", "title:\"$o\" $1"}},
                 [NESTED] = {"nested", {"($|) (\"$o\" OR $1)", "($|) (\"$o\" OR $1)"}},
                 [EXACTLY] = {"exact", {"=$=", "=$="}},
                 [DATED_YEARS] = {"date", {NULL}},
                 [FIELD] = {"field", {NULL}},
                 [NAME] = {"name", {"name:\"$o\"", "name:\"$o\""}},
                 [RELAXED] = {"relaxed", {"$r", "$r"}}};

static struct trabao_archive *opened;
static struct trabao_reader *reader;
static struct archive *archive;
static struct trabao_error err;
static uint64_t state;
static size_t found_by_form[FORMS], asked_by_form[FORMS], compared, differences;

static void check(enum trabao_status status)
{
    if (status != TRABAO_OK) {
        fprintf(stderr, "oracle: %s\n", err.message);
        exit((int)status);
    }
}

/* Below N. Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014. */
static uint32_t any_below(uint32_t n)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ z >> 31) % n);
}

/* ---- queries ---------------------------------------------------------------------------------------------------- */

/* Words that follow one another in some article. */
struct run {
    char words[RUN_MAX][TEXT_FORM_MAX + 1];
    size_t count;
    uint32_t article;
};

struct asked {
    enum form form;
    char text[QUERY_MAX];
    char author[256], source[256];
    struct plan_limits limits;
};

static void any_run(struct run *run, size_t wanted, bool folded)
{
    static struct wordcode_terms terms;
    run->article = any_below(archive->count);
    run->count = 0;
    check(archive_terms(reader->reader, archive->ids[run->article], &terms, &err));
    const size_t start = terms.count > wanted ? any_below((uint32_t)(terms.count - wanted)) : 0;
    for (size_t i = start; i < terms.count && run->count < wanted; i++) {
        const struct lexicon_term *term = &archive->lexicon.terms[terms.terms[i]];
        char *out = run->words[run->count++];
        size_t n = term->len;
        memcpy(out, lexicon_form(&archive->lexicon, terms.terms[i]), n);
        if (folded) {
            char plain[TEXT_FORM_MAX];
            n = text_fold(out, n, plain);
            memcpy(out, plain, n);
        }
        out[n] = '\0';
    }
}

static void write_words(char *out, const struct run *run, const char *between)
{
    size_t n = strlen(out);
    for (size_t i = 0; i < run->count; i++) {
        n += (size_t)snprintf(out + n, QUERY_MAX - n, "%s%s", i ? between : "", run->words[i]);
    }
}

static void append(char *out, const char *text)
{
    const size_t n = strlen(out);
    snprintf(out + n, QUERY_MAX - n, "%s", text);
}

/* A field of the article of RUN. */
static void read_field(uint32_t article, enum article_field field, char out[256])
{
    struct archive_stored stored;
    archive_stored_init(&stored);
    check(archive_read(reader->reader, archive->ids[article], false, &stored, &err));
    const struct article_text *text = &stored.article.fields[field];
    snprintf(out, 256, "%.*s", (int)MIN(text->len, (size_t)100), text->text ? text->text : "");
    archive_stored_free(&stored);
}

static void write_field(struct asked *q, const struct run *run)
{
    static const struct {
        const char *name;
        enum article_field field;
    } fields[] = {{"author", ARTICLE_AUTHOR}, {"source", ARTICLE_SOURCE}, {"section", ARTICLE_SECTION}};
    const size_t f = any_below(ARRAY_LEN(fields));
    char value[256];
    read_field(run->article, fields[f].field, value);
    if (*value && !strchr(value, '"')) {
        snprintf(q->text, sizeof q->text, "%s:\"%s\" ", fields[f].name, value);
    }
    append(q->text, run->words[0]);
}

static void write_dates(struct asked *q, const struct run *run)
{
    char date[CIVIL_TEXT_MAX];
    const int64_t id = archive->ids[run->article];
    civil_format((struct civil){id / ARTICLE_SLOTS, archive->precisions[run->article]}, date);
    write_words(q->text, run, " ");
    if (id >= ARTICLE_UNDATED_END) {
        static const size_t lengths[] = {4, 7, 10};
        date[MIN(strlen(date), lengths[any_below(ARRAY_LEN(lengths))])] = '\0';
        append(q->text, any_below(3) == 0 ? " after:" : " date:");
        append(q->text, date);
    }
}

/* The beginning of WORD, of whole letters; all of it if it is short. */
static void append_beginning(char *out, const char *word)
{
    char beginning[TEXT_FORM_MAX + 1];
    const size_t n = strlen(word);
    snprintf(beginning, sizeof beginning, "%s", word);
    if (n > 3 && ((uint8_t)word[n - 1] & 0x80) == 0) {
        beginning[n - 1] = '\0';
    }
    append(out, beginning);
}

static void write_pattern(char *out, const char *pattern, const struct run *run, const struct run *other)
{
    for (; *pattern; pattern++) {
        switch (*pattern == '$' ? *++pattern : '\0') {
        case 'r':
            write_words(out, run, " ");
            break;
        case '|':
            write_words(out, run, " OR ");
            break;
        case '=':
            write_words(out, run, " =");
            break;
        case 'o':
            write_words(out, other, " ");
            break;
        case '1':
            append(out, run->words[0]);
            break;
        case '3':
            append(out, run->count > 2 ? run->words[2] : other->words[0]);
            break;
        case '*':
            append_beginning(out, run->words[0]);
            break;
        default:
            append(out, (const char[]){*pattern, '\0'});
            break;
        }
    }
}

static void write_query(struct asked *q, bool folded)
{
    struct run run, other;
    any_run(&run, q->form == RELAXED ? 5 + any_below(6) : 1 + any_below(5), folded);
    any_run(&other, 1 + any_below(2), folded);
    if (q->form == DATED_YEARS) {
        write_dates(q, &other);
    } else if (q->form == FIELD) {
        write_field(q, &run);
    } else {
        const bool phrase = q->form == PHRASE || q->form == PHRASE_AND;
        append(q->text, phrase && any_below(6) == 0 ? "-zzz " : "");
        write_pattern(q->text, FORM[q->form].patterns[any_below(2)], &run, &other);
    }
}

static void make_query(struct asked *q)
{
    *q = (struct asked){.form = (enum form)any_below(FORMS)};
    write_query(q, any_below(5) < 2);
    if (any_below(8) == 0) {
        read_field(any_below(archive->count), ARTICLE_AUTHOR, q->author);
    }
    if (any_below(8) == 0) {
        read_field(any_below(archive->count), ARTICLE_SOURCE, q->source);
    }
    const enum trabao_tier loosest = (enum trabao_tier)any_below(3);
    q->limits = (struct plan_limits){.author = q->author,
                                     .source = q->source,
                                     .tightest = any_below(2) ? loosest : TRABAO_EXACT,
                                     .loosest = loosest,
                                     .relax = q->form == RELAXED};
}

/* ---- comparing -------------------------------------------------------------------------------------------------- */

static void differ(const struct asked *q, const char *what, size_t k, size_t i)
{
    if (differences++ < SHOWN) {
        fprintf(stderr, "oracle: %s: \"%s\", author \"%s\", source \"%s\", %zu wanted: hit %zu differs\n", what,
                q->text, q->author, q->source, k, i);
    }
}

static struct plan *plan_of(const struct asked *q, const struct query_tree *tree, const struct readings *readings)
{
    struct plan *plan;
    struct plan_limits limits = q->limits;
    limits.dates = tree->dates;
    limits.readings = readings;
    limits.loosest = tree->any_marked ? limits.loosest : TRABAO_FOLDED;
    check(plan_make(reader->reader, reader->analyzer, tree, &limits, &plan, &err));
    return plan;
}

/* The best few of N HITS by adjacency, looked for, and when all are looked into. */
static void compare_ranked(const struct asked *q, struct adjacency *adjacency, const struct engine_hit *hits, size_t n)
{
    struct engine_hit few[K_MAX], all[K_MAX];
    const size_t most = 1 + any_below(12), wanted = MIN(n, most);
    for (size_t i = 0; i < n; i++) {
        few[i] = all[i] = hits[i];
        few[i].pairs = all[i].pairs = 0;
    }
    check(adjacency_rank(adjacency, few, n, wanted, &err));
    check(adjacency_rank(adjacency, all, n, n, &err));
    for (size_t i = 0; i < wanted; i++) {
        if (few[i].article != all[i].article || few[i].score != all[i].score) {
            differ(q, "ranked", wanted, i);
            return;
        }
    }
}

/* Pages of the best, by PRUNED and by SCORED. */
static void compare_best(const struct asked *q, struct plan *pruned, struct plan *scored, bool recency)
{
    static struct engine_hit a[K_MAX], b[K_MAX];
    struct engine_hit after;
    struct adjacency *adjacency;
    const size_t k = 1 + any_below(any_below(2) ? 12 : K_MAX);
    check(adjacency_open(reader->reader, pruned, &adjacency, &err));
    struct engine_options options = {.recency = recency,
                                     .heavy = any_below(2),
                                     .has_phrases = adjacency_has_phrases,
                                     .phrases = adjacency};
    for (int page = 0; page < PAGES; page++) {
        struct engine_hits few = {a, 0, k}, best = {b, 0, k};
        size_t i = 0;
        check(engine_best(reader->reader, pruned, &options, &few, &err));
        check(engine_best_exhaustive(reader->reader, scored, &options, &best, &err));
        while (i < MIN(few.count, best.count) && engine_compare(&a[i], &b[i]) == 0 && a[i].estimate == b[i].estimate) {
            i++;
        }
        if (i < MAX(few.count, best.count)) {
            differ(q, "best", k, i);
        }
        compare_ranked(q, adjacency, a, few.count);
        compared += best.count;
        found_by_form[q->form] += page == 0 && best.count > 0;
        if (best.count < k) {
            break;
        }
        after = b[any_below((uint32_t)best.count)];
        options.after = &after;
    }
    adjacency_close(adjacency);
}

static int newer(const void *a, const void *b)
{
    const uint32_t x = ((const struct engine_hit *)a)->article, y = ((const struct engine_hit *)b)->article;
    return x > y ? -1 : x < y;
}

/* Everything that matches, ALL (N hits, newest first), page by page. */
static void compare_dates(const struct asked *q, struct plan *plan, const struct engine_hit *all, size_t n, bool newest)
{
    struct engine_hit page[DATED];
    const struct engine_options options = {0};
    struct engine_dates dates = {newest, UINT32_MAX};
    for (size_t at = 0, got = DATED; got == DATED; at += got) {
        struct engine_hits hits = {page, 0, DATED};
        check(engine_by_date(reader->reader, plan, &options, &dates, &hits, &err));
        got = hits.count;
        for (size_t i = 0; i < got; i++) {
            const size_t place = at + i;
            if (place >= n || page[i].article != all[newest ? place : n - 1 - place].article) {
                differ(q, "by date", DATED, place);
                return;
            }
            dates.start = page[i].article;
        }
        if (got < DATED && at + got != n) {
            differ(q, "by date", DATED, at + got);
        }
    }
}

static void compare_all(const struct asked *q, struct plan *plan, struct plan *other, bool recency)
{
    struct engine_hit *all = mem_alloc(archive->count, sizeof *all);
    const struct engine_options options = {.recency = recency, .heavy = any_below(2)};
    struct engine_hits hits = {all, 0, archive->count};
    uint64_t by_tier[TRABAO_TIERS];
    if (!all) {
        check(error_no_memory(&err));
    }
    check(engine_best_exhaustive(reader->reader, plan, &options, &hits, &err));
    const size_t n = hits.count;
    check(engine_count(reader->reader, other, &options, by_tier, &err));
    if (by_tier[0] + by_tier[1] + by_tier[2] != n) {
        differ(q, "count", n, (size_t)(by_tier[0] + by_tier[1] + by_tier[2]));
    }
    if (n) {
        struct engine_parts parts;
        const struct engine_hit *hit = &all[any_below((uint32_t)n)];
        check(engine_explain(reader->reader, plan, &options, hit->article, &parts, &err));
        if (parts.words + parts.recency + parts.all_words + parts.estimate != hit->score) {
            differ(q, "parts of the score", n, (size_t)(hit - all));
        }
        qsort(all, n, sizeof *all, newer);
    }
    compare_dates(q, other, all, n, true);
    compare_dates(q, other, all, n, false);
    mem_free(all);
}

static void ask(void)
{
    struct asked q;
    struct query_tree *tree;
    struct readings readings = {0};
    make_query(&q);
    const struct query_typed typed = {q.text, strlen(q.text), civil_now(), false};
    check(query_read(reader, &typed, &tree, &err));
    struct query_arena *arena = query_arena_new();
    const enum trabao_tier loosest = tree->any_marked ? q.limits.loosest : TRABAO_FOLDED;
    const struct stand_rule rule = {&archive->lexicon, tree->any_marked, loosest};
    check(readings_weigh(archive, tree, &rule, arena, &readings, &err));
    const bool recency = any_below(2) == 0, weighed = !tree->any_marked || any_below(2) == 0;
    struct plan *pruned = plan_of(&q, tree, weighed ? &readings : NULL);
    struct plan *scored = plan_of(&q, tree, weighed ? &readings : NULL);
    asked_by_form[q.form]++;
    compare_best(&q, pruned, scored, recency);
    compare_all(&q, scored, pruned, recency);
    plan_free(pruned);
    plan_free(scored);
    query_arena_free(arena);
    query_tree_free(tree);
    impact_release(reader->reader->impacts);
}

static void print_figures(long queries)
{
    printf("{\"articles\": %u, \"queries\": %ld, \"hits_compared\": %zu, \"differences\": %zu, \"found\": {",
           archive->count, queries, compared, differences);
    for (size_t f = 0; f < FORMS; f++) {
        printf("%s\"%s\": [%zu, %zu]", f ? ", " : "", FORM[f].name, found_by_form[f], asked_by_form[f]);
    }
    printf("}}\n");
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: oracle ARCHIVE QUERIES SEED\n");
        return 64;
    }
    const long queries = strtol(argv[2], NULL, 10);
    state = strtoull(argv[3], NULL, 10);
    check(trabao_open(argv[1], NULL, &opened, &err));
    check(trabao_reader_open(opened, &reader, &err));
    archive = opened->archive;
    for (long i = 0; i < queries; i++) {
        ask();
    }
    print_figures(queries);
    trabao_reader_close(reader);
    trabao_close(opened);
    return differences ? 1 : 0;
}
