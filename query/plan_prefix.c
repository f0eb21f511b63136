/*
 * plan_prefix.c - the terms of the lexicon that a prefix of the query stands for.
 *
 * What is typed need not be how a word that begins so is written in its canonical form: hòa and hoàn, quí and quyết. So
 * a word may also begin with the prefix as it is spelled before a final consonant, or be the prefix as a word of its
 * own.
 */
#include "base/mem.h"
#include "query/plan_inside.h"
#include "text/syllable.h"

struct beginnings {
    bool folded; /* compared without marks */
    char typed[TEXT_FORM_MAX], closed[TEXT_FORM_MAX], whole[TEXT_FORM_MAX];
    size_t typed_len, closed_len, whole_len; /* 0: there is none */
};

static void find_beginnings(const struct query_token *token, struct beginnings *b)
{
    char word[TEXT_FORM_MAX + 1];
    *b = (struct beginnings){.folded = !token->marked, .typed_len = token->len};
    memcpy(b->typed, token->form, token->len);
    memcpy(word, token->form, token->len);
    word[token->len] = 'n';
    const size_t closed = syllable_canonical(word, token->len + 1U, b->closed);
    if (closed != SYLLABLE_FAILED && closed > 1 && b->closed[closed - 1] == 'n') {
        b->closed_len = closed - 1;
    }
    const size_t whole = syllable_canonical(word, token->len, b->whole);
    b->whole_len = whole == SYLLABLE_FAILED ? 0 : whole;
}

static bool begins(const char *form, size_t len, const char *beginning, size_t n)
{
    return n && len >= n && memcmp(form, beginning, n) == 0;
}

static bool has_beginning(const struct beginnings *b, const char *form, size_t len)
{
    char folded[TEXT_FORM_MAX];
    if (b->folded) {
        len = text_fold(form, len, folded);
        form = folded;
    }
    return begins(form, len, b->typed, b->typed_len) || begins(form, len, b->closed, b->closed_len) ||
           (len == b->whole_len && begins(form, len, b->whole, b->whole_len));
}

static int by_articles(const void *a, const void *b, void *context)
{
    const struct lexicon_term *terms = context;
    const uint32_t x = terms[((const struct plan_variant *)a)->term].articles;
    const uint32_t y = terms[((const struct plan_variant *)b)->term].articles;
    return x < y ? 1 : x > y ? -1 : 0;
}

struct plan_variant *plan_prefix_variants(struct planner *p, const struct query_token *token, size_t *count)
{
    const uint8_t tier = (uint8_t)(p->tree->any_marked ? TRABAO_EXACT : TRABAO_FOLDED);
    struct plan_variant *found = NULL;
    struct beginnings beginnings;
    size_t capacity = 0;
    *count = 0;
    find_beginnings(token, &beginnings);
    for (uint32_t t = 0; t < p->lexicon->count; t++) {
        const struct lexicon_term *term = &p->lexicon->terms[t];
        if (term->articles && has_beginning(&beginnings, lexicon_form(p->lexicon, t), term->len)) {
            if (!mem_grow((void **)&found, &capacity, *count + 1, sizeof *found)) {
                p->status = error_no_memory(p->err);
                break;
            }
            found[(*count)++] = (struct plan_variant){.term = t, .tier = tier};
        }
    }
    /* The commonest ones: a prefix is typed for words that exist. */
    if (*count > PLAN_VARIANTS_MAX) {
        qsort_r(found, *count, sizeof *found, by_articles, p->lexicon->terms);
        *count = PLAN_VARIANTS_MAX;
    }
    struct plan_variant *variants = plan_piece(p, *count + 1, sizeof *variants);
    if (variants && *count) {
        memcpy(variants, found, *count * sizeof *variants);
    }
    mem_free(found);
    return variants;
}
