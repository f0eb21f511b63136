/*
 * snippet_ends.c - where a window starts and ends around its core: at sentences and paragraphs if they are near, else
 * at words, and not inside what is marked as one.
 */
#include "query/snippet_inside.h"

#include "base/utf8.h"
#include "text/letter.h"

/* ---- characters ------------------------------------------------------------------------------------------------ */

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

size_t snippet_characters(const char *text, size_t from, size_t to)
{
    size_t count = to - from;
    size_t i = from;
    for (; to - i >= 8; i += 8) { /* of each byte the highest bit but not the next one */
        const uint64_t bytes = LOAD(uint64_t, text + i);
        count -= (size_t)__builtin_popcountll(bytes & ~bytes << 1 & UINT64_C(0x8080808080808080));
    }
    for (; i < to; i++) {
        count -= is_continuation(text[i]);
    }
    return count;
}

/* The start of the character before POS, which is > 0. */
static size_t step_back(const char *text, size_t pos)
{
    do {
        pos--;
    } while (pos > 0 && is_continuation(text[pos]));
    return pos;
}

static uint32_t character_at(const struct snippet_window *w, size_t pos)
{
    uint32_t c = (unsigned char)w->text[pos];
    if (c < 0x80) {
        return c;
    }
    utf8_decode(w->text + pos, w->n - pos, &c);
    return c;
}

static bool blank_at(const struct snippet_window *w, size_t pos)
{
    return letter_is_blank(character_at(w, pos));
}

/* The byte at most COUNT characters after POS, not beyond END. */
static size_t advance(const struct snippet_window *w, size_t pos, size_t count, size_t end)
{
    for (; count > 0 && pos < end; count--) {
        do {
            pos++;
        } while (pos < end && is_continuation(w->text[pos]));
    }
    return pos;
}

static bool is_closing(uint32_t c)
{
    return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0x201D || c == 0x2019 || c == 0xBB;
}

static bool is_terminator(uint32_t c)
{
    return c == '.' || c == '!' || c == '?' || c == 0x2026;
}

/* True when the stop at POS ends a short abbreviation (TP. GS. ThS.) and so not a sentence. */
static bool is_abbreviation(const struct snippet_window *w, size_t pos)
{
    size_t letters = 0;
    size_t i = pos;
    while (i > 0 && letters < 4) {
        const size_t before = step_back(w->text, i);
        if (blank_at(w, before) || is_terminator(character_at(w, before))) {
            break;
        }
        if ((w->text[before] & 0x80) != 0) {
            return false;
        }
        i = before;
        letters++;
    }
    return letters >= 1 && letters <= 3 && w->text[i] >= 'A' && w->text[i] <= 'Z';
}

/* True when a stop, with or without a few closing quotes after it, ends before POS. */
static bool after_terminator(const struct snippet_window *w, size_t pos)
{
    for (int i = 0; i < 4 && pos > 0; i++) {
        pos = step_back(w->text, pos);
        const uint32_t c = character_at(w, pos);
        if (is_terminator(c)) {
            return c != '.' || !is_abbreviation(w, pos);
        }
        if (!is_closing(c)) {
            return false;
        }
    }
    return false;
}

/* True when a sentence or paragraph begins at POS, where no blank stands. */
static bool sentence_begins(const struct snippet_window *w, size_t pos)
{
    size_t before = pos;
    while (before > 0) {
        const size_t step = step_back(w->text, before);
        if (w->text[step] == '\n') {
            return true;
        }
        if (!blank_at(w, step)) {
            break;
        }
        before = step;
    }
    return before == 0 || (before < pos && after_terminator(w, before));
}

static bool word_begins(const struct snippet_window *w, size_t pos)
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
static struct starts find_starts(const struct snippet_window *w, size_t limit, size_t fill)
{
    struct starts s = {SIZE_MAX, SIZE_MAX, w->core, w->core};
    size_t pos = w->core;
    for (size_t back = 0;; back++) {
        if (word_begins(w, pos)) {
            if (back <= limit / 2) {
                s.word = pos;
            }
            if (back <= fill) {
                s.farthest = pos;
            }
            if ((s.sentence == SIZE_MAX || back <= fill) && sentence_begins(w, pos)) {
                s.sentence = pos;
                s.sentence_back = back;
            }
        }
        if (back == limit || pos == 0) {
            return s;
        }
        pos = step_back(w->text, pos);
    }
}

/* What is marked as one and would be parted by a window that ends at POS; or NULL. */
static const struct query_match *run_across(const struct snippet_window *w, size_t pos)
{
    for (size_t i = 0; i < w->run_count && w->runs[i].start < pos; i++) {
        if (w->runs[i].end > pos) {
            return &w->runs[i];
        }
    }
    return NULL;
}

/* The core takes in all that is marked as one with its ends, if that fits. */
static void widen_core(struct snippet_window *w)
{
    const struct query_match *run = run_across(w, w->core);
    if (run != NULL && snippet_characters(w->text, run->start, w->core_end) <= w->width) {
        w->core = run->start;
    }
    run = run_across(w, w->core_end);
    if (run != NULL && snippet_characters(w->text, w->core, run->end) <= w->width) {
        w->core_end = run->end;
    }
}

/* ROOM is what the core leaves of the width, AFTER how much of it the text behind the core can fill. */
static void choose_start(struct snippet_window *w, size_t room, size_t after)
{
    const size_t fill = room - after;
    const struct starts s = find_starts(w, MAX(room * 2 / 3, fill), fill);
    const bool sentence = s.sentence != SIZE_MAX && (fill <= s.sentence_back || fill - s.sentence_back <= w->width / 2);
    if (sentence) {
        w->start = s.sentence;
    } else {
        w->start = MIN(s.farthest, s.word);
    }
    const struct query_match *run = run_across(w, w->start);
    if (run != NULL && run->end <= w->core) {
        w->start = run->end;
        while (w->start < w->core && !word_begins(w, w->start)) {
            w->start = advance(w, w->start, 1, w->core);
        }
    }
    w->cut_start = !sentence && !sentence_begins(w, w->start);
}

static size_t skip_blanks(const struct snippet_window *w, size_t pos)
{
    while (pos < w->n && blank_at(w, pos)) {
        pos = advance(w, pos, 1, w->n);
    }
    return pos;
}

/* What does not stand well before an ellipsis: it goes with what follows. */
static bool leads_on(uint32_t c)
{
    return c == ',' || c == ';' || c == ':' || c == '(' || c == '[' || c == '-' || c == '/' || c == 0x201C ||
           c == 0x2018 || c == 0xAB || c == 0x2013 || c == 0x2014;
}

/* END without the blanks before it, and, if a sentence is cut there, without what leads on. */
static size_t trim_end(const struct snippet_window *w, size_t end, bool cut)
{
    while (end > w->start && end > w->core_end) {
        const size_t before = step_back(w->text, end);
        if (!blank_at(w, before) && !(cut && leads_on(character_at(w, before)))) {
            break;
        }
        end = before;
    }
    return end;
}

/* The end of the last paragraph that ends between FROM and TO; TO when none does. */
static size_t paragraph_end(const struct snippet_window *w, size_t from, size_t to)
{
    const char *newline = from < to ? memrchr(w->text + from, '\n', to - from) : NULL;
    return newline != NULL ? (size_t)(newline - w->text) : to;
}

/*
 * The window ends after a whole word, but not before its core does. If most of it is filled by then it ends with a
 * paragraph: what comes after, a caption or another heading, seldom belongs to the same thought.
 */
static void choose_end(struct snippet_window *w)
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
        while (word > w->core_end && word > w->start && !blank_at(w, step_back(w->text, word))) {
            word = step_back(w->text, word);
        }
        if (word > w->start) {
            end = word;
        }
    }
    const struct query_match *run = run_across(w, end);
    if (run != NULL && run->start >= w->core_end && run->start > w->start) {
        end = run->start;
    }
    end = trim_end(w, end, false);
    w->cut_end = skip_blanks(w, end) < w->n && !after_terminator(w, end);
    w->end = trim_end(w, end, w->cut_end);
}

void snippet_choose_ends(struct snippet_window *w)
{
    if (w->core_end == 0) {
        w->core = skip_blanks(w, 0);
        w->start = w->core;
        w->cut_start = false;
        choose_end(w);
        return;
    }
    /* Punctuation between the words of one match may be of any length. */
    w->core_end = MIN(w->core_end, advance(w, w->core, w->width, w->n));
    widen_core(w);
    const size_t core = snippet_characters(w->text, w->core, w->core_end);
    const size_t room = core < w->width ? w->width - core : 0;
    const size_t after = snippet_characters(w->text, w->core_end, advance(w, w->core_end, room, w->n));
    choose_start(w, room, after);
    choose_end(w);
}
