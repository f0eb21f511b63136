/*
 * scan.c - see scan.h. A "run" is a maximal stretch of ASCII letters, ASCII digits and bytes of 0x80 and more.
 */
#include "text/scan.h"

#include "base/utf8.h"
#include "text/letter.h"
#include "text/run.h"

struct scanner {
    struct collector *collector;
    struct segmenter **segmenter;
    struct trabao_error *err;
};

/* ---- runs, sixteen bytes at a time ----------------------------------------------------------------------------- */

#define ONES UINT64_MAX
#define LOW(n) (ONES >> (64 - 8 * (n)))

/* Entry 8 + n keeps the first n of eight bytes, and entry n the part of n bytes that lies beyond the first eight. */
static const uint64_t low_bytes[8 + MEMO_WORD_MAX + 1] = {
    0,      0,      0,      0,      0,      0,      0,      0, /* of the second eight bytes nothing */
    0,      LOW(1), LOW(2), LOW(3), LOW(4), LOW(5), LOW(6), LOW(7),
    ONES,   ONES,   ONES,   ONES,   ONES,   ONES,   ONES,   ONES};

/* ---- character by character ------------------------------------------------------------------------------------ */

static size_t chunk_end(const char *text, size_t at, size_t n)
{
    while (at < n && (unsigned char)text[at] > ' ') {
        at++;
    }
    return at;
}

static enum letter_class class_at(const char *text, size_t at, size_t end, size_t *size)
{
    uint32_t c;
    *size = utf8_decode(text + at, end - at, &c);
    return letter_class_of(c);
}

static bool has_foreign(const char *text, size_t at, size_t end)
{
    for (size_t size; at < end; at += size) {
        if ((unsigned char)text[at] < 0x80) {
            size = 1;
        } else if (class_at(text, at, end, &size) == LETTER_FOREIGN) {
            return true;
        }
    }
    return false;
}

/* One past the digits and extending characters at AT. */
static size_t skip_digits(const char *text, size_t at, size_t end)
{
    size_t size;
    while (at < end) {
        const enum letter_class class = class_at(text, at, end, &size);
        if (class != LETTER_DIGIT && class != LETTER_EXTEND) {
            break;
        }
        at += size;
    }
    return at;
}

/* One past the word that starts at AT with a letter or digit. */
static size_t word_end(const char *text, size_t at, size_t end)
{
    size_t size;
    size_t digits_end = skip_digits(text, at, end);
    size_t stop = digits_end;
    while (stop < end) {
        const enum letter_class class = class_at(text, stop, end, &size);
        if (class == LETTER_NONE) {
            break;
        }
        stop += size;
    }
    if (stop > digits_end) {
        return stop;
    }
    while (stop + 1 < end && (text[stop] == '.' || text[stop] == ',') && letter_is_digit(text[stop + 1])) {
        stop = skip_digits(text, stop + 1, end);
    }
    return stop;
}

static void scan_chunk(struct collector *c, size_t at, size_t end)
{
    size_t size;
    while (at < end) {
        const enum letter_class class = class_at(c->text, at, end, &size);
        if (class != LETTER_ALPHA && class != LETTER_DIGIT) {
            at += size;
            continue;
        }
        const size_t stop = word_end(c->text, at, end);
        const bool may_go_on = skip_digits(c->text, at, end) == stop; /* elsewhere, past `.` or `,` and a digit */
        collect_word(c, at, stop, !may_go_on);
        at = stop;
    }
}

static void icu_word(void *context, size_t start, size_t end)
{
    collect_word(context, start, end, false);
}

/* Cuts the chunk at AT the slow way; *AT goes to its end. */
static enum trabao_status slow_chunk(struct scanner *s, size_t *at)
{
    struct collector *c = s->collector;
    const size_t start = *at;
    const size_t end = chunk_end(c->text, start, c->n);
    *at = end;
    if (!has_foreign(c->text, start, end)) {
        scan_chunk(c, start, end);
        return TRABAO_OK;
    }
    if (*s->segmenter == NULL) {
        const enum trabao_status status = segmenter_open(s->segmenter, s->err);
        if (status != TRABAO_OK) {
            return status;
        }
    }
    return segment_words(*s->segmenter, c->text, start, end, icu_word, c, s->err);
}

/* ---- the text -------------------------------------------------------------------------------------------------- */

/* One past the ASCII number at AT; *WHOLE: it has no inner separators. */
static size_t number_end(const char *text, size_t at, size_t n, bool *whole)
{
    *whole = true;
    while (at < n && letter_is_digit(text[at])) {
        at++;
    }
    while (at + 1 < n && (text[at] == '.' || text[at] == ',') && letter_is_digit(text[at + 1])) {
        *whole = false;
        at++;
        while (at < n && letter_is_digit(text[at])) {
            at++;
        }
    }
    return at;
}

static bool is_run_byte(char c)
{
    return ((unsigned char)c & 0x80) != 0 || letter_class_of((unsigned char)c) != LETTER_NONE;
}

/* An ASCII number at *AT is taken, and *AT goes past it; false when the run there is no plain number. */
static bool scan_number(struct collector *c, size_t *at)
{
    bool whole;
    const size_t end = number_end(c->text, *at, c->n, &whole);
    if (end < c->n && is_run_byte(c->text[end]) && (whole || ((unsigned char)c->text[end] & 0x80) != 0)) {
        return false;
    }
    collect_number(c, *at, end, whole);
    *at = end;
    return true;
}

enum trabao_status scan_text(struct collector *c, struct segmenter **segmenter, struct trabao_error *err)
{
    struct scanner scanner = {c, segmenter, err};
    const char *text = c->text;
    const char *text_end = text + c->n;
    for (size_t at = 0; at < c->n && !c->failed;) {
        uint64_t lo;
        uint64_t hi;
        memo_load(text + at, text_end, &lo, &hi);
        const unsigned length = run_length(lo, hi);
        if (length == 0) {
            at++;
            continue;
        }
        if (letter_is_digit(text[at]) && scan_number(c, &at)) {
            continue;
        }
        if (length <= MEMO_WORD_MAX) {
            lo &= low_bytes[8 + length];
            hi &= low_bytes[length];
            const struct memo_slot *slot = memo_find(c->memo, lo, hi);
            if (slot != NULL) {
                collect_known(c, at, at + length, slot);
                at += length;
                at += at < c->n && text[at] == ' ';
                continue;
            }
        }
        const enum trabao_status status = slow_chunk(&scanner, &at);
        if (status != TRABAO_OK) {
            return status;
        }
    }
    return TRABAO_OK;
}
