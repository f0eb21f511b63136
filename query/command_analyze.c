/*
 * command_analyze.c - `trabao analyze`: how a text is cut into words and what their forms are.
 */
#include "query/commands.h"

#include <errno.h>
#include <jansson.h>

#include "base/mem.h"
#include "query/command.h"

static const char doc[] =
    "Show how a text is cut into words, and the forms by which they are found.\v"
    "Without TEXT, stdin is read. Columns: first and last byte, kind, canonical form, form without tones, form without "
    "marks, and whether the word is joined to the one before it or stands at its place (a date beside its words). With "
    "an archive follow the words that are found, with the number of articles that have each and the tier at which they "
    "count; and at the end a line `query`: how the text is read as a query, with abbreviations and what they stand for "
    "as one.";

static enum trabao_status read_stdin(struct buf *text, struct trabao_error *err)
{
    char piece[8192];
    for (size_t n = fread(piece, 1, sizeof piece, stdin); n > 0; n = fread(piece, 1, sizeof piece, stdin)) {
        buf_append(text, piece, n);
    }
    if (ferror(stdin)) {
        return error_set_errno(err, TRABAO_IO, errno, "cannot read stdin");
    }
    if (buf_failed(text)) {
        return error_set(err, TRABAO_USAGE, "the text is longer than %zu bytes", COMMAND_TEXT_MAX);
    }
    return TRABAO_OK;
}

static void print_found(const json_t *found)
{
    size_t i;
    json_t *word;
    json_array_foreach(found, i, word)
    {
        printf("%s%s %lld %s", i > 0 ? ", " : "\t", json_string_value(json_object_get(word, "form")),
               (long long)json_integer_value(json_object_get(word, "articles")),
               json_string_value(json_object_get(word, "tier")));
    }
}

static void print_text(const char *json)
{
    size_t i;
    json_t *token;
    json_t *object = json_loads(json, 0, NULL);
    json_array_foreach(json_object_get(object, "tokens"), i, token)
    {
        const char *form;
        const char *tone;
        const char *folded;
        const char *kind;
        json_int_t start;
        json_int_t end;
        int colocated;
        int joined;
        if (json_unpack(token, "{s:s,s:s,s:s,s:s,s:I,s:I,s:b,s:b}", "form", &form, "tone", &tone, "folded", &folded,
                        "kind", &kind, "start", &start, "end", &end, "colocated", &colocated, "joined", &joined) != 0) {
            continue;
        }
        printf("%lld-%lld\t%s\t%s\t%s\t%s\t%s", (long long)start, (long long)end, kind, form, tone, folded,
               colocated ? "colocated" : (joined ? "joined" : ""));
        print_found(json_object_get(token, "found"));
        putchar('\n');
    }
    const char *query = json_string_value(json_object_get(object, "query"));
    if (query != NULL) {
        printf("query\t%s\n", query);
    }
    json_decref(object);
}

int query_analyze_main(int argc, char **argv)
{
    const char *db = NULL; /* NULL: the text alone */
    enum command_format format = COMMAND_TEXT;
    const struct command_option options[] = {
        {.name = "db", .argument = "FILE", .help = "Show what the words find in this archive too", .text = &db},
        {.name = "format",
         .argument = "FORMAT",
         .help = "text or json",
         .read = command_read_text_or_json,
         .value = &format},
        {.name = NULL},
    };
    const struct command_line line = {.arguments = "[TEXT...]", .help = doc, .options = options};
    const struct command_arguments arguments = command_line_parse(&line, argc, argv);
    struct command_archive archive = {NULL, NULL};
    struct trabao_error err = {0};
    struct buf text;
    char *json = NULL;
    buf_init(&text, COMMAND_TEXT_MAX);
    command_join(&arguments, &text);
    enum trabao_status status = arguments.count > 0 ? TRABAO_OK : read_stdin(&text, &err);
    if (status == TRABAO_OK && db != NULL) {
        status = command_open(&archive, db, &err);
    }
    if (status == TRABAO_OK) {
        status = trabao_analyze_json(archive.reader, buf_str(&text), text.len, &json, &err);
    }
    if (status == TRABAO_OK && format == COMMAND_JSON) {
        puts(json);
    } else if (status == TRABAO_OK) {
        print_text(json);
    }
    mem_free(json);
    command_close(&archive);
    buf_free(&text);
    return command_end(argv[0], status, &err);
}
