/*
 * test_query_rough.c - rough scores against exact sums, as the processor's own instructions and as plain C add them.
 */
#include "query/rough.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "tests/unit/test_random.h"

/* The same once more for processors without SSSE3. */
#undef __SSSE3__
#define rough_begin plain_begin
#define rough_clear plain_clear
#define rough_add plain_add
#define rough_keep plain_keep
struct rough;
void plain_begin(struct rough *r, uint64_t total, size_t terms);
void plain_clear(struct rough *r);
void plain_add(struct rough *r, const uint8_t *postings, uint32_t count, uint32_t weight);
void plain_keep(const struct rough *r, uint32_t needed, struct places *places);
#include "query/rough.c"
#undef rough_begin
#undef rough_clear
#undef rough_add
#undef rough_keep

#define TERMS_MAX 40
#define SPARE 8 /* bytes behind the postings, as behind those of a block */

static struct rough own, plain;
static uint64_t exact[IMPACT_WINDOW];

/* Postings at about one place in EACH, as they are stored. */
static uint32_t make_postings(unsigned each, uint8_t *out)
{
    uint8_t places[IMPACT_WINDOW], impacts[IMPACT_WINDOW];
    uint32_t count = 0;
    for (unsigned p = 0; p < IMPACT_WINDOW; p++) {
        if (random_below(each) == 0) {
            places[count] = (uint8_t)p;
            impacts[count++] = (uint8_t)(1 + random_below(IMPACT_MAX));
        }
    }
    uint8_t *at = out + count;
    if (count > IMPACT_SPARSE_MAX) {
        memset(out, 0, IMPACT_BITMAP_BYTES);
        at = out + IMPACT_BITMAP_BYTES;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (count > IMPACT_SPARSE_MAX) {
            out[places[i] / 8] |= (uint8_t)(1U << places[i] % 8);
        } else {
            out[i] = places[i];
        }
        at[i] = impacts[i];
    }
    return count;
}

static void add_exactly(const uint8_t *postings, uint32_t count, uint32_t weight)
{
    uint8_t places[IMPACT_WINDOW];
    assert_int_equal(impact_places(postings, count, places), count);
    const uint8_t *impacts = postings + (impact_bytes(count) - count);
    for (uint32_t i = 0; i < count; i++) {
        exact[places[i]] += (uint64_t)weight * impacts[i];
    }
}

static void check_reaching(uint64_t needed, uint64_t unit)
{
    const struct places asked = {{UINT64_MAX, UINT64_C(1) << needed % 64, UINT64_MAX - needed, 0}};
    struct places out = asked, same = asked;
    rough_keep(&own, (uint32_t)needed, &out);
    plain_keep(&plain, (uint32_t)needed, &same);
    assert_memory_equal(&out, &same, sizeof out);
    for (unsigned p = 0; p < IMPACT_WINDOW; p++) {
        if (exact[p] >= needed) {
            assert_int_equal(places_has(&out, p), places_has(&asked, p));
        }
        if (places_has(&out, p)) {
            assert_true(places_has(&asked, p) && exact[p] + unit >= needed);
        }
    }
}

/* No place with enough points is missed, and none that misses them by more than a thousandth or so is kept. */
static void rough_scores_are_close(void **state)
{
    (void)state;
    for (int round = 0; round < 2000; round++) {
        uint32_t weights[TERMS_MAX];
        uint64_t total = 0;
        const size_t terms = 1 + random_below(TERMS_MAX);
        for (size_t t = 0; t < terms; t++) {
            weights[t] = 1 + random_below(t % 3 ? 50 : 4000);
            total += weights[t];
        }
        memset(exact, 0, sizeof exact);
        rough_begin(&own, total, terms);
        plain_begin(&plain, total, terms);
        rough_clear(&own);
        plain_clear(&plain);
        for (size_t t = 0; t < terms; t++) {
            uint8_t postings[IMPACT_BITMAP_BYTES + IMPACT_WINDOW + SPARE] = {0};
            const uint32_t count = make_postings(1 + random_below(20), postings);
            if (count) {
                rough_add(&own, postings, count, weights[t]);
                plain_add(&plain, postings, count, weights[t]);
                add_exactly(postings, count, weights[t]);
            }
        }
        const uint64_t unit = (total * IMPACT_MAX / ROUGH_MOST + 1) * (2 * terms + 1);
        for (int i = 0; i < 20; i++) {
            check_reaching(1 + random_below((uint32_t)total * IMPACT_MAX), unit);
            check_reaching(MAX(exact[random_below(IMPACT_WINDOW)], 1U), unit);
        }
        check_reaching(1, unit);
    }
}

/* The largest sums that there can be do not begin again at 0. */
static void largest_scores_do_not_wrap(void **state)
{
    (void)state;
    uint8_t postings[IMPACT_BITMAP_BYTES + IMPACT_WINDOW + SPARE];
    memset(postings, 0xff, sizeof postings);
    for (size_t terms = 1; terms <= ROUGH_TERMS_MAX; terms = terms * 3 + 1) {
        rough_begin(&own, 1001 * terms, terms);
        rough_clear(&own);
        for (size_t t = 0; t < terms; t++) {
            rough_add(&own, postings, IMPACT_WINDOW, 1001);
        }
        struct places all = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
        rough_keep(&own, (uint32_t)(1001 * terms * IMPACT_MAX), &all);
        assert_int_equal(places_count(&all), IMPACT_WINDOW);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rough_scores_are_close),
        cmocka_unit_test(largest_scores_do_not_wrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
