/*
 * fake_trabao.c - a stand-in for the query library, so that the server can be tested against slow, failing and hostile
 * archives that a real one does not give on demand.
 *
 * An archive is a text file "fake GENERATION ARTICLES"; anything else does not open. The first word of a query says
 * what is to happen:
 *   slow:MS     the search takes MS milliseconds, whatever the deadline is
 *   timeout     TRABAO_TIMEOUT once the deadline is reached
 *   internal, io, nomemory   the search fails so
 *   none        nothing is found
 *   many:N      N articles are found; cursors are the numbers of hits that came before
 *   hostile     every string of the answer is made of markup
 *   large:N     one hit with a snippet of N bytes
 *   anything else: two hits, with a suggestion, a warning and hits of two tiers
 */
#include <errno.h>
#include <jansson.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "query/trabao.h"

#define HOSTILE "\"><script>alert('x')</script><img src=x onerror=alert(1)>&amp;'"
#define HITS_MAX TRABAO_LIMIT_MAX

struct trabao_archive {
    char *path;
    FILE *stream; /* kept open, so that a generation that is never closed shows in the process's descriptors */
    struct stat file;
    unsigned long generation, articles;
};

struct trabao_reader {
    struct trabao_archive *archive;
};

/* An answer with all that it points to. */
struct fake_answer {
    struct trabao_answer answer;
    struct trabao_hit hits[HITS_MAX];
    struct trabao_mark marks[HITS_MAX];
    const char *warnings[1];
    char *query, *snippet;
    char next[24];
};

/* ---- archives ------------------------------------------------------------------------------------------------ */

enum trabao_status trabao_open(const char *path, const struct trabao_open_options *options TRABAO_UNUSED,
                               struct trabao_archive **out, struct trabao_error *err)
{
    *out = NULL;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return error_set_errno(err, TRABAO_NO_INPUT, errno, "cannot open %s", path);
    }
    struct trabao_archive *archive = mem_zalloc(1, sizeof *archive);
    fstat(fileno(file), &archive->file);
    archive->stream = file;
    if (fscanf(file, "fake %lu %lu", &archive->generation, &archive->articles) != 2) {
        trabao_close(archive);
        return error_set(err, TRABAO_DATA, "%s is not an archive; reindex", path);
    }
    archive->path = mem_dup(path, strlen(path));
    *out = archive;
    return TRABAO_OK;
}

void trabao_close(struct trabao_archive *archive)
{
    if (archive != NULL) {
        fclose(archive->stream);
        mem_free(archive->path);
        mem_free(archive);
    }
}

bool trabao_superseded(const struct trabao_archive *archive)
{
    struct stat now;
    return stat(archive->path, &now) == 0 && now.st_ino != archive->file.st_ino;
}

uint64_t trabao_generation(const struct trabao_archive *archive)
{
    return archive->generation;
}

uint64_t trabao_article_count(const struct trabao_archive *archive)
{
    return archive->articles;
}

enum trabao_status trabao_reader_open(struct trabao_archive *archive, struct trabao_reader **out,
                                      struct trabao_error *err TRABAO_UNUSED)
{
    *out = mem_zalloc(1, sizeof **out);
    (*out)->archive = archive;
    return TRABAO_OK;
}

void trabao_reader_close(struct trabao_reader *reader)
{
    mem_free(reader);
}

/* ---- names --------------------------------------------------------------------------------------------------- */

static const char *const SORTS[] = {"relevance", "relevance-only", "newest", "oldest"};
static const char *const TIERS[] = {"exact", "tone", "folded", "auto"};
static const char *const TOTALS[] = {"exact", "bounded", "none"};

static bool find_name(const char *name, const char *const *names, size_t count, unsigned *out)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (unsigned)i;
            return true;
        }
    }
    return false;
}

bool trabao_sort_from_name(const char *name, enum trabao_sort *out)
{
    return find_name(name, SORTS, ARRAY_LEN(SORTS), (unsigned *)out);
}

bool trabao_tier_from_name(const char *name, enum trabao_tier *out)
{
    return find_name(name, TIERS, ARRAY_LEN(TIERS), (unsigned *)out);
}

bool trabao_total_from_name(const char *name, enum trabao_total *out)
{
    return find_name(name, TOTALS, ARRAY_LEN(TOTALS), (unsigned *)out);
}

const char *trabao_tier_name(enum trabao_tier tier)
{
    return TIERS[tier];
}

/* ---- searching ----------------------------------------------------------------------------------------------- */

static struct trabao_marked text_of(const char *text)
{
    return (struct trabao_marked){.text = text, .len = strlen(text)};
}

static void sleep_ms(long ms)
{
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

/* The number after the colon of a query such as "slow:500". */
static long number_of(const char *query)
{
    const char *colon = strchr(query, ':');
    return colon != NULL ? strtol(colon + 1, NULL, 10) : 0;
}

static bool begins(const char *query, const char *word)
{
    return strncmp(query, word, strlen(word)) == 0;
}

static void fill_hit(struct fake_answer *fake, size_t i, const char *text)
{
    struct trabao_hit *hit = &fake->hits[i];
    *hit = (struct trabao_hit){.key = text,
                               .url = text,
                               .author = text,
                               .source = text,
                               .section = text,
                               .date = "2020-07-20",
                               .href = "/article/9f3a",
                               .title = text_of(text),
                               .snippet = text_of(fake->snippet != NULL ? fake->snippet : text),
                               .score = 1.5,
                               .id = (int64_t)i + 1};
    fake->marks[i] = (struct trabao_mark){0, (uint32_t)utf8_clip(text, strlen(text), 8)};
    hit->snippet.marks = &fake->marks[i];
    hit->snippet.mark_count = 1;
}

static void fill_many(struct fake_answer *fake, const struct trabao_request *request)
{
    const long total = number_of(request->query);
    const long from = request->cursor != NULL ? strtol(request->cursor, NULL, 10) : 0;
    const long limit = MIN(request->limit > 0 ? request->limit : 10, HITS_MAX);
    const long count = MAX(MIN(limit, total - from), 0);
    for (long i = 0; i < count; i++) {
        fill_hit(fake, (size_t)i, "Hội nghị Mặt trận Tổ quốc");
    }
    fake->answer.hit_count = (size_t)count;
    fake->answer.total = (uint64_t)total;
    if (from + count < total) {
        snprintf(fake->next, sizeof fake->next, "%ld", from + count);
        fake->answer.next = fake->next;
    }
}

static void fill_large(struct fake_answer *fake, long bytes)
{
    fake->snippet = mem_alloc((size_t)bytes + 1, 1);
    memset(fake->snippet, 'x', (size_t)bytes);
    fake->snippet[bytes] = '\0';
    fill_hit(fake, 0, "Bài dài");
    fake->answer.hit_count = 1;
    fake->answer.total = 1;
}

static void fill_ordinary(struct fake_answer *fake)
{
    fill_hit(fake, 0, "Bão số 5 đổ bộ vào miền Trung");
    fill_hit(fake, 1, "Giá lúa tăng trở lại ở miền Tây");
    fake->hits[1].tier = TRABAO_FOLDED;
    fake->warnings[0] = "dấu ngoặc kép không đóng";
    fake->answer.suggestion = "bão số 5";
    fake->answer.warnings = fake->warnings;
    fake->answer.warning_count = 1;
    fake->answer.tier = TRABAO_FOLDED;
    fake->answer.widened = true;
    fake->answer.totals_by_tier[TRABAO_EXACT] = 1;
    fake->answer.totals_by_tier[TRABAO_FOLDED] = 1;
    fake->answer.hit_count = 2;
    fake->answer.total = 2;
}

static void fill(struct fake_answer *fake, const struct trabao_request *request)
{
    if (begins(request->query, "none")) {
        return;
    }
    if (begins(request->query, "many:")) {
        fill_many(fake, request);
    } else if (begins(request->query, "large:")) {
        fill_large(fake, number_of(request->query));
    } else {
        fill_ordinary(fake);
        for (size_t i = 0; begins(request->query, "hostile") && i < fake->answer.hit_count; i++) {
            fill_hit(fake, i, HOSTILE);
            fake->answer.suggestion = HOSTILE;
            fake->warnings[0] = HOSTILE;
            fake->hits[i].tier = i == 0 ? TRABAO_EXACT : TRABAO_FOLDED;
        }
    }
}

static enum trabao_status fail(const struct trabao_request *request, struct trabao_error *err)
{
    if (request->query_len > TRABAO_QUERY_MAX) {
        return error_set(err, TRABAO_USAGE, "the query is too long");
    }
    if (request->from != NULL && begins(request->from, "bad")) {
        return error_set(err, TRABAO_USAGE, "from: not a date: %s", request->from);
    }
    if (begins(request->query, "slow:")) {
        sleep_ms(number_of(request->query));
    }
    if (begins(request->query, "timeout")) {
        sleep_ms(request->deadline_ms);
        return error_set(err, TRABAO_TIMEOUT, "the deadline passed");
    }
    if (begins(request->query, "internal")) {
        return error_set(err, TRABAO_INTERNAL, "secret: /a/file/name");
    }
    if (begins(request->query, "io")) {
        return error_set(err, TRABAO_IO, "secret: /a/file/name");
    }
    return begins(request->query, "nomemory") ? error_no_memory(err) : TRABAO_OK;
}

enum trabao_status trabao_search(struct trabao_reader *reader, const struct trabao_request *request,
                                 struct trabao_answer **out, struct trabao_error *err)
{
    *out = NULL;
    const enum trabao_status status = fail(request, err);
    if (status != TRABAO_OK) {
        return status;
    }
    struct fake_answer *fake = mem_zalloc(1, sizeof *fake);
    fake->query = mem_dup(request->query, request->query_len);
    fake->answer = (struct trabao_answer){.query = fake->query,
                                          .understood = fake->query,
                                          .total_exact = !begins(request->query, "slow:"),
                                          .took_ms = 1.9,
                                          .generation = reader->archive->generation,
                                          .hits = fake->hits};
    fill(fake, request);
    *out = &fake->answer;
    return TRABAO_OK;
}

void trabao_answer_free(struct trabao_answer *answer)
{
    struct fake_answer *fake = (struct fake_answer *)answer;
    if (fake != NULL) {
        mem_free(fake->query);
        mem_free(fake->snippet);
        mem_free(fake);
    }
}

/* ---- JSON ---------------------------------------------------------------------------------------------------- */

static char *dump(json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    char *copy = text != NULL ? mem_dup(text, strlen(text)) : NULL;
    free(text);
    json_decref(json);
    return copy;
}

char *trabao_answer_json(const struct trabao_answer *answer)
{
    json_t *hits = json_array();
    for (size_t i = 0; i < answer->hit_count; i++) {
        const struct trabao_hit *hit = &answer->hits[i];
        json_array_append_new(hits, json_pack("{s:s, s:s, s:s%}", "key", hit->key, "title", hit->title.text, "snippet",
                                              hit->snippet.text, hit->snippet.len));
    }
    return dump(json_pack("{s:s, s:I, s:I, s:o, s:s?}", "query", answer->query, "total", (json_int_t)answer->total,
                          "generation", (json_int_t)answer->generation, "hits", hits, "next", answer->next));
}

char *trabao_article_json(const struct trabao_article *article)
{
    return dump(json_pack("{s:s, s:s}", "key", article->key, "title", article->title));
}

enum trabao_status trabao_analyze_json(struct trabao_reader *reader TRABAO_UNUSED, const char *text, size_t n,
                                       char **json, struct trabao_error *err)
{
    *json = dump(json_pack("{s:s%}", "text", text, n));
    return *json == NULL ? error_no_memory(err) : TRABAO_OK;
}

enum trabao_status trabao_stats_json(struct trabao_reader *reader, char **json, struct trabao_error *err)
{
    *json = dump(json_pack("{s:I, s:s, s:s}", "articles", (json_int_t)reader->archive->articles, "first_date",
                           "1995-11", "last_date", "2020-07-20"));
    return *json == NULL ? error_no_memory(err) : TRABAO_OK;
}

/* ---- articles ------------------------------------------------------------------------------------------------ */

static enum trabao_status find_article(const char *name, struct trabao_article **out, struct trabao_error *err)
{
    *out = NULL;
    const bool hostile = strcmp(name, "hostile") == 0;
    if (!hostile && strcmp(name, "9f3a") != 0) {
        return error_set(err, TRABAO_NONE, "there is no article %s", name);
    }
    const char *text = hostile ? HOSTILE : "Bão số 5 đổ bộ vào miền Trung";
    struct trabao_article *article = mem_zalloc(1, sizeof *article);
    *article = (struct trabao_article){.key = text,
                                       .url = hostile ? "javascript:alert(1)" : "https://baomau.example/bao-so-5",
                                       .title = text,
                                       .author = text,
                                       .source = text,
                                       .section = text,
                                       .body = text,
                                       .date = "2020-07-20T14:30:00",
                                       .href = "/article/9f3a",
                                       .reads = 1216,
                                       .generation = 1,
                                       .title_marked = text_of(text),
                                       .body_marked = text_of(text)};
    *out = article;
    return TRABAO_OK;
}

enum trabao_status trabao_article_by_href_id(struct trabao_reader *reader TRABAO_UNUSED, const char *href_id,
                                             const char *query TRABAO_UNUSED, struct trabao_article **out,
                                             struct trabao_error *err)
{
    return find_article(href_id, out, err);
}

enum trabao_status trabao_article_by_key(struct trabao_reader *reader TRABAO_UNUSED, const char *key,
                                         const char *query TRABAO_UNUSED, struct trabao_article **out,
                                         struct trabao_error *err)
{
    return find_article(key, out, err);
}

void trabao_article_free(struct trabao_article *article)
{
    mem_free(article);
}
