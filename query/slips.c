/*
 * slips.c - see slips.h.
 */
#include "query/slips.h"

#include "query/arena.h"
#include "query/capitals.h"
#include "query/joined.h"
#include "query/library.h"
#include "query/misspelt.h"
#include "text/syllable.h"

#define SUSPECTS_MAX 12  /* words of one query that are looked at */
#define MISSPELT_MAX 4   /* of these whether they are misspelt: each takes a thousand look-ups */
#define COMMON_SHARE 50  /* a word that one of so many articles has is no slip */
#define OFTENER 20       /* what a word is offered as stands so many times as often as there are articles with it, */
#define BY_FAR 100       /* and what it is read as so many times, */
#define HARDLY 2         /* when no more articles than these have it: slips of their own */
#define MEANT_CEILING 512 /* bytes of what one word is meant to be */

struct finder {
    const struct archive *archive;
    const struct query_tree *tree;
    struct slips *out;
    uint32_t steps;    /* left for taking words apart */
    uint32_t suspects; /* words that were looked at, */
    uint32_t misspelt; /* and whether they are misspelt */
    bool failed;       /* memory ran out */
};

/* A word that may be a slip. */
struct suspect {
    const struct query_token *token;
    char folded[TEXT_FORM_MAX];
    size_t n;
    uint32_t articles; /* that have it */
    bool quote;        /* several words in its place have to be a phrase */
    bool excluded;     /* only what is certain is taken for a slip */
};

/* ---- what was meant -------------------------------------------------------------------------------------------- */

/* Appends TERM as it is usually spelled, with the capitals of what was typed; without marks unless MARKED. */
static void append_term(const struct lexicon *lexicon, uint32_t term, bool marked, const char *typed, size_t n,
                        struct buf *out)
{
    char spelled[TEXT_FORM_MAX], plain[TEXT_FORM_MAX];
    const char *word = spelled;
    size_t len = text_spelling(lexicon_form(lexicon, term), lexicon->terms[term].len, spelled);
    if (!marked) {
        len = text_fold(spelled, len, plain);
        word = plain;
    }
    capitals_append(out, word, len, typed, n);
}

static void add_slip(struct finder *f, const struct suspect *word, const struct buf *meant, bool certain)
{
    if (word->excluded && !certain) {
        return;
    }
    char *copy = buf_failed(meant) ? NULL : query_arena_dup(f->tree->arena, meant->data, meant->len);
    f->failed = f->failed || copy == NULL;
    if (copy != NULL) {
        f->out->items[f->out->count++] = (struct slip){word->token->start, word->token->end, copy, certain};
    }
}

/* The parts of a word that begins with a capital all do. */
static void write_parts(struct finder *f, const struct suspect *word, const struct joined *joined, struct buf *out)
{
    const char *typed = f->tree->text + word->token->start;
    const bool proper = typed[0] >= 'A' && typed[0] <= 'Z';
    buf_append_str(out, word->quote ? "\"" : "");
    for (size_t i = 0; i < joined->count; i++) {
        const struct joined_part *part = &joined->parts[i];
        char letters[TEXT_FORM_MAX];
        const size_t n = part->end - part->start;
        memcpy(letters, typed + part->start, n);
        if (proper && letters[0] >= 'a') {
            letters[0] = (char)(letters[0] - 'a' + 'A');
        }
        buf_append_str(out, i > 0 ? " " : "");
        if (f->tree->any_marked) {
            append_term(&f->archive->lexicon, part->term, true, letters, n, out);
        } else {
            buf_append(out, letters, n);
        }
    }
    buf_append_str(out, word->quote ? "\"" : "");
}

static bool find_parts(struct finder *f, const struct suspect *word)
{
    const struct query_token *token = word->token;
    struct joined joined;
    if (token->marked || token->end - token->start != word->n ||
        !joined_part(f->archive, word->folded, word->n, (double)OFTENER * word->articles, &f->steps, &joined)) {
        return false;
    }
    struct buf meant;
    buf_init(&meant, MEANT_CEILING);
    write_parts(f, word, &joined, &meant);
    const bool certain = word->articles <= HARDLY && joined.expected >= (double)BY_FAR * word->articles;
    add_slip(f, word, &meant, certain);
    buf_free(&meant);
    return true;
}

static void find_spelling(struct finder *f, const struct suspect *word)
{
    if (f->misspelt == MISSPELT_MAX) {
        return;
    }
    f->misspelt++;
    const struct lexicon *lexicon = &f->archive->lexicon;
    const uint32_t term = misspelt_meant(lexicon, word->folded, word->n, word->articles);
    if (term == LEXICON_NONE) {
        return;
    }
    const struct query_token *token = word->token;
    struct buf meant;
    buf_init(&meant, MEANT_CEILING);
    append_term(lexicon, term, f->tree->any_marked, f->tree->text + token->start, token->end - token->start, &meant);
    add_slip(f, word, &meant, false);
    buf_free(&meant);
}

/* ---- the words of the query ------------------------------------------------------------------------------------ */

static bool is_suspect(const struct finder *f, const struct suspect *word)
{
    for (size_t i = 0; i < word->n; i++) {
        if (word->folded[i] < 'a' || word->folded[i] > 'z') {
            return false;
        }
    }
    return !syllable_is_folded_shape(word->folded, word->n) && word->articles <= f->archive->count / COMMON_SHARE &&
           abbreviations_find(&f->archive->abbreviations, word->folded, word->n) == ABBREVIATIONS_NONE;
}

static void look_at(struct finder *f, const struct query_token *token, bool quote, bool excluded)
{
    struct slips *out = f->out;
    /* A quote with a date is several phrases of the same words. */
    if (out->count == SLIPS_MAX || (out->count > 0 && token->start < out->items[out->count - 1].end)) {
        return;
    }
    struct suspect word = {.token = token, .quote = quote, .excluded = excluded};
    word.n = text_fold(token->form, token->len, word.folded);
    word.articles = library_articles(&f->archive->lexicon, token->form, token->len);
    if (f->suspects < SUSPECTS_MAX && is_suspect(f, &word)) {
        f->suspects++;
        if (!find_parts(f, &word)) {
            find_spelling(f, &word);
        }
    }
}

/* True when words of NODE are words of the text, as the lexicon knows them, and stand for others. */
static bool has_words(const struct query_node *node)
{
    const bool in_text = node->field == QUERY_ANY || node->field == QUERY_TITLE || node->field == QUERY_NAME;
    const bool typed_as_one = node->kind == QUERY_PHRASE && !node->quoted && node->field != QUERY_NAME; /* TP.HCM */
    return in_text && !typed_as_one && !node->exact && node->kind != QUERY_PREFIX;
}

enum place {
    ALONE, /* nothing but AND stands above: several words may be in place of one */
    BELOW, /* an OR does, or a NEAR */
    EXCLUDED
};

static void look_for_slips(struct finder *f, const struct query_node *node, enum place place)
{
    enum place below = place == ALONE && node->kind != QUERY_AND ? BELOW : place;
    below = node->kind == QUERY_NOT ? EXCLUDED : below;
    for (size_t i = 0; i < node->child_count; i++) {
        look_for_slips(f, node->children[i], below);
    }
    const bool alone = place == ALONE && node->field != QUERY_TITLE;
    const bool quote = node->kind == QUERY_TERM && node->field != QUERY_NAME && !alone;
    for (size_t i = 0; has_words(node) && i < node->token_count; i++) {
        look_at(f, &node->tokens[i], quote, place == EXCLUDED);
    }
}

enum trabao_status slips_find(const struct archive *archive, const struct query_tree *tree, struct slips *out,
                              struct trabao_error *err)
{
    struct finder f = {.archive = archive, .tree = tree, .out = out, .steps = JOINED_STEPS};
    out->count = 0;
    if (tree->root != NULL) {
        look_for_slips(&f, tree->root, ALONE);
    }
    return f.failed ? error_no_memory(err) : TRABAO_OK;
}

bool slips_mend(const struct query_tree *tree, const struct slips *slips, bool certain, struct buf *out)
{
    size_t done = 0;
    for (size_t i = 0; i < slips->count; i++) {
        const struct slip *slip = &slips->items[i];
        if (slip->certain || !certain) {
            buf_append(out, tree->text + done, slip->start - done);
            buf_append_str(out, slip->meant);
            done = slip->end;
        }
    }
    return buf_append(out, tree->text + done, tree->text_len - done);
}
