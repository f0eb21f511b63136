/*
 * document.c - the steps that one article takes (see document.h).
 */
#include "archive/document.h"

#include "archive/fts5_format.h"
#include "archive/runs.h"
#include "archive/wordcode.h"
#include "base/mem.h"
#include "text/abbreviation.h"
#include "text/memo.h"

#define TEXT_CEILING ((size_t)1 << 30)
#define KEPT_BYTES ((size_t)16 << 10) /* of an article; everything else grows with it */

void document_init(struct document *d)
{
    *d = (struct document){0};
    struct buf *const buffers[] = {&d->bytes,    &d->numbers,      &d->words,          &d->residue,
                                   &d->postings, &d->packed_words, &d->packed_residue, &d->abbreviations};
    for (size_t i = 0; i < ARRAY_LEN(buffers); i++) {
        buf_init(buffers[i], TEXT_CEILING);
    }
}

void document_free(struct document *d)
{
    struct buf *const buffers[] = {&d->bytes,    &d->numbers,      &d->words,          &d->residue,
                                   &d->postings, &d->packed_words, &d->packed_residue, &d->abbreviations};
    for (size_t i = 0; i < ARRAY_LEN(buffers); i++) {
        buf_free(buffers[i]);
    }
    for (size_t c = 0; c < SCHEMA_COLUMNS; c++) {
        text_tokens_free(&d->columns[c]);
    }
}

void document_clear(struct document *d)
{
    if (d->bytes.capacity > KEPT_BYTES) {
        document_free(d);
        document_init(d);
    }
}

const struct article_text *document_column(const struct document *d, enum schema_column column)
{
    static const enum article_field fields[SCHEMA_COLUMNS] = {
        [SCHEMA_BODY] = ARTICLE_BODY,     [SCHEMA_TITLE] = ARTICLE_TITLE,     [SCHEMA_AUTHOR] = ARTICLE_AUTHOR,
        [SCHEMA_SOURCE] = ARTICLE_SOURCE, [SCHEMA_SECTION] = ARTICLE_SECTION,
    };
    return &d->article.fields[fields[column]];
}

uint32_t document_mark(const void *lexicon, const char *word, size_t n, const char *form, size_t form_len)
{
    return wordcode_mark(lexicon_find(lexicon, form, form_len), form, form_len, word, n);
}

enum trabao_status document_tokenize(struct document *d, struct text_analyzer *analyzer, struct trabao_error *err)
{
    for (enum schema_column c = 0; c < SCHEMA_COLUMNS; c++) {
        const struct article_text *text = document_column(d, c);
        const enum trabao_status status =
            text_tokenize(analyzer, text->text ? text->text : "", text->len, &d->columns[c], err);
        if (status != TRABAO_OK) {
            return status;
        }
    }
    const struct article_text *body = document_column(d, SCHEMA_BODY);
    buf_clear(&d->abbreviations);
    return abbreviation_find(body->text, body->len, &d->columns[SCHEMA_BODY], &d->abbreviations) ? TRABAO_OK
                                                                                                 : error_no_memory(err);
}

/* ---- numbers of terms ------------------------------------------------------------------------------------------ */

/* What is not marked, but frequent, is short: found here, it costs one look at one cache line. */
struct document_known {
    uint64_t form[2]; /* padded with zeros, which no form contains; both 0: free */
    uint32_t term;
};

#define KNOWN_BITS 14

void document_known_free(struct document_known *known)
{
    mem_free(known);
}

/* The number of the I-th of TOKENS in LEXICON. LEXICON_NONE when memory runs out or the lexicon is full. */
static uint32_t term_of(struct document_known *all, struct lexicon *lexicon, const struct text_tokens *tokens, size_t i)
{
    const char *form = text_form(tokens, i);
    const size_t n = tokens->items[i].form_len;
    if (n > MEMO_WORD_MAX) {
        return lexicon_add(lexicon, form, n);
    }
    uint64_t lo, hi;
    memo_load_word(form, n, tokens->forms + tokens->forms_capacity, &lo, &hi);
    struct document_known *known = &all[memo_hash(lo, hi, KNOWN_BITS)];
    if (known->form[0] != lo || known->form[1] != hi) {
        *known = (struct document_known){{lo, hi}, lexicon_add(lexicon, form, n)};
    }
    return known->term;
}

/* The order in which columns are numbered. */
static const enum schema_column NUMBERED[SCHEMA_COLUMNS] = {SCHEMA_TITLE, SCHEMA_BODY, SCHEMA_AUTHOR, SCHEMA_SOURCE,
                                                            SCHEMA_SECTION};

static bool is_text(enum schema_column column)
{
    return column == SCHEMA_TITLE || column == SCHEMA_BODY;
}

/* Numbers the tokens of one column and, if it is title or body, writes their part of the words stream. */
static bool number_column(struct document *d, enum schema_column column, struct lexicon *lexicon,
                          struct document_known *known)
{
    const struct text_tokens *tokens = &d->columns[column];
    uint32_t *number = (uint32_t *)(void *)buf_reserve(&d->numbers, tokens->count * sizeof *number);
    char *out = buf_reserve(&d->words, tokens->count * WORDCODE_TERM_BYTES);
    uint32_t places = 0;
    for (size_t i = 0; number && out && i < tokens->count; i++) {
        const uint32_t marked = wordcode_marked_term(tokens->items[i].mark);
        const uint32_t term = marked != LEXICON_NONE ? marked : term_of(known, lexicon, tokens, i);
        if (term == LEXICON_NONE) {
            return false;
        }
        number[i] = term;
        places += !tokens->items[i].colocated;
        if (!is_text(column)) {
            continue;
        }
        if (!tokens->items[i].colocated && (column == SCHEMA_BODY || places <= UINT16_MAX)) {
            out += wordcode_put(out, term);
        }
        lexicon->terms[term].count++;
    }
    if (!number || !out) {
        return false;
    }
    d->places[column] = places;
    d->numbers.len += tokens->count * sizeof *number;
    d->words.len = (size_t)(out - d->words.data);
    return true;
}

enum trabao_status document_number(struct document *d, struct lexicon *lexicon, struct document_known **known,
                                   uint32_t *length, struct trabao_error *err)
{
    uint16_t head = 0;
    buf_clear(&d->words);
    buf_clear(&d->numbers);
    if (!*known && !(*known = mem_zalloc((size_t)1 << KNOWN_BITS, sizeof **known))) {
        return error_no_memory(err);
    }
    bool fine = buf_append(&d->words, &head, sizeof head);
    for (size_t c = 0; fine && c < SCHEMA_COLUMNS; c++) {
        fine = number_column(d, NUMBERED[c], lexicon, *known);
    }
    if (!fine) {
        return lexicon->count == LEXICON_TERMS_MAX ? error_set(err, TRABAO_DATA, "too many different words")
                                                   : error_no_memory(err);
    }
    head = (uint16_t)MIN(d->places[SCHEMA_TITLE], (uint32_t)UINT16_MAX);
    memcpy(d->words.data, &head, sizeof head);
    *length = d->places[SCHEMA_TITLE] + d->places[SCHEMA_BODY];
    return TRABAO_OK;
}

/* ---- postings -------------------------------------------------------------------------------------------------- */

/* A term of the article. */
struct document_term {
    uint32_t term;
    uint32_t column, position; /* of its last token */
    uint32_t frequency;
    bool early;
    uint32_t bytes; /* of its positions; then where the next one goes */
};

/* A token: place of its term << 32, new column << 31, what FTS5 writes of its position. */
#define TOKEN_MOVES (UINT32_C(1) << 31)

void document_poster_free(struct document_poster *poster)
{
    mem_free(poster->slots);
    mem_free(poster->terms);
    mem_free(poster->tokens);
}

/* The place of TERM among the terms of the article, *COUNT of them so far. UINT32_MAX when memory runs out. */
static uint32_t place_of(struct document_poster *p, uint32_t term, uint32_t *count)
{
    if (term >= p->capacity) {
        const size_t before = p->capacity;
        if (!mem_grow((void **)&p->slots, &p->capacity, (size_t)term + 1, sizeof *p->slots)) {
            return UINT32_MAX;
        }
        memset(p->slots + before, 0, (p->capacity - before) * sizeof *p->slots);
    }
    if (p->slots[term] == 0) {
        if (!mem_grow((void **)&p->terms, &p->term_capacity, (size_t)*count + 1, sizeof *p->terms)) {
            return UINT32_MAX;
        }
        p->terms[*count] = (struct document_term){.term = term, .column = SCHEMA_BODY};
        p->slots[term] = ++*count;
    }
    return p->slots[term] - 1;
}

static uint32_t weight_of(enum schema_column column, uint32_t position)
{
    return column == SCHEMA_TITLE  ? IMPACT_TITLE_WEIGHT
           : column != SCHEMA_BODY ? 0
                                   : (position < IMPACT_LEAD_WORDS ? IMPACT_LEAD_WEIGHT : 1);
}

/* Works out what FTS5 writes of the tokens of COLUMN, whose terms have NUMBERS. */
static bool measure_column(const struct document *d, enum schema_column column, const uint32_t *numbers,
                           struct document_poster *p, uint64_t *out, uint32_t *count)
{
    const struct text_tokens *tokens = &d->columns[column];
    const uint32_t first = column == SCHEMA_BODY ? d->places[SCHEMA_TITLE] : 0;
    uint32_t places = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        const uint32_t place = place_of(p, numbers[i], count);
        if (place == UINT32_MAX) {
            return false;
        }
        places += !tokens->items[i].colocated || places == 0;
        const uint32_t position = places - 1;
        struct document_term *t = &p->terms[place];
        const bool moves = t->column != column;
        const uint32_t code = position - (moves ? 0 : t->position) + 2;
        t->bytes += (uint32_t)fts5_size(code) + (moves ? 2 : 0);
        t->column = column;
        t->position = position;
        t->frequency += weight_of(column, position);
        t->early |= is_text(column) && first + position < IMPACT_EARLY_WORDS;
        out[i] = (uint64_t)place << 32 | (moves ? TOKEN_MOVES : 0) | code;
    }
    return true;
}

/* Writes the head of each term's posting, and where its positions begin into the term. */
static void lay_out(struct document_poster *p, uint32_t count, uint8_t *out)
{
    uint8_t *at = out;
    for (uint32_t i = 0; i < count; i++) {
        struct document_term *t = &p->terms[i];
        const uint32_t bytes = t->bytes;
        memcpy(at, &t->term, sizeof t->term);
        at[sizeof t->term] = impact_weight(t->frequency, t->early);
        at += RUNS_HEAD_BYTES;
        at += fts5_put(at, (uint64_t)bytes * 2);
        t->bytes = (uint32_t)(at - out);
        at += bytes;
    }
}

static void write_positions(const struct document *d, const struct document_poster *p, uint8_t *out)
{
    const uint64_t *token = p->tokens;
    for (enum schema_column c = 0; c < SCHEMA_COLUMNS; c++) {
        for (size_t i = 0; i < d->columns[c].count; i++, token++) {
            struct document_term *t = &p->terms[*token >> 32];
            if (*token & TOKEN_MOVES) {
                out[t->bytes++] = FTS5_COLUMN_MARK;
                out[t->bytes++] = (uint8_t)c;
            }
            t->bytes += (uint32_t)fts5_put(out + t->bytes, (uint32_t)*token & (TOKEN_MOVES - 1));
        }
    }
}

/* Where the numbers of COLUMN are. */
static const uint32_t *numbers_of(const struct document *d, enum schema_column column)
{
    const uint32_t *numbers = (const uint32_t *)(const void *)d->numbers.data;
    for (size_t c = 0; NUMBERED[c] != column; c++) {
        numbers += d->columns[NUMBERED[c]].count;
    }
    return numbers;
}

static bool post(struct document *d, struct document_poster *p, uint32_t *count)
{
    uint64_t *out = p->tokens;
    size_t bytes = 0;
    for (enum schema_column c = 0; c < SCHEMA_COLUMNS; c++) {
        if (!measure_column(d, c, numbers_of(d, c), p, out, count)) {
            return false;
        }
        out += d->columns[c].count;
    }
    for (uint32_t i = 0; i < *count; i++) {
        bytes += RUNS_HEAD_BYTES + fts5_size((uint64_t)p->terms[i].bytes * 2) + p->terms[i].bytes;
    }
    uint8_t *room = (uint8_t *)buf_reserve(&d->postings, bytes);
    if (!room) {
        return false;
    }
    lay_out(p, *count, room);
    write_positions(d, p, room);
    d->postings.len = bytes;
    return true;
}

enum trabao_status document_post(struct document *d, struct document_poster *p, struct trabao_error *err)
{
    uint32_t count = 0;
    buf_clear(&d->postings);
    const bool fine = mem_grow((void **)&p->tokens, &p->token_capacity, d->numbers.len / sizeof(uint32_t) + 1,
                               sizeof *p->tokens) &&
                      post(d, p, &count);
    for (uint32_t i = 0; i < count; i++) {
        p->slots[p->terms[i].term] = 0;
    }
    return fine ? TRABAO_OK : error_no_memory(err);
}

enum trabao_status document_code(struct document *d, struct buf *scratch, struct trabao_error *err)
{
    const struct article_text *title = document_column(d, SCHEMA_TITLE), *body = document_column(d, SCHEMA_BODY);
    const struct wordcode_text titled = {title->text, title->len, &d->columns[SCHEMA_TITLE]};
    const struct wordcode_text text = {body->text ? body->text : "", body->len, &d->columns[SCHEMA_BODY]};
    return wordcode_residue(title->text ? &titled : NULL, &text, &d->residue, &d->title_coded, scratch)
               ? TRABAO_OK
               : error_no_memory(err);
}
