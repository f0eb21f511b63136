/*
 * command_stats.c - `trabao stats`: what an archive holds, as the JSON object of the library or as lines of text.
 */
#include "query/commands.h"

#include <jansson.h>

#include "base/mem.h"
#include "query/command.h"

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
    const char *db = NULL;
    enum command_format format = COMMAND_TEXT;
    const struct command_option options[] = {
        COMMAND_DB(&db, "The archive"),
        {.name = "format",
         .argument = "FORMAT",
         .help = "text or json",
         .read = command_read_text_or_json,
         .value = &format},
        {.name = NULL},
    };
    const struct command_line line = {.help = "Show what an archive holds.", .options = options};
    command_line_parse(&line, argc, argv);
    struct command_archive archive;
    struct trabao_error err = {0};
    char *json = NULL;
    enum trabao_status status = command_open(&archive, db, &err);
    if (status == TRABAO_OK) {
        status = trabao_stats_json(archive.reader, &json, &err);
    }
    if (status == TRABAO_OK && format == COMMAND_JSON) {
        puts(json);
    } else if (status == TRABAO_OK) {
        print_text(json);
    }
    mem_free(json);
    command_close(&archive);
    return command_end(argv[0], status, &err);
}
