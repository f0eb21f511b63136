/*
 * archive.c - opening a published archive and reading articles from it (see archive.h).
 */
#include "archive/archive.h"

#include <sys/stat.h>
#include <unistd.h>

#include "archive/db.h"
#include "archive/dictionary.h"
#include "archive/schema.h"
#include "base/mem.h"
#include "text/fts5_vietnamese.h"

#define STORED_CEILING ((size_t)1 << 30)
#define WORDS_SHARE 3 /* of the cache's bytes one in so many is for the words of articles */
#define DEADLINE_STEPS 100 /* of SQLite's virtual machine between two looks at the clock; FTS5 makes few of them */

static enum trabao_status damaged(const struct archive *a, const char *what, struct trabao_error *err)
{
    return error_set(err, TRABAO_DATA, "%s: the %s of the archive are damaged; reindex", a->path, what);
}

/* ---- opening ------------------------------------------------------------------------------------------------- */

static enum trabao_status load_facts(struct archive *a, sqlite3 *db, struct trabao_error *err)
{
    int64_t generation, articles, text_bytes, words, rows_end, thousandths, changes;
    const struct {
        const char *name;
        int64_t *value;
    } facts[] = {
        {"generation", &generation}, {"articles", &articles}, {"text_bytes", &text_bytes},
        {"words", &words}, {"rows_end", &rows_end}, {"built_at", &a->built_at},
        {"average_length", &thousandths}, {"changes", &changes},
    };
    for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
        const enum trabao_status status = schema_get_meta(db, facts[i].name, facts[i].value, err);
        if (status != TRABAO_OK) {
            return status == TRABAO_NONE ? damaged(a, "facts", err) : status;
        }
    }
    if (articles < 0 || articles > IMPACT_ARTICLES_MAX || rows_end <= articles ||
        rows_end > 2 * (int64_t)IMPACT_ARTICLES_MAX || thousandths <= 0 || changes < 0) {
        return damaged(a, "facts", err);
    }
    a->generation = (uint64_t)generation;
    a->text_bytes = (uint64_t)text_bytes;
    a->words = (uint64_t)words;
    a->count = (uint32_t)articles;
    a->rows.count = (uint32_t)articles;
    a->rows.end = (uint32_t)rows_end;
    a->average_length = (double)thousandths / 1000;
    a->changes = (uint64_t)changes;
    return removed_load(&a->removed, db, err);
}

/* Takes the ids, precisions and rows of STEP's articles from FIRST on. Returns how many those are; 0: damaged. */
static size_t take_numbers(struct archive *a, uint32_t first, sqlite3_stmt *step)
{
    const size_t bytes = (size_t)sqlite3_column_bytes(step, 0), n = bytes / sizeof *a->ids;
    const size_t row_bytes = (size_t)sqlite3_column_bytes(step, 2);
    if (bytes % sizeof *a->ids || n > a->count - first || (size_t)sqlite3_column_bytes(step, 1) != n ||
        (row_bytes && row_bytes != n * sizeof *a->rows.rows)) {
        return 0;
    }
    memcpy(a->ids + first, sqlite3_column_blob(step, 0), bytes);
    memcpy(a->precisions + first, sqlite3_column_blob(step, 1), n);
    for (uint32_t i = first; i < first + n; i++) {
        a->rows.rows[i] = fts_rows_of_build(i);
    }
    if (row_bytes) {
        memcpy(a->rows.rows + first, sqlite3_column_blob(step, 2), row_bytes);
    }
    return n;
}

static enum trabao_status load_numbers(struct archive *a, sqlite3 *db, struct trabao_error *err)
{
    sqlite3_stmt *step = NULL;
    uint32_t loaded = 0;
    a->ids = mem_alloc(MAX(1U, a->count), sizeof *a->ids);
    a->precisions = mem_alloc(MAX(1U, a->count), 1);
    a->rows.rows = mem_alloc(MAX(1U, a->count), sizeof *a->rows.rows);
    enum trabao_status status = a->ids && a->precisions && a->rows.rows ? TRABAO_OK : error_no_memory(err);
    if (status == TRABAO_OK) {
        status = db_prepare(db, "SELECT ids, precisions, rows FROM numbers ORDER BY first", &step, err);
    }
    while (status == TRABAO_OK && (status = db_step(step, "reading the article numbers", err)) == TRABAO_OK) {
        const size_t n = take_numbers(a, loaded, step);
        loaded += (uint32_t)n;
        if (n == 0) {
            status = damaged(a, "article numbers", err);
        }
    }
    sqlite3_finalize(step);
    if (status != TRABAO_NONE) {
        return status;
    }
    bool fine = loaded == a->count;
    for (uint32_t i = 1; fine && i < loaded; i++) {
        fine = a->ids[i] > a->ids[i - 1];
    }
    if (fine && !fts_rows_index(&a->rows, &fine)) {
        return error_no_memory(err);
    }
    return fine ? TRABAO_OK : damaged(a, "article numbers", err);
}

static enum trabao_status load_dictionary(sqlite3 *db, const char *name, enum pack_kind kind,
                                          struct pack_dictionary **out, struct trabao_error *err)
{
    struct buf bytes;
    buf_init(&bytes, DICTIONARY_MAX);
    enum trabao_status status = dictionary_load(db, name, &bytes, err);
    if (status == TRABAO_OK) {
        status = pack_dictionary_open(buf_str(&bytes), bytes.len, kind, out, err);
    }
    buf_free(&bytes);
    return status;
}

static enum trabao_status load_tables(struct archive *a, sqlite3 *db, struct trabao_error *err)
{
    TRY(schema_check(db, a->path, err));
    TRY(load_facts(a, db, err));
    TRY(load_numbers(a, db, err));
    TRY(lexicon_load(&a->lexicon, db, err));
    TRY(ngrams_load(&a->ngrams, db, err));
    TRY(signatures_load(&a->signatures, db, err));
    TRY(abbreviations_load(&a->abbreviations, db, err));
    TRY(load_dictionary(db, "words", PACK_WORDS, &a->words_dictionary, err));
    return load_dictionary(db, "residues", PACK_RESIDUES, &a->residues_dictionary, err);
}

static enum trabao_status load(struct archive *a, size_t cache_bytes, struct trabao_error *err)
{
    struct stat facts;
    sqlite3 *db = NULL;
    TRY(db_hold(a->path, &a->fd, &facts, err));
    a->device = facts.st_dev;
    a->inode = facts.st_ino;
    a->modified = facts.st_mtim;
    a->file_bytes = (uint64_t)facts.st_size;
    enum trabao_status status = db_open_held(a->fd, a->path, &db, err);
    if (status == TRABAO_OK) {
        status = load_tables(a, db, err);
    }
    db_close(db);
    if (status == TRABAO_OK) {
        status = blocks_open(cache_bytes - cache_bytes / WORDS_SHARE, &a->cache, err);
    }
    return status == TRABAO_OK ? blocks_open(cache_bytes / WORDS_SHARE, &a->words_cache, err) : status;
}

enum trabao_status archive_open(const char *path, size_t cache_bytes, struct archive **out, struct trabao_error *err)
{
    struct archive *a = mem_zalloc(1, sizeof *a);
    *out = NULL;
    if (!a) {
        return error_no_memory(err);
    }
    a->fd = -1;
    lexicon_init(&a->lexicon);
    a->path = mem_dup(path, strlen(path));
    const enum trabao_status status = a->path ? load(a, cache_bytes, err) : error_no_memory(err);
    if (status == TRABAO_OK) {
        *out = a;
    } else {
        archive_close(a);
    }
    return status;
}

void archive_close(struct archive *a)
{
    if (a) {
        blocks_close(a->cache);
        blocks_close(a->words_cache);
        pack_dictionary_close(a->words_dictionary);
        pack_dictionary_close(a->residues_dictionary);
        lexicon_free(&a->lexicon);
        ngrams_free(&a->ngrams);
        signatures_free(&a->signatures);
        removed_free(&a->removed);
        abbreviations_free(&a->abbreviations);
        mem_free(a->ids);
        mem_free(a->precisions);
        fts_rows_free(&a->rows);
        mem_free(a->path);
        if (a->fd >= 0) {
            close(a->fd);
        }
        mem_free(a);
    }
}

bool archive_superseded(const struct archive *a)
{
    struct stat facts;
    return stat(a->path, &facts) != 0 || facts.st_ino != a->inode || facts.st_dev != a->device ||
           facts.st_mtim.tv_sec != a->modified.tv_sec || facts.st_mtim.tv_nsec != a->modified.tv_nsec ||
           (uint64_t)facts.st_size != a->file_bytes;
}

bool archive_number_of(const struct archive *a, int64_t id, uint32_t *number)
{
    *number = archive_lower_bound(a, id);
    return *number < a->count && a->ids[*number] == id;
}

uint32_t archive_lower_bound(const struct archive *a, int64_t id)
{
    uint32_t low = 0, high = a->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (a->ids[middle] < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

static int is_late(void *reader)
{
    return archive_reader_late(reader);
}

static enum trabao_status open_reader(struct archive_reader *r, struct archive *archive, struct trabao_error *err)
{
    buf_init(&r->residue, STORED_CEILING);
    TRY(db_open_held(archive->fd, archive->path, &r->db, err));
    sqlite3_progress_handler(r->db, DEADLINE_STEPS, is_late, r);
    TRY(fts5_vietnamese_register(r->db, NULL, err));
    TRY(impact_reader_open(r->db, archive->cache, archive->count, &r->impacts, err));
    TRY(signatures_reader_open(r->db, archive->cache, &archive->signatures, archive->count, &r->signatures, err));
    TRY(positions_open(r->db, &archive->rows, &r->positions, err));
    TRY(pack_context_open(&r->pack, err));
    TRY(db_prepare(r->db,
                   "SELECT coalesce(key, url), key_hash, content_hash, generation, second, precision,"
                   " title, url, author, source, section, extra, encoding, record_id, reads, residue"
                   " FROM article WHERE id = ?1",
                   &r->by_id, err));
    TRY(db_prepare(r->db, "SELECT id, content_hash, generation FROM article WHERE key_hash = ?1", &r->by_hash, err));
    const struct words_source words = {.db = r->db,
                                       .cache = archive->words_cache,
                                       .pack = r->pack,
                                       .dictionary = archive->words_dictionary,
                                       .term_count = archive->lexicon.count};
    return words_reader_open(&words, &r->words, err);
}

enum trabao_status archive_reader_open(struct archive *archive, struct archive_reader **out, struct trabao_error *err)
{
    struct archive_reader *r = mem_zalloc(1, sizeof *r);
    *out = NULL;
    if (!r) {
        return error_no_memory(err);
    }
    r->archive = archive;
    const enum trabao_status status = open_reader(r, archive, err);
    if (status == TRABAO_OK) {
        *out = r;
    } else {
        archive_reader_close(r);
    }
    return status;
}

void archive_reader_close(struct archive_reader *r)
{
    if (r) {
        sqlite3_finalize(r->by_id);
        sqlite3_finalize(r->by_hash);
        words_reader_close(r->words);
        impact_reader_close(r->impacts);
        signatures_reader_close(r->signatures);
        positions_close(r->positions);
        pack_context_close(r->pack);
        db_close(r->db);
        buf_free(&r->residue);
        mem_free(r);
    }
}

void archive_reader_release(struct archive_reader *r)
{
    impact_release(r->impacts);
    r->deadline_ms = 0;
}

void archive_stored_init(struct archive_stored *stored)
{
    *stored = (struct archive_stored){0};
    buf_init(&stored->bytes, STORED_CEILING);
}

void archive_stored_free(struct archive_stored *stored)
{
    buf_free(&stored->bytes);
    wordcode_terms_free(&stored->terms);
    wordcode_places_free(&stored->places);
}

enum trabao_status archive_terms(struct archive_reader *r, int64_t id, struct wordcode_terms *out,
                                 struct trabao_error *err)
{
    return words_read(r->words, id, out, err);
}

static enum trabao_status damaged_article(const struct archive_stored *stored, struct trabao_error *err)
{
    return stored->bytes.failed && !stored->bytes.full
               ? error_no_memory(err)
               : error_set(err, TRABAO_DATA, "the text of article %lld is damaged; reindex", (long long)stored->id);
}

/* Reads residue and terms of the article on the current row of by_id. */
static enum trabao_status read_parts(struct archive_reader *r, struct archive_stored *stored, struct trabao_error *err)
{
    const int column = sqlite3_column_count(r->by_id) - 1;
    struct wordcode_places *places = &stored->places;
    TRY(pack_expand(r->pack, r->archive->residues_dictionary, sqlite3_column_blob(r->by_id, column),
                    (size_t)sqlite3_column_bytes(r->by_id, column), &r->residue, err));
    TRY(archive_terms(r, stored->id, &stored->terms, err));
    /* With room for all places, and STORED's bytes knowing of their own, putting together fails else for damage. */
    return mem_grow((void **)&places->items, &places->capacity, stored->terms.count, sizeof *places->items)
               ? TRABAO_OK
               : error_no_memory(err);
}

/* Appends the title, if the residue has it, and the body to STORED's bytes. AT: where each begins. */
static enum trabao_status read_texts(struct archive_reader *r, struct archive_stored *stored,
                                     size_t at[ARTICLE_FIELDS], struct trabao_error *err)
{
    const struct lexicon *lexicon = &r->archive->lexicon;
    const struct buf *residue = &r->residue;
    struct article_text *fields = stored->article.fields;
    struct buf *bytes = &stored->bytes;
    const size_t start = bytes->len;
    bool has_title;
    TRY(read_parts(r, stored, err));
    if (!wordcode_title(lexicon, &stored->terms, residue->data, residue->len, bytes, &has_title)) {
        return damaged_article(stored, err);
    }
    if (has_title) {
        at[ARTICLE_TITLE] = start;
        fields[ARTICLE_TITLE] = (struct article_text){"", bytes->len - start};
        buf_append_char(bytes, '\0');
    }
    at[ARTICLE_BODY] = bytes->len;
    if (!wordcode_body(lexicon, &stored->terms, residue->data, residue->len, bytes, &stored->places)) {
        return damaged_article(stored, err);
    }
    fields[ARTICLE_BODY] = (struct article_text){"", bytes->len - at[ARTICLE_BODY]};
    return TRABAO_OK;
}

/* The columns of by_id that are texts of an article, in their order. */
static const struct {
    int column;
    enum article_field field;
} TEXTS[] = {{0, ARTICLE_KEY},      {6, ARTICLE_TITLE},     {7, ARTICLE_URL},
             {8, ARTICLE_AUTHOR},   {9, ARTICLE_SOURCE},    {10, ARTICLE_SECTION},
             {11, ARTICLE_EXTRA},   {12, ARTICLE_ENCODING}, {13, ARTICLE_RECORD_ID}};

static enum trabao_status copy_row(struct archive_reader *r, bool body, struct archive_stored *stored,
                                   struct trabao_error *err)
{
    size_t at[ARTICLE_FIELDS] = {0};
    struct article *a = &stored->article;
    for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
        const char *text = db_text(r->by_id, TEXTS[i].column);
        at[TEXTS[i].field] = stored->bytes.len;
        if (text) {
            const size_t len = (size_t)sqlite3_column_bytes(r->by_id, TEXTS[i].column);
            a->fields[TEXTS[i].field] = (struct article_text){text, len};
            buf_append(&stored->bytes, text, len);
            buf_append_char(&stored->bytes, '\0');
        }
    }
    stored->key_hash = (uint64_t)sqlite3_column_int64(r->by_id, 1);
    stored->content_hash = (uint64_t)sqlite3_column_int64(r->by_id, 2);
    a->generation = (uint64_t)sqlite3_column_int64(r->by_id, 3);
    a->date.precision = (uint8_t)MIN(sqlite3_column_int(r->by_id, 5), CIVIL_TIME);
    a->date.second = sqlite3_column_int64(r->by_id, 4);
    if (a->date.precision != CIVIL_NONE && sqlite3_column_type(r->by_id, 4) == SQLITE_NULL) {
        a->date.second = stored->id / ARTICLE_SLOTS;
    }
    a->reads = sqlite3_column_type(r->by_id, 14) == SQLITE_NULL ? -1 : sqlite3_column_int64(r->by_id, 14);
    if (body) {
        TRY(read_texts(r, stored, at, err));
    }
    if (!buf_append_char(&stored->bytes, '\0')) {
        return error_no_memory(err);
    }
    for (size_t f = 0; f < ARTICLE_FIELDS; f++) {
        if (a->fields[f].text) {
            a->fields[f].text = stored->bytes.data + at[f];
        }
    }
    return TRABAO_OK;
}

enum trabao_status archive_read(struct archive_reader *r, int64_t id, bool body, struct archive_stored *stored,
                                struct trabao_error *err)
{
    buf_clear(&stored->bytes);
    stored->article = (struct article){0};
    stored->terms.count = stored->terms.title_count = 0;
    stored->places.count = 0;
    stored->id = id;
    sqlite3_bind_int64(r->by_id, 1, id);
    enum trabao_status status = db_step(r->by_id, "reading an article", err);
    if (status == TRABAO_OK) {
        status = copy_row(r, body, stored, err);
    }
    sqlite3_reset(r->by_id);
    return status;
}

enum trabao_status archive_find(struct archive_reader *r, uint64_t key_hash, struct archive_found *out,
                                struct trabao_error *err)
{
    sqlite3_bind_int64(r->by_hash, 1, (int64_t)key_hash);
    enum trabao_status status = db_step(r->by_hash, "looking an article up", err);
    if (status == TRABAO_OK) {
        out->id = sqlite3_column_int64(r->by_hash, 0);
        status = archive_number_of(r->archive, out->id, &out->number)
                     ? TRABAO_OK
                     : error_set(err, TRABAO_DATA, "article %lld has no number; reindex", (long long)out->id);
        out->content_hash = (uint64_t)sqlite3_column_int64(r->by_hash, 1);
        out->generation = (uint64_t)sqlite3_column_int64(r->by_hash, 2);
    }
    sqlite3_reset(r->by_hash);
    return status;
}
