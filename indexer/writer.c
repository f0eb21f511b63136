/*
 * writer.c - see writer.h. The lock is the kernel's (flock), so that it goes when its holder does; its file is removed
 * when all is done.
 */
#include "indexer/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_CEILING 16384

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    interrupted = number;
}

void writer_catch_signals(void)
{
    const struct sigaction action = {.sa_handler = on_signal};
    const struct sigaction ignored = {.sa_handler = SIG_IGN};
    sigaction(SIGXFSZ, &ignored, NULL); /* a file that may not grow further (setrlimit) is a failure to write */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool writer_interrupted(void)
{
    return interrupted != 0;
}

/* Goes from a link to the archive that it leads to. One that leads nowhere is replaced like a file. */
static void follow_link(struct writer *writer, const char **db)
{
    struct stat named;
    if (lstat(*db, &named) == 0 && S_ISLNK(named.st_mode)) {
        writer->target = realpath(*db, NULL);
        *db = writer->target ? writer->target : *db;
    }
}

enum trabao_status writer_begin(struct writer *writer, const char **db, struct trabao_error *err)
{
    struct stat ours, named;
    *writer = (struct writer){.fd = -1};
    buf_init(&writer->lock, PATH_CEILING);
    follow_link(writer, db);
    if (!buf_printf(&writer->lock, "%s" WRITER_LOCK_SUFFIX, *db)) {
        return error_no_memory(err);
    }
    const char *path = buf_str(&writer->lock);
    do {
        writer->fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0644);
        if (writer->fd < 0) {
            return error_set_errno(err, TRABAO_IO, errno, "%s: making the lock file", path);
        }
        if (flock(writer->fd, LOCK_EX | LOCK_NB) != 0) {
            close(writer->fd);
            writer->fd = -1;
            return error_set(err, TRABAO_IO, "%s: another `trabao index` or `trabao remove` is writing this archive",
                             path);
        }
        /* Whoever had it before may have removed it in between: then the name belongs to another file. */
        if (fstat(writer->fd, &ours) == 0 && stat(path, &named) == 0 && ours.st_ino == named.st_ino) {
            return TRABAO_OK;
        }
        close(writer->fd);
        writer->fd = -1;
    } while (!interrupted);
    return error_set(err, TRABAO_TIMEOUT, "interrupted");
}

void writer_end(struct writer *writer)
{
    if (writer->fd >= 0) {
        unlink(buf_str(&writer->lock));
        close(writer->fd);
    }
    buf_free(&writer->lock);
    free(writer->target);
}
