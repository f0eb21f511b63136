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

/* Takes one line of a batch. TRABAO_USAGE costs that line alone. */
typedef enum trabao_status (*command_line)(void *context, const char *id, const char *text, size_t n,
                                           struct trabao_error *err);

/*
 * Hands each line of PATH (- for stdin), an id, a tab and a text, to LINE. Lines that are none, or that are refused,
 * are told on stderr and counted in *REFUSED. NAME is the command's.
 */
enum trabao_status command_batch(const char *name, const char *path, command_line line, void *context,
                                 uint64_t *refused, struct trabao_error *err);

struct command_archive {
    struct trabao_archive *archive;
    struct trabao_reader *reader;
};

/* Opens the archive at PATH for one thread. To be closed even after a failure. */
enum trabao_status command_open(struct command_archive *a, const char *path, struct trabao_error *err);
void command_close(struct command_archive *a);

#endif
