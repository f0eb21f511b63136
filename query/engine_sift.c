/*
 * engine_sift.c - the best of a plan with phrases: the best by all else are looked into, until enough have the phrases.
 *
 * Where that takes longer than going through the positions of their words does, the phrases are looked up instead: at
 * once when counts of pairs tell that a phrase is rare, or when too many articles were looked into in vain.
 */
#include "query/engine_inside.h"

#include "archive/positions.h"
#include "base/mem.h"
#include "query/neighbours.h"

#define CANDIDATES_EACH 2 /* articles looked for first, for each hit of a phrase; */
#define CANDIDATES_MORE 8 /* of a single pair, one in so many more than hits: most that seem to have it do */
#define CANDIDATES_GROW 4 /* in every round, so many times those of the round before */
#define REFUSALS_LEAST 20 /* articles looked at in vain, before these say how many more there will be */
#define GATHER_SHARE 8    /* all candidates are gathered at once if no more than one article in so many is open */

struct sifting {
    struct engine *e;
    struct engine_hits *out;
    struct engine_hits candidates;
    uint64_t open, settling; /* articles that may have the phrases; looks that it takes to look these up */
    uint64_t refused;        /* articles that have not */
};

/* In about how many articles could be looked while the phrases are looked up. */
static uint64_t looks_of_settling(const struct plan *plan)
{
    uint64_t postings = 0;
    for (size_t i = 0; i < plan->phrase_count; i++) {
        const struct plan_node *phrase = plan->phrases[i];
        for (size_t w = 0; w < phrase->words; w++) {
            postings += plan->groups[plan->scored[phrase->first_word + w]].articles;
        }
    }
    return postings / POSITIONS_LOOK;
}

/* True when a phrase is likely in fewer than WANTED articles, so that all that may have it have to be looked into. */
static bool is_rare(const struct engine *e, size_t wanted)
{
    for (size_t i = 0; i < e->plan->phrase_count; i++) {
        if (neighbours_expected(e->r->archive, e->plan, e->plan->phrases[i]) < (double)wanted / 2) {
            return true;
        }
    }
    return false;
}

/* True when it takes less to look the phrases up than to look into articles until there are enough. */
static bool is_hopeless(const struct sifting *s)
{
    const uint64_t looks = s->refused + s->out->count;
    const uint64_t expected = (s->out->capacity - s->out->count) * (looks + 1) / (s->out->count + 1);
    const uint64_t left = MIN(expected, s->open - MIN(looks, s->open));
    /* The best have them more often than those behind them: more will be in vain than were. */
    return s->refused >= REFUSALS_LEAST && left + s->refused / 3 > s->settling;
}

static bool is_full(const struct sifting *s)
{
    return s->out->count == s->out->capacity;
}

/* Looks for the phrases in the next best HIT. TRABAO_NONE: too few have them. */
static enum trabao_status look_into(struct sifting *s, struct engine_hit *hit)
{
    struct engine *e = s->e;
    enum trabao_status status = engine_check_clock(e);
    if (status == TRABAO_OK) {
        status = e->options->has_phrases(e->options->phrases, hit, e->err);
    }
    if (status == TRABAO_OK) {
        s->out->items[s->out->count++] = *hit;
    } else if (status == TRABAO_NONE) {
        e->open[hit->article / 64] &= ~(UINT64_C(1) << hit->article % 64);
        s->refused++;
        status = TRABAO_OK;
    }
    return status == TRABAO_OK && is_hopeless(s) ? TRABAO_NONE : status;
}

/* Makes room for so many candidates. */
static bool make_room(struct engine_hits *candidates, size_t count)
{
    mem_free(candidates->items);
    *candidates = (struct engine_hits){mem_alloc(count, sizeof *candidates->items), 0, count};
    return candidates->items != NULL;
}

/* Looks into the best ROOM candidates. *MORE: there may be others behind the LAST. */
static enum trabao_status sift_best(struct sifting *s, size_t room, struct engine_hit *last, bool *more)
{
    enum trabao_status status =
        make_room(&s->candidates, room) ? engine_find_best(s->e, &s->candidates) : error_no_memory(s->e->err);
    for (size_t i = 0; status == TRABAO_OK && i < s->candidates.count && !is_full(s); i++) {
        status = look_into(s, &s->candidates.items[i]);
    }
    *more = s->candidates.count == room;
    if (status == TRABAO_OK && *more) {
        *last = s->candidates.items[room - 1];
    }
    return status;
}

static bool is_few(const struct sifting *s)
{
    return s->open * GATHER_SHARE <= s->e->r->archive->count;
}

/* Looks into all candidates, the best first. */
static enum trabao_status sift_all(struct sifting *s)
{
    struct engine_hit hit;
    enum trabao_status status = TRABAO_OK;
    if (s->open > s->settling && is_rare(s->e, s->out->capacity)) {
        return TRABAO_NONE;
    }
    mem_free(s->candidates.items);
    status = engine_gather(s->e, s->open, &s->candidates);
    while (status == TRABAO_OK && !is_full(s) && engine_take_best(&s->candidates, &hit)) {
        status = look_into(s, &hit);
    }
    return status;
}

/* How many candidates are looked for first. */
static size_t first_room(const struct sifting *s)
{
    const size_t wanted = s->out->capacity;
    return s->e->plan->scored_count == 2 ? wanted + wanted / CANDIDATES_MORE + 1 : CANDIDATES_EACH * wanted;
}

/* Looks for the phrases in the best, until there are enough. TRABAO_NONE: too few of the articles have them. */
static enum trabao_status sift(struct sifting *s)
{
    struct engine *e = s->e;
    struct engine_hit last;
    enum trabao_status status = TRABAO_OK;
    bool more = true;
    if (is_few(s) && e->open && engine_all_have_words(e)) {
        return sift_all(s);
    }
    for (size_t room = first_room(s); status == TRABAO_OK && more && !is_full(s);
         room = MIN(CANDIDATES_GROW * room, (size_t)e->r->archive->count + 1)) {
        status = sift_best(s, room, &last, &more);
        e->after = &last;
    }
    e->after = e->options->after;
    return status;
}

enum trabao_status engine_sift(struct engine *e, struct engine_hits *out)
{
    const struct plan *plan = e->plan;
    struct sifting s = {
        .e = e, .out = out, .open = plan->matching[plan->tightest], .settling = looks_of_settling(plan)};
    enum trabao_status status = sift(&s);
    mem_free(s.candidates.items);
    if (status == TRABAO_NONE) {
        out->count = 0;
        status = plan_settle(e->r, e->plan, e->open, e->err);
        if (status == TRABAO_OK) {
            status = engine_find_open(e);
        }
        if (status == TRABAO_OK) {
            status = engine_find_best(e, out);
        }
    }
    return status;
}
