/*
 * test_archive_update.c - an archive that was updated many times is what a build from the same articles makes: the
 * same articles, found by the same queries, with the same counts. Only the average length, which scores are made with,
 * is that of the first build: every posting is weighed again with it.
 */
#include "tests/unit/test_archive_support.h"

#include <math.h>

#include "archive/document.h"
#include "archive/update.h"
#include "query/trabao.h"
#include "tests/unit/test_sanitized.h"

#define POOL 900 /* articles there may be */
#define FIRST 700
#define ROUNDS (SANITIZED ? 6 : 12)
#define LONG_TERM 9000 /* articles enough for a term whose postings take several rows */

static struct trabao_error err;

/* ---- what should be there ------------------------------------------------------------------------------------ */

struct model {
    struct article article;
    char key[64], title[128], body[1200];
    bool there;
};

static struct model pool[POOL];

static void write_body(char *out, size_t room, uint32_t words)
{
    static const char *const common[] = {"thành phố", "Hà Nội",  "người dân", "kinh tế", "hoà bình", "của",
                                         "và",        "30/4/2020", "tử vong",   "từ vòng", "TP.HCM",   "giá gạo"};
    size_t at = 0;
    for (uint32_t i = 0; i < words; i++) {
        /* Now and then a word that few have, or nobody had. */
        const int n = any_below(6) ? snprintf(out + at, room - at, "%s ", common[any_below(ARRAY_LEN(common))])
                                   : snprintf(out + at, room - at, "từ%u ", any_below(5000));
        at = MIN(room - 1, at + (size_t)n);
    }
}

/* Fills a place with a new text, and mostly with another date. */
static void invent(struct model *m)
{
    struct article *a = &m->article;
    const struct civil date = a->date;
    *a = (struct article){.reads = any_below(3) ? -1 : (int64_t)any_below(1000)};
    snprintf(m->key, sizeof m->key, "https://bao.example/%td", m - pool);
    write_body(m->title, sizeof m->title, any_below(8));
    write_body(m->body, sizeof m->body, any_below(60));
    set_text(a, ARTICLE_KEY, m->key);
    set_text(a, ARTICLE_TITLE, m->title);
    set_text(a, ARTICLE_BODY, any_below(20) ? m->body : NULL);
    set_text(a, ARTICLE_AUTHOR, any_below(2) ? "Trần Văn Gạo" : NULL);
    set_text(a, ARTICLE_SECTION, any_below(2) ? "Kinh tế" : NULL);
    a->date = date;
    if (any_below(3)) {
        /* So many of one second that its slots do not do. */
        a->date = (struct civil){civil_from_ymd(2020, 1, 1 + (int)any_below(9)) + any_below(2), CIVIL_DAY};
    }
    if (!any_below(5)) {
        a->date = (struct civil){0};
    }
    m->there = true;
}

static size_t there(struct article *out)
{
    size_t n = 0;
    for (size_t i = 0; i < POOL; i++) {
        if (pool[i].there) {
            out[n++] = pool[i].article;
        }
    }
    return n;
}

/* ---- updating ------------------------------------------------------------------------------------------------ */

/* Adds or replaces COUNT articles; deletes those whose hash is in REMOVED, and remembers them. */
static enum trabao_status update(const char *path, const struct article *articles, size_t count,
                                 const struct removed_list *removed, struct build_result *result)
{
    struct archive *archive;
    struct archive_reader *reader;
    struct spill *spill;
    struct spill_port *port;
    struct archive_found found;
    uint64_t superseded;
    assert_fine(archive_open(path, (size_t)1 << 20, &archive, &err), &err);
    assert_fine(archive_reader_open(archive, &reader, &err), &err);
    assert_fine(spill_open(test_folder, &spill, &err), &err);
    assert_fine(spill_port_open(spill, &port, &err), &err);
    for (size_t i = 0; i < count; i++) {
        const struct article_text *key = &articles[i].fields[ARTICLE_KEY];
        const enum trabao_status status = archive_find(reader, article_key_hash(key->text, key->len), &found, &err);
        assert_fine(spill_add(port, &articles[i], i, status == TRABAO_OK ? found.id : 0, &err), &err);
    }
    spill_port_close(port);
    assert_fine(spill_sort(spill, &superseded, &err), &err);
    uint8_t *gone = mem_zalloc(archive->count, 1);
    assert_non_null(gone);
    for (size_t i = 0; removed && i < removed->count; i++) {
        if (archive_find(reader, removed->items[i].key_hash, &found, &err) == TRABAO_OK) {
            gone[archive_lower_bound(archive, found.id)] = 1;
        }
    }
    const struct update_plan plan = {
        .archive = archive,
        .spill = spill,
        .gone = gone,
        .options = {.threads = 2, .generation = archive->generation + 1, .removed = removed}};
    const enum trabao_status status = archive_update(&plan, result, &err);
    mem_free(gone);
    spill_close(spill);
    archive_reader_close(reader);
    archive_close(archive);
    return status;
}

/* ---- comparing with a build ---------------------------------------------------------------------------------- */

struct opened {
    struct archive *archive;
    struct archive_reader *reader;
    struct trabao_archive *library;
    struct trabao_reader *searcher;
};

static void open_both(struct opened *o, const char *path)
{
    assert_fine(archive_open(path, (size_t)1 << 20, &o->archive, &err), &err);
    assert_fine(archive_reader_open(o->archive, &o->reader, &err), &err);
    assert_fine(trabao_open(path, NULL, &o->library, &err), &err);
    assert_fine(trabao_reader_open(o->library, &o->searcher, &err), &err);
}

static void close_both(struct opened *o)
{
    trabao_reader_close(o->searcher);
    trabao_close(o->library);
    archive_reader_close(o->reader);
    archive_close(o->archive);
}

static void assert_articles(struct opened *o)
{
    struct archive_stored stored;
    archive_stored_init(&stored);
    for (size_t i = 0; i < POOL; i++) {
        struct archive_found found;
        const uint64_t hash = article_key_hash(pool[i].key, strlen(pool[i].key));
        if (!pool[i].there) {
            assert_status(TRABAO_NONE, archive_find(o->reader, hash, &found, &err), &err);
            continue;
        }
        assert_fine(archive_find(o->reader, hash, &found, &err), &err);
        assert_fine(archive_read(o->reader, found.id, true, &stored, &err), &err);
        assert_true(article_content_hash(&stored.article) == article_content_hash(&pool[i].article));
        const struct civil date = pool[i].article.date;
        if (date.precision == CIVIL_NONE) {
            assert_true(found.id < ARTICLE_UNDATED_END);
        } else {
            assert_true(found.id >= date.second * ARTICLE_SLOTS && found.id < civil_end(date) * ARTICLE_SLOTS);
        }
        assert_int_equal(o->archive->precisions[archive_lower_bound(o->archive, found.id)], date.precision);
    }
    archive_stored_free(&stored);
}

/* Same terms with the same counts; a term that nothing has any more may be left over in UPDATED. */
static void assert_lexicons(const struct lexicon *updated, const struct lexicon *built)
{
    uint32_t alive = 0;
    struct lexicon copy;
    lexicon_init(&copy);
    for (uint32_t t = 0; t < updated->count; t++) {
        assert_int_equal(lexicon_add(&copy, lexicon_form(updated, t), updated->terms[t].len), t);
        alive += updated->terms[t].count > 0;
    }
    for (uint32_t t = 0; t < built->count; t++) {
        const uint32_t same = lexicon_add(&copy, lexicon_form(built, t), built->terms[t].len);
        assert_true(same < updated->count);
        assert_int_equal(updated->terms[same].articles, built->terms[t].articles);
        assert_int_equal(updated->terms[same].count, built->terms[t].count);
        alive -= built->terms[t].count > 0;
    }
    assert_int_equal(alive, 0);
    lexicon_free(&copy);
}

static int by_key(const void *a, const void *b)
{
    const struct trabao_hit *const *x = a, *const *y = b;
    return strcmp((*x)->key, (*y)->key);
}

static void sort_hits(const struct trabao_answer *answer, const struct trabao_hit **out)
{
    for (size_t i = 0; i < answer->hit_count; i++) {
        out[i] = &answer->hits[i];
    }
    qsort(out, answer->hit_count, sizeof *out, by_key);
}

static struct trabao_answer *search(struct opened *o, const char *query)
{
    const struct trabao_request request = {
        .query = query, .query_len = strlen(query), .tier = TRABAO_TIER_AUTO, .limit = TRABAO_LIMIT_MAX};
    struct trabao_answer *answer;
    assert_fine(trabao_search(o->searcher, &request, &answer, &err), &err);
    return answer;
}

static void assert_same_hits(struct opened *updated, struct opened *built, const char *query)
{
    struct trabao_answer *a = search(updated, query), *b = search(built, query);
    if (a->total != b->total) {
        fail_msg("\"%s\" finds %d, not %d", query, (int)a->total, (int)b->total);
    }
    assert_int_equal(a->hit_count, b->hit_count);
    /* When there are more than are given out, which of equal ones come first depends on their order. */
    if (a->total == a->hit_count) {
        static const struct trabao_hit *x[TRABAO_LIMIT_MAX], *y[TRABAO_LIMIT_MAX];
        sort_hits(a, x);
        sort_hits(b, y);
        for (size_t i = 0; i < a->hit_count; i++) {
            assert_string_equal(x[i]->key, y[i]->key);
            assert_int_equal(x[i]->tier, y[i]->tier);
        }
    }
    trabao_answer_free(a);
    trabao_answer_free(b);
}

/* ---- every posting, weighed again ---------------------------------------------------------------------------- */

/* Impacts by term and article number, as they should be. */
static uint8_t *weigh_all(struct opened *o, uint32_t terms, uint32_t articles)
{
    struct text_analyzer *analyzer;
    struct archive_stored stored;
    struct document d;
    struct document_known *known = NULL;
    struct document_poster poster = {0};
    struct runs_posting posting;
    uint8_t *impacts = mem_zalloc((size_t)terms * articles, 1);
    assert_non_null(impacts);
    assert_fine(text_analyzer_open(&analyzer, &err), &err);
    archive_stored_init(&stored);
    document_init(&d);
    for (uint32_t i = 0; i < articles; i++) {
        uint32_t length;
        assert_fine(archive_read(o->reader, o->archive->ids[i], true, &stored, &err), &err);
        d.article = stored.article;
        assert_fine(document_tokenize(&d, analyzer, &err), &err);
        assert_fine(document_number(&d, &o->archive->lexicon, &known, &length, &err), &err);
        assert_fine(document_post(&d, &poster, &err), &err);
        assert_int_equal(o->archive->lexicon.count, terms);
        uint32_t term;
        for (size_t at = 0; runs_parse(&d.postings, &at, &term, &posting);) {
            impacts[(size_t)term * articles + i] =
                posting.weight ? impact_of(posting.weight, length, o->archive->average_length) : 0;
        }
    }
    document_known_free(known);
    document_poster_free(&poster);
    document_free(&d);
    archive_stored_free(&stored);
    text_analyzer_close(analyzer);
    return impacts;
}

static void assert_window(struct opened *o, const struct impact_term *t, uint32_t w, uint8_t *row, uint32_t articles)
{
    const uint32_t count = t->entries[w].count_less + 1U;
    const uint8_t *postings;
    uint8_t places[IMPACT_WINDOW], largest = 0;
    assert_fine(impact_postings(o->reader->impacts, t, w, &postings, &err), &err);
    assert_int_equal(impact_places(postings, count, places), count);
    for (uint32_t k = 0; k < count; k++) {
        const uint32_t article = (uint32_t)t->entries[w].window * IMPACT_WINDOW + places[k];
        const uint8_t impact = postings[impact_bytes(count) - count + k];
        assert_true(article < articles);
        assert_int_equal(impact, row[article]);
        largest = MAX(largest, impact);
        row[article] = 0;
    }
    assert_int_equal(largest, t->entries[w].largest);
}

static void assert_impacts(struct opened *o)
{
    const uint32_t terms = o->archive->lexicon.count, articles = o->archive->count;
    uint8_t *impacts = weigh_all(o, terms, articles);
    for (uint32_t term = 0; term < terms; term++) {
        const struct impact_term *t;
        assert_fine(impact_find(o->reader->impacts, term, &t, &err), &err);
        for (uint32_t w = 0; t && w < t->windows; w++) {
            assert_window(o, t, w, &impacts[(size_t)term * articles], articles);
        }
        impact_release(o->reader->impacts);
    }
    for (size_t i = 0; i < (size_t)terms * articles; i++) {
        assert_int_equal(impacts[i], 0); /* each was met */
    }
    mem_free(impacts);
}

/* ---- tests --------------------------------------------------------------------------------------------------- */

static void assert_as_built(const char *path)
{
    static const char *const queries[] = {"thành phố", "thanh pho", "\"hà nội\"",  "gạo -nội", "từ vòng",
                                          "tu vong",   "từ12*",      "từ4711",      "hcm OR 30/4", "title:gạo",
                                          "author:gạo", "date:2020-01-03", "date:2020-01-02..2020-01-05 hòa bình", "",
                                          "\"giá gạo thành phố\"", "gạo NEAR/4 nội", "\"của và\" OR \"và của\"",
                                          "\"từ vòng từ*\"", "title:\"kinh tế\""};
    static struct article articles[POOL];
    struct opened updated, built;
    build_archive(in_folder("built"), articles, there(articles), NULL, 1);
    assert_sound(path);
    open_both(&updated, path);
    open_both(&built, in_folder("built"));
    assert_int_equal(updated.archive->count, built.archive->count);
    assert_true(updated.archive->text_bytes == built.archive->text_bytes);
    assert_true(updated.archive->words == built.archive->words);
    assert_articles(&updated);
    assert_lexicons(&updated.archive->lexicon, &built.archive->lexicon);
    for (size_t q = 0; q < ARRAY_LEN(queries); q++) {
        assert_same_hits(&updated, &built, queries[q]);
    }
    close_both(&updated);
    close_both(&built);
    /* Counts the terms of its own copy of the lexicon: last. */
    open_both(&updated, path);
    assert_impacts(&updated);
    close_both(&updated);
}

static void test_random_updates(void **state)
{
    (void)state;
    static struct article articles[POOL];
    struct build_result result;
    for (size_t i = 0; i < FIRST; i++) {
        invent(&pool[i]);
    }
    for (size_t i = FIRST; i < POOL; i++) {
        invent(&pool[i]); /* for its key */
        pool[i].there = false;
    }
    build_archive(in_folder("updated"), articles, there(articles), NULL, 2);
    for (int round = 0; round < ROUNDS; round++) {
        struct removed_list removed = {0};
        size_t count = 0;
        const uint32_t changed = round % 4 == 1 ? 0 : any_below(60), deleted = round % 4 == 2 ? 0 : any_below(40);
        for (uint32_t i = 0; i < deleted; i++) {
            struct model *m = &pool[any_below(POOL)];
            assert_true(removed_add(&removed, article_key_hash(m->key, strlen(m->key)), 1));
            m->there = false;
        }
        for (uint32_t i = 0; i < changed; i++) {
            struct model *m = &pool[any_below(POOL)];
            if (!removed_has(&removed, article_key_hash(m->key, strlen(m->key)))) {
                invent(m);
                articles[count++] = m->article;
            }
        }
        assert_fine(update(in_folder("updated"), articles, count, &removed, &result), &err);
        assert_int_equal(result.articles, there(articles));
        assert_as_built(in_folder("updated"));
        removed_free(&removed);
    }
}

/* What FTS5 has of a row that is gone may still be in the file: it is no other article's. */
static void test_rows_are_given_once(void **state)
{
    (void)state;
    static char keys[8][16];
    struct article articles[8] = {0};
    struct build_result result;
    uint32_t end = 0;
    for (uint32_t i = 0; i < ARRAY_LEN(articles); i++) {
        snprintf(keys[i], sizeof keys[i], "bài-%u", i);
        set_text(&articles[i], ARTICLE_KEY, keys[i]);
        set_text(&articles[i], ARTICLE_BODY, i % 2 ? "gạo trắng" : "gạo nếp");
        articles[i].reads = -1;
        articles[i].date = (struct civil){civil_from_ymd(2020 - (int)i, 1, 1), CIVIL_DAY};
    }
    build_archive(in_folder("once"), articles, 5, NULL, 1);
    for (uint32_t i = 5; i < ARRAY_LEN(articles); i++) {
        struct removed_list removed = {0};
        struct opened o;
        /* The one that the update before has added goes again. */
        assert_true(removed_add(&removed, article_key_hash(keys[i - 1], strlen(keys[i - 1])), 1));
        assert_fine(update(in_folder("once"), &articles[i], 1, &removed, &result), &err);
        assert_sound(in_folder("once"));
        open_both(&o, in_folder("once"));
        assert_true(o.archive->rows.end > end);
        assert_int_equal(o.archive->rows.rows[0], o.archive->rows.end - 1);
        assert_int_equal(o.archive->rows.ordered_end, o.archive->rows.end - 1);
        end = o.archive->rows.end;
        struct trabao_answer *answer = search(&o, i % 2 ? "\"gạo trắng\"" : "\"gạo nếp\"");
        assert_int_equal(answer->hit_count, 3);
        assert_string_equal(answer->hits[2].key, keys[i]);
        trabao_answer_free(answer);
        close_both(&o);
        removed_free(&removed);
    }
}

/* Postings in several rows, windows that fill up and lose articles, at both ends and between. */
static void test_long_postings(void **state)
{
    (void)state;
    static struct article articles[LONG_TERM];
    static char texts[LONG_TERM][64];
    struct removed_list removed = {0};
    struct build_result result;
    struct opened o;
    for (uint32_t i = 0; i < LONG_TERM; i++) {
        snprintf(texts[i], sizeof texts[i], "bài %u", i);
        set_text(&articles[i], ARTICLE_KEY, texts[i]);
        set_text(&articles[i], ARTICLE_BODY, i % 3 ? texts[i] : "bài của gạo");
        articles[i].reads = -1;
        articles[i].date = (struct civil){civil_from_ymd(2000 + (int)(i % 20), 1 + (int)(i % 12), 1), CIVIL_DAY};
    }
    build_archive(in_folder("long"), articles, LONG_TERM - 50, NULL, 2);
    for (uint32_t i = 0; i < LONG_TERM - 50; i += 301) {
        assert_true(removed_add(&removed, article_key_hash(texts[i], strlen(texts[i])), 1));
    }
    assert_fine(update(in_folder("long"), articles + LONG_TERM - 50, 50, &removed, &result), &err);
    assert_int_equal(result.articles, LONG_TERM - removed.count);
    assert_sound(in_folder("long"));
    open_both(&o, in_folder("long"));
    struct trabao_answer *answer = search(&o, "bài");
    assert_int_equal(answer->total, result.articles);
    trabao_answer_free(answer);
    close_both(&o);
    removed_free(&removed);
}

/* Whatever allocation fails, the archive is what it was, and nothing is left beside it. */
static void test_without_memory(void **state)
{
    (void)state;
    struct article articles[3] = {{.reads = -1}, {.reads = -1}, {.reads = -1}};
    static const char *const keys[] = {"một", "hai", "ba"};
    struct build_result result;
    struct removed_list removed = {0};
    unsigned failures = 0;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        set_text(&articles[i], ARTICLE_KEY, keys[i]);
        set_text(&articles[i], ARTICLE_BODY, "thân bài");
    }
    build_archive(in_folder("small"), articles, 2, NULL, 1);
    assert_true(removed_add(&removed, article_key_hash("một", strlen("một")), 1));
    struct archive *archive;
    assert_fine(archive_open(in_folder("small"), (size_t)1 << 20, &archive, &err), &err);
    for (uint64_t k = 1;; k++) {
        struct spill *spill;
        struct spill_port *port;
        uint64_t superseded;
        uint8_t gone[2] = {0};
        assert_fine(spill_open(test_folder, &spill, &err), &err);
        assert_fine(spill_port_open(spill, &port, &err), &err);
        assert_fine(spill_add(port, &articles[2], 0, 0, &err), &err);
        spill_port_close(port);
        assert_fine(spill_sort(spill, &superseded, &err), &err);
        gone[0] = 1;
        const struct update_plan plan = {.archive = archive,
                                         .spill = spill,
                                         .gone = gone,
                                         .options = {.threads = 1, .generation = 2, .removed = &removed}};
        mem_fail_at(k, true);
        const enum trabao_status status = archive_update(&plan, &result, &err);
        mem_fail_at(0, false);
        spill_close(spill);
        assert_int_not_equal(access(in_folder("small.building"), F_OK), 0);
        if (status == TRABAO_OK) {
            break;
        }
        assert_false(archive_superseded(archive));
        failures++;
    }
    archive_close(archive);
    assert_true(failures > 50);
    assert_int_equal(result.articles, 2);
    assert_sound(in_folder("small"));
    removed_free(&removed);
}

/* Few changes are an update, many are not; nor are many few ones. */
static void test_when_to_update(void **state)
{
    (void)state;
    struct archive a = {.count = 100000, .average_length = 100};
    assert_true(archive_can_update(&a, 1));
    assert_true(archive_can_update(&a, 5000));
    assert_false(archive_can_update(&a, 5001));
    a.changes = 24000;
    assert_true(archive_can_update(&a, 1000));
    assert_false(archive_can_update(&a, 1001));
    a = (struct archive){.count = 100, .average_length = 100};
    assert_true(archive_can_update(&a, 25));
    assert_false(archive_can_update(&a, 26));
}

/* An archive whose articles are not what they were is not updated: FTS5 would be told to delete what it never had. */
static void test_damage_is_told(void **state)
{
    (void)state;
    struct article articles[2] = {{.reads = -1}, {.reads = -1}};
    struct removed_list removed = {0};
    struct build_result result;
    sqlite3 *db;
    set_text(&articles[0], ARTICLE_KEY, "một");
    set_text(&articles[0], ARTICLE_TITLE, "đầu đề");
    set_text(&articles[0], ARTICLE_AUTHOR, "Tác Giả");
    set_text(&articles[1], ARTICLE_KEY, "hai");
    build_archive(in_folder("damaged"), articles, 2, NULL, 1);
    assert_int_equal(sqlite3_open(in_folder("damaged"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE article SET author = 'khác' WHERE key = 'một'", NULL, NULL, NULL), 0);
    sqlite3_close(db);
    assert_true(removed_add(&removed, article_key_hash("một", strlen("một")), 1));
    assert_status(TRABAO_DATA, update(in_folder("damaged"), NULL, 0, &removed, &result), &err);
    assert_non_null(strstr(err.message, "reindex"));
    removed_free(&removed);
}

/* The only article of ARCHIVE, through a reader of its own, has this TITLE. */
static void assert_reads(struct archive *archive, const char *title)
{
    struct archive_reader *reader;
    struct archive_stored stored;
    archive_stored_init(&stored);
    assert_fine(archive_reader_open(archive, &reader, &err), &err);
    assert_fine(archive_read(reader, archive->ids[0], true, &stored, &err), &err);
    const struct article_text *text = &stored.article.fields[ARTICLE_TITLE];
    assert_int_equal(text->len, strlen(title));
    assert_memory_equal(text->text, title, text->len);
    archive_stored_free(&stored);
    archive_reader_close(reader);
}

/* Readers of an archive, however late they are opened, read the generation that it is, and no other. */
static void test_readers_of_a_replaced_file(void **state)
{
    (void)state;
    static const char *const titles[] = {"cũ", "mới"};
    struct archive *archive, *next;
    for (size_t i = 0; i < ARRAY_LEN(titles); i++) {
        struct article article = {.reads = -1};
        set_text(&article, ARTICLE_KEY, titles[i]);
        set_text(&article, ARTICLE_TITLE, titles[i]);
        build_archive(in_folder(titles[i]), &article, 1, NULL, 1);
    }
    const char *path = in_folder("cũ");
    assert_fine(archive_open(path, (size_t)1 << 20, &archive, &err), &err);
    assert_false(archive_superseded(archive));
    assert_int_equal(rename(in_folder("mới"), path), 0);
    assert_true(archive_superseded(archive));
    assert_reads(archive, "cũ");
    assert_fine(archive_open(path, (size_t)1 << 20, &next, &err), &err);
    assert_reads(next, "mới");
    assert_int_equal(unlink(path), 0);
    assert_reads(archive, "cũ");
    assert_reads(next, "mới");
    archive_close(archive);
    archive_close(next);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_updates),
        cmocka_unit_test(test_rows_are_given_once),
        cmocka_unit_test(test_long_postings),
        cmocka_unit_test(test_without_memory),
        cmocka_unit_test(test_when_to_update),
        cmocka_unit_test(test_damage_is_told),
        cmocka_unit_test(test_readers_of_a_replaced_file),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
