/*
 * test_corpus_jsonl.c - JSON lines: hand-written lines, damaged ones, and generated ones against what they were made
 * of.
 */
#include "tests/unit/test_corpus_support.h"

#include "base/yajl_memory.h"

static void reads_every_field(void **state)
{
    (void)state;
    assert_gives(
        "{\"id\":\"7\",\"url\":\"http://a.example/1\",\"title\":\"Bão số 8\",\"date\":\"2020-07-20\","
        "\"author\":\"Thanh Thủy\",\"source\":\"Báo Mẫu\",\"category\":\"Thời sự\",\"body\":\"Một.\\nHai.\"}\n",
        "record 1 key=http://a.example/1 title=Bão số 8 author=Thanh Thủy date=2020-07-20 source=Báo Mẫu "
        "section=Thời sự url=http://a.example/1 id=7 \n|=Một.\nHai.\n");
}

static void keys_in_any_order_and_by_other_names(void **state)
{
    (void)state;
    assert_gives("{\"text\":\"thân\",\"section\":\"Mục\",\"title\":\"T\",\"id\":12}\r\n"
                 "{\"content\":\"thân\",\"title\":\"U\"}\n"
                 "{\"category\":\"A\",\"section\":\"B\",\"title\":\"V\"}\n",
                 "record 1 key=12 title=T section=Mục id=12 \n|=thân\n"
                 "record 2 key=in#2 title=U \n|=thân\n"
                 "record 3 key=in#3 title=V section=A extra={\"section\":\"B\"}\n");
}

static void other_keys_are_kept(void **state)
{
    (void)state;
    assert_gives("{\"title\":\"T\",\"tags\":[\"a\",{\"b\":1.5}],\"photo\":{\"w\":3},\"reads\":216,\"summary\":\"S\"}\n"
                 "{\"title\":\"T\",\"author\":[\"A\",7],\"reads\":-3,\"n\":null,\"nul\":\"x\\u0000y\"}\n",
                 "record 1 key=in#1 title=T reads=216 extra={\"tags\":[\"a\",{\"b\":1.5}],\"photo\":{\"w\":3},"
                 "\"summary\":\"S\"}\n"
                 "record 2 key=in#2 title=T extra={\"author\":[\"A\",7],\"reads\":-3,\"n\":null,"
                 "\"nul\":\"x\\u0000y\"}\n");
}

/* A date that means nothing here may mean something to somebody else. */
static void an_unreadable_date_is_kept(void **state)
{
    (void)state;
    assert_gives("{\"title\":\"T\",\"date\":\"31/02/2020\"}\n"
                 "{\"title\":\"T\",\"date\":1595203200}\n"
                 "{\"title\":\"T\",\"date\":\" \"}\n",
                 "record 1 key=in#1 title=T extra={\"date\":\"31/02/2020\"}\n"
                 "record 2 key=in#2 title=T extra={\"date\":1595203200}\n"
                 "record 3 key=in#3 title=T\n");
}

static void a_short_date_is_read(void **state)
{
    (void)state;
    assert_gives("{\"title\":\"T\",\"date\":\"06/05/24\"}\n"
                 "{\"title\":\"T\",\"date\":20240506}\n"
                 "{\"title\":\"T\",\"date\":\"05/24/06\"}\n",
                 "record 1 key=in#1 title=T date=06/05/24\n"
                 "record 2 key=in#2 title=T date=20240506\n"
                 "record 3 key=in#3 title=T extra={\"date\":\"05/24/06\"}\n");
}

static void several_values_are_joined(void **state)
{
    (void)state;
    assert_gives("{\"title\":\"T\",\"author\":[\"An\",\"Bảo\"],\"category\":[\"X\"],"
                 "\"body\":[\"m\",\"\",\"n\\u0007\"]}\n"
                 "{\"title\":\"T\",\"body\":[],\"text\":[\"a\"]}\n"
                 "{\"title\":\"T\",\"author\":[\" \",\"An\",null],"
                 "\"body\":[null,\"\",\"\\n\",\"m\",null,\"n\",\"\\u0007\"]}\n"
                 "{\"title\":\"T\",\"author\":[],\"body\":[null,\" \"]}\n",
                 "record 1 key=in#1 title=T author=An, Bảo section=X \n|=m\n\nn \n"
                 "record 2 key=in#2 title=T \n|=a\n"
                 "record 3 key=in#3 title=T author=An \n|=m\n\nn\n"
                 "record 4 key=in#4 title=T\n");
}

static void null_and_blank_are_missing(void **state)
{
    (void)state;
    assert_gives("{\"id\":null,\"url\":\"\",\"title\":\" \",\"date\":null,\"body\":\"b\"}\n"
                 "{\"title\":null,\"body\":\"\"}\n",
                 "record 1 key=in#1 \n|=b\nreject 2 @56 parse\n");
}

static void a_bad_line_costs_one_line(void **state)
{
    (void)state;
    assert_gives("{\"title\":\"1\"}\n"
                 "{\"title\":\"2\n"
                 "[1]\n"
                 "nonsense\n"
                 "{\"title\":\"5\"} {\"title\":\"6\"}\n"
                 "\n"
                 "{\"author\":\"7\"}\n"
                 "{\"title\":\"\\ud80\"}\n"
                 "{\"title\":\"9\"}",
                 "record 1 key=in#1 title=1\n"
                 "reject 2 @14 parse\nreject 3 @26 parse\nreject 4 @30 parse\nreject 5 @39 parse\n"
                 "reject 7 @68 parse\nreject 8 @83 parse\n"
                 "record 9 key=in#9 title=9\n");
}

/* The reason says what is wrong, and where. */
static void assert_refused(const char *line, const char *reason)
{
    write_text("in", line);
    struct harvest h = harvest_one("in", (struct corpus_options){.format = CORPUS_JSONL});
    assert_int_equal(h.records, 0);
    assert_int_equal(h.rejects, 1);
    assert_string_equal(h.last_reason, reason);
    buf_free(&h.text);
}

static void a_reason_says_what_and_where(void **state)
{
    (void)state;
    assert_refused("{\"title\":\"không đóng", "premature end of input (column 20)");
    assert_refused("{\"title\":\"a\"", "premature end of input (column 12)");
    assert_refused("{\"title\":\"a\",\"n\":12", "premature end of input (column 19)");
    assert_refused("[1]", "not an object (column 1)");
    assert_refused("\"a\"", "not an object (column 3)");
    assert_refused("{\"title\":\"a\"} \"b", "something behind the object (column 13)");
    assert_refused("{\"title\":\"a\"}]", "something behind the object (column 13)");
    assert_refused("{\"title\":\"Bão\",}", "parse error: invalid object key (must be a string) (column 16)");
    assert_refused("{\"title\":'a'}", "lexical error: invalid char in json text (column 10)");
    assert_refused("{\"title\":\"a\\x\"}",
                   "lexical error: inside a string, '\\' occurs before a character which it may not (column 12)");
    assert_refused("{\"a\\u0000b\":1}", "a key with a NUL in it (column 11)");
    assert_refused("{\"author\":\"a\"}\n", "the record has neither title nor body");
}

/* What else stands for the text of an article would be kept, but never found. */
static void a_text_that_is_none_is_refused(void **state)
{
    (void)state;
    assert_refused("{\"title\":\"T\",\"body\":{\"t\":\"nội dung\"}}", "\"body\" must be text or a list of texts");
    assert_refused("{\"title\":\"T\",\"body\":[\"a\",[\"b\"]]}", "\"body\" must be text or a list of texts");
    assert_refused("{\"title\":\"T\",\"body\":[7]}", "\"body\" must be text or a list of texts");
    assert_refused("{\"title\":\"T\",\"body\":true}", "\"body\" must be text or a list of texts");
    assert_refused("{\"title\":\"T\",\"body\":null,\"content\":{}}", "\"content\" must be text or a list of texts");
    assert_refused("{\"title\":[\"T\"],\"body\":\"a\"}", "\"title\" must be text");
    assert_gives("{\"title\":7,\"body\":1.50,\"content\":{\"t\":\"a\"}}\n",
                 "record 1 key=in#1 title=7 extra={\"content\":{\"t\":\"a\"}} \n|=1.50\n");
}

static void a_truncated_last_line_is_tried(void **state)
{
    (void)state;
    assert_gives("{\"title\":\"1\"}\n{\"title\":\"2\",\"bo", "record 1 key=in#1 title=1\nreject 2 @14 parse\n");
    assert_gives("{", "reject 1 @0 parse\n");
}

static void control_characters_become_blanks(void **state)
{
    (void)state;
    /* Escaped ones, raw ones, which JSON forbids, and C1 ones. */
    assert_gives("{\"title\":\"a\\u0000b\\u0007c\\u0085d\",\"body\":\"e\\tf\\r\\ng\\u007f\"}\n"
                 "{\"title\":\"a\tb\x01"
                 "c\"}\n",
                 "record 1 key=in#1 title=a b c d \n|=e\tf\ng \n"
                 "record 2 key=in#2 title=a b c\n");
    static const char nul[] = "{\"title\":\"a\"}\n{\"title\":\"b\0c\"}\n";
    assert_gives_bytes(nul, sizeof nul - 1, "record 1 key=in#1 title=a\nrecord 2 key=in#2 title=b c\n");
    assert_gives("{\"title\":\"a\rb\"}\n", "record 1 key=in#1 title=a b\n");
    /* Between values, and alone in a line. */
    assert_gives("{\"title\":\"A long title, so that the file is text.\"}\n{\"title\":\f\"b\"}\v\n\x01\n",
                 "record 1 key=in#1 title=A long title, so that the file is text.\n"
                 "record 2 key=in#2 title=b\nreject 3 @68 parse\n");
}

static void encodings_are_found_line_by_line(void **state)
{
    (void)state;
    assert_gives("\xEF\xBB\xBF{\"title\":\"Thủy\"}\n"
                 "{\"title\":\"Ti\xEA\xECng Vi\xEA\xF2t\",\"body\":\"kh\xF4ng c\xF3 gi\xCC\"}\n"
                 "{\"title\":\"Th\xE1\xBB\xA7y, H\xE0 N\xE1\xBB\x99i v\xC3\xA0 \xE1\xBB y\"}\n",
                 "record 1 key=in#1 title=Thủy\n"
                 "record 2 key=in#2 title=Tiê\xCC\x81ng Viê\xCC\xA3t enc=windows-1258 \n|=không có gi\xCC\x80\n"
                 "reject 3 @69 encoding\n");
}

/* Half a character has no meaning: what stands around it has. */
static void lone_surrogates_are_replaced(void **state)
{
    (void)state;
    assert_gives("{\"title\":\"a\\ud83d\"}\n"
                 "{\"title\":\"a\\uDE00b\"}\n"
                 "{\"title\":\"a\\ud83d\\u0041\"}\n"
                 "{\"title\":\"\\ud83d\\uD83D\\ude00\\ude00\"}\n"
                 "{\"title\":\"t\",\"\\uDFFF\":\"\\ud800x\"}\n"
                 "{\"title\":\"\\\\ud83d \\uD7FF\\ue000 \\\\\\uDaff\"}\n",
                 "record 1 key=in#1 title=a\uFFFD\n"
                 "record 2 key=in#2 title=a\uFFFDb\n"
                 "record 3 key=in#3 title=a\uFFFDA\n"
                 "record 4 key=in#4 title=\uFFFD\U0001F600\uFFFD\n"
                 "record 5 key=in#5 title=t extra={\"\uFFFD\":\"\uFFFDx\"}\n"
                 "record 6 key=in#6 title=\\ud83d \xED\x9F\xBF\xEE\x80\x80 \\\uFFFD\n");
    assert_gives("{\"title\":\"\\ud8", "reject 1 @0 parse\n");
}

/* Numbers stay as they were written; those that are too large for most programs are kept as text. */
static void numbers_keep_their_digits(void **state)
{
    (void)state;
    assert_gives("{\"title\":\"T\",\"n\":[1.10,-0,0.1,1E+2,9223372036854775807,-9223372036854775808,1e-400]}\n"
                 "{\"title\":\"T\",\"n\":[9223372036854775808,-1e400,1E400],\"reads\":18446744073709551616}\n"
                 "{\"title\":12345678901234567890123,\"id\":1.0,\"source\":-7}\n",
                 "record 1 key=in#1 title=T extra={\"n\":[1.10,-0,0.1,1E+2,9223372036854775807,-9223372036854775808,"
                 "1e-400]}\n"
                 "record 2 key=in#2 title=T extra={\"n\":[\"9223372036854775808\",\"-1e400\",\"1E400\"],"
                 "\"reads\":\"18446744073709551616\"}\n"
                 "record 3 key=1.0 title=12345678901234567890123 source=-7 id=1.0\n");
}

/* Those inside of other values are for whoever reads these. */
static void of_a_key_that_comes_twice_the_last_counts(void **state)
{
    (void)state;
    assert_gives("{\"title\":\"a\",\"x\":1,\"y\":[2],\"title\":\"b\",\"x\":{\"z\":3},\"x\":\"l\\u1ea7n 3\"}\n"
                 "{\"title\":\"a\",\"n\":0,\"title\":\"b\",\"body\":[\"a\"],\"body\":\"c\"}\n"
                 "{\"body\":1,\"body\":null,\"text\":\"t\",\"\\u0074ext\":[\"u\",\"v\"]}\n"
                 "{\"reads\":1,\"title\":\"T\",\"reads\":\"many\"}\n"
                 "{\"title\":\"T\",\"in\":{\"x\":1,\"x\":2}}\n",
                 "record 1 key=in#1 title=b extra={\"x\":\"lần 3\",\"y\":[2]}\n"
                 "record 2 key=in#2 title=b extra={\"n\":0} \n|=c\n"
                 "record 3 key=in#3 \n|=u\n\nv\n"
                 "record 4 key=in#4 title=T extra={\"reads\":\"many\"}\n"
                 "record 5 key=in#5 title=T extra={\"in\":{\"x\":1,\"x\":2}}\n");
}

/* How deep an object may be, itself counted. */
static void nesting_has_an_end(void **state)
{
    (void)state;
    for (int depth = 126; depth <= 128; depth++) {
        struct buf line, expected;
        buf_init(&line, 4096);
        buf_init(&expected, 4096);
        buf_append_str(&line, "{\"title\":\"x\",\"deep\":");
        buf_append_str(&expected, "record 1 key=in#1 title=x extra={\"deep\":");
        for (struct buf *b = &line; b; b = b == &line ? &expected : NULL) {
            for (int i = 1; i < depth; i++) {
                buf_append_str(b, i % 2 ? "[" : "{\"a\":");
            }
            buf_append_str(b, "0");
            for (int i = depth - 1; i > 0; i--) {
                buf_append_str(b, i % 2 ? "]" : "}");
            }
            buf_append_str(b, "}\n");
        }
        assert_gives(buf_str(&line), depth < 128 ? buf_str(&expected) : "reject 1 @0 parse\n");
        buf_free(&line);
        buf_free(&expected);
    }
}

static void deep_nesting_is_refused(void **state)
{
    (void)state;
    struct buf line;
    buf_init(&line, (size_t)1 << 24);
    buf_append_str(&line, "{\"title\":\"x\",\"deep\":");
    for (int i = 0; i < 1000000; i++) {
        buf_append_char(&line, '[');
    }
    assert_refused(buf_str(&line), "nested too deeply (column 147)");
    buf_append_str(&line, "\n{\"title\":\"y\"}\n");
    assert_gives_bytes(line.data, line.len, "reject 1 @0 parse\nrecord 2 key=in#2 title=y\n");
    buf_free(&line);
}

static void a_huge_line_costs_one_line(void **state)
{
    (void)state;
    struct buf lines;
    buf_init(&lines, (size_t)80 << 20);
    buf_append_str(&lines, "{\"title\":\"a\"}\n{\"title\":\"");
    char *room = buf_reserve(&lines, (size_t)65 << 20);
    assert_non_null(room);
    memset(room, 'x', (size_t)65 << 20);
    lines.len += (size_t)65 << 20;
    buf_append_str(&lines, "\"}\n{\"title\":\"c\"}\n");
    assert_gives_bytes(lines.data, lines.len,
                       "record 1 key=in#1 title=a\nreject 2 @14 parse\nrecord 3 key=in#3 title=c\n");
    /* The same at the end of the file. */
    lines.len -= strlen("\"}\n{\"title\":\"c\"}\n");
    assert_gives_bytes(lines.data, lines.len, "record 1 key=in#1 title=a\nreject 2 @14 parse\n");
    buf_free(&lines);
}

static void the_ceiling_is_exact(void **state)
{
    (void)state;
    write_text("in", "{\"title\":\"1234\"}\n{\"title\":\"12345\"}\n{\"title\":\"123\"}\n");
    struct harvest h = harvest_one("in", (struct corpus_options){.record_ceiling = strlen("{\"title\":\"1234\"}")});
    assert_string_equal(buf_str(&h.text),
                        "record 1 key=in#1 title=1234\nreject 2 @17 parse\nrecord 3 key=in#3 title=123\n");
    buf_free(&h.text);
}

/* Many batches: every line comes out once, with its number, and rejects lie where a search for them says. */
static void lines_keep_their_numbers_across_batches(void **state)
{
    (void)state;
    struct buf lines, expected;
    uint64_t seed = 20200720;
    buf_init(&lines, (size_t)64 << 20);
    buf_init(&expected, (size_t)64 << 20);
    for (unsigned i = 1; i <= 30000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
        const unsigned pad = (unsigned)(seed >> 33) % ((i % 1000) ? 300 : 300000);
        if (i % 7 == 3) {
            buf_printf(&expected, "reject %u @%zu parse\n", i, lines.len);
            buf_printf(&lines, "{\"title\":%u%*s\n", i, (int)pad, "");
        } else if (i % 11 == 5) {
            buf_append_char(&lines, '\n');
        } else {
            buf_printf(&lines, "{\"title\":\"đ%u\"%*s}\n", i, (int)pad, "");
            buf_printf(&expected, "record %u key=in#%u title=đ%u\n", i, i, i);
        }
    }
    assert_false(buf_failed(&lines));
    assert_true(lines.len > 5u << 20);
    assert_gives_bytes(lines.data, lines.len, buf_str(&expected));
    buf_free(&lines);
    buf_free(&expected);
}

/* Lines small and large, and values that live on when the line after them is read or refused. */
static void lines_of_any_size_stand_together(void **state)
{
    (void)state;
    struct buf lines, expected;
    buf_init(&lines, (size_t)1 << 26);
    buf_init(&expected, (size_t)1 << 26);
    for (unsigned i = 1; i <= 40; i++) {
        const size_t n = (size_t)i * 997 << i % 6;
        buf_printf(&lines, "{\"body\":\"");
        buf_printf(&expected, "record %u key=in#%u extra={\"n\":[%u,\"x\"]} \n|=", i, i, i);
        for (size_t k = 0; k < n; k++) {
            const char c = (char)('a' + (k + i) % 26);
            buf_append_char(&lines, c);
            buf_append_char(&expected, c);
        }
        buf_printf(&lines, "\",\"n\":[%u,\"x\"]}\n", i);
        buf_append_char(&expected, '\n');
    }
    assert_false(buf_failed(&lines) || buf_failed(&expected));
    assert_gives_bytes(lines.data, lines.len, buf_str(&expected));
    buf_free(&lines);
    buf_free(&expected);
}

/* Sizes around those to which yajl's buffers grow: a string with escapes, and one after it that the end cuts. */
static void strings_with_escapes_have_any_size(void **state)
{
    (void)state;
    struct buf line, expected;
    buf_init(&line, (size_t)1 << 20);
    buf_init(&expected, (size_t)1 << 20);
    for (size_t power = 1 << 10; power <= 1 << 16; power *= 2) {
        for (size_t n = power - 4; n <= power + 4; n++) {
            buf_clear(&line);
            buf_clear(&expected);
            buf_printf(&line, "{\"body\":\"\\t%0*d\\t\"}", (int)n, 7);
            buf_printf(&expected, "record 1 key=in#1 \n|=\t%0*d\t\n", (int)n, 7);
            assert_gives(buf_str(&line), buf_str(&expected));
            line.len--;
            buf_printf(&line, ",\"title\":\"\\n%0*d", (int)n, 7);
            assert_gives(buf_str(&line), "reject 1 @0 parse\n");
        }
    }
    buf_free(&line);
    buf_free(&expected);
}

static void blocks_grow_in_place_or_move(void **state)
{
    (void)state;
    struct yajl_memory memory = {0};
    assert_true(yajl_memory_begin(&memory, 1000));
    const yajl_alloc_funcs f = yajl_memory_functions(&memory);
    char *first = f.malloc(f.ctx, 3);
    memcpy(first, "abc", 3);
    char *second = f.realloc(f.ctx, NULL, 10);
    assert_true(second >= first + 3);
    assert_int_equal((uintptr_t)second % sizeof(max_align_t), (uintptr_t)first % sizeof(max_align_t));
    assert_ptr_equal(f.realloc(f.ctx, second, 5000), second);
    char *moved = f.realloc(f.ctx, first, 6);
    assert_true(moved >= second + 5000);
    assert_memory_equal(moved, "abc", 3);
    f.free(f.ctx, moved);
    mem_fail_at(1, false);
    assert_true(yajl_memory_begin(&memory, 1000));
    assert_false(yajl_memory_begin(&memory, 1001));
    mem_fail_at(0, false);
    assert_true(yajl_memory_begin(&memory, 1));
    yajl_memory_free(&memory);
}

static void json_that_is_no_lines_is_one_reject(void **state)
{
    (void)state;
    assert_gives("[\n{\"title\":\"a\"},\n{\"title\":\"b\"}]\n", "reject 0 @0 format\n");
    assert_gives("{\n  \"title\": \"a\"\n}\n", "reject 0 @0 format\n");
    static const char utf16[] = "\xFF\xFE{\0\"\0}\0";
    assert_gives_bytes(utf16, sizeof utf16 - 1, "reject 0 @0 format\n");
    /* A text may begin with a bracket or a brace. */
    assert_gives("[Ảnh] Cầu mới.\nHôm nay, cầu đã thông xe.\n",
                 "record 1 key=in#1 \n|=[Ảnh] Cầu mới.\nHôm nay, cầu đã thông xe.\n");
    assert_gives("{sic} không phải JSON.\n", "record 1 key=in#1 \n|={sic} không phải JSON.\n");
}

static void no_memory_at_any_place(void **state)
{
    (void)state;
    write_text("in",
               "{\"title\":\"a\",\"x\":1}\n{\"title\":\"b\\u0001\",\"body\":\"c\"}\n{\"title\":\"\xD0\xF4i\"}\n{bad\n"
               "{\"title\":\"d\\n\",\"1\":1,\"2\":[2],\"3\":{},\"4\":4,\"5\":5,\"6\":6,\"7\":7,\"8\":8,\"9\":9,"
               "\"10\":0,\"11\":1,\"12\":2,\"13\":3,\"14\":4,\"15\":5,\"16\":6,\"17\":7}\n");
    const char *path = "in";
    enum trabao_status status = TRABAO_NO_MEMORY;
    size_t failures = 0;
    for (uint64_t k = 1; status != TRABAO_OK; k++) {
        struct harvest h = {0};
        struct trabao_error err = {0};
        mem_fail_at(k, false);
        status = harvest_paths(&path, 1, (struct corpus_options){0}, &h, &err);
        mem_fail_at(0, false);
        if (status != TRABAO_OK) {
            assert_int_equal(status, TRABAO_NO_MEMORY);
            failures++;
        } else {
            assert_int_equal(h.records, 4);
            assert_int_equal(h.rejects, 1);
        }
        buf_free(&h.text);
    }
    assert_true(failures > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(keys_in_any_order_and_by_other_names),
        cmocka_unit_test(other_keys_are_kept),
        cmocka_unit_test(an_unreadable_date_is_kept),
        cmocka_unit_test(a_short_date_is_read),
        cmocka_unit_test(several_values_are_joined),
        cmocka_unit_test(null_and_blank_are_missing),
        cmocka_unit_test(a_bad_line_costs_one_line),
        cmocka_unit_test(a_reason_says_what_and_where),
        cmocka_unit_test(a_text_that_is_none_is_refused),
        cmocka_unit_test(a_truncated_last_line_is_tried),
        cmocka_unit_test(control_characters_become_blanks),
        cmocka_unit_test(encodings_are_found_line_by_line),
        cmocka_unit_test(lone_surrogates_are_replaced),
        cmocka_unit_test(numbers_keep_their_digits),
        cmocka_unit_test(of_a_key_that_comes_twice_the_last_counts),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(a_huge_line_costs_one_line),
        cmocka_unit_test(the_ceiling_is_exact),
        cmocka_unit_test(lines_keep_their_numbers_across_batches),
        cmocka_unit_test(lines_of_any_size_stand_together),
        cmocka_unit_test(strings_with_escapes_have_any_size),
        cmocka_unit_test(blocks_grow_in_place_or_move),
        cmocka_unit_test(json_that_is_no_lines_is_one_reject),
        cmocka_unit_test(no_memory_at_any_place),
    };
    return cmocka_run_group_tests(tests, enter_scratch, leave_scratch);
}
