/*
 * spill.c - the temporary file of a load (see spill.h).
 *
 * A port collects articles and writes them with pwrite, many at once, into a piece of the file that is its own; pieces
 * are handed out under a mutex. The entries stay in memory (72 bytes and the key, an article; a note has no key) until
 * they are sorted and put away. Articles are not compressed: the file is read once, seconds later, and packing it costs
 * more than writing it, most of which never reaches the disk.
 */
#include "archive/spill.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "base/fsutil.h"
#include "base/mem.h"

#define ARTICLE_CEILING ((size_t)512 << 20)
#define PIECE_BYTES ((size_t)256 << 10) /* of the file, written at once */
#define ENTRIES_AT_ONCE 64              /* that are read of those put away */

struct spill {
    int fd;
    pthread_mutex_t mutex; /* guards everything below while articles are added */
    uint64_t end;          /* of the file */
    struct spill_entry *entries;
    size_t count, capacity;
    char *keys; /* NUL-terminated, one after another */
    size_t keys_len, keys_capacity;
    int failed;            /* errno of a port's last write, 0: none failed */
    bool away;             /* the entries are in the file */
    uint64_t away_at;      /* there */
};

struct spill_port {
    struct spill *spill;
    struct buf bytes;      /* of a piece, that are not written yet */
    uint64_t start, room;  /* of the piece in the file, and its bytes */
    struct spill_entry entries[ENTRIES_AT_ONCE]; /* that were read last */
    uint32_t first, count; /* of these */
};

enum trabao_status spill_open(const char *folder, struct spill **out, struct trabao_error *err)
{
    struct spill *s = mem_zalloc(1, sizeof *s);
    *out = s;
    if (!s) {
        return error_no_memory(err);
    }
    pthread_mutex_init(&s->mutex, NULL);
    s->fd = fs_open_unnamed(folder);
    if (s->fd < 0) {
        return error_set_errno(err, TRABAO_IO, errno, "%s: making a temporary file for articles", folder);
    }
    return TRABAO_OK;
}

void spill_close(struct spill *s)
{
    if (s) {
        if (s->fd >= 0) {
            close(s->fd);
        }
        pthread_mutex_destroy(&s->mutex);
        mem_free(s->entries);
        mem_free(s->keys);
        mem_free(s);
    }
}

enum trabao_status spill_port_open(struct spill *s, struct spill_port **out, struct trabao_error *err)
{
    struct spill_port *port = mem_zalloc(1, sizeof *port);
    *out = port;
    if (!port) {
        return error_no_memory(err);
    }
    port->spill = s;
    buf_init(&port->bytes, ARTICLE_CEILING + PIECE_BYTES);
    return TRABAO_OK;
}

static enum trabao_status writing_failed(int errnum, struct trabao_error *err)
{
    return error_set_errno(err, TRABAO_IO, errnum, "writing the temporary file of articles");
}

/* Writes the first N bytes of the piece, which ends there. False with errno set. */
static bool end_piece(struct spill_port *port, size_t n)
{
    struct buf *bytes = &port->bytes;
    const bool fine = n == 0 || fs_write_at(port->spill->fd, bytes->data, n, port->start);
    if (n < bytes->len) {
        memmove(bytes->data, bytes->data + n, bytes->len - n);
    }
    bytes->len -= n;
    port->room = 0;
    return fine;
}

void spill_port_close(struct spill_port *port)
{
    if (port) {
        if (!end_piece(port, port->bytes.len)) {
            const int failed = errno;
            pthread_mutex_lock(&port->spill->mutex);
            port->spill->failed = failed;
            pthread_mutex_unlock(&port->spill->mutex);
        }
        buf_free(&port->bytes);
        mem_free(port);
    }
}

/* Enters ARTICLE, the last LEN bytes of the piece, for which there is a new one if none is begun. */
static bool enter(struct spill_port *port, const struct article *article, size_t len, uint64_t order, int64_t replaces)
{
    struct spill *s = port->spill;
    const struct article_text *key = &article->fields[ARTICLE_KEY];
    /* Hashing reads the whole text: before the mutex, not under it. */
    const uint64_t key_hash = article_key_hash(key->text, key->len);
    const uint64_t content_hash = article_content_hash(article);
    pthread_mutex_lock(&s->mutex);
    const bool ok = mem_grow((void **)&s->entries, &s->capacity, s->count + 1, sizeof *s->entries) &&
                    mem_grow((void **)&s->keys, &s->keys_capacity, s->keys_len + key->len + 1, 1);
    if (ok && port->room == 0) {
        port->start = s->end;
        port->room = MAX(PIECE_BYTES, len);
        s->end += port->room;
    }
    if (ok) {
        s->entries[s->count++] = (struct spill_entry){.second = article->date.second,
                                                      .replaces = replaces,
                                                      .key_hash = key_hash,
                                                      .content_hash = content_hash,
                                                      .order = order,
                                                      .offset = port->start + port->bytes.len - len,
                                                      .len = (uint32_t)len,
                                                      .key = (uint32_t)s->keys_len,
                                                      .precision = article->date.precision,
                                                      .dated = article_is_dated(article->date)};
        memcpy(s->keys + s->keys_len, key->text, key->len);
        s->keys[s->keys_len + key->len] = '\0';
        s->keys_len += key->len + 1;
    }
    pthread_mutex_unlock(&s->mutex);
    return ok;
}

enum trabao_status spill_add(struct spill_port *port, const struct article *article, uint64_t order, int64_t replaces,
                             struct trabao_error *err)
{
    const size_t before = port->bytes.len;
    if (!article_write(article, &port->bytes)) {
        return error_no_memory(err);
    }
    const size_t len = port->bytes.len - before;
    if (port->bytes.len > port->room && !end_piece(port, before)) {
        return writing_failed(errno, err);
    }
    return enter(port, article, len, order, replaces) ? TRABAO_OK : error_no_memory(err);
}

enum trabao_status spill_note(struct spill_port *port, uint64_t key_hash, uint64_t order, struct trabao_error *err)
{
    struct spill *s = port->spill;
    pthread_mutex_lock(&s->mutex);
    const bool ok = mem_grow((void **)&s->entries, &s->capacity, s->count + 1, sizeof *s->entries);
    if (ok) {
        s->entries[s->count++] = (struct spill_entry){.key_hash = key_hash, .order = order, .noted = true};
    }
    pthread_mutex_unlock(&s->mutex);
    return ok ? TRABAO_OK : error_no_memory(err);
}

/* Equal keys stand together, the last one read first. */
static int by_key(const void *a, const void *b)
{
    const struct spill_entry *x = a, *y = b;
    if (x->key_hash != y->key_hash) {
        return x->key_hash < y->key_hash ? -1 : 1;
    }
    return x->order > y->order ? -1 : x->order < y->order;
}

static int by_date_and_key(const void *a, const void *b, void *keys)
{
    const struct spill_entry *x = a, *y = b;
    if (x->dated != y->dated) {
        return x->dated ? 1 : -1;
    }
    if (x->dated && x->second != y->second) {
        return x->second < y->second ? -1 : 1;
    }
    return strcmp((const char *)keys + x->key, (const char *)keys + y->key);
}

/* Of each key the last one read stays. Returns how many did not. */
static uint64_t drop_superseded(struct spill *s)
{
    qsort(s->entries, s->count, sizeof *s->entries, by_key);
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (kept == 0 || s->entries[kept - 1].key_hash != s->entries[i].key_hash) {
            s->entries[kept++] = s->entries[i];
        }
    }
    const uint64_t superseded = s->count - kept;
    s->count = kept;
    return superseded;
}

static void drop_notes(struct spill *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (!s->entries[i].noted) {
            s->entries[kept++] = s->entries[i];
        }
    }
    s->count = kept;
}

enum trabao_status spill_sort(struct spill *s, uint64_t *superseded, struct trabao_error *err)
{
    if (s->keys_len > UINT32_MAX || s->count > UINT32_MAX) {
        return error_set(err, TRABAO_USAGE, "too many articles for one load: split it");
    }
    if (s->failed) {
        return writing_failed(s->failed, err);
    }
    *superseded = 0;
    if (s->count == 0) {
        return TRABAO_OK;
    }
    *superseded = drop_superseded(s);
    drop_notes(s);
    qsort_r(s->entries, s->count, sizeof *s->entries, by_date_and_key, s->keys);
    int64_t last = 0;
    for (size_t i = 0; i < s->count; i++) {
        struct spill_entry *e = &s->entries[i];
        e->id = e->dated ? MAX(e->second * ARTICLE_SLOTS, last + 1) : last + 1;
        last = e->id;
    }
    return TRABAO_OK;
}

static int by_id(const void *a, const void *b)
{
    const struct spill_entry *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

void spill_renumber(struct spill *s, const int64_t *ids)
{
    for (size_t i = 0; i < s->count; i++) {
        s->entries[i].id = ids[i];
    }
    if (s->count) {
        qsort(s->entries, s->count, sizeof *s->entries, by_id);
    }
}

uint32_t spill_count(const struct spill *s)
{
    return (uint32_t)s->count;
}

const struct spill_entry *spill_at(const struct spill *s, uint32_t i)
{
    return &s->entries[i];
}

enum trabao_status spill_put_away(struct spill *s, struct trabao_error *err)
{
    if (!fs_write_at(s->fd, s->entries, s->count * sizeof *s->entries, s->end)) {
        return writing_failed(errno, err);
    }
    s->away = true;
    s->away_at = s->end;
    mem_free(s->entries);
    mem_free(s->keys);
    s->entries = NULL;
    s->keys = NULL;
    s->capacity = s->keys_capacity = 0;
    return TRABAO_OK;
}

/* The I-th entry, from the file if it was put away; NULL with errno set when it cannot be read. */
static const struct spill_entry *find_entry(struct spill_port *port, uint32_t i)
{
    const struct spill *s = port->spill;
    if (!s->away) {
        return &s->entries[i];
    }
    if (i < port->first || i - port->first >= port->count) {
        const uint32_t count = (uint32_t)MIN((size_t)ENTRIES_AT_ONCE, s->count - i);
        port->count = 0;
        if (!fs_read_at(s->fd, port->entries, count * sizeof *port->entries,
                        s->away_at + i * sizeof *port->entries)) {
            return NULL;
        }
        port->first = i;
        port->count = count;
    }
    return &port->entries[i - port->first];
}

static enum trabao_status reading_failed(struct trabao_error *err)
{
    return error_set_errno(err, TRABAO_IO, errno, "reading the temporary file of articles");
}

enum trabao_status spill_fitting(struct spill_port *port, uint32_t first, uint64_t bytes, uint32_t most,
                                 uint32_t *count, struct trabao_error *err)
{
    const uint32_t last = MIN(most, spill_count(port->spill) - first);
    uint64_t sum = 0;
    for (*count = 0; *count < last; ++*count) {
        const struct spill_entry *e = find_entry(port, first + *count);
        if (!e) {
            return reading_failed(err);
        }
        sum += e->len;
        if (*count && sum > bytes) {
            break;
        }
    }
    return TRABAO_OK;
}

enum trabao_status spill_read(struct spill_port *port, uint32_t i, struct spill_entry *entry, struct buf *bytes,
                              struct article *out, struct trabao_error *err)
{
    const struct spill_entry *e = find_entry(port, i);
    buf_clear(bytes);
    char *room = e ? buf_reserve(bytes, e->len) : NULL;
    if (e && !room) {
        return error_no_memory(err);
    }
    if (!e || !fs_read_at(port->spill->fd, room, e->len, e->offset)) {
        return reading_failed(err);
    }
    bytes->len = e->len;
    *entry = *e;
    if (!article_read(room, e->len, out)) {
        return error_set(err, TRABAO_INTERNAL, "an article came back damaged from the temporary file");
    }
    return TRABAO_OK;
}
