/*
 * build.c - the second pass of a load (see build.h).
 *
 * A sample of the articles gives the frequent terms the low numbers and trains the dictionaries; then the pipeline
 * cuts, numbers and packs, this thread writes rows and collects postings in ascending id, and at the end these become
 * the FTS5 index and the impact index, and lexicon and numbers are written. The file is built without a journal beside
 * the final name; the disk writes it meanwhile, but it is flushed once, when published.
 */
#include "archive/build.h"

#include <math.h>

#include "archive/abbreviations.h"
#include "archive/aside.h"
#include "archive/db.h"
#include "archive/dictionary.h"
#include "archive/fts_rows.h"
#include "archive/ngrams.h"
#include "archive/pipeline.h"
#include "archive/rows.h"
#include "archive/schema.h"
#include "archive/seal.h"
#include "archive/segment.h"
#include "archive/signatures.h"
#include "archive/wordcode.h"
#include "base/mem.h"
#include "base/writeback.h"

#define SAMPLE_ARTICLES 3000
#define DICTIONARY_BYTES ((size_t)112 << 10) /* of a dictionary, */
#define DICTIONARY_SHARE 256                 /* but no more than this part of what it is for */

struct build {
    struct spill *spill;
    const struct build_options *options;
    struct build_result *result;
    sqlite3 *db;
    struct writeback *writeback; /* of its file */
    struct rows rows;
    struct lexicon lexicon;
    struct lexicon frequent; /* its first terms: those of the sample */
    struct abbreviations_learner *abbreviations;
    struct runs *runs;
    struct segment *segment;
    struct impact_builder *impacts;
    struct ngrams_builder *ngrams;
    struct signatures_builder *signatures;
    struct wordcode_terms terms; /* of the article being counted */
    struct pack_dictionary *words, *residues;
    uint32_t *lengths;    /* by article number, */
    int64_t *ids;         /* and so these, */
    uint8_t *precisions;  /* and these */
    uint64_t spilled_bytes; /* of all articles */
    uint64_t tokens[SCHEMA_COLUMNS]; /* of all articles together */
    uint64_t average;  /* of these, in thousandths */
};

/* ---- the sample ---------------------------------------------------------------------------------------------- */

struct sample {
    struct spill_port *port;
    struct text_analyzer *analyzer;
    struct document document;
    struct document_known *known;
    struct lexicon seen; /* terms in the order of the sample */
    struct wordcode_terms terms; /* of the article at hand */
    struct signatures_builder *signatures;
    struct pack_samples words, residues;
    struct buf scratch;
};

static enum trabao_status sample_open(struct sample *s, struct build *b, struct trabao_error *err)
{
    *s = (struct sample){.signatures = b->signatures};
    document_init(&s->document);
    lexicon_init(&s->seen);
    pack_samples_init(&s->words);
    pack_samples_init(&s->residues);
    buf_init(&s->scratch, (size_t)1 << 30);
    TRY(spill_port_open(b->spill, &s->port, err));
    return text_analyzer_open(&s->analyzer, err);
}

static void sample_close(struct sample *s)
{
    spill_port_close(s->port);
    text_analyzer_close(s->analyzer);
    document_free(&s->document);
    document_known_free(s->known);
    lexicon_free(&s->seen);
    wordcode_terms_free(&s->terms);
    pack_samples_free(&s->words);
    pack_samples_free(&s->residues);
    buf_free(&s->scratch);
}

static enum trabao_status sample_article(struct sample *s, uint32_t number, struct trabao_error *err)
{
    struct document *d = &s->document;
    uint32_t length;
    TRY(spill_read(s->port, number, &d->entry, &d->bytes, &d->article, err));
    TRY(document_tokenize(d, s->analyzer, err));
    TRY(document_number(d, &s->seen, &s->known, &length, err));
    TRY(document_code(d, &s->scratch, err));
    return pack_samples_add(&s->words, &d->words) && pack_samples_add(&s->residues, &d->residue) &&
                   wordcode_terms(d->words.data, d->words.len, s->seen.count, &s->terms) &&
                   signatures_builder_sample(s->signatures, &s->seen, &s->terms)
               ? TRABAO_OK
               : error_no_memory(err);
}

/* Collects terms and streams of the sample. */
static enum trabao_status sample_walk(struct sample *s, struct spill *spill, struct trabao_error *err)
{
    const uint32_t count = spill_count(spill);
    const uint32_t step = MAX(1U, count / SAMPLE_ARTICLES);
    for (uint32_t i = 0; i < count; i += step) {
        TRY(sample_article(s, i, err));
    }
    return TRABAO_OK;
}

static int by_count(const void *a, const void *b, void *context)
{
    const struct lexicon_term *terms = context;
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (terms[x].count != terms[y].count) {
        return terms[x].count > terms[y].count ? -1 : 1;
    }
    return x < y ? -1 : x > y;
}

/* Enters the terms of S into both lexicons, the frequent ones first. Term t of the sample becomes NUMBERS[t]. */
static bool rank_terms(const struct sample *s, struct lexicon *lexicon, struct lexicon *frequent, uint32_t *numbers)
{
    const struct lexicon *seen = &s->seen;
    uint32_t *order = mem_alloc(seen->count, sizeof *order);
    bool fine = order;
    for (uint32_t t = 0; fine && t < seen->count; t++) {
        order[t] = t;
    }
    if (fine) {
        qsort_r(order, seen->count, sizeof *order, by_count, seen->terms);
    }
    for (uint32_t i = 0; fine && i < seen->count; i++) {
        const uint32_t t = order[i];
        numbers[t] = lexicon_add(lexicon, lexicon_form(seen, t), seen->terms[t].len);
        fine = numbers[t] != LEXICON_NONE && lexicon_add(frequent, lexicon_form(seen, t), seen->terms[t].len) == i;
    }
    mem_free(order);
    return fine;
}

/* Adds the words streams of S to OUT as they are with NUMBERS. */
static bool renumber(const struct sample *s, const uint32_t *numbers, struct pack_samples *out)
{
    struct wordcode_terms terms = {0};
    struct buf stream;
    bool fine = true;
    buf_init(&stream, s->words.bytes.ceiling);
    for (size_t i = 0, at = 0; fine && i < s->words.count; at += s->words.sizes[i++]) {
        buf_clear(&stream);
        fine = wordcode_terms(s->words.bytes.data + at, s->words.sizes[i], s->seen.count, &terms) &&
               buf_append(&stream, s->words.bytes.data + at, WORDCODE_HEAD_BYTES);
        char *p = fine ? buf_reserve(&stream, terms.count * WORDCODE_TERM_BYTES) : NULL;
        for (size_t k = 0; p && k < terms.count; k++) {
            p += wordcode_put(p, numbers[terms.terms[k]]);
        }
        stream.len = p ? (size_t)(p - stream.data) : 0;
        fine = p && pack_samples_add(out, &stream);
    }
    buf_free(&stream);
    wordcode_terms_free(&terms);
    return fine;
}

static enum trabao_status save_dictionary(struct build *b, const char *name, const struct pack_samples *samples,
                                          enum pack_kind kind, struct pack_dictionary **out, struct trabao_error *err)
{
    struct buf bytes;
    buf_init(&bytes, DICTIONARY_MAX);
    const size_t size = (size_t)MIN(b->spilled_bytes / DICTIONARY_SHARE, (uint64_t)DICTIONARY_BYTES);
    enum trabao_status status = pack_train(samples, size, kind, &bytes, err);
    if (status == TRABAO_OK) {
        status = pack_dictionary_open(buf_str(&bytes), bytes.len, kind, out, err);
    }
    if (status == TRABAO_OK) {
        status = dictionary_save(b->db, name, buf_str(&bytes), bytes.len, err);
    }
    buf_free(&bytes);
    return status;
}

/* Numbers the frequent terms, and trains the dictionary for words with these numbers. */
static enum trabao_status learn_words(struct build *b, const struct sample *s, struct trabao_error *err)
{
    struct pack_samples words;
    uint32_t *numbers = mem_alloc(s->seen.count, sizeof *numbers);
    pack_samples_init(&words);
    enum trabao_status status = numbers && rank_terms(s, &b->lexicon, &b->frequent, numbers) &&
                                            renumber(s, numbers, &words)
                                        ? TRABAO_OK
                                        : error_no_memory(err);
    if (status == TRABAO_OK) {
        status = save_dictionary(b, "words", &words, PACK_WORDS, &b->words, err);
    }
    pack_samples_free(&words);
    mem_free(numbers);
    return status;
}

static enum trabao_status learn(struct build *b, struct trabao_error *err)
{
    struct sample s;
    enum trabao_status status = sample_open(&s, b, err);
    if (status == TRABAO_OK) {
        status = sample_walk(&s, b->spill, err);
    }
    if (status == TRABAO_OK) {
        status = learn_words(b, &s, err);
    }
    if (status == TRABAO_OK) {
        status = save_dictionary(b, "residues", &s.residues, PACK_RESIDUES, &b->residues, err);
    }
    if (status == TRABAO_OK) {
        status = signatures_builder_choose(b->signatures, b->db, err);
    }
    sample_close(&s);
    return status;
}

/* ---- rows ---------------------------------------------------------------------------------------------------- */

static enum trabao_status numbered(void *context, uint32_t number, const struct document *document, uint32_t length,
                                   struct trabao_error *err)
{
    struct build *b = context;
    b->lengths[number] = length;
    return wordcode_terms(document->words.data, document->words.len, b->lexicon.count, &b->terms) &&
                   ngrams_builder_add(b->ngrams, &b->terms) &&
                   abbreviations_learn(b->abbreviations, &document->abbreviations)
               ? signatures_builder_add(b->signatures, &b->lexicon, &b->terms, err)
               : error_no_memory(err);
}

static enum trabao_status write_article(struct build *b, uint32_t number, const struct document *d,
                                        struct trabao_error *err)
{
    b->result->text_bytes += rows_text_bytes(d);
    for (size_t c = 0; c < SCHEMA_COLUMNS; c++) {
        b->tokens[c] += d->places[c];
    }
    TRY(rows_store(&b->rows, &d->entry, b->options->generation, d, err));
    return runs_add(b->runs, number, &d->postings, err);
}

static enum trabao_status write_articles(struct build *b, struct trabao_error *err)
{
    const struct pipeline_plan plan = {.spill = b->spill,
                                       .lexicon = &b->lexicon,
                                       .frequent = &b->frequent,
                                       .words = b->words,
                                       .residues = b->residues,
                                       .numbered = numbered,
                                       .context = b,
                                       .threads = b->options->threads};
    struct pipeline *pipeline = NULL;
    struct pipeline_chunk *chunk = NULL;
    enum trabao_status status = pipeline_open(&plan, &pipeline, err);
    while (status == TRABAO_OK && (status = pipeline_next(pipeline, &chunk, err)) == TRABAO_OK && chunk) {
        for (uint32_t i = 0; status == TRABAO_OK && i < chunk->count; i++) {
            status = write_article(b, chunk->first + i, &chunk->documents[i], err);
        }
        b->result->articles += chunk->count;
        pipeline_done(pipeline, chunk);
        if (status == TRABAO_OK && b->options->progress &&
            !b->options->progress(b->options->context, b->result->articles, b->result->text_bytes)) {
            status = error_set(err, TRABAO_TIMEOUT, "interrupted; the archive is what it was");
        }
    }
    pipeline_close(pipeline);
    return status;
}

static enum trabao_status start_postings(struct build *b, struct trabao_error *err)
{
    const uint32_t count = spill_count(b->spill);
    for (uint32_t i = 0; i < count; i++) {
        b->result->words += b->lengths[i];
    }
    /* Rounded as it is stored, so that an update weighs words as they were weighed here. */
    b->average = (uint64_t)MAX(1000LL, llround((double)b->result->words * 1000 / MAX(1U, count)));
    const struct impact_plan plan = {
        .runs = b->runs, .articles = count, .lengths = b->lengths, .average = (double)b->average / 1000};
    struct segment_plan segment = {.runs = b->runs, .lexicon = &b->lexicon, .count = count};
    memcpy(segment.tokens, b->tokens, sizeof segment.tokens);
    TRY(runs_end(b->runs, err));
    TRY(segment_start(&segment, b->db, &b->segment, err));
    return impact_builder_start(b->impacts, &plan, &b->lexicon, err);
}

static enum trabao_status save_ngrams(struct build *b, struct trabao_error *err)
{
    const enum trabao_status status = ngrams_builder_save(b->ngrams, b->db, err);
    ngrams_builder_close(b->ngrams);
    b->ngrams = NULL;
    return status;
}

static enum trabao_status save_signatures(struct build *b, struct trabao_error *err)
{
    const enum trabao_status status = signatures_builder_save(b->signatures, NULL, b->db, err);
    signatures_builder_close(b->signatures);
    b->signatures = NULL;
    return status;
}

static enum trabao_status write_facts(struct build *b, struct trabao_error *err)
{
    b->result->terms = b->lexicon.count;
    const struct rows_facts facts = {.generation = b->options->generation,
                                     .articles = b->result->articles,
                                     .text_bytes = b->result->text_bytes,
                                     .words = b->result->words,
                                     .terms = b->result->terms,
                                     .average_length = b->average,
                                     .rows_end = fts_rows_of_build(spill_count(b->spill))};
    TRY(rows_write_facts(b->db, &facts, err));
    return b->options->removed ? removed_save(b->options->removed, b->db, err) : TRABAO_OK;
}

/* ---- the whole ----------------------------------------------------------------------------------------------- */

static bool list_articles(struct build *b)
{
    const uint32_t count = spill_count(b->spill);
    b->lengths = mem_zalloc(count, sizeof *b->lengths);
    b->ids = mem_alloc(count, sizeof *b->ids);
    b->precisions = mem_alloc(count, sizeof *b->precisions);
    const bool fine = b->lengths && b->ids && b->precisions;
    for (uint32_t i = 0; fine && i < count; i++) {
        const struct spill_entry *e = spill_at(b->spill, i);
        b->ids[i] = e->id;
        b->precisions[i] = e->precision;
        b->spilled_bytes += e->len;
    }
    return fine;
}

static enum trabao_status prepare(struct build *b, const struct aside *aside, struct trabao_error *err)
{
    if (spill_count(b->spill) > IMPACT_ARTICLES_MAX) {
        return error_set(err, TRABAO_USAGE, "more than %u articles do not fit one archive", IMPACT_ARTICLES_MAX);
    }
    b->ngrams = ngrams_builder_open();
    if (!b->ngrams || !list_articles(b)) {
        return error_no_memory(err);
    }
    TRY(spill_put_away(b->spill, err));
    TRY(db_create(buf_str(&aside->name), &b->db, err));
    TRY(writeback_start(buf_str(&aside->name), &b->writeback, err));
    TRY(rows_register(&b->rows, b->db, err));
    TRY(db_exec(b->db, "BEGIN", "beginning", err));
    TRY(schema_create(b->db, err));
    TRY(rows_open(&b->rows, b->db, err));
    TRY(abbreviations_learner_open(&b->abbreviations, err));
    TRY(signatures_builder_open(aside->folder, &b->signatures, err));
    TRY(runs_open(aside->folder, RUNS_BYTES, &b->runs, err));
    return impact_builder_open(&b->impacts, err);
}

static enum trabao_status fill(struct build *b, struct trabao_error *err)
{
    const struct rows_numbers numbers = {b->ids, b->precisions, NULL, spill_count(b->spill)};
    TRY(learn(b, err));
    TRY(write_articles(b, err));
    /* Both indexes are made by threads of their own; what this thread makes is written before they are. */
    TRY(start_postings(b, err));
    TRY(save_ngrams(b, err));
    TRY(save_signatures(b, err));
    TRY(segment_finish(b->segment, err));
    TRY(impact_builder_finish(b->impacts, b->db, err));
    TRY(lexicon_save(&b->lexicon, b->db, err));
    TRY(abbreviations_save(b->abbreviations, b->db, err));
    TRY(rows_write_numbers(b->db, &numbers, err));
    TRY(write_facts(b, err));
    TRY(seal_write(b->db, err));
    return db_exec(b->db, "COMMIT", "committing", err);
}

static void finish(struct build *b)
{
    segment_close(b->segment);
    impact_builder_close(b->impacts);
    rows_close(&b->rows);
    db_close(b->db);
    writeback_stop(b->writeback); /* closing a file drops every lock on it, SQLite's too: not before */
    runs_close(b->runs);
    ngrams_builder_close(b->ngrams);
    signatures_builder_close(b->signatures);
    wordcode_terms_free(&b->terms);
    lexicon_free(&b->lexicon);
    lexicon_free(&b->frequent);
    abbreviations_learner_close(b->abbreviations);
    pack_dictionary_close(b->words);
    pack_dictionary_close(b->residues);
    mem_free(b->lengths);
    mem_free(b->ids);
    mem_free(b->precisions);
}

static enum trabao_status make(struct build *b, const struct aside *aside, struct trabao_error *err)
{
    enum trabao_status status = prepare(b, aside, err);
    if (status == TRABAO_OK) {
        status = fill(b, err);
    }
    finish(b);
    return status;
}

enum trabao_status archive_build(struct spill *spill, const char *path, const struct build_options *options,
                                 struct build_result *result, struct trabao_error *err)
{
    struct build b = {.spill = spill, .options = options, .result = result};
    struct aside aside;
    *result = (struct build_result){0};
    enum trabao_status status = aside_open(&aside, path, err);
    if (status == TRABAO_OK) {
        status = make(&b, &aside, err);
    }
    if (status == TRABAO_OK) {
        status = aside_publish(&aside, &result->file_bytes, err);
    }
    aside_close(&aside);
    return status;
}
