/*
 * cursor.c - see cursor.h. The text is a letter for the stage and hexadecimal numbers between dashes.
 */
#include "query/cursor.h"

#include <inttypes.h>

#include "query/trabao.h"

static const char STAGES[] = "rsd";

void cursor_write(const struct cursor *c, char out[CURSOR_MAX])
{
    snprintf(out, CURSOR_MAX, "%c%x-%x-%x-%" PRIx64 "-%x-%x-%x", STAGES[c->stage], c->offset, c->score, c->tier,
             (uint64_t)c->id, c->tightest, c->loosest, c->relaxed ? 1U : 0U);
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
    uint64_t offset, score, tier, id, tightest, loosest, relaxed;
    if (!stage || !take(&p, UINT32_MAX, &offset) || !take(&p, UINT32_MAX, &score) || !take(&p, TRABAO_FOLDED, &tier) ||
        !take(&p, INT64_MAX, &id) || !take(&p, TRABAO_FOLDED, &tightest) || !take(&p, TRABAO_FOLDED, &loosest) ||
        !take(&p, 1, &relaxed) || *p) {
        return false;
    }
    *out = (struct cursor){.stage = (enum cursor_stage)(stage - STAGES),
                           .offset = (uint32_t)offset,
                           .score = (uint32_t)score,
                           .tier = (uint8_t)tier,
                           .id = (int64_t)id,
                           .tightest = (uint8_t)tightest,
                           .loosest = (uint8_t)loosest,
                           .relaxed = relaxed == 1};
    return true;
}
