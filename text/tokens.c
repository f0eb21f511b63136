/*
 * tokens.c - the analyzer, and the two ways through the chain of text.h: scan.c, and ICU alone.
 */
#include "text/tokens.h"

#include <unicode/uchar.h>
#include <unicode/uvernum.h>

#include "base/mem.h"
#include "text/collect.h"
#include "text/memo.h"
#include "text/scan.h"
#include "text/segment.h"

#define TEXT_MAX (UINT32_C(1) << 30)

#define STRING(x) #x
#define STRING_OF(x) STRING(x)

struct text_analyzer {
    struct memo memo;
    struct collector collector;
    struct segmenter *segmenter; /* NULL until a text needs it */
};

enum trabao_status text_analyzer_open(struct text_analyzer **out, struct trabao_error *err)
{
    *out = NULL;
    struct text_analyzer *a = mem_zalloc(1, sizeof *a);
    if (a == NULL) {
        return error_no_memory(err);
    }
    if (!memo_open(&a->memo)) {
        mem_free(a);
        return error_no_memory(err);
    }
    *out = a;
    return TRABAO_OK;
}

void text_analyzer_close(struct text_analyzer *a)
{
    if (a == NULL) {
        return;
    }
    segmenter_close(a->segmenter);
    collect_free(&a->collector);
    memo_close(&a->memo);
    mem_free(a);
}

void text_analyzer_mark(struct text_analyzer *a, text_marker marker, const void *context)
{
    a->collector.marker = marker;
    a->collector.marker_context = context;
}

static enum trabao_status finish(struct text_analyzer *a, enum trabao_status status, struct trabao_error *err)
{
    if (!collect_end(&a->collector)) {
        return error_no_memory(err);
    }
    return status;
}

static enum trabao_status check_length(size_t n, struct trabao_error *err)
{
    return n <= TEXT_MAX ? TRABAO_OK : error_set(err, TRABAO_USAGE, "a text of %zu bytes is longer than 1 GiB", n);
}

enum trabao_status text_tokenize(struct text_analyzer *a, const char *text, size_t n, struct text_tokens *tokens,
                                 struct trabao_error *err)
{
    const enum trabao_status status = check_length(n, err);
    if (status != TRABAO_OK) {
        return status;
    }
    collect_begin(&a->collector, text, n, tokens, &a->memo);
    return finish(a, scan_text(&a->collector, &a->segmenter, err), err);
}

static void reference_word(void *context, size_t start, size_t end)
{
    collect_word(context, start, end, false);
}

enum trabao_status text_tokenize_by_icu(struct text_analyzer *a, const char *text, size_t n, struct text_tokens *tokens,
                                        struct trabao_error *err)
{
    enum trabao_status status = check_length(n, err);
    if (status == TRABAO_OK && a->segmenter == NULL) {
        status = segmenter_open(&a->segmenter, err);
    }
    if (status != TRABAO_OK) {
        return status;
    }
    collect_begin(&a->collector, text, n, tokens, NULL);
    return finish(a, segment_words(a->segmenter, text, 0, n, reference_word, &a->collector, err), err);
}

void text_tokens_free(struct text_tokens *tokens)
{
    mem_free(tokens->items);
    mem_free(tokens->forms);
    *tokens = (struct text_tokens){0};
}

const char *text_version_string(void)
{
    return "text " STRING_OF(TEXT_VERSION) ", ICU " U_ICU_VERSION ", Unicode " U_UNICODE_VERSION;
}
