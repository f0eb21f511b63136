/*
 * word_map.c - see word_map.h.
 */
#include "archive/word_map.h"

#include "archive/made.h"
#include "base/mem.h"

#define FREQUENT 4    /* articles in a window, on the average, from which on a word has a map */
#define AMONG_SHARE 8 /* a map is made where one window in so many is asked for; else postings are sooner read */

static int by_number(const void *a, const void *b)
{
    const uint32_t x = (*(const struct impact_term *const *)a)->term, y = (*(const struct impact_term *const *)b)->term;
    return (x > y) - (x < y);
}

/* Makes the map of WORD, and keeps it. */
static enum trabao_status make_map(struct impact_reader *r, const struct word_terms *word, uint32_t windows,
                                   const struct made_key *key, const struct made **out, struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    struct made *made = made_new(key, windows * sizeof(struct places));
    if (!made) {
        return error_no_memory(err);
    }
    for (size_t t = 0; status == TRABAO_OK && t < word->count; t++) {
        status = places_add_term(r, word->terms[t], NULL, made->data, err);
    }
    if (status != TRABAO_OK) {
        mem_free(made);
        return status;
    }
    return made_keep(r, made, key, out, err);
}

static bool asks_for_much(const struct places *among, uint32_t windows)
{
    uint32_t asked = 0;
    for (uint32_t w = 0; w < windows; w++) {
        asked += !places_empty(&among[w]);
    }
    return asked >= windows / AMONG_SHARE;
}

/* *OUT: the map of a frequent word, held; NULL: there is none, and it would not pay to make it. */
static enum trabao_status hold_map(struct impact_reader *r, const struct word_terms *word, uint32_t windows,
                                   const struct places *among, const struct made **out, struct trabao_error *err)
{
    qsort(word->terms, word->count, sizeof(struct impact_term *), by_number);
    word->numbers[0] = MADE_WORD_MAP;
    for (size_t t = 0; t < word->count; t++) {
        word->numbers[1 + t] = word->terms[t]->term;
    }
    const struct made_key key = {word->numbers, 1 + word->count};
    TRY(made_find(r, &key, out, err));
    return *out || !asks_for_much(among, windows) ? TRABAO_OK : make_map(r, word, windows, &key, out, err);
}

enum trabao_status word_map_keep(struct impact_reader *r, const struct word_terms *word, uint32_t windows,
                                 struct places *among, struct places *room, struct trabao_error *err)
{
    const struct made *made = NULL;
    if (word->articles >= (uint64_t)FREQUENT * windows) {
        TRY(hold_map(r, word, windows, among, &made, err));
    }
    if (!made) {
        return places_keep_word(r, word->terms, word->count, windows, among, room, err);
    }
    const struct places *const map = made->data;
    for (uint32_t w = 0; w < windows; w++) {
        places_keep(&among[w], &map[w]);
    }
    return TRABAO_OK;
}
