/*
 * cursor.c - see cursor.h. The text is a letter for the stage and hexadecimal numbers between dashes.
 */
#include "query/cursor.h"

#include <inttypes.h>

#include "base/hash.h"

static const char STAGES[] = "rsd";

/* ---- the search ------------------------------------------------------------------------------------------------ */

/* As it was typed, for what it is read as may change with the archive and, of `hôm qua`, with the day. */
uint32_t cursor_search(const struct trabao_request *q)
{
    const char *const texts[] = {q->from, q->to, q->author, q->source, q->section, q->name};
    const char modes[] = {(char)q->sort, (char)q->tier, (char)q->strict};
    uint64_t hash = hash_add(HASH_START, modes, sizeof modes);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        const char *text = texts[i] ? texts[i] : "";
        hash = hash_add(hash, text, strlen(text) + 1);
    }
    hash = hash_add(hash, q->query ? q->query : "", q->query_len);
    return (uint32_t)(hash ^ hash >> 32);
}

/* ---- the text -------------------------------------------------------------------------------------------------- */

void cursor_write(const struct cursor *c, char out[CURSOR_MAX])
{
    snprintf(out, CURSOR_MAX, "%c%x-%x-%x-%" PRIx64 "-%x-%x-%x-%x", STAGES[c->stage], c->offset, c->score, c->tier,
             (uint64_t)c->id, c->tightest, c->loosest, c->relaxed ? 1U : 0U, c->search);
}

/* The hexadecimal number at *P, up to MAX, and the dash behind it. */
static bool take(const char **p, uint64_t max, uint64_t *value)
{
    char *end;
    if (!**p || !strchr("0123456789abcdef", **p)) {
        return false;
    }
    *value = strtoull(*p, &end, 16);
    if (*value > max || end - *p > 16 || (*end && *end != '-')) {
        return false;
    }
    *p = *end ? end + 1 : end;
    return true;
}

bool cursor_read(const char *text, struct cursor *out)
{
    const char *stage = *text ? strchr(STAGES, *text) : NULL;
    const char *p = text + 1;
    uint64_t offset, score, tier, id, tightest, loosest, relaxed, search;
    if (!stage || !take(&p, UINT32_MAX, &offset) || !take(&p, UINT32_MAX, &score) || !take(&p, TRABAO_FOLDED, &tier) ||
        !take(&p, INT64_MAX, &id) || !take(&p, TRABAO_FOLDED, &tightest) || !take(&p, TRABAO_FOLDED, &loosest) ||
        !take(&p, 1, &relaxed) || !take(&p, UINT32_MAX, &search) || *p) {
        return false;
    }
    *out = (struct cursor){.stage = (enum cursor_stage)(stage - STAGES),
                           .offset = (uint32_t)offset,
                           .score = (uint32_t)score,
                           .tier = (uint8_t)tier,
                           .id = (int64_t)id,
                           .tightest = (uint8_t)tightest,
                           .loosest = (uint8_t)loosest,
                           .relaxed = relaxed == 1,
                           .search = (uint32_t)search};
    return true;
}
