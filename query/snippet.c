/*
 * snippet.c - in the order: marks, the choice of the window's core, its text; its ends are snippet_ends.c.
 *
 * The core is the shortest run of matches that shows the greatest weight of distinct patterns within the width. It is
 * found by one pass with two ends: each match in turn is the right end; the left end follows as long as the run is too
 * wide or begins with a pattern that it has again. What is left of the width is spent on the words around the core; its
 * ends do not part words that are marked as one.
 */
#include "query/snippet_inside.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/letter.h"

#define MATCHES_MAX ((size_t)64 * 1024) /* of a body; the window is chosen among the first ones */
#define ELLIPSIS "\xE2\x80\xA6"

/* ---- marks ----------------------------------------------------------------------------------------------------- */

static bool only_blanks(const char *text, size_t from, size_t to)
{
    while (from < to) {
        uint32_t c;
        from += utf8_decode(text + from, to - from, &c);
        if (!letter_is_blank(c) || c == '\n') {
            return false;
        }
    }
    return true;
}

/* Joins matches that overlap or that only blanks of one line separate. In place; returns the number of marks. */
static size_t join_matches(const char *text, struct query_match *m, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct query_match *before = kept > 0 ? &m[kept - 1] : NULL;
        if (before != NULL && (m[i].start <= before->end || only_blanks(text, before->end, m[i].start))) {
            before->end = MAX(before->end, m[i].end);
        } else {
            m[kept++] = m[i];
        }
    }
    return kept;
}

enum trabao_status snippet_mark_all(const struct snippet_source *source, const struct snippet_patterns *patterns,
                                    struct trabao_mark **marks, size_t *mark_count, struct trabao_error *err)
{
    struct query_matches matches = {0};
    *marks = NULL;
    *mark_count = 0;
    if (patterns->count == 0) {
        return TRABAO_OK;
    }
    TRY(text_tokenize(source->analyzer, source->text, source->n, source->tokens, err));
    if (query_match_all(source->tokens, patterns, SIZE_MAX, &matches)) {
        matches.count = join_matches(source->text, matches.items, matches.count);
        *marks = mem_alloc(matches.count, sizeof **marks);
    }
    for (size_t i = 0; *marks != NULL && i < matches.count; i++) {
        (*marks)[(*mark_count)++] = (struct trabao_mark){matches.items[i].start, matches.items[i].end};
    }
    mem_free(matches.items);
    return *marks != NULL ? TRABAO_OK : error_no_memory(err);
}

/* ---- the core -------------------------------------------------------------------------------------------------- */

/* The run of matches that the two ends enclose, and the best one so far. */
struct run {
    const struct query_match *matches;
    const struct snippet_patterns *patterns;
    uint32_t *seen;   /* by pattern: matches in the run */
    size_t *position; /* by match: characters before it */
    size_t left;
    double weight; /* of distinct patterns */
    double best_weight;
    size_t best_width, best_left, best_right;
};

static void drop_left(struct run *r)
{
    const uint32_t pattern = r->matches[r->left++].pattern;
    if (--r->seen[pattern] == 0) {
        r->weight -= (double)r->patterns->items[pattern].weight;
    }
}

static void take(struct run *r, const char *text, size_t right, size_t width)
{
    const double tiny = 1e-6; /* sums of the same weights in another order are the same */
    const struct query_match *m = r->matches;
    const size_t end = r->position[right] + snippet_characters(text, m[right].start, m[right].end);
    if (r->seen[m[right].pattern]++ == 0) {
        r->weight += (double)r->patterns->items[m[right].pattern].weight;
    }
    while (r->left < right && (end - r->position[r->left] > width || r->seen[m[r->left].pattern] > 1)) {
        drop_left(r);
    }
    const size_t run_width = end - r->position[r->left];
    if (r->weight > r->best_weight + tiny ||
        (r->weight > r->best_weight - tiny && r->best_weight > 0 && run_width < r->best_width)) {
        r->best_weight = r->weight;
        r->best_width = run_width;
        r->best_left = r->left;
        r->best_right = right;
    }
}

static bool choose_core(struct snippet_window *w, const struct query_matches *matches,
                        const struct snippet_patterns *patterns)
{
    struct run r = {.matches = matches->items, .patterns = patterns};
    r.seen = mem_zalloc(patterns->count, sizeof *r.seen);
    r.position = mem_alloc(matches->count, sizeof *r.position);
    const bool ok = r.seen != NULL && r.position != NULL;
    for (size_t i = 0; ok && i < matches->count; i++) {
        const size_t before = i == 0 ? 0 : matches->items[i - 1].start;
        r.position[i] = (i == 0 ? 0 : r.position[i - 1]) + snippet_characters(w->text, before, matches->items[i].start);
        take(&r, w->text, i, w->width);
    }
    if (ok && matches->count > 0) {
        w->core = matches->items[r.best_left].start;
        w->core_end = matches->items[r.best_right].end;
    }
    mem_free(r.seen);
    mem_free(r.position);
    return ok;
}

/* ---- the text -------------------------------------------------------------------------------------------------- */

/* Appends the bytes of the window from *DONE up to END, as they are. */
static void copy_stretch(const struct snippet_window *w, size_t *done, size_t end, struct buf *out)
{
    buf_append(out, w->text + *done, end - *done);
    *done = end;
}

/* Copies the window with single blanks, and translates RUNS, whose number is in OUT, to marks in the copy. */
static void copy_window(const struct snippet_window *w, const struct query_match *runs, struct snippet *out)
{
    size_t next = 0; /* mark to be begun or ended */
    bool begun = false;
    bool blank = false;
    size_t done = w->start;
    buf_append_str(out->text, w->cut_start ? ELLIPSIS " " : "");
    for (size_t pos = w->start; pos < w->end;) {
        uint32_t c;
        const size_t len = utf8_decode(w->text + pos, w->end - pos, &c);
        if (letter_is_blank(c)) {
            copy_stretch(w, &done, pos, out->text);
            blank = true;
            done = pos + len;
        } else {
            if (blank) {
                buf_append_char(out->text, ' ');
            }
            blank = false;
            if (next < out->mark_count && !begun && runs[next].start <= pos) {
                copy_stretch(w, &done, pos, out->text);
                out->marks[next].start = (uint32_t)out->text->len;
                begun = true;
            }
            if (len == 1 && c == 0xFFFD) {
                copy_stretch(w, &done, pos, out->text);
                buf_append_str(out->text, UTF8_REPLACEMENT); /* a byte that is no UTF-8 */
                done = pos + len;
            }
        }
        pos += len;
        if (begun && (pos >= runs[next].end || pos >= w->end)) {
            copy_stretch(w, &done, pos, out->text);
            out->marks[next++].end = (uint32_t)out->text->len;
            begun = false;
        }
    }
    copy_stretch(w, &done, w->end, out->text);
    out->mark_count = next;
    buf_append_str(out->text, w->cut_end ? " " ELLIPSIS : "");
}

/* RUNS are those of the window. */
static enum trabao_status write_window(const struct snippet_window *w, struct query_match *runs, struct snippet *out,
                                       struct trabao_error *err)
{
    size_t first = 0;
    while (first < w->run_count && runs[first].end <= w->start) {
        first++;
    }
    size_t stop = first;
    while (stop < w->run_count && runs[stop].start < w->end) {
        stop++;
    }
    out->mark_count = stop - first;
    out->marks = mem_alloc(out->mark_count, sizeof *out->marks);
    if (out->marks == NULL) {
        return error_no_memory(err);
    }
    copy_window(w, first < stop ? runs + first : NULL, out);
    return buf_failed(out->text) ? error_no_memory(err) : TRABAO_OK;
}

/* Where PATTERNS occur in the first N bytes of SOURCE. */
static enum trabao_status find_matches(const struct snippet_source *source, size_t n,
                                       const struct snippet_patterns *patterns, struct query_matches *matches,
                                       struct trabao_error *err)
{
    bool found;
    if (source->words != NULL && source->words->count > 0 && query_match_by_words(patterns)) {
        struct snippet_words seen = *source->words;
        while (seen.count > 0 && seen.places[seen.count - 1].end > n) {
            seen.count--;
        }
        found = query_match_words(&seen, patterns, MATCHES_MAX, matches);
    } else {
        TRY(text_tokenize(source->analyzer, source->text, n, source->tokens, err));
        found = query_match_all(source->tokens, patterns, MATCHES_MAX, matches);
    }
    return found ? TRABAO_OK : error_no_memory(err);
}

/* Chooses and writes the window; MATCHES, empty before, is what was found for it. */
static enum trabao_status make(const struct snippet_source *source, const struct snippet_patterns *patterns,
                               size_t width, struct query_matches *matches, struct snippet *out,
                               struct trabao_error *err)
{
    struct snippet_window w = {
        .text = source->text, .n = utf8_clip(source->text, source->n, SNIPPET_TEXT_MAX), .width = width};
    if (patterns->count > 0) {
        TRY(find_matches(source, w.n, patterns, matches, err));
        if (!choose_core(&w, matches, patterns)) {
            return error_no_memory(err);
        }
        w.run_count = join_matches(source->text, matches->items, matches->count);
        w.runs = matches->items;
    }
    snippet_choose_ends(&w);
    return write_window(&w, matches->items, out, err);
}

enum trabao_status snippet_make(const struct snippet_source *source, const struct snippet_patterns *patterns,
                                size_t width, struct snippet *out, struct trabao_error *err)
{
    struct query_matches matches = {0};
    out->marks = NULL;
    out->mark_count = 0;
    buf_clear(out->text);
    const enum trabao_status status = make(source, patterns, width, &matches, out, err);
    mem_free(matches.items);
    if (status != TRABAO_OK) {
        mem_free(out->marks);
        out->marks = NULL;
        out->mark_count = 0;
    }
    return status;
}
