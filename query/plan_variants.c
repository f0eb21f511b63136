/*
 * plan_variants.c - which terms of the lexicon stand for a word of the query.
 *
 * All terms with the word's folded form hang on one chain. Which of them stand for it, and at which tier, is decided by
 * what was typed: a word with marks means those marks; an unmarked word beside marked ones is first itself; a query
 * without any marks means every reading.
 */
#include "query/horn.h"
#include "query/plan_inside.h"

/* How a word may be read. */
enum reading {
    AS_TYPED,   /* by the tiers */
    LITERAL,    /* with the marks that it has */
    AS_WRITTEN, /* letter by letter */
    ANY_READING /* marks typed are meant, marks not typed are left open */
};

/* True when TERM is the word TOKEN, as it is or as it is meant. */
static bool is_token(const struct planner *p, const struct query_token *token, enum reading reading, uint32_t term)
{
    return lexicon_is(p->lexicon, term, token->form, token->len) ||
           (reading != AS_WRITTEN &&
            horn_missing(token->form, token->len, lexicon_form(p->lexicon, term), p->lexicon->terms[term].len));
}

static bool is_same_without_tone(const struct planner *p, const struct query_token *token, uint32_t term)
{
    char ours[TEXT_FORM_MAX], typed[TEXT_FORM_MAX];
    const size_t n = text_fold_tone(lexicon_form(p->lexicon, term), p->lexicon->terms[term].len, ours);
    return text_fold_tone(token->form, token->len, typed) == n && memcmp(ours, typed, n) == 0;
}

/* The tightest tier at which TERM stands for TOKEN; false when none that is asked for. */
static bool tier_of(const struct planner *p, const struct query_token *token, enum reading reading, uint32_t term,
                    uint8_t *tier)
{
    /* In a query without marks only a word that is excluded can have some: they are meant. */
    const bool exact = reading == LITERAL || reading == AS_WRITTEN ||
                       (token->marked && (reading == ANY_READING || !p->tree->any_marked));
    if (!exact && (!p->tree->any_marked || reading == ANY_READING)) {
        /* What may be read in any way loosens nothing, and a plan knows no tiers beyond those it was made for. */
        *tier = (uint8_t)p->plan->tightest;
        return p->loosest == TRABAO_FOLDED || reading == ANY_READING || is_token(p, token, reading, term);
    }
    if (is_token(p, token, reading, term)) {
        *tier = TRABAO_EXACT;
        return true;
    }
    if (exact || p->loosest == TRABAO_EXACT) {
        return false;
    }
    *tier = is_same_without_tone(p, token, term) ? TRABAO_TONE : TRABAO_FOLDED;
    return *tier <= (uint8_t)p->loosest;
}

/* In the order of the chain. */
static struct plan_variant *variants_of_word(struct planner *p, const struct query_token *token, enum reading reading,
                                             size_t *count)
{
    char folded[TEXT_FORM_MAX];
    const uint32_t first = lexicon_fold_first(p->lexicon, folded, text_fold(token->form, token->len, folded));
    size_t chain = 0;
    uint8_t tier;
    *count = 0;
    for (uint32_t t = first; t != LEXICON_NONE; t = lexicon_fold_next(p->lexicon, t)) {
        chain++;
    }
    struct plan_variant *variants = plan_piece(p, chain + 1, sizeof *variants);
    if (!variants) {
        return NULL;
    }
    for (uint32_t t = first; t != LEXICON_NONE; t = lexicon_fold_next(p->lexicon, t)) {
        if (tier_of(p, token, reading, t, &tier)) {
            variants[(*count)++] = (struct plan_variant){.term = t, .tier = tier};
        } else if (reading == AS_TYPED) {
            p->plan->widens = true; /* all of the chain stands for the word when it is folded */
        }
    }
    return variants;
}

bool plan_in_text(enum query_field field)
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
static enum reading reading_of(const struct planner *p, const struct query_node *node)
{
    if (node->exact) {
        return AS_WRITTEN;
    }
    if (node->quoted && p->tree->any_marked && any_marked(node)) {
        return LITERAL;
    }
    return node->field == QUERY_ANY || node->field == QUERY_TITLE ? AS_TYPED : ANY_READING;
}

struct plan_variant *plan_variants(struct planner *p, const struct query_node *node, const struct query_token *token,
                                   size_t *count)
{
    return node->kind == QUERY_PREFIX ? plan_prefix_variants(p, token, count)
                                      : variants_of_word(p, token, reading_of(p, node), count);
}
