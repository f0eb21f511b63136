/*
 * command_search.c - `trabao search`: one query from the command line, or a batch of them, each page by page until as
 * many hits are printed as were asked for.
 */
#include "query/commands.h"

#include <argp.h>
#include <errno.h>

#include "base/mem.h"
#include "query/answer_json.h"
#include "query/print.h"

struct options {
    const char *name; /* argv[0] */
    const char *db, *batch;
    enum command_format format;
    uint64_t limit;
    struct trabao_request request;
    struct buf query;
};

/* What the queries of one run share. */
struct run {
    const struct options *options;
    struct trabao_reader *reader;
    struct printer printer;
    uint64_t answered; /* queries with at least one hit */
    uint64_t refused;  /* lines of a batch that are no query */
};

/* ---- options --------------------------------------------------------------------------------------------------- */

enum {
    KEY_SORT = 256,
    KEY_FROM,
    KEY_TO,
    KEY_FORMAT,
    KEY_BATCH,
    KEY_TIER,
    KEY_STRICT,
    KEY_AUTHOR,
    KEY_SOURCE,
    KEY_SECTION,
    KEY_NAME,
    KEY_EXPLAIN,
    KEY_DB
};

static const struct argp_option option_table[] = {
    {"db", KEY_DB, "FILE", 0, "The archive", 0},
    {"limit", 'n', "N", 0, "At most N hits, or `all` (default 10)", 0},
    {"sort", KEY_SORT, "ORDER", 0, "relevance, relevance-only, newest or oldest", 0},
    {"from", KEY_FROM, "DATE", 0, "Articles of this date or later", 0},
    {"to", KEY_TO, "DATE", 0, "Articles of this date or earlier", 0},
    {"author", KEY_AUTHOR, "WORDS", 0, "Articles by this author", 1},
    {"source", KEY_SOURCE, "WORDS", 0, "Articles of this paper", 1},
    {"section", KEY_SECTION, "WORDS", 0, "Articles of this section", 1},
    {"name", KEY_NAME, "WORDS", 0, "Articles that name this person", 1},
    {"tier", KEY_TIER, "TIER", 0, "How marks are matched: exact, tone, folded, or auto", 2},
    {"strict", KEY_STRICT, NULL, 0, "Refuse a query that cannot be read as typed", 2},
    {"format", KEY_FORMAT, "FORMAT", 0, "text, json, jsonl, csv or trec", 3},
    {"explain", KEY_EXPLAIN, NULL, 0, "Say how each score came about (text, json, jsonl)", 3},
    {"batch", KEY_BATCH, "FILE", 0, "Run the queries of FILE (- for stdin), lines of an id, a tab and a query", 3},
    {0},
};

static const char doc[] =
    "Search an archive.\v"
    "All words must occur. \"A phrase\", -word, OR, ( ), word*, NEAR/n, =word, title:word, author:, source:, section:, "
    "name:, date:2020-07, after:, before: are understood. Words that begin with a dash follow `--`.\n\n"
    "Exit status: 0 something was found, 1 nothing was found or lines of a batch were refused, 64 usage, 65 bad "
    "archive, 66 no such file, 70 internal error, 74 input/output error.";

static void read_limit(struct argp_state *state, const char *text, uint64_t *limit)
{
    char *end = NULL;
    if (strcmp(text, "all") == 0) {
        *limit = UINT64_MAX;
        return;
    }
    errno = 0;
    const long long n = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || n < 1)
        argp_error(state, "--limit takes a number from 1 on, or `all`, not \"%s\"", text);
    *limit = (uint64_t)n;
}

static bool read_tier(const char *name, enum trabao_tier *tier)
{
    if (strcmp(name, "auto") != 0)
        return trabao_tier_from_name(name, tier);
    *tier = TRABAO_TIER_AUTO;
    return true;
}

static void check_options(struct argp_state *state, const struct options *o)
{
    if (o->db == NULL)
        argp_error(state, "--db FILE is missing");
    if (o->batch == NULL && o->query.len == 0)
        argp_error(state, "the query is missing");
    if (o->batch != NULL && o->query.len > 0)
        argp_error(state, "a batch and a query exclude each other");
}

/* Filters and ways of matching; false when KEY is none of them. */
static bool parse_request(int key, char *arg, struct argp_state *state, struct trabao_request *r)
{
    switch (key) {
    case KEY_SORT:
        if (!trabao_sort_from_name(arg, &r->sort))
            argp_error(state, "--sort does not know \"%s\"", arg);
        return true;
    case KEY_FROM:
        r->from = arg;
        return true;
    case KEY_TO:
        r->to = arg;
        return true;
    case KEY_AUTHOR:
        r->author = arg;
        return true;
    case KEY_SOURCE:
        r->source = arg;
        return true;
    case KEY_SECTION:
        r->section = arg;
        return true;
    case KEY_NAME:
        r->name = arg;
        return true;
    case KEY_TIER:
        if (!read_tier(arg, &r->tier))
            argp_error(state, "--tier does not know \"%s\"", arg);
        return true;
    case KEY_STRICT:
        r->strict = true;
        return true;
    case KEY_EXPLAIN:
        r->explain = true;
        return true;
    default:
        return false;
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct options *o = state->input;
    switch (key) {
    case KEY_DB:
        o->db = arg;
        break;
    case 'n':
        read_limit(state, arg, &o->limit);
        break;
    case KEY_FORMAT:
        if (!command_format_from_name(arg, &o->format))
            argp_error(state, "--format does not know \"%s\"", arg);
        break;
    case KEY_BATCH:
        o->batch = arg;
        break;
    case ARGP_KEY_ARG:
        command_add_word(&o->query, arg);
        break;
    case ARGP_KEY_END:
        check_options(state, o);
        break;
    default:
        return parse_request(key, arg, state, &o->request) ? 0 : ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* ---- one query ------------------------------------------------------------------------------------------------- */

/* The pages of one answer; all are kept only for the JSON object that shows them as one. */
struct pages {
    struct trabao_answer **items; /* owned */
    size_t count, capacity;
    uint64_t hits;
};

static void free_pages(struct pages *pages)
{
    for (size_t i = 0; i < pages->count; i++)
        trabao_answer_free(pages->items[i]);
    mem_free(pages->items);
}

/* Frees all pages but the last, which holds the cursor of the next. */
static void keep_last(struct pages *pages)
{
    struct trabao_answer *last = pages->items[--pages->count];
    while (pages->count > 0)
        trabao_answer_free(pages->items[--pages->count]);
    pages->items[pages->count++] = last;
}

static bool add_page(struct pages *pages, struct trabao_answer *answer)
{
    void *items = pages->items;
    if (!mem_grow(&items, &pages->capacity, pages->count + 1, sizeof(struct trabao_answer *))) {
        trabao_answer_free(answer);
        return false;
    }
    pages->items = items;
    pages->items[pages->count++] = answer;
    pages->hits += answer->hit_count;
    return true;
}

static enum trabao_status print_pages(const struct pages *pages, const char *query_id, struct trabao_error *err)
{
    struct trabao_answer whole = *pages->items[0];
    struct trabao_hit *hits = mem_alloc(pages->hits, sizeof *hits);
    if (hits == NULL)
        return error_no_memory(err);
    whole.hits = hits;
    whole.hit_count = 0;
    for (size_t i = 0; i < pages->count; i++) {
        const struct trabao_answer *page = pages->items[i];
        if (page->hit_count > 0)
            memcpy(hits + whole.hit_count, page->hits, page->hit_count * sizeof *hits);
        whole.hit_count += page->hit_count;
        whole.next = page->next;
    }
    char *json = query_answer_json(&whole, query_id);
    mem_free(hits);
    if (json == NULL)
        return error_no_memory(err);
    puts(json);
    mem_free(json);
    return TRABAO_OK;
}

/* A tier that was tried and found nothing is no news. */
static enum trabao_tier loosest_found(const struct trabao_answer *answer)
{
    enum trabao_tier tier = answer->tier;
    while (tier > TRABAO_EXACT && answer->totals_by_tier[tier] == 0)
        tier--;
    return tier;
}

/* What a person at a terminal should know beside the hits. The JSON object says all of it by itself. */
static void talk(const struct run *run, const char *query_id, const struct trabao_answer *answer)
{
    const char *name = run->options->name;
    const char *id = query_id != NULL ? query_id : "";
    const char *colon = query_id != NULL ? ": " : "";
    if (run->options->format == COMMAND_JSON)
        return;
    for (size_t i = 0; i < answer->warning_count; i++)
        fprintf(stderr, "%s: %s%s%s\n", name, id, colon, answer->warnings[i]);
    if (run->options->format != COMMAND_TEXT)
        return;
    if (answer->suggestion != NULL)
        fprintf(stderr, "%s%sdid you mean: %s\n", id, colon, answer->suggestion);
    const enum trabao_tier tier = loosest_found(answer);
    fprintf(stderr, "%s%s%s%llu %s, %.1f ms%s%s\n", id, colon, answer->total_exact ? "" : "at least ",
            (unsigned long long)answer->total, answer->total == 1 ? "article" : "articles", answer->took_ms,
            tier == TRABAO_EXACT ? "" : ", marks matched: ",
            tier == TRABAO_EXACT ? "" : trabao_tier_name(tier));
    if (answer->relaxed)
        fprintf(stderr, "%s%sfew articles have all words; others follow\n", id, colon);
}

static enum trabao_status print_hits(struct run *run, const char *query_id, const struct trabao_answer *page,
                                     struct trabao_error *err)
{
    for (size_t i = 0; i < page->hit_count; i++) {
        if (!printer_hit(&run->printer, query_id, &page->hits[i]))
            return error_no_memory(err);
    }
    return TRABAO_OK;
}

static enum trabao_status next_page(struct run *run, const struct trabao_request *request, const char *query_id,
                                    struct pages *pages, struct trabao_error *err)
{
    struct trabao_answer *answer = NULL;
    const bool whole = run->options->format == COMMAND_JSON;
    enum trabao_status status = trabao_search(run->reader, request, &answer, err);
    if (status != TRABAO_OK)
        return status;
    const bool first = pages->count == 0;
    if (!add_page(pages, answer))
        return error_no_memory(err);
    if (first)
        talk(run, query_id, answer);
    if (whole)
        return TRABAO_OK;
    if (first)
        printer_begin(&run->printer, query_id, request->query);
    status = print_hits(run, query_id, answer, err);
    keep_last(pages);
    return status;
}

/* QUERY is NUL-terminated; QUERY_ID is NULL for the query of the command line. */
static enum trabao_status run_query(struct run *run, const char *query_id, const char *query, size_t n,
                                    struct trabao_error *err)
{
    struct trabao_request request = run->options->request;
    struct pages pages = {0};
    enum trabao_status status = TRABAO_OK;
    request.query = query;
    request.query_len = n;
    request.english = run->options->format != COMMAND_JSON; /* that is the object of the HTTP interface */
    do {
        request.limit = (int)MIN(run->options->limit - pages.hits, (uint64_t)TRABAO_LIMIT_MAX);
        status = next_page(run, &request, query_id, &pages, err);
        if (status == TRABAO_OK)
            request.cursor = pages.items[pages.count - 1]->next;
    } while (status == TRABAO_OK && request.cursor != NULL && pages.hits < run->options->limit && !ferror(stdout));
    if (status == TRABAO_OK && run->options->format == COMMAND_JSON)
        status = print_pages(&pages, query_id, err);
    run->answered += pages.hits > 0;
    free_pages(&pages);
    return status;
}

/* ---- a batch --------------------------------------------------------------------------------------------------- */

static enum trabao_status run_line(void *context, const char *id, const char *text, size_t n, struct trabao_error *err)
{
    return run_query(context, id, text, n, err);
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static enum trabao_status search(const struct options *o, struct trabao_error *err)
{
    struct command_archive archive;
    struct run run = {.options = o, .printer = printer_for_stdout(o->format, o->batch != NULL)};
    enum trabao_status status = command_open(&archive, o->db, err);
    run.reader = archive.reader;
    if (status == TRABAO_OK && o->batch != NULL)
        status = command_batch(o->name, o->batch, run_line, &run, &run.refused, err);
    else if (status == TRABAO_OK)
        status = run_query(&run, NULL, buf_str(&o->query), o->query.len, err);
    command_close(&archive);
    if (status == TRABAO_OK && (run.answered == 0 || run.refused > 0))
        return TRABAO_NONE;
    return status;
}

int query_search_main(int argc, char **argv)
{
    static const struct argp argp = {option_table, parse_option, "QUERY...", doc, NULL, NULL, NULL};
    struct options o = {.name = argv[0], .limit = 10, .request = {.tier = TRABAO_TIER_AUTO}};
    struct trabao_error err = {0};
    buf_init(&o.query, COMMAND_TEXT_MAX);
    argp_parse(&argp, argc, argv, 0, NULL, &o);
    const enum trabao_status status = buf_failed(&o.query) ? error_no_memory(&err) : search(&o, &err);
    buf_free(&o.query);
    return command_end(argv[0], status, &err);
}
