/*
 * snippet.c - in the order: marks, the choice of the window's core, its ends, its text.
 *
 * The core is the shortest run of matches that shows the greatest weight of distinct patterns within the width. It is
 * found by one pass with two ends: each match in turn is the right end; the left end follows as long as the run is too
 * wide or begins with a pattern that it has again. What is left of the width is spent on the words around the core; its
 * ends do not part words that are marked as one.
 */
#include "query/snippet.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "query/match.h"
#include "text/letter.h"

#define MATCHES_MAX ((size_t)64 * 1024) /* of a body; the window is chosen among the first ones */
#define ELLIPSIS "\xE2\x80\xA6"

struct window {
    const char *text;
    size_t n;
    size_t width;            /* characters */
    size_t core, core_end;   /* bytes; core_end 0: no match */
    size_t start, end;       /* bytes */
    bool cut_start, cut_end; /* a sentence is cut there */
    const struct query_match *runs; /* what is marked, in the whole text; the ends are not inside one, if possible */
    size_t run_count;
};

/* ---- characters ------------------------------------------------------------------------------------------------ */

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

static size_t count_characters(const char *text, size_t from, size_t to)
{
    size_t count = to - from;
    size_t i = from;
    for (; to - i >= 8; i += 8) { /* of each byte the highest bit but not the next one */
        const uint64_t bytes = LOAD(uint64_t, text + i);
        count -= (size_t)__builtin_popcountll(bytes & ~bytes << 1 & UINT64_C(0x8080808080808080));
    }
    for (; i < to; i++)
        count -= is_continuation(text[i]);
    return count;
}

/* The start of the character before POS, which is > 0. */
static size_t step_back(const char *text, size_t pos)
{
    do
        pos--;
    while (pos > 0 && is_continuation(text[pos]));
    return pos;
}

static uint32_t character_at(const struct window *w, size_t pos)
{
    uint32_t c = (unsigned char)w->text[pos];
    if (c < 0x80)
        return c;
    utf8_decode(w->text + pos, w->n - pos, &c);
    return c;
}

static bool blank_at(const struct window *w, size_t pos)
{
    return letter_is_blank(character_at(w, pos));
}

/* The byte at most COUNT characters after POS, not beyond END. */
static size_t advance(const struct window *w, size_t pos, size_t count, size_t end)
{
    for (; count > 0 && pos < end; count--) {
        do
            pos++;
        while (pos < end && is_continuation(w->text[pos]));
    }
    return pos;
}

/* ---- marks ----------------------------------------------------------------------------------------------------- */

static bool only_blanks(const char *text, size_t from, size_t to)
{
    while (from < to) {
        uint32_t c;
        from += utf8_decode(text + from, to - from, &c);
        if (!letter_is_blank(c) || c == '\n')
            return false;
    }
    return true;
}

/* Joins matches that overlap or that only blanks of one line separate. In place; returns the number of marks. */
static size_t join_matches(const char *text, struct query_match *m, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct query_match *before = kept > 0 ? &m[kept - 1] : NULL;
        if (before != NULL && (m[i].start <= before->end || only_blanks(text, before->end, m[i].start)))
            before->end = MAX(before->end, m[i].end);
        else
            m[kept++] = m[i];
    }
    return kept;
}

enum trabao_status snippet_mark_all(struct text_analyzer *analyzer, struct text_tokens *tokens, const char *text,
                                    size_t n, const struct snippet_pattern *patterns, size_t pattern_count,
                                    struct trabao_mark **marks, size_t *mark_count, struct trabao_error *err)
{
    struct query_matches matches = {0};
    *marks = NULL;
    *mark_count = 0;
    if (pattern_count == 0)
        return TRABAO_OK;
    enum trabao_status status = text_tokenize(analyzer, text, n, tokens, err);
    if (status != TRABAO_OK)
        return status;
    if (!query_match_all(tokens, patterns, pattern_count, SIZE_MAX, &matches))
        goto no_memory;
    const size_t count = join_matches(text, matches.items, matches.count);
    *marks = mem_alloc(count, sizeof **marks);
    if (*marks == NULL)
        goto no_memory;
    for (size_t i = 0; i < count; i++)
        (*marks)[i] = (struct trabao_mark){matches.items[i].start, matches.items[i].end};
    *mark_count = count;
    mem_free(matches.items);
    return TRABAO_OK;

no_memory:
    mem_free(matches.items);
    return error_no_memory(err);
}

/* ---- the core -------------------------------------------------------------------------------------------------- */

/* The run of matches that the two ends enclose, and the best one so far. */
struct run {
    const struct query_match *matches;
    const struct snippet_pattern *patterns;
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
    if (--r->seen[pattern] == 0)
        r->weight -= (double)r->patterns[pattern].weight;
}

static void take(struct run *r, const char *text, size_t right, size_t width)
{
    const double tiny = 1e-6; /* sums of the same weights in another order are the same */
    const struct query_match *m = r->matches;
    const size_t end = r->position[right] + count_characters(text, m[right].start, m[right].end);
    if (r->seen[m[right].pattern]++ == 0)
        r->weight += (double)r->patterns[m[right].pattern].weight;
    while (r->left < right && (end - r->position[r->left] > width || r->seen[m[r->left].pattern] > 1))
        drop_left(r);
    const size_t run_width = end - r->position[r->left];
    if (r->weight > r->best_weight + tiny ||
        (r->weight > r->best_weight - tiny && r->best_weight > 0 && run_width < r->best_width)) {
        r->best_weight = r->weight;
        r->best_width = run_width;
        r->best_left = r->left;
        r->best_right = right;
    }
}

static bool choose_core(struct window *w, const struct query_matches *matches, const struct snippet_pattern *patterns,
                        size_t pattern_count)
{
    struct run r = {.matches = matches->items, .patterns = patterns};
    r.seen = mem_zalloc(pattern_count, sizeof *r.seen);
    r.position = mem_alloc(matches->count, sizeof *r.position);
    const bool ok = r.seen != NULL && r.position != NULL;
    for (size_t i = 0; ok && i < matches->count; i++) {
        const size_t before = i == 0 ? 0 : matches->items[i - 1].start;
        r.position[i] = (i == 0 ? 0 : r.position[i - 1]) + count_characters(w->text, before, matches->items[i].start);
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

/* ---- the ends -------------------------------------------------------------------------------------------------- */

static bool is_closing(uint32_t c)
{
    return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0x201D || c == 0x2019 || c == 0xBB;
}

static bool is_terminator(uint32_t c)
{
    return c == '.' || c == '!' || c == '?' || c == 0x2026;
}

/* True when the stop at POS ends a short abbreviation (TP. GS. ThS.) and so not a sentence. */
static bool is_abbreviation(const struct window *w, size_t pos)
{
    size_t letters = 0;
    size_t i = pos;
    while (i > 0 && letters < 4) {
        const size_t before = step_back(w->text, i);
        if (blank_at(w, before) || is_terminator(character_at(w, before)))
            break;
        if ((w->text[before] & 0x80) != 0)
            return false;
        i = before;
        letters++;
    }
    return letters >= 1 && letters <= 3 && w->text[i] >= 'A' && w->text[i] <= 'Z';
}

/* True when a stop, with or without a few closing quotes after it, ends before POS. */
static bool after_terminator(const struct window *w, size_t pos)
{
    for (int i = 0; i < 4 && pos > 0; i++) {
        pos = step_back(w->text, pos);
        const uint32_t c = character_at(w, pos);
        if (is_terminator(c))
            return c != '.' || !is_abbreviation(w, pos);
        if (!is_closing(c))
            return false;
    }
    return false;
}

/* True when a sentence or paragraph begins at POS, where no blank stands. */
static bool sentence_begins(const struct window *w, size_t pos)
{
    size_t before = pos;
    while (before > 0) {
        const size_t step = step_back(w->text, before);
        if (w->text[step] == '\n')
            return true;
        if (!blank_at(w, step))
            break;
        before = step;
    }
    return before == 0 || (before < pos && after_terminator(w, before));
}

static bool word_begins(const struct window *w, size_t pos)
{
    return !blank_at(w, pos) && (pos == 0 || blank_at(w, step_back(w->text, pos)));
}

/* Where a window may start, as found by walking back from the core. */
struct starts {
    size_t sentence, sentence_back; /* byte, and characters before the core; SIZE_MAX if there is none */
    size_t word;                    /* with some context before the core */
    size_t farthest;                /* the word that fills the width, when what follows the core does not */
};

/*
 * Looks at most LIMIT characters back. The nearest sentence is taken, or a farther one that is at most FILL characters
 * away.
 */
static struct starts find_starts(const struct window *w, size_t limit, size_t fill)
{
    struct starts s = {SIZE_MAX, SIZE_MAX, w->core, w->core};
    size_t pos = w->core;
    for (size_t back = 0;; back++) {
        if (word_begins(w, pos)) {
            if (back <= limit / 2)
                s.word = pos;
            if (back <= fill)
                s.farthest = pos;
            if ((s.sentence == SIZE_MAX || back <= fill) && sentence_begins(w, pos)) {
                s.sentence = pos;
                s.sentence_back = back;
            }
        }
        if (back == limit || pos == 0)
            return s;
        pos = step_back(w->text, pos);
    }
}

/* What is marked as one and would be parted by a window that ends at POS; or NULL. */
static const struct query_match *run_across(const struct window *w, size_t pos)
{
    for (size_t i = 0; i < w->run_count && w->runs[i].start < pos; i++) {
        if (w->runs[i].end > pos)
            return &w->runs[i];
    }
    return NULL;
}

/* The core takes in all that is marked as one with its ends, if that fits. */
static void widen_core(struct window *w)
{
    const struct query_match *run = run_across(w, w->core);
    if (run != NULL && count_characters(w->text, run->start, w->core_end) <= w->width)
        w->core = run->start;
    run = run_across(w, w->core_end);
    if (run != NULL && count_characters(w->text, w->core, run->end) <= w->width)
        w->core_end = run->end;
}

/* ROOM is what the core leaves of the width, AFTER how much of it the text behind the core can fill. */
static void choose_start(struct window *w, size_t room, size_t after)
{
    const size_t fill = room - after;
    const struct starts s = find_starts(w, MAX(room * 2 / 3, fill), fill);
    const bool sentence = s.sentence != SIZE_MAX && (fill <= s.sentence_back || fill - s.sentence_back <= w->width / 2);
    if (sentence)
        w->start = s.sentence;
    else
        w->start = MIN(s.farthest, s.word);
    const struct query_match *run = run_across(w, w->start);
    if (run != NULL && run->end <= w->core) {
        w->start = run->end;
        while (w->start < w->core && !word_begins(w, w->start))
            w->start = advance(w, w->start, 1, w->core);
    }
    w->cut_start = !sentence && !sentence_begins(w, w->start);
}

static size_t skip_blanks(const struct window *w, size_t pos)
{
    while (pos < w->n && blank_at(w, pos))
        pos = advance(w, pos, 1, w->n);
    return pos;
}

/* What does not stand well before an ellipsis: it goes with what follows. */
static bool leads_on(uint32_t c)
{
    return c == ',' || c == ';' || c == ':' || c == '(' || c == '[' || c == '-' || c == '/' || c == 0x201C ||
           c == 0x2018 || c == 0xAB || c == 0x2013 || c == 0x2014;
}

/* END without the blanks before it, and, if a sentence is cut there, without what leads on. */
static size_t trim_end(const struct window *w, size_t end, bool cut)
{
    while (end > w->start && end > w->core_end) {
        const size_t before = step_back(w->text, end);
        if (!blank_at(w, before) && !(cut && leads_on(character_at(w, before))))
            break;
        end = before;
    }
    return end;
}

/* The end of the last paragraph that ends between FROM and TO; TO when none does. */
static size_t paragraph_end(const struct window *w, size_t from, size_t to)
{
    const char *newline = from < to ? memrchr(w->text + from, '\n', to - from) : NULL;
    return newline != NULL ? (size_t)(newline - w->text) : to;
}

/*
 * The window ends after a whole word, but not before its core does. If most of it is filled by then it ends with a
 * paragraph: what comes after, a caption or another heading, seldom belongs to the same thought.
 */
static void choose_end(struct window *w)
{
    size_t end = MAX(advance(w, w->start, w->width, w->n), w->core_end);
    const size_t filled = MAX(advance(w, w->start, w->width * 3 / 5, w->n), w->core_end);
    const size_t paragraph = paragraph_end(w, filled, end);
    if (paragraph < end) {
        w->end = trim_end(w, paragraph, false);
        w->cut_end = false;
        return;
    }
    if (end < w->n && !blank_at(w, end)) {
        size_t word = end;
        while (word > w->core_end && word > w->start && !blank_at(w, step_back(w->text, word)))
            word = step_back(w->text, word);
        if (word > w->start)
            end = word;
    }
    const struct query_match *run = run_across(w, end);
    if (run != NULL && run->start >= w->core_end && run->start > w->start)
        end = run->start;
    end = trim_end(w, end, false);
    w->cut_end = skip_blanks(w, end) < w->n && !after_terminator(w, end);
    w->end = trim_end(w, end, w->cut_end);
}

static void choose_ends(struct window *w)
{
    if (w->core_end == 0) {
        w->core = skip_blanks(w, 0);
        w->start = w->core;
        w->cut_start = false;
        choose_end(w);
        return;
    }
    widen_core(w);
    const size_t core = count_characters(w->text, w->core, w->core_end);
    const size_t room = core < w->width ? w->width - core : 0;
    const size_t after = count_characters(w->text, w->core_end, advance(w, w->core_end, room, w->n));
    choose_start(w, room, after);
    choose_end(w);
}

/* ---- the text -------------------------------------------------------------------------------------------------- */

/* Copies the window with single blanks, and translates RUNS, whose number is in OUT, to marks in the copy. */
static void copy_window(const struct window *w, const struct query_match *runs, struct snippet *out)
{
    size_t next = 0; /* mark to be begun or ended */
    bool begun = false;
    bool blank = false;
    buf_append_str(out->text, w->cut_start ? ELLIPSIS " " : "");
    for (size_t pos = w->start; pos < w->end;) {
        uint32_t c;
        const size_t len = utf8_decode(w->text + pos, w->end - pos, &c);
        if (letter_is_blank(c)) {
            blank = true;
        } else {
            if (blank)
                buf_append_char(out->text, ' ');
            blank = false;
            if (next < out->mark_count && !begun && runs[next].start <= pos) {
                out->marks[next].start = (uint32_t)out->text->len;
                begun = true;
            }
            if (len == 1 && c == 0xFFFD)
                buf_append_str(out->text, UTF8_REPLACEMENT); /* a byte that is no UTF-8 */
            else
                buf_append(out->text, w->text + pos, len);
        }
        pos += len;
        if (begun && (pos >= runs[next].end || pos >= w->end)) {
            out->marks[next++].end = (uint32_t)out->text->len;
            begun = false;
        }
    }
    out->mark_count = next;
    buf_append_str(out->text, w->cut_end ? " " ELLIPSIS : "");
}

/* RUNS are those of the window. */
static enum trabao_status write_window(const struct window *w, struct query_match *runs, struct snippet *out,
                                       struct trabao_error *err)
{
    size_t first = 0;
    while (first < w->run_count && runs[first].end <= w->start)
        first++;
    size_t stop = first;
    while (stop < w->run_count && runs[stop].start < w->end)
        stop++;
    out->mark_count = stop - first;
    out->marks = mem_alloc(out->mark_count, sizeof *out->marks);
    if (out->marks == NULL)
        return error_no_memory(err);
    copy_window(w, first < stop ? runs + first : NULL, out);
    return buf_failed(out->text) ? error_no_memory(err) : TRABAO_OK;
}

/* Where PATTERNS occur in the first N bytes of BODY. */
static enum trabao_status find_matches(struct text_analyzer *analyzer, struct text_tokens *tokens, const char *body,
                                       size_t n, const struct snippet_words *words,
                                       const struct snippet_pattern *patterns, size_t pattern_count,
                                       struct query_matches *matches, struct trabao_error *err)
{
    bool found;
    if (words != NULL && words->count > 0 && query_match_by_words(patterns, pattern_count)) {
        struct snippet_words seen = *words;
        while (seen.count > 0 && seen.places[seen.count - 1].end > n)
            seen.count--;
        found = query_match_words(&seen, patterns, pattern_count, MATCHES_MAX, matches);
    } else {
        const enum trabao_status status = text_tokenize(analyzer, body, n, tokens, err);
        if (status != TRABAO_OK)
            return status;
        found = query_match_all(tokens, patterns, pattern_count, MATCHES_MAX, matches);
    }
    return found ? TRABAO_OK : error_no_memory(err);
}

enum trabao_status snippet_make(struct text_analyzer *analyzer, struct text_tokens *tokens, const char *body, size_t n,
                                const struct snippet_words *words, const struct snippet_pattern *patterns,
                                size_t pattern_count, size_t width, struct snippet *out, struct trabao_error *err)
{
    struct query_matches matches = {0};
    struct window w = {.text = body, .n = utf8_clip(body, n, SNIPPET_TEXT_MAX), .width = width};
    enum trabao_status status = TRABAO_OK;
    out->marks = NULL;
    out->mark_count = 0;
    buf_clear(out->text);
    if (pattern_count > 0) {
        status = find_matches(analyzer, tokens, body, w.n, words, patterns, pattern_count, &matches, err);
        if (status == TRABAO_OK && !choose_core(&w, &matches, patterns, pattern_count))
            status = error_no_memory(err);
        if (status != TRABAO_OK)
            goto done;
        w.run_count = join_matches(body, matches.items, matches.count);
        w.runs = matches.items;
    }
    choose_ends(&w);
    status = write_window(&w, matches.items, out, err);

done:
    mem_free(matches.items);
    if (status != TRABAO_OK) {
        mem_free(out->marks);
        out->marks = NULL;
        out->mark_count = 0;
    }
    return status;
}
