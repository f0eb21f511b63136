/*
 * match.c - one pass over the positions of a text. Few words of a text begin a pattern, so each is looked up first in a
 * small set of hashes of all first words (a Bloom filter with one bit a word); only what passes is compared.
 *
 * There are two such passes: over the tokens of any text, by forms, and over the words of a stored one, by numbers.
 */
#include "query/match.h"

#include "base/mem.h"

#define FILTER_BITS 4096U

struct matcher {
    const struct text_tokens *tokens;
    const struct snippet_patterns *patterns;
    uint64_t first_words[FILTER_BITS / 64]; /* hashes of the words a pattern begins with */
    uint64_t first_bytes[256 / 64];         /* first bytes of the prefixes a pattern begins with */
};

static void set_bit(uint64_t *bits, size_t i)
{
    bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static bool has_bit(const uint64_t *bits, size_t i)
{
    return (bits[i / 64] >> (i % 64) & 1) != 0;
}

/* Of the length and three bytes: enough to tell most words of one language apart, and cheap for all words of a text. */
static size_t hash(const char *form, size_t n)
{
    const unsigned char *f = (const unsigned char *)form;
    if (n == 0) {
        return 0;
    }
    return (n * 97 + f[0] * 31U + f[n / 2] * 173U + f[n - 1] * 577U) % FILTER_BITS;
}

static void fill_filter(struct matcher *m)
{
    for (size_t i = 0; i < m->patterns->count; i++) {
        if (m->patterns->items[i].slot_count == 0) {
            continue;
        }
        const struct snippet_slot *slot = &m->patterns->items[i].slots[0];
        for (size_t k = 0; k < slot->form_count; k++) {
            set_bit(m->first_words, hash(slot->forms[k], strlen(slot->forms[k])));
        }
        if (slot->prefix != NULL) {
            set_bit(m->first_bytes, (unsigned char)slot->prefix[0]);
        }
    }
}

/* As strcmp of FORM (N bytes, without NUL) and WORD. */
static int compare(const char *form, size_t n, const char *word)
{
    const int order = strncmp(form, word, n);
    return order != 0 ? order : -(word[n] != '\0');
}

static bool slot_has(const struct snippet_slot *slot, const char *form, size_t n)
{
    if (slot->prefix != NULL) {
        const size_t len = strlen(slot->prefix);
        return n >= len && memcmp(form, slot->prefix, len) == 0;
    }
    size_t low = 0;
    for (size_t high = slot->form_count; low < high;) {
        const size_t middle = low + (high - low) / 2;
        const int order = compare(form, n, slot->forms[middle]);
        if (order == 0) {
            return true;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return false;
}

/* The next token that has a position of its own. */
static size_t next_position(const struct text_tokens *tokens, size_t i)
{
    do {
        i++;
    } while (i < tokens->count && tokens->items[i].colocated);
    return i;
}

/* Widens the match by a token at position I that SLOT accepts. False when it accepts none. */
static bool match_slot(const struct text_tokens *tokens, size_t i, const struct snippet_slot *slot,
                       struct query_match *match)
{
    const size_t stop = next_position(tokens, i);
    for (; i < stop; i++) {
        const struct text_token *t = &tokens->items[i];
        if (!slot_has(slot, text_form(tokens, i), t->form_len)) {
            continue;
        }
        match->start = MIN(match->start, t->start);
        match->end = MAX(match->end, t->end);
        return true;
    }
    return false;
}

static bool match_at(const struct matcher *m, size_t i, uint32_t pattern, struct query_match *match)
{
    const struct snippet_pattern *p = &m->patterns->items[pattern];
    *match = (struct query_match){UINT32_MAX, 0, pattern};
    for (size_t k = 0; k < p->slot_count; k++) {
        if (i >= m->tokens->count || !match_slot(m->tokens, i, &p->slots[k], match)) {
            return false;
        }
        i = next_position(m->tokens, i);
    }
    return p->slot_count > 0;
}

/* Matches come almost in order: only a date that begins at the word before it does not. */
static bool add(struct query_matches *out, struct query_match match)
{
    void *items = out->items;
    if (!mem_grow(&items, &out->capacity, out->count + 1, sizeof *out->items)) {
        return false;
    }
    out->items = items;
    size_t i = out->count++;
    for (; i > 0 && out->items[i - 1].start > match.start; i--) {
        out->items[i] = out->items[i - 1];
    }
    out->items[i] = match;
    return true;
}

static bool may_begin(const struct matcher *m, size_t i)
{
    const size_t stop = next_position(m->tokens, i);
    for (; i < stop; i++) {
        const char *form = text_form(m->tokens, i);
        if (has_bit(m->first_words, hash(form, m->tokens->items[i].form_len)) ||
            has_bit(m->first_bytes, (unsigned char)form[0])) {
            return true;
        }
    }
    return false;
}

bool query_match_all(const struct text_tokens *tokens, const struct snippet_patterns *patterns, size_t max,
                     struct query_matches *matches)
{
    struct matcher m = {.tokens = tokens, .patterns = patterns};
    struct query_match match;
    matches->count = 0;
    fill_filter(&m);
    for (size_t i = 0; i < tokens->count; i = next_position(tokens, i)) {
        if (!may_begin(&m, i)) {
            continue;
        }
        for (uint32_t k = 0; k < patterns->count && matches->count < max; k++) {
            if (match_at(&m, i, k, &match) && !add(matches, match)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- by the numbers of words ----------------------------------------------------------------------------------- */

#define YEAR_DIGITS 4

bool query_may_be_colocated(const char *form)
{
    return strchr(form, '/') != NULL || strspn(form, "0123456789") >= YEAR_DIGITS;
}

bool query_match_by_words(const struct snippet_patterns *patterns)
{
    for (size_t i = 0; i < patterns->count; i++) {
        for (size_t s = 0; s < patterns->items[i].slot_count; s++) {
            const struct snippet_slot *slot = &patterns->items[i].slots[s];
            if (slot->prefix != NULL) {
                return false;
            }
            for (size_t k = 0; k < slot->form_count; k++) {
                if (query_may_be_colocated(slot->forms[k])) {
                    return false;
                }
            }
        }
    }
    return true;
}

static bool slot_has_term(const struct snippet_slot *slot, uint32_t term)
{
    size_t low = 0;
    for (size_t high = slot->term_count; low < high;) {
        const size_t middle = low + (high - low) / 2;
        if (slot->terms[middle] == term) {
            return true;
        }
        if (term < slot->terms[middle]) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return false;
}

static bool pattern_begins(const struct snippet_pattern *p, const struct snippet_words *words, size_t i)
{
    if (p->slot_count == 0 || words->count - i < p->slot_count) {
        return false;
    }
    for (size_t k = 0; k < p->slot_count; k++) {
        if (!slot_has_term(&p->slots[k], words->terms[i + k])) {
            return false;
        }
    }
    return true;
}

bool query_match_words(const struct snippet_words *words, const struct snippet_patterns *patterns, size_t max,
                     struct query_matches *matches)
{
    uint64_t first[FILTER_BITS / 64] = {0};
    matches->count = 0;
    for (size_t i = 0; i < patterns->count; i++) {
        for (size_t k = 0; patterns->items[i].slot_count > 0 && k < patterns->items[i].slots[0].term_count; k++) {
            set_bit(first, patterns->items[i].slots[0].terms[k] % FILTER_BITS);
        }
    }
    for (size_t i = 0; i < words->count; i++) {
        if (!has_bit(first, words->terms[i] % FILTER_BITS)) {
            continue;
        }
        for (uint32_t k = 0; k < patterns->count && matches->count < max; k++) {
            if (!pattern_begins(&patterns->items[k], words, i)) {
                continue;
            }
            const struct query_match match = {words->places[i].start,
                                              words->places[i + patterns->items[k].slot_count - 1].end, k};
            if (!add(matches, match)) {
                return false;
            }
        }
    }
    return true;
}
