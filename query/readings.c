/*
 * readings.c - see readings.h. A run is the words that stand side by side in the query; runs are weighed one by one.
 */
#include "query/readings.h"

#include "query/markov.h"

#define CANDIDATES_MAX 16 /* terms of a folded form that are looked at, the commonest */

/* By tier: how likely a word is typed so by somebody who means one that it stands for at that tier. Tuned. */
static const double TYPED[] = {[TRABAO_EXACT] = 1, [TRABAO_TONE] = 0.05, [TRABAO_FOLDED] = 0.02};

struct candidate {
    struct markov_word word;
    uint8_t tier;  /* at which it stands for the word of the query, */
    double typed;  /* and how likely it is then typed so */
    double weight; /* of all paths through it */
};

struct word {
    const struct query_token *token;
    struct candidate candidates[CANDIDATES_MAX];
    size_t count;
};

struct run {
    const struct archive *archive;
    struct word *words;
    size_t count;
};

/* ---- candidates ---------------------------------------------------------------------------------------------- */

/* True when X, by itself, is at least as likely as Y. */
static bool is_likelier(const struct candidate *x, const struct candidate *y)
{
    return x->word.once * x->typed >= y->word.once * y->typed;
}

static void put_candidate(const struct archive *a, struct word *word, struct candidate c)
{
    c.word.once = markov_once(a, c.word.term);
    size_t i = word->count;
    if (i == CANDIDATES_MAX) {
        if (is_likelier(&word->candidates[i - 1], &c)) {
            return;
        }
        i--;
    } else {
        word->count++;
    }
    for (; i > 0 && !is_likelier(&word->candidates[i - 1], &c); i--) {
        word->candidates[i] = word->candidates[i - 1];
    }
    word->candidates[i] = c;
}

/*
 * How likely WORD of NODE is typed so by somebody who means TERM, which stands for it at TIER. Words without marks say
 * nothing about them, but for a name of one word: it is rarer than the other words that are written so.
 */
static double typed_as(const struct stand_rule *rule, const struct query_node *node, const struct word *word,
                       uint32_t term, uint8_t tier)
{
    if (node->field == QUERY_NAME) {
        const bool same = lexicon_is(rule->lexicon, term, word->token->form, word->token->len);
        return TYPED[same || node->token_count > 1 ? TRABAO_EXACT : TRABAO_FOLDED];
    }
    return rule->any_marked ? TYPED[tier] : 1;
}

static void find_candidates(const struct archive *a, const struct stand_rule *rule, const struct query_node *node,
                            struct word *word)
{
    const enum stand stand = stand_of(node, rule->any_marked);
    const struct query_token *token = word->token;
    const struct lexicon *lexicon = &a->lexicon;
    char folded[TEXT_FORM_MAX];
    const size_t n = text_fold(token->form, token->len, folded);
    uint8_t tier;
    word->count = 0;
    for (uint32_t t = lexicon_fold_first(lexicon, folded, n); t != LEXICON_NONE; t = lexicon_fold_next(lexicon, t)) {
        if (stand_tier(rule, token, stand, t, &tier)) {
            const double typed = typed_as(rule, node, word, t, tier);
            put_candidate(a, word, (struct candidate){.word.term = t, .tier = tier, .typed = typed});
        }
    }
    if (word->count == 0) {
        put_candidate(a, word, (struct candidate){.word.term = LEXICON_NONE, .typed = 1});
    }
    for (size_t c = 0; c < word->count; c++) {
        markov_note_pairs(a, &word->candidates[c].word);
    }
}

/* ---- the chain of pairs, which thins the candidates ------------------------------------------------------------ */

static void normalise(double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    for (size_t i = 0; i < count; i++) {
        values[i] = sum > 0 ? values[i] / sum : 1 / (double)count;
    }
}

/* Each candidate's weight: of all paths of pairs through it. PAIRS[i] is filled with the probabilities. */
static void weigh_pairs(struct run *run, double (*pairs)[CANDIDATES_MAX][CANDIDATES_MAX])
{
    double forward[READINGS_WORDS][CANDIDATES_MAX], backward[CANDIDATES_MAX];
    for (size_t i = 0; i < run->count; i++) {
        const struct word *w = &run->words[i];
        for (size_t c = 0; c < w->count; c++) {
            const struct candidate *here = &w->candidates[c];
            forward[i][c] = i == 0 ? here->typed * here->word.once : 0;
            for (size_t b = 0; i > 0 && b < run->words[i - 1].count; b++) {
                const struct candidate *before = &run->words[i - 1].candidates[b];
                const double count = markov_count_pair(run->archive, &before->word, &here->word);
                pairs[i][b][c] = here->typed * markov_pair(&before->word, &here->word, count);
                forward[i][c] += forward[i - 1][b] * pairs[i][b][c];
            }
        }
        normalise(forward[i], w->count);
    }
    for (size_t i = run->count; i-- > 0;) {
        struct word *w = &run->words[i];
        double here[CANDIDATES_MAX];
        for (size_t c = 0; c < w->count; c++) {
            here[c] = i + 1 == run->count ? 1 : 0;
            for (size_t n = 0; i + 1 < run->count && n < run->words[i + 1].count; n++) {
                here[c] += pairs[i + 1][c][n] * backward[n];
            }
        }
        normalise(here, w->count);
        for (size_t c = 0; c < w->count; c++) {
            w->candidates[c].weight = forward[i][c] * here[c];
            backward[c] = here[c];
        }
    }
}

static int by_weight(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->weight != y->weight) {
        return x->weight > y->weight ? -1 : 1;
    }
    return (x->word.term > y->word.term) - (x->word.term < y->word.term);
}

static void thin_out(struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        struct word *w = &run->words[i];
        qsort(w->candidates, w->count, sizeof *w->candidates, by_weight);
        w->count = MIN(w->count, (size_t)READINGS_MAX);
    }
}

/* ---- the chain of triples -------------------------------------------------------------------------------------- */

/* What is known of one pair of neighbouring candidates as a state of the chain. */
struct state {
    double forward, backward; /* all paths to it, and on from it */
    double likeliest;         /* logarithm, of the best path to it */
    double count;             /* of the pair */
    uint8_t before;           /* candidate of the word before the pair on that path */
};

/* A word of the run behind the two before it, by their candidates in the order of the words. */
struct link {
    struct state states[READINGS_MAX][READINGS_MAX];
    double triples[READINGS_MAX][READINGS_MAX][READINGS_MAX];
};

/* Words before the first are one empty candidate. */
static size_t count_before(const struct run *run, size_t i, size_t back)
{
    return i >= back ? run->words[i - back].count : 1;
}

/* The probability of candidate C of word I behind B, *COUNT: of both. */
static double pair_of(const struct run *run, size_t i, size_t b, size_t c, double *count)
{
    const struct markov_word *here = &run->words[i].candidates[c].word;
    *count = 0;
    if (i == 0) {
        return here->once;
    }
    const struct markov_word *before = &run->words[i - 1].candidates[b].word;
    *count = markov_count_pair(run->archive, before, here);
    return markov_pair(before, here, *count);
}

static void go_forward(const struct run *run, struct link *chain, size_t i)
{
    double sum = 0;
    for (size_t b = 0; b < count_before(run, i, 1); b++) {
        for (size_t c = 0; c < run->words[i].count; c++) {
            struct state *s = &chain[i].states[b][c];
            *s = (struct state){.likeliest = -INFINITY};
            const struct candidate *here = &run->words[i].candidates[c];
            const double pair = pair_of(run, i, b, c, &s->count);
            for (size_t a = 0; a < count_before(run, i, 2); a++) {
                const struct state *before = i > 0 ? &chain[i - 1].states[a][b] : NULL;
                const double follows = i < 2 ? pair
                                             : markov_triple(run->archive, &run->words[i - 2].candidates[a].word,
                                                             &run->words[i - 1].candidates[b].word, &here->word,
                                                             before->count, pair);
                const double step = here->typed * follows;
                const double likely = (before ? before->likeliest : 0) + log(step);
                chain[i].triples[a][b][c] = step;
                s->forward += (before ? before->forward : 1) * step;
                if (likely > s->likeliest) {
                    s->likeliest = likely;
                    s->before = (uint8_t)a;
                }
            }
            sum += s->forward;
        }
    }
    for (size_t b = 0; b < count_before(run, i, 1); b++) {
        for (size_t c = 0; c < run->words[i].count; c++) {
            chain[i].states[b][c].forward /= sum;
        }
    }
}

static void go_backward(const struct run *run, struct link *chain, size_t i)
{
    double sum = 0;
    for (size_t b = 0; b < count_before(run, i, 1); b++) {
        for (size_t c = 0; c < run->words[i].count; c++) {
            struct state *s = &chain[i].states[b][c];
            s->backward = i + 1 == run->count ? 1 : 0;
            for (size_t n = 0; i + 1 < run->count && n < run->words[i + 1].count; n++) {
                s->backward += chain[i + 1].triples[b][c][n] * chain[i + 1].states[c][n].backward;
            }
            sum += s->backward;
        }
    }
    for (size_t b = 0; b < count_before(run, i, 1); b++) {
        for (size_t c = 0; c < run->words[i].count; c++) {
            chain[i].states[b][c].backward /= sum;
        }
    }
}

static void set_probabilities(const struct run *run, const struct link *chain, struct word_reading *out)
{
    for (size_t i = 0; i < run->count; i++) {
        const struct word *w = &run->words[i];
        const bool known = w->candidates[0].word.term != LEXICON_NONE;
        out[i] = (struct word_reading){.token = w->token, .count = known ? w->count : 0};
        for (size_t c = 0; c < out[i].count; c++) {
            out[i].terms[c] = w->candidates[c].word.term;
            out[i].tiers[c] = w->candidates[c].tier;
            for (size_t b = 0; b < count_before(run, i, 1); b++) {
                out[i].probability[c] += chain[i].states[b][c].forward * chain[i].states[b][c].backward;
            }
        }
        normalise(out[i].probability, out[i].count);
    }
}

static void set_path(const struct run *run, const struct link *chain, struct word_reading *out)
{
    const size_t last = run->count - 1;
    size_t b = 0, c = 0;
    for (size_t i = 0; i < count_before(run, last, 1); i++) {
        for (size_t j = 0; j < run->words[last].count; j++) {
            if (chain[last].states[i][j].likeliest > chain[last].states[b][c].likeliest) {
                b = i;
                c = j;
            }
        }
    }
    for (size_t i = run->count; i-- > 0;) {
        const size_t before = chain[i].states[b][c].before;
        out[i].best = c;
        c = b;
        b = before;
    }
}

/* ---- the words of the query ------------------------------------------------------------------------------------ */

struct gatherer {
    struct stand_rule rule;
    struct run run;
    size_t room; /* for so many words of the query */
    struct link *chain;
    double (*pairs)[CANDIDATES_MAX][CANDIDATES_MAX];
    struct readings *out;
};

static void end_run(struct gatherer *g)
{
    struct run *run = &g->run;
    if (run->count) {
        struct word_reading *out = g->out->items + g->out->count;
        weigh_pairs(run, g->pairs);
        thin_out(run);
        for (size_t i = 0; i < run->count; i++) {
            go_forward(run, g->chain, i);
        }
        for (size_t i = run->count; i-- > 0;) {
            go_backward(run, g->chain, i);
        }
        set_probabilities(run, g->chain, out);
        set_path(run, g->chain, out);
        g->out->count += run->count;
        run->count = 0;
    }
}

static void gather_words(struct gatherer *g, const struct query_node *node)
{
    for (size_t i = 0; i < node->token_count && g->out->count + g->run.count < g->room; i++) {
        struct word *w = &g->run.words[g->run.count++];
        w->token = &node->tokens[i];
        find_candidates(g->run.archive, &g->rule, node, w);
    }
}

/* The words of an AND stand side by side, but for those of a name. */
static void gather(struct gatherer *g, const struct query_node *node)
{
    const bool words = node->kind == QUERY_TERM || node->kind == QUERY_PHRASE;
    if (words && (node->field == QUERY_ANY || node->field == QUERY_TITLE)) {
        gather_words(g, node);
        return;
    }
    if (node->kind != QUERY_AND) {
        end_run(g);
    }
    if (words && node->field == QUERY_NAME) {
        gather_words(g, node);
        end_run(g);
    }
    for (size_t i = 0; node->kind != QUERY_NOT && i < node->child_count; i++) {
        gather(g, node->children[i]);
        if (node->kind != QUERY_AND) {
            end_run(g);
        }
    }
}

static size_t count_words(const struct query_node *node)
{
    size_t words = node->token_count;
    for (size_t i = 0; i < node->child_count; i++) {
        words += count_words(node->children[i]);
    }
    return words;
}

static bool has_name(const struct query_node *node)
{
    bool any = node->field == QUERY_NAME && node->token_count > 0;
    for (size_t i = 0; !any && i < node->child_count; i++) {
        any = has_name(node->children[i]);
    }
    return any;
}

bool readings_matter(const struct query_tree *tree, enum trabao_tier loosest)
{
    return tree->root && (!tree->any_marked || loosest > TRABAO_EXACT || has_name(tree->root));
}

enum trabao_status readings_weigh(const struct archive *archive, const struct query_tree *tree,
                                  const struct stand_rule *rule, struct query_arena *arena, struct readings *out,
                                  struct trabao_error *err)
{
    const size_t room = MIN(tree->root ? count_words(tree->root) : 0, (size_t)READINGS_WORDS);
    struct gatherer g = {.rule = *rule,
                         .run = {archive, query_arena_alloc(arena, room, sizeof(struct word)), 0},
                         .room = room,
                         .chain = query_arena_alloc(arena, room, sizeof *g.chain),
                         .pairs = query_arena_alloc(arena, room, sizeof *g.pairs),
                         .out = out};
    *out = (struct readings){.items = query_arena_alloc(arena, room, sizeof *out->items),
                             .archive = archive,
                             .tree = tree,
                             .arena = arena};
    if (!g.run.words || !g.chain || !g.pairs || !out->items) {
        return error_no_memory(err);
    }
    if (tree->root) {
        gather(&g, tree->root);
        end_run(&g);
    }
    return TRABAO_OK;
}

double readings_probability(const struct readings *readings, const struct query_token *token, uint32_t term)
{
    for (size_t i = 0; i < readings->count; i++) {
        const struct word_reading *r = &readings->items[i];
        if (r->token == token) {
            for (size_t c = 0; c < r->count; c++) {
                if (r->terms[c] == term) {
                    return r->probability[c];
                }
            }
            return 0;
        }
    }
    return -1;
}

double readings_as_typed(const struct readings *readings)
{
    double least = 1;
    for (size_t i = 0; i < readings->count; i++) {
        const struct word_reading *r = &readings->items[i];
        double here = r->count ? 0 : 1;
        for (size_t c = 0; c < r->count; c++) {
            here += r->tiers[c] == TRABAO_EXACT ? r->probability[c] : 0;
        }
        least = fmin(least, here);
    }
    return least;
}

enum trabao_tier readings_tier(const struct readings *readings)
{
    uint8_t tier = TRABAO_EXACT;
    for (size_t i = 0; i < readings->count; i++) {
        const struct word_reading *r = &readings->items[i];
        tier = r->count ? MAX(tier, r->tiers[r->best]) : tier;
    }
    return (enum trabao_tier)tier;
}
