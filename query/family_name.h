/*
 * family_name.h - the family names of nearly all Vietnamese, by which a name typed in small letters is known.
 */
#ifndef TRABAO_QUERY_FAMILY_NAME_H
#define TRABAO_QUERY_FAMILY_NAME_H

#include "query/parse.h"

/* Family, middle and given names that a name has together, at most. */
#define FAMILY_NAME_WORDS 4

/* True when TOKEN, with or without marks, is one of them. */
bool family_name_is(const struct query_token *token);

#endif
