/*
 * command_line.c - the table of command_line.h as glibc's argp knows it. An option's key is its letter, or its place
 * in the table beyond all characters.
 */
#include "base/command_line.h"

#include <argp.h>
#include <errno.h>

#define FIRST_KEY 256

struct parse {
    const struct command_line *line;
    struct command_arguments arguments;
};

/* ---- one option ------------------------------------------------------------------------------------------------ */

static bool read_number(const struct command_option *o, const char *text)
{
    char *end = NULL;
    errno = 0;
    *o->number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *o->number >= o->lowest && *o->number <= o->highest;
}

static void take(const struct command_option *o, const char *text, struct argp_state *state)
{
    if (o->flag) {
        *o->flag = true;
    } else if (o->text) {
        *o->text = text;
    } else if (o->number) {
        if (!read_number(o, text)) {
            argp_error(state, "--%s takes a number from %ld to %ld, not \"%s\"", o->name, o->lowest, o->highest, text);
        }
    } else if (!o->read(text, o->value)) {
        argp_error(state, "--%s takes %s, not \"%s\"", o->name, o->takes ? o->takes : o->help, text);
    }
}

/* ---- all of them ----------------------------------------------------------------------------------------------- */

static int key_of(const struct command_option *options, size_t i)
{
    return options[i].letter ? options[i].letter : FIRST_KEY + (int)i;
}

static error_t take_arguments(struct parse *p, struct argp_state *state)
{
    if (!p->line->arguments) {
        argp_error(state, "\"%s\": no arguments are taken", state->argv[state->next]);
    }
    p->arguments.items = (const char *const *)(state->argv + state->next);
    p->arguments.count = (size_t)(state->argc - state->next);
    return 0;
}

static void check_all(const struct parse *p, struct argp_state *state)
{
    for (const struct command_option *o = p->line->options; o->name; o++) {
        if (o->required && (!*o->text || !**o->text)) {
            argp_error(state, "--%s %s is missing", o->name, o->argument);
        }
    }
    const char *complaint = p->line->complaint ? p->line->complaint(p->line->settings, &p->arguments) : NULL;
    if (complaint) {
        argp_error(state, "%s", complaint);
    }
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
    struct parse *p = state->input;
    if (key == ARGP_KEY_ARGS) {
        return take_arguments(p, state);
    }
    if (key == ARGP_KEY_END) {
        check_all(p, state);
        return 0;
    }
    for (size_t i = 0; p->line->options[i].name; i++) {
        if (key == key_of(p->line->options, i)) {
            take(&p->line->options[i], text, state);
            return 0;
        }
    }
    return ARGP_ERR_UNKNOWN;
}

struct command_arguments command_line_parse(const struct command_line *line, int argc, char **argv)
{
    struct argp_option options[COMMAND_OPTIONS_MAX + 1] = {{0}};
    struct parse parse = {.line = line};
    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && line->options[i].name; i++) {
        const struct command_option *o = &line->options[i];
        options[i] = (struct argp_option){
            .name = o->name, .key = key_of(line->options, i), .arg = o->argument, .doc = o->help, .group = o->group};
    }
    const struct argp argp = {
        .options = options, .parser = parse_option, .args_doc = line->arguments, .doc = line->help};
    argp_err_exit_status = TRABAO_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &parse);
    return parse.arguments;
}

/* ---- the end --------------------------------------------------------------------------------------------------- */

/* Prints "NAME: message" on stderr and returns the exit code. */
static int fail(const char *name, const struct trabao_error *err)
{
    fprintf(stderr, "%s: %s\n", name, err->message);
    return (int)err->status;
}

int command_end(const char *name, enum trabao_status status, const struct trabao_error *err)
{
    struct trabao_error output;
    if (status != TRABAO_OK && status != TRABAO_NONE) {
        return fail(name, err);
    }
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return (int)status;
    }
    error_set_errno(&output, TRABAO_IO, errno, "cannot write to stdout");
    return fail(name, &output);
}
