/*
 * text.h - Vietnamese text: from bytes to the canonical tokens that index, query, suggestion and snippet share.
 *
 * This room alone knows ICU. The chain: UTF-8 -> words (UAX #29 with our tailoring, see segment.h) -> one canonical
 * form a word (see syllable.h): NFC, lower case, đ for every spelling of đ, tone mark on the vowel that carries it,
 * i for y in the open syllables where papers disagree. Looser forms (fold.h) are never tokens of a document: queries
 * reach them through the archive's lexicon.
 *
 * A document's tokens depend on its text and on TEXT_VERSION alone.
 */
#ifndef TRABAO_TEXT_H
#define TRABAO_TEXT_H

#include "base/base.h"
#include "base/status.h"

/* Raised by every change that can alter a token; an archive of another version must be reindexed. */
#define TEXT_VERSION 3

/* Longest canonical form, in bytes; what is longer is cut at a character (a number loses its inner separators too). */
#define TEXT_FORM_MAX 64

enum text_kind {
    TEXT_WORD,   /* letters, possibly with digits (U23, 18h30) */
    TEXT_NUMBER, /* 3568 (also from 3.568), 1,8 */
    TEXT_DATE    /* 30/4, 30/4/1975, 7/2020: day before month, no leading zeros */
};

/*
 * Dates. In figures (30/4, 30-04, 30.4.1975, 7/2020) a date is one token: 30/4 with the range of day and month, beside
 * it, colocated, 30/4/1975 with the range of all and the number 1975 with its own; or 7/2020 and beside it 2020. In
 * words (30 tháng 4 năm 1975, tháng 7 năm 2020) every word stays a token, and colocated with the number of the day
 * (without a day: of the month) stand 30/4 and 30/4/1975 (7/2020), whose ranges go from that number (without a day:
 * from `tháng`) to the last word of the date. So of the dates at one position the last is the most exact, and its
 * range covers all that was written for it.
 */

#define TEXT_MARK_BITS 20
#define TEXT_MARKS (1U << TEXT_MARK_BITS)

struct text_token {
    uint32_t start;    /* first byte of the token in the source */
    uint32_t end;      /* one past its last byte */
    uint32_t form;     /* where its canonical form begins in struct text_tokens.forms; not NUL-terminated */
    uint8_t form_len;  /* bytes, 1..TEXT_FORM_MAX */
    uint32_t kind : 2; /* enum text_kind */
    bool colocated : 1; /* at the position of the token before it: a date beside the words that spell it */
    bool joined : 1;    /* nothing but punctuation (no blank, not the start) stands between it and the token before:
                           TP.HCM is one `tp` and one joined `hcm` */
    uint32_t mark : TEXT_MARK_BITS; /* of a word that was remembered, what the text_marker says of it; else 0 */
};

struct text_tokens {
    struct text_token *items; /* in the order of their start, but for the 7/2020 of a spelled date; owned */
    size_t count;
    size_t capacity;
    char *forms; /* canonical forms one after another; owned */
    size_t forms_len;
    size_t forms_capacity;
};

/* What one thread needs to cut text into tokens: break iterators and a memory of words already seen. */
struct text_analyzer;

enum trabao_status text_analyzer_open(struct text_analyzer **out, struct trabao_error *err);
void text_analyzer_close(struct text_analyzer *a);

/*
 * What an owner of an analyzer wants to find on the tokens of a word of N bytes whose canonical form is FORM: some
 * number below TEXT_MARKS. It is asked once for all tokens of a word that is remembered.
 */
typedef uint32_t (*text_marker)(const void *context, const char *word, size_t n, const char *form, size_t form_len);

/* To be called before the first text. */
void text_analyzer_mark(struct text_analyzer *a, text_marker marker, const void *context);

/*
 * Replaces the contents of TOKENS (zeroed before its first use, freed with text_tokens_free) by the tokens of TEXT,
 * N bytes, at most 1 GiB (else TRABAO_USAGE). Any bytes are accepted: an invalid one separates words. Fails otherwise
 * only when memory runs out.
 */
enum trabao_status text_tokenize(struct text_analyzer *a, const char *text, size_t n, struct text_tokens *tokens,
                                 struct trabao_error *err);
void text_tokens_free(struct text_tokens *tokens);

static inline const char *text_form(const struct text_tokens *tokens, size_t i)
{
    return tokens->forms + tokens->items[i].form;
}

/*
 * The two looser keys of a canonical form (fold.h has the rules). Each writes at most TEXT_FORM_MAX bytes to OUT and
 * returns the length. Tone-folded: tones removed, ă â ê ô ơ ư đ kept (vọng -> vong, tử -> tư). Folded: all marks
 * removed, đ -> d (tử -> tu), i and y one at the end of an open syllable exactly as in the canonical form.
 */
size_t text_fold_tone(const char *form, size_t n, char *out);
size_t text_fold(const char *form, size_t n, char *out);

/*
 * The usual spelling of a canonical form, for showing: công ti -> công ty. Writes at most TEXT_FORM_MAX bytes to OUT
 * and returns the length.
 */
size_t text_spelling(const char *form, size_t n, char *out);

/* True when FORM has a tone or a letter mark (that is, when folding changes it). */
bool text_has_marks(const char *form, size_t n);

/* True when FORM, folded, has the shape of a Vietnamese syllable: initial consonants, vowels, final consonants. */
bool text_is_syllable(const char *form, size_t n);

/*
 * The whole text in NFC, with soft hyphens and invisible characters removed, blanks as they are: for comparing and
 * showing, not for storing. Appends to OUT; false when OUT is full.
 */
struct buf;
bool text_nfc(const char *text, size_t n, struct buf *out);

/* One printable line about the versions that decide the tokens: TEXT_VERSION, ICU's version. Static. */
const char *text_version_string(void);

#endif
