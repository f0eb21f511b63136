/*
 * trabao.c - the one program: it looks at its first argument and hands the rest to the room that owns the command.
 *
 * A command is called with argv[0] = "trabao index" and so on, reads its own options and returns the exit code.
 */
#include <errno.h>
#include <sysexits.h>

#include "base/base.h"
#include "indexer/indexer.h"
#include "query/commands.h"
#include "query/trabao.h"
#include "server/server.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
};

static const struct command commands[] = {
    {"index", indexer_main, "read articles from files and folders into an archive"},
    {"search", query_search_main, "search an archive"},
    {"serve", server_main, "serve an archive over HTTP, as pages and as JSON"},
    {"remove", indexer_remove_main, "take articles out of an archive for good"},
    {"check", indexer_check_main, "prove that an archive is sound"},
    {"stats", query_stats_main, "print what an archive holds, in numbers"},
    {"export", query_export_main, "print the stored articles as JSON lines"},
    {"suggest", query_suggest_main, "put the marks back on words typed without them"},
    {"analyze", query_analyze_main, "show how a text is cut into words and folded"},
};

static void print_usage(FILE *stream)
{
    fprintf(stream, "Usage: trabao COMMAND [OPTION...] [ARGUMENT...]\n"
                    "Full-text search in Vietnamese news archives.\n\n");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        fprintf(stream, "  %-9s %s\n", commands[i].name, commands[i].summary);
    }
    fprintf(stream, "\n`trabao COMMAND --help` lists the options of a command, `trabao --version` prints the version.\n"
                    "Exit codes: 0 done, 1 nothing found or some records rejected, 64 usage, 65 bad data,\n"
                    "66 no input, 70 internal error, 71 out of memory, 74 input or output failed, 75 interrupted.\n");
}

/* What was asked for is only there when it has arrived. */
static int end_of_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return EX_OK;
    }
    fprintf(stderr, "trabao: cannot write to stdout: %s\n", strerror(errno));
    return EX_IOERR;
}

/* Runs the command that ARGV begins with. */
static int run_command(int argc, char **argv)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (strcmp(argv[0], commands[i].name) == 0) {
            char title[32];
            snprintf(title, sizeof title, "trabao %s", commands[i].name);
            argv[0] = title;
            return commands[i].run(argc, argv);
        }
    }
    fprintf(stderr, "trabao: there is no command \"%s\"; `trabao --help` lists them\n", argv[0]);
    return EX_USAGE;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return EX_USAGE;
    }
    const bool help = strcmp(argv[1], "help") == 0;
    if ((help && argc == 2) || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "-?") == 0) {
        print_usage(stdout);
        return end_of_output();
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        printf("trabao %s\n", TRABAO_VERSION);
        return end_of_output();
    }
    if (help) {
        char option[] = "--help";
        char *asked[] = {argv[2], option, NULL};
        return run_command(2, asked);
    }
    return run_command(argc - 1, argv + 1);
}
