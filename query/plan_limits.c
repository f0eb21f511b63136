/*
 * plan_limits.c - what the request limits a search to: dates, as a range of article numbers, and fields, as the phrases
 * that their values are.
 */
#include "query/honorific.h"
#include "query/plan_inside.h"

/* ---- dates ----------------------------------------------------------------------------------------------------- */

/*
 * An article known only as 2020-07 stands at the first of July, but is not "of the first of July": it would have to be
 * inside the dates as a whole.
 */
static struct query_span span_of(const struct archive *a, uint32_t article)
{
    const struct civil date = {a->ids[article] / ARTICLE_SLOTS, a->precisions[article]};
    return (struct query_span){date.second, date.precision < CIVIL_DAY ? civil_end(date) : date.second + 1};
}

/*
 * The articles of PLAN that lie between FROM and TO of DATES, but not in a part of them: how many there are and, unless
 * OUT is NULL, which.
 */
static size_t list_excluded(const struct archive *a, const struct plan *plan, const struct query_dates *dates,
                            uint32_t *out)
{
    size_t count = 0, gap = 0;
    for (uint32_t i = plan->first; i < plan->end; i++) {
        const struct query_span span = span_of(a, i);
        while (gap < dates->gap_count && dates->gaps[gap].to <= span.from) {
            gap++;
        }
        if (span.to > dates->to || (gap < dates->gap_count && dates->gaps[gap].from < span.to)) {
            if (out) {
                out[count] = i;
            }
            count++;
        }
    }
    return count;
}

static void exclude(struct planner *p, const struct query_dates *dates)
{
    const struct archive *a = p->r->archive;
    struct plan *plan = p->plan;
    const size_t count = list_excluded(a, plan, dates, NULL);
    if (count && (plan->excluded = plan_piece(p, count, sizeof *plan->excluded))) {
        plan->excluded_count = list_excluded(a, plan, dates, plan->excluded);
    }
}

void plan_limit_dates(struct planner *p)
{
    const struct query_dates *dates = &p->limits->dates;
    const struct archive *a = p->r->archive;
    struct plan *plan = p->plan;
    plan->end = a->count;
    if (!dates->limited) {
        return;
    }
    const int64_t from = MAX(dates->from, ARTICLE_UNDATED_END / ARTICLE_SLOTS);
    plan->first = archive_lower_bound(a, from * ARTICLE_SLOTS);
    if (dates->to < INT64_MAX / ARTICLE_SLOTS) {
        plan->end = archive_lower_bound(a, dates->to * ARTICLE_SLOTS);
    }
    plan->end = MAX(plan->end, plan->first);
    exclude(p, dates);
}

/* ---- fields ---------------------------------------------------------------------------------------------------- */

/* The words of TOKENS, at most as many as there are tokens, into WORDS; returns how many. */
static size_t copy_words(const struct text_tokens *tokens, struct query_token *words)
{
    size_t count = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct text_token *token = &tokens->items[i];
        if (!token->colocated) {
            struct query_token *word = &words[count++];
            word->len = token->form_len;
            memcpy(word->form, text_form(tokens, i), token->form_len);
            word->marked = text_has_marks(word->form, word->len);
        }
    }
    return count;
}

/* The phrase that VALUE is in FIELD; it may have no words. NULL when something failed. */
static struct query_node *phrase_of(struct planner *p, enum query_field field, const char *value)
{
    struct text_tokens tokens = {0};
    p->status = text_tokenize(p->analyzer, value, strlen(value), &tokens, p->err);
    struct query_token *words = plan_piece(p, tokens.count + 1, sizeof *words);
    struct query_node *node = plan_piece(p, 1, sizeof *node);
    if (p->status == TRABAO_OK) {
        const size_t count = copy_words(&tokens, words);
        const size_t before = field == QUERY_NAME ? honorific_count(words, count) : 0;
        *node = (struct query_node){
            .kind = QUERY_PHRASE, .field = field, .tokens = words + before, .token_count = count - before};
    }
    text_tokens_free(&tokens);
    return p->status == TRABAO_OK ? node : NULL;
}

static void limit_field(struct planner *p, struct plan_node *root, enum query_field field, const char *value)
{
    if (!value || !*value || p->status != TRABAO_OK) {
        return;
    }
    const struct query_node *phrase = phrase_of(p, field, value);
    if (phrase && phrase->token_count) {
        plan_add_child(root, plan_set(p, phrase));
    }
}

void plan_limit_fields(struct planner *p, struct plan_node *root)
{
    limit_field(p, root, QUERY_AUTHOR, p->limits->author);
    limit_field(p, root, QUERY_SOURCE, p->limits->source);
    limit_field(p, root, QUERY_SECTION, p->limits->section);
    limit_field(p, root, QUERY_NAME, p->limits->name);
}
