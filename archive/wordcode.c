/*
 * wordcode.c - texts as term numbers and residue (see wordcode.h for the form on disk).
 */
#include "archive/wordcode.h"

#include <endian.h>

#include "archive/varint.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { KIND_WHOLE, KIND_BODY, KIND_BOTH };
enum letter_case { CASE_FORM, CASE_CAPITAL, CASE_UPPER, CASE_LITERAL };

#define GAP_LITERAL 63

/*
 * What stands between words of newspapers, the frequent first. Part of the file format: append only, up to
 * GAP_LITERAL - 1.
 */
#define GAP_BYTES 8 /* with a NUL at least: compared as one number */
static const char GAPS[][GAP_BYTES] = {
    " ",      ", ",  ". ",  "",     "\n",  "\n\n", ".\n",  ".\n\n", " (",  ") ",  ": ",   "; ",   "/",
    "-",      ".",   ",",   " \"",  "\" ", "\", ", ".\"",  " “",    "” ",  "”, ", "”. ",  ".”",   "”.\n\n",
    "\".\n",  "...", "... ", "…",   "… ",  " - ",  " – ",  "? ",    "! ",  "% ",  "%, ",  "%. ",  "), ",
    "). ",    ").\n", ").\n\n", ": \"", ": “", ".\n\"", ".\n“", ".\n\n“", ".\n- ", "\n- ", " & ",  "' ",   " '",
    "‘",      "’ ",  ":",   ".\n\n\"", "\".\n\n", "\"\n\n", "”\n\n", "…\n\n", "(",  ")",
};
_Static_assert(ARRAY_LEN(GAPS) <= GAP_LITERAL, "a gap needs a code below the one for literals");

static unsigned gap_code(const char *gap, size_t n)
{
    char padded[GAP_BYTES] = {0};
    if (n >= GAP_BYTES || (n && gap[n - 1] == '\0')) {
        return GAP_LITERAL;
    }
    memcpy(padded, gap, n);
    for (unsigned i = 0; i < ARRAY_LEN(GAPS); i++) {
        if (LOAD(uint64_t, GAPS[i]) == LOAD(uint64_t, padded)) {
            return i;
        }
    }
    return GAP_LITERAL;
}

/* Upper case for the letters of Vietnamese and its neighbours; what it gets wrong is stored as a literal. */
static uint32_t upper_of(uint32_t c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7)) {
        return c - 32;
    }
    if ((c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177) || (c >= 0x1e00 && c <= 0x1eff)) {
        return c & ~UINT32_C(1);
    }
    return c == 0x1a1 || c == 0x1b0 ? c - 1 : c;
}

size_t wordcode_capitalise(const char *form, size_t n, bool all, char out[WORDCODE_CASED_MAX])
{
    size_t len = 0;
    for (size_t i = 0; i < n;) {
        uint32_t c;
        const size_t step = utf8_decode(form + i, n - i, &c);
        if (all || i == 0) {
            len += utf8_encode(upper_of(c), out + len);
        } else {
            memcpy(out + len, form + i, step);
            len += step;
        }
        i += step;
    }
    return len;
}

/* True when SURFACE is FORM with its first letter in upper case. */
static bool is_capital(const char *form, size_t form_len, const char *surface, size_t n)
{
    uint32_t c;
    char first[4];
    const size_t step = utf8_decode(form, form_len, &c);
    const size_t len = utf8_encode(upper_of(c), first);
    return n == form_len - step + len && memcmp(first, surface, len) == 0 &&
           memcmp(form + step, surface + len, n - len) == 0;
}

static enum letter_case case_of(const char *form, size_t form_len, const char *surface, size_t n)
{
    if (n == form_len && memcmp(form, surface, n) == 0) {
        return CASE_FORM;
    }
    if (is_capital(form, form_len, surface, n)) {
        return CASE_CAPITAL;
    }
    char upper[WORDCODE_CASED_MAX];
    const size_t len = wordcode_capitalise(form, form_len, true, upper);
    return len == n && memcmp(upper, surface, n) == 0 ? CASE_UPPER : CASE_LITERAL;
}

uint32_t wordcode_mark(uint32_t term, const char *form, size_t form_len, const char *word, size_t n)
{
    const uint32_t number = term < (TEXT_MARKS >> WORDCODE_MARK_LETTERS) - 1 ? term + 1 : 0;
    return number << WORDCODE_MARK_LETTERS | case_of(form, form_len, word, n);
}

/* The letters of the I-th token, which is SURFACE. Without a mark, they are compared. */
static enum letter_case letters_of(const struct text_tokens *tokens, size_t i, const char *surface, size_t n)
{
    const struct text_token *token = &tokens->items[i];
    return token->mark ? (enum letter_case)(token->mark & ((1U << WORDCODE_MARK_LETTERS) - 1))
                       : case_of(text_form(tokens, i), token->form_len, surface, n);
}

static bool put_literal(struct buf *literals, const char *bytes, size_t n)
{
    return varint_append(literals, n) && buf_append(literals, bytes, n);
}

/* The code for the gap of N bytes at GAP; one that has none of its own goes to LITERALS. Most are a blank. */
static inline uint8_t put_gap(struct buf *literals, const char *gap, size_t n)
{
    if (n == 1 && gap[0] == ' ') {
        return 0;
    }
    const unsigned code = gap_code(gap, n);
    if (code == GAP_LITERAL) {
        put_literal(literals, gap, n);
    }
    return (uint8_t)(code << 2);
}

/*
 * Writes one code per word to CODES and one for the end, and what they ask for to LITERALS. Every code is chosen by
 * comparing what it stands for with the bytes of TEXT; so decoding gives TEXT if words and gaps follow one another
 * without overlapping. False when they do not.
 */
static bool encode(const struct wordcode_text *text, uint8_t *codes, struct buf *literals)
{
    size_t at = 0;
    for (size_t i = 0; i < text->tokens->count; i++) {
        const struct text_token *token = &text->tokens->items[i];
        if (token->colocated) {
            continue;
        }
        if (token->start < at || token->end < token->start || token->end > text->len) {
            return false;
        }
        const char *surface = text->text + token->start;
        const size_t len = token->end - token->start;
        const enum letter_case letters = letters_of(text->tokens, i, surface, len);
        const uint8_t gap = put_gap(literals, text->text + at, token->start - at);
        if (letters == CASE_LITERAL) {
            put_literal(literals, surface, len);
        }
        *codes++ = gap | (uint8_t)letters;
        at = token->end;
    }
    *codes = put_gap(literals, text->text + at, text->len - at);
    return true;
}

/* Codes that a text takes: one for each word and one for the end. */
static size_t count_codes(const struct wordcode_text *text)
{
    size_t codes = 1;
    for (size_t i = 0; i < text->tokens->count; i++) {
        codes += !text->tokens->items[i].colocated;
    }
    return codes;
}

bool wordcode_residue(const struct wordcode_text *title, const struct wordcode_text *body, struct buf *residue,
                      bool *has_title, struct buf *scratch)
{
    buf_clear(residue);
    buf_clear(scratch);
    size_t title_codes = title ? count_codes(title) : 0;
    const size_t body_codes = count_codes(body);
    uint8_t *kind = (uint8_t *)buf_reserve(residue, 1 + title_codes + body_codes);
    if (!kind) {
        return false;
    }
    /* The words stream counts no more words of a title. */
    if (title && (title_codes > UINT16_MAX || !encode(title, kind + 1, scratch))) {
        buf_clear(scratch);
        title_codes = 0;
    }
    *has_title = title_codes > 0;
    *kind = *has_title ? KIND_BOTH : KIND_BODY;
    if (encode(body, kind + 1 + title_codes, scratch)) {
        residue->len = 1 + title_codes + body_codes;
        return !buf_failed(scratch) && buf_append(residue, scratch->data, scratch->len);
    }
    *has_title = false;
    return buf_append_char(residue, KIND_WHOLE) && buf_append(residue, body->text, body->len);
}

void wordcode_terms_free(struct wordcode_terms *terms)
{
    mem_free(terms->terms);
    *terms = (struct wordcode_terms){0};
}

#define NARROW_UNITS 8 /* looked at at once */

/* Has a bit set if one of the four units at P has a high byte of 0xff. */
static uint64_t wide_bits(const uint8_t *p)
{
    const uint64_t missing = ~le64toh(LOAD(uint64_t, p)) & UINT64_C(0xff00ff00ff00ff00);
    return (missing - UINT64_C(0x0100010001000100)) & ~missing & UINT64_C(0x8000800080008000);
}

/* Takes the next NARROW_UNITS units as term numbers, unless one of them begins a number of two units. */
static bool take_narrow(const uint8_t *p, uint32_t *terms)
{
    uint16_t units[NARROW_UNITS];
    if (wide_bits(p) | wide_bits(p + 8)) {
        return false;
    }
    memcpy(units, p, sizeof units);
    for (size_t k = 0; k < NARROW_UNITS; k++) {
        terms[k] = units[k];
    }
    return true;
}

bool wordcode_terms(const void *words, size_t n, uint32_t term_count, struct wordcode_terms *out)
{
    const uint8_t *p = words;
    const size_t units = n / 2;
    out->count = 0;
    if (n < 2 || n % 2 || !mem_grow((void **)&out->terms, &out->capacity, units, sizeof *out->terms)) {
        return false;
    }
    uint32_t *next = out->terms;
    for (size_t i = 1; i < units; i++) {
        if (term_count >= WORDCODE_WIDE && i + NARROW_UNITS <= units && take_narrow(p + 2 * i, next)) {
            next += NARROW_UNITS;
            i += NARROW_UNITS - 1;
            continue;
        }
        uint32_t term = LOAD(uint16_t, p + 2 * i);
        if (term >= WORDCODE_WIDE) {
            if (++i == units) {
                return false;
            }
            term = (term & 0xff) << 16 | LOAD(uint16_t, p + 2 * i);
        }
        if (term >= term_count) {
            return false;
        }
        *next++ = term;
    }
    out->count = (size_t)(next - out->terms);
    out->title_count = LOAD(uint16_t, p);
    return out->title_count <= out->count;
}

void wordcode_places_free(struct wordcode_places *places)
{
    mem_free(places->items);
    *places = (struct wordcode_places){0};
}

/* ---- putting together ------------------------------------------------------------------------------------------ */

#define STEP_ROOM 1024 /* bytes that one word and the gap before it take at most, unless they are literals */
#define QUICK_BYTES 16  /* of a form that are copied at once */
_Static_assert(STEP_ROOM > GAP_BYTES + QUICK_BYTES + 3 * UINT8_MAX, "a step fits, whatever a lexicon says of a form");

/* A body being put together: the bytes between `out` and `end` are its room, taken from `body`. */
struct joiner {
    const struct lexicon *lexicon;
    struct buf *body;
    char *out, *room_end;
    const uint8_t *literals, *end; /* that are left */
    size_t start;                  /* of the text in `body` */
    struct wordcode_place *places; /* of the words that are joined next; NULL: nobody asks */
};

/* Room for N bytes more. False when memory runs out or the ceiling is met. */
static bool make_room(struct joiner *j, size_t n)
{
    if (j->out && (size_t)(j->room_end - j->out) >= n) {
        return true;
    }
    if (j->out) {
        j->body->len = (size_t)(j->out - j->body->data);
    }
    j->out = buf_reserve(j->body, n);
    j->room_end = j->out ? j->body->data + MIN(j->body->capacity - 1, j->body->ceiling) : NULL;
    return j->out;
}

static bool join_literal(struct joiner *j)
{
    uint64_t n;
    if (!varint_read(&j->literals, j->end, &n) || n > (uint64_t)(j->end - j->literals) ||
        !make_room(j, n + STEP_ROOM)) {
        return false;
    }
    memcpy(j->out, j->literals, n);
    j->out += n;
    j->literals += n;
    return true;
}

/* Copies a gap that is no literal to OUT and returns its end there. */
static char *put_short_gap(char *out, unsigned gap)
{
    memcpy(out, GAPS[gap], GAP_BYTES);
    const uint64_t bytes = LOAD(uint64_t, GAPS[gap]);
    return out + (bytes ? 8 - (unsigned)__builtin_clzll(bytes) / 8 : 0);
}

static bool join_gap(struct joiner *j, unsigned code)
{
    const unsigned gap = code >> 2;
    if (gap == GAP_LITERAL) {
        return join_literal(j);
    }
    if (gap >= ARRAY_LEN(GAPS)) {
        return false;
    }
    j->out = put_short_gap(j->out, gap);
    return true;
}

static bool join_word(struct joiner *j, uint32_t term, enum letter_case letters)
{
    const struct lexicon_term *t = &j->lexicon->terms[term];
    const char *form = j->lexicon->forms + t->form;
    if (letters == CASE_LITERAL) {
        return join_literal(j);
    }
    if (letters == CASE_FORM) {
        memcpy(j->out, form, t->len);
        j->out += t->len;
    } else {
        j->out += wordcode_capitalise(form, t->len, letters == CASE_UPPER, j->out);
    }
    return true;
}

/* Notes that the next word stands from START to END. */
static inline void note_place(struct joiner *j, const char *start, const char *end)
{
    const char *const text = j->body->data + j->start;
    if (j->places) {
        *j->places++ = (struct wordcode_place){(uint32_t)(start - text), (uint32_t)(end - text)};
    }
}

/* What most words are: a short form, as it is or with a capital of ASCII, behind a short gap. */
static bool is_plain(const struct lexicon *lexicon, const struct lexicon_term *t, unsigned code)
{
    const unsigned letters = code & 3;
    return code >> 2 < ARRAY_LEN(GAPS) && t->len <= QUICK_BYTES && t->form + QUICK_BYTES <= lexicon->forms_len &&
           (letters == CASE_FORM || (letters == CASE_CAPITAL && !(lexicon->forms[t->form] & 0x80)));
}

/* Joins words as long as they are plain and there is room; returns how many. */
static size_t join_plain(struct joiner *j, const uint32_t *terms, const uint8_t *codes, size_t words)
{
    const struct lexicon *const lexicon = j->lexicon;
    const char *const last = j->room_end - STEP_ROOM;
    char *out = j->out;
    size_t i = 0;
    for (; i < words && out <= last; i++) {
        const struct lexicon_term *t = &lexicon->terms[terms[i]];
        if (!is_plain(lexicon, t, codes[i])) {
            break;
        }
        char *const start = put_short_gap(out, codes[i] >> 2);
        memcpy(start, lexicon->forms + t->form, QUICK_BYTES);
        if ((codes[i] & 3) == CASE_CAPITAL) {
            *start = (char)upper_of((unsigned char)*start);
        }
        out = start + t->len;
        note_place(j, start, out);
    }
    j->out = out;
    return i;
}

/* Joins WORDS words by their CODES. */
static bool join_words(struct joiner *j, const uint32_t *terms, const uint8_t *codes, size_t words)
{
    for (size_t i = 0; i < words; i++) {
        if (!make_room(j, STEP_ROOM)) {
            return false;
        }
        i += join_plain(j, terms + i, codes + i, words - i);
        if (i == words) {
            break;
        }
        if (!make_room(j, STEP_ROOM) || !join_gap(j, codes[i])) {
            return false;
        }
        const size_t start = (size_t)(j->out - j->body->data);
        if (!join_word(j, terms[i], (enum letter_case)(codes[i] & 3))) {
            return false;
        }
        note_place(j, j->body->data + start, j->out);
    }
    return make_room(j, STEP_ROOM) && join_gap(j, codes[words]);
}

/* A residue and where its parts are. */
struct parts {
    const uint8_t *title_codes; /* NULL: the title is not there */
    const uint8_t *body_codes;  /* NULL: the body is whole, and follows */
    const uint8_t *literals;    /* of the title, or of the body when the title is not there; or the whole body */
    const uint8_t *end;
};

/* False when RESIDUE (N bytes) is damaged. */
static bool find_parts(const struct wordcode_terms *terms, const void *residue, size_t n, struct parts *out)
{
    const uint8_t *at = residue;
    const size_t body_codes = terms->count - terms->title_count + 1;
    if (n == 0 || *at > KIND_BOTH) {
        return false;
    }
    *out = (struct parts){.literals = at + 1, .end = at + n};
    const size_t title_codes = *at == KIND_BOTH ? terms->title_count + 1 : 0;
    if (*at == KIND_WHOLE) {
        return true;
    }
    if (title_codes + body_codes > n - 1) {
        return false;
    }
    out->title_codes = title_codes ? at + 1 : NULL;
    out->body_codes = at + 1 + title_codes;
    out->literals = out->body_codes + body_codes;
    return true;
}

/* Goes past the literals that COUNT codes ask for. */
static bool skip_literals(struct joiner *j, const uint8_t *codes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        /* The end of a text is a gap alone. */
        const int literals = (codes[i] >> 2 == GAP_LITERAL) + (i + 1 < count && (codes[i] & 3) == CASE_LITERAL);
        for (int k = 0; k < literals; k++) {
            uint64_t n;
            if (!varint_read(&j->literals, j->end, &n) || n > (uint64_t)(j->end - j->literals)) {
                return false;
            }
            j->literals += n;
        }
    }
    return true;
}

static struct joiner joiner_of(const struct lexicon *lexicon, const struct parts *parts, struct buf *out)
{
    return (struct joiner){
        .lexicon = lexicon, .body = out, .literals = parts->literals, .end = parts->end, .start = out->len};
}

static void end_text(struct joiner *j)
{
    j->body->len = (size_t)(j->out - j->body->data);
    j->body->data[j->body->len] = '\0';
}

bool wordcode_title(const struct lexicon *lexicon, const struct wordcode_terms *terms, const void *residue, size_t n,
                    struct buf *title, bool *there)
{
    struct parts parts;
    if (!find_parts(terms, residue, n, &parts)) {
        return false;
    }
    *there = parts.title_codes;
    if (!*there) {
        return true;
    }
    struct joiner j = joiner_of(lexicon, &parts, title);
    if (!join_words(&j, terms->terms, parts.title_codes, terms->title_count)) {
        return false;
    }
    end_text(&j);
    return true;
}

bool wordcode_body(const struct lexicon *lexicon, const struct wordcode_terms *terms, const void *residue, size_t n,
                   struct buf *body, struct wordcode_places *places)
{
    const size_t words = terms->count - terms->title_count;
    struct parts parts;
    if (places) {
        places->count = 0;
    }
    if (!find_parts(terms, residue, n, &parts)) {
        return false;
    }
    if (!parts.body_codes) {
        return buf_append(body, parts.literals, (size_t)(parts.end - parts.literals));
    }
    struct joiner j = joiner_of(lexicon, &parts, body);
    if (places && !mem_grow((void **)&places->items, &places->capacity, words, sizeof *places->items)) {
        return false;
    }
    j.places = places ? places->items : NULL;
    if ((parts.title_codes && !skip_literals(&j, parts.title_codes, terms->title_count + 1)) ||
        !make_room(&j, words * 8 + STEP_ROOM) ||
        !join_words(&j, terms->terms + terms->title_count, parts.body_codes, words) ||
        j.literals != j.end) {
        return false;
    }
    end_text(&j);
    if (places) {
        places->count = words;
    }
    return true;
}
