/*
 * stand.h - which terms of the lexicon stand for a word of the query, and at which tier.
 *
 * All terms with the word's folded form hang on one chain. Which of them stand for it is decided by what was typed: a
 * word with marks means those marks; an unmarked word beside marked ones is first itself; a query without any marks
 * means every reading.
 */
#ifndef TRABAO_QUERY_STAND_H
#define TRABAO_QUERY_STAND_H

#include "archive/lexicon.h"
#include "query/parse.h"
#include "query/trabao.h"

/* How a word may be read. */
enum stand {
    STAND_AS_TYPED,   /* by the tiers */
    STAND_LITERAL,    /* with the marks that it has */
    STAND_AS_WRITTEN, /* letter by letter */
    STAND_ANY         /* marks typed are meant, marks not typed are left open */
};

/* How the words of NODE, of a tree of which some word has marks or not, may be read. */
enum stand stand_of(const struct query_node *node, bool any_marked);

struct stand_rule {
    const struct lexicon *lexicon;
    bool any_marked;          /* some word of the query has marks */
    enum trabao_tier loosest; /* that is asked for */
};

/* The tightest tier at which TERM, of the chain of TOKEN, stands for it; false when none that is asked for. */
bool stand_tier(const struct stand_rule *rule, const struct query_token *token, enum stand stand, uint32_t term,
                uint8_t *tier);

#endif
