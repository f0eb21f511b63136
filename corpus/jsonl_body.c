/*
 * jsonl_body.c - see jsonl_body.h.
 *
 * The line is gone through from string to string, with the depth of brackets around them. That says the right thing
 * about every line that is JSON; about one that is not nothing needs to be right, for Jansson refuses the rest of it.
 */
#include "corpus/jsonl_body.h"

#include "base/utf8.h"

#define LEAST_BYTES 64 /* shorter ones are not worth it */

/* A string between its quotes. */
struct quoted {
    const char *text;
    size_t len;
};

/* The string that begins after the quote at P. False when it does not end before END. */
static bool read_quoted(const char *p, const char *end, struct quoted *out)
{
    out->text = p + 1;
    for (const char *q = p + 1; (q = memchr(q, '"', (size_t)(end - q))) != NULL; q++) {
        const char *escapes = q;
        while (escapes > out->text && escapes[-1] == '\\') {
            escapes--;
        }
        if ((q - escapes) % 2 == 0) {
            out->len = (size_t)(q - out->text);
            return true;
        }
    }
    return false;
}

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')) {
        p++;
    }
    return p;
}

static const char *name_of(const struct quoted *key, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(names[i]) == key->len && memcmp(names[i], key->text, key->len) == 0) {
            return names[i];
        }
    }
    return NULL;
}

/* Where the search is. */
struct search {
    const char *const *names;
    size_t count;
    const char *key;     /* of the name that was found */
    struct quoted value; /* its string; text NULL: another kind of value */
};

/*
 * A string of the outermost object that ends before *P. If it is a key of ours, notes its value and goes past it. False
 * when there are two, or a key that may be written in another way.
 */
static bool look_at(struct search *s, const struct quoted *string, const char **p, const char *end)
{
    const char *after = skip_blanks(*p, end);
    if (after == end || *after != ':') {
        return true;
    }
    if (memchr(string->text, '\\', string->len)) {
        return false;
    }
    const char *name = name_of(string, s->names, s->count);
    if (!name) {
        return true;
    }
    if (s->key) {
        return false;
    }
    s->key = name;
    after = skip_blanks(after + 1, end);
    if (after < end && *after == '"') {
        if (!read_quoted(after, end, &s->value)) {
            return false;
        }
        *p = s->value.text + s->value.len + 1;
    }
    return true;
}

static bool find(struct search *s, const char *line, size_t n)
{
    const char *const end = line + n;
    int depth = 0;
    for (const char *p = line; p < end;) {
        struct quoted string;
        if (*p != '"') {
            depth += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
            p++;
            continue;
        }
        if (!read_quoted(p, end, &string)) {
            return false;
        }
        p = string.text + string.len + 1;
        if (depth == 1 && !look_at(s, &string, &p, end)) {
            return false;
        }
    }
    return s->value.text && s->value.len >= LEAST_BYTES;
}

#define EACH_BYTE(x) (UINT64_C(0x0101010101010101) * (x))

/* True when N bytes at P have a control character, which JSON forbids. */
static bool has_control(const char *p, size_t n)
{
    size_t i = 0;
    for (; i + sizeof(uint64_t) <= n; i += sizeof(uint64_t)) {
        const uint64_t v = LOAD(uint64_t, p + i);
        if ((v - EACH_BYTE(0x20)) & ~v & EACH_BYTE(0x80)) {
            return true;
        }
    }
    for (; i < n; i++) {
        if ((uint8_t)p[i] < 0x20) {
            return true;
        }
    }
    return false;
}

/* Undoes the escapes of one letter. False at any other, or when memory runs out. */
static bool unescape(const struct quoted *value, struct buf *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *p = value->text, *const end = p + value->len;
    buf_clear(out);
    char *room = buf_reserve(out, value->len);
    for (const char *escape; room && (escape = memchr(p, '\\', (size_t)(end - p))) != NULL; p = escape + 2) {
        const char *letter = escape + 1 < end && escape[1] ? strchr(from, escape[1]) : NULL;
        if (!letter) {
            return false;
        }
        memcpy(room, p, (size_t)(escape - p));
        room += escape - p;
        *room++ = to[letter - from];
    }
    if (!room) {
        return false;
    }
    memcpy(room, p, (size_t)(end - p));
    out->len = (size_t)(room + (end - p) - out->data);
    return true;
}

bool jsonl_body_take(const char *line, size_t n, const char *const *names, size_t count, struct buf *rest,
                     struct buf *taken, struct jsonl_body *body)
{
    struct search s = {.names = names, .count = count};
    *body = (struct jsonl_body){0};
    if (!find(&s, line, n) || has_control(s.value.text, s.value.len) ||
        utf8_valid_prefix(s.value.text, s.value.len) != s.value.len || !unescape(&s.value, taken)) {
        return false;
    }
    const char *after = s.value.text + s.value.len;
    buf_clear(rest);
    if (!buf_append(rest, line, (size_t)(s.value.text - line)) ||
        !buf_append(rest, after, (size_t)(line + n - after))) {
        return false;
    }
    *body = (struct jsonl_body){s.key, taken->data, taken->len};
    return true;
}
