/*
 * search_args.h - the arguments of a search, as /search and /api/v1/search share them.
 */
#ifndef TRABAO_SERVER_SEARCH_ARGS_H
#define TRABAO_SERVER_SEARCH_ARGS_H

#include "query/trabao.h"
#include "server/url.h"

/*
 * Fills in OUT from q, from, to, sort, tier, author, source, section, name, limit, cursor, total, duplicates, strict
 * and explain; its strings belong to URL. Empty values count as absent, unknown arguments are ignored. TRABAO_USAGE: a
 * value that cannot be read.
 */
enum trabao_status search_args_read(const struct url *url, struct trabao_request *out, struct trabao_error *err);

#endif
