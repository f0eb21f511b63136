/*
 * read.c - see read.h. Keystrokes are replaced in the text of the query, which is then parsed anew: so dates typed in
 * them count as well, and `understood` is what was meant.
 */
#include "query/read.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "query/context.h"
#include "query/rarest.h"
#include "text/keystroke.h"

#define WARNING_WORDS 8 /* shown in the warning */

/* A typed word and what its keys make. */
struct keyed {
    uint32_t start, end; /* bytes of the query */
    char form[TEXT_FORM_MAX];
    size_t len;
};

struct keyed_words {
    const struct lexicon *lexicon;
    struct keyed *items; /* in the order of the query; owned */
    size_t count, capacity;
    bool missing; /* the archive lacks the word that one of them stands for */
    bool certain; /* one of them makes more than a single letter */
    bool failed;  /* memory ran out */
};

static bool has_reading(const struct lexicon *lexicon, const char *form, size_t n)
{
    char folded[TEXT_FORM_MAX];
    return lexicon_fold_first(lexicon, folded, text_fold(form, n, folded)) != LEXICON_NONE;
}

static void look_at(struct keyed_words *words, const struct query_token *token)
{
    struct keyed keyed = {.start = token->start, .end = token->end};
    void *items = words->items;
    if (keystroke_decode(token->form, token->len, keyed.form, &keyed.len) == KEYSTROKE_NONE ||
        has_reading(words->lexicon, token->form, token->len))
        return;
    if (!mem_grow(&items, &words->capacity, words->count + 1, sizeof *words->items)) {
        words->failed = true;
        return;
    }
    words->items = items;
    words->items[words->count++] = keyed;
    words->missing = words->missing || library_term(words->lexicon, keyed.form, keyed.len) == LEXICON_NONE;
    words->certain = words->certain || utf8_count(keyed.form, keyed.len) > 1;
}

static void look_for_keys(struct keyed_words *words, const struct query_node *node)
{
    for (size_t i = 0; i < node->child_count; i++)
        look_for_keys(words, node->children[i]);
    for (size_t i = 0; i < node->token_count && !node->exact && node->kind != QUERY_PREFIX; i++)
        look_at(words, &node->tokens[i]);
}

/* The query with the words in place of the keys. */
static bool put_words(const struct keyed_words *words, const char *query, size_t n, struct buf *out)
{
    size_t done = 0;
    for (size_t i = 0; i < words->count; i++) {
        const struct keyed *w = &words->items[i];
        buf_append(out, query + done, w->start - done);
        buf_append(out, w->form, w->len);
        done = w->end;
    }
    return buf_append(out, query + done, n - done);
}

static enum trabao_status warn_of_keys(const struct keyed_words *words, const char *query, struct query_tree *tree,
                                       struct trabao_error *err)
{
    struct query_context c = {.tree = tree, .err = err};
    struct buf list;
    buf_init(&list, TRABAO_QUERY_MAX);
    for (size_t i = 0; i < MIN(words->count, (size_t)WARNING_WORDS); i++) {
        const struct keyed *w = &words->items[i];
        buf_printf(&list, "%s%.*s → %.*s", i > 0 ? ", " : "", (int)(w->end - w->start), query + w->start, (int)w->len,
                   w->form);
    }
    const char *more = words->count > WARNING_WORDS ? ", …" : "";
    query_warn(&c, "Các phím gõ kiểu Telex hoặc VNI được đọc thành chữ: %s%s.",
               "keys of Telex or VNI are read as words: %s%s", buf_str(&list), more);
    buf_free(&list);
    return c.status;
}

/* Replaces TREE by the tree of the query with words for keys, if that is what was meant. */
static enum trabao_status read_keys(struct trabao_reader *r, const char *query, size_t n, int64_t now,
                                    struct query_tree **tree, struct trabao_error *err)
{
    struct keyed_words words = {.lexicon = &r->reader->archive->lexicon};
    struct query_tree *reread = NULL;
    struct buf text;
    enum trabao_status status = TRABAO_OK;
    buf_init(&text, TRABAO_QUERY_MAX);
    if ((*tree)->root != NULL)
        look_for_keys(&words, (*tree)->root);
    if (words.failed) {
        status = error_no_memory(err);
    } else if (words.certain && !words.missing && put_words(&words, query, n, &text)) {
        status = query_parse(r->analyzer, buf_str(&text), text.len, now, false, &reread, err);
        if (status == TRABAO_OK)
            status = warn_of_keys(&words, query, reread, err);
    }
    if (reread != NULL) {
        query_tree_free(*tree);
        *tree = reread;
    }
    mem_free(words.items);
    buf_free(&text);
    return status;
}

enum trabao_status query_read(struct trabao_reader *r, const char *query, size_t n, int64_t now, bool strict,
                              struct query_tree **out, struct trabao_error *err)
{
    enum trabao_status status = query_parse(r->analyzer, query, n, now, strict, out, err);
    if (status == TRABAO_OK && !strict)
        status = read_keys(r, query, n, now, out, err);
    if (status == TRABAO_OK)
        status = query_keep_rarest(*out, &r->reader->archive->lexicon, strict, err);
    if (status != TRABAO_OK) {
        query_tree_free(*out);
        *out = NULL;
    }
    return status;
}
