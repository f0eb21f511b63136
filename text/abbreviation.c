/*
 * abbreviation.c - looks around each opening bracket; most of a text is never looked at.
 *
 * The letters are compared with the words from the last to the first: a word either begins with the letter that is
 * next, or is a small one that is passed over.
 */
#include "text/abbreviation.h"

#include "base/utf8.h"
#include "text/letter.h"

#define RUNS_MAX 4
#define LETTERS_MIN 3
#define RUN_LETTERS_MIN 2
#define BRACKET_MAX 1024 /* bytes between the brackets: more than an abbreviation or its words take in any encoding */

/* What may stand between the parts of an abbreviation, between words, and beside the words before a bracket. */
#define BETWEEN_RUNS " -–&./"
#define BETWEEN_WORDS " \u00a0,-–&"
#define AROUND_WORDS " \u00a0\"”“’'"

/* Tokens FIRST to LAST, both included; those beside others count for nothing. */
struct span {
    size_t first, last;
};

struct finder {
    const char *text;
    const struct text_tokens *tokens;
    struct buf *out;
};

/* ---- tokens and what is between them --------------------------------------------------------------------------- */

static const struct text_token *token_at(const struct finder *f, size_t i)
{
    return &f->tokens->items[i];
}

/* The first token that begins at OFFSET or behind it. */
static size_t token_behind(const struct finder *f, size_t offset)
{
    size_t low = 0;
    size_t high = f->tokens->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (token_at(f, middle)->start < offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The token with a place of its own before I; false when there is none. */
static bool step_back(const struct finder *f, size_t *i)
{
    do {
        if (*i == 0) {
            return false;
        }
        --*i;
    } while (token_at(f, *i)->colocated);
    return true;
}

/* True when TEXT[FROM, TO) has characters of ALLOWED alone, and invisible ones. */
static bool has_only(const struct finder *f, size_t from, size_t to, const char *allowed)
{
    while (from < to) {
        uint32_t c;
        char one[5] = "";
        from += utf8_decode(f->text + from, to - from, &c);
        utf8_encode(c, one);
        if (!letter_is_invisible(c) && (c == 0 || strstr(allowed, one) == NULL)) {
            return false;
        }
    }
    return true;
}

/* ---- letters --------------------------------------------------------------------------------------------------- */

static struct letter first_letter(const struct finder *f, size_t i)
{
    uint32_t c;
    utf8_decode(text_form(f->tokens, i), token_at(f, i)->form_len, &c);
    return letter_split(c);
}

/* The shape of a vowel may be left out (U for Ủ or Ư), the stroke of đ may not. */
static bool stands_for(struct letter letter, struct letter word)
{
    return letter.base == word.base && (letter.shape == word.shape || (letter.shape == SHAPE_NONE && word.base != 'd'));
}

/* True when the token is a run of capitals; its letters are then appended. */
static bool read_run(const struct finder *f, size_t i, struct letter *letters, size_t *count)
{
    const struct text_token *t = token_at(f, i);
    const size_t before = *count;
    for (size_t at = t->start; at < t->end;) {
        uint32_t c;
        uint8_t shape;
        uint8_t tone;
        at += utf8_decode(f->text + at, t->end - at, &c);
        if (letter_is_invisible(c)) {
            continue;
        }
        if (letter_mark(c, &shape, &tone) && *count > before) {
            if (shape != SHAPE_NONE) {
                letters[*count - 1].shape = shape;
            }
            continue;
        }
        if (!letter_is_capital(c) || *count == ABBREVIATION_LETTERS_MAX) {
            return false;
        }
        letters[(*count)++] = letter_split(c);
    }
    return *count - before >= RUN_LETTERS_MIN;
}

/* True when the tokens of SPAN are an abbreviation. */
static bool read_short(const struct finder *f, struct span span, struct letter *letters, size_t *count)
{
    *count = 0;
    if (span.last - span.first >= RUNS_MAX) {
        return false;
    }
    for (size_t i = span.first; i <= span.last; i++) {
        if (!read_run(f, i, letters, count)) {
            return false;
        }
        if (i > span.first && !has_only(f, token_at(f, i - 1)->end, token_at(f, i)->start, BETWEEN_RUNS)) {
            return false;
        }
    }
    const bool word = span.first == span.last && text_is_syllable(text_form(f->tokens, span.first),
                                                                  token_at(f, span.first)->form_len);
    return *count >= LETTERS_MIN && !word;
}

bool abbreviation_is_small_word(const char *form, size_t n)
{
    static const char *const words[] = {"và", "của", "các", "về", "cho", "the", "of", "and", "for"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (n == strlen(words[i]) && memcmp(form, words[i], n) == 0) {
            return true;
        }
    }
    return false;
}

/* The words that end with token LAST and begin with LETTERS. */
static bool match_words(const struct finder *f, size_t last, const struct letter *letters, size_t count,
                        struct span *out)
{
    size_t i = last;
    size_t next = last;
    for (size_t words = 0; words < ABBREVIATION_WORDS_MAX; words++) {
        const struct text_token *t = token_at(f, i);
        if (t->kind != TEXT_WORD || (i != last && !has_only(f, t->end, token_at(f, next)->start, BETWEEN_WORDS))) {
            return false;
        }
        if (stands_for(letters[count - 1], first_letter(f, i))) {
            count--;
        } else if (i == last || !abbreviation_is_small_word(text_form(f->tokens, i), t->form_len)) {
            return false;
        }
        if (count == 0) {
            *out = (struct span){i, last};
            return true;
        }
        next = i;
        if (!step_back(f, &i)) {
            return false;
        }
    }
    return false;
}

/* ---- brackets -------------------------------------------------------------------------------------------------- */

static bool write_forms(const struct finder *f, struct span span, struct buf *out)
{
    const size_t start = out->len;
    for (size_t i = span.first; i <= span.last; i++) {
        if (token_at(f, i)->colocated) {
            continue;
        }
        if (out->len > start) {
            buf_append_char(out, ' ');
        }
        buf_append(out, text_form(f->tokens, i), token_at(f, i)->form_len);
    }
    const bool fits = out->len - start <= ABBREVIATION_FORM_MAX;
    return buf_append_char(out, '\0') && fits;
}

static void add(struct finder *f, struct span abbreviation, struct span words)
{
    const size_t before = f->out->len;
    if ((!write_forms(f, abbreviation, f->out) || !write_forms(f, words, f->out)) && !buf_failed(f->out)) {
        f->out->len = before; /* too long: as if it had not been there */
    }
}

/* `words (SHORT)`: IN are the tokens between the brackets, the words end before the bracket at OPEN. */
static bool short_in_brackets(struct finder *f, size_t open, struct span in)
{
    struct letter letters[ABBREVIATION_LETTERS_MAX];
    size_t count;
    size_t last = in.first;
    struct span words;
    if (!read_short(f, in, letters, &count) || !step_back(f, &last) ||
        !has_only(f, token_at(f, last)->end, open, AROUND_WORDS) || !match_words(f, last, letters, count, &words)) {
        return false;
    }
    add(f, in, words);
    return true;
}

/* `SHORT (words)`: all that is between the brackets. */
static void words_in_brackets(struct finder *f, size_t open, struct span in)
{
    struct letter letters[ABBREVIATION_LETTERS_MAX];
    size_t count;
    size_t last = in.first;
    struct span words;
    if (!step_back(f, &last) || !has_only(f, token_at(f, last)->end, open, AROUND_WORDS)) {
        return;
    }
    size_t first = last;
    while (first > 0 && last - first < RUNS_MAX && token_at(f, first)->joined) {
        first--;
    }
    if (read_short(f, (struct span){first, last}, letters, &count) && match_words(f, in.last, letters, count, &words) &&
        words.first == in.first) {
        add(f, (struct span){first, last}, words);
    }
}

static void look_at_bracket(struct finder *f, size_t open, size_t close)
{
    struct span in = {.first = token_behind(f, open), .last = token_behind(f, close)};
    if (in.first == in.last || in.last == 0 || !step_back(f, &in.last) || in.last < in.first ||
        !has_only(f, open + 1, token_at(f, in.first)->start, AROUND_WORDS) ||
        !has_only(f, MIN((size_t)token_at(f, in.last)->end, close), close, AROUND_WORDS)) {
        return;
    }
    if (!short_in_brackets(f, open, in)) {
        words_in_brackets(f, open, in);
    }
}

bool abbreviation_find(const char *text, size_t n, const struct text_tokens *tokens, struct buf *out)
{
    struct finder f = {.text = text, .tokens = tokens, .out = out};
    const char *end = text + n;
    const char *open = n > 0 ? memchr(text, '(', n) : NULL;
    while (open != NULL && !buf_failed(out)) {
        const char *close = memchr(open, ')', MIN((size_t)(end - open), (size_t)BRACKET_MAX));
        if (close != NULL) {
            look_at_bracket(&f, (size_t)(open - text), (size_t)(close - text));
        }
        open++;
        open = open < end ? memchr(open, '(', (size_t)(end - open)) : NULL;
    }
    return !buf_failed(out);
}
