/*
 * segment.c - the rules of segment.h in ICU's language, and the two iterators that carry them out.
 *
 * The rules mark runs of the scripts that need a dictionary with a status of their own; such a run is handed to the
 * word iterator of the root locale, and its pieces are the words.
 */
#include "text/segment.h"

#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include "base/mem.h"
#include "base/utf8.h"

#define STATUS_WORD 200
#define STATUS_DICTIONARY 300

/* ICU needs some fifty bytes of memory for each character of a run, however long; longer runs are cut. */
#define DICTIONARY_RUN_MAX 16384

static const UChar rules[] =
    u"!!quoted_literals_only;"
    u"$X = [\\p{M}\\p{Cf}];"
    u"$Dictionary = [[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Word_Break=Katakana}"
    u"\\p{Line_Break=Complex_Context}\\uAC00-\\uD7A3] - $X];"
    u"$D = [0-9];"
    u"$L = [[\\p{L}\\p{Nd}\\p{Alphabetic}] - $X - $Dictionary - $D];"
    u"($L | $D) ($L | $D | $X)* {200};"
    u"$D ($D | $X)* ([.,] $D ($D | $X)*)+ {200};"
    u"$Dictionary ($Dictionary | $X)* {300};";

struct segmenter {
    UBreakIterator *words;      /* our rules */
    UBreakIterator *dictionary; /* ICU's */
    UText *text;                /* the part of the text that `words` works on */
    UText *run;                 /* the part of it that `dictionary` works on */
};

static enum trabao_status icu_error(UErrorCode status, struct trabao_error *err)
{
    if (status == U_MEMORY_ALLOCATION_ERROR) {
        return error_no_memory(err);
    }
    return error_set(err, TRABAO_INTERNAL, "ICU cannot find words: %s", u_errorName(status));
}

enum trabao_status segmenter_open(struct segmenter **out, struct trabao_error *err)
{
    *out = NULL;
    struct segmenter *s = mem_zalloc(1, sizeof *s);
    if (s == NULL) {
        return error_no_memory(err);
    }
    UErrorCode status = U_ZERO_ERROR;
    UParseError where;
    s->words = ubrk_openRules(rules, (int32_t)ARRAY_LEN(rules) - 1, NULL, 0, &where, &status);
    s->dictionary = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
    if (U_FAILURE(status)) {
        segmenter_close(s);
        return icu_error(status, err);
    }
    *out = s;
    return TRABAO_OK;
}

void segmenter_close(struct segmenter *s)
{
    if (s == NULL) {
        return;
    }
    if (s->words != NULL) {
        ubrk_close(s->words);
    }
    if (s->dictionary != NULL) {
        ubrk_close(s->dictionary);
    }
    utext_close(s->text);
    utext_close(s->run);
    mem_free(s);
}

static void start_on(UBreakIterator *iterator, UText **ut, const char *text, size_t n, UErrorCode *status)
{
    *ut = utext_openUTF8(*ut, text, (int64_t)n, status);
    ubrk_setUText(iterator, *ut, status);
}

/* One pass over a text. */
struct walk {
    struct segmenter *s;
    const char *text;
    segment_word *word;
    void *context;
    UErrorCode status; /* sticky */
};

/* The words of N <= DICTIONARY_RUN_MAX bytes in a dictionary script, which start at byte BASE of the text. */
static void dictionary_words(struct walk *w, size_t base, size_t n)
{
    UBreakIterator *words = w->s->dictionary;
    start_on(words, &w->s->run, w->text + base, n, &w->status);
    if (U_FAILURE(w->status)) {
        return;
    }
    int32_t start = ubrk_first(words);
    for (int32_t end = ubrk_next(words); end != UBRK_DONE; start = end, end = ubrk_next(words)) {
        if (ubrk_getRuleStatus(words) >= UBRK_WORD_NUMBER) {
            w->word(w->context, base + (size_t)start, base + (size_t)end);
        }
    }
}

static void dictionary_run(struct walk *w, size_t start, size_t end)
{
    for (size_t n; start < end && U_SUCCESS(w->status); start += n) {
        n = utf8_clip(w->text + start, end - start, DICTIONARY_RUN_MAX);
        dictionary_words(w, start, n);
    }
}

enum trabao_status segment_words(struct segmenter *s, const char *text, size_t from, size_t to, segment_word *word,
                                 void *context, struct trabao_error *err)
{
    struct walk w = {s, text, word, context, U_ZERO_ERROR};
    start_on(s->words, &s->text, text + from, to - from, &w.status);
    if (U_FAILURE(w.status)) {
        return icu_error(w.status, err);
    }
    int32_t start = ubrk_first(s->words);
    for (int32_t end = ubrk_next(s->words); end != UBRK_DONE; start = end, end = ubrk_next(s->words)) {
        const int32_t kind = ubrk_getRuleStatus(s->words);
        if (kind == STATUS_WORD) {
            word(context, from + (size_t)start, from + (size_t)end);
        } else if (kind == STATUS_DICTIONARY) {
            dictionary_run(&w, from + (size_t)start, from + (size_t)end);
        }
    }
    return U_FAILURE(w.status) ? icu_error(w.status, err) : TRABAO_OK;
}
