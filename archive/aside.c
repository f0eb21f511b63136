/*
 * aside.c - see aside.h.
 */
#include "archive/aside.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fsutil.h"
#include "base/mem.h"

#define PATH_CEILING 16384

enum trabao_status aside_open(struct aside *a, const char *path, struct trabao_error *err)
{
    *a = (struct aside){.path = path, .folder = fs_folder(path)};
    buf_init(&a->name, PATH_CEILING);
    if (!a->folder || !buf_printf(&a->name, "%s" ASIDE_SUFFIX, path)) {
        buf_clear(&a->name);
        return error_no_memory(err);
    }
    if (unlink(buf_str(&a->name)) != 0 && errno != ENOENT) {
        return error_set_errno(err, TRABAO_IO, errno, "%s: removing it", buf_str(&a->name));
    }
    return TRABAO_OK;
}

enum trabao_status aside_copy(struct aside *a, struct trabao_error *err)
{
    return fs_copy(a->path, buf_str(&a->name), err);
}

enum trabao_status aside_publish(struct aside *a, uint64_t *file_bytes, struct trabao_error *err)
{
    struct stat facts;
    const enum trabao_status status = fs_publish(buf_str(&a->name), a->path, err);
    *file_bytes = status == TRABAO_OK && stat(a->path, &facts) == 0 ? (uint64_t)facts.st_size : 0;
    return status;
}

void aside_close(struct aside *a)
{
    if (a->name.len) {
        unlink(buf_str(&a->name));
    }
    buf_free(&a->name);
    mem_free(a->folder);
}
