/*
 * fsutil.c - see fsutil.h. A failed fsync may have dropped pages for good: nothing is retried, the caller starts over.
 */
#include "base/fsutil.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define COPY_BYTES ((size_t)1 << 30) /* asked for at a time */
#define COPY_BUFFER ((size_t)1 << 20)

bool fs_same(struct fs_id a, struct fs_id b)
{
    return a.number == b.number && a.device == b.device;
}

bool fs_identify(const char *path, struct fs_id *id)
{
    struct stat facts;
    const bool there = stat(path, &facts) == 0;
    if (there) {
        *id = (struct fs_id){facts.st_dev, facts.st_ino};
    }
    return there;
}

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

/* By reading and writing, for file systems between which the kernel does not copy. */
static bool copy_by_hand(int from, int to)
{
    char *buffer = mem_alloc(COPY_BUFFER, 1);
    uint64_t offset = 0;
    ssize_t n = -1;
    errno = buffer ? 0 : ENOMEM;
    while (buffer && (n = read(from, buffer, COPY_BUFFER)) > 0) {
        if (!fs_write_at(to, buffer, (size_t)n, offset)) {
            n = -1;
            break;
        }
        offset += (uint64_t)n;
    }
    const int failed = errno;
    mem_free(buffer);
    errno = failed;
    return n == 0;
}

static bool copy_all(int from, int to)
{
    ssize_t n;
    bool begun = false;
    while ((n = copy_file_range(from, NULL, to, NULL, COPY_BYTES, 0)) > 0) {
        begun = true;
    }
    if (n < 0 && !begun && (errno == EXDEV || errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL)) {
        return copy_by_hand(from, to);
    }
    return n == 0;
}

/* Copies what SOURCE is open for into a new file. */
static enum trabao_status copy_from(int source, const char *from, const char *to, struct trabao_error *err)
{
    struct stat facts;
    if (fstat(source, &facts) != 0) {
        return error_set_errno(err, TRABAO_IO, errno, "%s: looking at it", from);
    }
    const int target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (target < 0) {
        return error_set_errno(err, TRABAO_IO, errno, "%s: making it", to);
    }
    int failed = fchmod(target, facts.st_mode & 0777) == 0 && copy_all(source, target) ? 0 : errno;
    if (close(target) != 0 && !failed) {
        failed = errno;
    }
    return failed ? error_set_errno(err, TRABAO_IO, failed, "copying %s to %s", from, to) : TRABAO_OK;
}

enum trabao_status fs_copy(const char *from, const char *to, struct trabao_error *err)
{
    const int source = open(from, O_RDONLY | O_CLOEXEC);
    if (source < 0) {
        return error_set_errno(err, TRABAO_IO, errno, "%s: opening it to copy it", from);
    }
    const enum trabao_status status = copy_from(source, from, to, err);
    close(source);
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

bool fs_read_at(int fd, void *bytes, size_t n, uint64_t offset)
{
    for (size_t done = 0; done < n;) {
        const ssize_t got = pread(fd, (char *)bytes + done, n - done, (off_t)(offset + done));
        if (got == 0) {
            errno = EIO;
        }
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return false;
        }
        done += got > 0 ? (size_t)got : 0;
    }
    return true;
}
