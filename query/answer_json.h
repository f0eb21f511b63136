/*
 * answer_json.h - JSON for the command line, beside the objects that trabao.h declares.
 */
#ifndef TRABAO_ANSWER_JSON_H
#define TRABAO_ANSWER_JSON_H

#include "query/trabao.h"

/*
 * The objects of trabao_answer_json and of one of its hits, with the member "query_id" in front unless QUERY_ID is
 * NULL. Freed with mem_free; NULL when memory runs out.
 */
char *query_answer_json(const struct trabao_answer *answer, const char *query_id);
char *query_hit_json(const struct trabao_hit *hit, const char *query_id);

/*
 * An article with the keys of an input record (url title date author source category body and those of `extra`), and
 * `key`. As above otherwise.
 */
char *query_record_json(const struct trabao_article *article);

#endif
