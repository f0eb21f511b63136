/*
 * jsonl_body.h - the body of a JSON line, which is nearly all of it, taken out before Jansson reads the line.
 *
 * Jansson looks at every byte several times. A body that is an ordinary string needs less: its end, that it is UTF-8
 * without control characters, and its escapes undone. Whatever is not ordinary is left to Jansson as a whole.
 */
#ifndef TRABAO_JSONL_BODY_H
#define TRABAO_JSONL_BODY_H

#include "base/base.h"
#include "base/buf.h"

struct jsonl_body {
    const char *key;  /* of the names; NULL: none was taken out */
    const char *text; /* in the line or in TAKEN */
    size_t len;
};

/*
 * Finds the string under one of COUNT NAMES in the object LINE (N bytes). True when there is one: then REST is the line
 * with an empty string in its place; if Jansson reads REST, it would have read the line, to the same values but for
 * this one, which is BODY. TAKEN is memory for it. False also when memory runs out.
 */
bool jsonl_body_take(const char *line, size_t n, const char *const *names, size_t count, struct buf *rest,
                     struct buf *taken, struct jsonl_body *body);

#endif
