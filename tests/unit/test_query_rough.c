/*
 * test_query_rough.c - rough scores against exact sums, in every way that this processor has, and all ways alike.
 */
#include "query/rough.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "tests/unit/test_random.h"

#define TERMS_MAX 40
#define WAYS_MAX 4

static struct rough ways[WAYS_MAX];
static size_t way_count;
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

static void begin(uint64_t total, size_t terms)
{
    memset(exact, 0, sizeof exact);
    way_count = 0;
    assert_in_range(rough_way_count, 1, WAYS_MAX);
    for (size_t i = 0; i < rough_way_count; i++) {
        if (rough_ways[i].is_possible()) {
            rough_begin(&ways[way_count], (1U << IMPACT_RUN) - 1, total, terms);
            ways[way_count++].way = &rough_ways[i];
        }
    }
    assert_true(way_count > 0);
}

static void add(uint32_t window, const uint8_t *postings, uint32_t count, uint32_t weight)
{
    add_exactly(postings, count, weight);
    for (size_t i = 0; i < way_count; i++) {
        rough_next(&ways[i], weight);
        rough_add(&ways[i], window, postings, count);
    }
}

/* Of ASKED, those places that may have NEEDED points, in every way the same. */
static struct places reaching(uint32_t window, uint32_t needed, struct places asked)
{
    struct places out = asked;
    rough_keep(&ways[0], window, needed, &out);
    for (size_t i = 1; i < way_count; i++) {
        struct places same = asked;
        rough_keep(&ways[i], window, needed, &same);
        assert_memory_equal(&out, &same, sizeof out);
    }
    return out;
}

static void check_reaching(uint32_t window, uint64_t needed, uint64_t unit)
{
    const struct places asked = {{UINT64_MAX, UINT64_C(1) << needed % 64, UINT64_MAX - needed, 0}};
    const struct places out = reaching(window, (uint32_t)needed, asked);
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
        const uint32_t window = random_below(IMPACT_RUN);
        for (size_t t = 0; t < terms; t++) {
            weights[t] = 1 + random_below(t % 3 ? 50 : 4000);
            total += weights[t];
        }
        begin(total, terms);
        for (size_t t = 0; t < terms; t++) {
            uint8_t postings[IMPACT_BITMAP_BYTES + IMPACT_WINDOW] = {0};
            const uint32_t count = make_postings(1 + random_below(20), postings);
            if (count) {
                add(window, postings, count, weights[t]);
            }
        }
        const uint64_t unit = (total * IMPACT_MAX / ROUGH_MOST + 1) * (2 * terms + 1);
        for (int i = 0; i < 20; i++) {
            check_reaching(window, 1 + random_below((uint32_t)total * IMPACT_MAX), unit);
            check_reaching(window, MAX(exact[random_below(IMPACT_WINDOW)], 1U), unit);
        }
        check_reaching(window, 1, unit);
    }
}

/* Windows do not touch one another. */
static void windows_are_apart(void **state)
{
    (void)state;
    const struct places all = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    uint8_t postings[IMPACT_BITMAP_BYTES + IMPACT_WINDOW];
    memset(postings, 0xff, sizeof postings);
    for (uint32_t window = 0; window < IMPACT_RUN; window++) {
        begin(1000, 1);
        add(window, postings, IMPACT_WINDOW, 1000);
        for (uint32_t w = 0; w < IMPACT_RUN; w++) {
            const struct places out = reaching(w, 1000 * IMPACT_MAX, all);
            assert_int_equal(places_count(&out), w == window ? IMPACT_WINDOW : 0);
        }
    }
}

/* The largest sums that there can be do not begin again at 0. */
static void largest_scores_do_not_wrap(void **state)
{
    (void)state;
    uint8_t postings[IMPACT_BITMAP_BYTES + IMPACT_WINDOW];
    memset(postings, 0xff, sizeof postings);
    for (size_t terms = 1; terms <= ROUGH_TERMS_MAX; terms = terms * 3 + 1) {
        begin(1001 * terms, terms);
        for (size_t t = 0; t < terms; t++) {
            add(0, postings, IMPACT_WINDOW, 1001);
        }
        const struct places all = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
        const struct places out = reaching(0, (uint32_t)(1001 * terms * IMPACT_MAX), all);
        assert_int_equal(places_count(&out), IMPACT_WINDOW);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rough_scores_are_close),
        cmocka_unit_test(windows_are_apart),
        cmocka_unit_test(largest_scores_do_not_wrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
