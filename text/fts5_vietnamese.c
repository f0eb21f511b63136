/*
 * fts5_vietnamese.c - struct text_analyzer behind FTS5's tokenizer interface, version 1.
 *
 * One registration (struct fts5_vietnamese) belongs to a connection, and each FTS5 table that is opened on it has a
 * tokenizer of its own with its own analyzer; so nothing is shared between threads. The file is compiled twice: into
 * the library with direct calls to SQLite, and into the loadable extension (TRABAO_EXTENSION) with calls through the
 * table that the host hands over.
 */
#include "text/fts5_vietnamese.h"

#ifndef TRABAO_EXTENSION
#define SQLITE_CORE 1
#endif
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT3

#include "base/mem.h"
#include "text/fold.h"

struct fts5_vietnamese {
    const struct fts5_replay *columns; /* tokens of the row that is inserted next; borrowed */
    size_t count;
    size_t next; /* the first of COLUMNS that FTS5 has not asked for */
};

/* What FTS5 knows as Fts5Tokenizer. */
struct tokenizer {
    struct fts5_vietnamese *registration; /* borrowed */
    struct text_analyzer *analyzer;
    struct text_tokens tokens;
    enum fold_mode fold;
};

typedef int token_callback(void *context, int flags, const char *token, int n, int start, int end);

/* Where the tokens of one call go. */
struct emitter {
    token_callback *callback;
    void *context;
    enum fold_mode fold;
};

static int sqlite_code(enum trabao_status status)
{
    return status == TRABAO_OK ? SQLITE_OK : status == TRABAO_NO_MEMORY ? SQLITE_NOMEM : SQLITE_ERROR;
}

static int emit(const struct emitter *e, const char *form, size_t n, bool colocated, size_t start, size_t end)
{
    char folded[TEXT_FORM_MAX];
    const int flags = colocated ? FTS5_TOKEN_COLOCATED : 0;
    if (e->fold == FOLD_NONE) {
        return e->callback(e->context, flags, form, (int)n, (int)start, (int)end);
    }
    const size_t len = fold_form(e->fold, form, n, folded);
    return e->callback(e->context, flags, folded, (int)len, (int)start, (int)end);
}

static int emit_all(const struct emitter *e, const struct text_tokens *tokens)
{
    int rc = SQLITE_OK;
    for (size_t i = 0; i < tokens->count && rc == SQLITE_OK; i++) {
        const struct text_token *t = &tokens->items[i];
        rc = emit(e, text_form(tokens, i), t->form_len, t->colocated, t->start, t->end);
    }
    return rc;
}

/* Which of the COUNT tokens at one position a query means: of a date in figures the most exact form, else the first. */
static size_t meant_token(const struct text_token *t, size_t count)
{
    return t->kind == TEXT_DATE && count > 1 && t[1].kind == TEXT_DATE ? 1 : 0;
}

/*
 * Colocated tokens of a document are further ways to find it, but those of a query would be alternatives, and
 * 30/4/1975 would find every 30/4: a query has one token a position.
 */
static int emit_query(const struct emitter *e, const struct text_tokens *tokens)
{
    int rc = SQLITE_OK;
    for (size_t i = 0, next; i < tokens->count && rc == SQLITE_OK; i = next) {
        for (next = i + 1; next < tokens->count && tokens->items[next].colocated;) {
            next++;
        }
        const size_t k = i + meant_token(&tokens->items[i], next - i);
        rc = emit(e, text_form(tokens, k), tokens->items[k].form_len, false, tokens->items[k].start,
                  tokens->items[k].end);
    }
    return rc;
}

/* Forms as they are: blanks separate positions, `|` the alternatives at one. */
static int emit_alternatives(const struct emitter *e, const char *text, size_t n)
{
    bool colocated = false;
    int rc = SQLITE_OK;
    for (size_t i = 0; i < n && rc == SQLITE_OK;) {
        if (text[i] == ' ' || text[i] == '|') {
            colocated = colocated && text[i] == '|';
            i++;
            continue;
        }
        const size_t start = i;
        while (i < n && text[i] != ' ' && text[i] != '|') {
            i++;
        }
        rc = emit(e, text + start, i - start, colocated, start, i);
        colocated = true;
    }
    return rc;
}

/* The tokens that were handed over for the next non-empty column. */
static int emit_replayed(struct fts5_vietnamese *v, const struct emitter *e, size_t n)
{
    while (v->next < v->count && v->columns[v->next].text_len == 0) {
        v->next++;
    }
    if (v->next == v->count || v->columns[v->next].text_len != n) {
        return SQLITE_MISUSE;
    }
    return emit_all(e, v->columns[v->next++].tokens);
}

static int tokenize(Fts5Tokenizer *fts5_tokenizer, void *context, int flags, const char *text, int n,
                    token_callback *callback)
{
    struct tokenizer *t = (struct tokenizer *)fts5_tokenizer;
    const struct emitter e = {callback, context, t->fold};
    const size_t len = n > 0 ? (size_t)n : 0;
    if (len == 0) {
        return SQLITE_OK;
    }
    if ((flags & FTS5_TOKENIZE_DOCUMENT) != 0 && t->registration->count > 0) {
        return emit_replayed(t->registration, &e, len);
    }
    const bool query = (flags & FTS5_TOKENIZE_QUERY) != 0;
    if (query && memchr(text, '|', len) != NULL) {
        return emit_alternatives(&e, text, len);
    }
    const enum trabao_status status = text_tokenize(t->analyzer, text, len, &t->tokens, NULL);
    if (status != TRABAO_OK) {
        return sqlite_code(status);
    }
    return query ? emit_query(&e, &t->tokens) : emit_all(&e, &t->tokens);
}

static void delete_tokenizer(Fts5Tokenizer *fts5_tokenizer)
{
    struct tokenizer *t = (struct tokenizer *)fts5_tokenizer;
    if (t == NULL) {
        return;
    }
    text_analyzer_close(t->analyzer);
    text_tokens_free(&t->tokens);
    mem_free(t);
}

static bool read_options(const char **args, int count, enum fold_mode *fold)
{
    *fold = FOLD_NONE;
    for (int i = 0; i < count; i += 2) {
        if (i + 1 == count || sqlite3_stricmp(args[i], "fold") != 0) {
            return false;
        }
        if (sqlite3_stricmp(args[i + 1], "none") == 0) {
            *fold = FOLD_NONE;
        } else if (sqlite3_stricmp(args[i + 1], "tone") == 0) {
            *fold = FOLD_TONE;
        } else if (sqlite3_stricmp(args[i + 1], "full") == 0) {
            *fold = FOLD_FULL;
        } else {
            return false;
        }
    }
    return true;
}

static int create_tokenizer(void *registration, const char **args, int count, Fts5Tokenizer **out)
{
    enum fold_mode fold;
    *out = NULL;
    if (!read_options(args, count, &fold)) {
        return SQLITE_ERROR;
    }
    struct tokenizer *t = mem_zalloc(1, sizeof *t);
    if (t == NULL) {
        return SQLITE_NOMEM;
    }
    t->registration = registration;
    t->fold = fold;
    const enum trabao_status status = text_analyzer_open(&t->analyzer, NULL);
    if (status != TRABAO_OK) {
        mem_free(t);
        return sqlite_code(status);
    }
    *out = (Fts5Tokenizer *)t;
    return SQLITE_OK;
}

/* The door to FTS5 on this connection. */
static enum trabao_status find_fts5(sqlite3 *db, fts5_api **api, struct trabao_error *err)
{
    sqlite3_stmt *statement = NULL;
    *api = NULL;
    int rc = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, NULL);
    if (rc == SQLITE_OK) {
        rc = sqlite3_bind_pointer(statement, 1, (void *)api, "fts5_api_ptr", NULL);
    }
    if (rc == SQLITE_OK) {
        sqlite3_step(statement);
    }
    const int end = sqlite3_finalize(statement);
    rc = rc == SQLITE_OK ? end : rc;
    if (rc == SQLITE_NOMEM) {
        return error_no_memory(err);
    }
    if (rc != SQLITE_OK || *api == NULL || (*api)->iVersion < 2) {
        return error_set(err, TRABAO_INTERNAL, "this SQLite has no FTS5: %s", sqlite3_errmsg(db));
    }
    return TRABAO_OK;
}

enum trabao_status fts5_vietnamese_register(struct sqlite3 *db, struct fts5_vietnamese **out, struct trabao_error *err)
{
    fts5_api *api;
    if (out != NULL) {
        *out = NULL;
    }
    const enum trabao_status status = find_fts5(db, &api, err);
    if (status != TRABAO_OK) {
        return status;
    }
    struct fts5_vietnamese *v = mem_zalloc(1, sizeof *v);
    if (v == NULL) {
        return error_no_memory(err);
    }
    fts5_tokenizer functions = {create_tokenizer, delete_tokenizer, tokenize};
    const int rc = api->xCreateTokenizer(api, "vietnamese", v, &functions, mem_free);
    if (rc != SQLITE_OK) {
        mem_free(v);
        return rc == SQLITE_NOMEM ? error_no_memory(err)
                                  : error_set(err, TRABAO_INTERNAL, "the tokenizer cannot be registered (%d)", rc);
    }
    if (out != NULL) {
        *out = v;
    }
    return TRABAO_OK;
}

void fts5_vietnamese_replay(struct fts5_vietnamese *v, const struct fts5_replay *columns, size_t count)
{
    v->columns = columns;
    v->count = count;
    v->next = 0;
}
