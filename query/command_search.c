/*
 * command_search.c - `trabao search`: one query from the command line, or a batch of them, each page by page until as
 * many hits are printed as were asked for.
 */
#include "query/commands.h"

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

static const char doc[] =
    "Search an archive.\v"
    "All words must occur. \"A phrase\", -word, OR, ( ), word*, NEAR/n, =word, title:word, author:, source:, section:, "
    "name:, date:2020-07, after:, before: are understood. Words that begin with a dash follow `--`.\n\n"
    "Exit status: 0 something was found, 1 nothing was found or lines of a batch were refused, 64 usage, 65 bad "
    "archive, 66 no such file, 70 internal error, 74 input/output error.";

/* A uint64_t; UINT64_MAX for `all`. */
static bool read_limit(const char *text, void *limit)
{
    char *end = NULL;
    if (strcmp(text, "all") == 0) {
        *(uint64_t *)limit = UINT64_MAX;
        return true;
    }
    errno = 0;
    const long long n = strtoll(text, &end, 10);
    *(uint64_t *)limit = (uint64_t)n;
    return errno == 0 && end != text && *end == '\0' && n >= 1;
}

static bool read_sort(const char *text, void *sort)
{
    return trabao_sort_from_name(text, sort);
}

static bool read_tier(const char *text, void *tier)
{
    if (strcmp(text, "auto") != 0) {
        return trabao_tier_from_name(text, tier);
    }
    *(enum trabao_tier *)tier = TRABAO_TIER_AUTO;
    return true;
}

/* Filters are a query too: all articles of an author, of a day, about a person. */
static bool has_filter(const struct trabao_request *r)
{
    const char *const filters[] = {r->from, r->to, r->author, r->source, r->section, r->name};
    bool any = false;
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        any = any || filters[i] != NULL;
    }
    return any;
}

static const char *complaint(const void *settings, const struct command_arguments *query)
{
    const struct options *o = settings;
    if (o->batch == NULL) {
        return command_has_words(query) || has_filter(&o->request) ? NULL : "the query is missing";
    }
    return command_has_words(query) ? "a batch and a query exclude each other" : NULL;
}

/* Reads the command line into O. */
static void read_options(struct options *o, int argc, char **argv)
{
    struct trabao_request *r = &o->request;
    const struct command_option options[] = {
        COMMAND_DB(&o->db, "The archive"),
        {.name = "limit",
         .letter = 'n',
         .argument = "N",
         .help = "At most N hits, or `all` (default 10)",
         .read = read_limit,
         .value = &o->limit,
         .takes = "a number from 1 on, or `all`"},
        {.name = "sort",
         .argument = "ORDER",
         .help = "relevance, relevance-only, newest or oldest",
         .read = read_sort,
         .value = &r->sort},
        {.name = "from", .argument = "DATE", .help = "Articles of this date or later", .text = &r->from},
        {.name = "to", .argument = "DATE", .help = "Articles of this date or earlier", .text = &r->to},
        {.name = "author", .argument = "WORDS", .help = "Articles by this author", .group = 1, .text = &r->author},
        {.name = "source", .argument = "WORDS", .help = "Articles of this paper", .group = 1, .text = &r->source},
        {.name = "section", .argument = "WORDS", .help = "Articles of this section", .group = 1, .text = &r->section},
        {.name = "name", .argument = "WORDS", .help = "Articles that name this person", .group = 1, .text = &r->name},
        {.name = "tier",
         .argument = "TIER",
         .help = "How marks are matched: exact, tone, folded, or auto",
         .group = 2,
         .read = read_tier,
         .value = &r->tier,
         .takes = "exact, tone, folded or auto"},
        {.name = "strict", .help = "Refuse a query that cannot be read as typed", .group = 2, .flag = &r->strict},
        {.name = "format",
         .argument = "FORMAT",
         .help = "text, json, jsonl, csv or trec",
         .group = 3,
         .read = command_read_format,
         .value = &o->format},
        {.name = "explain",
         .help = "Say how each score came about (text, json, jsonl)",
         .group = 3,
         .flag = &r->explain},
        {.name = "batch",
         .argument = "FILE",
         .help = "Run the queries of FILE (- for stdin), lines of an id, a tab and a query",
         .group = 3,
         .text = &o->batch},
        {.name = NULL},
    };
    const struct command_line line = {
        .arguments = "[QUERY...]", .help = doc, .options = options, .complaint = complaint, .settings = o};
    const struct command_arguments query = command_line_parse(&line, argc, argv);
    command_join(&query, &o->query);
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
    for (size_t i = 0; i < pages->count; i++) {
        trabao_answer_free(pages->items[i]);
    }
    mem_free(pages->items);
}

/* Frees all pages but the last, which holds the cursor of the next. */
static void keep_last(struct pages *pages)
{
    struct trabao_answer *last = pages->items[--pages->count];
    while (pages->count > 0) {
        trabao_answer_free(pages->items[--pages->count]);
    }
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
    if (hits == NULL) {
        return error_no_memory(err);
    }
    whole.hits = hits;
    whole.hit_count = 0;
    for (size_t i = 0; i < pages->count; i++) {
        const struct trabao_answer *page = pages->items[i];
        if (page->hit_count > 0) {
            memcpy(hits + whole.hit_count, page->hits, page->hit_count * sizeof *hits);
        }
        whole.hit_count += page->hit_count;
        whole.next = page->next;
    }
    char *json = query_answer_json(&whole, query_id);
    mem_free(hits);
    if (json == NULL) {
        return error_no_memory(err);
    }
    puts(json);
    mem_free(json);
    return TRABAO_OK;
}

/* A tier that was tried and found nothing is no news. */
static enum trabao_tier loosest_found(const struct trabao_answer *answer)
{
    enum trabao_tier tier = answer->tier;
    while (tier > TRABAO_EXACT && answer->totals_by_tier[tier] == 0) {
        tier--;
    }
    return tier;
}

/* What a person at a terminal should know beside the hits. The JSON object says all of it by itself. */
static void talk(const struct run *run, const char *query_id, const struct trabao_answer *answer)
{
    const char *name = run->options->name;
    const char *id = query_id != NULL ? query_id : "";
    const char *colon = query_id != NULL ? ": " : "";
    if (run->options->format == COMMAND_JSON) {
        return;
    }
    for (size_t i = 0; i < answer->warning_count; i++) {
        fprintf(stderr, "%s: %s%s%s\n", name, id, colon, answer->warnings[i]);
    }
    if (run->options->format != COMMAND_TEXT) {
        return;
    }
    if (answer->suggestion != NULL) {
        fprintf(stderr, "%s%sdid you mean: %s\n", id, colon, answer->suggestion);
    }
    const enum trabao_tier tier = loosest_found(answer);
    fprintf(stderr, "%s%s%s%llu %s, %.1f ms%s%s\n", id, colon, answer->total_exact ? "" : "at least ",
            (unsigned long long)answer->total, answer->total == 1 ? "article" : "articles", answer->took_ms,
            tier == TRABAO_EXACT ? "" : ", marks matched: ",
            tier == TRABAO_EXACT ? "" : trabao_tier_name(tier));
    if (answer->relaxed) {
        fprintf(stderr, "%s%sfew articles have all words; others follow\n", id, colon);
    }
}

static enum trabao_status print_hits(struct run *run, const char *query_id, const struct trabao_answer *page,
                                     struct trabao_error *err)
{
    for (size_t i = 0; i < page->hit_count; i++) {
        if (!printer_hit(&run->printer, query_id, &page->hits[i])) {
            return error_no_memory(err);
        }
    }
    return TRABAO_OK;
}

static enum trabao_status next_page(struct run *run, const struct trabao_request *request, const char *query_id,
                                    struct pages *pages, struct trabao_error *err)
{
    struct trabao_answer *answer = NULL;
    const bool whole = run->options->format == COMMAND_JSON;
    enum trabao_status status = trabao_search(run->reader, request, &answer, err);
    if (status != TRABAO_OK) {
        return status;
    }
    const bool first = pages->count == 0;
    if (!add_page(pages, answer)) {
        return error_no_memory(err);
    }
    if (first) {
        talk(run, query_id, answer);
    }
    if (whole) {
        return TRABAO_OK;
    }
    if (first) {
        printer_begin(&run->printer, query_id, request->query);
    }
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
    request.bulk = true;
    request.bare = run->options->format == COMMAND_TREC;
    request.english = run->options->format != COMMAND_JSON; /* that is the object of the HTTP interface */
    do {
        request.limit = (int)MIN(run->options->limit - pages.hits, (uint64_t)TRABAO_BULK_MAX);
        status = next_page(run, &request, query_id, &pages, err);
        if (status == TRABAO_OK) {
            request.cursor = pages.items[pages.count - 1]->next;
            request.total = TRABAO_TOTAL_NONE; /* the first page has it */
        }
    } while (status == TRABAO_OK && request.cursor != NULL && pages.hits < run->options->limit && !ferror(stdout));
    if (status == TRABAO_OK && run->options->format == COMMAND_JSON) {
        status = print_pages(&pages, query_id, err);
    }
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
    if (status == TRABAO_OK && o->batch != NULL) {
        status = command_batch(o->name, o->batch, run_line, &run, &run.refused, err);
    } else if (status == TRABAO_OK) {
        status = run_query(&run, NULL, buf_str(&o->query), o->query.len, err);
    }
    command_close(&archive);
    if (status == TRABAO_OK && (run.answered == 0 || run.refused > 0)) {
        return TRABAO_NONE;
    }
    return status;
}

int query_search_main(int argc, char **argv)
{
    struct options o = {.name = argv[0], .limit = 10, .request = {.tier = TRABAO_TIER_AUTO}};
    struct trabao_error err = {0};
    buf_init(&o.query, COMMAND_TEXT_MAX);
    read_options(&o, argc, argv);
    const enum trabao_status status = buf_failed(&o.query) ? error_no_memory(&err) : search(&o, &err);
    buf_free(&o.query);
    return command_end(argv[0], status, &err);
}
