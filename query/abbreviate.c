/*
 * abbreviate.c - see abbreviate.h.
 *
 * A run of tokens is looked up by its folded forms; a spelling then fits if the marks that were typed are its own. The
 * longest run counts, from left to right. How much a query may grow is limited: units beyond that stay as typed.
 */
#include "query/abbreviate.h"

#include "query/library.h"
#include "text/abbreviation.h"

#define SPELLINGS_MAX 8     /* of one unit */
#define PHRASES_MAX 16      /* that one phrase or NEAR becomes */
#define ALTERNATIVES_MAX 64 /* that all units of a query become */

struct rewriter {
    const struct abbreviations *known;
    const struct lexicon *lexicon;
    struct query_arena *arena;
    size_t alternatives; /* made so far */
    bool failed;         /* memory ran out */
};

/* A run of tokens: one after another, or those of several nodes. */
struct run {
    const struct query_token *tokens[ABBREVIATION_WORDS_MAX];
    size_t count;
    char folded[ABBREVIATION_WORDS_MAX * (TEXT_FORM_MAX + 1)]; /* without marks, a blank between two */
    size_t ends[ABBREVIATION_WORDS_MAX];                       /* of each in there */
};

/* One way to write a part of a phrase. */
struct way {
    struct query_token *tokens;
    size_t count;
};

/* A part of a phrase: a token as it was typed, or a unit. */
struct part {
    struct way ways[SPELLINGS_MAX];
    size_t way_count;
};

static void *new_piece(struct rewriter *w, size_t n, size_t size)
{
    void *piece = query_arena_alloc(w->arena, n, size);
    w->failed = w->failed || piece == NULL;
    return piece;
}

/* ---- units and their spellings --------------------------------------------------------------------------------- */

/* The next word of a spelling at *TEXT: its length, 0 at the end. */
static size_t next_word(const char **text)
{
    *text += **text == ' ';
    return strcspn(*text, " ");
}

/* False when RUN is full. */
static bool add_to_run(struct run *run, const struct query_token *token)
{
    if (run->count == ABBREVIATION_WORDS_MAX) {
        return false;
    }
    size_t n = 0;
    if (run->count > 0) {
        n = run->ends[run->count - 1];
        run->folded[n++] = ' ';
    }
    run->ends[run->count] = n + text_fold(token->form, token->len, run->folded + n);
    run->tokens[run->count++] = token;
    return true;
}

/* True when the first COUNT tokens can be meant by TEXT, which is the same without marks. */
static bool fits(const struct run *run, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        const size_t n = next_word(&text);
        const struct query_token *t = run->tokens[i];
        if (t->marked && (t->len != n || memcmp(t->form, text, n) != 0)) {
            return false;
        }
        text += n;
    }
    return true;
}

/* The spelling that the first COUNT tokens are, ABBREVIATIONS_NONE if they are none. */
static uint32_t find(const struct rewriter *w, const struct run *run, size_t count)
{
    uint32_t s = abbreviations_find(w->known, run->folded, run->ends[count - 1]);
    while (s != ABBREVIATIONS_NONE && !fits(run, count, abbreviations_text(w->known, s))) {
        s = w->known->spellings[s].next_folded;
    }
    return s;
}

static bool occurs(const struct rewriter *w, const char *form, size_t n)
{
    const uint32_t t = library_term(w->lexicon, form, n);
    return t != LEXICON_NONE && w->lexicon->terms[t].articles > 0;
}

/* Appends the word FORM to WAY; false when no article has it. TYPED: its place in the query. */
static bool add_word(const struct rewriter *w, struct way *way, const char *form, size_t n,
                     const struct query_token *typed)
{
    if (n > TEXT_FORM_MAX || way->count == ABBREVIATION_WORDS_MAX || !occurs(w, form, n)) {
        return false;
    }
    struct query_token *t = &way->tokens[way->count++];
    *t = (struct query_token){.len = (uint8_t)n, .marked = text_has_marks(form, n)};
    memcpy(t->form, form, n);
    t->start = typed->start;
    t->end = typed->end;
    return true;
}

/* The tokens of a spelling; none when some word of it is in no article. */
static struct way way_of(struct rewriter *w, uint32_t spelling, const struct run *run)
{
    const char *text = abbreviations_text(w->known, spelling);
    struct way way = {new_piece(w, ABBREVIATION_WORDS_MAX, sizeof *way.tokens), 0};
    for (size_t n = next_word(&text); !w->failed && n > 0; n = next_word(&text)) {
        if (!add_word(w, &way, text, n, run->tokens[0])) {
            return (struct way){0};
        }
        text += n;
    }
    return way;
}

/* The first COUNT tokens of RUN as they were typed; none when one of them is in no article. */
static struct way way_typed(struct rewriter *w, const struct run *run, size_t count)
{
    struct way way = {new_piece(w, count, sizeof *way.tokens), 0};
    for (size_t i = 0; !w->failed && i < count; i++) {
        if (!add_word(w, &way, run->tokens[i]->form, run->tokens[i]->len, run->tokens[i])) {
            return (struct way){0};
        }
    }
    return way;
}

static void add_way(struct part *part, struct way way)
{
    if (way.count > 0 && part->way_count < SPELLINGS_MAX) {
        part->ways[part->way_count++] = way;
    }
}

static bool is_typed_so(const struct run *run, size_t count, const char *text)
{
    bool same = true;
    for (size_t i = 0; i < count && same; i++) {
        const size_t n = next_word(&text);
        same = run->tokens[i]->len == n && memcmp(run->tokens[i]->form, text, n) == 0;
        text += n;
    }
    return same;
}

/*
 * Fills PART with the spellings of the unit that the first COUNT tokens of RUN are, the one typed first. False if they
 * are none. What was typed without its marks is one of them where articles write it so.
 */
static bool read_unit(struct rewriter *w, const struct run *run, size_t count, struct part *part)
{
    const uint32_t typed = find(w, run, count);
    *part = (struct part){0};
    if (typed == ABBREVIATIONS_NONE) {
        return false;
    }
    uint32_t s = w->known->units[w->known->spellings[typed].unit];
    if (w->known->spellings[s].next_of_unit == ABBREVIATIONS_NONE) {
        return false;
    }
    add_way(part, way_of(w, typed, run));
    for (; s != ABBREVIATIONS_NONE; s = w->known->spellings[s].next_of_unit) {
        if (s != typed) {
            add_way(part, way_of(w, s, run));
        }
    }
    if (!is_typed_so(run, count, abbreviations_text(w->known, typed))) {
        add_way(part, way_typed(w, run, count));
    }
    return part->way_count > 0 && !w->failed;
}

/* Fills PART with the longest unit at the start of RUN that ends where ENDS says (NULL: anywhere); its tokens, or 0. */
static size_t longest_unit(struct rewriter *w, const struct run *run, const bool *ends, struct part *part)
{
    for (size_t n = run->count; n > 0; n--) {
        if ((ends == NULL || ends[n - 1]) && read_unit(w, run, n, part)) {
            return n;
        }
    }
    return 0;
}

/* ---- nodes ----------------------------------------------------------------------------------------------------- */

/* A word or phrase with the field and signs of LIKE, or the ways of a unit: EXACT. */
static struct query_node *new_leaf(struct rewriter *w, const struct query_node *like, struct way way, bool exact)
{
    struct query_node *node = new_piece(w, 1, sizeof *node);
    if (node == NULL) {
        return NULL;
    }
    *node = (struct query_node){.kind = way.count == 1 ? QUERY_TERM : QUERY_PHRASE,
                                .field = like->field,
                                .quoted = like->quoted && !exact && way.count > 1,
                                .exact = exact,
                                .tokens = way.tokens,
                                .token_count = way.count};
    return node;
}

/* A list of COUNT children, which are still to be set. */
static struct query_node *new_list(struct rewriter *w, enum query_kind kind, size_t count)
{
    struct query_node *node = new_piece(w, 1, sizeof *node);
    struct query_node **children = new_piece(w, count, sizeof(struct query_node *));
    if (node == NULL || children == NULL) {
        return NULL;
    }
    node->kind = kind;
    node->children = children;
    node->child_count = count;
    return node;
}

/* Takes COUNT alternatives from what the query may have; false when so many are not left. */
static bool may_grow(struct rewriter *w, size_t count)
{
    if (w->failed || w->alternatives + count > ALTERNATIVES_MAX) {
        return false;
    }
    w->alternatives += count;
    return true;
}

/* NULL when the query may not grow so much. */
static struct query_node *unit_node(struct rewriter *w, const struct query_node *like, const struct part *part)
{
    if (!may_grow(w, part->way_count)) {
        return NULL;
    }
    if (part->way_count == 1) {
        return new_leaf(w, like, part->ways[0], true);
    }
    struct query_node *node = new_list(w, QUERY_SPELLINGS, part->way_count);
    for (size_t i = 0; !w->failed && i < part->way_count; i++) {
        node->children[i] = new_leaf(w, like, part->ways[i], true);
    }
    return node;
}

/* True for words and phrases in which units are looked for. */
static bool is_open(const struct query_node *node)
{
    return (node->kind == QUERY_TERM || node->kind == QUERY_PHRASE) && !node->exact &&
           (node->field == QUERY_ANY || node->field == QUERY_TITLE);
}

/* ---- phrases and NEAR ------------------------------------------------------------------------------------------ */

/*
 * The COUNT parts of something, of each way one, in all combinations: combination C picks ways as a number with mixed
 * radixes picks digits.
 */
static const struct way *pick(const struct part *part, size_t *c)
{
    const struct way *way = &part->ways[*c % part->way_count];
    *c /= part->way_count;
    return way;
}

/* How many there are, once those parts that would make them too many are left as TYPED. */
static size_t combinations(struct part *parts, const struct part *typed, size_t count)
{
    size_t all = 1;
    for (size_t i = 0; i < count; i++) {
        if (all * parts[i].way_count > PHRASES_MAX) {
            parts[i] = typed[i];
        }
        all *= parts[i].way_count;
    }
    return all;
}

static struct query_node *phrase_of(struct rewriter *w, const struct query_node *like, const struct part *parts,
                                    size_t count, size_t c)
{
    size_t n = 0;
    size_t rest = c;
    for (size_t i = 0; i < count; i++) {
        n += pick(&parts[i], &rest)->count;
    }
    struct way way = {new_piece(w, n, sizeof *way.tokens), 0};
    for (size_t i = 0; !w->failed && i < count; i++) {
        const struct way *one = pick(&parts[i], &c);
        memcpy(&way.tokens[way.count], one->tokens, one->count * sizeof *one->tokens);
        way.count += one->count;
    }
    return w->failed ? NULL : new_leaf(w, like, way, false);
}

/* The parts of a phrase: units, and between them tokens as typed. Returns their number; *UNITS of them are units. */
static size_t read_parts(struct rewriter *w, const struct query_node *node, struct part *parts, struct part *typed,
                         size_t *units)
{
    size_t count = 0;
    *units = 0;
    for (size_t i = 0; !w->failed && i < node->token_count; count++) {
        struct run run = {.count = 0};
        for (size_t k = i; k < node->token_count && add_to_run(&run, &node->tokens[k]);) {
            k++;
        }
        size_t used = longest_unit(w, &run, NULL, &parts[count]);
        *units += used > 0;
        used = MAX(used, (size_t)1);
        typed[count] = (struct part){.ways = {{&node->tokens[i], used}}, .way_count = 1};
        if (parts[count].way_count == 0) {
            parts[count] = typed[count];
        }
        i += used;
    }
    return count;
}

static struct query_node *rewrite_phrase(struct rewriter *w, struct query_node *node)
{
    size_t units;
    struct part *parts = new_piece(w, node->token_count, sizeof *parts);
    struct part *typed = new_piece(w, node->token_count, sizeof *typed);
    const size_t count = w->failed ? 0 : read_parts(w, node, parts, typed, &units);
    if (count == 0 || units == 0) {
        return node;
    }
    if (count == 1) {
        struct query_node *unit = unit_node(w, node, &parts[0]);
        return unit != NULL ? unit : node;
    }
    const size_t all = combinations(parts, typed, count);
    if (!may_grow(w, all)) {
        return node;
    }
    struct query_node *list = new_list(w, QUERY_SPELLINGS, all);
    for (size_t c = 0; !w->failed && c < all; c++) {
        list->children[c] = phrase_of(w, node, parts, count, c);
    }
    return all == 1 && !w->failed ? list->children[0] : list;
}

/* Of the children of a NEAR those that are units as a whole. */
static struct query_node *rewrite_near(struct rewriter *w, struct query_node *node)
{
    struct part *parts = new_piece(w, node->child_count, sizeof *parts);
    struct part *typed = new_piece(w, node->child_count, sizeof *typed);
    size_t units = 0;
    for (size_t i = 0; !w->failed && i < node->child_count; i++) {
        const struct query_node *child = node->children[i];
        struct run run = {.count = 0};
        while (run.count < child->token_count && add_to_run(&run, &child->tokens[run.count])) {
        }
        typed[i] = (struct part){.ways = {{child->tokens, child->token_count}}, .way_count = 1};
        if (is_open(child) && run.count == child->token_count && read_unit(w, &run, run.count, &parts[i])) {
            units++;
        } else {
            parts[i] = typed[i];
        }
    }
    const size_t all = w->failed ? 0 : combinations(parts, typed, node->child_count);
    if (units == 0 || !may_grow(w, all)) {
        return node;
    }
    struct query_node *list = new_list(w, QUERY_OR, all);
    for (size_t c = 0; !w->failed && c < all; c++) {
        struct query_node *near = new_list(w, QUERY_NEAR, node->child_count);
        size_t rest = c;
        for (size_t i = 0; !w->failed && i < node->child_count; i++) {
            const struct way *way = pick(&parts[i], &rest);
            const bool as_typed = way->tokens == node->children[i]->tokens;
            near->children[i] = as_typed ? node->children[i] : new_leaf(w, node->children[i], *way, true);
        }
        if (!w->failed) {
            near->field = node->field;
            near->distance = node->distance;
            list->children[c] = near;
        }
    }
    return all == 1 && !w->failed ? list->children[0] : list;
}

/* ---- the tree -------------------------------------------------------------------------------------------------- */

/* The unit that begins with the first of COUNT nodes beside one another; *USED of them. NULL when there is none. */
static struct query_node *unit_of_nodes(struct rewriter *w, struct query_node *const *nodes, size_t count, size_t *used)
{
    struct run run = {.count = 0};
    bool ends[ABBREVIATION_WORDS_MAX] = {false}; /* a node ends with this token */
    bool fits_in = true;
    for (size_t i = 0; i < count && fits_in && is_open(nodes[i]) && !nodes[i]->quoted; i++) {
        if (nodes[i]->field != nodes[0]->field) {
            break;
        }
        for (size_t k = 0; k < nodes[i]->token_count && fits_in; k++) {
            fits_in = add_to_run(&run, &nodes[i]->tokens[k]);
        }
        if (fits_in) {
            ends[run.count - 1] = true;
        }
    }
    struct part part;
    const size_t tokens = longest_unit(w, &run, ends, &part);
    *used = 0;
    for (size_t i = 0; i < tokens; i++) {
        *used += ends[i];
    }
    return tokens > 0 ? unit_node(w, nodes[0], &part) : NULL;
}

static struct query_node *rewrite(struct rewriter *w, struct query_node *node);

static struct query_node *rewrite_all(struct rewriter *w, struct query_node *node)
{
    size_t kept = 0;
    for (size_t i = 0, used; !w->failed && i < node->child_count; i += MAX(used, (size_t)1)) {
        struct query_node *unit = unit_of_nodes(w, node->children + i, node->child_count - i, &used);
        used = unit != NULL ? used : 0;
        struct query_node *child = unit != NULL ? unit : rewrite(w, node->children[i]);
        node->children[kept++] = child;
    }
    node->child_count = kept;
    return kept == 1 && node->children[0]->kind != QUERY_NOT ? node->children[0] : node;
}

static struct query_node *rewrite(struct rewriter *w, struct query_node *node)
{
    switch (node->kind) {
    case QUERY_AND:
        return rewrite_all(w, node);
    case QUERY_OR:
    case QUERY_QUOTE:
    case QUERY_NOT:
        for (size_t i = 0; !w->failed && i < node->child_count; i++) {
            node->children[i] = rewrite(w, node->children[i]);
        }
        return node;
    case QUERY_NEAR:
        return rewrite_near(w, node);
    case QUERY_TERM:
    case QUERY_PHRASE:
        return is_open(node) ? rewrite_phrase(w, node) : node;
    case QUERY_SPELLINGS:
    case QUERY_PREFIX:
    default:
        return node;
    }
}

enum trabao_status query_abbreviate(const struct archive *archive, struct query_tree *tree, struct trabao_error *err)
{
    struct rewriter w = {.known = &archive->abbreviations, .lexicon = &archive->lexicon, .arena = tree->arena};
    if (tree->root != NULL) {
        tree->root = rewrite(&w, tree->root);
    }
    return w.failed ? error_no_memory(err) : TRABAO_OK;
}
