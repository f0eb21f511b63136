/*
 * check.c - proving that an archive is sound (archive_check in archive.h).
 *
 * Six proofs: SQLite's own integrity check; that every article is found under its number and its key and has the
 * content that was hashed; that the signatures have the pairs of every article; FTS5's check against the stored texts,
 * which are put together again from words and residue by the functions of the view article_text; term by term, that the
 * articles which FTS5 finds in title and body are those that the impact index has postings for; and last, as it cannot
 * say what is wrong, the seal on all that is made of the articles.
 */
#include "archive/archive.h"
#include "archive/db.h"
#include "archive/schema.h"
#include "archive/seal.h"
#include "base/mem.h"
#include "text/fts5_vietnamese.h"

#define REPORT_CEILING ((size_t)1 << 20)
#define FINDINGS_MAX 20
#define CACHE_BYTES ((size_t)32 << 20)
#define BODY_CEILING ((size_t)1 << 30)
#define CHANGE_ARTICLES_MAX 64 /* after an update, words in more articles than these are not looked at */

struct check {
    struct archive *archive;
    struct archive_reader *reader;
    struct pack_context *pack;
    sqlite3 *db;
    sqlite3_stmt *match;
    uint64_t *matched; /* bit by article */
    struct buf report;
    unsigned findings;
    struct trabao_error *err;
};

static void find(struct check *c, const char *what)
{
    if (c->findings++ < FINDINGS_MAX) {
        buf_printf(&c->report, "%s\n", what);
    }
}

/* One of the texts that are put together of words and residue. False when they are damaged. */
typedef bool (*join_fn)(const struct lexicon *lexicon, const struct wordcode_terms *terms, const struct buf *residue,
                        struct buf *text, bool *there);

static bool join_title(const struct lexicon *lexicon, const struct wordcode_terms *terms, const struct buf *residue,
                       struct buf *text, bool *there)
{
    return wordcode_title(lexicon, terms, residue->data, residue->len, text, there);
}

static bool join_body(const struct lexicon *lexicon, const struct wordcode_terms *terms, const struct buf *residue,
                      struct buf *text, bool *there)
{
    *there = true;
    return wordcode_body(lexicon, terms, residue->data, residue->len, text, NULL);
}

/* The text of packed words and residue, VALUES; NULL when it is not there. */
static void join_function(sqlite3_context *context, sqlite3_value **values, join_fn join)
{
    struct check *c = sqlite3_user_data(context);
    struct buf words, residue, text;
    struct wordcode_terms terms = {0};
    bool there;
    buf_init(&words, BODY_CEILING);
    buf_init(&residue, BODY_CEILING);
    buf_init(&text, BODY_CEILING);
    const bool ok = pack_expand(c->pack, c->archive->words_dictionary, sqlite3_value_blob(values[0]),
                                (size_t)sqlite3_value_bytes(values[0]), &words, NULL) == TRABAO_OK &&
                    pack_expand(c->pack, c->archive->residues_dictionary, sqlite3_value_blob(values[1]),
                                (size_t)sqlite3_value_bytes(values[1]), &residue, NULL) == TRABAO_OK &&
                    wordcode_terms(words.data, words.len, c->archive->lexicon.count, &terms) &&
                    join(&c->archive->lexicon, &terms, &residue, &text, &there);
    if (!ok) {
        sqlite3_result_error(context, "a stored article is damaged", -1);
    } else if (there) {
        sqlite3_result_text64(context, buf_str(&text), text.len, SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    wordcode_terms_free(&terms);
    buf_free(&words);
    buf_free(&residue);
    buf_free(&text);
}

static void body_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    join_function(context, values, join_body);
}

static void title_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    join_function(context, values, join_title);
}

/* The row of the article with an id. */
static void row_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct check *c = sqlite3_user_data(context);
    const int64_t id = sqlite3_value_int64(values[0]);
    uint32_t number;
    (void)count;
    if (archive_number_of(c->archive, id, &number)) {
        sqlite3_result_int64(context, c->archive->rows.rows[number]);
    }
}

/* The functions of the view article_text. */
static enum trabao_status register_functions(struct check *c)
{
    const int kind = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    return sqlite3_create_function(c->db, "trabao_row", 1, kind, c, row_function, NULL, NULL) == SQLITE_OK &&
                   sqlite3_create_function(c->db, "trabao_body", 2, kind, c, body_function, NULL, NULL) == SQLITE_OK &&
                   sqlite3_create_function(c->db, "trabao_title", 2, kind, c, title_function, NULL, NULL) == SQLITE_OK
               ? TRABAO_OK
               : db_failure(c->db, "registering a function", c->err);
}

static enum trabao_status open_all(struct check *c, const char *path)
{
    TRY(archive_open(path, CACHE_BYTES, &c->archive, c->err));
    TRY(archive_reader_open(c->archive, &c->reader, c->err));
    TRY(pack_context_open(&c->pack, c->err));
    TRY(db_open_for_check(path, &c->db, c->err));
    if (archive_superseded(c->archive)) {
        return error_set(c->err, TRABAO_IO, "%s was replaced while it was opened: check it again", path);
    }
    TRY(fts5_vietnamese_register(c->db, NULL, c->err));
    return register_functions(c);
}

static enum trabao_status check_file(struct check *c)
{
    sqlite3_stmt *rows = NULL;
    enum trabao_status status = db_prepare(c->db, "PRAGMA integrity_check(20)", &rows, c->err);
    while (status == TRABAO_OK && (status = db_step(rows, "PRAGMA integrity_check", c->err)) == TRABAO_OK) {
        const char *line = db_text(rows, 0);
        if (line && strcmp(line, "ok") != 0) {
            find(c, line);
        }
    }
    sqlite3_finalize(rows);
    return status == TRABAO_NONE ? TRABAO_OK : status;
}

static enum trabao_status check_seal(struct check *c)
{
    bool holds;
    TRY(seal_check(c->db, &holds, c->err));
    if (!holds) {
        find(c, "the tables beside the articles are not what was written");
    }
    return TRABAO_OK;
}

/* What is not there, or damaged, is a finding: then *FINE is false. */
static enum trabao_status judge(enum trabao_status status, bool *fine)
{
    *fine = status == TRABAO_OK;
    return status == TRABAO_NONE || status == TRABAO_DATA ? TRABAO_OK : status;
}

/* *WHOLE: the article with ID is what it was when its hashes were made. */
static enum trabao_status look_at_article(struct check *c, int64_t id, struct archive_stored *stored, bool *whole)
{
    struct archive_found found;
    TRY(judge(archive_read(c->reader, id, true, stored, c->err), whole));
    const struct article_text *key = &stored->article.fields[ARTICLE_KEY];
    *whole = *whole && key->text && article_content_hash(&stored->article) == stored->content_hash;
    if (*whole) {
        TRY(judge(archive_find(c->reader, article_key_hash(key->text, key->len), &found, c->err), whole));
        *whole = *whole && found.id == id;
    }
    return TRABAO_OK;
}

static enum trabao_status check_articles(struct check *c, const int64_t *ids, uint32_t count)
{
    struct archive_stored stored;
    enum trabao_status status = TRABAO_OK;
    archive_stored_init(&stored);
    for (uint32_t i = 0; status == TRABAO_OK && i < count; i++) {
        bool whole;
        status = look_at_article(c, ids[i], &stored, &whole);
        if (status == TRABAO_OK && !whole) {
            char line[64];
            snprintf(line, sizeof line, "article %lld is not what was stored", (long long)ids[i]);
            find(c, line);
        }
    }
    archive_stored_free(&stored);
    return status;
}

/* What checking the signatures works with. */
struct matrix {
    uint32_t *words; /* signatures_word by term */
    uint64_t *bits;  /* of the segment at hand */
    uint32_t segment;
    struct wordcode_terms terms;
};

static enum trabao_status open_matrix(const struct check *c, struct matrix *m)
{
    const struct lexicon *lexicon = &c->archive->lexicon;
    *m = (struct matrix){.segment = UINT32_MAX};
    m->words = mem_alloc(lexicon->count, sizeof *m->words);
    m->bits = mem_alloc((size_t)c->archive->signatures.rows * SIGNATURES_SEGMENT / 64, sizeof *m->bits);
    for (uint32_t t = 0; m->words && t < lexicon->count; t++) {
        m->words[t] = signatures_term(lexicon, t);
    }
    return m->words && m->bits ? TRABAO_OK : error_no_memory(c->err);
}

static void close_matrix(struct matrix *m)
{
    mem_free(m->words);
    mem_free(m->bits);
    wordcode_terms_free(&m->terms);
}

/* True when the column of article NUMBER has the bits of all its pairs. */
static bool has_its_pairs(const struct check *c, const struct matrix *m, uint32_t number)
{
    const struct signatures *s = &c->archive->signatures;
    const size_t row_words =
        (size_t)signatures_segment_windows(c->reader->signatures, m->segment) * SIGNATURES_WINDOW_WORDS;
    const uint32_t place = number % SIGNATURES_SEGMENT;
    for (size_t i = 1; i < m->terms.count; i++) {
        const uint64_t pair = signatures_pair(m->words[m->terms.terms[i - 1]], m->words[m->terms.terms[i]]);
        const unsigned bits = i != m->terms.title_count ? signatures_bits(s, pair) : 0;
        if (bits && s->rows == 0) {
            return false; /* there is no matrix */
        }
        for (unsigned h = 0; h < bits; h++) {
            const uint64_t *row = m->bits + signatures_row(pair, h, s->rows) * row_words;
            if (!(row[place / 64] >> place % 64 & 1)) {
                return false;
            }
        }
    }
    return true;
}

static enum trabao_status check_column(struct check *c, struct matrix *m, uint32_t number)
{
    if (number / SIGNATURES_SEGMENT != m->segment) {
        m->segment = number / SIGNATURES_SEGMENT;
        TRY(signatures_read_segment(c->reader->signatures, m->segment, m->bits, c->err));
    }
    TRY(archive_terms(c->reader, c->archive->ids[number], &m->terms, c->err));
    if (!has_its_pairs(c, m, number)) {
        char line[96];
        snprintf(line, sizeof line, "the signature of article %lld lacks some of its word pairs",
                 (long long)c->archive->ids[number]);
        find(c, line);
    }
    return TRABAO_OK;
}

/* IDS, of articles, ascend. */
static enum trabao_status check_signatures(struct check *c, const int64_t *ids, uint32_t count)
{
    struct matrix m;
    enum trabao_status status = open_matrix(c, &m);
    for (uint32_t i = 0; status == TRABAO_OK && i < count; i++) {
        const uint32_t number = archive_lower_bound(c->archive, ids[i]);
        status = number < c->archive->count ? check_column(c, &m, number) : TRABAO_OK;
    }
    close_matrix(&m);
    return status;
}

static void check_fts(struct check *c)
{
    char *message = NULL;
    if (sqlite3_exec(c->db, "INSERT INTO fts(fts, rank) VALUES('integrity-check', 1)", NULL, NULL, &message) !=
        SQLITE_OK) {
        find(c, "the FTS5 index does not agree with the stored texts:");
        find(c, message ? message : "unknown failure");
    }
    sqlite3_free(message);
}

/* Marks the articles in which FTS5 finds TERM: *COUNT of them. TRABAO_NONE: one of them is not there. */
static enum trabao_status match_term(struct check *c, uint32_t term, uint32_t *count)
{
    const struct lexicon *lexicon = &c->archive->lexicon;
    char match[TEXT_FORM_MAX + 32];
    snprintf(match, sizeof match, "{body title} : \"|%.*s\"", lexicon->terms[term].len, lexicon_form(lexicon, term));
    sqlite3_bind_text(c->match, 1, match, -1, SQLITE_STATIC);
    enum trabao_status status;
    for (*count = 0; (status = db_step(c->match, "searching", c->err)) == TRABAO_OK; ++*count) {
        const uint32_t number = fts_rows_number(&c->archive->rows, sqlite3_column_int64(c->match, 0));
        if (number == FTS_ROWS_NONE) {
            break;
        }
        c->matched[number / 64] |= UINT64_C(1) << number % 64;
    }
    sqlite3_reset(c->match);
    return status == TRABAO_OK ? TRABAO_NONE : status == TRABAO_NONE ? TRABAO_OK : status;
}

/* Takes the marks from the articles of the postings that T has in its window W. TRABAO_NONE: one is not marked. */
static enum trabao_status unmark_window(struct check *c, const struct impact_term *t, uint32_t w, uint32_t *count)
{
    const uint8_t *postings;
    uint8_t places[IMPACT_WINDOW];
    TRY(impact_postings(c->reader->impacts, t, w, &postings, c->err));
    const uint32_t here = impact_places(postings, t->entries[w].count_less + 1U, places);
    for (uint32_t i = 0; i < here; i++) {
        const uint32_t number = (uint32_t)t->entries[w].window * IMPACT_WINDOW + places[i];
        const uint64_t bit = UINT64_C(1) << number % 64;
        if (number >= c->archive->count || !(c->matched[number / 64] & bit)) {
            return TRABAO_NONE;
        }
        c->matched[number / 64] &= ~bit;
    }
    *count += here;
    return TRABAO_OK;
}

/* *SAME: FTS5 finds TERM in those articles that T (NULL: none) has postings of. */
static enum trabao_status compare_term(struct check *c, uint32_t term, const struct impact_term *t, bool *same)
{
    uint32_t marked, unmarked = 0;
    enum trabao_status status = match_term(c, term, &marked);
    for (uint32_t w = 0; status == TRABAO_OK && t && w < t->windows; w++) {
        status = unmark_window(c, t, w, &unmarked);
    }
    *same = status == TRABAO_OK && unmarked == marked && unmarked == c->archive->lexicon.terms[term].articles;
    if (!*same) {
        memset(c->matched, 0, ((size_t)c->archive->count / 64 + 1) * sizeof *c->matched);
    }
    return status == TRABAO_NONE ? TRABAO_OK : status;
}

/* CHANGE NULL: all terms. */
static bool is_asked(const struct check *c, const struct archive_change *change, uint32_t term)
{
    return !change || (term < change->touched_count && change->touched[term] &&
                       c->archive->lexicon.terms[term].articles <= CHANGE_ARTICLES_MAX);
}

static enum trabao_status check_impacts(struct check *c, const struct archive_change *change)
{
    c->matched = mem_zalloc((size_t)c->archive->count / 64 + 1, sizeof *c->matched);
    enum trabao_status status =
        c->matched ? db_prepare(c->db, "SELECT rowid FROM fts WHERE fts MATCH ?1", &c->match, c->err)
                   : error_no_memory(c->err);
    for (uint32_t term = 0; status == TRABAO_OK && term < c->archive->lexicon.count; term++) {
        const struct impact_term *t;
        bool same = true;
        if (!is_asked(c, change, term)) {
            continue;
        }
        status = impact_find(c->reader->impacts, term, &t, c->err);
        if (status == TRABAO_OK) {
            status = compare_term(c, term, t, &same);
        }
        if (status == TRABAO_OK && !same) {
            char line[TEXT_FORM_MAX + 96];
            snprintf(line, sizeof line, "FTS5 and the impact index do not agree about \"%.*s\"",
                     c->archive->lexicon.terms[term].len, lexicon_form(&c->archive->lexicon, term));
            find(c, line);
        }
        impact_release(c->reader->impacts);
    }
    sqlite3_finalize(c->match);
    mem_free(c->matched);
    return status;
}

static void close_all(struct check *c)
{
    archive_reader_close(c->reader);
    pack_context_close(c->pack);
    db_close(c->db);
    archive_close(c->archive);
}

/* What is found damaged is not asked for more. */
static enum trabao_status check_all(struct check *c, const char *path)
{
    TRY(open_all(c, path));
    if (sqlite3_db_readonly(c->db, "main") != 0) {
        return error_set(c->err, TRABAO_IO, "%s cannot be written to, which FTS5's check of itself asks for, though it"
                         " changes nothing: check a copy", path);
    }
    TRY(check_file(c));
    if (c->findings == 0) {
        TRY(check_articles(c, c->archive->ids, c->archive->count));
    }
    if (c->findings == 0) {
        TRY(check_signatures(c, c->archive->ids, c->archive->count));
    }
    if (c->findings == 0) {
        check_fts(c);
        TRY(check_impacts(c, NULL));
    }
    if (c->findings == 0) {
        TRY(check_seal(c));
    }
    return TRABAO_OK;
}

enum trabao_status archive_check(const char *path, char **report, struct trabao_error *err)
{
    struct check c = {.err = err};
    buf_init(&c.report, REPORT_CEILING);
    *report = NULL;
    enum trabao_status status = check_all(&c, path);
    close_all(&c);
    if (status == TRABAO_OK && c.findings) {
        status = error_set(err, TRABAO_DATA, "%s: %u findings; reindex", path, c.findings);
    }
    *report = buf_take(&c.report);
    return status;
}

static enum trabao_status check_counts(struct check *c, const struct archive_change *change)
{
    sqlite3_stmt *rows = NULL;
    enum trabao_status status = db_prepare(c->db, "SELECT count(*) FROM article", &rows, c->err);
    if (status == TRABAO_OK) {
        status = db_step(rows, "counting the articles", c->err);
    }
    if (status == TRABAO_OK &&
        (c->archive->count != change->count || sqlite3_column_int64(rows, 0) != change->count)) {
        find(c, "there are not as many articles as there should be");
    }
    sqlite3_finalize(rows);
    return status;
}

static void check_deleted(struct check *c, const struct archive_change *change)
{
    struct archive_stored stored;
    archive_stored_init(&stored);
    for (uint32_t i = 0; i < change->deleted_count; i++) {
        const int64_t id = change->deleted[i];
        uint32_t number;
        if (archive_number_of(c->archive, id, &number) ||
            archive_read(c->reader, id, false, &stored, NULL) != TRABAO_NONE) {
            find(c, "an article that was deleted is still there");
        }
    }
    archive_stored_free(&stored);
}

static enum trabao_status check_changed(struct check *c, const char *path, const struct archive_change *change)
{
    TRY(open_all(c, path));
    TRY(check_counts(c, change));
    TRY(check_articles(c, change->written, change->written_count));
    check_deleted(c, change);
    TRY(check_signatures(c, change->written, change->written_count));
    return check_impacts(c, change);
}

enum trabao_status archive_check_change(const char *path, const struct archive_change *change,
                                        struct trabao_error *err)
{
    struct check c = {.err = err};
    buf_init(&c.report, REPORT_CEILING);
    enum trabao_status status = check_changed(&c, path, change);
    close_all(&c);
    if (status == TRABAO_OK && c.findings) {
        const int first = (int)strcspn(buf_str(&c.report), "\n");
        status = error_set(err, TRABAO_INTERNAL, "the update came out wrong (%.*s) and was thrown away; reindex", first,
                           buf_str(&c.report));
    }
    buf_free(&c.report);
    return status;
}
