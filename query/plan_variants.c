/*
 * plan_variants.c - the terms that stand for a word of the query (stand.h) as its variants, not yet weighed.
 */
#include "query/plan_inside.h"
#include "query/stand.h"

/* In the order of the chain. */
static struct plan_variant *variants_of_word(struct planner *p, const struct query_token *token, enum stand stand,
                                             size_t *count)
{
    const struct stand_rule rule = {p->lexicon, p->tree->any_marked, p->loosest};
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
        if (stand_tier(&rule, token, stand, t, &tier)) {
            variants[(*count)++] = (struct plan_variant){.term = t, .tier = MAX(tier, (uint8_t)p->plan->tightest)};
        } else if (stand == STAND_AS_TYPED) {
            p->plan->widens = true; /* all of the chain stands for the word when it is folded */
        }
    }
    return variants;
}

bool plan_in_text(enum query_field field)
{
    return field == QUERY_ANY || field == QUERY_TITLE || field == QUERY_NAME;
}

struct plan_variant *plan_variants(struct planner *p, const struct query_node *node, const struct query_token *token,
                                   size_t *count)
{
    return node->kind == QUERY_PREFIX ? plan_prefix_variants(p, token, count)
                                      : variants_of_word(p, token, stand_of(node, p->tree->any_marked), count);
}
