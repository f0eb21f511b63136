/*
 * update.h - a few articles into a large archive, and out of it, without building it anew.
 *
 * What comes out is what a full build would make of the same articles, but for a few things that the next full build
 * puts right: articles of one second stand in the order in which they came; the dictionaries, the average length,
 * learned abbreviations, the counts of word pairs and the map of the signatures are those of the last full build; words
 * that nothing has any more keep their numbers; and the FTS5 index is in several segments.
 */
#ifndef TRABAO_UPDATE_H
#define TRABAO_UPDATE_H

#include "archive/archive.h"
#include "archive/build.h"
#include "archive/spill.h"
#include "base/base.h"
#include "base/status.h"

/*
 * Whether CHANGES (articles added, replaced or deleted) should be made by an update: they are few, and together with
 * those since the last full build they are not too many.
 */
bool archive_can_update(const struct archive *archive, uint64_t changes);

struct update_plan {
    struct archive *archive; /* the published one; it stays open and as it is */
    struct spill *spill;     /* after spill_sort: what is added, and what replaces; is given other ids */
    uint8_t *gone;           /* [archive->count] by number: not 0 for those to be deleted; replaced ones are marked */
    struct build_options options;
};

/*
 * Publishes the changed archive in the place of the one there is. After a failure that one is what it was.
 * RESULT->articles and the sums are those of the whole archive.
 */
enum trabao_status archive_update(const struct update_plan *plan, struct build_result *result,
                                  struct trabao_error *err);

#endif
