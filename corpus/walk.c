/*
 * walk.c - walking (see walk.h). Only the names in the folders on the way down are in memory, so that millions of pages
 * in a tree of folders cost next to nothing.
 */
#include "corpus/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

#define DEPTH_MAX 64
#define PATH_CEILING 65536
#define NAMES_CEILING ((size_t)1 << 30) /* bytes of the names in one folder */

struct level {
    size_t path_len;     /* of the folder's own path */
    struct buf names;    /* NUL-terminated, one after another */
    const char **sorted; /* into names; owned */
    size_t count, next;
};

struct walk {
    const char *const *paths; /* borrowed */
    size_t count, next;
    struct buf path; /* of the file or folder looked at */
    struct level levels[DEPTH_MAX];
    size_t depth; /* levels in use */
};

static void drop_level(struct walk *w)
{
    struct level *level = &w->levels[--w->depth];
    buf_free(&level->names);
    mem_free(level->sorted);
    *level = (struct level){0};
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Reads the names in FOLDER and sorts them. False, and errno says why, when it cannot be read. */
static bool list(struct level *level, DIR *folder)
{
    size_t capacity = 0;
    const struct dirent *entry;
    errno = 0;
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.') {
            level->count++;
            if (!buf_append(&level->names, entry->d_name, strlen(entry->d_name) + 1)) {
                errno = ENOMEM;
                return false;
            }
        }
        errno = 0;
    }
    if (errno != 0) {
        return false;
    }
    if (!mem_grow((void **)&level->sorted, &capacity, level->count, sizeof *level->sorted)) {
        errno = ENOMEM;
        return false;
    }
    const char *name = buf_str(&level->names);
    for (size_t i = 0; i < level->count; i++, name += strlen(name) + 1) {
        level->sorted[i] = name;
    }
    if (level->count) {
        qsort(level->sorted, level->count, sizeof *level->sorted, by_name);
    }
    return true;
}

/* Goes into the folder at PATH. One that cannot be listed is a file that cannot be read. */
static enum trabao_status enter(struct walk *w, struct walk_file *file, struct trabao_error *err)
{
    if (w->depth == DEPTH_MAX) {
        file->refused = "folders are nested too deeply";
        return TRABAO_OK;
    }
    struct level *level = &w->levels[w->depth++];
    level->path_len = w->path.len;
    buf_init(&level->names, NAMES_CEILING);
    DIR *folder = opendir(buf_str(&w->path));
    const bool listed = folder && list(level, folder);
    const bool no_memory = !listed && errno == ENOMEM;
    if (folder) {
        closedir(folder);
    }
    if (!listed) {
        drop_level(w);
        file->refused = "the folder cannot be listed";
    }
    return no_memory ? error_no_memory(err) : TRABAO_OK;
}

/* Makes PATH the next thing to look at; false when there is none, or memory ran out. */
static bool next_path(struct walk *w)
{
    while (w->depth && w->levels[w->depth - 1].next == w->levels[w->depth - 1].count) {
        drop_level(w);
    }
    if (w->depth) {
        struct level *level = &w->levels[w->depth - 1];
        w->path.len = level->path_len;
        buf_append_char(&w->path, '/');
        return buf_append_str(&w->path, level->sorted[level->next++]);
    }
    if (w->next == w->count) {
        return false;
    }
    const char *path = w->paths[w->next++];
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') {
        n--;
    }
    buf_clear(&w->path);
    return buf_append(&w->path, path, n);
}

enum trabao_status walk_next(struct walk *w, struct walk_file *file, struct trabao_error *err)
{
    while (next_path(w)) {
        struct stat facts = {0};
        const size_t depth = w->depth;
        *file = (struct walk_file){.path = buf_str(&w->path)};
        if (depth == 0 && strcmp(file->path, "-") == 0) {
            return TRABAO_OK;
        }
        if ((depth ? lstat(file->path, &facts) : stat(file->path, &facts)) != 0) {
            file->refused = "it has vanished or cannot be looked at";
            return TRABAO_OK;
        }
        if (S_ISDIR(facts.st_mode)) {
            const enum trabao_status status = enter(w, file, err);
            if (status != TRABAO_OK || file->refused) {
                return status;
            }
            continue;
        }
        file->regular = S_ISREG(facts.st_mode);
        file->size = file->regular ? (uint64_t)facts.st_size : 0;
        if (file->regular || depth == 0) {
            return TRABAO_OK;
        }
    }
    return buf_failed(&w->path) ? error_no_memory(err) : TRABAO_NONE;
}

void walk_rewind(struct walk *w)
{
    while (w->depth) {
        drop_level(w);
    }
    w->next = 0;
}

enum trabao_status walk_open(const char *const *paths, size_t count, struct walk **out, struct trabao_error *err)
{
    *out = NULL;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(paths[i], "-") != 0 && faccessat(AT_FDCWD, paths[i], R_OK, AT_EACCESS) != 0) {
            return error_set_errno(err, TRABAO_NO_INPUT, errno, "%s: cannot be read", paths[i]);
        }
    }
    struct walk *w = mem_zalloc(1, sizeof *w);
    if (!w) {
        return error_no_memory(err);
    }
    w->paths = paths;
    w->count = count;
    buf_init(&w->path, PATH_CEILING);
    *out = w;
    return TRABAO_OK;
}

void walk_close(struct walk *w)
{
    if (w) {
        walk_rewind(w);
        buf_free(&w->path);
        mem_free(w);
    }
}
