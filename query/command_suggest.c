/*
 * command_suggest.c - `trabao suggest`: a query with its marks put back, or a batch of them.
 */
#include "query/commands.h"

#include <argp.h>

#include "base/mem.h"
#include "query/command.h"

struct options {
    const char *db, *batch;
    struct buf text;
};

enum { KEY_DB = 256, KEY_BATCH, KEY_RESTORE };

static const struct argp_option option_table[] = {
    {"db", KEY_DB, "FILE", 0, "The archive whose words and word pairs are the model", 0},
    {"restore", KEY_RESTORE, NULL, 0, "Put back the marks (the default)", 0},
    {"batch", KEY_BATCH, "FILE", 0, "Take the lines of FILE (- for stdin), an id, a tab and a text", 0},
    {0},
};

static const char doc[] =
    "Put the likeliest Vietnamese marks back on a query typed without them.\v"
    "`mat tran to quoc` becomes `mặt trận tổ quốc`. Words that have marks stay as they are. In a batch, each line of "
    "output is the id, a tab and the restored text.";

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct options *o = state->input;
    switch (key) {
    case KEY_DB:
        o->db = arg;
        break;
    case KEY_BATCH:
        o->batch = arg;
        break;
    case KEY_RESTORE:
        break;
    case ARGP_KEY_ARG:
        command_add_word(&o->text, arg);
        break;
    case ARGP_KEY_END:
        if (o->db == NULL)
            argp_error(state, "--db FILE is missing");
        if ((o->batch == NULL) == (o->text.len == 0))
            argp_error(state, "give either a text or --batch FILE");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* ID is NULL for the text of the command line. */
static enum trabao_status restore(void *reader, const char *id, const char *text, size_t n, struct trabao_error *err)
{
    char *restored = NULL;
    const enum trabao_status status = trabao_restore(reader, text, n, &restored, err);
    if (status == TRABAO_OK)
        printf("%s%s%s\n", id != NULL ? id : "", id != NULL ? "\t" : "", restored);
    mem_free(restored);
    return status;
}

int query_suggest_main(int argc, char **argv)
{
    static const struct argp argp = {option_table, parse_option, "[TEXT...]", doc, NULL, NULL, NULL};
    struct options o = {0};
    struct command_archive archive;
    struct trabao_error err = {0};
    uint64_t refused = 0;
    buf_init(&o.text, COMMAND_TEXT_MAX);
    argp_parse(&argp, argc, argv, 0, NULL, &o);
    enum trabao_status status = command_open(&archive, o.db, &err);
    if (status == TRABAO_OK && o.batch != NULL)
        status = command_batch(argv[0], o.batch, restore, archive.reader, &refused, &err);
    else if (status == TRABAO_OK)
        status = restore(archive.reader, NULL, buf_str(&o.text), o.text.len, &err);
    command_close(&archive);
    buf_free(&o.text);
    return command_end(argv[0], status == TRABAO_OK && refused > 0 ? TRABAO_NONE : status, &err);
}
