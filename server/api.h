/*
 * api.h - the JSON interface under /api/v1/, and errors as problem documents.
 */
#ifndef TRABAO_SERVER_API_H
#define TRABAO_SERVER_API_H

#include "server/site.h"

void api_search(struct visit *visit);
void api_article(struct visit *visit);        /* /api/v1/articles/{id} */
void api_article_by_key(struct visit *visit); /* /api/v1/articles?key= */
void api_analyze(struct visit *visit);
void api_stats(struct visit *visit);

/* Appends the problem document (RFC 9457) of STATUS; INSTANCE is the request target as sent, of any bytes. */
void api_problem(unsigned status, const char *detail, const char *instance, struct buf *out);

#endif
