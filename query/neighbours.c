/*
 * neighbours.c - see neighbours.h.
 */
#include "query/neighbours.h"

#include <math.h>

#include "query/adjacency.h"
#include "text/text.h"

#define BY_CHANCE 0.3  /* share of the articles with both words that the signatures let through by chance */
#define ESTIMATE_SHARE 0.9 /* tuned as the weights of adjacency.h are */

/* In about how many articles two terms stand side by side. */
static double pair_articles(const struct archive *a, uint32_t first, uint32_t second)
{
    const double rarer = MIN(a->lexicon.terms[first].articles, a->lexicon.terms[second].articles);
    return fmin(fmax(ngrams_pair(&a->ngrams, first, second), 0.5), fmax(rarer, 0.5));
}

/*
 * What the first stage counts on where a pair that occurs in ARTICLES articles may be. Of rare pairs of common words
 * most are there by chance only; the square root is between trusting all of them and none.
 */
static uint32_t estimate_of(const struct archive *a, const struct plan_group *before, const struct plan_group *here,
                            double articles, double weight)
{
    const double both = (double)before->articles * (double)here->articles / MAX(1U, a->count);
    const double trust = sqrt(articles / (articles + BY_CHANCE * both));
    return (uint32_t)(ESTIMATE_SHARE * trust * ADJACENCY_WEIGHT * weight * IMPACT_MAX);
}

int64_t neighbours_word(const struct lexicon *lexicon, const struct plan_variant *variants, size_t count)
{
    char folded[TEXT_FORM_MAX], other[TEXT_FORM_MAX];
    size_t n = 0;
    for (size_t v = 0; v < count; v++) {
        const uint32_t term = variants[v].term;
        char *out = v ? other : folded;
        const size_t len = text_fold(lexicon_form(lexicon, term), lexicon->terms[term].len, out);
        if (v && (len != n || memcmp(other, folded, n) != 0)) {
            return -1;
        }
        n = len;
    }
    return count ? (int64_t)signatures_word(folded, n) : -1;
}

enum trabao_status neighbours_narrow(struct archive_reader *r, const struct plan *plan, const int64_t *words,
                                     size_t count, uint64_t **may, struct trabao_error *err)
{
    const size_t size = (size_t)impact_windows(r->archive->count) * SIGNATURES_WINDOW_WORDS;
    enum trabao_status status = TRABAO_OK;
    *may = NULL;
    for (size_t w = 1; status == TRABAO_OK && w < count; w++) {
        const uint64_t pair = signatures_pair((uint32_t)words[w - 1], (uint32_t)words[w]);
        if (words[w - 1] < 0 || words[w] < 0 || signatures_bits(&r->archive->signatures, pair) == 0) {
            continue;
        }
        if (!*may) {
            *may = query_arena_alloc(plan->arena, size + 1, sizeof **may);
            if (!*may) {
                return error_no_memory(err);
            }
            memset(*may, 0xff, size * sizeof **may);
        }
        status = signatures_narrow(r->signatures, pair, plan->first / IMPACT_WINDOW, impact_windows(plan->end), *may,
                                   err);
    }
    return status;
}

/* Of the S-th scored word and the one before it. */
static enum trabao_status find_pair(struct archive_reader *r, struct plan *plan, size_t s, struct trabao_error *err)
{
    const struct archive *a = r->archive;
    const struct plan_group *before = &plan->groups[plan->scored[s - 1]], *here = &plan->groups[plan->scored[s]];
    struct neighbours *n = &plan->neighbours[s];
    enum trabao_status status = TRABAO_OK;
    if (before->count == 0 || here->count == 0) {
        return TRABAO_OK;
    }
    const double articles = pair_articles(a, before->meant, here->meant);
    /* A damaged lexicon may count more articles than there are. */
    n->weight = PLAN_WEIGHT_SCALE * fmax(0, log(1 + (a->count - articles + 0.5) / (articles + 0.5)));
    if (!plan->relaxed) {
        const int64_t words[] = {neighbours_word(&a->lexicon, before->variants, before->count),
                                 neighbours_word(&a->lexicon, here->variants, here->count)};
        status = neighbours_narrow(r, plan, words, ARRAY_LEN(words), &n->may, err);
        n->estimate = n->may ? estimate_of(a, before, here, articles, n->weight) : 0;
    }
    return status;
}

double neighbours_expected(const struct archive *a, const struct plan *plan, const struct plan_node *phrase)
{
    double least = a->count;
    for (size_t s = phrase->first_word + 1; s < phrase->first_word + phrase->words; s++) {
        const struct plan_group *before = &plan->groups[plan->scored[s - 1]], *here = &plan->groups[plan->scored[s]];
        double count = 0;
        for (size_t i = 0; i < before->count && count < least; i++) {
            for (size_t j = 0; j < here->count; j++) {
                count += ngrams_pair(&a->ngrams, before->variants[i].term, here->variants[j].term);
            }
        }
        least = fmin(least, count);
    }
    return least;
}

/* Which articles may have all pairs of a phrase. */
static bool join_pairs(const struct archive *a, const struct plan *plan, struct plan_node *phrase)
{
    const size_t words = (size_t)impact_windows(a->count) * SIGNATURES_WINDOW_WORDS;
    uint64_t *all = NULL;
    for (size_t s = phrase->first_word + 1; s < phrase->first_word + phrase->words; s++) {
        const uint64_t *may = plan->neighbours[s].may;
        if (may && !all) {
            all = query_arena_alloc(plan->arena, words + 1, sizeof *all);
            if (!all) {
                return false;
            }
            memcpy(all, may, words * sizeof *all);
        }
        for (size_t i = 0; may && i < words; i++) {
            all[i] &= may[i];
        }
    }
    phrase->may = all;
    return true;
}

enum trabao_status neighbours_find(struct archive_reader *r, struct plan *plan, struct trabao_error *err)
{
    if (plan->neighbours) {
        return TRABAO_OK;
    }
    plan->neighbours = query_arena_alloc(plan->arena, plan->scored_count + 1, sizeof *plan->neighbours);
    if (!plan->neighbours) {
        return error_no_memory(err);
    }
    enum trabao_status status = TRABAO_OK;
    for (size_t s = 1; status == TRABAO_OK && s < plan->typed_count; s++) {
        if (plan->follows[s]) {
            status = find_pair(r, plan, s, err);
        }
    }
    for (size_t i = 0; status == TRABAO_OK && i < plan->phrase_count; i++) {
        status = join_pairs(r->archive, plan, plan->phrases[i]) ? TRABAO_OK : error_no_memory(err);
    }
    return status;
}
