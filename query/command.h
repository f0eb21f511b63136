/*
 * command.h - what the commands of this room share: words and numbers of the command line, an open archive, the end.
 */
#ifndef TRABAO_QUERY_COMMAND_H
#define TRABAO_QUERY_COMMAND_H

#include "base/buf.h"
#include "query/trabao.h"

#define COMMAND_TEXT_MAX ((size_t)16 * 1024 * 1024) /* bytes of words given on the command line or on stdin */

enum command_format { COMMAND_TEXT, COMMAND_JSON, COMMAND_JSONL, COMMAND_CSV, COMMAND_TREC };

/* "text", "json" ...; false when NAME is none of them. */
bool command_format_from_name(const char *name, enum command_format *out);

/* Appends WORD, after a blank unless it is the first. */
void command_add_word(struct buf *words, const char *word);

/*
 * The end of every command, and its exit code: a failed STATUS is told on stderr with the message of ERR; so is output
 * that did not reach stdout, which is TRABAO_IO. TRABAO_NONE is no failure.
 */
int command_end(const char *name, enum trabao_status status, const struct trabao_error *err);

struct command_archive {
    struct trabao_archive *archive;
    struct trabao_reader *reader;
};

/* Opens the archive at PATH for one thread. To be closed even after a failure. */
enum trabao_status command_open(struct command_archive *a, const char *path, struct trabao_error *err);
void command_close(struct command_archive *a);

#endif
