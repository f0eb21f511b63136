/*
 * jsonl_object.h - the object that a line is, in one pass: the values of keys that are known, and all others as JSON.
 */
#ifndef TRABAO_JSONL_OBJECT_H
#define TRABAO_JSONL_OBJECT_H

#include "base/buf.h"
#include "base/yajl_memory.h"
#include "corpus/corpus.h"

#define JSONL_KEYS_MAX 16

enum jsonl_kind {
    JSONL_MISSING,
    JSONL_OTHER, /* a truth, an object, a list with something else than strings */
    JSONL_NULL,
    JSONL_NUMBER,
    JSONL_STRING,
    JSONL_STRINGS /* a list of strings; what in it is null or blank does not count */
};

/* A key that is known. */
struct jsonl_key {
    const char *name;
    const char *between; /* what joins a list of strings, two bytes at most; NULL: such a list is JSONL_OTHER */
    size_t field;        /* for the caller */
};

/* The value of a known key. */
struct jsonl_value {
    enum jsonl_kind kind;
    struct corpus_text text; /* a number as it was written, a string, strings joined and clean; NULL: none */
    size_t member;           /* its place in the object */
    bool taken;              /* by the caller: it is no extra */
};

struct jsonl_member; /* any key and its value */

/* Made once for many lines. */
struct jsonl_object {
    const struct jsonl_key *keys; /* borrowed */
    size_t key_count;
    struct jsonl_value values[JSONL_KEYS_MAX]; /* one for each of the keys */
    struct jsonl_member *members;              /* owned; in the order of the line */
    size_t member_count, member_capacity;
    size_t current;                /* the member that is being read */
    struct jsonl_member **by_name; /* owned */
    size_t by_name_capacity;
    const char *line;
    size_t len;
    size_t depth;
    bool has_ended;  /* with the bracket that closes it */
    struct buf text; /* strings that are not in the line as they are; does not move while a line is read */
    struct buf json; /* values that may be extra */
    struct buf *out; /* where the writer writes */
    struct yajl_memory memory;
    struct yajl_gen_t *writer;
    char reason[128]; /* why the line is no such object; empty: memory ran out */
    size_t column;    /* where, in characters from 1 */
};

/* COUNT KEYS are borrowed until free; no line has more than CEILING bytes. */
void jsonl_object_init(struct jsonl_object *o, const struct jsonl_key *keys, size_t count, size_t ceiling);
void jsonl_object_free(struct jsonl_object *o);

/*
 * Reads TEXT, N bytes of valid UTF-8 without lone surrogates, into O, which points into it then. Of a key that comes
 * twice the last value counts, in the place of the first; inside of values that are extra both stay. False when it is
 * no object, or memory runs out.
 */
bool jsonl_object_read(struct jsonl_object *o, const char *text, size_t n);

/*
 * Puts all that is not taken into OUT, as a compact JSON object; nothing when there is nothing. False when memory runs
 * out.
 */
bool jsonl_object_extra(struct jsonl_object *o, struct buf *out);

#endif
