/*
 * change.c - see change.h.
 */
#include "indexer/change.h"

#include "archive/update.h"
#include "base/mem.h"
#include "indexer/load.h"
#include "indexer/writer.h"

static bool go_on(void *context, uint64_t articles, uint64_t bytes)
{
    struct change *change = context;
    progress_update(&change->progress, articles, bytes, articles, spill_count(change->spill));
    return !writer_interrupted();
}

static enum trabao_status update(struct change *c, const struct build_options *options, struct build_result *result,
                                 struct trabao_error *err)
{
    const struct update_plan plan = {
        .archive = c->archive, .spill = c->spill, .gone = c->gone, .options = *options};
    progress_start(&c->progress, "updating", c->quiet);
    const enum trabao_status status = archive_update(&plan, result, err);
    progress_end(&c->progress);
    return status;
}

/* What is spilled replaces what the archive has under its keys; everything else of the archive is spilled too. */
static enum trabao_status carry_over(struct change *c, struct trabao_error *err)
{
    uint64_t superseded;
    for (uint32_t i = 0; i < spill_count(c->spill); i++) {
        const int64_t replaced = spill_at(c->spill, i)->replaces;
        if (replaced) {
            c->gone[archive_lower_bound(c->archive, replaced)] = 1;
        }
    }
    TRY(load_carry_over(c->archive, c->gone, c->spill, err));
    return spill_sort(c->spill, &superseded, err);
}

static enum trabao_status build(struct change *c, const struct build_options *options, struct build_result *result,
                                struct trabao_error *err)
{
    progress_start(&c->progress, "building", c->quiet);
    enum trabao_status status = c->archive ? carry_over(c, err) : TRABAO_OK;
    if (status == TRABAO_OK) {
        status = archive_build(c->spill, c->db, options, result, err);
    }
    progress_end(&c->progress);
    return status;
}

enum trabao_status change_publish(struct change *change, bool *updated, struct build_result *result,
                                  struct trabao_error *err)
{
    const struct build_options options = {.threads = change->threads,
                                          .generation = change->generation,
                                          .removed = change->removed,
                                          .progress = go_on,
                                          .context = change};
    uint64_t changes = spill_count(change->spill);
    for (uint32_t i = 0; change->archive && i < change->archive->count; i++) {
        changes += change->gone[i] != 0;
    }
    *updated = change->archive && archive_can_update(change->archive, changes);
    return *updated ? update(change, &options, result, err) : build(change, &options, result, err);
}
