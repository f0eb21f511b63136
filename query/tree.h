/*
 * tree.h - a finished syntax tree written out: for people, in the query language, and for tests.
 */
#ifndef TRABAO_QUERY_TREE_H
#define TRABAO_QUERY_TREE_H

#include "base/buf.h"
#include "query/context.h"

#define QUERY_TREE_TEXT_MAX ((size_t)1024 * 1024) /* bytes of either form; a query of 4 KiB stays far below */

/*
 * Appends the tree of C as it was read: words and phrases as typed, everything else in one plain spelling. Reading the
 * result again gives the same tree. False when OUT is full.
 */
bool query_tree_write(const struct query_context *c, struct buf *out);

#endif
