/*
 * load.c - worker threads between the corpus and the spill (see load.h).
 *
 * A worker takes the next batch of raw records (one at a time may), parses it and spills its articles. The number of
 * the batch and of the record in it decide which of two records with one key is the later one, and in what order
 * rejects are written, so that the result does not depend on which thread was faster.
 */
#include "indexer/load.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "indexer/rejects.h"
#include "indexer/writer.h"

#define THREADS_MAX 64
#define BATCH_RECORDS_BITS 32
#define NOTES_MAX 5
#define NOTE_BYTES 512
#define REJECTS_CEILING ((size_t)1 << 30)

/* What is told of a reject. The first ones of the input are kept, whichever thread meets them. */
struct note {
    uint64_t order;
    char text[NOTE_BYTES];
};

/* The lines that a batch adds to the reject file, kept until those before it are written. */
struct batch_rejects {
    uint64_t batch;
    struct buf lines;
};

struct load {
    const struct load_plan *plan;
    struct load_counts *counts;
    struct batch_rejects *rejects; /* of batches that ended before an earlier one */
    size_t reject_count, reject_capacity;
    uint64_t rejects_written; /* batches whose rejects are in the file: the first ones */
    struct note notes[NOTES_MAX]; /* in the order of the input */
    size_t note_count;
    pthread_mutex_t reading;   /* guards the corpus reader and `batches` */
    pthread_mutex_t reporting; /* guards counts, notes and the reject file */
    uint64_t batches;
    atomic_bool stopping;
    struct trabao_error error; /* of the first worker that failed; guarded by reporting */
};

struct worker {
    struct load *load;
    pthread_t thread;
    bool started;
    struct spill_port *port;
    struct archive_reader *reader;
    uint64_t order; /* of the next record */
    struct batch_rejects rejects; /* of the batch at hand */
};

static void set_field(struct article *article, enum article_field field, struct corpus_text text)
{
    article->fields[field] = (struct article_text){text.text, text.len};
}

static void article_of(const struct corpus_record *record, struct article *a)
{
    *a = (struct article){.reads = record->reads};
    set_field(a, ARTICLE_KEY, record->key);
    set_field(a, ARTICLE_TITLE, record->title);
    set_field(a, ARTICLE_URL, record->url);
    set_field(a, ARTICLE_AUTHOR, record->author);
    set_field(a, ARTICLE_SOURCE, record->source);
    set_field(a, ARTICLE_SECTION, record->section);
    set_field(a, ARTICLE_EXTRA, record->extra);
    if (record->url.text) {
        set_field(a, ARTICLE_RECORD_ID, record->id);
    }
    set_field(a, ARTICLE_BODY, record->body);
    if (record->encoding && strcmp(record->encoding, "utf-8") != 0) {
        a->fields[ARTICLE_ENCODING] = (struct article_text){record->encoding, strlen(record->encoding)};
    }
    if (record->date.text) {
        (void)civil_parse_record(record->date.text, record->date.len, &a->date);
    }
}

enum record_fate { ADDED, CHANGED, UNCHANGED, REMOVED };

/* What becomes of a record with KEY_HASH. *REPLACES: id of the article that the archive has under this key, or 0. */
static enum trabao_status compare(struct worker *w, const struct article *a, uint64_t key_hash, enum record_fate *fate,
                                  int64_t *replaces, struct trabao_error *err)
{
    *fate = ADDED;
    *replaces = 0;
    if (w->load->plan->removed && removed_has(w->load->plan->removed, key_hash)) {
        *fate = REMOVED;
        return TRABAO_OK;
    }
    if (!w->reader) {
        return TRABAO_OK;
    }
    struct archive_found found;
    const enum trabao_status status = archive_find(w->reader, key_hash, &found, err);
    if (status != TRABAO_OK) {
        return status == TRABAO_NONE ? TRABAO_OK : status;
    }
    *fate = found.content_hash == article_content_hash(a) ? UNCHANGED : CHANGED;
    *replaces = found.id;
    return TRABAO_OK;
}

static enum trabao_status spill_record(struct worker *w, const struct article *article, enum record_fate *fate,
                                       struct trabao_error *err)
{
    const struct article_text *key = &article->fields[ARTICLE_KEY];
    const uint64_t key_hash = article_key_hash(key->text, key->len);
    const uint64_t order = w->order++;
    int64_t replaces;
    const enum trabao_status status = compare(w, article, key_hash, fate, &replaces, err);
    if (status != TRABAO_OK || *fate == REMOVED) {
        return status;
    }
    return *fate == UNCHANGED ? spill_note(w->port, key_hash, order, err)
                              : spill_add(w->port, article, order, replaces, err);
}

static enum trabao_status take_record(void *context, const struct corpus_record *record, struct trabao_error *err)
{
    struct worker *w = context;
    struct load *load = w->load;
    struct article article;
    enum record_fate fate = ADDED;
    article_of(record, &article);
    const enum trabao_status status = spill_record(w, &article, &fate, err);
    pthread_mutex_lock(&load->reporting);
    load->counts->added += fate == ADDED;
    load->counts->changed += fate == CHANGED;
    load->counts->unchanged += fate == UNCHANGED;
    load->counts->removed += fate == REMOVED;
    load->counts->undated += fate != REMOVED && article.date.precision == CIVIL_NONE;
    load->counts->bytes += record->title.len + record->body.len;
    pthread_mutex_unlock(&load->reporting);
    return status;
}

/* The place among the rejects that wait of those of the batch that is next to be written; their count if it is none. */
static size_t next_rejects(const struct load *load)
{
    size_t i = 0;
    while (i < load->reject_count && load->rejects[i].batch != load->rejects_written + 1) {
        i++;
    }
    return i;
}

/* Ends the worker's batch: writes its rejects, and those of later ones that waited for it, or lets them wait. */
static enum trabao_status end_batch(struct worker *w, struct trabao_error *err)
{
    struct load *load = w->load;
    bool fine = true;
    pthread_mutex_lock(&load->reporting);
    if (!mem_grow((void **)&load->rejects, &load->reject_capacity, load->reject_count + 1, sizeof *load->rejects)) {
        pthread_mutex_unlock(&load->reporting);
        return error_no_memory(err);
    }
    load->rejects[load->reject_count++] = w->rejects;
    buf_init(&w->rejects.lines, REJECTS_CEILING);
    for (size_t i; (i = next_rejects(load)) < load->reject_count; load->rejects_written++) {
        struct buf *lines = &load->rejects[i].lines;
        fine = fine && (lines->len == 0 || fwrite(lines->data, lines->len, 1, load->plan->rejects) == 1);
        buf_free(lines);
        load->rejects[i] = load->rejects[--load->reject_count];
    }
    pthread_mutex_unlock(&load->reporting);
    return fine ? TRABAO_OK : error_set(err, TRABAO_IO, "writing the reject file failed");
}

static void keep_note(struct load *load, const struct corpus_reject *reject, uint64_t order)
{
    size_t at = load->note_count;
    while (at && load->notes[at - 1].order > order) {
        at--;
    }
    if (at == NOTES_MAX) {
        return;
    }
    load->note_count = MIN(load->note_count + 1, (size_t)NOTES_MAX);
    memmove(&load->notes[at + 1], &load->notes[at], (load->note_count - at - 1) * sizeof load->notes[0]);
    struct note *note = &load->notes[at];
    char place[32] = "";
    if (reject->number) {
        snprintf(place, sizeof place, ", record %llu", (unsigned long long)reject->number);
    }
    note->order = order;
    snprintf(note->text, sizeof note->text, "%.200s%s: %s: %.200s\n", reject->path, place, reject->step,
             reject->reason);
}

static enum trabao_status take_reject(void *context, const struct corpus_reject *reject, struct trabao_error *err)
{
    struct worker *w = context;
    struct load *load = w->load;
    pthread_mutex_lock(&load->reporting);
    load->counts->rejected++;
    keep_note(load, reject, w->order++);
    pthread_mutex_unlock(&load->reporting);
    return !load->plan->rejects || rejects_line(reject, &w->rejects.lines) ? TRABAO_OK : error_no_memory(err);
}

/* Takes the next batch; *BATCH is NULL at the end. */
static enum trabao_status next_batch(struct worker *w, struct corpus_batch **batch, struct trabao_error *err)
{
    struct load *load = w->load;
    uint64_t done, total;
    pthread_mutex_lock(&load->reading);
    const enum trabao_status status = corpus_next_batch(load->plan->corpus, batch, err);
    w->rejects.batch = ++load->batches;
    w->order = load->batches << BATCH_RECORDS_BITS;
    corpus_progress(load->plan->corpus, &done, &total);
    pthread_mutex_unlock(&load->reading);
    pthread_mutex_lock(&load->reporting);
    const struct load_counts *c = load->counts;
    progress_update(load->plan->progress, c->added + c->changed + c->unchanged + c->removed, c->bytes, done, total);
    pthread_mutex_unlock(&load->reporting);
    return status;
}

static void *worker_main(void *context)
{
    struct worker *w = context;
    struct load *load = w->load;
    const struct corpus_sink sink = {.record = take_record, .reject = take_reject, .context = w};
    struct trabao_error err = {0};
    enum trabao_status status = TRABAO_OK;
    while (status == TRABAO_OK && !atomic_load(&load->stopping)) {
        struct corpus_batch *batch = NULL;
        status = next_batch(w, &batch, &err);
        if (status == TRABAO_OK && !batch) {
            break;
        }
        if (status == TRABAO_OK) {
            status = corpus_parse_batch(batch, &sink, &err);
        }
        corpus_batch_free(batch);
        if (status == TRABAO_OK) {
            status = end_batch(w, &err);
        }
        if (status == TRABAO_OK && writer_interrupted()) {
            status = error_set(&err, TRABAO_TIMEOUT, "interrupted; the archive is what it was");
        }
    }
    if (status != TRABAO_OK) {
        pthread_mutex_lock(&load->reporting);
        if (!atomic_exchange(&load->stopping, true)) {
            load->error = err;
            load->error.status = status;
        }
        pthread_mutex_unlock(&load->reporting);
    }
    return NULL;
}

static enum trabao_status start_worker(struct load *load, struct worker *w, struct trabao_error *err)
{
    w->load = load;
    buf_init(&w->rejects.lines, REJECTS_CEILING);
    TRY(spill_port_open(load->plan->spill, &w->port, err));
    if (load->plan->archive) {
        TRY(archive_reader_open(load->plan->archive, &w->reader, err));
    }
    w->started = pthread_create(&w->thread, NULL, worker_main, w) == 0;
    return w->started ? TRABAO_OK : error_set(err, TRABAO_INTERNAL, "starting a thread failed; use fewer --threads");
}

static enum trabao_status run_workers(struct load *load, struct trabao_error *err)
{
    struct worker workers[THREADS_MAX] = {0};
    const unsigned threads = MIN(MAX(1U, load->plan->threads), (unsigned)THREADS_MAX);
    enum trabao_status status = TRABAO_OK;
    for (unsigned i = 0; status == TRABAO_OK && i < threads; i++) {
        status = start_worker(load, &workers[i], err);
    }
    if (status != TRABAO_OK) {
        atomic_store(&load->stopping, true);
    }
    for (unsigned i = 0; i < threads; i++) {
        if (workers[i].started) {
            pthread_join(workers[i].thread, NULL);
        }
        spill_port_close(workers[i].port);
        archive_reader_close(workers[i].reader);
        buf_free(&workers[i].rejects.lines);
    }
    if (status == TRABAO_OK && load->error.status != TRABAO_OK) {
        status = error_set(err, load->error.status, "%s", load->error.message);
    }
    return status;
}

enum trabao_status load_carry_over(struct archive *archive, const uint8_t *gone, struct spill *spill,
                                   struct trabao_error *err)
{
    struct archive_reader *reader = NULL;
    struct spill_port *port = NULL;
    struct archive_stored stored;
    archive_stored_init(&stored);
    enum trabao_status status = archive_reader_open(archive, &reader, err);
    if (status == TRABAO_OK) {
        status = spill_port_open(spill, &port, err);
    }
    for (uint32_t i = 0; status == TRABAO_OK && i < archive->count; i++) {
        if (gone[i]) {
            continue;
        }
        status = archive_read(reader, archive->ids[i], true, &stored, err);
        if (status == TRABAO_NONE) {
            status = error_set(err, TRABAO_DATA, "article %lld of the archive is missing; reindex with --rebuild",
                               (long long)archive->ids[i]);
        }
        if (status == TRABAO_OK) {
            status = spill_add(port, &stored.article, 0, 0, err);
        }
        if (status == TRABAO_OK && writer_interrupted()) {
            status = error_set(err, TRABAO_TIMEOUT, "interrupted; the archive is what it was");
        }
    }
    archive_stored_free(&stored);
    spill_port_close(port);
    archive_reader_close(reader);
    return status;
}

enum trabao_status load_all(const struct load_plan *plan, struct load_counts *counts, struct buf *notes,
                            struct trabao_error *err)
{
    struct load load = {.plan = plan, .counts = counts};
    *counts = (struct load_counts){0};
    pthread_mutex_init(&load.reading, NULL);
    pthread_mutex_init(&load.reporting, NULL);
    const enum trabao_status status = run_workers(&load, err);
    for (size_t i = 0; i < load.note_count; i++) {
        buf_append_str(notes, load.notes[i].text);
    }
    for (size_t i = 0; i < load.reject_count; i++) {
        buf_free(&load.rejects[i].lines);
    }
    mem_free(load.rejects);
    counts->files = corpus_files(plan->corpus);
    pthread_mutex_destroy(&load.reading);
    pthread_mutex_destroy(&load.reporting);
    return status;
}
