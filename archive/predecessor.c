/*
 * predecessor.c - see predecessor.h. An archive is known by the application id in the header of its file, which is
 * there even when the rest is damaged.
 */
#include "archive/predecessor.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/db.h"
#include "archive/schema.h"

#define HEADER_BYTES 100
#define APPLICATION_ID_AT 68 /* big-endian */

/* TRABAO_NONE: there is nothing at PATH. */
static enum trabao_status recognise(const char *path, struct trabao_error *err)
{
    static const char magic[16] = "SQLite format 3";
    struct stat facts;
    unsigned char header[HEADER_BYTES] = {0};
    if (stat(path, &facts) != 0) {
        return errno == ENOENT ? TRABAO_NONE : error_set_errno(err, TRABAO_IO, errno, "%s", path);
    }
    if (S_ISDIR(facts.st_mode)) {
        return error_set(err, TRABAO_USAGE, "%s is a folder: --db names the file of the archive", path);
    }
    if (S_ISREG(facts.st_mode)) {
        const int fd = open(path, O_RDONLY | O_CLOEXEC);
        const ssize_t n = fd < 0 ? -1 : pread(fd, header, sizeof header, 0);
        const int failed = errno;
        if (fd >= 0) {
            close(fd);
        }
        if (n < 0) {
            return error_set_errno(err, TRABAO_IO, failed, "%s: reading it", path);
        }
    }
    if (memcmp(header, magic, sizeof magic) != 0 ||
        be32toh(LOAD(uint32_t, header + APPLICATION_ID_AT)) != SCHEMA_APPLICATION_ID) {
        return error_set(err, TRABAO_DATA,
                         "%s is not a Trabao archive and is left as it is: name another file, or move this one away",
                         path);
    }
    return TRABAO_OK;
}

enum trabao_status predecessor_read(const char *path, struct predecessor *out, struct trabao_error *err)
{
    sqlite3 *db = NULL;
    int64_t generation = 0;
    *out = (struct predecessor){0};
    const enum trabao_status status = recognise(path, err);
    if (status != TRABAO_OK) {
        return status == TRABAO_NONE ? TRABAO_OK : status;
    }
    out->exists = true;
    out->damaged = db_open_published(path, &db, NULL) != TRABAO_OK ||
                   schema_get_meta(db, "generation", &generation, NULL) != TRABAO_OK ||
                   removed_load(&out->removed, db, NULL) != TRABAO_OK;
    out->generation = (uint64_t)generation;
    db_close(db);
    return TRABAO_OK;
}

void predecessor_free(struct predecessor *p)
{
    removed_free(&p->removed);
}
