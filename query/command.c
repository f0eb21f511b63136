/*
 * command.c - the shared parts of the command lines.
 */
#include "query/command.h"

#include <errno.h>

#define BATCH_LINE_MAX ((size_t)64 * 1024) /* bytes of a line of a batch */

bool command_read_format(const char *text, void *format)
{
    static const char *const names[] = {[COMMAND_TEXT] = "text",
                                        [COMMAND_JSON] = "json",
                                        [COMMAND_JSONL] = "jsonl",
                                        [COMMAND_CSV] = "csv",
                                        [COMMAND_TREC] = "trec"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(text, names[i]) == 0) {
            *(enum command_format *)format = (enum command_format)i;
            return true;
        }
    }
    return false;
}

bool command_read_text_or_json(const char *text, void *format)
{
    return command_read_format(text, format) && *(enum command_format *)format <= COMMAND_JSON;
}

void command_join(const struct command_arguments *arguments, struct buf *text)
{
    for (size_t i = 0; i < arguments->count; i++) {
        if (text->len > 0) {
            buf_append_char(text, ' ');
        }
        buf_append_str(text, arguments->items[i]);
    }
}

bool command_has_words(const struct command_arguments *arguments)
{
    for (size_t i = 0; i < arguments->count; i++) {
        if (arguments->items[i][0] != '\0') {
            return true;
        }
    }
    return false;
}

/* ---- batches --------------------------------------------------------------------------------------------------- */

struct batch {
    const char *name, *path;
    command_batch_line line;
    void *context;
    uint64_t refused;
};

static void refuse(struct batch *batch, uint64_t number, const char *reason)
{
    batch->refused++;
    fprintf(stderr, "%s: %s:%llu: %s\n", batch->name, batch->path, (unsigned long long)number, reason);
}

/* One line of a batch, without its end. */
static enum trabao_status take_line(struct batch *batch, struct buf *line, uint64_t number, struct trabao_error *err)
{
    const size_t bom = number == 1 && line->len >= 3 && memcmp(line->data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    if (line->len > 0 && line->data[line->len - 1] == '\r') {
        line->data[--line->len] = '\0';
    }
    if (line->len == bom) {
        return TRABAO_OK;
    }
    char *id = line->data + bom;
    char *tab = memchr(id, '\t', line->len - bom);
    if (tab == NULL) {
        refuse(batch, number, "no tab between an id and a query");
        return TRABAO_OK;
    }
    if (tab == id) {
        refuse(batch, number, "no id before the tab");
        return TRABAO_OK;
    }
    *tab = '\0';
    const char *text = tab + 1;
    const enum trabao_status status =
        batch->line(batch->context, id, text, (size_t)(line->data + line->len - text), err);
    if (status != TRABAO_USAGE) {
        return status;
    }
    refuse(batch, number, err->message);
    return TRABAO_OK;
}

/* Reads the next line without its newline. False at the end. A line too long for LINE leaves it failed. */
static bool read_line(FILE *file, struct buf *line)
{
    int c = getc(file);
    const bool any = c != EOF;
    buf_clear(line);
    for (; c != EOF && c != '\n'; c = getc(file)) {
        buf_append_char(line, (char)c);
    }
    return any;
}

enum trabao_status command_batch(const char *name, const char *path, command_batch_line line, void *context,
                                 uint64_t *refused, struct trabao_error *err)
{
    struct batch batch = {name, path, line, context, 0};
    const bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "r");
    if (file == NULL) {
        return error_set_errno(err, TRABAO_NO_INPUT, errno, "cannot open %s", path);
    }
    struct buf text;
    buf_init(&text, BATCH_LINE_MAX);
    enum trabao_status status = TRABAO_OK;
    for (uint64_t number = 1; status == TRABAO_OK && !ferror(stdout) && read_line(file, &text); number++) {
        if (buf_failed(&text)) {
            refuse(&batch, number, "the line is too long");
        } else {
            status = take_line(&batch, &text, number, err);
        }
    }
    if (status == TRABAO_OK && ferror(file)) {
        status = error_set(err, TRABAO_IO, "cannot read %s", path);
    }
    *refused += batch.refused;
    buf_free(&text);
    if (!standard) {
        fclose(file);
    }
    return status;
}

/* ---- an open archive ------------------------------------------------------------------------------------------- */

enum trabao_status command_open(struct command_archive *a, const char *path, struct trabao_error *err)
{
    *a = (struct command_archive){NULL, NULL};
    const enum trabao_status status = trabao_open(path, NULL, &a->archive, err);
    return status != TRABAO_OK ? status : trabao_reader_open(a->archive, &a->reader, err);
}

void command_close(struct command_archive *a)
{
    if (a->reader != NULL) {
        trabao_reader_close(a->reader);
    }
    trabao_close(a->archive);
}
