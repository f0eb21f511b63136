/*
 * slips.c - see slips.h.
 */
#include "query/slips.h"

#include <math.h>

#include "archive/wordcode.h"
#include "query/arena.h"
#include "query/capitals.h"
#include "query/joined.h"
#include "query/library.h"
#include "query/misspelt.h"
#include "text/syllable.h"

#define WORDS_MAX 64     /* of a query; further ones are no slips */
#define SUSPECTS_MAX 12  /* of these that are looked at */
#define MISSPELT_MAX 4   /* and whether they are misspelt: each takes a thousand look-ups */
#define COMMON_SHARE 50  /* a word that one of so many articles has is no slip */
#define OFTENER 20       /* what a word is offered as stands so many times as often as there are articles with it, */
#define BY_FAR 100       /* and what it is read as so many times, */
#define HARDLY 2         /* when no more articles than these have it: slips of their own */
#define WHOLE_LEAST 20   /* articles that have what two words are offered as */
#define READINGS 12      /* of each of the two that are looked at, the commonest */
#define MEANT_CEILING (JOINED_PARTS_MAX * (WORDCODE_CASED_MAX + 1) + 2) /* bytes of what one word is meant to be */

/* A word of the query, and what may be done with it. */
struct word {
    const struct query_token *token;
    bool open;     /* it may be a slip */
    bool quote;    /* several words in its place have to be a phrase */
    bool excluded; /* only what is certain is taken for a slip */
};

struct finder {
    const struct archive *archive;
    const struct query_tree *tree;
    struct slips *out;
    struct word words[WORDS_MAX]; /* in the order of the query */
    size_t count;
    uint32_t steps;    /* left for taking words apart */
    uint32_t suspects; /* words that were looked at, */
    uint32_t misspelt; /* and whether they are misspelt */
    bool failed;       /* memory ran out */
};

/* A word that may be a slip. */
struct suspect {
    const struct word *word;
    const struct query_token *token; /* of it */
    char folded[TEXT_FORM_MAX];
    size_t n;
    uint32_t articles; /* that have it */
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

static uint32_t term_of(const struct finder *f, const struct word *word)
{
    return library_term(&f->archive->lexicon, word->token->form, word->token->len);
}

static double count_pair(const struct finder *f, uint32_t a, uint32_t b)
{
    return a == LEXICON_NONE || b == LEXICON_NONE ? 0 : ngrams_pair(&f->archive->ngrams, a, b);
}

/* True when the words beside it stand rather beside SUSPECT than beside FIRST and LAST: Vietnam Airlines. */
static bool has_company(const struct finder *f, const struct suspect *suspect, uint32_t first, uint32_t last)
{
    const size_t i = (size_t)(suspect->word - f->words);
    const uint32_t before = i > 0 ? term_of(f, suspect->word - 1) : LEXICON_NONE;
    const uint32_t behind = i + 1 < f->count ? term_of(f, suspect->word + 1) : LEXICON_NONE;
    const uint32_t typed = term_of(f, suspect->word);
    return count_pair(f, before, typed) + count_pair(f, typed, behind) >
           count_pair(f, before, first) + count_pair(f, last, behind);
}

/* Of what is typed from START to END. */
static void add_slip(struct finder *f, uint32_t start, uint32_t end, const struct buf *meant, bool certain)
{
    char *copy = buf_failed(meant) ? NULL : query_arena_dup(f->tree->arena, meant->data, meant->len);
    f->failed = f->failed || copy == NULL;
    if (copy != NULL) {
        f->out->items[f->out->count++] = (struct slip){start, end, copy, certain};
    }
}

/* The parts of a word that begins with a capital all do. */
static void write_parts(struct finder *f, const struct suspect *suspect, const struct joined *joined, struct buf *out)
{
    const char *typed = f->tree->text + suspect->token->start;
    const bool proper = typed[0] >= 'A' && typed[0] <= 'Z';
    buf_append_str(out, suspect->word->quote ? "\"" : "");
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
    buf_append_str(out, suspect->word->quote ? "\"" : "");
}

static bool are_letters(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && (s[i] | 0x20) >= 'a' && (s[i] | 0x20) <= 'z') {
        i++;
    }
    return i == n;
}

/* True when what was typed can be cut where the folded word can: of a ligature or ß, which become two letters, no. */
static bool is_typed_by_letter(const struct finder *f, const struct suspect *suspect)
{
    const struct query_token *token = suspect->token;
    return !token->marked && token->end - token->start == suspect->n &&
           are_letters(f->tree->text + token->start, suspect->n);
}

static bool find_parts(struct finder *f, const struct suspect *suspect)
{
    const struct query_token *token = suspect->token;
    const double least = (double)OFTENER * suspect->articles;
    struct joined joined;
    if (!is_typed_by_letter(f, suspect) ||
        !joined_part(f->archive, suspect->folded, suspect->n, least, &f->steps, &joined)) {
        return false;
    }
    const bool certain = suspect->articles <= HARDLY && joined.expected >= (double)BY_FAR * suspect->articles;
    const uint32_t first = joined.parts[0].term, last = joined.parts[joined.count - 1].term;
    if (!certain && (suspect->word->excluded || has_company(f, suspect, first, last))) {
        return true;
    }
    struct buf meant;
    buf_init(&meant, MEANT_CEILING);
    write_parts(f, suspect, &joined, &meant);
    add_slip(f, token->start, token->end, &meant, certain);
    buf_free(&meant);
    return true;
}

static void find_spelling(struct finder *f, const struct suspect *suspect)
{
    if (f->misspelt == MISSPELT_MAX || suspect->word->excluded) {
        return;
    }
    f->misspelt++;
    const struct lexicon *lexicon = &f->archive->lexicon;
    const uint32_t term = misspelt_meant(lexicon, suspect->folded, suspect->n, suspect->articles);
    if (term == LEXICON_NONE || has_company(f, suspect, term, term)) {
        return;
    }
    const struct query_token *token = suspect->token;
    struct buf meant;
    buf_init(&meant, MEANT_CEILING);
    append_term(lexicon, term, f->tree->any_marked, f->tree->text + token->start, token->end - token->start, &meant);
    add_slip(f, token->start, token->end, &meant, false);
    buf_free(&meant);
}

/* ---- the words of the query ------------------------------------------------------------------------------------ */

static bool is_plain(const struct suspect *suspect)
{
    return are_letters(suspect->folded, suspect->n) && !syllable_is_folded_shape(suspect->folded, suspect->n);
}

static bool is_suspect(const struct finder *f, const struct suspect *suspect)
{
    return suspect->articles <= f->archive->count / COMMON_SHARE && is_plain(suspect) &&
           abbreviations_find(&f->archive->abbreviations, suspect->folded, suspect->n) == ABBREVIATIONS_NONE;
}

static void look_at(struct finder *f, const struct word *word)
{
    const struct query_token *token = word->token;
    struct suspect suspect = {.word = word, .token = token};
    suspect.n = text_fold(token->form, token->len, suspect.folded);
    suspect.articles = library_articles(&f->archive->lexicon, token->form, token->len);
    if (is_suspect(f, &suspect)) {
        f->suspects++;
        if (!find_parts(f, &suspect)) {
            find_spelling(f, &suspect);
        }
    }
}

/* How often the two words stand side by side, in the readings of them that most often do. */
static double count_side_by_side(const struct finder *f, const struct query_token *a, const struct query_token *b)
{
    const struct lexicon *lexicon = &f->archive->lexicon;
    uint32_t seconds[READINGS];
    size_t count = 0;
    double most = 0;
    char folded[TEXT_FORM_MAX];
    uint32_t t = lexicon_fold_first(lexicon, folded, text_fold(b->form, b->len, folded));
    for (; t != LEXICON_NONE && count < READINGS; t = lexicon_fold_next(lexicon, t)) {
        seconds[count++] = t;
    }
    t = lexicon_fold_first(lexicon, folded, text_fold(a->form, a->len, folded));
    for (size_t i = 0; t != LEXICON_NONE && i < READINGS; t = lexicon_fold_next(lexicon, t), i++) {
        for (size_t k = 0; k < count; k++) {
            most = fmax(most, ngrams_pair(&f->archive->ngrams, t, seconds[k]));
        }
    }
    return most;
}

/* True when nothing but a blank or two stands between the words. */
static bool are_beside(const struct finder *f, const struct query_token *a, const struct query_token *b)
{
    uint32_t i = a->end;
    while (i < b->start && f->tree->text[i] == ' ') {
        i++;
    }
    return i > a->end && i == b->start;
}

/* Offers WORD and the one behind it as one, bit coin as bitcoin, if they are that by far more often. */
static bool find_whole(struct finder *f, const struct word *word)
{
    const struct query_token *a = word[0].token, *b = word[1].token;
    if (!word[1].open || word->excluded || a->marked || b->marked || a->len + b->len > TEXT_FORM_MAX ||
        !are_beside(f, a, b)) {
        return false;
    }
    struct suspect whole = {.word = word, .token = a, .n = a->len + b->len};
    memcpy(whole.folded, a->form, a->len);
    memcpy(whole.folded + a->len, b->form, b->len);
    whole.articles = library_articles(&f->archive->lexicon, whole.folded, whole.n);
    if (whole.articles < WHOLE_LEAST || !is_plain(&whole) ||
        OFTENER * count_side_by_side(f, a, b) > whole.articles) {
        return false;
    }
    struct buf meant;
    buf_init(&meant, MEANT_CEILING);
    capitals_append(&meant, whole.folded, whole.n, f->tree->text + a->start, a->end - a->start);
    add_slip(f, a->start, b->end, &meant, false);
    buf_free(&meant);
    return true;
}

/* Adds a word, unless it is there: a quote with a date is several phrases of the same words. */
static void add_word(struct finder *f, struct word word)
{
    if (f->count < WORDS_MAX && (f->count == 0 || word.token->start >= f->words[f->count - 1].token->end)) {
        f->words[f->count++] = word;
    }
}

/* True when words of NODE are words of the text, as the lexicon knows them, and may stand for others. */
static bool is_open(const struct query_node *node)
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

static void gather_words(struct finder *f, const struct query_node *node, enum place place)
{
    enum place below = place == ALONE && node->kind != QUERY_AND ? BELOW : place;
    below = node->kind == QUERY_NOT ? EXCLUDED : below;
    for (size_t i = 0; i < node->child_count; i++) {
        gather_words(f, node->children[i], below);
    }
    const bool alone = place == ALONE && node->field != QUERY_TITLE;
    const bool quote = node->kind == QUERY_TERM && node->field != QUERY_NAME && !alone;
    for (size_t i = 0; i < node->token_count; i++) {
        add_word(f, (struct word){&node->tokens[i], is_open(node), quote, place == EXCLUDED});
    }
}

enum trabao_status slips_find(const struct archive *archive, const struct query_tree *tree, struct slips *out,
                              struct trabao_error *err)
{
    struct finder f = {.archive = archive, .tree = tree, .out = out, .steps = JOINED_STEPS};
    out->count = 0;
    if (tree->root != NULL) {
        gather_words(&f, tree->root, ALONE);
    }
    for (size_t i = 0; i < f.count && f.suspects < SUSPECTS_MAX && out->count < SLIPS_MAX; i++) {
        if (f.words[i].open && i + 1 < f.count && find_whole(&f, &f.words[i])) {
            i++;
        } else if (f.words[i].open) {
            look_at(&f, &f.words[i]);
        }
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
