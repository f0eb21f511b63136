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
#include "archive/rows.h"
#include "archive/schema.h"
#include "base/mem.h"

#define FEW_ARTICLES 1000   /* always few enough to be an update, */
#define FEW_SHARE 20        /* or this part of the archive; */
#define CHANGES_SHARE 4     /* and since the last full build so much of it may change */

struct update {
    const struct update_plan *plan;
    struct archive *archive;
    struct spill *spill;
    struct build_result *result;
    sqlite3 *db; /* the copy */
    struct rows rows;
    struct lexicon lexicon; /* of the copy; that of the archive stays what it was */
    struct archive_reader *reader;
    struct runs *runs;
    struct impact_builder *impacts;
    struct signatures_builder *signatures;
    struct wordcode_terms terms; /* of the article being counted */
    uint32_t count;        /* articles after the update */
    int64_t *ids;          /* [count] by new number */
    uint8_t *precisions;   /* [count] */
    uint32_t *lengths;     /* [count], of those that are added */
    uint32_t *numbers;     /* [archive->count] new number by old one, or IMPACT_GONE */
    uint32_t *added;       /* [spill] new numbers of the articles of the spill */
    int64_t *added_ids;    /* [spill] */
    int64_t *deleted_ids;  /* of those that are gone and whose ids nobody got */
    uint32_t gone_count, deleted_count;
    uint8_t *touched; /* by term: an article that has it was added or is gone */
    size_t touched_capacity;
    uint64_t text_bytes, words;
};

bool archive_can_update(const struct archive *archive, uint64_t changes)
{
    return archive->average_length > 0 && changes <= MAX((uint64_t)FEW_ARTICLES, archive->count / FEW_SHARE) &&
           archive->changes + changes <= archive->count / CHANGES_SHARE;
}

/* ---- ids and numbers ----------------------------------------------------------------------------------------- */

/* Where the ids of ENTRY's second begin. */
static int64_t first_id(const struct spill_entry *e)
{
    return e->dated ? e->second * ARTICLE_SLOTS : 1;
}

/* True when the article that ENTRY replaces has an id of ENTRY's second: it stays where it is. */
static bool keeps_id(const struct spill_entry *e)
{
    const int64_t start = first_id(e);
    const int64_t end = e->dated ? start + ARTICLE_SLOTS : ARTICLE_UNDATED_END;
    return e->replaces && e->replaces >= start && e->replaces < end;
}

/*
 * Every other article gets the first free id from its second on. The spill is in the order of seconds: the cursor never
 * goes back, all ids between the beginning of the present second and the cursor are taken.
 */
static void choose_ids(const struct update *u, const uint8_t *taken)
{
    const struct archive *a = u->archive;
    int64_t cursor = 1;
    for (uint32_t i = 0; i < spill_count(u->spill); i++) {
        const struct spill_entry *e = spill_at(u->spill, i);
        if (u->added_ids[i]) {
            continue;
        }
        cursor = MAX(cursor, first_id(e));
        uint32_t number = archive_lower_bound(a, cursor);
        while (number < a->count && a->ids[number] == cursor && taken[number]) {
            cursor++;
            number += number + 1 < a->count && a->ids[number + 1] == cursor;
        }
        u->added_ids[i] = cursor++;
    }
}

/* Marks what is replaced. TAKEN, by old number: whether the id stays in use. */
static void mark(struct update *u, uint8_t *taken)
{
    const struct archive *a = u->archive;
    for (uint32_t i = 0; i < spill_count(u->spill); i++) {
        const struct spill_entry *e = spill_at(u->spill, i);
        if (e->replaces) {
            u->plan->gone[archive_lower_bound(a, e->replaces)] = 1;
        }
    }
    for (uint32_t i = 0; i < a->count; i++) {
        taken[i] = !u->plan->gone[i];
        u->gone_count += u->plan->gone[i] != 0;
    }
    for (uint32_t i = 0; i < spill_count(u->spill); i++) {
        const struct spill_entry *e = spill_at(u->spill, i);
        if (keeps_id(e)) {
            u->added_ids[i] = e->replaces;
            taken[archive_lower_bound(a, e->replaces)] = 1;
        }
    }
}

static enum trabao_status number_spill(struct update *u, struct trabao_error *err)
{
    const uint32_t before = u->archive->count, added = spill_count(u->spill);
    uint8_t *taken = mem_alloc(before, 1);
    u->added_ids = mem_zalloc(added, sizeof *u->added_ids);
    u->added = mem_alloc(added, sizeof *u->added);
    u->numbers = mem_alloc(before, sizeof *u->numbers);
    if (!taken || !u->added_ids || !u->added || !u->numbers) {
        mem_free(taken);
        return error_no_memory(err);
    }
    mark(u, taken);
    choose_ids(u, taken);
    spill_renumber(u->spill, u->added_ids);
    mem_free(taken);
    return TRABAO_OK;
}

static void number_old(struct update *u, uint32_t old, uint32_t *next)
{
    const struct archive *a = u->archive;
    u->numbers[old] = *next;
    u->ids[*next] = a->ids[old];
    u->precisions[(*next)++] = a->precisions[old];
}

static void number_added(struct update *u, uint32_t i, uint32_t *next)
{
    const struct spill_entry *e = spill_at(u->spill, i);
    u->added[i] = *next;
    u->added_ids[i] = u->ids[*next] = e->id;
    u->precisions[(*next)++] = e->precision;
}

/* Puts old and added articles into one row, in the order of ids. */
static enum trabao_status number_all(struct update *u, struct trabao_error *err)
{
    const struct archive *a = u->archive;
    const uint32_t added = spill_count(u->spill);
    u->count = a->count - u->gone_count + added;
    if (u->count > IMPACT_ARTICLES_MAX) {
        return error_set(err, TRABAO_USAGE, "more than %u articles do not fit one archive", IMPACT_ARTICLES_MAX);
    }
    u->ids = mem_alloc(u->count, sizeof *u->ids);
    u->precisions = mem_alloc(u->count, 1);
    u->lengths = mem_alloc(u->count, sizeof *u->lengths);
    u->deleted_ids = mem_alloc(u->gone_count, sizeof *u->deleted_ids);
    if (!u->ids || !u->precisions || !u->lengths || !u->deleted_ids) {
        return error_no_memory(err);
    }
    uint32_t next = 0, i = 0;
    for (uint32_t old = 0; old < a->count; old++) {
        while (i < added && spill_at(u->spill, i)->id < a->ids[old]) {
            number_added(u, i++, &next);
        }
        if (!u->plan->gone[old]) {
            number_old(u, old, &next);
            continue;
        }
        u->numbers[old] = IMPACT_GONE;
        if (i == added || spill_at(u->spill, i)->id != a->ids[old]) {
            u->deleted_ids[u->deleted_count++] = a->ids[old];
        }
    }
    while (i < added) {
        number_added(u, i++, &next);
    }
    return TRABAO_OK;
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

static enum trabao_status take_out_one(struct update *u, int64_t id, struct archive_stored *stored,
                                       struct document *d, struct text_analyzer *analyzer, struct trabao_error *err)
{
    enum trabao_status status = archive_read(u->reader, id, true, stored, err);
    if (status == TRABAO_NONE ||
        (status == TRABAO_OK && article_content_hash(&stored->article) != stored->content_hash)) {
        return error_set(err, TRABAO_DATA, "%s: article %lld is damaged; reindex", u->archive->path, (long long)id);
    }
    d->article = stored->article;
    if (status == TRABAO_OK) {
        status = document_tokenize(d, analyzer, err);
    }
    if (status == TRABAO_OK) {
        status = uncount(u, d, err);
    }
    return status == TRABAO_OK ? rows_delete(&u->rows, id, d, err) : status;
}

static bool go_on(const struct update *u)
{
    const struct build_options *o = &u->plan->options;
    return !o->progress || o->progress(o->context, u->result->articles, 0);
}

static enum trabao_status interrupted(struct trabao_error *err)
{
    return error_set(err, TRABAO_TIMEOUT, "interrupted; the archive is what it was");
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
            status = take_out_one(u, u->archive->ids[i], &stored, &d, analyzer, err);
            if (status == TRABAO_OK && !go_on(u)) {
                status = interrupted(err);
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
    u->lengths[u->added[number]] = length;
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
        if (posting.frequency && !touch(u, term)) {
            return error_no_memory(err);
        }
    }
    return runs_add(u->runs, u->added[i], &d->postings, err);
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
        for (uint32_t i = 0; status == TRABAO_OK && i < chunk->count; i++) {
            const struct document *d = &chunk->documents[i];
            u->text_bytes += rows_text_bytes(d);
            status = rows_insert(&u->rows, spill_at(u->spill, chunk->first + i), u->plan->options.generation, d, err);
            if (status == TRABAO_OK) {
                status = add_postings(u, chunk->first + i, d, err);
            }
        }
        u->result->articles += chunk->count;
        pipeline_done(pipeline, chunk);
        if (status == TRABAO_OK && !go_on(u)) {
            status = interrupted(err);
        }
    }
    pipeline_close(pipeline);
    return status;
}

/* ---- the tables of the whole --------------------------------------------------------------------------------- */

static enum trabao_status write_numbered(struct update *u, struct trabao_error *err)
{
    const struct impact_before before = {.reader = u->reader->impacts,
                                         .terms = u->archive->lexicon.count,
                                         .articles = u->archive->count,
                                         .numbers = u->numbers};
    const struct impact_plan plan = {.runs = u->runs,
                                     .lengths = u->lengths,
                                     .average = u->archive->average_length,
                                     .before = &before};
    const struct signatures_before matrix = {.reader = u->reader->signatures,
                                             .articles = u->archive->count,
                                             .numbers = u->numbers,
                                             .added = u->added,
                                             .count = u->count};
    enum trabao_status status = runs_end(u->runs, err);
    if (status == TRABAO_OK) {
        status = schema_renew_numbered(u->db, err);
    }
    if (status == TRABAO_OK) {
        status = impact_builder_start(u->impacts, &plan, &u->lexicon, err);
    }
    if (status == TRABAO_OK) {
        status = impact_builder_finish(u->impacts, u->db, err);
    }
    if (status == TRABAO_OK) {
        status = signatures_builder_save(u->signatures, &matrix, u->db, err);
    }
    if (status == TRABAO_OK) {
        status = lexicon_save(&u->lexicon, u->db, err);
    }
    return status == TRABAO_OK ? rows_write_numbers(u->db, u->ids, u->precisions, u->count, err) : status;
}

static enum trabao_status write_facts(struct update *u, struct trabao_error *err)
{
    *u->result = (struct build_result){
        .articles = u->count, .text_bytes = u->text_bytes, .words = u->words, .terms = u->lexicon.count};
    const struct rows_facts facts = {.generation = u->plan->options.generation,
                                     .articles = u->count,
                                     .text_bytes = u->text_bytes,
                                     .words = u->words,
                                     .terms = u->lexicon.count,
                                     .average_length = (uint64_t)llround(u->archive->average_length * 1000),
                                     .changes = u->archive->changes + spill_count(u->spill) + u->deleted_count};
    const enum trabao_status status = rows_write_facts(u->db, &facts, err);
    const struct removed_list *removed = u->plan->options.removed;
    return status == TRABAO_OK && removed ? removed_save(removed, u->db, err) : status;
}

/* ---- the whole ----------------------------------------------------------------------------------------------- */

static enum trabao_status prepare(struct update *u, struct aside *aside, struct trabao_error *err)
{
    enum trabao_status status = aside_copy(aside, err);
    if (status == TRABAO_OK) {
        status = db_open_copy(buf_str(&aside->name), &u->db, err);
    }
    if (status == TRABAO_OK) {
        status = rows_register(&u->rows, u->db, err);
    }
    if (status == TRABAO_OK) {
        status = rows_open(&u->rows, u->db, err);
    }
    if (status == TRABAO_OK) {
        status = lexicon_load(&u->lexicon, u->db, err);
    }
    if (status == TRABAO_OK) {
        status = archive_reader_open(u->archive, &u->reader, err);
    }
    if (status == TRABAO_OK) {
        status = signatures_builder_open(aside->folder, &u->signatures, err);
    }
    if (status == TRABAO_OK) {
        status = signatures_builder_adopt(u->signatures, &u->archive->signatures, err);
    }
    if (status == TRABAO_OK) {
        status = runs_open(aside->folder, RUNS_BYTES, &u->runs, err);
    }
    return status == TRABAO_OK ? impact_builder_open(&u->impacts, err) : status;
}

static enum trabao_status change(struct update *u, struct trabao_error *err)
{
    const bool articles = u->gone_count + spill_count(u->spill) > 0;
    enum trabao_status status = db_exec(u->db, "BEGIN", "beginning", err);
    if (status == TRABAO_OK && articles) {
        status = take_out(u, err);
    }
    if (status == TRABAO_OK && articles) {
        status = put_in(u, err);
    }
    if (status == TRABAO_OK && articles) {
        status = write_numbered(u, err);
    }
    if (status == TRABAO_OK) {
        status = write_facts(u, err);
    }
    return status == TRABAO_OK ? db_exec(u->db, "COMMIT", "committing", err) : status;
}

/* Lets go of the copy, so that it can be checked and published. */
static void finish(struct update *u)
{
    rows_close(&u->rows);
    db_close(u->db);
    archive_reader_close(u->reader);
    impact_builder_close(u->impacts);
    signatures_builder_close(u->signatures);
    wordcode_terms_free(&u->terms);
    runs_close(u->runs);
    lexicon_free(&u->lexicon);
}

static enum trabao_status check(const struct update *u, const char *path, struct trabao_error *err)
{
    const struct archive_change checked = {.count = u->count,
                                           .written = u->added_ids,
                                           .written_count = spill_count(u->spill),
                                           .deleted = u->deleted_ids,
                                           .deleted_count = u->deleted_count,
                                           .touched = u->touched,
                                           .touched_count = (uint32_t)MIN(u->touched_capacity, (size_t)UINT32_MAX)};
    return archive_check_change(path, &checked, err);
}

static void free_numbers(struct update *u)
{
    mem_free(u->ids);
    mem_free(u->precisions);
    mem_free(u->lengths);
    mem_free(u->numbers);
    mem_free(u->added);
    mem_free(u->added_ids);
    mem_free(u->deleted_ids);
    mem_free(u->touched);
}

enum trabao_status archive_update(const struct update_plan *plan, struct build_result *result,
                                  struct trabao_error *err)
{
    struct update u = {.plan = plan,
                       .archive = plan->archive,
                       .spill = plan->spill,
                       .result = result,
                       .text_bytes = plan->archive->text_bytes,
                       .words = plan->archive->words};
    struct aside aside;
    *result = (struct build_result){0};
    lexicon_init(&u.lexicon);
    enum trabao_status status = aside_open(&aside, plan->archive->path, err);
    if (status == TRABAO_OK) {
        status = number_spill(&u, err);
    }
    if (status == TRABAO_OK) {
        status = number_all(&u, err);
    }
    if (status == TRABAO_OK) {
        status = prepare(&u, &aside, err);
    }
    if (status == TRABAO_OK) {
        status = change(&u, err);
    }
    finish(&u);
    if (status == TRABAO_OK) {
        status = check(&u, buf_str(&aside.name), err);
    }
    if (status == TRABAO_OK) {
        status = aside_publish(&aside, &result->file_bytes, err);
    }
    aside_close(&aside);
    free_numbers(&u);
    return status;
}
