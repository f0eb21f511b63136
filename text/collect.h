/*
 * collect.h - words and numbers, as they come from scan.c or segment.c, become tokens: canonical forms, numbers without
 * their thousands' dots, dates beside the words that spell them.
 *
 * Numbers connected by a single `/` or `-` are held back until it is known whether they are a date. Dates in words
 * (ngày 30 tháng 4 năm 1975) are looked for at the end, around each `tháng` that was seen.
 *
 * A failure (memory) is sticky: collect_end reports it.
 */
#ifndef TRABAO_COLLECT_H
#define TRABAO_COLLECT_H

#include "text/date.h"
#include "text/memo.h"
#include "text/text.h"

#define COLLECT_PENDING_MAX 8

/* A number held back. */
struct collect_number {
    size_t start, end; /* bytes of the text */
    bool joined;       /* as in struct text_token */
    bool whole;        /* has no inner separators */
    char separator;    /* between it and the number before: '/' or '-'; 0 for the first */
};

struct collector {
    const char *text; /* borrowed */
    size_t n;
    struct text_tokens *out; /* borrowed */
    struct memo *memo;       /* borrowed; NULL: every form is made anew, by ICU */
    text_marker marker;      /* NULL: there is none */
    const void *marker_context;
    size_t last_end;         /* end of the last word or number seen */
    bool any;                /* some word or number was seen */
    bool failed;             /* memory ran out */
    bool chain;              /* more numbers than a date has: those that still follow are no date either */
    bool glued;              /* the first number held back stands directly after a word */
    size_t pending_count;
    struct collect_number pending[COLLECT_PENDING_MAX];
    uint32_t *months; /* indices of tokens that mean month; owned */
    size_t month_count, month_capacity;
};

/* C is zeroed before its first use, and freed with collect_free. */
void collect_begin(struct collector *c, const char *text, size_t n, struct text_tokens *out, struct memo *memo);
void collect_free(struct collector *c);

/* A word of any kind. MEMOISE: wherever its bytes stand between ASCII separators, they are one word. */
void collect_word(struct collector *c, size_t start, size_t end, bool memoise);

/* A number: ASCII digits, with `.` and `,` between them if not WHOLE. */
void collect_number(struct collector *c, size_t start, size_t end, bool whole);

/* False when memory ran out since collect_begin. */
bool collect_end(struct collector *c);

/* ---- the fast way in, for scan.c ------------------------------------------------------------------------------- */

void collect_flush(struct collector *c, size_t next_start, bool next_is_month);
bool collect_is_joined(const struct collector *c, size_t start);
void collect_month(struct collector *c);

/* Room for one more token with a form of at most TEXT_FORM_MAX bytes. */
bool collect_reserve(struct collector *c);

static inline bool collect_has_room(const struct text_tokens *t)
{
    return t->count < t->capacity && t->forms_capacity - t->forms_len >= TEXT_FORM_MAX;
}

/* A word whose canonical form is remembered in SLOT. */
static inline void collect_known(struct collector *c, size_t start, size_t end, const struct memo_slot *slot)
{
    if (c->pending_count > 0) {
        collect_flush(c, start, slot->is_month);
    }
    struct text_tokens *out = c->out;
    if (!collect_has_room(out) && !collect_reserve(c)) {
        return;
    }
    const bool one_space = start - c->last_end == 1 && c->text[start - 1] == ' ';
    const bool joined = !one_space && collect_is_joined(c, start);
    memcpy(out->forms + out->forms_len, slot->form, sizeof slot->form);
    out->items[out->count++] = (struct text_token){.start = (uint32_t)start,
                                                   .end = (uint32_t)end,
                                                   .form = (uint32_t)out->forms_len,
                                                   .form_len = slot->form_len,
                                                   .kind = TEXT_WORD,
                                                   .joined = joined,
                                                   .mark = slot->mark};
    out->forms_len += slot->form_len;
    c->last_end = end;
    c->any = true;
    if (slot->is_month) {
        collect_month(c);
    }
}

#endif
