/*
 * plan.c - binding a syntax tree to an archive (see plan.h).
 *
 * A word's variants come from the lexicon: all terms with its folded form hang on one chain. Which of them stand for
 * it, and at which tier, is decided by what was typed: a word with marks means those marks; an unmarked word beside
 * marked ones is first itself; a query without any marks means every reading, each weighed by how often it is meant.
 */
#include "query/plan.h"

#include <math.h>

#include "archive/schema.h"
#include "base/buf.h"
#include "base/mem.h"
#include "query/honorific.h"
#include "query/horn.h"
#include "query/match_fts.h"
#include "query/neighbours.h"
#include "query/phrase.h"
#include "text/syllable.h"

#define SPELLINGS_MAX 64
#define SPELLING_SHARE 0.3 /* weight of the words of a spelling that was not typed */
#define MATCH_CEILING ((size_t)256 << 10)

struct planner {
    struct archive_reader *r;
    const struct lexicon *lexicon;
    const struct query_tree *tree;
    const struct plan_limits *limits;
    struct text_analyzer *analyzer;
    struct plan *plan;
    enum trabao_tier loosest; /* at which words are bound now */
    unsigned alternatives;    /* OR and NOT nodes around the node that is bound now */
    double share;             /* of their weight that words get now */
    const struct query_node *spellings[SPELLINGS_MAX]; /* scored last */
    size_t spelling_count;
    size_t group_capacity;
    struct trabao_error *err;
    enum trabao_status status; /* sticky */
};

static void *new_piece(struct planner *p, size_t n, size_t size)
{
    void *piece = query_arena_alloc(p->plan->arena, n, size);
    if (!piece && p->status == TRABAO_OK) {
        p->status = error_no_memory(p->err);
    }
    return piece;
}

/* ---- words --------------------------------------------------------------------------------------------------- */

static double idf_of(const struct archive *a, uint32_t articles)
{
    return log(1 + ((double)a->count - articles + 0.5) / (articles + 0.5));
}

static bool same(const char *a, size_t n, const char *b, size_t m)
{
    return n == m && memcmp(a, b, n) == 0;
}

/* How a word may be read. */
enum reading {
    AS_TYPED,   /* by the tiers */
    LITERAL,    /* with the marks that it has */
    AS_WRITTEN, /* letter by letter */
    ANY_READING /* marks typed are meant, marks not typed are left open */
};

/* True when FORM is the word TOKEN, as it is or as it is meant. */
static bool is_token(const struct query_token *token, enum reading reading, const char *form, size_t len)
{
    return same(form, len, token->form, token->len) ||
           (reading != AS_WRITTEN && horn_missing(token->form, token->len, form, len));
}

/* The tightest tier at which TERM stands for TOKEN; false when none that is asked for. */
static bool tier_of(const struct planner *p, const struct query_token *token, enum reading reading, uint32_t term,
                    uint8_t *tier)
{
    const char *form = lexicon_form(p->lexicon, term);
    const size_t len = p->lexicon->terms[term].len;
    /* In a query without marks only a word that is excluded can have some: they are meant. */
    const bool exact = reading == LITERAL || reading == AS_WRITTEN ||
                       (token->marked && (reading == ANY_READING || !p->tree->any_marked));
    if (!exact && (!p->tree->any_marked || reading == ANY_READING)) {
        /* What may be read in any way loosens nothing, and a plan knows no tiers beyond those it was made for. */
        *tier = (uint8_t)p->plan->tightest;
        return p->loosest == TRABAO_FOLDED || reading == ANY_READING || is_token(token, reading, form, len);
    }
    if (is_token(token, reading, form, len)) {
        *tier = TRABAO_EXACT;
        return true;
    }
    if (exact || p->loosest == TRABAO_EXACT) {
        return false;
    }
    char ours[TEXT_FORM_MAX], typed[TEXT_FORM_MAX];
    *tier = same(ours, text_fold_tone(form, len, ours), typed, text_fold_tone(token->form, token->len, typed))
                ? TRABAO_TONE
                : TRABAO_FOLDED;
    return *tier <= (uint8_t)p->loosest;
}

static int by_tier_and_weight(const void *a, const void *b)
{
    const struct plan_variant *x = a, *y = b;
    if (x->tier != y->tier) {
        return x->tier < y->tier ? -1 : 1;
    }
    return x->weight != y->weight ? (x->weight > y->weight ? -1 : 1) : (x->term > y->term) - (x->term < y->term);
}

/* How much a term counts as a reading of TOKEN. */
static double share_of(const struct planner *p, const struct query_token *token, uint32_t term)
{
    const double probability = p->limits->readings ? readings_probability(p->limits->readings, token, term) : -1;
    return probability < 0 ? 1 : probability;
}

/* Weighs the variants, sorts them, and drops those beyond the ceiling. */
static void finish_group(struct planner *p, struct plan_group *group)
{
    const struct archive *archive = p->r->archive;
    for (size_t i = 0; i < group->count; i++) {
        struct plan_variant *v = &group->variants[i];
        const struct lexicon_term *term = &p->lexicon->terms[v->term];
        const double share = share_of(p, group->token, v->term);
        v->weight = (uint32_t)fmax(1, PLAN_WEIGHT_SCALE * p->share * share * idf_of(archive, term->articles));
        group->articles += term->articles;
    }
    qsort(group->variants, group->count, sizeof *group->variants, by_tier_and_weight);
    group->count = MIN(group->count, (size_t)PLAN_VARIANTS_MAX);
    for (size_t i = 0; i < group->count && p->status == TRABAO_OK; i++) {
        struct plan_variant *v = &group->variants[i];
        group->weight = MAX(group->weight, v->weight);
        p->status = impact_find(p->r->impacts, v->term, &v->postings, p->err);
    }
}

static size_t add_group(struct planner *p, const struct query_token *token, struct plan_variant *variants, size_t count)
{
    struct plan *plan = p->plan;
    if (plan->group_count == p->group_capacity) {
        const size_t bigger = MAX((size_t)16, p->group_capacity * 2);
        struct plan_group *groups = new_piece(p, bigger, sizeof *groups);
        size_t *scored = new_piece(p, bigger, sizeof *scored);
        bool *follows = new_piece(p, bigger, sizeof *follows);
        uint8_t *run = new_piece(p, bigger, sizeof *run);
        if (!groups || !scored || !follows || !run) {
            return 0;
        }
        if (plan->group_count) {
            memcpy(groups, plan->groups, plan->group_count * sizeof *groups);
            memcpy(scored, plan->scored, plan->scored_count * sizeof *scored);
            memcpy(follows, plan->follows, plan->scored_count * sizeof *follows);
            memcpy(run, plan->run, plan->scored_count * sizeof *run);
        }
        plan->groups = groups;
        plan->scored = scored;
        plan->follows = follows;
        plan->run = run;
        p->group_capacity = bigger;
    }
    struct plan_group *group = &plan->groups[plan->group_count];
    *group = (struct plan_group){.variants = variants, .count = count, .token = token};
    finish_group(p, group);
    return plan->group_count++;
}

/* The variants of a word, in chain order. */
static struct plan_variant *variants_of(struct planner *p, const struct query_token *token, enum reading reading,
                                        size_t *count)
{
    char folded[TEXT_FORM_MAX];
    const size_t n = text_fold(token->form, token->len, folded);
    size_t chain = 0;
    uint8_t tier;
    *count = 0;
    for (uint32_t t = lexicon_fold_first(p->lexicon, folded, n); t != LEXICON_NONE;
         t = lexicon_fold_next(p->lexicon, t)) {
        chain++;
    }
    struct plan_variant *variants = new_piece(p, chain + 1, sizeof *variants);
    if (!variants) {
        return NULL;
    }
    for (uint32_t t = lexicon_fold_first(p->lexicon, folded, n); t != LEXICON_NONE;
         t = lexicon_fold_next(p->lexicon, t)) {
        if (tier_of(p, token, reading, t, &tier)) {
            variants[(*count)++] = (struct plan_variant){.term = t, .tier = tier};
        } else if (reading == AS_TYPED) {
            p->plan->widens = true; /* all of the chain stands for the word when it is folded */
        }
    }
    return variants;
}

static int by_articles(const void *a, const void *b, void *context)
{
    const struct lexicon_term *terms = context;
    const uint32_t x = terms[((const struct plan_variant *)a)->term].articles;
    const uint32_t y = terms[((const struct plan_variant *)b)->term].articles;
    return x < y ? 1 : x > y ? -1 : 0;
}

/*
 * The beginnings that a typed prefix stands for. What is typed need not be how a word that begins so is written in its
 * canonical form: hòa and hoàn, quí and quyết. So a word may also begin with the prefix as it is spelled before a final
 * consonant, or be the prefix as a word of its own.
 */
struct beginnings {
    bool folded; /* compared without marks */
    char typed[TEXT_FORM_MAX], closed[TEXT_FORM_MAX], whole[TEXT_FORM_MAX];
    size_t typed_len, closed_len, whole_len;
};

static void find_beginnings(const struct query_token *token, struct beginnings *b)
{
    char word[TEXT_FORM_MAX + 1];
    *b = (struct beginnings){.folded = !token->marked, .typed_len = token->len};
    memcpy(b->typed, token->form, token->len);
    memcpy(word, token->form, token->len);
    word[token->len] = 'n';
    const size_t closed = syllable_canonical(word, token->len + 1U, b->closed);
    if (closed != SYLLABLE_FAILED && closed > 1 && b->closed[closed - 1] == 'n') {
        b->closed_len = closed - 1;
    }
    const size_t whole = syllable_canonical(word, token->len, b->whole);
    b->whole_len = whole == SYLLABLE_FAILED ? 0 : whole;
}

static bool begins(const char *form, size_t len, const char *beginning, size_t n)
{
    return n && len >= n && memcmp(form, beginning, n) == 0;
}

static bool has_beginning(const struct beginnings *b, const char *form, size_t len)
{
    char folded[TEXT_FORM_MAX];
    if (b->folded) {
        len = text_fold(form, len, folded);
        form = folded;
    }
    return begins(form, len, b->typed, b->typed_len) || begins(form, len, b->closed, b->closed_len) ||
           same(form, len, b->whole, b->whole_len);
}

/* The terms that begin like TOKEN: with its marks if it has any, else by their folded forms. */
static struct plan_variant *variants_of_prefix(struct planner *p, const struct query_token *token, size_t *count)
{
    struct plan_variant *found = NULL;
    struct beginnings beginnings;
    size_t capacity = 0;
    *count = 0;
    find_beginnings(token, &beginnings);
    for (uint32_t t = 0; t < p->lexicon->count; t++) {
        const struct lexicon_term *term = &p->lexicon->terms[t];
        if (term->articles && has_beginning(&beginnings, lexicon_form(p->lexicon, t), term->len)) {
            if (!mem_grow((void **)&found, &capacity, *count + 1, sizeof *found)) {
                p->status = error_no_memory(p->err);
                break;
            }
            found[(*count)++] = (struct plan_variant){
                .term = t, .tier = (uint8_t)(p->tree->any_marked ? TRABAO_EXACT : TRABAO_FOLDED)};
        }
    }
    /* The commonest ones: a prefix is typed for words that exist. */
    if (*count > PLAN_VARIANTS_MAX) {
        qsort_r(found, *count, sizeof *found, by_articles, p->lexicon->terms);
        *count = PLAN_VARIANTS_MAX;
    }
    struct plan_variant *variants = new_piece(p, *count + 1, sizeof *variants);
    if (variants && *count) {
        memcpy(variants, found, *count * sizeof *variants);
    }
    mem_free(found);
    return variants;
}

/* Lets GROUP add to the score. FOLLOWS: it stands right behind the word scored before it. RUN as in the plan. */
static void score_group(struct planner *p, size_t group, bool follows, size_t run)
{
    if (p->status == TRABAO_OK) {
        p->plan->run[p->plan->scored_count] = (uint8_t)MIN(run, (size_t)UINT8_MAX);
        p->plan->follows[p->plan->scored_count] = follows && p->plan->scored_count;
        p->plan->scored[p->plan->scored_count++] = group;
    }
}

/* ---- what FTS5 decides --------------------------------------------------------------------------------------- */

/* Where a field is looked for: as FTS5 writes it, and as bits by column. */
struct columns {
    const char *filter;
    uint32_t bits;
};

static struct columns columns_of(enum query_field field)
{
    switch (field) {
    case QUERY_TITLE:
        return (struct columns){"title", 1U << SCHEMA_TITLE};
    case QUERY_AUTHOR:
        return (struct columns){"author", 1U << SCHEMA_AUTHOR};
    case QUERY_SOURCE:
        return (struct columns){"source", 1U << SCHEMA_SOURCE};
    case QUERY_SECTION:
        return (struct columns){"section", 1U << SCHEMA_SECTION};
    default:
        return (struct columns){"{body title}", 1U << SCHEMA_BODY | 1U << SCHEMA_TITLE};
    }
}

static bool in_text(enum query_field field)
{
    return field == QUERY_ANY || field == QUERY_TITLE || field == QUERY_NAME;
}

static bool any_marked(const struct query_node *node)
{
    for (size_t i = 0; i < node->token_count; i++) {
        if (node->tokens[i].marked) {
            return true;
        }
    }
    return false;
}

/* A phrase in quotes that has marks means them, and no others; names and fields are asked for with or without. */
static enum reading reading_of(const struct planner *p, const struct query_node *node, const struct query_token *token)
{
    if (node->exact) {
        return AS_WRITTEN;
    }
    if (node->quoted && p->tree->any_marked && (token->marked || any_marked(node))) {
        return LITERAL;
    }
    return in_text(node->field) && node->field != QUERY_NAME ? AS_TYPED : ANY_READING;
}

/* The variants of a word of NODE, or of the prefix that NODE is. */
static struct plan_variant *variants_in(struct planner *p, const struct query_node *node,
                                        const struct query_token *token, size_t *count)
{
    return node->kind == QUERY_PREFIX ? variants_of_prefix(p, token, count)
                                      : variants_of(p, token, reading_of(p, node, token), count);
}

/*
 * Tokens as one FTS5 string, alternatives joined by |; a leading | says that all is to be taken as it stands. What a
 * prefix stands for is known of the words of texts; in other fields FTS5 looks for it.
 */
static bool write_phrase(struct planner *p, const struct query_node *node, struct buf *out)
{
    const bool unknown_prefix = node->kind == QUERY_PREFIX && !in_text(node->field);
    buf_append_str(out, "\"|");
    for (size_t i = 0; i < node->token_count && p->status == TRABAO_OK; i++) {
        size_t count = 0;
        const struct query_token *token = &node->tokens[i];
        const struct plan_variant *variants = unknown_prefix ? NULL : variants_in(p, node, token, &count);
        buf_append_str(out, i ? " " : "");
        if (p->status == TRABAO_OK && count == 0) {
            buf_append(out, token->form, token->len);
        }
        for (size_t v = 0; p->status == TRABAO_OK && v < MIN(count, (size_t)PLAN_VARIANTS_MAX); v++) {
            buf_append_str(out, v ? "|" : "");
            buf_append(out, lexicon_form(p->lexicon, variants[v].term), p->lexicon->terms[variants[v].term].len);
        }
    }
    return buf_append_str(out, unknown_prefix ? "\" *" : "\"");
}

static bool write_match(struct planner *p, const struct query_node *node, struct buf *out)
{
    buf_printf(out, "%s : ", columns_of(node->field).filter);
    if (node->kind != QUERY_NEAR) {
        return write_phrase(p, node, out);
    }
    buf_append_str(out, "NEAR(");
    for (size_t i = 0; i < node->child_count; i++) {
        write_phrase(p, node->children[i], out);
        buf_append_char(out, ' ');
    }
    return buf_printf(out, ", %u)", node->distance);
}

static struct plan_node *new_node(struct planner *p, enum plan_kind kind)
{
    struct plan_node *node = new_piece(p, 1, sizeof *node);
    if (node) {
        node->kind = kind;
    }
    return node;
}

/* The terms of VARIANTS as what a word of a phrase may be; false when memory runs out. */
static bool make_word(struct query_arena *arena, const struct plan_variant *variants, size_t count,
                      struct phrase_word *word)
{
    uint32_t *terms = query_arena_alloc(arena, count + 1, sizeof *terms);
    *word = (struct phrase_word){.terms = terms, .count = count};
    for (size_t v = 0; terms && v < count; v++) {
        terms[v] = variants[v].term;
    }
    return terms != NULL;
}

/* Dates stand beside the words that spell them, and are not stored. */
static bool is_stored(const struct query_token *token)
{
    return !memchr(token->form, '/', token->len);
}

/* The articles that have a phrase, or a word in a single field. */
static void find_phrase(struct planner *p, const struct query_node *node, struct plan_node *out)
{
    struct phrase_word *words = new_piece(p, node->token_count + 1, sizeof *words);
    struct phrase phrase = {.words = words,
                            .count = node->token_count,
                            .columns = columns_of(node->field).bits,
                            .first = p->plan->first,
                            .end = p->plan->end,
                            .stored = true};
    for (size_t i = 0; p->status == TRABAO_OK && i < node->token_count; i++) {
        size_t count;
        const struct query_token *token = &node->tokens[i];
        const struct plan_variant *variants = variants_of(p, token, reading_of(p, node, token), &count);
        phrase.stored = phrase.stored && is_stored(token);
        if (variants && !make_word(p->plan->arena, variants, count, &words[i])) {
            p->status = error_no_memory(p->err);
        }
    }
    if (p->status == TRABAO_OK) {
        out->kind = PLAN_SET;
        p->status = phrase_find(p->r, &phrase, p->plan->arena, &out->set, &out->set_count, p->err);
    }
}

/* A phrase whose articles need not be known in advance: all of its words are scored, from FIRST_WORD on. */
static struct plan_node *phrase_node(struct planner *p, const struct query_node *node, size_t first_word)
{
    struct plan_node *out = new_node(p, PLAN_PHRASE);
    struct plan_node **phrases = new_piece(p, p->plan->phrase_count + 1, sizeof(struct plan_node *));
    if (!out || !phrases) {
        return NULL;
    }
    out->first_word = first_word;
    out->words = p->plan->scored_count - first_word;
    out->columns = columns_of(node->field).bits;
    if (p->plan->phrase_count) {
        memcpy(phrases, p->plan->phrases, p->plan->phrase_count * sizeof(struct plan_node *));
    }
    phrases[p->plan->phrase_count++] = out;
    p->plan->phrases = phrases;
    return out;
}

/* True for a phrase that every match must have, at one tier, and that can be looked for in what is stored. */
static bool may_wait(const struct planner *p, const struct query_node *node)
{
    const struct plan *plan = p->plan;
    bool waits = node->kind == QUERY_PHRASE && p->alternatives == 0 && !p->limits->relax &&
                 plan->tightest == plan->loosest && plan->scored_count + node->token_count <= PLAN_WAITING_WORDS;
    for (size_t i = 0; i < node->token_count; i++) {
        waits = waits && is_stored(&node->tokens[i]);
    }
    return waits;
}

static struct plan_node *set_node(struct planner *p, const struct query_node *node)
{
    struct plan_node *out = new_node(p, PLAN_SET);
    if (out && (node->kind == QUERY_PHRASE || node->kind == QUERY_TERM)) {
        find_phrase(p, node, out);
        return out;
    }
    struct buf match;
    buf_init(&match, MATCH_CEILING);
    if (out && !write_match(p, node, &match) && p->status == TRABAO_OK) {
        p->status = match.full ? error_set(p->err, TRABAO_USAGE, "a phrase of the query has too many readings")
                               : error_no_memory(p->err);
    }
    if (out && p->status == TRABAO_OK) {
        p->status = match_fts(p->r, buf_str(&match), p->plan->arena, &out->set, &out->set_count, p->err);
    }
    buf_free(&match);
    return out;
}

/* Adds to OUT the words of NODE that stand for one of the query at the loosest tier bound now and at no tighter one. */
static void add_loose_words(struct planner *p, const struct query_node *node, struct plan_node *out)
{
    for (size_t i = 0; i < node->child_count; i++) {
        add_loose_words(p, node->children[i], out);
    }
    for (size_t i = 0; i < node->token_count && p->status == TRABAO_OK; i++) {
        const struct query_token *token = &node->tokens[i];
        size_t count, kept = 0;
        struct plan_variant *variants = variants_in(p, node, token, &count);
        for (size_t v = 0; variants && v < count; v++) {
            if (variants[v].tier == (uint8_t)p->loosest) {
                variants[kept++] = variants[v];
            }
        }
        struct plan_node *word = kept ? new_node(p, PLAN_GROUP) : NULL;
        if (word) {
            word->group = add_group(p, token, variants, kept);
            out->children[out->child_count++] = word;
        }
    }
}

static size_t count_tokens(const struct query_node *node)
{
    size_t count = node->token_count;
    for (size_t i = 0; i < node->child_count; i++) {
        count += count_tokens(node->children[i]);
    }
    return count;
}

/* NODE at the loosest tier bound now, for articles that have a word of that tier; NULL when no article has one. */
static struct plan_node *loose_set(struct planner *p, const struct query_node *node)
{
    struct plan_node *both = new_node(p, PLAN_AND);
    struct plan_node *words = new_node(p, PLAN_OR);
    if (!both || !words || !(both->children = new_piece(p, 2, sizeof(struct plan_node *))) ||
        !(words->children = new_piece(p, count_tokens(node) + 1, sizeof(struct plan_node *)))) {
        return NULL;
    }
    add_loose_words(p, node, words);
    if (words->child_count == 0 || p->status != TRABAO_OK) {
        return NULL;
    }
    both->children[both->child_count++] = set_node(p, node);
    both->children[both->child_count++] = words;
    return both;
}

/*
 * NODE at every tier: FTS5 says which articles match at a tier and tighter ones, and one that matches at no tighter one
 * has a word of that very tier.
 */
static struct plan_node *tiered_set(struct planner *p, const struct query_node *node)
{
    const enum trabao_tier asked = p->loosest;
    struct plan_node *any = new_node(p, PLAN_OR);
    if (!any || !(any->children = new_piece(p, TRABAO_FOLDED + 1, sizeof(struct plan_node *)))) {
        return NULL;
    }
    p->loosest = MIN(p->plan->tightest, asked);
    any->children[any->child_count++] = set_node(p, node);
    while (p->loosest < asked && p->status == TRABAO_OK) {
        p->loosest++;
        struct plan_node *loose = loose_set(p, node);
        if (loose) {
            any->children[any->child_count++] = loose;
        }
    }
    p->loosest = asked;
    return any->child_count == 1 ? any->children[0] : any;
}

/* ---- the tree ------------------------------------------------------------------------------------------------ */

/* Words inside a set count for the score like any others. */
static void score_tokens(struct planner *p, const struct query_node *node, bool follows)
{
    for (size_t i = 0; i < node->token_count && p->status == TRABAO_OK; i++) {
        size_t count;
        struct plan_variant *variants = variants_in(p, node, &node->tokens[i], &count);
        if (variants) {
            score_group(p, add_group(p, &node->tokens[i], variants, count), i > 0 || follows,
                        i == 0 ? node->token_count : 0);
        }
    }
}

static struct plan_node *bind(struct planner *p, const struct query_node *node, bool positive, bool follows);

/* True for what is read as words of the query that stand where they were typed. */
static bool is_word(const struct query_node *node)
{
    return node->kind == QUERY_TERM || node->kind == QUERY_PHRASE || node->spellings;
}

/* Remembers a spelling that was not typed: its words are scored behind all others, which so stay neighbours. */
static void score_later(struct planner *p, const struct query_node *node)
{
    if (p->spelling_count < ARRAY_LEN(p->spellings)) {
        p->spellings[p->spelling_count++] = node;
    }
}

static void score_spellings(struct planner *p)
{
    p->share = SPELLING_SHARE;
    for (size_t i = 0; i < p->spelling_count; i++) {
        score_tokens(p, p->spellings[i], false);
    }
    p->share = 1;
}

static struct plan_node *bind_children(struct planner *p, const struct query_node *node, bool positive, bool follows)
{
    struct plan_node *out = new_node(p, node->kind == QUERY_AND  ? PLAN_AND
                                        : node->kind == QUERY_OR ? PLAN_OR
                                                                 : PLAN_NOT);
    struct plan_node **children = new_piece(p, node->child_count + 1, sizeof(struct plan_node *));
    if (!out || !children) {
        return NULL;
    }
    out->children = children;
    p->alternatives += node->kind != QUERY_AND;
    for (size_t i = 0; i < node->child_count && p->status == TRABAO_OK; i++) {
        const struct query_node *child = node->children[i];
        const bool other = node->spellings && i > 0;
        const bool after_word =
            node->kind == QUERY_AND ? i > 0 && is_word(node->children[i - 1]) : node->spellings && i == 0 && follows;
        children[out->child_count++] = bind(p, child, positive && node->kind != QUERY_NOT && !other, after_word);
        if (positive && other) {
            score_later(p, child);
        }
    }
    p->alternatives -= node->kind != QUERY_AND;
    return out;
}

static struct plan_node *bind_word(struct planner *p, const struct query_node *node, bool positive, bool follows)
{
    size_t count;
    struct plan_node *out = new_node(p, PLAN_GROUP);
    struct plan_variant *variants = variants_in(p, node, node->tokens, &count);
    if (out && variants) {
        out->group = add_group(p, node->tokens, variants, count);
        if (positive) {
            score_group(p, out->group, follows, 1);
        }
    }
    return out;
}

static struct plan_node *bind(struct planner *p, const struct query_node *node, bool positive, bool follows)
{
    switch (node->kind) {
    case QUERY_AND:
    case QUERY_OR:
    case QUERY_NOT:
        return bind_children(p, node, positive, follows);
    case QUERY_TERM:
    case QUERY_PREFIX:
        if (node->field == QUERY_ANY || node->field == QUERY_NAME) {
            return bind_word(p, node, positive, follows);
        }
        break;
    case QUERY_PHRASE:
        if (node->token_count == 1 && (node->field == QUERY_ANY || node->field == QUERY_NAME)) {
            struct query_node *word = new_piece(p, 1, sizeof *word);
            if (!word) {
                return NULL;
            }
            *word = *node;
            word->kind = QUERY_TERM;
            word->exact = node->exact || (node->quoted && node->tokens[0].marked);
            return bind_word(p, word, positive, follows);
        }
        break;
    case QUERY_NEAR:
        break;
    }
    if (!positive || !in_text(node->field)) {
        return tiered_set(p, node);
    }
    const size_t first_word = p->plan->scored_count;
    const bool waits = may_wait(p, node);
    for (size_t i = 0; i < node->child_count; i++) {
        score_tokens(p, node->children[i], false);
    }
    score_tokens(p, node, follows);
    return waits ? phrase_node(p, node, first_word) : tiered_set(p, node);
}

/* ---- limits -------------------------------------------------------------------------------------------------- */

/* AUTHOR, SOURCE ... of the request, as the phrase that such a value is in its field. */
static void limit_field(struct planner *p, struct plan_node *root, enum query_field field, const char *value)
{
    if (!value || !*value || p->status != TRABAO_OK) {
        return;
    }
    struct text_tokens tokens = {0};
    p->status = text_tokenize(p->analyzer, value, strlen(value), &tokens, p->err);
    struct query_token *phrase = new_piece(p, tokens.count + 1, sizeof *phrase);
    struct query_node *node = new_piece(p, 1, sizeof *node);
    if (p->status == TRABAO_OK) {
        *node = (struct query_node){.kind = QUERY_PHRASE, .field = field, .tokens = phrase};
        for (size_t i = 0; i < tokens.count; i++) {
            const struct text_token *token = &tokens.items[i];
            if (!token->colocated) {
                struct query_token *out = &phrase[node->token_count++];
                out->len = token->form_len;
                memcpy(out->form, text_form(&tokens, i), token->form_len);
                out->marked = text_has_marks(out->form, out->len);
            }
        }
        if (field == QUERY_NAME) {
            const size_t before = honorific_count(phrase, node->token_count);
            node->tokens += before;
            node->token_count -= before;
        }
        if (node->token_count) {
            root->children[root->child_count++] = set_node(p, node);
        }
    }
    text_tokens_free(&tokens);
}

static void limit_dates(struct planner *p)
{
    const struct query_dates *dates = &p->limits->dates;
    const struct archive *a = p->r->archive;
    struct plan *plan = p->plan;
    plan->end = a->count;
    if (!dates->limited) {
        return;
    }
    const int64_t from = MAX(dates->from, ARTICLE_UNDATED_END / ARTICLE_SLOTS);
    plan->first = archive_lower_bound(a, from * ARTICLE_SLOTS);
    if (dates->to < INT64_MAX / ARTICLE_SLOTS) {
        plan->end = archive_lower_bound(a, dates->to * ARTICLE_SLOTS);
    }
    plan->end = MAX(plan->end, plan->first);
    /* An article known only as 2020-07 stands at the first of July, but is not "of the first of July". */
    size_t vague = 0;
    for (int pass = 0; pass < 2 && p->status == TRABAO_OK; pass++) {
        for (uint32_t i = plan->first; i < plan->end; i++) {
            const struct civil date = {a->ids[i] / ARTICLE_SLOTS, a->precisions[i]};
            if (date.precision < CIVIL_DAY && civil_end(date) > dates->to) {
                if (pass) {
                    plan->excluded[plan->excluded_count++] = i;
                } else {
                    vague++;
                }
            }
        }
        if (vague == 0) {
            break;
        }
        if (pass == 0) {
            plan->excluded = new_piece(p, vague, sizeof *plan->excluded);
        }
    }
}

/* Half of the words of ROOT become enough; what it excludes stays excluded. */
static void relax(struct planner *p, struct plan_node *root)
{
    struct plan_node *some = new_node(p, PLAN_AT_LEAST);
    if (!some || root->kind != PLAN_AND ||
        !(some->children = new_piece(p, root->child_count + 1, sizeof(struct plan_node *)))) {
        return;
    }
    size_t kept = 0;
    for (size_t i = 0; i < root->child_count; i++) {
        if (root->children[i]->kind == PLAN_NOT) {
            root->children[kept++] = root->children[i];
        } else {
            some->children[some->child_count++] = root->children[i];
        }
    }
    some->least = (some->child_count + 1) / 2;
    p->plan->relaxed = some;
    root->children[kept++] = some; /* an AND has room for one child more than it was bound with */
    root->child_count = kept;
}

static struct plan_node *bind_root(struct planner *p)
{
    struct plan_node *root = new_node(p, PLAN_AND);
    if (!root || !(root->children = new_piece(p, 8, sizeof(struct plan_node *)))) {
        return NULL;
    }
    if (p->tree->root) {
        struct plan_node *words = bind(p, p->tree->root, true, false);
        if (words) {
            if (p->limits->relax && p->status == TRABAO_OK) {
                relax(p, words);
            }
            root->children[root->child_count++] = words;
            p->plan->typed_count = p->plan->scored_count;
            score_spellings(p);
        }
    }
    limit_field(p, root, QUERY_AUTHOR, p->limits->author);
    limit_field(p, root, QUERY_SOURCE, p->limits->source);
    limit_field(p, root, QUERY_SECTION, p->limits->section);
    limit_field(p, root, QUERY_NAME, p->limits->name);
    if (root->child_count == 0) {
        return NULL;
    }
    return root->child_count == 1 ? root->children[0] : root;
}

enum trabao_status plan_make(struct archive_reader *r, struct text_analyzer *analyzer, const struct query_tree *tree,
                             const struct plan_limits *limits, struct plan **out, struct trabao_error *err)
{
    struct query_arena *arena = query_arena_new();
    struct plan *plan = arena ? query_arena_alloc(arena, 1, sizeof *plan) : NULL;
    *out = NULL;
    if (!plan) {
        query_arena_free(arena);
        return error_no_memory(err);
    }
    plan->arena = arena;
    plan->tightest = tree->any_marked ? TRABAO_EXACT : TRABAO_FOLDED;
    plan->loosest = MAX(limits->loosest, plan->tightest);
    struct planner p = {.r = r,
                        .lexicon = &r->archive->lexicon,
                        .tree = tree,
                        .limits = limits,
                        .loosest = limits->loosest,
                        .share = 1,
                        .analyzer = analyzer,
                        .plan = plan,
                        .err = err};
    limit_dates(&p);
    plan->root = bind_root(&p);
    if (p.status != TRABAO_OK) {
        plan_free(plan);
        return p.status;
    }
    *out = plan;
    return TRABAO_OK;
}

static enum trabao_status settle_phrase(struct archive_reader *r, const struct plan *plan, struct plan_node *node,
                                        struct trabao_error *err)
{
    struct phrase_word *words = query_arena_alloc(plan->arena, node->words + 1, sizeof *words);
    for (size_t i = 0; i < node->words; i++) {
        const struct plan_group *group = &plan->groups[plan->scored[node->first_word + i]];
        if (!words || !make_word(plan->arena, group->variants, group->count, &words[i])) {
            return error_no_memory(err);
        }
        words[i].may = i ? plan->neighbours[node->first_word + i].may : NULL;
    }
    const struct phrase phrase = {.words = words,
                                  .count = node->words,
                                  .columns = node->columns,
                                  .first = plan->first,
                                  .end = plan->end,
                                  .stored = true};
    node->kind = PLAN_SET;
    return phrase_find(r, &phrase, plan->arena, &node->set, &node->set_count, err);
}

enum trabao_status plan_settle(struct archive_reader *r, struct plan *plan, struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    for (size_t i = 0; status == TRABAO_OK && i < plan->phrase_count; i++) {
        status = settle_phrase(r, plan, plan->phrases[i], err);
    }
    plan->phrase_count = 0;
    return status;
}

void plan_free(struct plan *plan)
{
    if (plan) {
        query_arena_free(plan->arena);
    }
}
