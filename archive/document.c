/*
 * document.c - the steps that one article takes (see document.h).
 */
#include "archive/document.h"

#include "archive/wordcode.h"
#include "base/mem.h"
#include "text/abbreviation.h"
#include "text/memo.h"

#define TEXT_CEILING ((size_t)1 << 30)

void document_init(struct document *d)
{
    *d = (struct document){0};
    struct buf *const buffers[] = {&d->bytes,        &d->words,          &d->residue,
                                   &d->packed_words, &d->packed_residue, &d->abbreviations};
    for (size_t i = 0; i < ARRAY_LEN(buffers); i++) {
        buf_init(buffers[i], TEXT_CEILING);
    }
}

void document_free(struct document *d)
{
    struct buf *const buffers[] = {&d->bytes,        &d->words,          &d->residue,
                                   &d->packed_words, &d->packed_residue, &d->abbreviations};
    for (size_t i = 0; i < ARRAY_LEN(buffers); i++) {
        buf_free(buffers[i]);
    }
    for (size_t c = 0; c < SCHEMA_COLUMNS; c++) {
        text_tokens_free(&d->columns[c]);
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

void document_counts_free(struct document_counts *counts)
{
    mem_free(counts->frequency);
    mem_free(counts->touched);
    mem_free(counts->known);
    *counts = (struct document_counts){0};
}

static bool count_term(struct document_counts *counts, uint32_t term, uint32_t weight)
{
    if (term >= counts->capacity) {
        const size_t before = counts->capacity;
        if (!mem_grow((void **)&counts->frequency, &counts->capacity, (size_t)term + 1, sizeof(uint32_t))) {
            return false;
        }
        memset(counts->frequency + before, 0, (counts->capacity - before) * sizeof(uint32_t));
    }
    if (counts->frequency[term] == 0) {
        if (!mem_grow((void **)&counts->touched, &counts->touched_capacity, counts->touched_count + 1,
                      sizeof(uint32_t))) {
            return false;
        }
        counts->touched[counts->touched_count++] = term;
    }
    counts->frequency[term] += weight;
    return true;
}

/* ---- numbers of terms ------------------------------------------------------------------------------------------ */

/* The frequent words are short and few: found here, they cost one look at one cache line. */
struct document_known {
    uint64_t form[2]; /* padded with zeros, which no form contains; both 0: free */
    uint32_t term;
};

#define KNOWN_BITS 14

/* The number of the I-th of TOKENS in LEXICON. LEXICON_NONE when memory runs out or the lexicon is full. */
static uint32_t term_of(struct document_counts *counts, struct lexicon *lexicon, const struct text_tokens *tokens,
                        size_t i)
{
    const char *form = text_form(tokens, i);
    const size_t n = tokens->items[i].form_len;
    if (n > MEMO_WORD_MAX) {
        return lexicon_add(lexicon, form, n);
    }
    uint64_t lo, hi;
    memo_load_word(form, n, tokens->forms + tokens->forms_capacity, &lo, &hi);
    struct document_known *known = &counts->known[memo_hash(lo, hi, KNOWN_BITS)];
    if (known->form[0] != lo || known->form[1] != hi) {
        *known = (struct document_known){{lo, hi}, lexicon_add(lexicon, form, n)};
    }
    return known->term;
}

/* Numbers the tokens of title or body. *PLACES counts those that take a place of their own in the text. */
static bool number_text(struct document *d, enum schema_column column, struct lexicon *lexicon,
                        struct document_counts *counts, uint32_t *places)
{
    const struct text_tokens *tokens = &d->columns[column];
    char *out = buf_reserve(&d->words, tokens->count * WORDCODE_TERM_BYTES);
    *places = 0;
    for (size_t i = 0; out && i < tokens->count; i++) {
        const uint32_t term = term_of(counts, lexicon, tokens, i);
        if (term == LEXICON_NONE) {
            return false;
        }
        if (!tokens->items[i].colocated) {
            (*places)++;
            if (column == SCHEMA_BODY || *places <= UINT16_MAX) {
                out += wordcode_put(out, term);
            }
        }
        const uint32_t weight = column == SCHEMA_TITLE                ? IMPACT_TITLE_WEIGHT
                                : *places <= IMPACT_LEAD_WORDS ? IMPACT_LEAD_WEIGHT
                                                               : 1;
        lexicon->terms[term].count++;
        if (!count_term(counts, term, weight)) {
            return false;
        }
    }
    d->words.len = out ? (size_t)(out - d->words.data) : 0;
    return out;
}

/* Author, source and section are found through their fields; their terms must be known to be widened. */
static bool add_field_terms(const struct document *d, struct lexicon *lexicon, struct document_counts *counts)
{
    for (enum schema_column c = SCHEMA_AUTHOR; c < SCHEMA_COLUMNS; c++) {
        const struct text_tokens *tokens = &d->columns[c];
        for (size_t i = 0; i < tokens->count; i++) {
            if (term_of(counts, lexicon, tokens, i) == LEXICON_NONE) {
                return false;
            }
        }
    }
    return true;
}

enum trabao_status document_number(struct document *d, struct lexicon *lexicon, struct document_counts *counts,
                                   uint32_t *length, struct trabao_error *err)
{
    uint32_t title = 0, body = 0;
    uint16_t head = 0;
    buf_clear(&d->words);
    for (size_t i = 0; i < counts->touched_count; i++) {
        counts->frequency[counts->touched[i]] = 0;
    }
    counts->touched_count = 0;
    if (!counts->known && !(counts->known = mem_zalloc((size_t)1 << KNOWN_BITS, sizeof *counts->known))) {
        return error_no_memory(err);
    }
    if (!buf_append(&d->words, &head, sizeof head) || !number_text(d, SCHEMA_TITLE, lexicon, counts, &title) ||
        !number_text(d, SCHEMA_BODY, lexicon, counts, &body) || !add_field_terms(d, lexicon, counts)) {
        return lexicon->count == LEXICON_TERMS_MAX ? error_set(err, TRABAO_DATA, "too many different words")
                                                   : error_no_memory(err);
    }
    head = (uint16_t)MIN(title, (uint32_t)UINT16_MAX);
    memcpy(d->words.data, &head, sizeof head);
    *length = title + body;
    return TRABAO_OK;
}

enum trabao_status document_code(struct document *d, struct buf *scratch, struct trabao_error *err)
{
    const struct article_text *body = document_column(d, SCHEMA_BODY);
    return wordcode_residue(body->text ? body->text : "", body->len, &d->columns[SCHEMA_BODY], &d->residue, scratch)
               ? TRABAO_OK
               : error_no_memory(err);
}
