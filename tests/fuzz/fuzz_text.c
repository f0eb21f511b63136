/*
 * fuzz_text.c - any bytes through text_tokenize, canonical forms, folding and NFC: what must hold for every input.
 *
 * The fast path is compared with ICU, forms are fixed points, ranges lie in the text; what keystrokes and introduced
 * abbreviations are read as is well-formed.
 */
#include "base/base.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/abbreviation.h"
#include "text/keystroke.h"
#include "text/syllable.h"
#include "text/tokens.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool same(const char *a, size_t a_len, const char *b, size_t b_len)
{
    return a_len == b_len && (a_len == 0 || memcmp(a, b, a_len) == 0);
}

static void check_word(const char *text, size_t n)
{
    char form[TEXT_FORM_MAX];
    char again[TEXT_FORM_MAX];
    char tone[TEXT_FORM_MAX];
    char full[TEXT_FORM_MAX];
    const size_t len = syllable_canonical(text, n, form);
    must(len <= TEXT_FORM_MAX);
    must(same(form, len, again, syllable_canonical_icu(text, n, again)));
    must(same(form, len, again, syllable_canonical(form, len, again)));
    const size_t tone_len = text_fold_tone(form, len, tone);
    const size_t full_len = text_fold(form, len, full);
    must(same(full, full_len, again, text_fold(tone, tone_len, again)));
    must(text_has_marks(form, len) == !same(form, len, full, full_len));
    text_is_syllable(form, len);
}

static void check_keys(const char *form, size_t n)
{
    char word[TEXT_FORM_MAX];
    char again[TEXT_FORM_MAX];
    size_t len = 0;
    if (keystroke_decode(form, n, word, &len) != KEYSTROKE_NONE) {
        must(syllable_is_shape(word, len) && same(word, len, again, syllable_canonical(word, len, again)));
    }
}

/* Pairs of strings, none of them empty or too long. */
static void check_abbreviations(const char *text, size_t n, const struct text_tokens *tokens)
{
    struct buf found;
    size_t strings = 0;
    buf_init(&found, n * 12 + 64);
    must(abbreviation_find(text, n, tokens, &found));
    for (size_t i = 0; i < found.len; strings++) {
        const size_t len = strlen(found.data + i);
        must(len > 0 && len <= ABBREVIATION_FORM_MAX);
        i += len + 1;
    }
    must(strings % 2 == 0);
    buf_free(&found);
}

static void check_tokens(const struct text_tokens *t, size_t n)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct text_token *k = &t->items[i];
        must(k->start < k->end && k->end <= n);
        must(k->form_len >= 1 && k->form_len <= TEXT_FORM_MAX && k->form + k->form_len <= t->forms_len);
        must(utf8_valid_prefix(text_form(t, i), k->form_len) == k->form_len);
        must(i > 0 || !k->colocated);
        check_keys(text_form(t, i), k->form_len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct text_analyzer *analyzer;
    static struct text_tokens fast;
    static struct text_tokens reference;
    const char *text = (const char *)data;
    if (analyzer == NULL) {
        must(text_analyzer_open(&analyzer, NULL) == TRABAO_OK);
    }
    must(text_tokenize(analyzer, text, size, &fast, NULL) == TRABAO_OK);
    must(text_tokenize_by_icu(analyzer, text, size, &reference, NULL) == TRABAO_OK);
    check_tokens(&fast, size);
    check_abbreviations(text, size, &fast);
    must(fast.count == reference.count);
    must(same(fast.forms, fast.forms_len, reference.forms, reference.forms_len));
    for (size_t i = 0; i < fast.count; i++) {
        must(fast.items[i].start == reference.items[i].start && fast.items[i].end == reference.items[i].end &&
             fast.items[i].joined == reference.items[i].joined &&
             fast.items[i].colocated == reference.items[i].colocated);
    }
    check_word(text, size);
    struct buf nfc;
    buf_init(&nfc, size * 12 + 64);
    must(text_nfc(text, size, &nfc));
    buf_free(&nfc);
    return 0;
}
