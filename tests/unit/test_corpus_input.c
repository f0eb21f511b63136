/*
 * test_corpus_input.c - files, folders, links, standard input and compression: what is read, in which order, and what
 * becomes of what cannot be read.
 */
#include "tests/unit/test_corpus_support.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "corpus/walk.h"

#define LINE "{\"title\":\"đông\"}\n"

/* Writes BYTES compressed by one of libarchive's filters. */
static void write_packed(const char *path, int filter, const char *bytes, size_t n)
{
    struct archive *a = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, "data");
    archive_entry_set_filetype(entry, AE_IFREG);
    assert_int_equal(archive_write_set_format_raw(a), ARCHIVE_OK);
    assert_true(archive_write_add_filter(a, filter) >= ARCHIVE_WARN);
    assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
    assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
    assert_int_equal(archive_write_data(a, bytes, n), n);
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    archive_entry_free(entry);
    archive_write_free(a);
}

static const int filters[] = {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_BZIP2};

static size_t slurp(const char *path, char *out, size_t room)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t n = fread(out, 1, room, file);
    assert_true(n < room);
    fclose(file);
    return n;
}

static void every_compression_by_content(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        write_packed("misnamed.txt", filters[i], LINE LINE, 2 * strlen(LINE));
        struct harvest h = harvest_one("misnamed.txt", (struct corpus_options){0});
        assert_string_equal(buf_str(&h.text), "record 1 key=misnamed.txt#1 title=đông\n"
                                              "record 2 key=misnamed.txt#2 title=đông\n");
        assert_int_equal(h.done, h.total);
        buf_free(&h.text);
    }
}

/* Crawlers and split dumps put one compressed stream behind another. */
static void several_streams_in_one_file(void **state)
{
    static char packed[1 << 16];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        write_packed("one", filters[i], LINE, strlen(LINE));
        const size_t n = slurp("one", packed, sizeof packed / 2);
        memcpy(packed + n, packed, n);
        write_file("two", packed, 2 * n);
        struct harvest h = harvest_one("two", (struct corpus_options){0});
        assert_int_equal(h.records, 2);
        assert_int_equal(h.rejects, 0);
        buf_free(&h.text);
    }
}

/* Lines of random digits, so that they hardly shrink. */
static void make_lines(struct buf *out, unsigned count)
{
    uint64_t seed = 7;
    for (unsigned i = 0; i < count; i++) {
        buf_append_str(out, "{\"title\":\"");
        for (int j = 0; j < 20; j++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
            buf_printf(out, "%016llx", (unsigned long long)(seed ^ seed >> 29));
        }
        buf_append_str(out, "\"}\n");
    }
}

/* What lies before the cut comes out; the cut is one reject. */
static void a_stream_cut_short(void **state)
{
    static char packed[8 << 20];
    struct buf lines;
    (void)state;
    buf_init(&lines, (size_t)64 << 20);
    make_lines(&lines, 10000);
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        write_packed("whole", filters[i], lines.data, lines.len);
        const size_t n = slurp("whole", packed, sizeof packed);
        write_file("cut", packed, n / 4 * 3);
        struct harvest h = harvest_one("cut", (struct corpus_options){0});
        assert_int_equal(h.rejects, 1);
        assert_true(h.records < 7600);
        /* bzip2 and xz decode blocks as wholes, so nothing may be known of the last 900 kB (bzip2). */
        assert_true(h.records > (filters[i] == ARCHIVE_FILTER_BZIP2 ? 4000 : 7000));
        assert_non_null(strstr(buf_str(&h.text), " decompress\n"));
        buf_free(&h.text);
        write_file("cut", packed, 40);
        h = harvest_one("cut", (struct corpus_options){0});
        assert_int_equal(h.records, 0);
        assert_int_equal(h.rejects, 1);
        buf_free(&h.text);
    }
    buf_free(&lines);
}

static void damaged_streams_do_not_stop_the_walk(void **state)
{
    static char packed[1 << 20];
    struct buf lines;
    (void)state;
    assert_int_equal(mkdir("damaged", 0700), 0);
    buf_init(&lines, (size_t)64 << 20);
    make_lines(&lines, 500);
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        char path[32];
        write_packed("whole", filters[i], lines.data, lines.len);
        const size_t n = slurp("whole", packed, sizeof packed);
        for (size_t j = n / 2; j < n / 2 + 64; j++) {
            packed[j] = (char)(packed[j] ^ 0x5a);
        }
        snprintf(path, sizeof path, "damaged/%zu", i);
        write_file(path, packed, n);
    }
    write_text("damaged/z", LINE);
    struct harvest h = harvest_one("damaged", (struct corpus_options){0});
    assert_non_null(strstr(buf_str(&h.text), "key=damaged/z#1 title=đông"));
    assert_int_equal(h.files, ARRAY_LEN(filters) + 1);
    assert_true(h.rejects >= ARRAY_LEN(filters));
    buf_free(&h.text);
    buf_free(&lines);
}

static void a_bomb_is_refused(void **state)
{
    struct buf lines;
    (void)state;
    buf_init(&lines, (size_t)128 << 20);
    while (lines.len < (size_t)100 << 20) {
        buf_append_str(&lines, "{\"title\":\"a\",\"body\":\"                                                          "
                               "                                                                            \"}\n");
    }
    write_packed("bomb", ARCHIVE_FILTER_ZSTD, lines.data, lines.len);
    struct harvest h = {0};
    const char *path = "bomb";
    assert_int_equal(harvest_paths(&path, 1, (struct corpus_options){0}, &h, NULL), TRABAO_OK);
    assert_non_null(strstr(h.last_reason, "expands"));
    assert_int_equal(h.rejects, 1);
    assert_true(h.records < 1000000);
    buf_free(&h.text);
    buf_free(&lines);
}

static void folders_in_the_order_of_names(void **state)
{
    (void)state;
    assert_int_equal(mkdir("d", 0700) | mkdir("d/b", 0700) | mkdir("d/b/empty", 0700) | mkdir("d/.hidden", 0700), 0);
    write_text("d/c", LINE);
    write_text("d/a", LINE);
    write_text("d/b/2", LINE);
    write_text("d/b/10", LINE);
    write_text("d/.x", LINE);
    write_text("d/.hidden/x", LINE);
    struct harvest h = harvest_one("d//", (struct corpus_options){0});
    assert_string_equal(buf_str(&h.text), "record 1 key=d/a#1 title=đông\nrecord 1 key=d/b/10#1 title=đông\n"
                                          "record 1 key=d/b/2#1 title=đông\nrecord 1 key=d/c#1 title=đông\n");
    assert_int_equal(h.files, 4);
    assert_int_equal(h.total, 4 * strlen(LINE));
    assert_int_equal(h.done, h.total);
    buf_free(&h.text);
}

static void links_that_lead_in_circles(void **state)
{
    (void)state;
    assert_int_equal(mkdir("loop", 0700) | mkdir("loop/x", 0700) | mkdir("loop/y", 0700), 0);
    assert_int_equal(symlink(".", "loop/again") | symlink("../loop", "loop/up"), 0);
    assert_int_equal(symlink("../y", "loop/x/y") | symlink("../x", "loop/y/x") | symlink("itself", "loop/itself"), 0);
    write_text("loop/a", LINE);
    write_text("loop/y/b", LINE);
    assert_int_equal(symlink("loop", "link"), 0);
    struct harvest h = harvest_one("link", (struct corpus_options){0});
    assert_string_equal(buf_str(&h.text), "record 1 key=link/a#1 title=đông\n"
                                          "reject 0 @0 open\n"
                                          "record 1 key=link/x/y/b#1 title=đông\n"
                                          "record 1 key=link/y/b#1 title=đông\n");
    assert_int_equal(h.done, h.total);
    buf_free(&h.text);
}

/* Each of many folders with links to all of them: as many ways through them as there are orders. */
static void links_from_everywhere_to_everywhere(void **state)
{
    enum { FOLDERS = 12 };
    (void)state;
    assert_int_equal(mkdir("mesh", 0700), 0);
    for (int i = 0; i < FOLDERS; i++) {
        char path[32];
        snprintf(path, sizeof path, "mesh/%02d", i);
        assert_int_equal(mkdir(path, 0700), 0);
        for (int j = 0; j < FOLDERS; j++) {
            char target[32];
            snprintf(path, sizeof path, "mesh/%02d/%02d", i, j);
            snprintf(target, sizeof target, "../%02d", j);
            assert_int_equal(symlink(target, path), 0);
        }
        snprintf(path, sizeof path, "mesh/%02d/a", i);
        write_text(path, LINE);
    }
    struct harvest h = harvest_one("mesh", (struct corpus_options){0});
    assert_true(h.records >= FOLDERS && h.records <= 2 * FOLDERS);
    assert_int_equal(h.rejects, 0);
    buf_free(&h.text);
}

static void links_in_folders_are_followed(void **state)
{
    (void)state;
    assert_int_equal(mkdir("linked", 0700) | mkdir("elsewhere", 0700), 0);
    write_text("elsewhere/a", LINE);
    assert_int_equal(symlink("../elsewhere/a", "linked/1") | symlink("../elsewhere", "linked/2"), 0);
    struct harvest h = harvest_one("linked", (struct corpus_options){0});
    assert_string_equal(buf_str(&h.text), "record 1 key=linked/1#1 title=đông\n"
                                          "record 1 key=linked/2/a#1 title=đông\n");
    assert_int_equal(h.files, 2);
    assert_int_equal(h.total, 2 * strlen(LINE));
    buf_free(&h.text);
}

/* The one reject of the file or folder at PATH says REASON. */
static void assert_refused(const char *path, const char *reason)
{
    struct harvest h = harvest_one(path, (struct corpus_options){0});
    assert_int_equal(h.records, 0);
    assert_int_equal(h.rejects, 1);
    assert_int_equal(h.files, 1);
    assert_string_equal(h.last_reason, reason);
    buf_free(&h.text);
}

static void what_is_not_read_is_told_with_its_reason(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    (void)state;
    assert_int_equal(mkdir("dangling", 0700) | symlink("nowhere", "dangling/a"), 0);
    assert_refused("dangling", "the link leads nowhere: No such file or directory");
    assert_int_equal(mkdir("piped", 0700) | mkfifo("piped/a", 0600), 0);
    assert_refused("piped", "it is a pipe, a socket or a device: such are read only if named themselves");
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_refused("socket", "it cannot be opened or read: No such device or address");
    close(fd);
    assert_refused("/proc/self/mem", "it cannot be opened or read: Input/output error");
}

static void folders_nested_too_deeply(void **state)
{
    struct buf path;
    (void)state;
    buf_init(&path, 65536);
    buf_append_str(&path, "deep");
    for (int i = 0; i < 100; i++) {
        assert_int_equal(mkdir(buf_str(&path), 0700), 0);
        buf_append_str(&path, "/d");
    }
    write_text(buf_str(&path), LINE);
    struct harvest h = harvest_one("deep", (struct corpus_options){0});
    assert_string_equal(buf_str(&h.text), "reject 0 @0 open\n");
    buf_free(&h.text);
    buf_free(&path);
}

static void nothing_in_it(void **state)
{
    (void)state;
    assert_gives("", "reject 0 @0 empty\n");
    assert_gives("\n \r\n\t\n", "reject 0 @0 empty\n");
    assert_int_equal(mkdir("none", 0700), 0);
    struct harvest h = harvest_one("none", (struct corpus_options){0});
    assert_string_equal(buf_str(&h.text), "");
    assert_int_equal(h.files, 0);
    buf_free(&h.text);
    const struct corpus_options any = {0};
    assert_int_equal(harvest_paths(NULL, 0, any, &h, NULL), TRABAO_OK);
    buf_free(&h.text);
}

static void binary_files_are_one_reject(void **state)
{
    char bytes[9000];
    (void)state;
    uint64_t seed = 1;
    for (size_t i = 0; i < sizeof bytes; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
        bytes[i] = (char)(seed >> 40);
    }
    assert_gives_bytes(bytes, sizeof bytes, "reject 0 @0 format\n");
    memset(bytes, 0, sizeof bytes);
    assert_gives_bytes(bytes, sizeof bytes, "reject 0 @0 format\n");
    assert_gives_bytes("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16, "reject 0 @0 format\n");
    /* That of UTF-32 begins as UTF-16 does. */
    assert_gives_bytes("\xFF\xFE\0\0B\0\0\0\xE0\0\0\0i\0\0", 16, "reject 0 @0 format\n");
}

/* A table is refused by its heading; a page may begin with a list of words, one of which happens to be a key. */
static void tables_are_refused(void **state)
{
    static const char *const tables[] = {"id,url,title,body\n1,,Tin,Bài\n", "\xEF\xBB\xBF\"Title\";\"Body\"\r\na;b\r\n",
                                         "x\ttitle\tdate\n1\t2\t3\n", "date,source"};
    static const char *const pages[] = {"title, body\nBài", "Tin, title,ảnh\nBài", "body", "id|title\nBài",
                                        "date,\nurl;"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        assert_gives_bytes(tables[i], strlen(tables[i]), "reject 0 @0 format\n");
    }
    for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
        write_text("in", pages[i]);
        struct harvest h = harvest_one("in", (struct corpus_options){0});
        assert_int_equal(strncmp(buf_str(&h.text), "record 1", 8), 0);
        buf_free(&h.text);
    }
}

static void names_that_do_not_exist(void **state)
{
    const char *const paths[] = {"in", "no/such"};
    struct harvest h = {0};
    struct trabao_error err = {0};
    (void)state;
    write_text("in", LINE);
    assert_int_equal(harvest_paths(paths, 2, (struct corpus_options){0}, &h, &err), TRABAO_NO_INPUT);
    assert_non_null(strstr(err.message, "no/such"));
    buf_free(&h.text);
}

static void files_closed_to_us(void **state)
{
    (void)state;
    if (geteuid() == 0) {
        print_message("root may read everything\n");
        skip();
    }
    assert_int_equal(mkdir("closed", 0700) | mkdir("closed/folder", 0700), 0);
    write_text("closed/a", LINE);
    write_text("closed/b", LINE);
    assert_int_equal(chmod("closed/a", 0) | chmod("closed/folder", 0), 0);
    struct harvest h = harvest_one("closed", (struct corpus_options){0});
    assert_string_equal(buf_str(&h.text), "reject 0 @0 open\nrecord 1 key=closed/b#1 title=đông\nreject 0 @0 open\n");
    buf_free(&h.text);
    const char *path = "closed/a";
    assert_int_equal(harvest_paths(&path, 1, (struct corpus_options){0}, &h, NULL), TRABAO_NO_INPUT);
    buf_free(&h.text);
    assert_int_equal(unlink("closed/b"), 0);
    assert_int_equal(rmdir("closed/folder") | mkdir("kept", 0700) | mkdir("kept/folder", 0), 0);
    assert_refused("closed", "it cannot be opened or read: Permission denied; let the user who indexes read it");
    assert_refused("kept", "the folder cannot be listed: Permission denied");
    assert_int_equal(chmod("kept/folder", 0700), 0);
}

static void a_name_that_is_no_text(void **state)
{
    (void)state;
    write_text("a\xFF\x01%z", "Một câu.");
    struct harvest h = harvest_one("a\xFF\x01%z", (struct corpus_options){0});
    assert_string_equal(buf_str(&h.text), "record 1 key=a%FF%01%z#1 \n|=Một câu.\n");
    buf_free(&h.text);
}

static void standard_input(void **state)
{
    (void)state;
    write_packed("packed", ARCHIVE_FILTER_GZIP, LINE LINE, 2 * strlen(LINE));
    const int kept = dup(STDIN_FILENO);
    const int file = open("packed", O_RDONLY);
    assert_true(kept >= 0 && file >= 0 && dup2(file, STDIN_FILENO) == STDIN_FILENO);
    struct harvest h = harvest_one("-", (struct corpus_options){0});
    assert_string_equal(buf_str(&h.text), "record 1 key=-#1 title=đông\nrecord 2 key=-#2 title=đông\n");
    assert_int_equal(h.total, 0);
    buf_free(&h.text);
    assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
    close(kept);
    close(file);
}

static void formats_by_name(void **state)
{
    enum corpus_format format = CORPUS_AUTO;
    struct harvest h = {0};
    struct trabao_error err = {0};
    const char *path = "in";
    (void)state;
    write_text("in", LINE);
    assert_true(corpus_format_from_name("jsonl", &format) && format == CORPUS_JSONL);
    assert_true(corpus_format_from_name("auto", &format) && format == CORPUS_AUTO);
    assert_false(corpus_format_from_name("pdf", &format));
    for (format = CORPUS_HTML; format <= CORPUS_WARC; format++) {
        assert_int_equal(harvest_paths(&path, 1, (struct corpus_options){.format = format}, &h, &err), TRABAO_USAGE);
        assert_non_null(strstr(err.message, "cannot read"));
        buf_free(&h.text);
    }
}

/* A page beyond the ceiling, and lines beyond one smaller than a batch, as a caller can set it. */
static void a_page_that_is_too_large(void **state)
{
    (void)state;
    write_text("in", "Một câu rất dài.");
    struct harvest h = harvest_one("in", (struct corpus_options){.record_ceiling = 8});
    assert_string_equal(buf_str(&h.text), "reject 1 @0 parse\n");
    buf_free(&h.text);
}

/* A folder of many names: order against qsort of the same names. */
static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void many_names(void **state)
{
    static char names[3000][16];
    struct walk *walk;
    struct walk_file file;
    const char *path = "many";
    (void)state;
    assert_int_equal(mkdir("many", 0700), 0);
    for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
        char full[32];
        snprintf(full, sizeof full, "many/%u", i * 2654435761U);
        snprintf(names[i], sizeof names[i], "%.15s", full + strlen("many/"));
        write_text(full, "x");
    }
    qsort(names, ARRAY_LEN(names), sizeof names[0], by_text);
    assert_int_equal(walk_open(&path, 1, &walk, NULL), TRABAO_OK);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
            assert_int_equal(walk_next(walk, &file, NULL), TRABAO_OK);
            assert_string_equal(file.path + strlen("many/"), names[i]);
            assert_int_equal(file.size, 1);
        }
        assert_int_equal(walk_next(walk, &file, NULL), TRABAO_NONE);
        walk_rewind(walk);
    }
    walk_close(walk);
}

static void no_memory_at_any_place(void **state)
{
    (void)state;
    assert_int_equal(mkdir("oom", 0700) | mkdir("oom/d", 0700), 0);
    write_text("oom/a", LINE);
    write_text("oom/d/b", LINE);
    write_text("oom/d/empty", "");
    assert_int_equal(symlink("../oom", "oom/again") | symlink("d", "oom/e"), 0);
    const char *path = "oom";
    enum trabao_status status = TRABAO_NO_MEMORY;
    for (uint64_t k = 1; status != TRABAO_OK; k++) {
        struct harvest h = {0};
        struct trabao_error err = {0};
        mem_fail_at(k, k % 2);
        status = harvest_paths(&path, 1, (struct corpus_options){0}, &h, &err);
        mem_fail_at(0, false);
        assert_true(status == TRABAO_NO_MEMORY || (status == TRABAO_OK && h.records == 3 && h.rejects == 2));
        buf_free(&h.text);
        assert_true(k < 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_compression_by_content),
        cmocka_unit_test(several_streams_in_one_file),
        cmocka_unit_test(a_stream_cut_short),
        cmocka_unit_test(damaged_streams_do_not_stop_the_walk),
        cmocka_unit_test(a_bomb_is_refused),
        cmocka_unit_test(folders_in_the_order_of_names),
        cmocka_unit_test(links_in_folders_are_followed),
        cmocka_unit_test(links_that_lead_in_circles),
        cmocka_unit_test(links_from_everywhere_to_everywhere),
        cmocka_unit_test(what_is_not_read_is_told_with_its_reason),
        cmocka_unit_test(folders_nested_too_deeply),
        cmocka_unit_test(nothing_in_it),
        cmocka_unit_test(binary_files_are_one_reject),
        cmocka_unit_test(tables_are_refused),
        cmocka_unit_test(names_that_do_not_exist),
        cmocka_unit_test(files_closed_to_us),
        cmocka_unit_test(a_name_that_is_no_text),
        cmocka_unit_test(standard_input),
        cmocka_unit_test(formats_by_name),
        cmocka_unit_test(a_page_that_is_too_large),
        cmocka_unit_test(many_names),
        cmocka_unit_test(no_memory_at_any_place),
    };
    return cmocka_run_group_tests(tests, enter_scratch, leave_scratch);
}
