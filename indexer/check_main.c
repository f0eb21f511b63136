/*
 * check_main.c - `trabao check`: proves that an archive is sound, or says what is wrong with it.
 */
#include "archive/archive.h"
#include "base/command_line.h"
#include "base/mem.h"
#include "indexer/indexer.h"

static const char help[] =
    "Proves that an archive is sound: the file, the FTS5 index against the stored texts, and the impact index against "
    "FTS5.\vPrints \"ok\", or a line for each finding. Exit codes: 0 sound, 64 usage, 65 damaged, 66 no such archive, "
    "74 input or output failed.";

int indexer_check_main(int argc, char **argv)
{
    const char *db = NULL;
    const struct command_option options[] = {
        {.name = "db",
         .letter = 'd',
         .argument = "FILE",
         .help = "The archive to check",
         .required = true,
         .text = &db},
        {.name = NULL},
    };
    const struct command_line line = {.help = help, .options = options};
    command_line_parse(&line, argc, argv);
    struct trabao_error err = {0};
    char *report = NULL;
    const enum trabao_status status = archive_check(db, &report, &err);
    if (status == TRABAO_OK) {
        puts("ok");
    } else {
        fputs(report ? report : "", stdout);
    }
    mem_free(report);
    return command_end(argv[0], status, &err);
}
