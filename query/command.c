/*
 * command.c - the shared parts of the command lines.
 */
#include "query/command.h"

#include <errno.h>

bool command_format_from_name(const char *name, enum command_format *out)
{
    static const char *const names[] = {[COMMAND_TEXT] = "text",
                                        [COMMAND_JSON] = "json",
                                        [COMMAND_JSONL] = "jsonl",
                                        [COMMAND_CSV] = "csv",
                                        [COMMAND_TREC] = "trec"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (enum command_format)i;
            return true;
        }
    }
    return false;
}

void command_add_word(struct buf *words, const char *word)
{
    if (words->len > 0)
        buf_append_char(words, ' ');
    buf_append_str(words, word);
}

/* Prints "NAME: message" on stderr and returns the exit code. */
static int fail(const char *name, const struct trabao_error *err)
{
    fprintf(stderr, "%s: %s\n", name, err->message);
    return (int)err->status;
}

int command_end(const char *name, enum trabao_status status, const struct trabao_error *err)
{
    struct trabao_error output;
    if (status != TRABAO_OK && status != TRABAO_NONE)
        return fail(name, err);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return (int)status;
    error_set_errno(&output, TRABAO_IO, errno, "cannot write to stdout");
    return fail(name, &output);
}

enum trabao_status command_open(struct command_archive *a, const char *path, struct trabao_error *err)
{
    *a = (struct command_archive){NULL, NULL};
    const enum trabao_status status = trabao_open(path, NULL, &a->archive, err);
    return status != TRABAO_OK ? status : trabao_reader_open(a->archive, &a->reader, err);
}

void command_close(struct command_archive *a)
{
    if (a->reader != NULL)
        trabao_reader_close(a->reader);
    trabao_close(a->archive);
}
