/*
 * snippet.h - the best window of a stored text, and the ranges in it to highlight. Text and ranges only: markup is
 * added by the last layer.
 */
#ifndef TRABAO_SNIPPET_H
#define TRABAO_SNIPPET_H

#include "archive/wordcode.h"
#include "base/base.h"
#include "base/status.h"
#include "query/trabao.h"
#include "text/text.h"

#define SNIPPET_TEXT_MAX (256 * 1024) /* bytes of a body that are looked at */

/*
 * What is highlighted: runs of words. A pattern is one query unit (a single word has one slot, a phrase several); a
 * slot lists the canonical forms that match it. A text token may match several patterns.
 */
struct snippet_slot {
    const char *const *forms; /* canonical forms, sorted by strcmp */
    size_t form_count;
    const char *prefix; /* or, for word*, the beginning of the form; NULL otherwise */
    const uint32_t *terms; /* the numbers that the archive gives the forms it has, ascending */
    size_t term_count;
};
struct snippet_pattern {
    const struct snippet_slot *slots;
    size_t slot_count;
    float weight; /* importance (inverse document frequency), > 0 */
};

struct snippet_patterns {
    struct snippet_pattern *items;
    size_t count;
};

/* The words of a stored body, which need not be cut anew then; count 0: they are not known. */
struct snippet_words {
    const uint32_t *terms;               /* [count] in text order */
    const struct wordcode_place *places; /* [count] */
    size_t count;
};

struct snippet {
    struct buf *text; /* IN: born by the caller. OUT: the window; "…" at a cut end, blanks collapsed to one */
    struct trabao_mark *marks; /* OUT: in bytes of text; owned by the caller (mem_free) */
    size_t mark_count;
};

/* A text, and what cuts it into words. */
struct snippet_source {
    struct text_analyzer *analyzer;
    struct text_tokens *tokens; /* scratch */
    const char *text;
    size_t n;                          /* bytes */
    const struct snippet_words *words; /* of the text; NULL: not known */
};

/*
 * The window of SOURCE of about WIDTH characters that shows most of PATTERNS: distinct patterns first, by weight, then
 * closeness, then the earliest; it starts at a sentence if one begins near. With no match (or no patterns): the
 * beginning of the text. Fails only when memory runs out.
 */
enum trabao_status snippet_make(const struct snippet_source *source, const struct snippet_patterns *patterns,
                                size_t width, struct snippet *out, struct trabao_error *err);

/*
 * The marks of the whole text of SOURCE, unchanged: for titles and article pages. *MARKS is freed with mem_free. Fails
 * only when memory runs out.
 */
enum trabao_status snippet_mark_all(const struct snippet_source *source, const struct snippet_patterns *patterns,
                                    struct trabao_mark **marks, size_t *mark_count, struct trabao_error *err);

#endif
