/*
 * renumber.c - see renumber.h. First every article of the spill gets its id, then old and added ones are put into one
 * row.
 */
#include "archive/renumber.h"

#include "archive/impact.h"
#include "base/mem.h"

struct renumberer {
    const struct archive *archive;
    struct spill *spill;
    uint8_t *gone;  /* by old number */
    uint8_t *taken; /* by old number: the id stays in use */
    struct renumbering *out;
    uint32_t next; /* new number */
};

/* ---- ids ----------------------------------------------------------------------------------------------------- */

/* Where the ids of ENTRY's second begin. */
static int64_t first_id(const struct spill_entry *e)
{
    return e->dated ? e->second * ARTICLE_SLOTS : 1;
}

/* True when the article that ENTRY replaces has an id of ENTRY's second: it stays where it is. */
static bool keeps_id(const struct spill_entry *e)
{
    const int64_t start = first_id(e);
    const int64_t end = e->dated ? start + ARTICLE_SLOTS : ARTICLE_UNDATED_END;
    return e->replaces && e->replaces >= start && e->replaces < end;
}

static void mark_gone(struct renumberer *r)
{
    const struct archive *a = r->archive;
    for (uint32_t i = 0; i < spill_count(r->spill); i++) {
        const struct spill_entry *e = spill_at(r->spill, i);
        if (e->replaces) {
            r->gone[archive_lower_bound(a, e->replaces)] = 1;
        }
    }
    for (uint32_t i = 0; i < a->count; i++) {
        r->taken[i] = !r->gone[i];
        r->out->gone_count += r->gone[i] != 0;
    }
}

static void keep_ids(struct renumberer *r)
{
    for (uint32_t i = 0; i < spill_count(r->spill); i++) {
        const struct spill_entry *e = spill_at(r->spill, i);
        if (keeps_id(e)) {
            r->out->added_ids[i] = e->replaces;
            r->taken[archive_lower_bound(r->archive, e->replaces)] = 1;
        }
    }
}

/*
 * Every other article gets the first free id from its second on. The spill is in the order of seconds: the cursor never
 * goes back, all ids between the beginning of the present second and the cursor are taken.
 */
static void choose_ids(struct renumberer *r)
{
    const struct archive *a = r->archive;
    int64_t cursor = 1;
    for (uint32_t i = 0; i < spill_count(r->spill); i++) {
        if (r->out->added_ids[i]) {
            continue;
        }
        cursor = MAX(cursor, first_id(spill_at(r->spill, i)));
        uint32_t number = archive_lower_bound(a, cursor);
        while (number < a->count && a->ids[number] == cursor && r->taken[number]) {
            cursor++;
            number += number + 1 < a->count && a->ids[number + 1] == cursor;
        }
        r->out->added_ids[i] = cursor++;
    }
}

/* ---- numbers ------------------------------------------------------------------------------------------------- */

static void number_old(struct renumberer *r, uint32_t old)
{
    struct renumbering *out = r->out;
    out->numbers[old] = r->next;
    out->ids[r->next] = r->archive->ids[old];
    out->rows[r->next] = r->archive->rows.rows[old];
    out->precisions[r->next++] = r->archive->precisions[old];
}

static void number_added(struct renumberer *r, uint32_t i)
{
    struct renumbering *out = r->out;
    const struct spill_entry *e = spill_at(r->spill, i);
    out->added[i] = r->next;
    out->added_ids[i] = out->ids[r->next] = e->id;
    out->rows[r->next] = r->archive->rows.end + i;
    out->precisions[r->next++] = e->precision;
}

/* Puts old and added articles into one row, in the order of ids. */
static void number_all(struct renumberer *r)
{
    const struct archive *a = r->archive;
    const uint32_t added = spill_count(r->spill);
    uint32_t i = 0;
    for (uint32_t old = 0; old < a->count; old++) {
        while (i < added && spill_at(r->spill, i)->id < a->ids[old]) {
            number_added(r, i++);
        }
        if (!r->gone[old]) {
            number_old(r, old);
            continue;
        }
        r->out->numbers[old] = IMPACT_GONE;
        if (i == added || spill_at(r->spill, i)->id != a->ids[old]) {
            r->out->deleted_ids[r->out->deleted_count++] = a->ids[old];
        }
    }
    while (i < added) {
        number_added(r, i++);
    }
}

/* ---- both ---------------------------------------------------------------------------------------------------- */

static bool make_added(struct renumberer *r)
{
    const uint32_t added = spill_count(r->spill);
    r->taken = mem_alloc(r->archive->count, 1);
    r->out->added_ids = mem_zalloc(added, sizeof *r->out->added_ids);
    r->out->added = mem_alloc(added, sizeof *r->out->added);
    return r->taken && r->out->added_ids && r->out->added;
}

static bool make_row(struct renumberer *r)
{
    struct renumbering *out = r->out;
    out->numbers = mem_alloc(r->archive->count, sizeof *out->numbers);
    out->ids = mem_alloc(out->count, sizeof *out->ids);
    out->precisions = mem_alloc(out->count, 1);
    out->rows = mem_alloc(out->count, sizeof *out->rows);
    out->rows_end = r->archive->rows.end + spill_count(r->spill);
    out->deleted_ids = mem_alloc(out->gone_count, sizeof *out->deleted_ids);
    return out->numbers && out->ids && out->precisions && out->rows && out->deleted_ids;
}

static enum trabao_status renumber_all(struct renumberer *r, struct trabao_error *err)
{
    if (!make_added(r)) {
        return error_no_memory(err);
    }
    mark_gone(r);
    keep_ids(r);
    choose_ids(r);
    spill_renumber(r->spill, r->out->added_ids);
    r->out->count = r->archive->count - r->out->gone_count + spill_count(r->spill);
    if (r->out->count > IMPACT_ARTICLES_MAX) {
        return error_set(err, TRABAO_USAGE, "more than %u articles do not fit one archive", IMPACT_ARTICLES_MAX);
    }
    if (!make_row(r)) {
        return error_no_memory(err);
    }
    number_all(r);
    return TRABAO_OK;
}

enum trabao_status renumber(struct renumbering *out, const struct archive *archive, struct spill *spill, uint8_t *gone,
                            struct trabao_error *err)
{
    struct renumberer r = {.archive = archive, .spill = spill, .gone = gone, .out = out};
    *out = (struct renumbering){0};
    const enum trabao_status status = renumber_all(&r, err);
    mem_free(r.taken);
    return status;
}

void renumbering_free(struct renumbering *r)
{
    mem_free(r->ids);
    mem_free(r->precisions);
    mem_free(r->rows);
    mem_free(r->numbers);
    mem_free(r->added);
    mem_free(r->added_ids);
    mem_free(r->deleted_ids);
}
