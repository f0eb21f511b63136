/*
 * command_line.h - what all commands share: their options as a table that says where each value goes, and their end.
 *
 * A command line that makes no sense ends the process with TRABAO_USAGE and the reason on stderr; `--help` and
 * `--usage` end it too.
 */
#ifndef TRABAO_COMMAND_LINE_H
#define TRABAO_COMMAND_LINE_H

#include "base/base.h"
#include "base/status.h"

#define COMMAND_OPTIONS_MAX 24 /* of one command */

/* An option, with the one place that its value goes to: `flag`, `text`, `number` or `value`. */
struct command_option {
    const char *name;     /* --name */
    char letter;          /* -letter; 0: there is none */
    const char *argument; /* what the value is called; NULL for a flag */
    const char *help;     /* a line */
    int group;            /* of the help: lower ones come first */
    bool required;        /* `text` may neither stay NULL nor be empty */

    bool *flag;        /* becomes true */
    const char **text; /* the value as typed */
    long *number;      /* from lowest to highest, both included */
    long lowest, highest;
    bool (*read)(const char *text, void *value); /* false when TEXT is no such value */
    void *value;
    const char *takes; /* "--name takes ..., not ...": what `read` takes; NULL: HELP says it */
};

/* The option that nearly all commands have. */
#define COMMAND_DB(place, what) {.name = "db", .argument = "FILE", .help = (what), .required = true, .text = (place)}

/* What is typed besides options. */
struct command_arguments {
    const char *const *items; /* of argv */
    size_t count;
};

struct command_line {
    const char *arguments; /* as the usage shows them: "PATH..."; NULL: none are taken */
    const char *help;      /* what stands before the options, \v, what stands behind them */
    const struct command_option *options; /* the last one has no name; at most COMMAND_OPTIONS_MAX */
    /* What is wrong with options and arguments taken together; NULL: nothing. NULL: never anything. */
    const char *(*complaint)(const void *settings, const struct command_arguments *arguments);
    const void *settings; /* handed to it */
};

/* Reads ARGV, whose first item is the command's name ("trabao search"). */
struct command_arguments command_line_parse(const struct command_line *line, int argc, char **argv);

/*
 * The end of every command, and its exit code: a failed STATUS is told on stderr with the message of ERR; so is output
 * that did not reach stdout, which is TRABAO_IO. TRABAO_NONE is no failure. NAME is the command's.
 */
int command_end(const char *name, enum trabao_status status, const struct trabao_error *err);

#endif
