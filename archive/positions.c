/*
 * positions.c - see positions.h.
 *
 * An occurrence is one number: article << 32 | column << 28 | position, so that sorted lists of them can be merged. The
 * candidates are the places where the phrase could begin. The rarest slot makes them; every other slot keeps those that
 * it agrees with, and looks only at the positions of articles that still have some.
 */
#include "archive/positions.h"

#include "archive/doclist.h"
#include "archive/fts5_format.h"
#include "archive/places.h"
#include "base/mem.h"

#define COLUMN_SHIFT 28
#define POSITION_MAX ((UINT32_C(1) << COLUMN_SHIFT) - 1)
#define COLUMNS_MAX 16

struct positions {
    struct doclists lists;
    const struct fts_rows *rows;
    size_t words;     /* of a bit map of articles, in whole windows */
    uint64_t *wanted; /* bit per article: it is still in question */
    uint32_t *first;  /* by article that is: its first start */
};

enum trabao_status positions_open(sqlite3 *db, const struct fts_rows *rows, struct positions **out,
                                  struct trabao_error *err)
{
    struct positions *p = mem_zalloc(1, sizeof *p);
    *out = NULL;
    if (!p) {
        return error_no_memory(err);
    }
    p->rows = rows;
    p->words = ((size_t)rows->count / IMPACT_WINDOW + 1) * (IMPACT_WINDOW / 64);
    p->wanted = mem_zalloc(p->words, sizeof *p->wanted);
    p->first = mem_alloc((size_t)rows->count + 1, sizeof *p->first);
    if (!p->wanted || !p->first) {
        positions_close(p);
        return error_no_memory(err);
    }
    const enum trabao_status status = doclists_open(db, &p->lists, err);
    if (status == TRABAO_OK) {
        *out = p;
    } else {
        positions_close(p);
    }
    return status;
}

void positions_close(struct positions *p)
{
    if (p) {
        doclists_close(&p->lists);
        mem_free(p->wanted);
        mem_free(p->first);
        mem_free(p);
    }
}

/* ---- occurrences ----------------------------------------------------------------------------------------------- */

struct occurrences {
    uint64_t *items; /* ascending */
    size_t count, capacity;
    size_t *runs; /* where a run of ascending items begins, while they are not yet one */
    size_t run_count, run_capacity;
};

/* False: no memory. */
static bool begin_run(struct occurrences *starts)
{
    if (!mem_grow((void **)&starts->runs, &starts->run_capacity, starts->run_count + 1, sizeof *starts->runs)) {
        return false;
    }
    starts->runs[starts->run_count++] = starts->count;
    return true;
}

/* What is done with the occurrences of one form. */
struct pass {
    const struct positions_phrase *phrase;
    uint32_t place; /* of the slot in the phrase */
    struct occurrences *starts; /* where the phrase could begin */
    uint8_t *kept; /* by start: this slot agrees; NULL while the starts are being made */
};

static inline uint32_t article_of(uint64_t occurrence)
{
    return (uint32_t)(occurrence >> 32);
}

/* The positions of one posting. */
struct position_list {
    const uint8_t *at, *end;
    uint64_t column, position;
};

/* The next position, in one of COLUMNS. False at the end, or, with list->at before list->end, where it is damaged. */
static inline bool next_position(struct position_list *list, uint32_t columns)
{
    while (list->at < list->end) {
        uint64_t value;
        if (!fts5_read(&list->at, list->end, &value)) {
            return false;
        }
        if (value != FTS5_COLUMN_MARK) {
            list->position += value - 2;
            if (columns >> list->column & 1) {
                return true;
            }
        } else if (fts5_read(&list->at, list->end, &list->column) && list->column < COLUMNS_MAX) {
            list->position = 0;
        } else {
            list->at = list->end - 1;
            return false;
        }
    }
    return false;
}

/* Where the phrase of PASS would begin, if one of its words stands here; false when that is before the beginning. */
static inline bool begin_of(const struct pass *pass, const struct position_list *list, uint32_t number,
                            uint64_t *begin)
{
    const uint64_t position = list->position & POSITION_MAX;
    *begin = (uint64_t)number << 32 | list->column << COLUMN_SHIFT | (position - pass->place);
    return position >= pass->place;
}

/* Makes starts of the positions of the posting that was read last, of article NUMBER. */
static enum trabao_status add_starts(const struct doclist *d, const struct pass *pass, uint32_t number)
{
    struct position_list list = {d->list, d->list + d->list_bytes, 0, 0};
    struct occurrences *starts = pass->starts;
    /* A position takes a byte at least. */
    if (!mem_grow((void **)&starts->items, &starts->capacity, starts->count + d->list_bytes + 1,
                  sizeof *starts->items)) {
        return error_no_memory(d->err);
    }
    uint64_t *out = starts->items + starts->count;
    while (next_position(&list, pass->phrase->columns)) {
        out += begin_of(pass, &list, number, out);
    }
    starts->count = (size_t)(out - starts->items);
    return list.at == list.end ? TRABAO_OK : doclist_damaged(d->err);
}

/* Marks the starts of article NUMBER, the first at START, that agree with the positions of the posting. */
static enum trabao_status mark_starts(const struct doclist *d, const struct pass *pass, uint32_t number, size_t start)
{
    struct position_list list = {d->list, d->list + d->list_bytes, 0, 0};
    const uint64_t *const items = pass->starts->items;
    uint64_t begin;
    while (next_position(&list, pass->phrase->columns)) {
        if (!begin_of(pass, &list, number, &begin)) {
            continue;
        }
        while (items[start] < begin) {
            start++;
        }
        if (article_of(items[start]) != number) {
            return TRABAO_OK;
        }
        pass->kept[start] |= items[start] == begin;
    }
    return list.at == list.end ? TRABAO_OK : doclist_damaged(d->err);
}

/* The posting that was read last is of article NUMBER. */
static inline enum trabao_status take_posting(const struct positions *p, const struct doclist *d,
                                              const struct pass *pass, uint32_t number)
{
    return pass->kept ? mark_starts(d, pass, number, p->first[number]) : add_starts(d, pass, number);
}

/* The same where it has to be looked up, and may be of none or come before the last one. */
static enum trabao_status look_up_posting(const struct positions *p, const struct doclist *d, const struct pass *pass)
{
    const uint32_t number = fts_rows_number(p->rows, d->row);
    struct occurrences *starts = pass->starts;
    if (number == FTS_ROWS_NONE || !(p->wanted[number / 64] >> number % 64 & 1)) {
        return TRABAO_OK;
    }
    if (!pass->kept && starts->count && article_of(starts->items[starts->count - 1]) > number && !begin_run(starts)) {
        return error_no_memory(d->err);
    }
    return take_posting(p, d, pass, number);
}

/* Walks D from the posting that was read last to its end. */
static enum trabao_status walk_on(const struct positions *p, struct doclist *d, const struct pass *pass)
{
    enum trabao_status status = TRABAO_OK;
    while (status == TRABAO_OK) {
        status = look_up_posting(p, d, pass);
        if (status == TRABAO_OK) {
            status = doclist_next(d);
        }
    }
    return status;
}

/* Walks D where its articles are not known. */
static enum trabao_status walk_all(const struct positions *p, struct doclist *d, const struct pass *pass)
{
    const enum trabao_status status = doclist_next(d);
    return status == TRABAO_OK ? walk_on(p, d, pass) : status;
}

/*
 * Walks D of a form with known POSTINGS: only the articles in question that have it are looked for, as long as rows
 * stand in the order of articles.
 */
static enum trabao_status walk_known(const struct positions *p, struct doclist *d, const struct pass *pass,
                                     const struct impact_term *postings)
{
    enum trabao_status status = doclist_next(d);
    for (uint32_t i = 0; status == TRABAO_OK && i < postings->windows; i++) {
        const uint32_t window = postings->entries[i].window;
        struct places places = {0};
        const uint8_t *bytes;
        const uint64_t *wanted = p->wanted + (size_t)window * PLACES_WORDS;
        status = impact_postings(pass->phrase->impacts, postings, i, &bytes, d->err);
        if (status == TRABAO_OK) {
            places_add_postings(&places, bytes, postings->entries[i].count_less + 1U);
        }
        for (uint32_t w = 0; w < PLACES_WORDS; w++) {
            for (uint64_t left = places.bits[w] & wanted[w]; status == TRABAO_OK && left; left &= left - 1) {
                const uint32_t number = window * IMPACT_WINDOW + 64 * w + (uint32_t)__builtin_ctzll(left);
                const uint32_t row = p->rows->rows[number];
                if (row < p->rows->ordered_end) {
                    status = doclist_seek(d, row);
                    status = status == TRABAO_OK && d->row == row ? take_posting(p, d, pass, number) : status;
                }
            }
        }
    }
    if (status == TRABAO_OK && p->rows->ordered_end < p->rows->end) {
        status = doclist_seek(d, p->rows->ordered_end);
        status = status == TRABAO_OK ? walk_on(p, d, pass) : status;
    }
    return status;
}

/* ---- slots ------------------------------------------------------------------------------------------------------ */

static enum trabao_status walk_form(const struct positions *p, const struct positions_form *form,
                                    const struct pass *pass, struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    for (size_t s = 0; status == TRABAO_OK && s < p->lists.segment_count; s++) {
        struct doclist d;
        if (!pass->kept && !begin_run(pass->starts)) {
            return error_no_memory(err);
        }
        status = doclist_open(&d, &p->lists, s, form->form, form->len, err);
        if (status == TRABAO_OK) {
            status = form->postings ? walk_known(p, &d, pass, form->postings) : walk_all(p, &d, pass);
        }
        status = status == TRABAO_NONE ? TRABAO_OK : status;
        doclist_close(&d);
    }
    return status;
}

/* Merges the ascending runs A (N items) and B (M items) to OUT. */
static void merge(const uint64_t *a, size_t n, const uint64_t *b, size_t m, uint64_t *out)
{
    const uint64_t *const a_end = a + n, *const b_end = b + m;
    while (a < a_end && b < b_end) {
        const bool second = *b < *a;
        *out++ = second ? *b : *a;
        b += second;
        a += !second;
    }
    memcpy(out, a, (size_t)(a_end - a) * sizeof *a);
    memcpy(out + (a_end - a), b, (size_t)(b_end - b) * sizeof *b);
}

/* Makes one run of the runs, each of which is of one form and segment. */
static enum trabao_status merge_runs(struct occurrences *starts, struct trabao_error *err)
{
    size_t *runs = starts->runs;
    uint64_t *from = starts->items, *to = NULL;
    if (starts->run_count < 2 || starts->count == 0) {
        return TRABAO_OK;
    }
    to = mem_alloc(starts->count + 1, sizeof *to);
    if (!to) {
        return error_no_memory(err);
    }
    while (starts->run_count > 1) {
        size_t kept = 0;
        for (size_t r = 0; r < starts->run_count; r += 2) {
            const size_t begin = runs[r];
            const size_t middle = r + 1 < starts->run_count ? runs[r + 1] : starts->count;
            const size_t end = r + 2 < starts->run_count ? runs[r + 2] : starts->count;
            merge(from + begin, middle - begin, from + middle, end - middle, to + begin);
            runs[kept++] = begin;
        }
        starts->run_count = kept;
        uint64_t *other = from;
        from = to;
        to = other;
    }
    starts->items = from;
    starts->capacity = starts->count + 1;
    mem_free(to);
    return TRABAO_OK;
}

/*
 * Keeps those starts of which KEPT says so, each once (NULL: all), and puts their articles, and no others, in question.
 * Returns how many these are.
 */
static size_t keep_marked(struct positions *p, struct occurrences *starts, const uint8_t *kept)
{
    size_t count = 0, articles = 0;
    memset(p->wanted, 0, p->words * sizeof *p->wanted);
    for (size_t i = 0; i < starts->count; i++) {
        const uint64_t item = starts->items[i];
        if (kept && !kept[i]) {
            continue;
        }
        const uint32_t number = article_of(item);
        if (count == 0 || article_of(starts->items[count - 1]) != number) {
            p->wanted[number / 64] |= UINT64_C(1) << number % 64;
            p->first[number] = (uint32_t)count;
            articles++;
        }
        starts->items[count++] = item;
    }
    starts->count = count;
    return articles;
}

static enum trabao_status walk_slot(const struct positions *p, const struct positions_slot *slot, struct pass *pass,
                                    struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    for (size_t f = 0; status == TRABAO_OK && f < slot->count; f++) {
        status = walk_form(p, &slot->forms[f], pass, err);
    }
    return status;
}

static enum trabao_status keep_starts(struct positions *p, const struct positions_slot *slot, struct pass *pass,
                                      size_t *articles, struct trabao_error *err)
{
    *articles = 0;
    if (pass->starts->count == 0) {
        return TRABAO_OK;
    }
    pass->kept = mem_zalloc(pass->starts->count, 1);
    if (!pass->kept) {
        return error_no_memory(err);
    }
    pass->starts->items[pass->starts->count] = UINT64_MAX; /* there is room for one more, and no position is so large */
    const enum trabao_status status = walk_slot(p, slot, pass, err);
    *articles = keep_marked(p, pass->starts, pass->kept);
    mem_free(pass->kept);
    return status;
}

static enum trabao_status make_starts(struct positions *p, const struct positions_slot *slot, struct pass *pass,
                                      size_t *articles, struct trabao_error *err)
{
    if (pass->phrase->among) {
        memcpy(p->wanted, pass->phrase->among, p->words * sizeof *p->wanted);
    } else {
        memset(p->wanted, 0xff, p->words * sizeof *p->wanted);
    }
    for (size_t i = p->rows->count; i < 64 * p->words; i++) {
        p->wanted[i / 64] &= ~(UINT64_C(1) << i % 64);
    }
    enum trabao_status status = walk_slot(p, slot, pass, err);
    if (status == TRABAO_OK) {
        status = merge_runs(pass->starts, err);
    }
    *articles = keep_marked(p, pass->starts, NULL);
    return status;
}

/* ---- the phrase ------------------------------------------------------------------------------------------------ */

/* The place of the rarest slot that is not done. */
static size_t next_slot(const struct positions_phrase *phrase, const bool *done)
{
    size_t best = phrase->count;
    for (size_t i = 0; i < phrase->count; i++) {
        if (!done[i] && (best == phrase->count || phrase->slots[i].postings < phrase->slots[best].postings)) {
            best = i;
        }
    }
    return best;
}

/* True when looking into ARTICLES takes less time than walking through the slots that are not done. */
static bool is_soon_looked(const struct positions_phrase *phrase, const bool *done, size_t articles)
{
    uint64_t postings = 0;
    for (size_t i = 0; i < phrase->count; i++) {
        postings += done[i] ? 0 : phrase->slots[i].postings;
    }
    return phrase->may_leave && (uint64_t)articles * POSITIONS_LOOK < postings;
}

/* The articles that STARTS are in. */
static enum trabao_status numbers_of(const struct occurrences *starts, struct positions_found *out,
                                     struct trabao_error *err)
{
    out->numbers = mem_alloc(starts->count + 1, sizeof *out->numbers);
    if (!out->numbers) {
        return error_no_memory(err);
    }
    for (size_t i = 0; i < starts->count; i++) {
        const uint32_t number = (uint32_t)(starts->items[i] >> 32);
        if (out->count == 0 || out->numbers[out->count - 1] != number) {
            out->numbers[out->count++] = number;
        }
    }
    return TRABAO_OK;
}

static enum trabao_status leave_all(const struct positions *p, const struct positions_phrase *phrase,
                                    struct positions_found *out, struct trabao_error *err)
{
    out->numbers = mem_alloc(phrase->among_count + 1, sizeof *out->numbers);
    if (!out->numbers) {
        return error_no_memory(err);
    }
    for (uint32_t i = 0; i < p->rows->count; i += 64) {
        for (uint64_t left = phrase->among[i / 64]; left && out->count < phrase->among_count; left &= left - 1) {
            out->numbers[out->count] = i + (uint32_t)__builtin_ctzll(left);
            out->count += out->numbers[out->count] < p->rows->count;
        }
    }
    out->left = true;
    return TRABAO_OK;
}

static enum trabao_status walk_phrase(struct positions *p, const struct positions_phrase *phrase, bool *done,
                                      struct positions_found *out, struct trabao_error *err)
{
    struct occurrences starts = {0};
    enum trabao_status status = TRABAO_OK;
    for (size_t i = 0; status == TRABAO_OK && i < phrase->count && !out->left; i++) {
        const size_t slot = next_slot(phrase, done);
        struct pass pass = {.phrase = phrase, .place = (uint32_t)slot, .starts = &starts};
        size_t articles;
        done[slot] = true;
        status = i == 0 ? make_starts(p, &phrase->slots[slot], &pass, &articles, err)
                        : keep_starts(p, &phrase->slots[slot], &pass, &articles, err);
        out->left = is_soon_looked(phrase, done, articles);
    }
    doclists_rest(&p->lists);
    if (status == TRABAO_OK) {
        status = numbers_of(&starts, out, err);
    }
    mem_free(starts.items);
    mem_free(starts.runs);
    return status;
}

enum trabao_status positions_find(struct positions *p, const struct positions_phrase *phrase,
                                  struct positions_found *out, struct trabao_error *err)
{
    bool *done = mem_zalloc(phrase->count + 1, sizeof *done);
    *out = (struct positions_found){0};
    if (!done) {
        return error_no_memory(err);
    }
    const enum trabao_status status = phrase->among && is_soon_looked(phrase, done, phrase->among_count)
                                          ? leave_all(p, phrase, out, err)
                                          : walk_phrase(p, phrase, done, out, err);
    mem_free(done);
    return status;
}
