/*
 * command.h - what the commands of this room share: words of the command line, batches, formats, an open archive.
 */
#ifndef TRABAO_QUERY_COMMAND_H
#define TRABAO_QUERY_COMMAND_H

#include "base/buf.h"
#include "base/command_line.h"
#include "query/trabao.h"

#define COMMAND_TEXT_MAX ((size_t)16 * 1024 * 1024) /* bytes of words given on the command line or on stdin */

enum command_format { COMMAND_TEXT, COMMAND_JSON, COMMAND_JSONL, COMMAND_CSV, COMMAND_TREC };

/* What `read` of an option that names a format is (base/command_line.h); FORMAT is an enum command_format. */
bool command_read_format(const char *text, void *format);
bool command_read_text_or_json(const char *text, void *format);

/* Appends what was typed besides options to TEXT, a blank between two. */
void command_join(const struct command_arguments *arguments, struct buf *text);

/* True when that has any bytes. */
bool command_has_words(const struct command_arguments *arguments);

/* Takes one line of a batch. TRABAO_USAGE costs that line alone. */
typedef enum trabao_status (*command_batch_line)(void *context, const char *id, const char *text, size_t n,
                                                 struct trabao_error *err);

/*
 * Hands each line of PATH (- for stdin), an id, a tab and a text, to LINE. Lines that are none, or that are refused,
 * are told on stderr and counted in *REFUSED. NAME is the command's.
 */
enum trabao_status command_batch(const char *name, const char *path, command_batch_line line, void *context,
                                 uint64_t *refused, struct trabao_error *err);

struct command_archive {
    struct trabao_archive *archive;
    struct trabao_reader *reader;
};

/* Opens the archive at PATH for one thread. To be closed even after a failure. */
enum trabao_status command_open(struct command_archive *a, const char *path, struct trabao_error *err);
void command_close(struct command_archive *a);

#endif
