/*
 * test_query_deadline.c - what a search answers when its deadline passes in the middle: a clock of this test's own
 * jumps ahead at each of the looks that are taken at it, one in each run.
 */
#include "tests/unit/test_library_support.h"

#define OTHERS 3000 /* enough to look at the clock while they are found */
#define LOOKS 2000  /* at the clock; more than any search here takes */
#define DEADLINE_MS 1000

static unsigned looks, jump_at;

/* Takes the place of the C library's. It stands still, but for the jump. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    looks++;
    now->tv_sec = looks > jump_at ? 1000 + 10 * DEADLINE_MS / 1000 : 1000;
    now->tv_nsec = 0;
    return 0;
}

/* The words of the query are in three titles; with another tone, in many. FTS5 finds them, and looks at the clock. */
static int open_all(void **state)
{
    static struct article articles[3 + OTHERS];
    static char keys[ARRAY_LEN(articles)][16];
    if (open_folder(state) != 0) {
        return -1;
    }
    for (size_t i = 0; i < ARRAY_LEN(articles); i++) {
        snprintf(keys[i], sizeof keys[i], "%zu", i);
        set_text(&articles[i], ARTICLE_KEY, keys[i]);
        set_text(&articles[i], ARTICLE_TITLE, i < 3 ? "hòa bình" : "hóa bình");
        set_text(&articles[i], ARTICLE_BODY, "xa");
    }
    open_library("titles.trabao", articles, ARRAY_LEN(articles));
    return 0;
}

static enum trabao_status ask(struct trabao_answer **answer)
{
    static const char query[] = "hòa NEAR/2 bình";
    const struct trabao_request request = {
        .query = query, .query_len = strlen(query), .tier = TRABAO_TIER_AUTO, .deadline_ms = DEADLINE_MS};
    looks = 0;
    return trabao_search(reader, &request, answer, &err);
}

static void assert_exact_ones_first(const struct trabao_answer *answer)
{
    for (size_t i = 0; i < 3; i++) {
        assert_true(strlen(answer->hits[i].key) == 1 && answer->hits[i].tier == TRABAO_EXACT);
    }
}

/* What was found before the deadline is given, though other marks could not be looked for any more. */
static void what_was_found_in_time_is_an_answer(void **state)
{
    (void)state;
    struct trabao_answer *answer;
    bool found = false;
    unsigned cut = 0;
    for (jump_at = 1; jump_at < LOOKS; jump_at++) {
        const enum trabao_status status = ask(&answer);
        if (status != TRABAO_OK) {
            assert_int_equal(status, TRABAO_TIMEOUT);
            assert_false(found);
            continue;
        }
        found = true;
        assert_exact_ones_first(answer);
        if (answer->cut_short) {
            cut++;
            assert_true(answer->tier == TRABAO_EXACT && !answer->widened && !answer->total_exact && !answer->next);
            assert_int_equal(answer->total, 3);
            assert_int_equal(answer->hit_count, 3);
        }
        const bool whole = !answer->cut_short && answer->total_exact;
        trabao_answer_free(answer);
        if (whole) {
            break;
        }
    }
    assert_true(cut > 0);
    assert_fine(ask(&answer), &err);
    assert_exact_ones_first(answer);
    assert_true(answer->widened && answer->total_exact && answer->hit_count == 10);
    assert_int_equal(answer->total, 3 + OTHERS);
    trabao_answer_free(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_found_in_time_is_an_answer)};
    return cmocka_run_group_tests_name("query/deadline", tests, open_all, close_library);
}
