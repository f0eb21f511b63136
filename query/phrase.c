/*
 * phrase.c - see phrase.h.
 */
#include "query/phrase.h"

#include "archive/made.h"
#include "archive/places.h"
#include "archive/schema.h"
#include "base/mem.h"
#include "query/term_slots.h"

#define TEXT_COLUMNS (1U << SCHEMA_BODY | 1U << SCHEMA_TITLE) /* those that the impact index knows */

/* ---- articles that have all words ------------------------------------------------------------------------------ */

/* The postings of the words, the rarest word first. */
struct word_postings {
    const struct impact_term **terms;
    size_t count;
    uint64_t articles; /* at most so many have it */
};

static int by_articles(const void *a, const void *b)
{
    const uint64_t x = ((const struct word_postings *)a)->articles, y = ((const struct word_postings *)b)->articles;
    return x < y ? -1 : x > y;
}

static enum trabao_status find_postings(struct archive_reader *r, const struct phrase_word *word,
                                        struct query_arena *arena, struct word_postings *out,
                                        struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    *out = (struct word_postings){.terms = query_arena_alloc(arena, word->count + 1, sizeof(struct impact_term *))};
    if (!out->terms) {
        return error_no_memory(err);
    }
    for (size_t t = 0; status == TRABAO_OK && t < word->count; t++) {
        status = impact_find(r->impacts, word->terms[t], &out->terms[out->count], err);
        if (status == TRABAO_OK && out->terms[out->count]) {
            out->articles += r->archive->lexicon.terms[word->terms[t]].articles;
            out->count++;
        }
    }
    return status;
}

/* What the search for a phrase knows. */
struct search {
    struct archive_reader *r;
    const struct phrase *phrase;
    struct query_arena *arena;
    struct word_postings *words; /* in their order; NULL: not known */
    struct places *among; /* by window: the articles that have all words; NULL: not known */
    size_t among_count;
    struct trabao_error *err;
};

/* The articles in question that have all words. ORDERED: the words' postings, the rarest first. */
static enum trabao_status find_all_words(struct search *s, const struct word_postings *ordered, struct places *room)
{
    const struct phrase *phrase = s->phrase;
    const uint32_t windows = impact_windows(s->r->archive->count);
    enum trabao_status status = TRABAO_OK;
    for (uint32_t w = phrase->first / IMPACT_WINDOW; w < impact_windows(phrase->end); w++) {
        memset(&s->among[w], 0xff, sizeof s->among[w]);
        if (phrase->may) {
            places_keep_window(&s->among[w], phrase->may, w);
        }
    }
    for (size_t w = 0; status == TRABAO_OK && !phrase->has_words && w < phrase->count; w++) {
        status = places_keep_word(s->r->impacts, ordered[w].terms, ordered[w].count, windows, s->among, room, s->err);
    }
    for (uint32_t w = 0; w < windows; w++) {
        s->among_count += places_count(&s->among[w]);
    }
    return status;
}

static enum trabao_status narrow(struct search *s)
{
    const size_t count = s->phrase->count;
    const size_t windows = s->r->archive->count / IMPACT_WINDOW + 1;
    struct word_postings *ordered = query_arena_alloc(s->arena, count, sizeof *ordered);
    enum trabao_status status = TRABAO_OK;
    s->words = query_arena_alloc(s->arena, count, sizeof *s->words);
    s->among = query_arena_alloc(s->arena, windows, sizeof *s->among);
    struct places *room = query_arena_alloc(s->arena, windows, sizeof *room);
    if (!ordered || !s->words || !s->among || !room) {
        return error_no_memory(s->err);
    }
    for (size_t w = 0; status == TRABAO_OK && w < count; w++) {
        status = find_postings(s->r, &s->phrase->words[w], s->arena, &s->words[w], s->err);
    }
    if (status != TRABAO_OK) {
        return status;
    }
    memcpy(ordered, s->words, count * sizeof *ordered);
    qsort(ordered, count, sizeof *ordered, by_articles);
    return find_all_words(s, ordered, room);
}

/* ---- looking into articles ------------------------------------------------------------------------------------- */

static bool make_table(const struct phrase *phrase, struct query_arena *arena, struct term_slots *out)
{
    size_t terms = 0;
    for (size_t w = 0; w < phrase->count; w++) {
        terms += phrase->words[w].count;
    }
    if (!term_slots_make(out, terms, arena)) {
        return false;
    }
    for (size_t w = 0; w < phrase->count; w++) {
        for (size_t t = 0; t < phrase->words[w].count; t++) {
            term_slots_add(out, phrase->words[w].terms[t], w);
        }
    }
    return true;
}

/* True when PHRASE is among the COUNT terms of a column. */
static bool has_phrase(const struct term_slots *table, const struct phrase *phrase, const uint32_t *terms, size_t count)
{
    const uint64_t last = UINT64_C(1) << (phrase->count - 1);
    uint64_t running = 0;
    for (size_t i = 0; i < count && !(running & last); i++) {
        const uint32_t slot = term_slots_find(table, terms[i]);
        running = term_slots_run(running, 1, slot == TERM_SLOTS_NONE ? 0 : table->slots[slot].words);
    }
    return (running & last) != 0;
}

/* Keeps those articles of FOUND that have the phrase. */
static enum trabao_status look_into(struct search *s, struct positions_found *found)
{
    const struct phrase *phrase = s->phrase;
    struct term_slots table;
    struct wordcode_terms terms = {0};
    size_t kept = 0;
    enum trabao_status status = make_table(phrase, s->arena, &table) ? TRABAO_OK : error_no_memory(s->err);
    for (size_t i = 0; status == TRABAO_OK && i < found->count; i++) {
        status = archive_terms(s->r, s->r->archive->ids[found->numbers[i]], &terms, s->err);
        if (status == TRABAO_OK) {
            const size_t title = terms.title_count;
            const bool has =
                (phrase->columns >> SCHEMA_TITLE & 1 && has_phrase(&table, phrase, terms.terms, title)) ||
                (phrase->columns >> SCHEMA_BODY & 1 &&
                 has_phrase(&table, phrase, terms.terms + title, terms.count - title));
            found->numbers[kept] = found->numbers[i];
            kept += has;
        }
    }
    found->count = kept;
    wordcode_terms_free(&terms);
    return status;
}

/* ---- the phrase ------------------------------------------------------------------------------------------------- */

/* The words as what position lists are read by. Terms without postings are in no article. */
static bool make_slots(const struct search *s, struct positions_slot *slots)
{
    const struct lexicon *lexicon = &s->r->archive->lexicon;
    for (size_t w = 0; w < s->phrase->count; w++) {
        const struct phrase_word *word = &s->phrase->words[w];
        const size_t count = s->words ? s->words[w].count : word->count;
        struct positions_form *forms = query_arena_alloc(s->arena, count + 1, sizeof *forms);
        if (!forms) {
            return false;
        }
        slots[w] = (struct positions_slot){.forms = forms, .count = count};
        for (size_t f = 0; f < count; f++) {
            const struct impact_term *postings = s->words ? s->words[w].terms[f] : NULL;
            const uint32_t term = postings ? postings->term : word->terms[f];
            forms[f] = (struct positions_form){lexicon_form(lexicon, term), lexicon->terms[term].len, postings};
            slots[w].postings += lexicon->terms[term].articles;
        }
    }
    return true;
}

static enum trabao_status find_positions(struct search *s, struct positions_found *out)
{
    struct positions_slot *slots = query_arena_alloc(s->arena, s->phrase->count, sizeof *slots);
    if (!slots || !make_slots(s, slots)) {
        return error_no_memory(s->err);
    }
    const struct positions_phrase asked = {.slots = slots,
                                           .count = s->phrase->count,
                                           .columns = s->phrase->columns,
                                           .among = s->among ? s->among[0].bits : NULL,
                                           .among_count = s->among_count,
                                           .impacts = s->r->impacts,
                                           .may_leave = s->among && s->phrase->stored &&
                                                        s->phrase->count <= TERM_SLOTS_WORDS};
    const enum trabao_status status = positions_find(s->r->positions, &asked, out, s->err);
    return status == TRABAO_OK && out->left ? look_into(s, out) : status;
}

enum trabao_status phrase_find(struct archive_reader *r, const struct phrase *phrase, struct query_arena *arena,
                               uint32_t **set, size_t *count, struct trabao_error *err)
{
    struct search s = {.r = r, .phrase = phrase, .arena = arena, .err = err};
    struct positions_found found = {0};
    const bool in_texts = (phrase->columns & ~TEXT_COLUMNS) == 0;
    enum trabao_status status = in_texts ? narrow(&s) : TRABAO_OK;
    if (status == TRABAO_OK && (!in_texts || s.among_count)) {
        status = find_positions(&s, &found);
    }
    *count = found.count;
    *set = query_arena_alloc(arena, found.count + 1, sizeof **set);
    if (status == TRABAO_OK && !*set) {
        status = error_no_memory(err);
    }
    if (status == TRABAO_OK && found.count) {
        memcpy(*set, found.numbers, found.count * sizeof *found.numbers);
    }
    mem_free(found.numbers);
    return status;
}

/* ---- sets that are kept ------------------------------------------------------------------------------------------ */

/* The columns, and the terms of each word, between them how many there are. */
static bool make_key(const struct phrase *phrase, struct query_arena *arena, struct made_key *key)
{
    size_t n = 1;
    for (size_t w = 0; w < phrase->count; w++) {
        n += 1 + phrase->words[w].count;
    }
    uint32_t *numbers = query_arena_alloc(arena, n, sizeof *numbers);
    *key = (struct made_key){numbers, n};
    if (!numbers) {
        return false;
    }
    *numbers++ = MADE_PHRASE | phrase->columns << 8;
    for (size_t w = 0; w < phrase->count; w++) {
        *numbers++ = (uint32_t)phrase->words[w].count;
        for (size_t t = 0; t < phrase->words[w].count; t++) {
            *numbers++ = phrase->words[w].terms[t];
        }
    }
    return true;
}

enum trabao_status phrase_kept(struct archive_reader *r, const struct phrase *phrase, struct query_arena *arena,
                               uint32_t **set, size_t *count, struct trabao_error *err)
{
    const struct made *made;
    struct made_key key;
    if (!make_key(phrase, arena, &key)) {
        return error_no_memory(err);
    }
    TRY(made_find(r->impacts, &key, &made, err));
    if (!made) {
        return TRABAO_NONE;
    }
    *set = made->data;
    *count = made->bytes / sizeof **set;
    return TRABAO_OK;
}

enum trabao_status phrase_keep(struct archive_reader *r, const struct phrase *phrase, struct query_arena *arena,
                               const uint32_t *set, size_t count, struct trabao_error *err)
{
    const struct made *kept;
    struct made_key key;
    if (phrase->first > 0 || phrase->end < r->archive->count) {
        return TRABAO_OK;
    }
    struct made *made = make_key(phrase, arena, &key) ? made_new(&key, count * sizeof *set) : NULL;
    if (!made) {
        return error_no_memory(err);
    }
    if (count) {
        memcpy(made->data, set, count * sizeof *set);
    }
    return made_keep(r->impacts, made, &key, &kept, err);
}
