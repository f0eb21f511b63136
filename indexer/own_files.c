/*
 * own_files.c - see own_files.h.
 */
#include "indexer/own_files.h"

#include "archive/aside.h"
#include "base/buf.h"
#include "indexer/writer.h"

#define PATH_CEILING 16384

static const char *const SUFFIXES[] = {"", WRITER_LOCK_SUFFIX, ASIDE_SUFFIX};

_Static_assert(ARRAY_LEN(SUFFIXES) < OWN_FILES_MAX, "there is room for the reject file");

void own_files_add(struct own_files *own, struct fs_id id)
{
    own->ids[own->count++] = id;
}

enum trabao_status own_files_find(struct own_files *own, const char *db, struct trabao_error *err)
{
    struct buf path;
    char *file = realpath(db, NULL); /* what belongs to it lies beside the archive, not beside a link to it */
    *own = (struct own_files){.count = 0};
    buf_init(&path, PATH_CEILING);
    for (size_t i = 0; i < ARRAY_LEN(SUFFIXES); i++) {
        struct fs_id id;
        buf_clear(&path);
        if (buf_printf(&path, "%s%s", file ? file : db, SUFFIXES[i]) && fs_identify(buf_str(&path), &id)) {
            own_files_add(own, id);
        }
    }
    const bool failed = buf_failed(&path);
    buf_free(&path);
    free(file);
    return failed ? error_no_memory(err) : TRABAO_OK;
}
