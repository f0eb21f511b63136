/*
 * walk.c - walking (see walk.h). Only the names in the folders on the way down are in memory, so that millions of pages
 * in a tree of folders cost next to nothing.
 *
 * Links are what could make a walk endless: a link into a folder is followed unless that folder is one of those on the
 * way down, or another link was followed into it. So each folder is entered at most once by a link, and as nothing is
 * in it that is not read anyway, a link not followed is no loss.
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
    struct fs_id id;
    struct buf names;    /* NUL-terminated, one after another */
    const char **sorted; /* into names; owned */
    size_t count, next;
};

struct walk {
    const char *const *paths; /* borrowed */
    size_t count, next;
    struct buf path; /* of the file or folder looked at */
    struct level levels[DEPTH_MAX];
    size_t depth;             /* levels in use */
    struct fs_id *linked;     /* folders that links led into; owned */
    size_t linked_count, linked_capacity;
    const struct fs_id *passed_over; /* files; borrowed */
    size_t passed_over_count;
    uint64_t hidden; /* files and folders so far */
    char refused[WALK_REASON_MAX]; /* what the current file is refused for */
};

/* FILE cannot be read, because WHAT, and ERRNUM (0: none) says why. */
static void refuse(struct walk *w, struct walk_file *file, const char *what, int errnum)
{
    char text[128];
    const char *why = errnum ? strerror_r(errnum, text, sizeof text) : "";
    snprintf(w->refused, sizeof w->refused, "%s%s%s", what, errnum ? ": " : "", why);
    file->refused = w->refused;
}

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
static bool list(struct level *level, DIR *folder, uint64_t *hidden)
{
    size_t capacity = 0;
    const struct dirent *entry;
    errno = 0;
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.') {
            *hidden += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
        } else {
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

static bool is_among(struct fs_id id, const struct fs_id *ids, size_t count)
{
    bool found = false;
    for (size_t i = 0; i < count && !found; i++) {
        found = fs_same(ids[i], id);
    }
    return found;
}

/* Whether what is in a folder that a link leads to is read without following that link. */
static bool is_read_anyway(const struct walk *w, struct fs_id id)
{
    bool known = false;
    for (size_t i = 0; i < w->depth && !known; i++) {
        known = fs_same(w->levels[i].id, id);
    }
    return known || is_among(id, w->linked, w->linked_count);
}

static bool remember_linked(struct walk *w, struct fs_id id)
{
    if (!mem_grow((void **)&w->linked, &w->linked_capacity, w->linked_count + 1, sizeof *w->linked)) {
        return false;
    }
    w->linked[w->linked_count++] = id;
    return true;
}

enum trabao_status walk_shortage(int errnum, const char *path, struct trabao_error *err)
{
    if (errnum == ENOMEM) {
        return error_no_memory(err);
    }
    return errnum == EMFILE || errnum == ENFILE ? error_set_errno(err, TRABAO_IO, errnum, "%s", path) : TRABAO_OK;
}

/* Goes into the folder ID at PATH. One that cannot be listed is a file that cannot be read. */
static enum trabao_status enter(struct walk *w, struct fs_id id, struct walk_file *file, struct trabao_error *err)
{
    if (w->depth == DEPTH_MAX) {
        refuse(w, file, "folders are nested too deeply: name this one itself", 0);
        return TRABAO_OK;
    }
    struct level *level = &w->levels[w->depth++];
    level->path_len = w->path.len;
    level->id = id;
    buf_init(&level->names, NAMES_CEILING);
    DIR *folder = opendir(buf_str(&w->path));
    const bool listed = folder && list(level, folder, &w->hidden);
    const int why = errno;
    if (folder) {
        closedir(folder);
    }
    if (listed) {
        return TRABAO_OK;
    }
    drop_level(w);
    refuse(w, file, "the folder cannot be listed", why);
    return walk_shortage(why, buf_str(&w->path), err);
}

/* Goes into the folder at PATH, if it is not one that a link, followed, would only read again. */
static enum trabao_status enter_once(struct walk *w, const struct stat *facts, bool by_link, struct walk_file *file,
                                     struct trabao_error *err)
{
    const struct fs_id id = {facts->st_dev, facts->st_ino};
    if (by_link && is_read_anyway(w, id)) {
        return TRABAO_OK;
    }
    if (by_link && !remember_linked(w, id)) {
        return error_no_memory(err);
    }
    return enter(w, id, file, err);
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

/* Looks at PATH, at the end of a link if it is one. False, and errno says why, when that cannot be done. */
static bool look(const char *path, struct stat *facts, bool *link)
{
    const bool there = lstat(path, facts) == 0;
    *link = there && S_ISLNK(facts->st_mode);
    return there && (!*link || stat(path, facts) == 0);
}

enum trabao_status walk_next(struct walk *w, struct walk_file *file, struct trabao_error *err)
{
    while (next_path(w)) {
        struct stat facts = {0};
        bool link;
        const bool named = w->depth == 0;
        *file = (struct walk_file){.path = buf_str(&w->path)};
        if (named && strcmp(file->path, "-") == 0) {
            return TRABAO_OK;
        }
        if (!look(file->path, &facts, &link)) {
            refuse(w, file, link ? "the link leads nowhere" : "it cannot be looked at", errno);
            return TRABAO_OK;
        }
        if (S_ISDIR(facts.st_mode)) {
            const enum trabao_status status = enter_once(w, &facts, link && !named, file, err);
            if (status != TRABAO_OK || file->refused) {
                return status;
            }
            continue;
        }
        if (is_among((struct fs_id){facts.st_dev, facts.st_ino}, w->passed_over, w->passed_over_count)) {
            continue;
        }
        file->regular = S_ISREG(facts.st_mode);
        file->size = file->regular ? (uint64_t)facts.st_size : 0;
        if (!file->regular && !named) {
            refuse(w, file, "it is a pipe, a socket or a device: such are read only if named themselves", 0);
        }
        return TRABAO_OK;
    }
    return buf_failed(&w->path) ? error_no_memory(err) : TRABAO_NONE;
}

void walk_pass_over(struct walk *w, const struct fs_id *files, size_t count)
{
    w->passed_over = files;
    w->passed_over_count = count;
}

void walk_rewind(struct walk *w)
{
    while (w->depth) {
        drop_level(w);
    }
    w->next = 0;
    w->linked_count = 0;
    w->hidden = 0;
}

uint64_t walk_hidden(const struct walk *w)
{
    return w->hidden;
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
        mem_free(w->linked);
        buf_free(&w->path);
        mem_free(w);
    }
}
