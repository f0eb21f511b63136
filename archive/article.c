/*
 * article.c - hashes and the byte form of an article, which the loading pass spills (see article.h).
 */
#include "archive/article.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "archive/varint.h"

uint64_t article_key_hash(const char *key, size_t n)
{
    return XXH3_64bits(key, n);
}

uint64_t article_content_hash(const struct article *article)
{
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    for (size_t f = 0; f < ARTICLE_FIELDS; f++) {
        const struct article_text *field = &article->fields[f];
        /* A missing body is stored, and comes back, as an empty one. */
        const uint64_t len = field->text || f == ARTICLE_BODY ? field->len + 1 : 0;
        XXH3_64bits_update(&state, &len, sizeof len);
        if (field->text) {
            XXH3_64bits_update(&state, field->text, field->len);
        }
    }
    const int64_t numbers[] = {article->date.second, article->date.precision, article->reads};
    XXH3_64bits_update(&state, numbers, sizeof numbers);
    return XXH3_64bits_digest(&state);
}

bool article_write(const struct article *article, struct buf *out)
{
    for (size_t f = 0; f < ARTICLE_FIELDS; f++) {
        const struct article_text *field = &article->fields[f];
        varint_append(out, field->text ? field->len + 1 : 0);
        buf_append(out, field->text ? field->text : "", field->text ? field->len : 0);
    }
    varint_append(out, (uint64_t)article->date.second);
    varint_append(out, article->date.precision);
    varint_append(out, (uint64_t)(article->reads + 1));
    return varint_append(out, article->generation);
}

bool article_read(const char *bytes, size_t n, struct article *out)
{
    const uint8_t *p = (const uint8_t *)bytes;
    const uint8_t *end = p + n;
    *out = (struct article){0};
    for (size_t f = 0; f < ARTICLE_FIELDS; f++) {
        uint64_t len;
        if (!varint_read(&p, end, &len) || (len && len - 1 > (uint64_t)(end - p))) {
            return false;
        }
        if (len) {
            out->fields[f] = (struct article_text){(const char *)p, len - 1};
            p += len - 1;
        }
    }
    uint64_t second, precision, reads;
    if (!varint_read(&p, end, &second) || !varint_read(&p, end, &precision) || precision > CIVIL_TIME ||
        !varint_read(&p, end, &reads) || !varint_read(&p, end, &out->generation)) {
        return false;
    }
    out->date = (struct civil){.second = (int64_t)second, .precision = (uint8_t)precision};
    out->reads = (int64_t)reads - 1;
    return p == end;
}
