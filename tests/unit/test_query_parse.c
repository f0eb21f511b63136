/*
 * test_query_parse.c - reading queries: golden triplets; random trees, written in random spellings, that must be read
 * back; what was understood, read again; dates; limits; hostile input.
 */
#include "tests/unit/test_query_support.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "query/trabao.h"

/* ---- golden file ----------------------------------------------------------------------------------------------- */

static FILE *open_golden(void)
{
    static const char here[] = __FILE__;
    char path[1024];
    const char *slash = strrchr(here, '/');
    snprintf(path, sizeof path, "%.*s/../golden/parse.txt", (int)(slash - here), here);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fail_msg("%s cannot be opened", path);
    }
    return file;
}

struct triplet {
    char query[512], dump[512], warnings[512];
};

/* The next line that is neither empty nor a comment. */
static bool read_line(FILE *file, char *line, size_t size)
{
    while (fgets(line, (int)size, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0' && line[0] != '#') {
            return true;
        }
    }
    return false;
}

static bool read_triplet(FILE *file, struct triplet *t)
{
    return read_line(file, t->query, sizeof t->query) && read_line(file, t->dump, sizeof t->dump) &&
           read_line(file, t->warnings, sizeof t->warnings);
}

static void join_warnings(const struct query_tree *tree, char *out, size_t size)
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < tree->warning_count; i++) {
        n += (size_t)snprintf(out + n, size - n, "%s%s", i > 0 ? " | " : "", tree->warnings[i]);
    }
    if (n == 0) {
        snprintf(out, size, "-");
    }
}

static void check_triplet(const struct triplet *t)
{
    char warnings[512];
    struct query_tree *tree = read_query(t->query, strlen(t->query));
    char *dump = query_tree_dump(tree);
    join_warnings(tree, warnings, sizeof warnings);
    if (strcmp(dump, t->dump) != 0 || strcmp(warnings, t->warnings) != 0) {
        fail_msg("\n%s\nis read as  %s\n      with  %s\ninstead of  %s\n      with  %s", t->query, dump, warnings,
                 t->dump, t->warnings);
    }
    mem_free(dump);
    query_tree_free(tree);
}

static void test_golden(void **state)
{
    (void)state;
    struct triplet t;
    size_t count = 0;
    FILE *file = open_golden();
    for (; read_triplet(file, &t); count++) {
        check_triplet(&t);
    }
    fclose(file);
    assert_true(count > 150);
}

/* What the lenient reading warns of, the strict one refuses, saying the same. */
static void test_strict(void **state)
{
    (void)state;
    struct triplet t;
    FILE *file = open_golden();
    while (read_triplet(file, &t)) {
        struct query_tree *tree = NULL;
        struct trabao_error err = {0};
        const struct query_typed typed = {t.query, strlen(t.query), test_now(), true};
        const enum trabao_status status = query_parse(analyzer, &typed, &tree, &err);
        if (strcmp(t.warnings, "-") == 0) {
            assert_int_equal(status, TRABAO_OK);
        } else {
            assert_int_equal(status, TRABAO_USAGE);
            assert_null(tree);
            struct query_tree *lenient = read_query(t.query, strlen(t.query));
            /* The lenient reading says what is wrong and, behind it, what was done instead. */
            assert_true(err.message[0] != '\0');
            assert_memory_equal(err.message, lenient->warnings_english[0], strlen(err.message));
            query_tree_free(lenient);
        }
        query_tree_free(tree);
    }
    fclose(file);
}

static void assert_reads_again(const char *query, size_t n)
{
    struct query_tree *first = read_query(query, n);
    struct query_tree *second = read_query(first->understood, strlen(first->understood));
    char *first_dump = query_tree_dump(first);
    char *second_dump = query_tree_dump(second);
    if (strcmp(first_dump, second_dump) != 0 || strcmp(first->understood, second->understood) != 0) {
        fail_msg("\n%.*s\nis read as  %s\nwritten     %s\nread again  %s\nand written %s", (int)n, query, first_dump,
                 first->understood, second_dump, second->understood);
    }
    mem_free(first_dump);
    mem_free(second_dump);
    query_tree_free(first);
    query_tree_free(second);
}

static void test_understood(void **state)
{
    (void)state;
    struct triplet t;
    FILE *file = open_golden();
    while (read_triplet(file, &t)) {
        /* What parentheses kept apart, and what is written without them, may spell a date. */
        if (strcmp(t.query, "30 (tháng 4)") != 0) {
            assert_reads_again(t.query, strlen(t.query));
        }
    }
    fclose(file);
}

static void assert_understood(const char *query, const char *expected)
{
    struct query_tree *tree = read_query(query, strlen(query));
    assert_string_equal(tree->understood, expected);
    query_tree_free(tree);
}

static void test_understood_words(void **state)
{
    (void)state;
    assert_understood("", "");
    assert_understood("mat tran to quoc", "mat tran to quoc");
    assert_understood("Mặt trận  Tổ quốc,", "Mặt trận Tổ quốc");
    assert_understood("“Mặt trận” HOẶC TP.HCM -(a b)", "\"Mặt trận\" OR TP.HCM -(a b)");
    assert_understood("NOT 5 tiêuđề:(a b*)", "NOT 5 title:a title:b");
    assert_understood("ngày 30 tháng 4 năm 1975", "30/4/1975");
    assert_understood("từ:2020 a đến:20/7/2021", "a date:2020-01-01..2021-07-20");
    assert_understood("date:quý 2/2024", "date:2024-04..2024-06");
    assert_understood("ngày:\"hôm qua\" bão", "bão date:2024-07-30");
    assert_understood("before:2020", "before:2020");
    assert_understood("OR a", "a");
}

static void test_marked(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        bool marked, open;
    } cases[] = {{"tu vong", false, true},  {"tử vong", true, true},    {"tu -vòng", false, true},
                 {"a OR \"vòng\"", true, true}, {"title:đá", true, true}, {"-(a b) -đ", true, false},
                 {"a NEAR/2 bé", true, true}, {"hoà*", true, true},     {"30/4 date:2020", true, false},
                 {"1,8 tp -a", true, false}, {"tp*", false, true},      {"1,8 d", false, true},
                 {"", true, false}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct query_tree *tree = read_query(cases[i].query, strlen(cases[i].query));
        assert_int_equal(tree->any_marked, cases[i].marked);
        assert_int_equal(tree->any_open, cases[i].open);
        query_tree_free(tree);
    }
}

static void test_token_places(void **state)
{
    (void)state;
    const char *query = "Đà \"TP.HCM\"";
    struct query_tree *tree = read_query(query, strlen(query));
    const struct query_node *word = tree->root->children[0];
    const struct query_node *phrase = tree->root->children[1];
    assert_int_equal(word->tokens[0].start, 0);
    assert_int_equal(word->tokens[0].end, 4);
    assert_string_equal(word->tokens[0].form, "đà");
    assert_true(word->tokens[0].marked);
    assert_int_equal(phrase->token_count, 2);
    assert_int_equal(phrase->tokens[1].start, 9);
    assert_int_equal(phrase->tokens[1].end, 12);
    assert_false(phrase->tokens[1].marked);
    query_tree_free(tree);
}

/* ---- random trees ---------------------------------------------------------------------------------------------- */

/* A query being written: as it would be typed, and the tree it must be read as. */
struct author {
    struct buf typed, tree;
    int prefixes;
};

static const struct {
    const char *typed, *form, *prefix;
} words[] = {{"bão", "bão", "bão"},     {"Lũ", "lũ", "lũ"},    {"QUÝ", "quí", "quý"}, {"hoà", "hòa", "hoà"},
             {"đá", "đá", "đá"},        {"cua", "cua", "cua"}, {"tỷ", "tỉ", "tỷ"},    {"Trong", "trong", "trong"},
             {"or", "or", "or"},        {"u23", "u23", "u23"}, {"not", "not", "not"}, {"Việt", "việt", "việt"},
             {"vịêt", "việt", "vịêt"}};

static const struct {
    const char *typed, *dumped;
} fields[] = {{"", ""},
              {"title:", "title:"},
              {"tiêuđề: ", "title:"},
              {"TacGia:", "author:"},
              {"nguồn:", "source:"},
              {"muc:", "section:"}};

static void write_phrase(struct author *a, const char *field, const char *exact)
{
    static const char *const quotes[][2] = {{"\"", "\""}, {"“", "”"}, {"«", "»"}, {"＂", "\""}, {"”", "“"}};
    const uint32_t quote = random_below(ARRAY_LEN(quotes));
    const uint32_t count = 1 + random_below(3);
    buf_printf(&a->typed, "%s", quotes[quote][0]);
    buf_printf(&a->tree, "%s(%squote", field, exact);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t word = random_below(ARRAY_LEN(words));
        buf_printf(&a->typed, "%s%s", i == 0 ? "" : (random_below(2) == 0 ? " " : ", "), words[word].typed);
        buf_printf(&a->tree, " %s", words[word].form);
    }
    buf_printf(&a->typed, "%s", quotes[quote][1]);
    buf_append_char(&a->tree, ')');
}

/* A word, phrase or prefix in FIELD, as the tree writes it. */
static void write_leaf(struct author *a, const char *field, bool unit)
{
    const bool exact = random_below(5) == 0;
    const uint32_t word = random_below(ARRAY_LEN(words));
    buf_append_str(&a->typed, exact ? "=" : "");
    if (random_below(4) == 0) {
        write_phrase(a, field, exact ? "=" : "");
    } else if (!unit && a->prefixes < QUERY_PREFIXES_MAX && random_below(6) == 0) {
        a->prefixes++;
        buf_printf(&a->typed, "%s*", words[word].typed);
        buf_printf(&a->tree, "%s%s%s*", field, exact ? "=" : "", words[word].prefix);
    } else {
        buf_printf(&a->typed, "%s", words[word].typed);
        buf_printf(&a->tree, "%s%s%s", field, exact ? "=" : "", words[word].form);
    }
}

static void write_near(struct author *a, const char *field)
{
    const uint32_t distance = random_below(30);
    const uint32_t count = 2 + random_below(2);
    buf_printf(&a->tree, "(near/%u", (unsigned)distance);
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) {
            buf_printf(&a->typed, "  NEAR/%u ", (unsigned)distance);
        }
        buf_append_char(&a->tree, ' ');
        write_leaf(a, field, true);
    }
    buf_append_char(&a->tree, ')');
}

static void write_or(struct author *a, const char *field, int depth);

/* A leaf or a parenthesis, perhaps in a field of its own. */
static void write_part(struct author *a, const char *field, int depth)
{
    if (field[0] == '\0' && random_below(4) == 0) {
        const uint32_t i = random_below(ARRAY_LEN(fields));
        buf_append_str(&a->typed, fields[i].typed);
        field = fields[i].dumped;
    }
    if (depth > 0 && random_below(3) == 0) {
        buf_append_str(&a->typed, random_below(2) == 0 ? "(" : "( ");
        write_or(a, field, depth);
        buf_append_str(&a->typed, random_below(2) == 0 ? ")" : " ）");
    } else {
        write_leaf(a, field, false);
    }
}

static void write_negation(struct author *a, const char *field, int depth)
{
    buf_append_str(&a->typed, random_below(2) == 0 ? "-" : "NOT ");
    buf_append_str(&a->tree, "(not ");
    if (depth > 0 && random_below(3) == 0) {
        buf_append_char(&a->typed, '(');
        write_near(a, field);
        buf_append_char(&a->typed, ')');
    } else {
        write_leaf(a, field, false);
    }
    buf_append_char(&a->tree, ')');
}

/* Two parts or more; the parenthesis of an alternative keeps them from being joined with the list around. */
static void write_and(struct author *a, const char *field, int depth)
{
    const uint32_t count = 2 + random_below(3);
    buf_append_str(&a->tree, "(and");
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) {
            buf_append_str(&a->typed, random_below(5) == 0 ? " AND " : (random_below(5) == 0 ? " VÀ\t" : " "));
        }
        buf_append_char(&a->tree, ' ');
        switch (random_below(5)) {
        case 0:
            write_negation(a, field, depth - 1);
            break;
        case 1:
            write_near(a, field);
            break;
        default:
            write_part(a, field, depth - 1);
            break;
        }
    }
    buf_append_char(&a->tree, ')');
}

static void write_or(struct author *a, const char *field, int depth)
{
    const uint32_t count = 2 + random_below(2);
    buf_append_str(&a->tree, "(or");
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) {
            buf_append_str(&a->typed, random_below(2) == 0 ? " OR " : " HOẶC ");
        }
        buf_append_char(&a->tree, ' ');
        if (depth > 0 && random_below(3) == 0) {
            write_and(a, field, depth - 1);
        } else if (random_below(4) == 0) {
            write_near(a, field);
        } else {
            write_leaf(a, field, false);
        }
    }
    buf_append_char(&a->tree, ')');
}

static void test_random_trees(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct author a = {.prefixes = 0};
        buf_init(&a.typed, TRABAO_QUERY_MAX);
        buf_init(&a.tree, 64 * 1024);
        if (random_below(2) == 0) {
            write_and(&a, "", 5);
        } else {
            write_or(&a, "", 5);
        }
        if (!buf_failed(&a.typed)) {
            struct query_tree *tree = read_query(buf_str(&a.typed), a.typed.len);
            char *dump = query_tree_dump(tree);
            if (strcmp(dump, buf_str(&a.tree)) != 0) {
                fail_msg("\n%s\nis read as  %s\ninstead of  %s", buf_str(&a.typed), dump, buf_str(&a.tree));
            }
            assert_int_equal(tree->warning_count, 0);
            mem_free(dump);
            query_tree_free(tree);
            assert_reads_again(buf_str(&a.typed), a.typed.len);
        }
        buf_free(&a.typed);
        buf_free(&a.tree);
    }
}

/* ---- hostile input --------------------------------------------------------------------------------------------- */

static void check_node(const struct query_node *node, const struct query_node *parent, size_t n, int depth)
{
    assert_non_null(node);
    assert_true(depth <= 4 * QUERY_DEPTH_MAX);
    for (size_t i = 0; i < node->token_count; i++) {
        const struct query_token *t = &node->tokens[i];
        assert_true(t->len >= 1 && t->len <= TEXT_FORM_MAX && strlen(t->form) == t->len);
        assert_true(t->start < t->end && t->end <= n);
        if (parent == NULL || parent->kind != QUERY_QUOTE) {
            assert_int_equal(t->marked, text_has_marks(t->form, t->len));
        }
    }
    switch (node->kind) {
    case QUERY_NOT:
        assert_true(parent != NULL && parent->kind == QUERY_AND && node->child_count == 1);
        break;
    case QUERY_AND:
        assert_true(node->child_count >= 2 || node->children[0]->kind == QUERY_NOT);
        assert_true(parent == NULL || parent->kind != QUERY_AND);
        break;
    case QUERY_OR:
        assert_true(node->child_count >= 2 && (parent == NULL || parent->kind != QUERY_OR));
        break;
    case QUERY_QUOTE:
        assert_true(node->child_count >= 2);
        for (size_t i = 0; i < node->child_count; i++) {
            assert_true(node->children[i]->kind == QUERY_PHRASE && node->children[i]->quoted);
        }
        break;
    case QUERY_NEAR:
        assert_true(node->child_count >= 2);
        for (size_t i = 0; i < node->child_count; i++) {
            assert_true(node->children[i]->kind == QUERY_TERM || node->children[i]->kind == QUERY_PHRASE);
            assert_int_equal(node->children[i]->field, node->field);
        }
        break;
    case QUERY_PHRASE:
        assert_true(node->token_count >= 1 && (node->quoted || node->token_count >= 2));
        break;
    default:
        assert_int_equal(node->token_count, 1);
        break;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        check_node(node->children[i], node, n, depth + 1);
    }
}

static const char *const pieces[] = {
    " ",
    " ",
    " ",
    "a",
    "bão",
    "Việt",
    "\"",
    "“",
    "(",
    ")",
    "-",
    "=",
    "*",
    ":",
    "title:",
    "từ:",
    "date:",
    "OR",
    "HOẶC",
    "AND",
    "NOT",
    "NEAR/3",
    "NEAR/",
    "2020",
    "..",
    "30/4",
    "tháng",
    "7",
    "năm",
    "ngày",
    "\t",
    "\n",
    "，",
    "\xCC\x81",
    "\xC2\xA0",
    "\xE2\x80\x8B",
    "\xEF\xBB\xBF",
    "\xF0\x9F\x98\x80",
    "中文",
    "TP.HCM",
    "hôm qua",
    "|",
    "&",
    "～",
};

static void test_soup(void **state)
{
    (void)state;
    for (int i = 0; i < 50000; i++) {
        struct buf query;
        buf_init(&query, TRABAO_QUERY_MAX);
        const uint32_t count = 1 + random_below(i % 100 == 0 ? 600 : 25);
        for (uint32_t k = 0; k < count; k++) {
            buf_append_str(&query, pieces[random_below(ARRAY_LEN(pieces))]);
        }
        if (!buf_failed(&query)) {
            struct query_tree *tree = read_query(buf_str(&query), query.len);
            assert_non_null(tree->understood);
            if (tree->root != NULL) {
                check_node(tree->root, NULL, query.len, 0);
            }
            query_tree_free(tree);
        }
        buf_free(&query);
    }
}

/*
 * Each fills the longest query that is read; none may take for ever, however its pieces are nested. All of them take a
 * second, and a minute with a sanitizer on a busy machine: what is not linear would take longer.
 */
static void test_long_queries(void **state)
{
    (void)state;
    static const char *const bricks[] = {
        "(",         ")",          "\"",    "-",        "- ",     "(a OR ",      "NOT ",
        "title:",    "title: ",    "date:", "date: a ", "date:,", "date:\"",     "từ:2020 ",
        "a NEAR/3 ", "a NEAR/3 (", "a:",    "a.",       "a* ",    "30 tháng 4 ", "tháng ",
        "ngày 1/",   "=",          "\"\" ", "-(",       "a OR ",  "\xCC\x81",    "()",
        "a,",        "1,a",        "a.1+",  "date:a,",  "OR,",    "NOT OR ",
    };
    const clock_t start = clock();
    for (size_t i = 0; i < ARRAY_LEN(bricks); i++) {
        char query[TRABAO_QUERY_MAX];
        size_t n = 0;
        const size_t len = strlen(bricks[i]);
        for (; n + len <= sizeof query; n += len) {
            memcpy(query + n, bricks[i], len);
        }
        struct query_tree *tree = read_query(query, n);
        if (tree->root != NULL) {
            check_node(tree->root, NULL, n, 0);
        }
        query_tree_free(tree);
    }
    assert_true(clock() - start < 100 * CLOCKS_PER_SEC);
}

static enum trabao_status status_of(const char *query, size_t n)
{
    struct query_tree *tree = NULL;
    struct trabao_error err = {0};
    const struct query_typed typed = {query, n, test_now(), false};
    const enum trabao_status status = query_parse(analyzer, &typed, &tree, &err);
    assert_int_equal(status == TRABAO_OK, tree != NULL);
    query_tree_free(tree);
    return status;
}

static void test_limits(void **state)
{
    (void)state;
    char longest[TRABAO_QUERY_MAX + 1];
    memset(longest, 'a', sizeof longest);
    assert_int_equal(status_of(NULL, 0), TRABAO_OK);
    assert_int_equal(status_of(longest, TRABAO_QUERY_MAX), TRABAO_OK);
    assert_int_equal(status_of(longest, TRABAO_QUERY_MAX + 1), TRABAO_USAGE);
    assert_int_equal(status_of("a\0b", 3), TRABAO_USAGE);
    assert_int_equal(status_of("a\xC3", 2), TRABAO_USAGE);
    assert_int_equal(status_of("\xED\xA0\x80", 3), TRABAO_USAGE);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    static const char query[] = "title:(bão OR \"lũ quét\") NEAR/3 a -x:y (date:2021 OR date:2023) "
                                "( từ:2020 ngày 30 tháng 4 OR b* \"";
    for (int ever = 0; ever < 2; ever++) {
        enum trabao_status status = TRABAO_NO_MEMORY;
        for (uint64_t k = 1; status != TRABAO_OK; k++) {
            mem_fail_at(k, ever == 1);
            status = status_of(query, sizeof query - 1);
            mem_fail_at(0, false);
            assert_true(status == TRABAO_OK || status == TRABAO_NO_MEMORY);
            assert_true(k < 1000);
        }
    }
}

/* ---- dates ----------------------------------------------------------------------------------------------------- */

static void assert_dates(const char *text, const char *from, const char *to)
{
    int64_t bounds[2] = {0, 0};
    const char *const expected[] = {from, to};
    if (!query_parse_dates(text, strlen(text), test_now(), &bounds[0], &bounds[1])) {
        fail_msg("\"%s\" is not read as a date", text);
    }
    for (int i = 0; i < 2; i++) {
        struct civil date;
        if (expected[i][0] == '*') {
            assert_true(bounds[i] == (i == 0 ? INT64_MIN : INT64_MAX));
        } else {
            assert_true(civil_parse(expected[i], strlen(expected[i]), &date));
            if (bounds[i] != date.second) {
                fail_msg("\"%s\": bound %d is %lld s off %s", text, i, (long long)(bounds[i] - date.second),
                         expected[i]);
            }
        }
    }
}

static void test_dates(void **state)
{
    (void)state;
    assert_dates("2020", "2020-01-01", "2021-01-01");
    assert_dates("2020-07", "2020-07-01", "2020-08-01");
    assert_dates("2020-12", "2020-12-01", "2021-01-01");
    assert_dates("2020-02-29", "2020-02-29", "2020-03-01");
    assert_dates("20/7/2020", "2020-07-20", "2020-07-21");
    assert_dates(" 31/12/2020\t", "2020-12-31", "2021-01-01");
    assert_dates("7/2020", "2020-07-01", "2020-08-01");
    assert_dates("tháng 7/2020", "2020-07-01", "2020-08-01");
    assert_dates("tháng 7 năm 2020", "2020-07-01", "2020-08-01");
    assert_dates("ngày 20 tháng 7 năm 2020", "2020-07-20", "2020-07-21");
    assert_dates("2020-01..2020-06", "2020-01-01", "2020-07-01");
    assert_dates("20/7/2020 .. 21/7/2020", "2020-07-20", "2020-07-22");
    assert_dates("2020..", "2020-01-01", "*");
    assert_dates("..2020", "*", "2021-01-01");
    assert_dates("tháng 1/2020..hôm nay", "2020-01-01", "2024-08-01");
    assert_dates("hôm nay", "2024-07-31", "2024-08-01");
    assert_dates("HÔM QUA", "2024-07-30", "2024-07-31");
    assert_dates("hom  qua", "2024-07-30", "2024-07-31");
    assert_dates("ho\xCC\x82m kia", "2024-07-29", "2024-07-30");
    assert_dates("tuần này", "2024-07-29", "2024-08-05");
    assert_dates("tuan truoc", "2024-07-22", "2024-07-29");
    assert_dates("tháng này", "2024-07-01", "2024-08-01");
    assert_dates("tháng trước", "2024-06-01", "2024-07-01");
    assert_dates("quý này", "2024-07-01", "2024-10-01");
    assert_dates("quí trước", "2024-04-01", "2024-07-01");
    assert_dates("năm nay", "2024-01-01", "2025-01-01");
    assert_dates("năm ngoái", "2023-01-01", "2024-01-01");
    assert_dates("quý 1/2024", "2024-01-01", "2024-04-01");
    assert_dates("Quý IV năm 2024", "2024-10-01", "2025-01-01");
    assert_dates("quý III/2024", "2024-07-01", "2024-10-01");
    assert_dates("Q2/2024", "2024-04-01", "2024-07-01");
    assert_dates("qui 2 nam 2024", "2024-04-01", "2024-07-01");
}

static void test_no_dates(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",        " ",       "..",      "a",          "31/02/2020", "07/20/2020", "20/7",     "0",  "2021..2020",
        "2020..a", "a..2020", "hóm qua", "quý 5/2024", "quý 0/2024", "quý 2",      "quý 2/24", "q2", "tháng 13/2020",
        "hôm",     "tuần nay"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        int64_t from;
        int64_t to;
        if (query_parse_dates(texts[i], strlen(texts[i]), test_now(), &from, &to)) {
            fail_msg("\"%s\" is read as a date", texts[i]);
        }
    }
}

/* Weeks, months and quarters on every day of four years, against a calendar counted day by day. */
static void test_relative_dates(void **state)
{
    (void)state;
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t day = civil_from_ymd(2023, 1, 1);
    int weekday = 6; /* a Sunday, counted from Monday */
    for (int year = 2023; year < 2027; year++) {
        for (int month = 0; month < 12; month++) {
            const int length = days[month] + (month == 1 && year == 2024);
            for (int date = 0; date < length; date++, day += CIVIL_DAY_SECONDS, weekday = (weekday + 1) % 7) {
                int64_t from;
                int64_t to;
                assert_true(query_parse_dates("tuần này", strlen("tuần này"), day + 3600, &from, &to));
                assert_true(from == day - weekday * CIVIL_DAY_SECONDS && to == from + 7 * CIVIL_DAY_SECONDS);
                assert_true(query_parse_dates("tháng này", strlen("tháng này"), day + 3600, &from, &to));
                assert_true(from == day - date * CIVIL_DAY_SECONDS && to == from + length * CIVIL_DAY_SECONDS);
                assert_true(query_parse_dates("quý này", strlen("quý này"), day + 3600, &from, &to));
                assert_true(from == civil_from_ymd(year, month / 3 * 3 + 1, 1) && to > day && to - from < 93 * 86400);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),        cmocka_unit_test(test_strict),
        cmocka_unit_test(test_understood),    cmocka_unit_test(test_understood_words),
        cmocka_unit_test(test_marked),        cmocka_unit_test(test_token_places),
        cmocka_unit_test(test_random_trees),  cmocka_unit_test(test_soup),
        cmocka_unit_test(test_long_queries),  cmocka_unit_test(test_limits),
        cmocka_unit_test(test_out_of_memory), cmocka_unit_test(test_dates),
        cmocka_unit_test(test_no_dates),      cmocka_unit_test(test_relative_dates),
    };
    return cmocka_run_group_tests_name("query_parse", tests, open_analyzer, close_analyzer);
}
