/*
 * abbreviations.c - looking up (see abbreviations.h): units of spellings, chained by their forms without marks. What
 * the archive learned is read first, then the common ones, as far as the archive means nothing else by them.
 */
#include "archive/abbreviations.h"

#include <xxhash.h>

#include "archive/db.h"
#include "base/mem.h"
#include "text/abbreviation.h"
#include "text/syllable.h"

/* ---- units and their spellings --------------------------------------------------------------------------------- */

void abbreviations_free(struct abbreviations *a)
{
    mem_free(a->spellings);
    mem_free(a->texts);
    mem_free(a->units);
    mem_free(a->slots);
    *a = (struct abbreviations){0};
}

/* Bytes without marks: composing makes up to three of one, and so does a byte that is no UTF-8. */
#define FOLDED_MAX (3 * ABBREVIATION_FORM_MAX)

/* TEXT without marks, word by word. */
static size_t fold_words(const char *text, char out[FOLDED_MAX])
{
    size_t n = 0;
    while (*text) {
        const size_t len = strcspn(text, " ");
        char folded[TEXT_FORM_MAX];
        const size_t folded_len = text_fold(text, len, folded);
        memcpy(out + n, folded, folded_len);
        n += folded_len;
        text += len;
        if (*text) {
            out[n++] = ' ';
            text++;
        }
    }
    return n;
}

/* The slot of the chain of FOLDED, or the free one where it belongs. */
static uint32_t slot_of(const struct abbreviations *a, const char *folded, size_t n)
{
    uint32_t slot = (uint32_t)XXH3_64bits(folded, n) & a->slot_mask;
    while (a->slots[slot]) {
        char other[FOLDED_MAX];
        if (fold_words(abbreviations_text(a, a->slots[slot] - 1), other) == n && memcmp(other, folded, n) == 0) {
            break;
        }
        slot = (slot + 1) & a->slot_mask;
    }
    return slot;
}

uint32_t abbreviations_find(const struct abbreviations *a, const char *folded, size_t n)
{
    return a->slots[slot_of(a, folded, n)] - 1; /* 0 is none */
}

uint32_t abbreviations_find_exactly(const struct abbreviations *a, const char *text)
{
    char folded[FOLDED_MAX];
    uint32_t s = abbreviations_find(a, folded, fold_words(text, folded));
    while (s != ABBREVIATIONS_NONE && strcmp(abbreviations_text(a, s), text) != 0) {
        s = a->spellings[s].next_folded;
    }
    return s;
}

static uint32_t unit_of(const struct abbreviations *a, const char *text)
{
    const uint32_t spelling = abbreviations_find_exactly(a, text);
    return spelling == ABBREVIATIONS_NONE ? ABBREVIATIONS_NONE : a->spellings[spelling].unit;
}

static uint32_t new_unit(struct abbreviations *a)
{
    if (!mem_grow((void **)&a->units, &a->unit_capacity, (size_t)a->unit_count + 1, sizeof *a->units)) {
        return ABBREVIATIONS_NONE;
    }
    a->units[a->unit_count] = ABBREVIATIONS_NONE;
    return a->unit_count++;
}

/* Adds TEXT to UNIT, at its end, unless it is a spelling already. False when memory runs out. */
static bool add_spelling(struct abbreviations *a, uint32_t unit, const char *text)
{
    if (abbreviations_find_exactly(a, text) != ABBREVIATIONS_NONE) {
        return true;
    }
    const size_t len = strlen(text) + 1;
    if (!mem_grow((void **)&a->spellings, &a->capacity, (size_t)a->count + 1, sizeof *a->spellings) ||
        !mem_grow((void **)&a->texts, &a->texts_capacity, a->texts_len + len, 1)) {
        return false;
    }
    char folded[FOLDED_MAX];
    const uint32_t slot = slot_of(a, folded, fold_words(text, folded));
    uint32_t *end = &a->units[unit];
    while (*end != ABBREVIATIONS_NONE) {
        end = &a->spellings[*end].next_of_unit;
    }
    *end = a->count;
    a->spellings[a->count] = (struct abbreviations_spelling){.text = (uint32_t)a->texts_len,
                                                             .unit = unit,
                                                             .next_of_unit = ABBREVIATIONS_NONE,
                                                             .next_folded = a->slots[slot] - 1};
    memcpy(a->texts + a->texts_len, text, len);
    a->texts_len += len;
    a->slots[slot] = ++a->count;
    return true;
}

/* Adds an abbreviation, and what it is without its blanks: gd đt, gdđt. */
static bool add_short(struct abbreviations *a, uint32_t unit, const char *text)
{
    char joined[ABBREVIATION_FORM_MAX + 1];
    size_t n = 0;
    for (size_t i = 0; text[i]; i++) {
        if (text[i] != ' ') {
            joined[n++] = text[i];
        }
    }
    joined[n] = '\0';
    return add_spelling(a, unit, text) &&
           (n > TEXT_FORM_MAX || text_is_syllable(joined, n) || add_spelling(a, unit, joined));
}

/* ---- reading them ---------------------------------------------------------------------------------------------- */

/* Takes what stands before the next END or at the end of *TEXT, in canonical forms. */
static void take_known(const char **text, const char *ends, char *out)
{
    size_t n = 0;
    const size_t all = strcspn(*text, ends);
    for (size_t i = 0; i < all;) {
        const size_t len = strcspn(*text + i, " |:");
        n += syllable_canonical(*text + i, len, out + n);
        i += len;
        if (i < all) {
            out[n++] = ' ';
            i++;
        }
    }
    out[n] = '\0';
    *text += all;
}

/* One of the common ones. Where the archive means something else by its abbreviation, it is left out. */
static bool add_known(struct abbreviations *a, const char *line)
{
    char spelling[ABBREVIATION_FORM_MAX + 1];
    const char *const words = strchr(line, ':');
    uint32_t unit = ABBREVIATIONS_NONE;
    bool fine = true;
    for (const char *p = words; *p && unit == ABBREVIATIONS_NONE;) {
        p++;
        take_known(&p, "|", spelling);
        unit = unit_of(a, spelling);
    }
    bool used = false;
    for (const char *p = line - 1; p != words && fine;) {
        p++;
        take_known(&p, "|:", spelling);
        const uint32_t other = unit_of(a, spelling);
        if (other != ABBREVIATIONS_NONE && other != unit) {
            continue;
        }
        unit = unit == ABBREVIATIONS_NONE ? new_unit(a) : unit;
        fine = unit != ABBREVIATIONS_NONE && add_short(a, unit, spelling);
        used = true;
    }
    for (const char *p = words; *p && used && fine;) {
        p++;
        take_known(&p, "|", spelling);
        fine = add_spelling(a, unit, spelling);
    }
    return fine;
}

/* One that the archive learned. WORDS "": one that is not to be used. */
static bool add_learned(struct abbreviations *a, const char *text, const char *words)
{
    const uint32_t by_words = *words ? unit_of(a, words) : ABBREVIATIONS_NONE;
    const uint32_t by_short = unit_of(a, text);
    if (by_words != by_short && by_words != ABBREVIATIONS_NONE && by_short != ABBREVIATIONS_NONE) {
        return true;
    }
    uint32_t unit = by_words != ABBREVIATIONS_NONE ? by_words : by_short;
    unit = unit == ABBREVIATIONS_NONE ? new_unit(a) : unit;
    return unit != ABBREVIATIONS_NONE && add_short(a, unit, text) && (!*words || add_spelling(a, unit, words));
}

static enum trabao_status read_learned(struct abbreviations *a, sqlite3 *db, struct trabao_error *err)
{
    sqlite3_stmt *rows = NULL;
    uint32_t count = 0;
    enum trabao_status status = db_prepare(db, "SELECT short, words FROM abbreviation ORDER BY id", &rows, err);
    while (status == TRABAO_OK && (status = db_step(rows, "reading the abbreviations", err)) == TRABAO_OK) {
        const char *text = db_text(rows, 0);
        const char *words = db_text(rows, 1);
        if (count++ == ABBREVIATIONS_MAX || text == NULL || words == NULL || *text == '\0' ||
            strlen(text) > ABBREVIATION_FORM_MAX || strlen(words) > ABBREVIATION_FORM_MAX) {
            status = error_set(err, TRABAO_DATA, "the abbreviations of the archive are damaged; reindex");
        } else if (!add_learned(a, text, words)) {
            status = error_no_memory(err);
        }
    }
    sqlite3_finalize(rows);
    return status == TRABAO_NONE ? TRABAO_OK : status;
}

enum trabao_status abbreviations_load(struct abbreviations *a, sqlite3 *db, struct trabao_error *err)
{
    enum { SLOTS = 1 << 15 };
    _Static_assert(SLOTS >= (ABBREVIATIONS_MAX + 400) * 6, "a row has three spellings: half of the slots stay free");
    *a = (struct abbreviations){.slots = mem_zalloc(SLOTS, sizeof *a->slots), .slot_mask = SLOTS - 1};
    enum trabao_status status = a->slots != NULL ? TRABAO_OK : error_no_memory(err);
    if (status == TRABAO_OK && db != NULL) {
        status = read_learned(a, db, err);
    }
    for (size_t i = 0; status == TRABAO_OK && ABBREVIATIONS_KNOWN[i] != NULL; i++) {
        if (!add_known(a, ABBREVIATIONS_KNOWN[i])) {
            status = error_no_memory(err);
        }
    }
    return status;
}
