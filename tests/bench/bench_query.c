/*
 * bench_query.c - how long the best ten take, query by query, in one mode, in this process and thread.
 *
 *     bench_query ARCHIVE WARM.TSV QUERIES.TSV COLUMN MODE WORK RUNS
 *
 * Files of queries: a heading, then lines of identifier, class, query, folded query. COLUMN 3 asks the query as it is
 * written, 4 its folded form. MODE is and, or, phrase. WORK is what is done: `pruned` reads the query and finds the ten
 * best by the first stage alone, `ids` ranks by adjacency too, `helped` does so with another thread for heavy queries,
 * `answer` is the whole answer with texts and snippets as JSON, without a total, and that thread.
 *
 * The queries of WARM.TSV are asked first, untimed, so that the archive is in memory. Then each query of QUERIES.TSV
 * is asked once: nothing has asked it before in the process. Last, each is asked RUNS times more, as the peers
 * are. Prints lines of identifier, class, milliseconds of the first request by the clock and of the processor, and the
 * least and the median of the others by the clock.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "query/adjacency.h"
#include "query/library.h"

#define QUERIES_MAX 20000
#define RUNS_MAX 25
#define HITS 10

struct query {
    char id[64], class[32];
    char text[2048];
    double first, first_cpu; /* milliseconds */
};

/* Milliseconds that one request takes. */
typedef double (*work_fn)(struct trabao_reader *r, const char *text);

static void write_in_mode(const char *mode, const char *words, char *out, size_t size)
{
    if (strcmp(mode, "phrase") == 0) {
        snprintf(out, size, "\"%s\"", words);
        return;
    }
    const char *const blank = strcmp(mode, "or") == 0 ? " OR " : " ";
    size_t n = 0;
    for (const char *p = words; *p && n + 8 < size; p++) {
        n += (size_t)snprintf(out + n, size - n, *p == ' ' ? "%s" : "%.1s", *p == ' ' ? blank : p);
    }
}

static size_t read_queries(const char *path, int column, const char *mode, struct query *queries)
{
    char line[4096];
    size_t count = 0;
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        exit(66);
    }
    while (count < QUERIES_MAX && fgets(line, sizeof line, f)) {
        char *cells[4] = {0};
        char *rest = line;
        line[strcspn(line, "\n")] = '\0';
        for (int i = 0; i < 4 && rest; i++) {
            cells[i] = strsep(&rest, "\t");
        }
        if (cells[column - 1] && strcmp(cells[0], "qid") != 0) {
            struct query *q = &queries[count++];
            snprintf(q->id, sizeof q->id, "%s", cells[0]);
            snprintf(q->class, sizeof q->class, "%s", cells[1]);
            write_in_mode(mode, cells[column - 1], q->text, sizeof q->text);
        }
    }
    fclose(f);
    return count;
}

static uint32_t heavy; /* engine_options.heavy: one thread does it all */

/* Finds the ids of the best ten of a query that was read. */
static enum trabao_status find_ids(struct trabao_reader *r, const struct query_tree *tree, bool second_stage,
                                   struct query_arena *arena, struct trabao_error *err)
{
    struct plan_limits limits = {.loosest = tree->any_marked ? TRABAO_EXACT : TRABAO_FOLDED};
    struct readings readings = {0};
    struct plan *plan = NULL;
    struct adjacency *adjacency = NULL;
    struct engine_hit items[ADJACENCY_ARTICLES];
    struct engine_hits hits = {items, 0, HITS};
    enum trabao_status status = TRABAO_OK;
    if (!tree->any_marked) {
        const struct stand_rule rule = {&r->reader->archive->lexicon, false, TRABAO_FOLDED};
        status = readings_weigh(r->reader->archive, tree, &rule, arena, &readings, err);
        limits.readings = &readings;
    }
    if (status == TRABAO_OK) {
        status = plan_make(r->reader, r->analyzer, tree, &limits, &plan, err);
    }
    if (status == TRABAO_OK) {
        status = adjacency_open(r->reader, plan, &adjacency, err);
    }
    if (status == TRABAO_OK) {
        const struct engine_options options = {
            .recency = true, .heavy = heavy, .has_phrases = adjacency_has_phrases, .phrases = adjacency};
        if (second_stage && adjacency_matters(plan)) {
            hits.capacity = adjacency_articles(plan);
        }
        status = engine_best(r->reader, plan, &options, &hits, err);
    }
    if (status == TRABAO_OK && second_stage) {
        status = adjacency_rank(adjacency, items, hits.count, HITS, err);
    }
    adjacency_close(adjacency);
    plan_free(plan);
    archive_reader_release(r->reader);
    return status;
}

/* Milliseconds for the ids of the best ten. */
static double ids_of(struct trabao_reader *r, const char *text, bool second_stage)
{
    struct trabao_error err = {0};
    struct query_tree *tree = NULL;
    const double started = clock_ms();
    struct query_arena *arena = query_arena_new();
    const struct query_typed typed = {text, strlen(text), civil_now(), false};
    enum trabao_status status = query_parse(r->analyzer, &typed, &tree, &err);
    if (status == TRABAO_OK) {
        status = find_ids(r, tree, second_stage, arena, &err);
    }
    query_tree_free(tree);
    query_arena_free(arena);
    const double took = clock_ms() - started;
    if (status != TRABAO_OK) {
        fprintf(stderr, "%s: %s\n", text, err.message);
        exit((int)status);
    }
    return took;
}

static double work_pruned(struct trabao_reader *r, const char *text)
{
    return ids_of(r, text, false);
}

static double work_ids(struct trabao_reader *r, const char *text)
{
    return ids_of(r, text, true);
}

/* The same as work_ids, and another thread helps where that is worth it. */
static double work_helped(struct trabao_reader *r, const char *text)
{
    heavy = ENGINE_HEAVY;
    return ids_of(r, text, true);
}

static double work_answer(struct trabao_reader *r, const char *text)
{
    struct trabao_error err = {0};
    struct trabao_answer *answer;
    const struct trabao_request request = {
        .query = text, .query_len = strlen(text), .tier = TRABAO_TIER_AUTO, .total = TRABAO_TOTAL_NONE};
    const double started = clock_ms();
    if (trabao_search(r, &request, &answer, &err) != TRABAO_OK) {
        fprintf(stderr, "%s: %s\n", text, err.message);
        exit((int)err.status);
    }
    char *json = trabao_answer_json(answer);
    trabao_answer_free(answer);
    mem_free(json);
    return clock_ms() - started;
}

static work_fn work_from_name(const char *name)
{
    static const struct {
        const char *name;
        work_fn work;
    } works[] = {{"pruned", work_pruned}, {"ids", work_ids}, {"helped", work_helped}, {"answer", work_answer}};
    for (size_t i = 0; i < ARRAY_LEN(works); i++) {
        if (strcmp(name, works[i].name) == 0) {
            return works[i].work;
        }
    }
    fprintf(stderr, "bench_query: there is no work \"%s\"\n", name);
    exit(64);
}

static double thread_cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int by_number(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void bench(struct trabao_reader *r, work_fn work, struct query *queries, size_t count, size_t runs)
{
    for (size_t i = 0; i < count; i++) {
        const double cpu = thread_cpu_ms();
        queries[i].first = work(r, queries[i].text);
        queries[i].first_cpu = thread_cpu_ms() - cpu;
    }
    for (size_t i = 0; i < count; i++) {
        double times[RUNS_MAX] = {queries[i].first};
        for (size_t run = 0; run < runs; run++) {
            times[run] = work(r, queries[i].text);
        }
        qsort(times, runs, sizeof *times, by_number);
        printf("%s\t%s\t%.4f\t%.4f\t%.4f\t%.4f\n", queries[i].id, queries[i].class, queries[i].first,
               queries[i].first_cpu, times[0], times[runs / 2]);
    }
}

int main(int argc, char **argv)
{
    static struct query queries[QUERIES_MAX];
    struct trabao_error err = {0};
    struct trabao_archive *archive;
    struct trabao_reader *reader;
    if (argc != 8) {
        fprintf(stderr, "usage: bench_query ARCHIVE WARM.TSV QUERIES.TSV COLUMN MODE WORK RUNS\n");
        return 64;
    }
    const int column = strcmp(argv[4], "4") == 0 ? 4 : 3;
    const work_fn work = work_from_name(argv[6]);
    const long runs = strtol(argv[7], NULL, 10);
    if (trabao_open(argv[1], NULL, &archive, &err) != TRABAO_OK ||
        trabao_reader_open(archive, &reader, &err) != TRABAO_OK) {
        fprintf(stderr, "%s\n", err.message);
        return (int)err.status;
    }
    const size_t warm = read_queries(argv[2], column, argv[5], queries);
    for (size_t i = 0; i < warm; i++) {
        work(reader, queries[i].text);
    }
    const size_t count = read_queries(argv[3], column, argv[5], queries);
    bench(reader, work, queries, count, runs >= 1 && runs <= RUNS_MAX ? (size_t)runs : 1);
    trabao_reader_close(reader);
    trabao_close(archive);
    return 0;
}
