/*
 * quote.c - a quote is cut into pieces, words and dates. A row then is one spelling chosen for each date:
 *
 *     30/4/1975 | 30 tháng 4 năm 1975 | 30 tháng 4/1975, each with or without `ngày` before it
 *     7/2020 | tháng 7/2020 | tháng 7 năm 2020
 *
 * A text has the date itself beside the number of its day (without a day: of its month), so that is what stands there
 * in a row too. What a row begins or ends with needs no words around it: at the end of a quote all spellings but the
 * figures are left out, at its beginning `ngày` is.
 */
#include "query/quote.h"

#include "text/date.h"

#define DATES_MAX 2
#define PIECES_MAX 32 /* a longer quote is taken as typed */
#define NO_TOKEN SIZE_MAX
#define ROW_TOKENS_MAX (PIECES_MAX + DATES_MAX * 5) /* ngày 30/4/1975 tháng 4 năm 1975: five words more than a piece */

enum style { FIGURES, SPELLED, MIXED, STYLES };

struct piece {
    size_t token;  /* of a word, or of a date as precise as typed */
    bool dated;
    size_t before; /* `ngày` or the like as typed before the day, `tháng` before the month; NO_TOKEN: none */
    enum style typed;
    char day[3], month[3], year[5]; /* figures; empty: not known */
    uint32_t start, end;            /* bytes of the query */
};

struct pieces {
    struct query_context *c;
    const struct lex_item *item;
    struct piece items[PIECES_MAX];
    size_t count, dates;
    bool marked; /* some word of the quote was typed with marks */
};

/* How a date is written in a row. */
struct spelling {
    enum style style;
    bool announced;
};

static const struct text_token *token_at(const struct pieces *p, size_t i)
{
    return &p->c->tokens->items[i];
}

static size_t stop_of(const struct pieces *p)
{
    return p->item->first_token + p->item->tokens;
}

/* The next token that has a position of its own. */
static size_t next_position(const struct pieces *p, size_t i)
{
    do {
        i++;
    } while (i < stop_of(p) && token_at(p, i)->colocated);
    return i;
}

/* ---- dates ----------------------------------------------------------------------------------------------------- */

/* The date at the position of token I that says most and was typed inside the quote; NO_TOKEN if there is none. */
static size_t date_at(const struct pieces *p, size_t i)
{
    const size_t stop = next_position(p, i);
    size_t best = NO_TOKEN;
    for (; i < stop; i++) {
        const struct text_token *t = token_at(p, i);
        if (t->kind != TEXT_DATE || t->start < p->item->start || t->end > p->item->end) {
            continue;
        }
        if (best == NO_TOKEN || query_token_slashes(p->c, i) > query_token_slashes(p->c, best)) {
            best = i;
        }
    }
    return best;
}

/* The numbers of the date that token I is. */
static void read_parts(const struct query_context *c, size_t i, struct piece *piece)
{
    char *const parts[] = {piece->day, piece->month, piece->year};
    const char *form = text_form(c->tokens, i);
    const size_t len = c->tokens->items[i].form_len;
    size_t part = 0;
    /* A month with its year has the length of the year behind its only stroke. */
    if (query_token_slashes(c, i) == 1 && len > 5 && form[len - 5] == '/') {
        part = 1;
    }
    for (size_t k = 0, n = 0; k < len && part < ARRAY_LEN(parts); k++) {
        if (form[k] == '/') {
            part++;
            n = 0;
        } else {
            parts[part][n++] = form[k];
        }
    }
}

/* Adds the date DATE, which begins at position I or, where a month is spelled out, at the one before it. */
static void add_date(struct pieces *p, size_t i, size_t date)
{
    const struct text_token *t = token_at(p, date);
    struct piece piece = {.token = date, .dated = true, .before = NO_TOKEN, .start = t->start, .end = t->end};
    size_t last = i;
    for (size_t next = i; next < stop_of(p) && token_at(p, next)->start < t->end; next = next_position(p, next)) {
        last = next;
    }
    piece.typed = token_at(p, i)->kind == TEXT_DATE ? FIGURES : token_at(p, last)->kind == TEXT_DATE ? MIXED : SPELLED;
    read_parts(p->c, date, &piece);
    const struct piece *before = p->count > 0 ? &p->items[p->count - 1] : NULL;
    if (before != NULL && !before->dated && query_token_announces(p->c, before->token, piece.day[0] == '\0')) {
        piece.before = before->token;
        piece.start = before->start;
        p->count--;
    }
    p->items[p->count++] = piece;
    p->dates++;
}

/* Cuts the quote. False when it has too many pieces. */
static bool cut(struct pieces *p)
{
    for (size_t i = p->item->first_token; i < stop_of(p);) {
        const struct text_token *t = token_at(p, i);
        const size_t date = p->dates < DATES_MAX ? date_at(p, i) : NO_TOKEN;
        if (p->count == PIECES_MAX) {
            return false;
        }
        if (date != NO_TOKEN) {
            const uint32_t end = token_at(p, date)->end;
            add_date(p, i, date);
            while (i < stop_of(p) && token_at(p, i)->start < end) {
                i = next_position(p, i);
            }
        } else {
            p->items[p->count++] =
                (struct piece){.token = i, .before = NO_TOKEN, .start = t->start, .end = t->end};
            i = next_position(p, i);
        }
    }
    return true;
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

static size_t list_spellings(const struct pieces *p, size_t at, struct spelling out[2 * STYLES])
{
    const struct piece *piece = &p->items[at];
    const bool at_end = at + 1 == p->count;
    const bool at_start = at == 0;
    size_t count = 0;
    for (size_t s = 0; s < STYLES; s++) {
        const enum style style = (enum style)((piece->typed + s) % STYLES);
        const bool full = piece->day[0] != '\0' && piece->year[0] != '\0';
        if (at_end ? style != FIGURES : style == MIXED && !full) {
            continue;
        }
        /* The month of tháng 7 năm 2020 always has its word before it. */
        const bool needs_word = piece->day[0] == '\0' && style == SPELLED;
        const bool typed = piece->before != NO_TOKEN || needs_word;
        if (at_start) {
            out[count++] = (struct spelling){style, false};
            continue;
        }
        out[count++] = (struct spelling){style, typed};
        if (!needs_word) {
            out[count++] = (struct spelling){style, !typed};
        }
    }
    return count;
}

/*
 * Appends the token I as typed, or WORD where it was not typed, to ROW. The marks of such a word are meant where others
 * were typed; they do not make a query without marks one with marks.
 */
static void add_token(const struct pieces *p, const struct piece *piece, size_t i, const char *word,
                      struct quote_row *row)
{
    struct query_token *token = &row->tokens[row->count++];
    if (i != NO_TOKEN) {
        query_set_token(p->c, token, i);
    } else {
        token->len = (uint8_t)strlen(word);
        memcpy(token->form, word, token->len);
        token->marked = p->marked && text_has_marks(word, token->len);
    }
    token->start = piece->start;
    token->end = piece->end;
}

static void add_spelled(const struct pieces *p, const struct piece *piece, struct spelling spelling,
                        struct quote_row *row)
{
    const bool has_day = piece->day[0] != '\0';
    char month_and_year[DATE_TEXT_MAX];
    if (spelling.announced) {
        add_token(p, piece, piece->before, has_day ? "ngày" : "tháng", row);
    }
    add_token(p, piece, piece->token, NULL, row);
    if (spelling.style == FIGURES) {
        return;
    }
    if (has_day) {
        add_token(p, piece, NO_TOKEN, "tháng", row);
    }
    if (spelling.style == MIXED) {
        snprintf(month_and_year, sizeof month_and_year, "%s/%s", piece->month, piece->year);
        add_token(p, piece, NO_TOKEN, month_and_year, row);
        return;
    }
    if (has_day) {
        add_token(p, piece, NO_TOKEN, piece->month, row);
    }
    if (piece->year[0] != '\0') {
        add_token(p, piece, NO_TOKEN, "năm", row);
        add_token(p, piece, NO_TOKEN, piece->year, row);
    }
}

/* Writes row number CHOICE. */
static bool write_row(const struct pieces *p, size_t choice, struct quote_row *row)
{
    *row = (struct quote_row){query_new(p->c, ROW_TOKENS_MAX, sizeof *row->tokens), 0};
    for (size_t i = 0; row->tokens != NULL && i < p->count; i++) {
        struct spelling spellings[2 * STYLES];
        if (!p->items[i].dated) {
            add_token(p, &p->items[i], p->items[i].token, NULL, row);
            continue;
        }
        const size_t count = list_spellings(p, i, spellings);
        add_spelled(p, &p->items[i], spellings[choice % count], row);
        choice /= count;
    }
    return row->tokens != NULL;
}

/* All of a quote as typed, in one row. */
static bool write_typed(const struct pieces *p, struct quote_row *row)
{
    *row = (struct quote_row){query_new(p->c, p->item->tokens, sizeof *row->tokens), 0};
    for (size_t i = p->item->first_token; row->tokens != NULL && i < stop_of(p); i = next_position(p, i)) {
        query_set_token(p->c, &row->tokens[row->count++], i);
    }
    return row->tokens != NULL;
}

size_t quote_rows(struct query_context *c, const struct lex_item *item, struct quote_row rows[QUOTE_ROWS_MAX])
{
    struct pieces p = {.c = c, .item = item};
    size_t count = 1;
    if (item->tokens == 0) {
        return 0;
    }
    for (size_t i = item->first_token; i < stop_of(&p); i++) {
        p.marked = p.marked || text_has_marks(text_form(c->tokens, i), c->tokens->items[i].form_len);
    }
    if (!cut(&p)) {
        return write_typed(&p, &rows[0]) ? 1 : 0;
    }
    for (size_t i = 0; i < p.count; i++) {
        struct spelling spellings[2 * STYLES];
        count *= p.items[i].dated ? list_spellings(&p, i, spellings) : 1;
    }
    for (size_t i = 0; i < count; i++) {
        if (!write_row(&p, i, &rows[i])) {
            return 0;
        }
    }
    return count;
}
