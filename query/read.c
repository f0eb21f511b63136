/*
 * read.c - see read.h. Keystrokes and words typed together are replaced in the text of the query, which is then parsed
 * anew: so dates typed in them count as well, and `understood` is what was meant.
 */
#include "query/read.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "query/context.h"
#include "query/rarest.h"
#include "query/slips.h"
#include "text/keystroke.h"

#define WARNING_WORDS 8 /* shown in the warning */

/* ---- keystrokes ------------------------------------------------------------------------------------------------ */

/* A typed word and what its keys make. */
struct keyed {
    uint32_t start, end; /* bytes of the query */
    char form[TEXT_FORM_MAX];
    size_t len;
    enum keystroke_method method;
    bool open; /* the archive has the typed word, so it is keys only among others */
};

struct keyed_words {
    const char *query; /* borrowed */
    const struct lexicon *lexicon;
    struct keyed *items; /* in the order of the query; owned */
    size_t count, capacity;
    size_t known, missing; /* those that are keys in any case: the archive has what they stand for, or lacks it */
    enum keystroke_method certain; /* of those one that makes more than a single letter; KEYSTROKE_NONE: none does */
    bool failed;           /* memory ran out */
};

static void look_at(struct keyed_words *words, const struct query_token *token)
{
    /* A quote with a date is several phrases of the same words. */
    if (words->count > 0 && token->start < words->items[words->count - 1].end) {
        return;
    }
    /* An operator that had nothing to apply to; the warning says so. */
    if (token->end - token->start == 2 && memcmp(words->query + token->start, "OR", 2) == 0) {
        return;
    }
    struct keyed keyed = {.start = token->start, .end = token->end};
    void *items = words->items;
    keyed.method = keystroke_decode(token->form, token->len, keyed.form, &keyed.len);
    if (keyed.method == KEYSTROKE_NONE) {
        return;
    }
    const uint32_t term = library_term(words->lexicon, keyed.form, keyed.len);
    const uint32_t meant = term == LEXICON_NONE ? 0 : words->lexicon->terms[term].articles;
    const uint32_t typed = library_articles(words->lexicon, token->form, token->len);
    keyed.open = typed > 0;
    if (keyed.open && meant <= typed) {
        return;
    }
    if (!mem_grow(&items, &words->capacity, words->count + 1, sizeof *words->items)) {
        words->failed = true;
        return;
    }
    words->items = items;
    words->items[words->count++] = keyed;
    words->known += !keyed.open && term != LEXICON_NONE;
    words->missing += !keyed.open && term == LEXICON_NONE;
    if (!keyed.open && utf8_count(keyed.form, keyed.len) > 1) {
        words->certain = keyed.method;
    }
}

/* Lets go of the words that the archive has and that are no keys of the method that the others were typed in. */
static void drop_doubtful(struct keyed_words *words)
{
    size_t kept = 0;
    for (size_t i = 0; i < words->count; i++) {
        if (!words->items[i].open || words->items[i].method == words->certain) {
            words->items[kept++] = words->items[i];
        }
    }
    words->count = kept;
}

static void look_for_keys(struct keyed_words *words, const struct query_node *node)
{
    for (size_t i = 0; i < node->child_count; i++) {
        look_for_keys(words, node->children[i]);
    }
    for (size_t i = 0; i < node->token_count && !node->exact && node->kind != QUERY_PREFIX; i++) {
        look_at(words, &node->tokens[i]);
    }
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

/* The query with words for keys, parsed; NULL when they are not what was meant. */
static enum trabao_status parse_words(struct trabao_reader *r, const struct query_typed *typed,
                                      struct keyed_words *words, struct query_tree **out, struct trabao_error *err)
{
    struct buf text;
    *out = NULL;
    if (words->certain == KEYSTROKE_NONE || words->known <= words->missing) {
        return TRABAO_OK;
    }
    drop_doubtful(words);
    buf_init(&text, TRABAO_QUERY_MAX);
    enum trabao_status status = TRABAO_OK;
    if (!put_words(words, typed->text, typed->n, &text)) {
        /* Words may be longer than their keys: a query that would be too long stays as it is. */
        status = text.full ? TRABAO_OK : error_no_memory(err);
    } else {
        const struct query_typed meant = {buf_str(&text), text.len, typed->now, false};
        status = query_parse(r->analyzer, &meant, out, err);
    }
    if (status == TRABAO_OK && *out != NULL) {
        status = warn_of_keys(words, typed->text, *out, err);
    }
    buf_free(&text);
    return status;
}

/* Replaces TREE by the tree of the query with words for keys, if that is what was meant. */
static enum trabao_status read_keys(struct trabao_reader *r, const struct query_typed *typed, struct query_tree **tree,
                                    struct trabao_error *err)
{
    struct keyed_words words = {.query = typed->text, .lexicon = &r->reader->archive->lexicon};
    struct query_tree *reread = NULL;
    if ((*tree)->root != NULL) {
        look_for_keys(&words, (*tree)->root);
    }
    const enum trabao_status status =
        words.failed ? error_no_memory(err) : parse_words(r, typed, &words, &reread, err);
    if (reread != NULL) {
        query_tree_free(*tree);
        *tree = reread;
    }
    mem_free(words.items);
    return status;
}

/* ---- slips of typing ------------------------------------------------------------------------------------------- */

static enum trabao_status warn_of_slips(const struct slips *slips, const struct query_tree *before,
                                        struct query_tree *tree, struct trabao_error *err)
{
    struct query_context c = {.tree = tree, .err = err};
    struct buf list;
    buf_init(&list, TRABAO_QUERY_MAX);
    for (size_t i = 0; i < slips->count; i++) {
        const struct slip *slip = &slips->items[i];
        if (slip->certain) {
            buf_printf(&list, "%s%.*s → %s", list.len > 0 ? ", " : "", (int)(slip->end - slip->start),
                       before->text + slip->start, slip->meant);
        }
    }
    query_warn_again(&c, before);
    query_warn(&c, "Các chữ gõ liền được tách ra: %s.", "words typed without blanks are parted: %s", buf_str(&list));
    buf_free(&list);
    return c.status;
}

/* Replaces TREE by the tree of the query with what was meant in place of SLIPS that are certain; *DONE if it was. */
static enum trabao_status parse_mended(struct trabao_reader *r, const struct query_typed *typed,
                                       const struct slips *slips, struct query_tree **tree, bool *done,
                                       struct trabao_error *err)
{
    struct query_tree *reread = NULL;
    struct buf text;
    buf_init(&text, TRABAO_QUERY_MAX);
    enum trabao_status status;
    if (!slips_mend(*tree, slips, true, &text)) {
        status = text.full ? TRABAO_OK : error_no_memory(err);
    } else {
        const struct query_typed meant = {buf_str(&text), text.len, typed->now, false};
        status = query_parse(r->analyzer, &meant, &reread, err);
    }
    if (status == TRABAO_OK && reread != NULL) {
        status = warn_of_slips(slips, *tree, reread, err);
    }
    buf_free(&text);
    if (reread != NULL) {
        query_tree_free(*tree);
        *tree = reread;
        *done = true;
    }
    return status;
}

/* Sets what TREE may be meant to be. */
static enum trabao_status offer(const struct slips *slips, struct query_tree *tree, struct trabao_error *err)
{
    enum trabao_status status = TRABAO_OK;
    struct buf text;
    buf_init(&text, TRABAO_QUERY_MAX);
    if (slips_mend(tree, slips, false, &text)) {
        tree->meant = query_arena_dup(tree->arena, text.data, text.len);
    }
    if (tree->meant == NULL && !text.full) {
        status = error_no_memory(err);
    }
    buf_free(&text);
    return status;
}

/* Slips that are certain are read as what was meant; then others are offered so. */
static enum trabao_status read_slips(struct trabao_reader *r, const struct query_typed *typed, struct query_tree **tree,
                                     struct trabao_error *err)
{
    const struct archive *archive = r->reader->archive;
    struct slips slips;
    bool certain = false, reread = false;
    TRY(slips_find(archive, *tree, &slips, err));
    for (size_t i = 0; i < slips.count; i++) {
        certain = certain || slips.items[i].certain;
    }
    if (certain) {
        TRY(parse_mended(r, typed, &slips, tree, &reread, err));
    }
    if (reread) {
        TRY(slips_find(archive, *tree, &slips, err));
    }
    return slips.count ? offer(&slips, *tree, err) : TRABAO_OK;
}

enum trabao_status query_read(struct trabao_reader *r, const struct query_typed *typed, struct query_tree **out,
                              struct trabao_error *err)
{
    enum trabao_status status = query_parse(r->analyzer, typed, out, err);
    if (status == TRABAO_OK && !typed->strict) {
        status = read_keys(r, typed, out, err);
    }
    if (status == TRABAO_OK && !typed->strict) {
        status = read_slips(r, typed, out, err);
    }
    if (status == TRABAO_OK) {
        status = query_keep_rarest(*out, &r->reader->archive->lexicon, typed->strict, err);
    }
    if (status != TRABAO_OK) {
        query_tree_free(*out);
        *out = NULL;
    }
    return status;
}
