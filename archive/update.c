/*
 * update.c - see update.h.
 *
 * The published file is copied and the copy changed: the rows of articles and the FTS5 index in place, the tables that
 * go by article numbers as a whole, because an article's number is its place in the order of ids and most of them
 * change. Postings are not cut again: they are read from the published file and written under their new numbers. What
 * was changed is checked in the copy before it takes the archive's place.
 */
#include "archive/update.h"

#include <math.h>

#include "archive/aside.h"
#include "archive/db.h"
#include "archive/document.h"
#include "archive/pipeline.h"
#include "archive/renumber.h"
#include "archive/rows.h"
#include "archive/schema.h"
#include "archive/seal.h"
#include "base/mem.h"

#define FEW_ARTICLES 1000   /* always few enough to be an update, */
#define FEW_SHARE 20        /* or this part of the archive; */
#define CHANGES_SHARE 4     /* and since the last full build so much of it may change */

struct update {
    const struct update_plan *plan;
    struct archive *archive;
    struct spill *spill;
    struct build_result *result;
    struct renumbering articles;
    sqlite3 *db; /* the copy */
    struct rows rows;
    struct lexicon lexicon; /* of the copy; that of the archive stays what it was */
    struct archive_reader *reader;
    struct runs *runs;
    struct impact_builder *impacts;
    struct signatures_builder *signatures;
    struct wordcode_terms terms; /* of the article being counted */
    uint32_t *lengths;           /* [articles.count] in words, of those that are added */
    uint8_t *touched;            /* by term: an article that has it was added or is gone */
    size_t touched_capacity;
    uint64_t text_bytes, words; /* of all articles */
};

bool archive_can_update(const struct archive *archive, uint64_t changes)
{
    return changes <= MAX((uint64_t)FEW_ARTICLES, archive->count / FEW_SHARE) &&
           archive->changes + changes <= archive->count / CHANGES_SHARE;
}

/* ---- out and in ---------------------------------------------------------------------------------------------- */

static bool touch(struct update *u, uint32_t term)
{
    const size_t before = u->touched_capacity;
    if (!mem_grow((void **)&u->touched, &u->touched_capacity, (size_t)term + 1, 1)) {
        return false;
    }
    memset(u->touched + before, 0, u->touched_capacity - before);
    u->touched[term] = 1;
    return true;
}

/* Takes the tokens of title and body, which are as they were when they were counted, out of the lexicon's counts. */
static enum trabao_status uncount(struct update *u, const struct document *d, struct trabao_error *err)
{
    static const enum schema_column columns[] = {SCHEMA_TITLE, SCHEMA_BODY};
    for (size_t c = 0; c < ARRAY_LEN(columns); c++) {
        const struct text_tokens *tokens = &d->columns[columns[c]];
        for (size_t i = 0; i < tokens->count; i++) {
            const uint32_t known = u->lexicon.count;
            const uint32_t term = lexicon_add(&u->lexicon, text_form(tokens, i), tokens->items[i].form_len);
            if (term == LEXICON_NONE || !touch(u, term)) {
                return error_no_memory(err);
            }
            if (term == known || u->lexicon.terms[term].count == 0) {
                return error_set(err, TRABAO_DATA, "%s: the lexicon is damaged; reindex", u->archive->path);
            }
            u->lexicon.terms[term].count--;
            u->words -= tokens->items[i].colocated ? 0 : 1;
        }
    }
    u->text_bytes -= rows_text_bytes(d);
    return TRABAO_OK;
}

static enum trabao_status take_out_one(struct update *u, uint32_t number, struct archive_stored *stored,
                                       struct document *d, struct text_analyzer *analyzer, struct trabao_error *err)
{
    const int64_t id = u->archive->ids[number];
    const enum trabao_status status = archive_read(u->reader, id, true, stored, err);
    if (status == TRABAO_NONE ||
        (status == TRABAO_OK && article_content_hash(&stored->article) != stored->content_hash)) {
        return error_set(err, TRABAO_DATA, "%s: article %lld is damaged; reindex", u->archive->path, (long long)id);
    }
    TRY(status);
    d->article = stored->article;
    TRY(document_tokenize(d, analyzer, err));
    TRY(uncount(u, d, err));
    return rows_delete(&u->rows, id, u->archive->rows.rows[number], d, err);
}

/* TRABAO_TIMEOUT when whoever watches the progress does not want more. */
static enum trabao_status tell_progress(const struct update *u, struct trabao_error *err)
{
    const struct build_options *o = &u->plan->options;
    return !o->progress || o->progress(o->context, u->result->articles, 0)
               ? TRABAO_OK
               : error_set(err, TRABAO_TIMEOUT, "interrupted; the archive is what it was");
}

static enum trabao_status take_out(struct update *u, struct trabao_error *err)
{
    struct text_analyzer *analyzer = NULL;
    struct archive_stored stored;
    struct document d;
    archive_stored_init(&stored);
    document_init(&d);
    enum trabao_status status = text_analyzer_open(&analyzer, err);
    for (uint32_t i = 0; status == TRABAO_OK && i < u->archive->count; i++) {
        if (u->plan->gone[i]) {
            status = take_out_one(u, i, &stored, &d, analyzer, err);
            if (status == TRABAO_OK) {
                status = tell_progress(u, err);
            }
        }
    }
    text_analyzer_close(analyzer);
    document_free(&d);
    archive_stored_free(&stored);
    return status;
}

static enum trabao_status numbered(void *context, uint32_t number, const struct document *document, uint32_t length,
                                   struct trabao_error *err)
{
    struct update *u = context;
    u->lengths[u->articles.added[number]] = length;
    u->words += length;
    return wordcode_terms(document->words.data, document->words.len, u->lexicon.count, &u->terms)
               ? signatures_builder_add(u->signatures, &u->lexicon, &u->terms, err)
               : error_no_memory(err);
}

/* The postings of the I-th article of the spill. */
static enum trabao_status add_postings(struct update *u, uint32_t i, const struct document *d,
                                       struct trabao_error *err)
{
    struct runs_posting posting;
    uint32_t term;
    for (size_t at = 0; runs_parse(&d->postings, &at, &term, &posting);) {
        if (posting.weight && !touch(u, term)) {
            return error_no_memory(err);
        }
    }
    return runs_add(u->runs, u->articles.added[i], &d->postings, err);
}

static enum trabao_status put_in_chunk(struct update *u, const struct pipeline_chunk *chunk, struct trabao_error *err)
{
    for (uint32_t i = 0; i < chunk->count; i++) {
        const struct document *d = &chunk->documents[i];
        const uint32_t number = chunk->first + i;
        u->text_bytes += rows_text_bytes(d);
        TRY(rows_store(&u->rows, spill_at(u->spill, number), u->plan->options.generation, d, err));
        TRY(rows_index(&u->rows, u->articles.rows[u->articles.added[number]], d, err));
        TRY(add_postings(u, number, d, err));
    }
    return TRABAO_OK;
}

static enum trabao_status put_in(struct update *u, struct trabao_error *err)
{
    const struct pipeline_plan plan = {.spill = u->spill,
                                       .lexicon = &u->lexicon,
                                       .words = u->archive->words_dictionary,
                                       .residues = u->archive->residues_dictionary,
                                       .numbered = numbered,
                                       .context = u,
                                       .threads = u->plan->options.threads};
    struct pipeline *pipeline = NULL;
    struct pipeline_chunk *chunk = NULL;
    enum trabao_status status = pipeline_open(&plan, &pipeline, err);
    while (status == TRABAO_OK && (status = pipeline_next(pipeline, &chunk, err)) == TRABAO_OK && chunk) {
        status = put_in_chunk(u, chunk, err);
        u->result->articles += chunk->count;
        pipeline_done(pipeline, chunk);
        if (status == TRABAO_OK) {
            status = tell_progress(u, err);
        }
    }
    pipeline_close(pipeline);
    return status;
}

/* ---- the tables of the whole --------------------------------------------------------------------------------- */

static enum trabao_status write_numbered(struct update *u, struct trabao_error *err)
{
    const struct renumbering *articles = &u->articles;
    const struct impact_before before = {.reader = u->reader->impacts,
                                         .terms = u->archive->lexicon.count,
                                         .articles = u->archive->count,
                                         .numbers = articles->numbers};
    const struct impact_plan plan = {.runs = u->runs,
                                     .articles = articles->count,
                                     .lengths = u->lengths,
                                     .average = u->archive->average_length,
                                     .before = &before};
    const struct signatures_before matrix = {.reader = u->reader->signatures,
                                             .articles = u->archive->count,
                                             .numbers = articles->numbers,
                                             .added = articles->added,
                                             .count = articles->count};
    TRY(runs_end(u->runs, err));
    TRY(schema_renew_numbered(u->db, err));
    TRY(impact_builder_start(u->impacts, &plan, &u->lexicon, err));
    TRY(impact_builder_finish(u->impacts, u->db, err));
    TRY(signatures_builder_save(u->signatures, &matrix, u->db, err));
    TRY(lexicon_save(&u->lexicon, u->db, err));
    const struct rows_numbers numbers = {articles->ids, articles->precisions, articles->rows, articles->count};
    return rows_write_numbers(u->db, &numbers, err);
}

static enum trabao_status write_facts(struct update *u, struct trabao_error *err)
{
    *u->result = (struct build_result){
        .articles = u->articles.count, .text_bytes = u->text_bytes, .words = u->words, .terms = u->lexicon.count};
    const struct rows_facts facts = {.generation = u->plan->options.generation,
                                     .articles = u->articles.count,
                                     .text_bytes = u->text_bytes,
                                     .words = u->words,
                                     .terms = u->lexicon.count,
                                     .average_length = (uint64_t)llround(u->archive->average_length * 1000),
                                     .changes = u->archive->changes + spill_count(u->spill) + u->articles.deleted_count,
                                     .rows_end = u->articles.rows_end};
    const struct removed_list *removed = u->plan->options.removed;
    TRY(rows_write_facts(u->db, &facts, err));
    return removed ? removed_save(removed, u->db, err) : TRABAO_OK;
}

/* ---- the whole ----------------------------------------------------------------------------------------------- */

static enum trabao_status number_articles(struct update *u, struct trabao_error *err)
{
    TRY(renumber(&u->articles, u->archive, u->spill, u->plan->gone, err));
    u->lengths = mem_alloc(u->articles.count, sizeof *u->lengths);
    return u->lengths ? TRABAO_OK : error_no_memory(err);
}

static enum trabao_status open_copy(struct update *u, struct aside *aside, struct trabao_error *err)
{
    lexicon_init(&u->lexicon);
    TRY(aside_copy(aside, err));
    TRY(db_open_copy(buf_str(&aside->name), &u->db, err));
    TRY(rows_register(&u->rows, u->db, err));
    TRY(rows_open(&u->rows, u->db, err));
    TRY(lexicon_load(&u->lexicon, u->db, err));
    TRY(archive_reader_open(u->archive, &u->reader, err));
    TRY(signatures_builder_open(aside->folder, &u->signatures, err));
    TRY(signatures_builder_adopt(u->signatures, &u->archive->signatures, err));
    TRY(runs_open(aside->folder, RUNS_BYTES, &u->runs, err));
    return impact_builder_open(&u->impacts, err);
}

static enum trabao_status change_copy(struct update *u, struct trabao_error *err)
{
    TRY(db_exec(u->db, "BEGIN", "beginning", err));
    if (u->articles.gone_count || spill_count(u->spill)) {
        TRY(take_out(u, err));
        TRY(put_in(u, err));
        TRY(write_numbered(u, err));
    }
    TRY(write_facts(u, err));
    TRY(seal_write(u->db, err));
    return db_exec(u->db, "COMMIT", "committing", err);
}

/* Lets go of the copy, so that it can be checked and published. */
static void close_copy(struct update *u)
{
    impact_builder_close(u->impacts);
    rows_close(&u->rows);
    db_close(u->db);
    archive_reader_close(u->reader);
    signatures_builder_close(u->signatures);
    wordcode_terms_free(&u->terms);
    runs_close(u->runs);
    lexicon_free(&u->lexicon);
}

static enum trabao_status make_copy(struct update *u, struct aside *aside, struct trabao_error *err)
{
    TRY(number_articles(u, err));
    enum trabao_status status = open_copy(u, aside, err);
    if (status == TRABAO_OK) {
        status = change_copy(u, err);
    }
    close_copy(u);
    return status;
}

static enum trabao_status check_copy(const struct update *u, const char *path, struct trabao_error *err)
{
    const struct archive_change checked = {.count = u->articles.count,
                                           .written = u->articles.added_ids,
                                           .written_count = spill_count(u->spill),
                                           .deleted = u->articles.deleted_ids,
                                           .deleted_count = u->articles.deleted_count,
                                           .touched = u->touched,
                                           .touched_count = (uint32_t)MIN(u->touched_capacity, (size_t)UINT32_MAX)};
    return archive_check_change(path, &checked, err);
}

static enum trabao_status run(struct update *u, struct aside *aside, struct trabao_error *err)
{
    TRY(aside_open(aside, u->archive->path, err));
    TRY(make_copy(u, aside, err));
    TRY(check_copy(u, buf_str(&aside->name), err));
    return aside_publish(aside, &u->result->file_bytes, err);
}

enum trabao_status archive_update(const struct update_plan *plan, struct build_result *result, struct trabao_error *err)
{
    struct update u = {.plan = plan,
                       .archive = plan->archive,
                       .spill = plan->spill,
                       .result = result,
                       .text_bytes = plan->archive->text_bytes,
                       .words = plan->archive->words};
    struct aside aside;
    *result = (struct build_result){0};
    const enum trabao_status status = run(&u, &aside, err);
    aside_close(&aside);
    renumbering_free(&u.articles);
    mem_free(u.lengths);
    mem_free(u.touched);
    return status;
}
