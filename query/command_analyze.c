/*
 * command_analyze.c - `trabao analyze`: how a text is cut into words and what their forms are.
 */
#include "query/commands.h"

#include <argp.h>
#include <errno.h>
#include <jansson.h>

#include "base/mem.h"
#include "query/command.h"

struct options {
    const char *db; /* NULL: the text alone */
    enum command_format format;
    struct buf text;
    bool any_word;
};

enum { KEY_FORMAT = 256, KEY_DB };

static const struct argp_option option_table[] = {
    {"db", KEY_DB, "FILE", 0, "Show what the words find in this archive too", 0},
    {"format", KEY_FORMAT, "FORMAT", 0, "text or json", 0},
    {0},
};

static const char doc[] =
    "Show how a text is cut into words, and the forms by which they are found.\v"
    "Without TEXT, stdin is read. Columns: first and last byte, kind, canonical form, form without tones, form without "
    "marks, and whether the word is joined to the one before it or stands at its place (a date beside its words). With "
    "an archive follow the words that are found, with the number of articles that have each and the tier at which they "
    "count; and at the end a line `query`: how the text is read as a query, with abbreviations and what they stand for "
    "as one.";

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct options *o = state->input;
    switch (key) {
    case KEY_DB:
        o->db = arg;
        break;
    case KEY_FORMAT:
        if (!command_format_from_name(arg, &o->format) || o->format > COMMAND_JSON)
            argp_error(state, "--format takes text or json, not \"%s\"", arg);
        break;
    case ARGP_KEY_ARG:
        command_add_word(&o->text, arg);
        o->any_word = true;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static enum trabao_status read_stdin(struct buf *text, struct trabao_error *err)
{
    char piece[8192];
    for (size_t n = fread(piece, 1, sizeof piece, stdin); n > 0; n = fread(piece, 1, sizeof piece, stdin))
        buf_append(text, piece, n);
    if (ferror(stdin))
        return error_set_errno(err, TRABAO_IO, errno, "cannot read stdin");
    if (buf_failed(text))
        return error_set(err, TRABAO_USAGE, "the text is longer than %zu bytes", COMMAND_TEXT_MAX);
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
                        "kind", &kind, "start", &start, "end", &end, "colocated", &colocated, "joined", &joined) != 0)
            continue;
        printf("%lld-%lld\t%s\t%s\t%s\t%s\t%s", (long long)start, (long long)end, kind, form, tone, folded,
               colocated ? "colocated" : (joined ? "joined" : ""));
        print_found(json_object_get(token, "found"));
        putchar('\n');
    }
    const char *query = json_string_value(json_object_get(object, "query"));
    if (query != NULL)
        printf("query\t%s\n", query);
    json_decref(object);
}

int query_analyze_main(int argc, char **argv)
{
    static const struct argp argp = {option_table, parse_option, "[TEXT...]", doc, NULL, NULL, NULL};
    struct options o = {0};
    struct command_archive archive = {NULL, NULL};
    struct trabao_error err = {0};
    char *json = NULL;
    enum trabao_status status = TRABAO_OK;
    buf_init(&o.text, COMMAND_TEXT_MAX);
    argp_parse(&argp, argc, argv, 0, NULL, &o);
    if (!o.any_word)
        status = read_stdin(&o.text, &err);
    if (status == TRABAO_OK && o.db != NULL)
        status = command_open(&archive, o.db, &err);
    if (status == TRABAO_OK)
        status = trabao_analyze_json(archive.reader, buf_str(&o.text), o.text.len, &json, &err);
    if (status == TRABAO_OK && o.format == COMMAND_JSON)
        puts(json);
    else if (status == TRABAO_OK)
        print_text(json);
    mem_free(json);
    command_close(&archive);
    buf_free(&o.text);
    return command_end(argv[0], status, &err);
}
