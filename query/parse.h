/*
 * parse.h - what was typed becomes a syntax tree; nothing here knows an archive.
 *
 * Grammar (README "The query language"): words, "phrases" (straight or curly quotes), -word, OR / HOẶC, ( ), word*,
 * NEAR/n, =word, fields (title: tiêuđề: ...), date filters (date: after: before: ...). No typed text is an error:
 * what cannot be read as an operator is words, or left out (OR, NOT), and a warning says so; with STRICT the first such
 * place fails.
 * Ceilings: TRABAO_QUERY_MAX bytes, depth QUERY_DEPTH_MAX, QUERY_PREFIXES_MAX prefixes of at least two letters; that of
 * words (rarest.h) needs an archive.
 */
#ifndef TRABAO_PARSE_H
#define TRABAO_PARSE_H

#include "base/base.h"
#include "base/civil.h"
#include "base/status.h"
#include "query/dates.h"
#include "text/text.h"

#define QUERY_DEPTH_MAX 8
#define QUERY_PREFIXES_MAX 3

/* The warning that nothing can be found: filters, or the request's own dates, exclude one another. */
#define QUERY_NO_DAY "Các phép lọc ngày không có ngày nào chung."
#define QUERY_NO_DAY_ENGLISH "the date filters have no day in common"

enum query_field {
    QUERY_ANY, /* title and body */
    QUERY_TITLE,
    QUERY_AUTHOR,
    QUERY_SOURCE,
    QUERY_SECTION,
    QUERY_NAME
};

enum query_kind {
    QUERY_AND,       /* all of children */
    QUERY_OR,        /* any of children */
    QUERY_QUOTE,     /* any of children: one quote with its dates in several spellings, as typed first */
    QUERY_SPELLINGS, /* any of children: an abbreviation and what it stands for (abbreviate.h), as typed first */
    QUERY_NOT,       /* one child; only ever a child of QUERY_AND */
    QUERY_TERM,      /* one token of a word */
    QUERY_PHRASE,    /* tokens that follow one another: quotes, or one typed word that is several tokens (TP.HCM) */
    QUERY_NEAR,      /* children (TERM or PHRASE) within `distance` tokens of one another */
    QUERY_PREFIX     /* token that starts so, as typed and not in canonical form */
};

/* One token of the query, in its canonical form. */
struct query_token {
    char form[TEXT_FORM_MAX + 1];
    uint8_t len;
    bool marked; /* has tone or letter marks that are meant; those of `tháng` beside words without marks are not */
    uint32_t start, end; /* bytes of the query it was typed in */
};

struct query_node {
    enum query_kind kind;
    enum query_field field;
    bool quoted; /* PHRASE in quotes: never widened when it has marks */
    bool exact;  /* =word: the form as typed, marks or none, never widened */
    uint32_t distance; /* NEAR/n */
    struct query_node **children; /* AND OR QUOTE SPELLINGS NOT NEAR */
    size_t child_count;
    struct query_token *tokens; /* TERM and PREFIX: 1; PHRASE: 1 or more */
    size_t token_count;
};

struct query_tree {
    struct query_node *root; /* NULL: no words (everything, inside the dates) */
    struct query_dates dates; /* what all date filters typed leave of time */
    const char *text; /* what was read: tokens stand at its bytes */
    size_t text_len;
    char *understood; /* the query as it was read, in the query language; never NULL */
    char *meant; /* the text with what its words may be slips of (slips.h) in their place; NULL: they are none */
    char **warnings, **warnings_english; /* for a person, in Vietnamese and in English */
    size_t warning_count;
    /* What was typed is what is meant: some positive word has marks, none could have any, or a tier is asked for. */
    bool any_marked;
    bool any_open;   /* some positive word has letters that could have marks */
    struct query_arena *arena; /* owns all of the above */
};

/* What was typed, and how it is to be read. */
struct query_typed {
    const char *text; /* borrowed */
    size_t n;         /* bytes */
    int64_t now;      /* civil seconds: what "hôm qua" counts from */
    bool strict;      /* TRABAO_USAGE where the lenient reading would warn */
};

/* TRABAO_USAGE too for more than TRABAO_QUERY_MAX bytes, for NUL and for invalid UTF-8. */
enum trabao_status query_parse(struct text_analyzer *analyzer, const struct query_typed *typed,
                               struct query_tree **out, struct trabao_error *err);
void query_tree_free(struct query_tree *tree);

/*
 * The dates of one filter value as the query language reads them (2020, 2020-07, 20/7/2020, tháng 7/2020,
 * 2020-01..2020-06, hôm qua, ...): *FROM included, *TO excluded. False when TEXT is no date.
 */
bool query_parse_dates(const char *text, size_t n, int64_t now, int64_t *from, int64_t *to);

/* The tree as an S-expression, for tests and for explaining; freed with mem_free. */
char *query_tree_dump(const struct query_tree *tree);

#endif
