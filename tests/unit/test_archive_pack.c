/*
 * test_archive_pack.c - streams of both kinds through zstd and back, with a dictionary and without.
 */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include "archive/pack.h"

#define SAMPLES 200
#define WORDS 300
#define DICTIONARY_BYTES 16384

struct fixture {
    struct pack_dictionary *dictionary;
    struct pack_context *context;
    struct buf stream, packed, plain;
};

/* The I-th of streams that have runs of two-byte words in common. */
static void make_stream(struct fixture *f, unsigned i)
{
    buf_clear(&f->stream);
    for (unsigned k = 0; k < WORDS; k++) {
        const uint16_t word = (uint16_t)((k / 4 + i) % 40 * 4 + k % 4);
        assert_true(buf_append(&f->stream, &word, sizeof word));
    }
}

static void open_fixture(struct fixture *f, enum pack_kind kind, bool trained)
{
    struct pack_samples samples;
    struct buf bytes;
    struct trabao_error err = {0};
    buf_init(&f->stream, 1 << 20);
    buf_init(&f->packed, 1 << 20);
    buf_init(&f->plain, 1 << 20);
    buf_init(&bytes, 1 << 20);
    pack_samples_init(&samples);
    for (unsigned i = 0; trained && i < SAMPLES; i++) {
        make_stream(f, i);
        assert_true(pack_samples_add(&samples, &f->stream));
    }
    assert_int_equal(pack_train(&samples, DICTIONARY_BYTES, kind, &bytes, &err), TRABAO_OK);
    assert_int_equal(bytes.len > 0, trained);
    assert_int_equal(pack_dictionary_open(buf_str(&bytes), bytes.len, kind, &f->dictionary, &err), TRABAO_OK);
    assert_int_equal(pack_context_open(&f->context, &err), TRABAO_OK);
    pack_samples_free(&samples);
    buf_free(&bytes);
}

static void close_fixture(struct fixture *f)
{
    pack_dictionary_close(f->dictionary);
    pack_context_close(f->context);
    buf_free(&f->stream);
    buf_free(&f->packed);
    buf_free(&f->plain);
}

static void expect_back(struct fixture *f)
{
    struct trabao_error err = {0};
    assert_int_equal(pack_compress(f->context, f->dictionary, buf_str(&f->stream), f->stream.len, &f->packed, &err),
                     TRABAO_OK);
    assert_int_equal(pack_expand(f->context, f->dictionary, f->packed.data, f->packed.len, &f->plain, &err),
                     TRABAO_OK);
    assert_int_equal(f->plain.len, f->stream.len);
    assert_memory_equal(buf_str(&f->plain), buf_str(&f->stream), f->stream.len);
}

static void test_streams_come_back(void **state)
{
    (void)state;
    for (int trained = 0; trained < 2; trained++) {
        for (enum pack_kind kind = 0; kind < PACK_KINDS; kind++) {
            struct fixture f;
            open_fixture(&f, kind, trained);
            buf_clear(&f.stream);
            expect_back(&f);
            for (unsigned i = 0; i < SAMPLES; i++) {
                make_stream(&f, i * 3);
                expect_back(&f);
                assert_true(f.packed.len < f.stream.len);
            }
            /* Longer than what zstd attaches a dictionary to. */
            for (unsigned k = 0; k < 20000; k++) {
                assert_true(buf_append(&f.stream, &(uint16_t){(uint16_t)(k * k)}, sizeof(uint16_t)));
            }
            expect_back(&f);
            close_fixture(&f);
        }
    }
}

/* Neither magic number nor dictionary's number nor checksum. */
static void test_frames_are_short(void **state)
{
    struct fixture f;
    (void)state;
    open_fixture(&f, PACK_WORDS, true);
    make_stream(&f, 1);
    expect_back(&f);
    ZSTD_frameHeader header;
    assert_int_equal(ZSTD_getFrameHeader_advanced(&header, f.packed.data, f.packed.len, ZSTD_f_zstd1_magicless), 0);
    assert_int_equal(header.frameContentSize, f.stream.len);
    assert_int_equal(header.dictID, 0);
    assert_int_equal(header.checksumFlag, 0);
    close_fixture(&f);
}

/* However much of the words repeats nothing, their letters, so to say, are still packed. */
static void test_words_that_repeat_nothing_are_packed(void **state)
{
    struct fixture f;
    uint32_t random = 1;
    (void)state;
    open_fixture(&f, PACK_WORDS, true);
    buf_clear(&f.stream);
    for (unsigned k = 0; k < 4 * WORDS; k++) {
        random = random * 1664525 + 1013904223;
        const uint16_t word = (uint16_t)(random >> 24); /* the high byte is always the same */
        assert_true(buf_append(&f.stream, &word, sizeof word));
    }
    expect_back(&f);
    assert_true(f.packed.len < f.stream.len * 3 / 4);
    close_fixture(&f);
}

static void test_damage_is_told(void **state)
{
    struct fixture f;
    struct trabao_error err = {0};
    (void)state;
    open_fixture(&f, PACK_RESIDUES, true);
    make_stream(&f, 1);
    expect_back(&f);
    for (size_t n = 0; n < f.packed.len; n++) {
        assert_int_equal(pack_expand(f.context, f.dictionary, f.packed.data, n, &f.plain, &err), TRABAO_DATA);
    }
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams_come_back),
        cmocka_unit_test(test_frames_are_short),
        cmocka_unit_test(test_words_that_repeat_nothing_are_packed),
        cmocka_unit_test(test_damage_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
