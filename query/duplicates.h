/*
 * duplicates.h - hits that say the same, as papers take articles from one another.
 */
#ifndef TRABAO_QUERY_DUPLICATES_H
#define TRABAO_QUERY_DUPLICATES_H

#include "query/trabao.h"

/*
 * Sets `same_as` of each of COUNT HITS to the first hit before it with the same title and the same beginning of the
 * snippet; letters and figures are compared, whatever their case and whatever stands between them.
 */
void duplicates_fold(struct trabao_hit *hits, size_t count);

#endif
