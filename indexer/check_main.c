/*
 * check_main.c - `trabao check`: proves that an archive is sound, or says what is wrong with it.
 */
#include <argp.h>
#include <sysexits.h>

#include "archive/archive.h"
#include "base/mem.h"
#include "indexer/indexer.h"

static const struct argp_option options[] = {{"db", 'd', "FILE", 0, "The archive to check", 0}, {0}};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    const char **db = state->input;
    switch (key) {
    case 'd':
        *db = argument;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "\"%s\": no arguments are taken", argument);
        return 0;
    case ARGP_KEY_END:
        if (!*db) {
            argp_error(state, "--db FILE is missing");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    options, parse_option, NULL,
    "Proves that an archive is sound: the file, the FTS5 index against the stored texts, and the impact index against "
    "FTS5.\vPrints \"ok\", or a line for each finding. Exit codes: 0 sound, 64 usage, 65 damaged, 66 no such archive, "
    "74 input or output failed.",
    NULL, NULL, NULL};

int indexer_check_main(int argc, char **argv)
{
    const char *db = NULL;
    struct trabao_error err = {0};
    char *report = NULL;
    argp_err_exit_status = EX_USAGE;
    argp_parse(&parser, argc, argv, 0, NULL, &db);
    const enum trabao_status status = archive_check(db, &report, &err);
    if (status == TRABAO_OK) {
        puts("ok");
    } else {
        fputs(report ? report : "", stdout);
        fprintf(stderr, "%s: %s\n", argv[0], err.message);
    }
    mem_free(report);
    return (int)status;
}
