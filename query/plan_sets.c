/*
 * plan_sets.c - the articles of what words alone do not decide, found while the plan is made or, of phrases that could
 * wait, when it is settled.
 *
 * Phrases and single words of a field are looked for by phrase.h, NEAR and prefixes in fields by FTS5. Both know no
 * tiers, so a set is asked for once at each: an article that matches at one tier and at no tighter one has a word of
 * that very tier.
 */
#include "archive/schema.h"
#include "base/buf.h"
#include "query/match.h"
#include "query/match_fts.h"
#include "query/neighbours.h"
#include "query/phrase.h"
#include "query/plan_inside.h"

#define MATCH_CEILING ((size_t)256 << 10) /* bytes of an expression of FTS5 */

/* Where a field is looked for: as FTS5 writes it, and as bits by column. */
struct columns {
    const char *filter;
    uint32_t bits;
};

static struct columns columns_of(enum query_field field)
{
    switch (field) {
    case QUERY_TITLE:
        return (struct columns){"title", 1U << SCHEMA_TITLE};
    case QUERY_AUTHOR:
        return (struct columns){"author", 1U << SCHEMA_AUTHOR};
    case QUERY_SOURCE:
        return (struct columns){"source", 1U << SCHEMA_SOURCE};
    case QUERY_SECTION:
        return (struct columns){"section", 1U << SCHEMA_SECTION};
    default:
        return (struct columns){"{body title}", 1U << SCHEMA_BODY | 1U << SCHEMA_TITLE};
    }
}

uint32_t plan_columns(enum query_field field)
{
    return columns_of(field).bits;
}

/* ---- by FTS5 --------------------------------------------------------------------------------------------------- */

/*
 * Tokens as one FTS5 string, alternatives joined by |; a leading | says that all is to be taken as it stands. What a
 * prefix stands for is known of the words of texts; in other fields FTS5 looks for it.
 */
static bool write_phrase(struct planner *p, const struct query_node *node, struct buf *out)
{
    const bool unknown_prefix = node->kind == QUERY_PREFIX && !plan_in_text(node->field);
    buf_append_str(out, "\"|");
    for (size_t i = 0; i < node->token_count && p->status == TRABAO_OK; i++) {
        size_t count = 0;
        const struct query_token *token = &node->tokens[i];
        const struct plan_variant *variants = unknown_prefix ? NULL : plan_variants(p, node, token, &count);
        buf_append_str(out, i ? " " : "");
        if (p->status == TRABAO_OK && count == 0) {
            buf_append(out, token->form, token->len);
        }
        for (size_t v = 0; p->status == TRABAO_OK && v < MIN(count, (size_t)PLAN_VARIANTS_MAX); v++) {
            buf_append_str(out, v ? "|" : "");
            buf_append(out, lexicon_form(p->lexicon, variants[v].term), p->lexicon->terms[variants[v].term].len);
        }
    }
    return buf_append_str(out, unknown_prefix ? "\" *" : "\"");
}

static bool write_match(struct planner *p, const struct query_node *node, struct buf *out)
{
    buf_printf(out, "%s : ", columns_of(node->field).filter);
    if (node->kind != QUERY_NEAR) {
        return write_phrase(p, node, out);
    }
    buf_append_str(out, "NEAR(");
    for (size_t i = 0; i < node->child_count; i++) {
        write_phrase(p, node->children[i], out);
        buf_append_char(out, ' ');
    }
    return buf_printf(out, ", %u)", node->distance);
}

static void find_match(struct planner *p, const struct query_node *node, struct plan_node *out)
{
    struct buf match;
    buf_init(&match, MATCH_CEILING);
    if (!write_match(p, node, &match) && p->status == TRABAO_OK) {
        p->status = match.full ? error_set(p->err, TRABAO_USAGE, "a phrase of the query has too many readings")
                               : error_no_memory(p->err);
    }
    if (p->status == TRABAO_OK) {
        p->status = match_fts(p->r, buf_str(&match), p->plan->arena, &out->set, &out->set_count, p->err);
    }
    buf_free(&match);
}

/* ---- phrases --------------------------------------------------------------------------------------------------- */

/* The terms of VARIANTS as what a word of a phrase may be; false when memory runs out. */
static bool make_word(struct query_arena *arena, const struct plan_variant *variants, size_t count,
                      struct phrase_word *word)
{
    uint32_t *terms = query_arena_alloc(arena, count + 1, sizeof *terms);
    *word = (struct phrase_word){.terms = terms, .count = count};
    for (size_t v = 0; terms && v < count; v++) {
        terms[v] = variants[v].term;
    }
    return terms != NULL;
}

bool plan_is_stored(const struct query_token *token)
{
    return !query_may_be_colocated(token->form);
}

/* Looks for PHRASE, whose words are folded to FOLDED (neighbours_word); IN_TEXTS: in titles and bodies. */
static enum trabao_status look_up_phrase(struct planner *p, struct phrase *phrase, const int64_t *folded,
                                         bool in_texts, struct plan_node *out)
{
    uint64_t *may = NULL;
    if (in_texts) {
        TRY(neighbours_narrow(p->r, p->plan, folded, phrase->count, &may, p->err));
        phrase->may = may;
    }
    return phrase_find(p->r, phrase, p->plan->arena, &out->set, &out->set_count, p->err);
}

/* The words of NODE as those of PHRASE, and FOLDED (neighbours_word). */
static void read_words(struct planner *p, const struct query_node *node, struct phrase_word *words, int64_t *folded,
                       struct phrase *phrase)
{
    for (size_t i = 0; p->status == TRABAO_OK && i < node->token_count; i++) {
        size_t count;
        const struct query_token *token = &node->tokens[i];
        const struct plan_variant *variants = plan_variants(p, node, token, &count);
        if (variants && !make_word(p->plan->arena, variants, count, &words[i])) {
            p->status = error_no_memory(p->err);
        }
        /* What is not stored beside other words has no signature with them. */
        folded[i] = variants && plan_is_stored(token) ? neighbours_word(p->lexicon, variants, count) : -1;
        phrase->stored = phrase->stored && plan_is_stored(token);
    }
}

static void find_phrase(struct planner *p, const struct query_node *node, struct plan_node *out)
{
    struct query_arena *const arena = p->plan->arena;
    struct phrase_word *words = plan_piece(p, node->token_count + 1, sizeof *words);
    int64_t *folded = plan_piece(p, node->token_count + 1, sizeof *folded);
    struct phrase phrase = {.words = words,
                            .count = node->token_count,
                            .columns = plan_columns(node->field),
                            .first = p->plan->first,
                            .end = p->plan->end,
                            .stored = true};
    const bool in_unit = p->units > 0;
    read_words(p, node, words, folded, &phrase);
    if (p->status == TRABAO_OK) {
        p->status = in_unit ? phrase_kept(p->r, &phrase, arena, &out->set, &out->set_count, p->err) : TRABAO_NONE;
    }
    if (p->status == TRABAO_NONE) {
        p->status = look_up_phrase(p, &phrase, folded, plan_in_text(node->field), out);
        if (p->status == TRABAO_OK && in_unit) {
            p->status = phrase_keep(p->r, &phrase, arena, out->set, out->set_count, p->err);
        }
    }
}

struct plan_node *plan_set(struct planner *p, const struct query_node *node)
{
    struct plan_node *out = plan_new_node(p, PLAN_SET);
    if (out && (node->kind == QUERY_PHRASE || node->kind == QUERY_TERM)) {
        find_phrase(p, node, out);
    } else if (out) {
        find_match(p, node, out);
    }
    return out;
}

/* ---- tiers ----------------------------------------------------------------------------------------------------- */

/* Adds to OUT the words of NODE that stand for one of the query at the loosest tier bound now and at no tighter one. */
static void add_loose_words(struct planner *p, const struct query_node *node, struct plan_node *out)
{
    for (size_t i = 0; i < node->child_count; i++) {
        add_loose_words(p, node->children[i], out);
    }
    for (size_t i = 0; i < node->token_count && p->status == TRABAO_OK; i++) {
        const struct query_token *token = &node->tokens[i];
        size_t count, kept = 0;
        struct plan_variant *variants = plan_variants(p, node, token, &count);
        for (size_t v = 0; variants && v < count; v++) {
            if (variants[v].tier == (uint8_t)p->loosest) {
                variants[kept++] = variants[v];
            }
        }
        struct plan_node *word = kept ? plan_new_node(p, PLAN_GROUP) : NULL;
        if (word) {
            word->group = plan_add_group(p, token, variants, kept);
            plan_add_child(out, word);
        }
    }
}

static size_t count_tokens(const struct query_node *node)
{
    size_t count = node->token_count;
    for (size_t i = 0; i < node->child_count; i++) {
        count += count_tokens(node->children[i]);
    }
    return count;
}

/* NODE at the loosest tier bound now, for articles that have a word of that tier; NULL when no article has one. */
static struct plan_node *loose_set(struct planner *p, const struct query_node *node)
{
    struct plan_node *both = plan_new_list(p, PLAN_AND, 2);
    struct plan_node *words = plan_new_list(p, PLAN_OR, count_tokens(node));
    if (!both || !words) {
        return NULL;
    }
    add_loose_words(p, node, words);
    if (words->child_count == 0 || p->status != TRABAO_OK) {
        return NULL;
    }
    plan_add_child(both, plan_set(p, node));
    plan_add_child(both, words);
    return both;
}

struct plan_node *plan_set_by_tier(struct planner *p, const struct query_node *node)
{
    const enum trabao_tier asked = p->loosest;
    struct plan_node *any = plan_new_list(p, PLAN_OR, TRABAO_TIERS);
    if (!any) {
        return NULL;
    }
    p->loosest = MIN(p->plan->tightest, asked);
    plan_add_child(any, plan_set(p, node));
    while (p->loosest < asked && p->status == TRABAO_OK) {
        p->loosest++;
        plan_add_child(any, loose_set(p, node));
    }
    p->loosest = asked;
    return any->child_count == 1 ? any->children[0] : any;
}

/* ---- phrases that waited --------------------------------------------------------------------------------------- */

static enum trabao_status settle_phrase(struct archive_reader *r, const struct plan *plan, struct plan_node *node,
                                        const uint64_t *open, struct trabao_error *err)
{
    struct phrase_word *words = query_arena_alloc(plan->arena, node->words + 1, sizeof *words);
    for (size_t i = 0; i < node->words; i++) {
        const struct plan_group *group = &plan->groups[plan->scored[node->first_word + i]];
        if (!words || !make_word(plan->arena, group->variants, group->count, &words[i])) {
            return error_no_memory(err);
        }
    }
    const struct phrase phrase = {.words = words,
                                  .count = node->words,
                                  .columns = node->columns,
                                  .first = plan->first,
                                  .end = plan->end,
                                  .may = open ? open : node->may,
                                  .has_words = open != NULL,
                                  .stored = true};
    node->kind = PLAN_SET;
    return phrase_find(r, &phrase, plan->arena, &node->set, &node->set_count, err);
}

enum trabao_status plan_settle(struct archive_reader *r, struct plan *plan, const uint64_t *open,
                               struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    for (size_t i = 0; status == TRABAO_OK && i < plan->phrase_count; i++) {
        status = settle_phrase(r, plan, plan->phrases[i], open, err);
    }
    plan->phrase_count = 0;
    return status;
}
