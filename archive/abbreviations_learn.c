/*
 * abbreviations_learn.c - learning (see abbreviations.h). What articles introduce is kept as a set of pairs, `short NUL
 * words`, with the number of articles of each; it is sorted and judged once, at the end of a build.
 */
#include "archive/abbreviations.h"

#include "archive/db.h"
#include "archive/lexicon.h"
#include "base/mem.h"
#include "text/abbreviation.h"

#define PAIRS_MAX 200000 /* different pairs that are counted; an archive of 144,000 articles has 1,000 */
#define ARTICLES_MIN 3
#define VARIANT_ARTICLES_MIN 2 /* of a way to write the words that is not the commonest */

/* ---- learning -------------------------------------------------------------------------------------------------- */

struct abbreviations_learner {
    struct lexicon pairs; /* articles: that introduce it; count: the last one of them, from 1 */
    uint32_t articles;    /* so far */
};

enum trabao_status abbreviations_learner_open(struct abbreviations_learner **out, struct trabao_error *err)
{
    *out = mem_zalloc(1, sizeof **out);
    if (*out == NULL) {
        return error_no_memory(err);
    }
    lexicon_init(&(*out)->pairs);
    return TRABAO_OK;
}

void abbreviations_learner_close(struct abbreviations_learner *learner)
{
    if (learner != NULL) {
        lexicon_free(&learner->pairs);
        mem_free(learner);
    }
}

bool abbreviations_learn(struct abbreviations_learner *learner, const struct buf *found)
{
    struct lexicon *pairs = &learner->pairs;
    learner->articles++;
    for (size_t i = 0; i < found->len && pairs->count < PAIRS_MAX;) {
        const char *pair = found->data + i;
        const size_t short_len = strlen(pair);
        const size_t len = short_len + 1 + strlen(pair + short_len + 1);
        const uint32_t t = lexicon_add(pairs, pair, len);
        if (t == LEXICON_NONE) {
            return false;
        }
        pairs->terms[t].articles += pairs->terms[t].count != learner->articles;
        pairs->terms[t].count = learner->articles;
        i += len + 1;
    }
    return true;
}

/* ---- judging --------------------------------------------------------------------------------------------------- */

struct pair {
    char abbreviation[ABBREVIATION_FORM_MAX + 1];
    char words[ABBREVIATION_FORM_MAX + 1];   /* "": the articles mean several things, none of them the common one */
    char meaning[ABBREVIATION_FORM_MAX + 1]; /* the words without small ones */
    uint64_t articles;
    uint64_t meant; /* articles of all pairs of this meaning */
};

static void write_meaning(const char *words, char *out)
{
    size_t n = 0;
    while (*words) {
        const size_t len = strcspn(words, " ");
        if (!abbreviation_is_small_word(words, len)) {
            n += (size_t)snprintf(out + n, ABBREVIATION_FORM_MAX + 1 - n, "%s%.*s", n > 0 ? " " : "", (int)len, words);
        }
        words += len + (words[len] == ' ');
    }
    out[n] = '\0';
}

static int by_meaning(const void *a, const void *b)
{
    const struct pair *x = a;
    const struct pair *y = b;
    int order = strcmp(x->abbreviation, y->abbreviation);
    if (order == 0) {
        order = strcmp(x->meaning, y->meaning);
    }
    if (order == 0 && x->articles != y->articles) {
        order = x->articles > y->articles ? -1 : 1;
    }
    return order != 0 ? order : strcmp(x->words, y->words);
}

static int by_articles(const void *a, const void *b)
{
    const struct pair *x = a;
    const struct pair *y = b;
    if (x->meant != y->meant) {
        return x->meant > y->meant ? -1 : 1;
    }
    return by_meaning(a, b);
}

static struct pair *read_pairs(const struct lexicon *lexicon)
{
    struct pair *pairs = mem_zalloc(lexicon->count, sizeof *pairs);
    for (uint32_t t = 0; pairs != NULL && t < lexicon->count; t++) {
        struct pair *p = &pairs[t];
        const char *text = lexicon_form(lexicon, t);
        const size_t short_len = strnlen(text, lexicon->terms[t].len);
        snprintf(p->abbreviation, sizeof p->abbreviation, "%s", text);
        snprintf(p->words, sizeof p->words, "%.*s", (int)(lexicon->terms[t].len - short_len - 1), text + short_len + 1);
        write_meaning(p->words, p->meaning);
        p->articles = lexicon->terms[t].articles;
    }
    return pairs;
}

/* True when a common abbreviation has this meaning. */
static bool is_known_meaning(const struct abbreviations *known, const struct pair *p)
{
    const uint32_t spelling = abbreviations_find_exactly(known, p->abbreviation);
    if (spelling == ABBREVIATIONS_NONE) {
        return false;
    }
    uint32_t s = known->units[known->spellings[spelling].unit];
    for (; s != ABBREVIATIONS_NONE; s = known->spellings[s].next_of_unit) {
        char meaning[ABBREVIATION_FORM_MAX + 1];
        write_meaning(abbreviations_text(known, s), meaning);
        if (strcmp(meaning, p->meaning) == 0) {
            return true;
        }
    }
    return false;
}

/* Moves what is kept of the pairs of one abbreviation, PAIRS[0, N) in the order of by_meaning, to OUT. */
static size_t judge(const struct abbreviations *known, struct pair *pairs, size_t n, struct pair *out)
{
    uint64_t all = 0;
    uint64_t agreed = 0;
    size_t best = 0;
    size_t kept = 0;
    size_t first = 0; /* of the meaning of pairs[i] */
    for (size_t i = 0; i < n; i++) {
        first = strcmp(pairs[first].meaning, pairs[i].meaning) == 0 ? first : i;
        pairs[first].meant += pairs[i].articles;
        all += pairs[i].articles;
        agreed += is_known_meaning(known, &pairs[i]) ? pairs[i].articles : 0;
        best = pairs[first].meant > pairs[best].meant ? first : best;
    }
    const struct pair chosen = pairs[best];
    if (chosen.meant >= ARTICLES_MIN && chosen.meant * 5 >= all * 4) {
        for (size_t i = best; i < n && strcmp(pairs[i].meaning, chosen.meaning) == 0; i++) {
            if (i == best || pairs[i].articles >= VARIANT_ARTICLES_MIN) {
                out[kept] = pairs[i];
                out[kept++].meant = chosen.meant;
            }
        }
    } else if (abbreviations_find_exactly(known, chosen.abbreviation) != ABBREVIATIONS_NONE &&
               all - agreed >= ARTICLES_MIN && all - agreed > agreed) {
        out[kept] = chosen;
        out[kept].words[0] = '\0';
        out[kept++].meant = all;
    }
    return kept;
}

static enum trabao_status write_rows(const struct pair *pairs, size_t count, sqlite3 *db, struct trabao_error *err)
{
    sqlite3_stmt *insert = NULL;
    enum trabao_status status =
        db_prepare(db, "INSERT INTO abbreviation(short, words, articles) VALUES(?1, ?2, ?3)", &insert, err);
    for (size_t i = 0; status == TRABAO_OK && i < count; i++) {
        sqlite3_bind_text(insert, 1, pairs[i].abbreviation, -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 2, pairs[i].words, -1, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 3, (int64_t)pairs[i].articles);
        status = db_run(insert, "writing the abbreviations", err);
    }
    sqlite3_finalize(insert);
    return status;
}

enum trabao_status abbreviations_save(struct abbreviations_learner *learner, sqlite3 *db, struct trabao_error *err)
{
    struct abbreviations known;
    struct pair *pairs = read_pairs(&learner->pairs);
    const size_t count = learner->pairs.count;
    size_t kept = 0;
    enum trabao_status status = abbreviations_load(&known, NULL, err);
    if (status == TRABAO_OK && pairs == NULL) {
        status = error_no_memory(err);
    }
    if (status == TRABAO_OK) {
        qsort(pairs, count, sizeof *pairs, by_meaning);
        for (size_t i = 0, n; i < count; i += n) {
            for (n = 1; i + n < count && strcmp(pairs[i].abbreviation, pairs[i + n].abbreviation) == 0;) {
                n++;
            }
            kept += judge(&known, &pairs[i], n, &pairs[kept]);
        }
        qsort(pairs, kept, sizeof *pairs, by_articles);
        status = write_rows(pairs, MIN(kept, (size_t)ABBREVIATIONS_MAX), db, err);
    }
    mem_free(pairs);
    abbreviations_free(&known);
    return status;
}
