/*
 * input.c - opening and decompressing (see input.h). libarchive undoes gzip, zstd, xz and bzip2 by content; of its
 * formats only the raw one is used, which hands over the decompressed bytes.
 *
 * The files are walked twice: first for the sum of their sizes, without which no progress can be told.
 */
#include "corpus/input.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include "base/mem.h"
#include "corpus/walk.h"

#define READ_BLOCK 262144
#define BOMB_BYTES ((uint64_t)64 << 20) /* a file may expand to so much without being asked */
#define BOMB_RATIO 200                  /* and beyond that by so much; text shrinks by less than 20 */

struct input {
    struct walk *walk;
    struct walk_file file;   /* the current one */
    struct archive *archive; /* of it; NULL before the first file */
    const char *block;       /* decompressed, not yet given out: LEFT bytes in libarchive's memory */
    size_t left;
    uint64_t out;         /* bytes decompressed of the file */
    uint64_t done, total; /* sizes of the files gone through, and of all */
    uint64_t files;
    bool endless; /* a pipe or standard input is among them: the total is not known */
};

static enum trabao_status sum_sizes(struct input *in, struct trabao_error *err)
{
    struct walk_file file;
    enum trabao_status status;
    while ((status = walk_next(in->walk, &file, err)) == TRABAO_OK) {
        in->total += file.size;
        in->endless = in->endless || (!file.regular && !file.refused);
    }
    walk_rewind(in->walk);
    return status == TRABAO_NONE ? TRABAO_OK : status;
}

enum trabao_status input_open(const char *const *paths, size_t count, const struct corpus_options *options,
                              struct input **out, struct trabao_error *err)
{
    struct input *in = mem_zalloc(1, sizeof *in);
    *out = NULL;
    if (!in) {
        return error_no_memory(err);
    }
    enum trabao_status status = walk_open(paths, count, &in->walk, err);
    if (status == TRABAO_OK) {
        walk_pass_over(in->walk, options->passed_over, options->passed_over_count);
        status = sum_sizes(in, err);
    }
    if (status != TRABAO_OK) {
        input_close(in);
        return status;
    }
    *out = in;
    return TRABAO_OK;
}

static void close_file(struct input *in)
{
    if (in->archive) {
        archive_read_free(in->archive);
        in->archive = NULL;
        in->done += in->file.size;
    }
    in->block = NULL;
    in->left = 0;
    in->out = 0;
}

void input_close(struct input *in)
{
    if (in) {
        close_file(in);
        walk_close(in->walk);
        mem_free(in);
    }
}

/* What the system says, which libarchive leaves out of its message, or else what libarchive says. */
static enum trabao_status give_reason(struct input *in, char reason[INPUT_REASON_MAX])
{
    char why[128];
    const char *text = archive_error_string(in->archive);
    const int code = archive_errno(in->archive);
    if (code > 0 && code != EILSEQ && code != EINVAL) { /* by these two it means damage and misuse */
        snprintf(reason, INPUT_REASON_MAX, "it cannot be opened or read: %s%s", strerror_r(code, why, sizeof why),
                 code == EACCES ? "; let the user who indexes read it" : "");
    } else {
        snprintf(reason, INPUT_REASON_MAX, "%s", text ? text : "unreadable");
    }
    return TRABAO_DATA;
}

enum trabao_status input_next_file(struct input *in, const char **step, char reason[INPUT_REASON_MAX],
                                   struct trabao_error *err)
{
    close_file(in);
    const enum trabao_status status = walk_next(in->walk, &in->file, err);
    if (status != TRABAO_OK) {
        return status;
    }
    in->files++;
    *step = "open";
    if (in->file.refused) {
        snprintf(reason, INPUT_REASON_MAX, "%s", in->file.refused);
        return TRABAO_DATA;
    }
    in->archive = archive_read_new();
    if (!in->archive) {
        return error_no_memory(err);
    }
    archive_read_support_filter_gzip(in->archive);
    archive_read_support_filter_zstd(in->archive);
    archive_read_support_filter_xz(in->archive);
    archive_read_support_filter_bzip2(in->archive);
    archive_read_support_format_raw(in->archive);
    archive_read_support_format_empty(in->archive);
    const bool is_stdin = !in->file.regular && strcmp(in->file.path, "-") == 0;
    if (archive_read_open_filename(in->archive, is_stdin ? NULL : in->file.path, READ_BLOCK) != ARCHIVE_OK) {
        TRY(walk_shortage(archive_errno(in->archive), in->file.path, err));
        return give_reason(in, reason);
    }
    struct archive_entry *entry;
    const int result = archive_read_next_header(in->archive, &entry);
    if (result == ARCHIVE_EOF) {
        *step = "empty";
        snprintf(reason, INPUT_REASON_MAX, "the file is empty");
        return TRABAO_DATA;
    }
    *step = "decompress";
    return result < ARCHIVE_WARN ? give_reason(in, reason) : TRABAO_OK;
}

const char *input_path(const struct input *in)
{
    return in->file.path;
}

static bool is_bomb(const struct input *in)
{
    const uint64_t packed = (uint64_t)MAX((int64_t)1, archive_filter_bytes(in->archive, -1));
    return in->out > BOMB_BYTES && in->out / packed > BOMB_RATIO;
}

enum trabao_status input_read(struct input *in, char *out, size_t n, size_t *got, char reason[INPUT_REASON_MAX])
{
    *got = 0;
    while (in->left == 0) {
        const void *block;
        la_int64_t offset; /* of raw data always where the last block ended */
        const int result = archive_read_data_block(in->archive, &block, &in->left, &offset);
        if (result == ARCHIVE_EOF) {
            in->left = 0;
            return TRABAO_OK;
        }
        if (result < ARCHIVE_WARN) {
            in->left = 0;
            return give_reason(in, reason);
        }
        in->block = block;
        in->out += in->left;
        if (is_bomb(in)) {
            snprintf(reason, INPUT_REASON_MAX, "it expands to more than %d times its size; no text does", BOMB_RATIO);
            return TRABAO_DATA;
        }
    }
    *got = MIN(n, in->left);
    memcpy(out, in->block, *got);
    in->block += *got;
    in->left -= *got;
    return TRABAO_OK;
}

void input_progress(const struct input *in, uint64_t *done, uint64_t *total)
{
    *done = in->done + (in->archive ? (uint64_t)MAX((int64_t)0, archive_filter_bytes(in->archive, -1)) : 0);
    *total = in->endless ? 0 : in->total;
}

uint64_t input_files(const struct input *in)
{
    return in->files;
}

uint64_t input_hidden(const struct input *in)
{
    return walk_hidden(in->walk);
}
