/*
 * bench_query.c - how long the best ten take, per mode and per class of query, in this process and thread.
 *
 *     bench_query ARCHIVE QUERIES.TSV COLUMN [RUNS] > RESULT.json
 *
 * QUERIES.TSV: a heading, then lines of identifier, class, query, folded query. COLUMN 3 asks the query as it is
 * written, 4 its folded form. Each mode asks every query once untimed (so that its blocks are in memory), then RUNS
 * times; the median of a query's runs is its time. Timed are reading the query, binding it, pruning and adjacency, and,
 * apart, the whole answer with texts and snippets and without a total.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "query/adjacency.h"
#include "query/library.h"

#define QUERIES_MAX 4096
#define RUNS_MAX 25
#define HITS 10

enum mode { MODE_AND, MODE_OR, MODE_PHRASE, MODES };

struct query {
    char class[32];
    char text[1024];
};

static struct query queries[QUERIES_MAX];
static size_t query_count;

static void read_queries(const char *path, int column)
{
    char line[4096];
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        exit(66);
    }
    while (query_count < QUERIES_MAX && fgets(line, sizeof line, f)) {
        char *cells[8] = {0};
        char *rest = line;
        line[strcspn(line, "\n")] = '\0';
        for (int i = 0; i < 8 && rest; i++) {
            cells[i] = strsep(&rest, "\t");
        }
        if (cells[column - 1] && strcmp(cells[0], "qid") != 0) {
            struct query *q = &queries[query_count++];
            snprintf(q->class, sizeof q->class, "%s", cells[1]);
            snprintf(q->text, sizeof q->text, "%s", cells[column - 1]);
        }
    }
    fclose(f);
}

static void phrase_query(const struct query *q, enum mode mode, char *out, size_t size)
{
    if (mode == MODE_AND) {
        snprintf(out, size, "%s", q->text);
    } else if (mode == MODE_PHRASE) {
        snprintf(out, size, "\"%s\"", q->text);
    } else {
        size_t n = 0;
        for (const char *p = q->text; *p && n + 8 < size; p++) {
            n += (size_t)snprintf(out + n, size - n, *p == ' ' ? " OR " : "%c", *p);
        }
    }
}

/* Milliseconds for the ids of the best ten. */
static double ids_of(struct trabao_reader *r, const char *text)
{
    struct trabao_error err = {0};
    struct query_tree *tree = NULL;
    struct plan *plan = NULL;
    struct engine_hit hits[ADJACENCY_ARTICLES];
    size_t found = 0;
    const struct engine_options options = {.recency = true};
    const double started = clock_ms();
    enum trabao_status status = query_parse(r->analyzer, text, strlen(text), civil_now(), false, &tree, &err);
    if (status == TRABAO_OK) {
        const struct plan_limits limits = {.loosest = tree->any_marked ? TRABAO_EXACT : TRABAO_FOLDED};
        status = plan_make(r->reader, r->analyzer, tree, &limits, &plan, &err);
    }
    if (status == TRABAO_OK) {
        const size_t k = adjacency_matters(plan) ? ADJACENCY_ARTICLES : HITS;
        status = engine_best(r->reader, plan, &options, k, hits, &found, &err);
    }
    if (status == TRABAO_OK) {
        status = adjacency_rank(r->reader, plan, hits, found, &err);
    }
    plan_free(plan);
    query_tree_free(tree);
    impact_release(r->reader->impacts);
    const double took = clock_ms() - started;
    if (status != TRABAO_OK) {
        fprintf(stderr, "%s: %s\n", text, err.message);
        exit((int)status);
    }
    return took;
}

/* Milliseconds for the whole answer, without a total. */
static double answer_of(struct trabao_reader *r, const char *text)
{
    struct trabao_error err = {0};
    struct trabao_answer *answer;
    const struct trabao_request request = {
        .query = text, .query_len = strlen(text), .tier = TRABAO_TIER_AUTO, .total = TRABAO_TOTAL_NONE};
    const double started = clock_ms();
    if (trabao_search(r, &request, &answer, &err) != TRABAO_OK) {
        fprintf(stderr, "%s: %s\n", text, err.message);
        exit(70);
    }
    char *json = trabao_answer_json(answer);
    trabao_answer_free(answer);
    mem_free(json);
    return clock_ms() - started;
}

static int by_number(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(const double *sorted, size_t n, double share)
{
    return n ? sorted[MIN(n - 1, (size_t)(share * (double)n))] : 0;
}

static void print_row(const char *mode, const char *class, const char *what, double *times, size_t n, bool last)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += times[i];
    }
    qsort(times, n, sizeof *times, by_number);
    printf("  {\"mode\":\"%s\",\"class\":\"%s\",\"what\":\"%s\",\"queries\":%zu,\"mean_ms\":%.4f,\"p50_ms\":%.4f,"
           "\"p90_ms\":%.4f,\"p99_ms\":%.4f,\"max_ms\":%.4f}%s\n",
           mode, class, what, n, n ? sum / (double)n : 0, percentile(times, n, 0.5), percentile(times, n, 0.9),
           percentile(times, n, 0.99), n ? times[n - 1] : 0, last ? "" : ",");
}

static void bench_mode(struct trabao_reader *r, enum mode mode, int runs, bool last_mode)
{
    static const char *const modes[] = {"and", "or", "phrase"};
    static double medians[2][QUERIES_MAX];
    char text[8192];
    for (int what = 0; what < 2; what++) {
        double (*const measure)(struct trabao_reader *, const char *) = what ? answer_of : ids_of;
        for (size_t i = 0; i < query_count; i++) {
            double times[RUNS_MAX];
            phrase_query(&queries[i], mode, text, sizeof text);
            measure(r, text);
            for (int run = 0; run < runs; run++) {
                times[run] = measure(r, text);
            }
            qsort(times, (size_t)runs, sizeof *times, by_number);
            medians[what][i] = times[runs / 2];
        }
    }
    for (int what = 0; what < 2; what++) {
        static double some[QUERIES_MAX];
        memcpy(some, medians[what], query_count * sizeof *some);
        print_row(modes[mode], "all", what ? "answer" : "ids", some, query_count, false);
        static const char *const classes[] = {"name", "titlefrag", "title", "single", "compound"};
        for (size_t c = 0; c < ARRAY_LEN(classes); c++) {
            size_t n = 0;
            for (size_t i = 0; i < query_count; i++) {
                if (strcmp(queries[i].class, classes[c]) == 0) {
                    some[n++] = medians[what][i];
                }
            }
            print_row(modes[mode], classes[c], what ? "answer" : "ids", some, n,
                      last_mode && what == 1 && c + 1 == ARRAY_LEN(classes));
        }
    }
}

int main(int argc, char **argv)
{
    struct trabao_error err = {0};
    struct trabao_archive *archive;
    struct trabao_reader *reader;
    if (argc < 4) {
        fprintf(stderr, "usage: bench_query ARCHIVE QUERIES.TSV COLUMN [RUNS]\n");
        return 64;
    }
    const long column = strtol(argv[3], NULL, 10);
    const long runs = argc > 4 ? strtol(argv[4], NULL, 10) : 5;
    read_queries(argv[2], column >= 1 && column <= 8 ? (int)column : 3);
    if (trabao_open(argv[1], NULL, &archive, &err) != TRABAO_OK ||
        trabao_reader_open(archive, &reader, &err) != TRABAO_OK) {
        fprintf(stderr, "%s\n", err.message);
        return (int)err.status;
    }
    printf("[\n");
    for (enum mode mode = MODE_AND; mode < MODES; mode++) {
        bench_mode(reader, mode, runs >= 1 && runs <= RUNS_MAX ? (int)runs : 5, mode + 1 == MODES);
    }
    printf("]\n");
    trabao_reader_close(reader);
    trabao_close(archive);
    return 0;
}
