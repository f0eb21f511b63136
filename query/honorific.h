/*
 * honorific.h - what stands before a name without being part of it: ông, đồng chí, Phó Chủ tịch, PGS.TS ...
 */
#ifndef TRABAO_QUERY_HONORIFIC_H
#define TRABAO_QUERY_HONORIFIC_H

#include "query/parse.h"

/* How many of the COUNT words TOKENS stand before the name; less than COUNT unless that is 0. Marks may be missing. */
size_t honorific_count(const struct query_token *tokens, size_t count);

#endif
