/*
 * tree.h - a finished syntax tree written out: for people, in the query language, and for tests.
 */
#ifndef TRABAO_QUERY_TREE_H
#define TRABAO_QUERY_TREE_H

#include "query/context.h"

/*
 * Writes the tree of C as it was read, into its `understood`: words and phrases as typed, everything else in one plain
 * spelling. Reading that again gives the same tree.
 */
void query_tree_understand(struct query_context *c);

#endif
