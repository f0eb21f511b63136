/*
 * cursor.h - where the next page of an answer begins, as an opaque text.
 *
 * A cursor says how the query was read (tiers, relaxed), so that later pages see the same articles as the first; it
 * carries the stage of the ranking it stands in, and of which search it is: in the hits of another it means nothing.
 */
#ifndef TRABAO_CURSOR_H
#define TRABAO_CURSOR_H

#include "base/base.h"
#include "query/trabao.h"

#define CURSOR_MAX 96

enum cursor_stage {
    CURSOR_RANKED, /* inside the articles that the second stage ranks: by how many were given out */
    CURSOR_SCORED, /* behind them: by the last score */
    CURSOR_DATED   /* by date: by the last article */
};

struct cursor {
    enum cursor_stage stage;
    uint32_t offset; /* RANKED */
    uint32_t score;  /* SCORED */
    uint8_t tier;    /* SCORED: of the last hit */
    int64_t id;      /* SCORED and DATED: of the last hit */
    uint8_t tightest, loosest; /* enum trabao_tier, as in struct plan_limits */
    bool relaxed;
    uint32_t search; /* cursor_search of the request */
};

/*
 * What REQUEST asks for, as a number: the same for all pages of one search. What only decides how much of the hits is
 * shown and how (limit, total, explain, language, duplicates) is free to change from page to page.
 */
uint32_t cursor_search(const struct trabao_request *request);

void cursor_write(const struct cursor *cursor, char out[CURSOR_MAX]);

/* False when TEXT is no cursor. */
bool cursor_read(const char *text, struct cursor *out);

#endif
