/*
 * held.c - a VFS for published archives: read-only, immutable, without locks, and by descriptor.
 *
 * An archive is opened once and given out to many readers, some of them much later, when a rename has put another
 * generation, or anything else, at the path: by name they would read that with the tables of this one. SQLite's own way
 * to files has no door for descriptors: it follows links by itself, /proc/self/fd among them, and opens their ends.
 */
#include "archive/held.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "held-"
#define SECTOR_BYTES 4096

struct held_file {
    sqlite3_file base; /* first: what SQLite sees */
    int fd;            /* a duplicate of the archive's */
};

static int fd_of(const sqlite3_file *file)
{
    return ((const struct held_file *)(const void *)file)->fd;
}

/* ---- a file -------------------------------------------------------------------------------------------------- */

static int close_file(sqlite3_file *file)
{
    close(fd_of(file));
    return SQLITE_OK;
}

static int read_file(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
    char *bytes = out;
    int got = 0;
    while (got < n) {
        const ssize_t count = pread(fd_of(file), bytes + got, (size_t)(n - got), at + got);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return SQLITE_IOERR_READ;
        }
        if (count == 0) {
            memset(bytes + got, 0, (size_t)(n - got)); /* as SQLite asks for */
            return SQLITE_IOERR_SHORT_READ;
        }
        got += (int)count;
    }
    return SQLITE_OK;
}

static int write_file(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
    (void)file, (void)bytes, (void)n, (void)at;
    return SQLITE_READONLY;
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
    (void)file, (void)size;
    return SQLITE_READONLY;
}

static int sync_file(sqlite3_file *file, int flags)
{
    (void)file, (void)flags;
    return SQLITE_OK;
}

static int size_of_file(sqlite3_file *file, sqlite3_int64 *size)
{
    struct stat facts;
    if (fstat(fd_of(file), &facts) != 0) {
        return SQLITE_IOERR_FSTAT;
    }
    *size = facts.st_size;
    return SQLITE_OK;
}

static int lock_file(sqlite3_file *file, int level)
{
    (void)file, (void)level;
    return SQLITE_OK;
}

static int check_lock(sqlite3_file *file, int *reserved)
{
    (void)file;
    *reserved = 0;
    return SQLITE_OK;
}

static int control_file(sqlite3_file *file, int operation, void *argument)
{
    (void)file, (void)operation, (void)argument;
    return SQLITE_NOTFOUND;
}

static int sector_size(sqlite3_file *file)
{
    (void)file;
    return SECTOR_BYTES;
}

static int characteristics(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = lock_file,
    .xUnlock = lock_file,
    .xCheckReservedLock = check_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
};

/* ---- the VFS: the usual one, but for how a file is opened ---------------------------------------------------- */

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    struct held_file *held = (struct held_file *)(void *)file;
    (void)vfs;
    file->pMethods = NULL;
    if (!name || strncmp(name, PREFIX, strlen(PREFIX)) != 0 || !(flags & SQLITE_OPEN_MAIN_DB)) {
        return SQLITE_CANTOPEN; /* a reader has neither journals nor temporary files */
    }
    held->fd = fcntl((int)strtol(name + strlen(PREFIX), NULL, 10), F_DUPFD_CLOEXEC, 0);
    if (held->fd < 0) {
        return SQLITE_CANTOPEN;
    }
    file->pMethods = &methods;
    if (out_flags) {
        *out_flags = SQLITE_OPEN_READONLY;
    }
    return SQLITE_OK;
}

static int full_name(sqlite3_vfs *vfs, const char *name, int room, char *out)
{
    (void)vfs;
    return snprintf(out, (size_t)room, "%s", name) < room ? SQLITE_OK : SQLITE_CANTOPEN;
}

static void register_once(void)
{
    static sqlite3_vfs held;
    const sqlite3_vfs *usual = sqlite3_vfs_find(NULL);
    if (!usual) {
        return; /* SQLite has no memory to begin with: handles cannot be opened, and say so */
    }
    held = *usual;
    held.szOsFile = sizeof(struct held_file);
    held.zName = HELD_VFS;
    held.pNext = NULL;
    held.xOpen = open_file;
    held.xFullPathname = full_name;
    sqlite3_vfs_register(&held, 0);
}

void held_register(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_once);
}

void held_name(int fd, char out[HELD_NAME_MAX])
{
    snprintf(out, HELD_NAME_MAX, PREFIX "%d", fd);
}
