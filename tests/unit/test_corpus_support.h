/*
 * test_corpus_support.h - what the tests of corpus/ share: files in a folder of their own, and everything that the
 * reader gives out of them as plain text, one record or reject after another, so that it can be compared whole.
 *
 *   record 1 key=a title=T author=A date=D source=S section=C url=U id=I reads=216 enc=utf-8 extra={...}
 *   |body
 *   reject 2 @30 parse
 */
#ifndef TRABAO_TEST_CORPUS_SUPPORT_H
#define TRABAO_TEST_CORPUS_SUPPORT_H

#include "base/base.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "corpus/corpus.h"

static char scratch[PATH_MAX]; /* the folder of the running test; the working directory, too */

TRABAO_UNUSED static int enter_scratch(void **state)
{
    const char *folder = getenv("TMPDIR");
    snprintf(scratch, sizeof scratch, "%s/corpus.XXXXXX", folder ? folder : "/var/tmp");
    (void)state;
    return mkdtemp(scratch) && chdir(scratch) == 0 ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
    (void)facts;
    (void)kind;
    (void)place;
    return remove(path);
}

TRABAO_UNUSED static int leave_scratch(void **state)
{
    (void)state;
    return chdir("/") == 0 ? nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS) : -1;
}

TRABAO_UNUSED static void write_file(const char *path, const void *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

TRABAO_UNUSED static void write_text(const char *path, const char *text)
{
    write_file(path, text, strlen(text));
}

/* What came out. */
struct harvest {
    struct buf text;
    size_t records, rejects;
    uint64_t files, done, total;
    char last_reason[256];
    bool keep_text; /* false: count only */
};

static void write_field(struct buf *out, const char *name, struct corpus_text field)
{
    if (field.text) {
        assert_int_equal(utf8_valid_prefix(field.text, field.len), field.len);
        assert_null(memchr(field.text, '\0', field.len));
        buf_printf(out, " %s=%.*s", name, (int)field.len, field.text);
    }
}

static enum trabao_status on_record(void *context, const struct corpus_record *record, struct trabao_error *err)
{
    struct harvest *h = context;
    (void)err;
    h->records++;
    assert_true(record->key.len > 0);
    assert_true(record->title.len + record->body.len > 0);
    if (!h->keep_text) {
        return TRABAO_OK;
    }
    buf_printf(&h->text, "record %llu", (unsigned long long)record->number);
    write_field(&h->text, "key", record->key);
    write_field(&h->text, "title", record->title);
    write_field(&h->text, "author", record->author);
    write_field(&h->text, "date", record->date);
    write_field(&h->text, "source", record->source);
    write_field(&h->text, "section", record->section);
    write_field(&h->text, "url", record->url);
    write_field(&h->text, "id", record->id);
    if (record->reads >= 0) {
        buf_printf(&h->text, " reads=%lld", (long long)record->reads);
    }
    if (strcmp(record->encoding, "utf-8") != 0) {
        buf_printf(&h->text, " enc=%s", record->encoding);
    }
    write_field(&h->text, "extra", record->extra);
    write_field(&h->text, "\n|", record->body);
    buf_append_char(&h->text, '\n');
    return TRABAO_OK;
}

static enum trabao_status on_reject(void *context, const struct corpus_reject *reject, struct trabao_error *err)
{
    struct harvest *h = context;
    (void)err;
    h->rejects++;
    assert_true(reject->reason[0] != '\0');
    assert_true(reject->bytes.len <= 4096);
    snprintf(h->last_reason, sizeof h->last_reason, "%s", reject->reason);
    if (h->keep_text) {
        buf_printf(&h->text, "reject %llu @%llu %s\n", (unsigned long long)reject->number,
                   (unsigned long long)reject->offset, reject->step);
    }
    return TRABAO_OK;
}

/* Reads PATHS to the end. */
TRABAO_UNUSED static enum trabao_status harvest_paths(const char *const *paths, size_t count,
                                                      struct corpus_options options, struct harvest *h,
                                                      struct trabao_error *err)
{
    const struct corpus_sink sink = {.record = on_record, .reject = on_reject, .context = h};
    struct corpus_reader *r;
    struct corpus_batch *batch = NULL;
    buf_init(&h->text, (size_t)1 << 30);
    enum trabao_status status = corpus_open(paths, count, &options, &r, err);
    if (status != TRABAO_OK) {
        assert_null(r);
        return status;
    }
    while (status == TRABAO_OK) {
        status = corpus_next_batch(r, &batch, err);
        if (status != TRABAO_OK || !batch) {
            break;
        }
        status = corpus_parse_batch(batch, &sink, err);
        corpus_batch_free(batch);
    }
    h->files = corpus_files(r);
    corpus_progress(r, &h->done, &h->total);
    corpus_close(r);
    return status;
}

TRABAO_UNUSED static struct harvest harvest_one(const char *path, struct corpus_options options)
{
    struct harvest h = {.keep_text = true};
    struct trabao_error err = {0};
    assert_int_equal(harvest_paths(&path, 1, options, &h, &err), TRABAO_OK);
    return h;
}

/* The file that holds BYTES gives exactly EXPECTED. */
TRABAO_UNUSED static void assert_gives_bytes(const void *bytes, size_t n, const char *expected)
{
    write_file("in", bytes, n);
    struct harvest h = harvest_one("in", (struct corpus_options){0});
    assert_string_equal(buf_str(&h.text), expected);
    buf_free(&h.text);
}

TRABAO_UNUSED static void assert_gives(const char *text, const char *expected)
{
    assert_gives_bytes(text, strlen(text), expected);
}

/*
 * The folder of real articles, from TRABAO_DATA or beside the checkout; NULL when there is none. It must be asked for
 * before the working directory changes.
 */
TRABAO_UNUSED static const char *data_folder(void)
{
    static char path[PATH_MAX];
    const char *named = getenv("TRABAO_DATA");
    return realpath(named ? named : "../shared/data", path) ? path : NULL;
}

#endif
