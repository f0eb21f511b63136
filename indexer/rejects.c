/*
 * rejects.c - see rejects.h. The file is opened first, and made if need be, so that what it is can be compared with
 * files that are only to be: the archive and what lies beside it need not be there yet.
 */
#include "indexer/rejects.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"

#define LINE_MAX_BYTES 65536 /* more than a line has */

/* ---- what a reject file holds ---------------------------------------------------------------------------------- */

static json_t *text_value(struct corpus_text text)
{
    const size_t n = text.text ? utf8_valid_prefix(text.text, text.len) : 0;
    return json_stringn_nocheck(text.text ? text.text : "", n);
}

bool rejects_line(const struct corpus_reject *reject, struct buf *lines)
{
    json_t *line = json_pack("{s:s, s:I, s:I, s:s, s:s, s:o}", "path", reject->path, "number",
                             (json_int_t)reject->number, "offset", (json_int_t)reject->offset, "step", reject->step,
                             "reason", reject->reason, "beginning", text_value(reject->bytes));
    char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
    json_decref(line);
    /* Without a path that is UTF-8 the reject at least is told. */
    const bool added = buf_append_str(lines, text ? text : "{\"path\":null}") && buf_append_char(lines, '\n');
    free(text);
    return added;
}

/* Whether N bytes of TEXT are a line that rejects_line made. */
static bool is_line(const char *text, size_t n)
{
    static const char *const keys[] = {"path", "number", "offset", "step", "reason", "beginning"};
    json_t *line = json_loadb(text, n, JSON_ALLOW_NUL, NULL);
    bool is_whole = true;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        is_whole = is_whole && json_object_get(line, keys[i]);
    }
    const bool is_bare = json_object_size(line) == 1 && json_is_null(json_object_get(line, "path"));
    json_decref(line);
    return is_whole || is_bare;
}

/* Whether FD is open for a file that is empty or begins with a reject. False, too, when it cannot be read. */
static bool may_be_written_over(int fd)
{
    char beginning[LINE_MAX_BYTES];
    const ssize_t n = pread(fd, beginning, sizeof beginning, 0);
    const char *newline = n > 0 ? memchr(beginning, '\n', (size_t)n) : NULL;
    return n == 0 || (newline && is_line(beginning, (size_t)(newline - beginning)));
}

/* ---- the file -------------------------------------------------------------------------------------------------- */

static enum trabao_status opening_failed(const char *path, struct trabao_error *err)
{
    return error_set_errno(err, TRABAO_IO, errno, "%s: opening the reject file", path);
}

enum trabao_status rejects_open(struct rejects *r, const char *path, struct trabao_error *err)
{
    struct stat facts;
    const bool is_there = stat(path, &facts) == 0;
    *r = (struct rejects){.path = path, .is_regular = !is_there || S_ISREG(facts.st_mode)};
    /* A pipe that were open for reading as well would not tell that its reader has gone. */
    const int fd = open(path, (r->is_regular ? O_RDWR | O_CREAT : O_WRONLY) | O_CLOEXEC, 0666);
    if (fd < 0 || fstat(fd, &facts) != 0 || !(r->file = fdopen(fd, "w"))) {
        const enum trabao_status status = opening_failed(path, err);
        if (fd >= 0) {
            close(fd);
        }
        return status;
    }
    r->id = (struct fs_id){facts.st_dev, facts.st_ino};
    r->is_new = !is_there && facts.st_size == 0;
    return TRABAO_OK;
}

enum trabao_status rejects_spare_archive(const struct rejects *r, const struct own_files *archive,
                                         struct trabao_error *err)
{
    for (size_t i = 0; i < archive->count; i++) {
        if (r->is_regular && fs_same(archive->ids[i], r->id)) {
            return error_set(err, TRABAO_USAGE, "%s is the archive, or belongs to it: name another file after --reject",
                             r->path);
        }
    }
    return TRABAO_OK;
}

enum trabao_status rejects_spare_inputs(const struct rejects *r, const char *const *paths, size_t count,
                                        struct trabao_error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct fs_id id;
        const char *path = strcmp(paths[i], "-") == 0 ? "/dev/stdin" : paths[i];
        if (r->is_regular && fs_identify(path, &id) && fs_same(id, r->id)) {
            return error_set(err, TRABAO_USAGE, "%s is to be read: name another file after --reject", r->path);
        }
    }
    return TRABAO_OK;
}

enum trabao_status rejects_begin(struct rejects *r, struct trabao_error *err)
{
    if (r->file && r->is_regular) {
        if (!may_be_written_over(fileno(r->file))) {
            return error_set(err, TRABAO_USAGE,
                             "%s holds no rejects of an earlier run and is left as it is: name another file after "
                             "--reject, or move this one away",
                             r->path);
        }
        if (ftruncate(fileno(r->file), 0) != 0) {
            return opening_failed(r->path, err);
        }
    }
    r->is_new = false;
    return TRABAO_OK;
}

enum trabao_status rejects_end(struct rejects *r, struct trabao_error *err)
{
    FILE *file = r->file;
    r->file = NULL;
    return file && fclose(file) != 0 ? error_set_errno(err, TRABAO_IO, errno, "%s: writing the reject file", r->path)
                                     : TRABAO_OK;
}

void rejects_close(struct rejects *r)
{
    if (r->file) {
        fclose(r->file);
        r->file = NULL;
    }
    if (r->is_new) {
        char *file = realpath(r->path, NULL); /* it may have been made at the end of a link */
        if (file) {
            unlink(file);
        }
        free(file);
        r->is_new = false;
    }
}
