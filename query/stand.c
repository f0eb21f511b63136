/*
 * stand.c - see stand.h.
 */
#include "query/stand.h"

#include "query/horn.h"
#include "text/text.h"

static bool has_marks(const struct query_node *node)
{
    for (size_t i = 0; i < node->token_count; i++) {
        if (node->tokens[i].marked) {
            return true;
        }
    }
    return false;
}

/* A phrase in quotes that has marks means them, and no others; names and fields are asked for with or without. */
enum stand stand_of(const struct query_node *node, bool any_marked)
{
    if (node->exact) {
        return STAND_AS_WRITTEN;
    }
    if (node->quoted && any_marked && has_marks(node)) {
        return STAND_LITERAL;
    }
    return node->field == QUERY_ANY || node->field == QUERY_TITLE ? STAND_AS_TYPED : STAND_ANY;
}

/* True when TERM is the word TOKEN, as it is or as it is meant. */
static bool is_token(const struct lexicon *lexicon, const struct query_token *token, enum stand stand, uint32_t term)
{
    return lexicon_is(lexicon, term, token->form, token->len) ||
           (stand != STAND_AS_WRITTEN &&
            horn_missing(token->form, token->len, lexicon_form(lexicon, term), lexicon->terms[term].len));
}

static bool is_same_without_tone(const struct lexicon *lexicon, const struct query_token *token, uint32_t term)
{
    char ours[TEXT_FORM_MAX], typed[TEXT_FORM_MAX];
    const size_t n = text_fold_tone(lexicon_form(lexicon, term), lexicon->terms[term].len, ours);
    return text_fold_tone(token->form, token->len, typed) == n && memcmp(ours, typed, n) == 0;
}

bool stand_tier(const struct stand_rule *rule, const struct query_token *token, enum stand stand, uint32_t term,
                uint8_t *tier)
{
    /* In a query without marks only a word that is excluded can have some: they are meant. */
    const bool exact = stand == STAND_LITERAL || stand == STAND_AS_WRITTEN ||
                       (token->marked && (stand == STAND_ANY || !rule->any_marked));
    if (!exact && (!rule->any_marked || stand == STAND_ANY)) {
        /* What may be read in any way loosens nothing, and a query without marks has no tier but the loosest. */
        *tier = rule->any_marked ? TRABAO_EXACT : TRABAO_FOLDED;
        return true;
    }
    if (is_token(rule->lexicon, token, stand, term)) {
        *tier = TRABAO_EXACT;
        return true;
    }
    if (exact || rule->loosest == TRABAO_EXACT) {
        return false;
    }
    *tier = is_same_without_tone(rule->lexicon, token, term) ? TRABAO_TONE : TRABAO_FOLDED;
    return *tier <= (uint8_t)rule->loosest;
}
