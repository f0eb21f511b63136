/*
 * command_suggest.c - `trabao suggest`: a query with its marks put back, or a batch of them.
 */
#include "query/commands.h"

#include "base/mem.h"
#include "query/command.h"

#define PIECE_WORDS 40    /* at most, between blanks: fewer than are weighed together */
#define PIECE_BYTES 2000  /* and so many bytes, if a blank comes soon: far below what a query may have */

#define RESTORED_MAX (4 * COMMAND_TEXT_MAX)

struct options {
    const char *db, *batch;
};

static const char doc[] =
    "Put the likeliest Vietnamese marks back on a query, or a text of any length, typed without them.\v"
    "`mat tran to quoc` becomes `mặt trận tổ quốc`. Words that have marks stay as they are. In a batch, each line of "
    "output is the id, a tab and the restored text.";

static const char *complaint(const void *settings, const struct command_arguments *text)
{
    const struct options *o = settings;
    return (o->batch == NULL) == !command_has_words(text) ? "give either a text or --batch FILE" : NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * Where the piece of TEXT (N bytes) that begins at START ends: at a blank, behind a clause if one ends in its second
 * half. What stands side by side is weighed together, but no more words than PIECE_WORDS.
 */
static size_t piece_end(const char *text, size_t n, size_t start)
{
    size_t words = 0;
    size_t clause = start;
    for (size_t i = start + 1; i < n; i++) {
        if (!is_blank(text[i]) || is_blank(text[i - 1])) {
            continue;
        }
        words++;
        if (strchr(".,;:!?", text[i - 1]) != NULL) {
            clause = i;
        }
        if (words == PIECE_WORDS || i - start > PIECE_BYTES) {
            return clause - start > (i - start) / 2 ? clause : i;
        }
    }
    return n;
}

/* Appends TEXT with its marks to OUT. */
static enum trabao_status restore_pieces(struct trabao_reader *reader, const char *text, size_t n, struct buf *out,
                                         struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    for (size_t start = 0; status == TRABAO_OK && start < n;) {
        const size_t end = piece_end(text, n, start);
        char *restored = NULL;
        status = trabao_restore(reader, text + start, end - start, &restored, err);
        if (status == TRABAO_OK && !buf_append_str(out, restored)) {
            status = error_no_memory(err);
        }
        mem_free(restored);
        start = end;
    }
    return status;
}

/* ID is NULL for the text of the command line. */
static enum trabao_status restore(void *reader, const char *id, const char *text, size_t n, struct trabao_error *err)
{
    struct buf restored;
    buf_init(&restored, RESTORED_MAX);
    const enum trabao_status status = restore_pieces(reader, text, n, &restored, err);
    if (status == TRABAO_OK) {
        printf("%s%s%s\n", id != NULL ? id : "", id != NULL ? "\t" : "", buf_str(&restored));
    }
    buf_free(&restored);
    return status;
}

int query_suggest_main(int argc, char **argv)
{
    struct options o = {NULL, NULL};
    bool restoring = true; /* there is nothing else to do */
    const struct command_option options[] = {
        COMMAND_DB(&o.db, "The archive whose words and word pairs are the model"),
        {.name = "restore", .help = "Put back the marks (the default)", .flag = &restoring},
        {.name = "batch",
         .argument = "FILE",
         .help = "Take the lines of FILE (- for stdin), an id, a tab and a text",
         .text = &o.batch},
        {.name = NULL},
    };
    const struct command_line line = {
        .arguments = "[TEXT...]", .help = doc, .options = options, .complaint = complaint, .settings = &o};
    const struct command_arguments arguments = command_line_parse(&line, argc, argv);
    struct command_archive archive;
    struct trabao_error err = {0};
    struct buf text;
    uint64_t refused = 0;
    buf_init(&text, COMMAND_TEXT_MAX);
    command_join(&arguments, &text);
    enum trabao_status status = command_open(&archive, o.db, &err);
    if (status == TRABAO_OK && o.batch != NULL) {
        status = command_batch(argv[0], o.batch, restore, archive.reader, &refused, &err);
    } else if (status == TRABAO_OK) {
        status = restore(archive.reader, NULL, buf_str(&text), text.len, &err);
    }
    command_close(&archive);
    buf_free(&text);
    return command_end(argv[0], status == TRABAO_OK && refused > 0 ? TRABAO_NONE : status, &err);
}
