/*
 * wordcode.h - the text of an article as term numbers and what they leave out; nothing is stored twice.
 *
 * A text is cut into tokens anyway. Their terms, in text order, are the forward index that ranking reads to see which
 * words stand side by side. The residue holds the rest: the bytes between tokens, the capitals, and the spelling where
 * it is not the canonical one. Both together give back title and body, byte for byte. A body whose tokens overlap, so
 * that they could not, is kept whole in the residue; such a title is left to whoever asked.
 *
 *   words    u16 count of title tokens, then per token, first of the title and then of the body: u16 term number, or
 *            0xff00 + its high bits and a second u16, for numbers from 0xff00 up. Little-endian.
 *   residue  byte 0: the body as it is follows. Byte 1: per body token one code byte (gap before it * 4 + letter case),
 *            one more for the gap at the end, and then the literals those codes ask for (varint length, bytes).
 *            Byte 2: the codes of the title's tokens, those of the body's, the literals of the title, of the body.
 */
#ifndef TRABAO_WORDCODE_H
#define TRABAO_WORDCODE_H

#include "archive/lexicon.h"
#include "base/base.h"
#include "base/buf.h"
#include "text/text.h"

#define WORDCODE_WIDE 0xff00 /* term numbers from here on take two u16 */

/* Terms of an article in text order, decoded. */
struct wordcode_terms {
    uint32_t *terms; /* owned */
    size_t count;
    size_t capacity;
    size_t title_count; /* the first ones are the title's */
};

/* Where a word of a body stands. */
struct wordcode_place {
    uint32_t start, end; /* bytes of the body */
};

/* The places of the words of a body, in the order of their terms. */
struct wordcode_places {
    struct wordcode_place *items; /* owned */
    size_t count;                 /* 0 for a text that is kept whole: only cutting it anew tells where its words are */
    size_t capacity;
};
void wordcode_places_free(struct wordcode_places *places);

#define WORDCODE_HEAD_BYTES 2 /* of a words stream */
#define WORDCODE_TERM_BYTES 4 /* that a term number takes at most in a words stream */

/* Writes one term number of a words stream to OUT and returns how many bytes it takes. */
static inline size_t wordcode_put(char *out, uint32_t term)
{
    uint16_t units[2] = {(uint16_t)term, 0};
    if (term < WORDCODE_WIDE) {
        memcpy(out, units, 2);
        return 2;
    }
    units[0] = (uint16_t)(WORDCODE_WIDE | (term >> 16));
    units[1] = (uint16_t)term;
    memcpy(out, units, 4);
    return 4;
}

/*
 * The mark (text.h) for a WORD of N bytes with FORM, whose number is TERM: that number, if it is small enough, and in
 * what letters the word is written. LEXICON_NONE: the number is not known.
 */
uint32_t wordcode_mark(uint32_t term, const char *form, size_t form_len, const char *word, size_t n);

#define WORDCODE_MARK_LETTERS 2 /* bits, the lowest ones; above, the number and one */

/* The number that a mark has, or LEXICON_NONE. */
static inline uint32_t wordcode_marked_term(uint32_t mark)
{
    return (mark >> WORDCODE_MARK_LETTERS) - 1;
}

/* A text and how it was cut, with marks of words or without. */
struct wordcode_text {
    const char *text;
    size_t len;
    const struct text_tokens *tokens;
};

/*
 * Writes the residue of TITLE (NULL: there is none) and BODY to RESIDUE. *HAS_TITLE: the title is in it. SCRATCH is
 * working memory. False when memory runs out.
 */
bool wordcode_residue(const struct wordcode_text *title, const struct wordcode_text *body, struct buf *residue,
                      bool *has_title, struct buf *scratch);

/* Reads a words stream. False when it is damaged or memory runs out. */
bool wordcode_terms(const void *words, size_t n, uint32_t term_count, struct wordcode_terms *out);
void wordcode_terms_free(struct wordcode_terms *terms);

/*
 * Puts the body together again and appends it to BODY. PLACES, unless it is NULL, gets where its words stand in it.
 * False when the input is damaged or memory runs out.
 */
bool wordcode_body(const struct lexicon *lexicon, const struct wordcode_terms *terms, const void *residue, size_t n,
                   struct buf *body, struct wordcode_places *places);

/* As wordcode_body for the title. *THERE: the residue has it; TITLE is as it was otherwise. */
bool wordcode_title(const struct lexicon *lexicon, const struct wordcode_terms *terms, const void *residue, size_t n,
                    struct buf *title, bool *there);

/*
 * FORM (N bytes, at most TEXT_FORM_MAX) with its first letter, or, if ALL, every letter in upper case, to OUT. Returns
 * the length.
 */
#define WORDCODE_CASED_MAX (2 * TEXT_FORM_MAX + 4)
size_t wordcode_capitalise(const char *form, size_t n, bool all, char out[WORDCODE_CASED_MAX]);

#endif
