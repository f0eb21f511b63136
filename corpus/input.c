/*
 * input.c - walking and decompressing (see input.h). The list of files is made first, so that a name mistyped is found
 * before an hour of work; libarchive undoes gzip, zstd, xz and bzip2 by content.
 */
#include "corpus/input.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"

#define DEPTH_MAX 64
#define READ_BLOCK 262144
#define PATH_CEILING 65536
#define BOMB_BYTES ((uint64_t)256 << 20) /* a file may expand to so much without being asked */
#define BOMB_RATIO 500                   /* and beyond that by so much; text shrinks by less than 20 */

struct input {
    char **paths; /* of files, in order; owned */
    uint64_t *sizes;
    size_t count, capacity, sizes_capacity;
    size_t next;
    struct archive *archive; /* of the current file */
    uint64_t out;            /* bytes given out of it */
    uint64_t done, total;    /* sizes of the files gone through, and of all */
    bool endless;            /* standard input is among them */
};

static enum trabao_status add_file(struct input *in, const char *path, uint64_t size, struct trabao_error *err)
{
    if (!mem_grow((void **)&in->paths, &in->capacity, in->count + 1, sizeof *in->paths) ||
        !mem_grow((void **)&in->sizes, &in->sizes_capacity, in->count + 1, sizeof *in->sizes)) {
        return error_no_memory(err);
    }
    in->paths[in->count] = mem_dup(path, strlen(path));
    if (!in->paths[in->count]) {
        return error_no_memory(err);
    }
    in->sizes[in->count++] = size;
    in->total += size;
    return TRABAO_OK;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static enum trabao_status add_path(struct input *in, const char *path, unsigned depth, struct trabao_error *err);

static enum trabao_status add_folder(struct input *in, const char *path, unsigned depth, struct trabao_error *err)
{
    struct dirent **names = NULL;
    const int n = depth < DEPTH_MAX ? scandir(path, &names, visible, by_name) : 0;
    /* A folder that cannot be listed is a file that cannot be read: it comes out as a reject. */
    enum trabao_status status = n < 0 ? add_file(in, path, 0, err) : TRABAO_OK;
    for (int i = 0; i < n; i++) {
        struct buf inside;
        buf_init(&inside, PATH_CEILING);
        if (status == TRABAO_OK && buf_printf(&inside, "%s/%s", path, names[i]->d_name)) {
            status = add_path(in, buf_str(&inside), depth + 1, err);
        }
        buf_free(&inside);
        free(names[i]);
    }
    free(names);
    return status;
}

static enum trabao_status add_path(struct input *in, const char *path, unsigned depth, struct trabao_error *err)
{
    struct stat facts;
    if (depth == 0 && strcmp(path, "-") == 0) {
        in->endless = true;
        return add_file(in, path, 0, err);
    }
    /* Links inside folders are not followed: they may lead in circles. */
    if ((depth ? lstat(path, &facts) : stat(path, &facts)) != 0) {
        return depth ? add_file(in, path, 0, err)
                     : error_set_errno(err, TRABAO_NO_INPUT, errno, "%s: cannot be read", path);
    }
    if (S_ISDIR(facts.st_mode)) {
        return add_folder(in, path, depth, err);
    }
    if (depth && !S_ISREG(facts.st_mode)) {
        return TRABAO_OK;
    }
    return add_file(in, path, (uint64_t)facts.st_size, err);
}

enum trabao_status input_open(const char *const *paths, size_t count, struct input **out, struct trabao_error *err)
{
    struct input *in = mem_zalloc(1, sizeof *in);
    *out = in;
    enum trabao_status status = in ? TRABAO_OK : error_no_memory(err);
    for (size_t i = 0; status == TRABAO_OK && i < count; i++) {
        const size_t n = strlen(paths[i]);
        char *path = mem_dup(paths[i], n > 1 && paths[i][n - 1] == '/' ? n - 1 : n);
        status = path ? add_path(in, path, 0, err) : error_no_memory(err);
        mem_free(path);
    }
    return status;
}

static void close_file(struct input *in)
{
    if (in->archive) {
        archive_read_free(in->archive);
        in->archive = NULL;
        in->done += in->sizes[in->next - 1];
    }
}

void input_close(struct input *in)
{
    if (in) {
        close_file(in);
        for (size_t i = 0; i < in->count; i++) {
            mem_free(in->paths[i]);
        }
        mem_free(in->paths);
        mem_free(in->sizes);
        mem_free(in);
    }
}

static void set_reason(struct input *in, char reason[256])
{
    const char *text = archive_error_string(in->archive);
    snprintf(reason, 256, "%s", text ? text : "unreadable");
}

enum trabao_status input_next_file(struct input *in, const char **step, char reason[256])
{
    close_file(in);
    if (in->next == in->count) {
        return TRABAO_NONE;
    }
    const char *path = in->paths[in->next++];
    in->out = 0;
    in->archive = archive_read_new();
    *step = "open";
    if (!in->archive) {
        snprintf(reason, 256, "out of memory");
        return TRABAO_NO_INPUT;
    }
    archive_read_support_filter_gzip(in->archive);
    archive_read_support_filter_zstd(in->archive);
    archive_read_support_filter_xz(in->archive);
    archive_read_support_filter_bzip2(in->archive);
    archive_read_support_format_raw(in->archive);
    archive_read_support_format_empty(in->archive);
    const bool is_stdin = strcmp(path, "-") == 0;
    if (archive_read_open_filename(in->archive, is_stdin ? NULL : path, READ_BLOCK) != ARCHIVE_OK) {
        set_reason(in, reason);
        return TRABAO_NO_INPUT;
    }
    struct archive_entry *entry;
    const int result = archive_read_next_header(in->archive, &entry);
    if (result == ARCHIVE_EOF) {
        *step = "empty";
        snprintf(reason, 256, "the file is empty");
        return TRABAO_DATA;
    }
    if (result < ARCHIVE_WARN) {
        *step = "decompress";
        set_reason(in, reason);
        return TRABAO_DATA;
    }
    return TRABAO_OK;
}

const char *input_path(const struct input *in)
{
    return in->paths[in->next - 1];
}

enum trabao_status input_read(struct input *in, char *out, size_t n, size_t *got, char reason[256])
{
    const la_ssize_t r = archive_read_data(in->archive, out, n);
    *got = 0;
    if (r < 0) {
        set_reason(in, reason);
        return TRABAO_DATA;
    }
    in->out += (uint64_t)r;
    const uint64_t packed = (uint64_t)MAX((int64_t)1, archive_filter_bytes(in->archive, -1));
    if (in->out > BOMB_BYTES && in->out / packed > BOMB_RATIO) {
        snprintf(reason, 256, "it expands to more than %d times its size; no text does", BOMB_RATIO);
        return TRABAO_DATA;
    }
    *got = (size_t)r;
    return TRABAO_OK;
}

void input_progress(const struct input *in, uint64_t *done, uint64_t *total)
{
    *done = in->done + (in->archive ? (uint64_t)MAX((int64_t)0, archive_filter_bytes(in->archive, -1)) : 0);
    *total = in->endless ? 0 : in->total;
}

uint64_t input_files(const struct input *in)
{
    return in->next;
}
