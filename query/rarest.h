/*
 * rarest.h - the ceiling of a query's words: of too many, the rarest are kept.
 */
#ifndef TRABAO_QUERY_RAREST_H
#define TRABAO_QUERY_RAREST_H

#include "archive/lexicon.h"
#include "query/context.h"

#define QUERY_WORDS_KEPT 64

/*
 * Takes words out of TREE until no more than QUERY_WORDS_KEPT are left, those that most articles have first, and says
 * so in a warning and in what was understood. A phrase goes or stays as a whole; what is excluded stays excluded.
 * STRICT: TRABAO_USAGE instead. Otherwise TRABAO_NO_MEMORY at worst.
 */
enum trabao_status query_keep_rarest(struct query_tree *tree, const struct lexicon *lexicon, bool strict,
                                     struct trabao_error *err);

#endif
