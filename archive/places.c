/*
 * places.c - see places.h.
 */
#include "archive/places.h"

enum trabao_status places_add_term(struct impact_reader *r, const struct impact_term *term, const struct places *among,
                                   struct places *out, struct trabao_error *err)
{
    for (uint32_t i = 0; i < term->windows; i++) {
        const uint32_t window = term->entries[i].window;
        const uint8_t *postings;
        if (among && places_empty(&among[window])) {
            continue;
        }
        const enum trabao_status status = impact_postings(r, term, i, &postings, err);
        if (status != TRABAO_OK) {
            return status;
        }
        places_add_postings(&out[window], postings, term->entries[i].count_less + 1U);
    }
    return TRABAO_OK;
}

enum trabao_status places_keep_word(struct impact_reader *r, const struct impact_term *const *terms, size_t count,
                                    uint32_t windows, struct places *among, struct places *room,
                                    struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    memset(room, 0, windows * sizeof *room);
    for (size_t t = 0; status == TRABAO_OK && t < count; t++) {
        status = terms[t] ? places_add_term(r, terms[t], among, room, err) : TRABAO_OK;
    }
    for (uint32_t w = 0; w < windows; w++) {
        places_keep(&among[w], &room[w]);
    }
    return status;
}
