/*
 * command_stats.c - `trabao stats`: what an archive holds, as the JSON object of the library or as lines of text.
 */
#include "query/commands.h"

#include <argp.h>
#include <jansson.h>

#include "base/mem.h"
#include "query/command.h"

struct options {
    const char *db;
    enum command_format format;
};

enum { KEY_DB = 256, KEY_FORMAT };

static const struct argp_option option_table[] = {
    {"db", KEY_DB, "FILE", 0, "The archive", 0},
    {"format", KEY_FORMAT, "FORMAT", 0, "text or json", 0},
    {0},
};

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
        argp_error(state, "\"%s\" is not understood", arg);
        break;
    case ARGP_KEY_END:
        if (o->db == NULL)
            argp_error(state, "--db FILE is missing");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* One line a value: its keys joined by dots, a colon, the value. The nesting is the library's, two levels or so. */
static void print_value(const char *prefix, const char *key, json_t *value)
{
    const char *member;
    json_t *inner;
    char name[256];
    snprintf(name, sizeof name, "%s%s%s", prefix, prefix[0] != '\0' ? "." : "", key);
    if (json_is_object(value) && strlen(name) + 1 < sizeof name) {
        json_object_foreach(value, member, inner)
        {
            print_value(name, member, inner);
        }
    } else if (json_is_string(value)) {
        printf("%s: %s\n", name, json_string_value(value));
    } else {
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        printf("%s: %s\n", name, text != NULL ? text : "");
        free(text);
    }
}

static void print_text(const char *json)
{
    const char *key;
    json_t *value;
    json_t *object = json_loads(json, 0, NULL);
    json_object_foreach(object, key, value)
    {
        print_value("", key, value);
    }
    json_decref(object);
}

int query_stats_main(int argc, char **argv)
{
    static const struct argp argp = {option_table, parse_option, "", "Show what an archive holds.", NULL, NULL, NULL};
    struct options o = {0};
    struct command_archive archive;
    struct trabao_error err = {0};
    char *json = NULL;
    argp_parse(&argp, argc, argv, 0, NULL, &o);
    enum trabao_status status = command_open(&archive, o.db, &err);
    if (status == TRABAO_OK)
        status = trabao_stats_json(archive.reader, &json, &err);
    if (status == TRABAO_OK && o.format == COMMAND_JSON)
        puts(json);
    else if (status == TRABAO_OK)
        print_text(json);
    mem_free(json);
    command_close(&archive);
    return command_end(argv[0], status, &err);
}
