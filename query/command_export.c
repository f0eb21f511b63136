/*
 * command_export.c - `trabao export`: the stored articles, all of them or those that a query finds, oldest first, one
 * JSON object a line with the keys of an input record and `key`.
 */
#include "query/commands.h"

#include "base/mem.h"
#include "query/answer_json.h"
#include "query/command.h"

struct options {
    const char *db;
    struct buf query;
};

static const char doc[] =
    "Print the articles of an archive, or those that a query finds, oldest first, as JSON lines that can be indexed "
    "again.\vExit status: 0 done, 1 nothing was found, 64 usage, 65 bad archive, 66 no such file, 70 internal error, "
    "74 input/output error.";

static bool is_jsonl(const char *text, void *unused)
{
    (void)unused;
    return strcmp(text, "jsonl") == 0;
}

static enum trabao_status print_article(struct trabao_reader *reader, const char *key, struct trabao_error *err)
{
    struct trabao_article *article = NULL;
    const enum trabao_status status = trabao_article_by_key(reader, key, NULL, &article, err);
    if (status == TRABAO_NONE) {
        return error_set(err, TRABAO_DATA, "the archive has no article \"%s\", though it was found; reindex", key);
    }
    if (status != TRABAO_OK) {
        return status;
    }
    char *json = query_record_json(article);
    trabao_article_free(article);
    if (json == NULL) {
        return error_no_memory(err);
    }
    puts(json);
    mem_free(json);
    return TRABAO_OK;
}

/* One page of hits; *NEXT, which is freed first, becomes the cursor of the page after it (NULL on the last one). */
static enum trabao_status print_page(struct trabao_reader *reader, struct trabao_request *request, char **next,
                                     uint64_t *count, struct trabao_error *err)
{
    struct trabao_answer *answer = NULL;
    request->cursor = *next;
    enum trabao_status status = trabao_search(reader, request, &answer, err);
    mem_free(*next);
    *next = NULL;
    if (status != TRABAO_OK) {
        return status;
    }
    for (size_t i = 0; i < answer->hit_count && status == TRABAO_OK; i++) {
        status = print_article(reader, answer->hits[i].key, err);
    }
    *count += answer->hit_count;
    if (status == TRABAO_OK && answer->next != NULL) {
        *next = mem_dup(answer->next, strlen(answer->next));
        if (*next == NULL) {
            status = error_no_memory(err);
        }
    }
    trabao_answer_free(answer);
    return status;
}

static enum trabao_status export_all(const struct options *o, struct trabao_error *err)
{
    struct command_archive archive;
    struct trabao_request request = {.query = buf_str(&o->query),
                                     .query_len = o->query.len,
                                     .sort = TRABAO_OLDEST,
                                     .tier = TRABAO_TIER_AUTO,
                                     .total = TRABAO_TOTAL_NONE,
                                     .bare = true,
                                     .bulk = true,
                                     .limit = TRABAO_BULK_MAX};
    char *next = NULL;
    uint64_t count = 0;
    enum trabao_status status = command_open(&archive, o->db, err);
    if (status == TRABAO_OK) {
        do {
            status = print_page(archive.reader, &request, &next, &count, err);
        } while (status == TRABAO_OK && next != NULL && !ferror(stdout));
    }
    mem_free(next);
    command_close(&archive);
    return status == TRABAO_OK && count == 0 ? TRABAO_NONE : status;
}

/* A script whose variable is empty meant some articles, not all. */
static const char *complaint(const void *unused, const struct command_arguments *query)
{
    (void)unused;
    return query->count == 0 || command_has_words(query) ? NULL : "the query is empty; without one, all are printed";
}

int query_export_main(int argc, char **argv)
{
    struct options o = {.db = NULL};
    const struct command_option options[] = {
        COMMAND_DB(&o.db, "The archive"),
        {.name = "format", .argument = "FORMAT", .help = "jsonl", .read = is_jsonl},
        {.name = NULL},
    };
    const struct command_line line = {
        .arguments = "[QUERY...]", .help = doc, .options = options, .complaint = complaint};
    const struct command_arguments query = command_line_parse(&line, argc, argv);
    struct trabao_error err = {0};
    buf_init(&o.query, COMMAND_TEXT_MAX);
    command_join(&query, &o.query);
    const enum trabao_status status = buf_failed(&o.query) ? error_no_memory(&err) : export_all(&o, &err);
    buf_free(&o.query);
    return command_end(argv[0], status, &err);
}
