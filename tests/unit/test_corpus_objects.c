/*
 * test_corpus_objects.c - generated objects as lines, against what they are when Jansson reads them whole and the rules
 * of the fields are followed one after another.
 */
#include "tests/unit/test_corpus_support.h"

#include <jansson.h>

#include "base/civil.h"
#include "tests/unit/test_random.h"

#define LINES 4000

/* ---- generated lines --------------------------------------------------------------------------------------------- */

static const char *one_of(const char *const *list, size_t count)
{
    return list[random_below((uint32_t)count)];
}

#define ONE_OF(list) one_of(list, ARRAY_LEN(list))

static void put_blanks(struct buf *line)
{
    static const char *const blanks[] = {"", "", "", " ", "\t", " \r "};
    buf_append_str(line, ONE_OF(blanks));
}

static void put_string(struct buf *line)
{
    static const char *const pieces[] = {
        "a",    "Bão số 8",  " ",        "\\n",           "\\\"",    "\\\\",   "\\/",  "/",        "\\u1ea3",
        "\\t",  "\\u000a",   "\\b\\f",   "\\ud83d\\ude00", "\\r\\n", "\\u0007", "\x7f", "\xC2\x85", "\\u0000",
        "😀", "{[,:]}", "2020-07-20",
    };
    buf_append_char(line, '"');
    for (uint32_t n = random_below(5); n > 0; n--) {
        buf_append_str(line, ONE_OF(pieces));
    }
    buf_append_char(line, '"');
}

/* Those that Jansson writes as they are read. */
static void put_number(struct buf *line)
{
    static const char *const numbers[] = {"0",   "7",     "-3",    "216",     "9223372036854775807",
                                          "1.5", "-0.25", "1e100", "20200720"};
    buf_append_str(line, ONE_OF(numbers));
}

static void put_value(struct buf *line, uint32_t depth);

static void put_inner_object(struct buf *line, uint32_t depth)
{
    static const char *const names[] = {"\"a\"", "\"b\"", "\"title\"", "\"\\u0063\"", "\"\"", "\"lần\""};
    const uint32_t first = random_below(ARRAY_LEN(names));
    buf_append_char(line, '{');
    for (uint32_t n = random_below(4), i = 0; i < n; i++) {
        buf_append_str(line, i ? "," : "");
        put_blanks(line);
        buf_append_str(line, names[(first + i) % ARRAY_LEN(names)]);
        put_blanks(line);
        buf_append_char(line, ':');
        put_value(line, depth + 1);
    }
    buf_append_char(line, '}');
}

static void put_list(struct buf *line, uint32_t depth)
{
    const bool of_strings = random_below(3) > 0;
    buf_append_char(line, '[');
    for (uint32_t n = random_below(4), i = 0; i < n; i++) {
        buf_append_str(line, i ? "," : "");
        if (of_strings) {
            put_string(line);
        } else {
            put_value(line, depth + 1);
        }
    }
    put_blanks(line);
    buf_append_char(line, ']');
}

static void put_value(struct buf *line, uint32_t depth)
{
    static const char *const words[] = {"null", "true", "false"};
    const uint32_t kind = random_below(depth < 5 ? 12 : 8);
    put_blanks(line);
    if (kind < 5) {
        put_string(line);
    } else if (kind < 7) {
        put_number(line);
    } else if (kind < 8) {
        buf_append_str(line, ONE_OF(words));
    } else if (kind < 10) {
        put_list(line, depth);
    } else {
        put_inner_object(line, depth);
    }
    put_blanks(line);
}

static void put_line(struct buf *line)
{
    static const char *const names[] = {
        "id",   "url",      "title",   "date", "author", "source", "category", "section", "body", "text",      "body",
        "text", "title",    "body",    "text", "title",  "body",   "content",  "reads",   "key",  "\\u0069d", "tags",
        "",     "tags\\n", "lần", "n",    "a",      "b",      "ti\\u0074le",
    };
    buf_append_char(line, '{');
    for (uint32_t n = random_below(random_below(20) ? 20 : 100), i = 0; i < n; i++) {
        buf_append_str(line, i ? "," : "");
        put_blanks(line);
        buf_printf(line, "\"%s\"", ONE_OF(names));
        put_blanks(line);
        buf_append_char(line, ':');
        put_value(line, 0);
    }
    buf_append_str(line, "}");
    put_blanks(line);
    buf_append_char(line, '\n');
}

/* ---- what a line says -------------------------------------------------------------------------------------------- */

/* STRING with control characters as blanks, and any end of a line as a newline. */
static void put_clean(struct buf *out, const json_t *string)
{
    const char *p = json_string_value(string);
    const size_t n = json_string_length(string);
    for (size_t i = 0; i < n;) {
        uint32_t c;
        const size_t len = utf8_decode(p + i, n - i, &c);
        if (c == '\r') {
            buf_append_str(out, i + 1 < n && p[i + 1] == '\n' ? "" : "\n");
        } else if ((c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0)) {
            buf_append_char(out, ' ');
        } else {
            buf_append(out, p + i, len);
        }
        i += len;
    }
}

static bool is_blank(const struct buf *text)
{
    return strspn(buf_str(text), " \t\r\n") == text->len;
}

/* The texts of LIST that are not blank; false when there is something else in it. */
static bool put_list_text(struct buf *out, const json_t *list, const char *between)
{
    struct buf item;
    bool fine = true;
    buf_init(&item, 1 << 16);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *value = json_array_get(list, i);
        fine = fine && (json_is_string(value) || json_is_null(value));
        buf_clear(&item);
        put_clean(&item, value);
        if (!is_blank(&item)) {
            buf_append_str(out, out->len ? between : "");
            buf_append_str(out, buf_str(&item));
        }
    }
    buf_free(&item);
    return fine;
}

/* The text of VALUE for a field, in OUT; false when it has none. */
static bool put_text(struct buf *out, const json_t *value, const char *between)
{
    buf_clear(out);
    buf_append_str(out, "");
    if (json_is_number(value)) {
        char *digits = json_dumps(value, JSON_ENCODE_ANY);
        buf_append_str(out, digits);
        free(digits);
        return true;
    }
    if (json_is_string(value)) {
        put_clean(out, value);
        return true;
    }
    return between && json_is_array(value) && put_list_text(out, value, between);
}

/*
 * Moves the field that has the NAMES, of which the first with a text counts, out of OBJECT into OUT. False when it
 * MUST_BE_TEXT and is none.
 */
static bool take_field(json_t *object, const char *const *names, const char *between, bool must_be_text,
                       struct buf *out)
{
    buf_clear(out);
    for (; *names && is_blank(out); names++) {
        struct civil date;
        json_t *value = json_object_get(object, *names);
        const bool has_text = value && put_text(out, value, between);
        if (!has_text) {
            buf_clear(out);
            if (must_be_text && value && !json_is_null(value)) {
                return false;
            }
        }
        if (has_text && strcmp(*names, "date") == 0 && !is_blank(out) &&
            !civil_parse_record(out->data, out->len, &date)) {
            buf_clear(out);
        } else if (value && (has_text || json_is_null(value))) {
            json_object_del(object, *names);
        }
    }
    return true;
}

struct field {
    const char *label; /* in a harvest */
    const char *names[4];
    const char *between;
};
static const struct field FIELDS[] = {
    {" title=", {"title"}, NULL},   {" author=", {"author"}, ", "}, {" date=", {"date"}, NULL},
    {" source=", {"source"}, NULL}, {" section=", {"category", "section"}, ", "},
    {" url=", {"url"}, NULL},       {" id=", {"id"}, NULL},         {" \n|=", {"body", "content", "text"}, "\n\n"},
};
enum { TITLE = 0, URL = 5, ID = 6, BODY = 7 };

static void put_reads_and_extra(json_t *object, const struct buf *key, struct buf *out)
{
    const json_t *reads = json_object_get(object, "reads");
    if (json_is_integer(reads) && json_integer_value(reads) >= 0) {
        buf_printf(out, " reads=%lld", (long long)json_integer_value(reads));
        json_object_del(object, "reads");
    }
    const json_t *said = json_object_get(object, "key");
    if (json_is_string(said) && json_string_length(said) == key->len &&
        memcmp(json_string_value(said), buf_str(key), key->len) == 0) {
        json_object_del(object, "key");
    }
    if (json_object_size(object) > 0) {
        char *extra = json_dumps(object, JSON_COMPACT);
        buf_printf(out, " extra=%s", extra);
        free(extra);
    }
}

/* What line NUMBER, which is OBJECT, should give. */
static void put_expected(json_t *object, size_t number, size_t offset, struct buf *out)
{
    struct buf text[ARRAY_LEN(FIELDS)], key;
    bool fine = true;
    buf_init(&key, 1 << 16);
    for (size_t i = 0; i < ARRAY_LEN(FIELDS); i++) {
        buf_init(&text[i], 1 << 16);
        fine = take_field(object, FIELDS[i].names, FIELDS[i].between, i == TITLE || i == BODY, &text[i]) && fine;
    }
    if (!fine || (is_blank(&text[TITLE]) && is_blank(&text[BODY]))) {
        buf_printf(out, "reject %zu @%zu parse\n", number, offset);
    } else {
        const size_t of_key = is_blank(&text[URL]) ? ID : URL;
        is_blank(&text[of_key]) ? buf_printf(&key, "in#%zu", number) : buf_append_str(&key, text[of_key].data);
        buf_printf(out, "record %zu key=%s", number, buf_str(&key));
        for (size_t i = 0; i < BODY; i++) {
            buf_append_str(out, is_blank(&text[i]) ? "" : FIELDS[i].label);
            buf_append_str(out, is_blank(&text[i]) ? "" : text[i].data);
        }
        put_reads_and_extra(object, &key, out);
        buf_append_str(out, is_blank(&text[BODY]) ? "" : FIELDS[BODY].label);
        buf_append_str(out, is_blank(&text[BODY]) ? "" : text[BODY].data);
        buf_append_char(out, '\n');
    }
    for (size_t i = 0; i < ARRAY_LEN(FIELDS); i++) {
        buf_free(&text[i]);
    }
    buf_free(&key);
}

/* ---- both -------------------------------------------------------------------------------------------------------- */

/* LINES as a file give EXPECTED; else the first record that differs is shown. */
static void assert_gives_records(const struct buf *lines, const char *expected)
{
    write_file("in", lines->data, lines->len);
    struct harvest h = harvest_one("in", (struct corpus_options){0});
    const char *got = buf_str(&h.text);
    size_t i = 0, start = 0;
    for (; got[i] && got[i] == expected[i]; i++) {
        start = strncmp(got + i, "\nrecord ", 8) == 0 ? i + 1 : start;
    }
    if (got[i] != expected[i]) {
        fail_msg("got %.600s\nexpected %.600s", got + start, expected + start);
    }
    buf_free(&h.text);
}

static void records_are_what_the_objects_say(void **state)
{
    (void)state;
    struct buf lines, expected;
    buf_init(&lines, 1 << 26);
    buf_init(&expected, 1 << 26);
    for (size_t number = 1; number <= LINES; number++) {
        const size_t offset = lines.len;
        json_error_t problem;
        put_line(&lines);
        json_t *object = json_loadb(lines.data + offset, lines.len - offset, JSON_ALLOW_NUL, &problem);
        if (!object) {
            fail_msg("%s: %s", problem.text, lines.data + offset);
        }
        put_expected(object, number, offset, &expected);
        json_decref(object);
    }
    assert_false(buf_failed(&lines) || buf_failed(&expected));
    assert_gives_records(&lines, buf_str(&expected));
    buf_free(&lines);
    buf_free(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_what_the_objects_say),
    };
    return cmocka_run_group_tests(tests, enter_scratch, leave_scratch);
}
