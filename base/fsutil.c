/*
 * fsutil.c - see fsutil.h. A failed fsync may have dropped pages for good: nothing is retried, the caller starts over.
 */
#include "base/fsutil.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"

char *fs_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) {
        return mem_dup(".", 1);
    }
    return slash == path ? mem_dup("/", 1) : mem_dup(path, (size_t)(slash - path));
}

static enum trabao_status sync_path(const char *path, int flags, struct trabao_error *err)
{
    const int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) {
        return error_set_errno(err, TRABAO_IO, errno, "%s: opening it to flush it to disk", path);
    }
    const int failed = fsync(fd) ? errno : 0;
    close(fd);
    return failed ? error_set_errno(err, TRABAO_IO, failed, "%s: flushing it to disk", path) : TRABAO_OK;
}

enum trabao_status fs_publish(const char *temporary, const char *path, struct trabao_error *err)
{
    char *folder = fs_folder(path);
    enum trabao_status status = folder ? sync_path(temporary, O_RDONLY, err) : error_no_memory(err);
    if (status == TRABAO_OK && rename(temporary, path) != 0) {
        status = error_set_errno(err, TRABAO_IO, errno, "renaming %s to %s", temporary, path);
    }
    if (status == TRABAO_OK) {
        status = sync_path(folder, O_RDONLY | O_DIRECTORY, err);
    }
    mem_free(folder);
    return status;
}

int fs_open_unnamed(const char *folder)
{
    return open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

bool fs_write_at(int fd, const void *bytes, size_t n, uint64_t offset)
{
    for (size_t done = 0; done < n;) {
        const ssize_t written = pwrite(fd, (const char *)bytes + done, n - done, (off_t)(offset + done));
        if (written < 0 && errno != EINTR) {
            return false;
        }
        done += written > 0 ? (size_t)written : 0;
    }
    return true;
}
