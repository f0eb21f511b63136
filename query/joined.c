/*
 * joined.c - see joined.h. Dynamic programming over the letters: at each place where a part may end stand the likeliest
 * ways to get there, with different last words. A way that is less likely than the whole may be goes no further, which
 * leaves few of them.
 */
#include "query/joined.h"

#include "query/markov.h"
#include "text/syllable.h"
#include "text/text.h"

#define LETTERS_MIN 4
#define LETTERS_MAX 32
#define PART_MAX 12 /* letters of a part */
#define READINGS 12 /* terms of a part that are looked at, the commonest */
#define WAYS 12     /* that are kept at each place */

/*
 * A word of N letters that is no Vietnamese is taken for one of LETTER_ODDS to the power N that could as well be: what
 * is less likely than that is not meant. Letters are by far not equally likely, hence less than 26.
 */
#define LETTER_ODDS 10.0

/* A way to part the letters up to a place. */
struct way {
    struct markov_word last;
    double likely; /* logarithm */
    uint8_t from;  /* where the last part begins, */
    uint8_t way;   /* and which of the ways to there this one goes on */
    uint8_t parts;
};

struct place {
    struct way ways[WAYS]; /* the likeliest first */
    size_t count;
};

struct parting {
    const struct archive *archive;
    const char *word;
    size_t n;
    double least; /* logarithm: what is less likely is not meant */
    uint32_t *steps;
    struct place places[LETTERS_MAX + 1];
};

static void put_way(struct place *place, const struct way *way)
{
    size_t i = place->count;
    if (i == WAYS) {
        if (place->ways[i - 1].likely >= way->likely) {
            return;
        }
        i--;
    } else {
        place->count++;
    }
    for (; i > 0 && place->ways[i - 1].likely < way->likely; i--) {
        place->ways[i] = place->ways[i - 1];
    }
    place->ways[i] = *way;
}

/* The likeliest way to the term of LAST behind the ways to START; less likely than anything if there is none. */
static struct way best_way(struct parting *p, size_t start, const struct markov_word *last)
{
    struct way best = {.last = *last, .likely = -INFINITY, .from = (uint8_t)start, .parts = 1};
    if (start == 0) {
        best.likely = log(last->once);
        return best;
    }
    const struct place *place = &p->places[start];
    for (size_t w = 0; w < place->count && *p->steps > 0; w++) {
        const struct way *before = &place->ways[w];
        --*p->steps;
        const double count = markov_count_pair(p->archive, &before->last, last);
        const double likely = before->likely + log(markov_pair(&before->last, last, count));
        if (likely > best.likely && before->parts < JOINED_PARTS_MAX) {
            best.likely = likely;
            best.way = (uint8_t)w;
            best.parts = (uint8_t)(before->parts + 1);
        }
    }
    return best;
}

/* The letters from START to END as a part: one letter is only ever a vowel. */
static void add_part(struct parting *p, size_t start, size_t end)
{
    char form[TEXT_FORM_MAX];
    const char *letters = p->word + start;
    size_t n = end - start;
    if (n == 1 && !syllable_is_folded_shape(letters, n)) {
        return;
    }
    if (letters[n - 1] == 'y') { /* li, ki: what is typed ly, ky */
        n = syllable_canonical(letters, n, form);
        letters = form;
    }
    const struct lexicon *lexicon = &p->archive->lexicon;
    uint32_t term = lexicon_fold_first(lexicon, letters, n);
    for (size_t i = 0; i < READINGS && term != LEXICON_NONE; i++, term = lexicon_fold_next(lexicon, term)) {
        struct markov_word last = {.term = term, .once = markov_once(p->archive, term)};
        const struct way way = best_way(p, start, &last);
        if (way.likely >= p->least) {
            struct way known = way;
            markov_note_pairs(p->archive, &known.last);
            put_way(&p->places[end], &known);
        }
    }
}

/*
 * How much of the rarer of two neighbours stands beside the other one, as a logarithm: of what is one word, most; of
 * words that were never seen so, none.
 */
static double bond(const struct archive *a, const struct markov_word *before, const struct markov_word *here)
{
    const double count = markov_count_pair(a, before, here);
    const double rarer = fmax(count, fmin(before->begun, here->begun));
    return count > 0 ? log(count / rarer) : -INFINITY;
}

/* The likeliest way, from its end to its beginning. Returns the bonds of its parts. */
static double set_parts(const struct parting *p, struct joined *out)
{
    size_t end = p->n, way = 0;
    double bonds = 0;
    const struct markov_word *behind = NULL;
    out->count = p->places[end].ways[0].parts;
    for (size_t i = out->count; i-- > 0;) {
        const struct way *w = &p->places[end].ways[way];
        out->parts[i] = (struct joined_part){w->from, (uint32_t)end, w->last.term};
        bonds += behind ? bond(p->archive, &w->last, behind) : 0;
        behind = &w->last;
        end = w->from;
        way = w->way;
    }
    return bonds;
}

bool joined_part(const struct archive *archive, const char *word, size_t n, double least, uint32_t *steps,
                 struct joined *out)
{
    if (n < LETTERS_MIN || n > LETTERS_MAX) {
        return false;
    }
    const double odds = -(double)n * log(LETTER_ODDS);
    struct parting p = {.archive = archive, .word = word, .n = n, .steps = steps};
    p.least = fmax(odds, log(least / (double)archive->words));
    for (size_t start = 0; start < n; start++) {
        const size_t longest = MIN(start + PART_MAX, start == 0 ? n - 1 : n);
        for (size_t end = start + 1; (start == 0 || p.places[start].count) && end <= longest; end++) {
            add_part(&p, start, end);
        }
    }
    if (p.places[n].count == 0) {
        return false;
    }
    if (set_parts(&p, out) + p.places[n].ways[0].likely < odds) {
        return false;
    }
    out->expected = exp(p.places[n].ways[0].likely) * (double)archive->words;
    return true;
}
