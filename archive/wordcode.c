/*
 * wordcode.c - texts as term numbers and residue (see wordcode.h for the form on disk).
 */
#include "archive/wordcode.h"

#include "archive/varint.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { KIND_WHOLE = 0, KIND_CODED = 1 };
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
    if (n == 1 && gap[0] == ' ') {
        return 0;
    }
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
    if ((c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177) || (c >= 0x1e00 && c <= 0x1eff) || c == 0x1b0) {
        return c & ~UINT32_C(1);
    }
    return c == 0x1a1 ? 0x1a0 : c;
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

static bool put_literal(struct buf *literals, const char *bytes, size_t n)
{
    return varint_append(literals, n) && buf_append(literals, bytes, n);
}

/* The code for the gap of N bytes at GAP; one that has none of its own goes to LITERALS. */
static uint8_t put_gap(struct buf *literals, const char *gap, size_t n)
{
    const unsigned code = gap_code(gap, n);
    if (code == GAP_LITERAL) {
        put_literal(literals, gap, n);
    }
    return (uint8_t)(code << 2);
}

/*
 * Writes one code per word to CODES and one for the end, and what they ask for to LITERALS. Every code is chosen by
 * comparing what it stands for with the bytes in BODY; so decoding gives BODY if words and gaps follow one another
 * without overlapping. False when they do not.
 */
static bool encode(const char *body, size_t n, const struct text_tokens *tokens, uint8_t *codes, struct buf *literals)
{
    size_t at = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct text_token *token = &tokens->items[i];
        if (token->colocated) {
            continue;
        }
        if (token->start < at || token->end < token->start || token->end > n) {
            return false;
        }
        const char *surface = body + token->start;
        const size_t len = token->end - token->start;
        const enum letter_case letters = case_of(text_form(tokens, i), token->form_len, surface, len);
        const uint8_t gap = put_gap(literals, body + at, token->start - at);
        if (letters == CASE_LITERAL) {
            put_literal(literals, surface, len);
        }
        *codes++ = gap | (uint8_t)letters;
        at = token->end;
    }
    *codes = put_gap(literals, body + at, n - at);
    return true;
}

bool wordcode_residue(const char *body, size_t n, const struct text_tokens *tokens, struct buf *residue,
                      struct buf *scratch)
{
    buf_clear(residue);
    buf_clear(scratch);
    size_t words = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        words += !tokens->items[i].colocated;
    }
    char *codes = buf_reserve(residue, words + 2);
    if (!codes) {
        return false;
    }
    codes[0] = KIND_CODED;
    if (encode(body, n, tokens, (uint8_t *)codes + 1, scratch)) {
        residue->len = words + 2;
        return !buf_failed(scratch) && buf_append(residue, scratch->data, scratch->len);
    }
    return buf_append_char(residue, KIND_WHOLE) && buf_append(residue, body, n);
}

void wordcode_terms_free(struct wordcode_terms *terms)
{
    mem_free(terms->terms);
    *terms = (struct wordcode_terms){0};
}

bool wordcode_terms(const void *words, size_t n, uint32_t term_count, struct wordcode_terms *out)
{
    const uint8_t *p = words;
    const size_t units = n / 2;
    out->count = 0;
    if (n < 2 || n % 2 || !mem_grow((void **)&out->terms, &out->capacity, units, sizeof *out->terms)) {
        return false;
    }
    out->title_count = LOAD(uint16_t, p);
    for (size_t i = 1; i < units; i++) {
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
        out->terms[out->count++] = term;
    }
    return out->title_count <= out->count;
}

/* The literal at *P, which is moved past it. */
static bool take_literal(const uint8_t **p, const uint8_t *end, struct buf *body)
{
    uint64_t n;
    if (!varint_read(p, end, &n) || n > (uint64_t)(end - *p) || !buf_append(body, *p, n)) {
        return false;
    }
    *p += n;
    return true;
}

static bool take_gap(unsigned code, const uint8_t **literals, const uint8_t *end, struct buf *body)
{
    const unsigned gap = code >> 2;
    if (gap == GAP_LITERAL) {
        return take_literal(literals, end, body);
    }
    return gap < ARRAY_LEN(GAPS) && buf_append_str(body, GAPS[gap]);
}

static bool take_word(const char *form, size_t len, enum letter_case letters, const uint8_t **literals,
                      const uint8_t *end, struct buf *body)
{
    if (letters == CASE_FORM) {
        return buf_append(body, form, len);
    }
    if (letters == CASE_LITERAL) {
        return take_literal(literals, end, body);
    }
    char cased[WORDCODE_CASED_MAX];
    return buf_append(body, cased, wordcode_capitalise(form, len, letters == CASE_UPPER, cased));
}

bool wordcode_body(const struct lexicon *lexicon, const struct wordcode_terms *terms, const void *residue, size_t n,
                   struct buf *body)
{
    const uint8_t *codes = residue;
    const uint8_t *end = codes + n;
    const size_t words = terms->count - terms->title_count;
    if (n == 0 || *codes == KIND_WHOLE) {
        return n > 0 && buf_append(body, codes + 1, n - 1);
    }
    if (*codes++ != KIND_CODED || words + 1 > (size_t)(end - codes)) {
        return false;
    }
    const uint8_t *literals = codes + words + 1;
    for (size_t i = 0; i < words; i++) {
        const uint32_t term = terms->terms[terms->title_count + i];
        if (!take_gap(codes[i], &literals, end, body) ||
            !take_word(lexicon_form(lexicon, term), lexicon->terms[term].len, (enum letter_case)(codes[i] & 3),
                       &literals, end, body)) {
            return false;
        }
    }
    return take_gap(codes[words], &literals, end, body) && literals == end;
}
