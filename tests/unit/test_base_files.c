/*
 * test_base_files.c - files that appear whole, and what programs say on stderr: log lines and the progress line. Stderr
 * is turned into a file, or into a terminal of our own.
 */
#include "base/base.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/fsutil.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/utf8.h"
#include "base/writeback.h"

#define PATH_BYTES 512
#define SAID_BYTES 65536

static char folder[PATH_BYTES - 64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "%s/trabao-base-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static void path_in(char out[PATH_BYTES], const char *name)
{
    snprintf(out, PATH_BYTES, "%s/%s", folder, name);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_file(const char *path, const char *text)
{
    char got[256] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    got[fread(got, 1, sizeof got - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(got, text);
}

/* ---- fsutil ---------------------------------------------------------------------------------------------------- */

static void the_folder_of_a_path(void **state)
{
    (void)state;
    static const char *const rows[][2] = {{"a.trabao", "."},  {"/a.trabao", "/"}, {"b/a.trabao", "b"},
                                          {"/b/c/a", "/b/c"}, {"./a", "."},       {"", "."}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *found = fs_folder(rows[i][0]);
        assert_string_equal(found, rows[i][1]);
        mem_free(found);
    }
}

static void publishing_replaces_the_file(void **state)
{
    (void)state;
    char temporary[PATH_BYTES], path[PATH_BYTES];
    struct trabao_error err = {0};
    path_in(temporary, "new.tmp");
    path_in(path, "archive");
    for (int round = 0; round < 2; round++) {
        write_file(temporary, round ? "second" : "first");
        assert_int_equal(fs_publish(temporary, path, &err), TRABAO_OK);
        assert_file(path, round ? "second" : "first");
        assert_int_equal(access(temporary, F_OK), -1);
    }
    unlink(path);
}

static void failures_name_the_step_and_leave_the_old_file(void **state)
{
    (void)state;
    char temporary[PATH_BYTES], path[PATH_BYTES], inside[PATH_BYTES];
    struct trabao_error err = {0};
    path_in(temporary, "new.tmp");
    path_in(path, "archive");
    write_file(path, "old");
    assert_int_equal(fs_publish(temporary, path, &err), TRABAO_IO);
    assert_non_null(strstr(err.message, temporary));
    assert_non_null(strstr(err.message, "No such file"));
    assert_file(path, "old");

    /* A folder that is not empty cannot be replaced by a file. */
    write_file(temporary, "new");
    path_in(inside, "folder");
    assert_int_equal(mkdir(inside, 0700), 0);
    assert_int_equal(fs_publish(temporary, inside, &err), TRABAO_IO);
    assert_non_null(strstr(err.message, "renaming"));
    assert_non_null(strstr(err.message, inside));
    assert_file(temporary, "new");

    mem_fail_at(1, true);
    assert_int_equal(fs_publish(temporary, path, &err), TRABAO_NO_MEMORY);
    mem_fail_at(0, false);
    assert_file(path, "old");
    rmdir(inside);
    unlink(temporary);
    unlink(path);
}

/* More than one buffer of bytes that are not all alike. */
static void write_numbers(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 400000; i++) {
        fprintf(file, "%d\n", i);
    }
    assert_int_equal(fclose(file), 0);
}

static void assert_same(const char *one, const char *other)
{
    FILE *a = fopen(one, "r"), *b = fopen(other, "r");
    int x, y;
    assert_non_null(a);
    assert_non_null(b);
    do {
        x = fgetc(a);
        y = fgetc(b);
        assert_int_equal(x, y);
    } while (x != EOF);
    fclose(a);
    fclose(b);
}

static void a_copy_is_the_same_and_has_the_same_permissions(void **state)
{
    (void)state;
    char from[PATH_BYTES], to[PATH_BYTES];
    struct stat facts;
    struct trabao_error err = {0};
    path_in(from, "archive");
    path_in(to, "copy");
    write_numbers(from);
    assert_int_equal(chmod(from, 0662), 0);
    assert_int_equal(fs_copy(from, to, &err), TRABAO_OK);
    assert_same(from, to);
    assert_int_equal(stat(to, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0662);
    /* What is there already is left alone. */
    write_file(to, "mine");
    assert_int_equal(fs_copy(from, to, &err), TRABAO_IO);
    assert_file(to, "mine");
    unlink(from);
    assert_int_equal(fs_copy(from, to, &err), TRABAO_IO);
    assert_non_null(strstr(err.message, from));
    unlink(to);
}

/* From a file system of another kind, between which the kernel may refuse to copy. */
static void a_copy_from_elsewhere_is_the_same(void **state)
{
    (void)state;
    char to[PATH_BYTES], from[] = "/dev/shm/trabao-copy-XXXXXX";
    struct trabao_error err = {0};
    const int fd = mkstemp(from);
    if (fd < 0) {
        skip();
    }
    close(fd);
    path_in(to, "copy");
    write_numbers(from);
    assert_int_equal(fs_copy(from, to, &err), TRABAO_OK);
    assert_same(from, to);
    unlink(from);
    unlink(to);
}

/* The file grows over several rounds of the thread's, the last of which is cut short. */
static void a_file_written_back_is_what_was_written(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    struct writeback *writeback;
    struct trabao_error err = {0};
    path_in(path, "growing");
    assert_int_equal(writeback_start(path, &writeback, &err), TRABAO_IO);
    assert_non_null(strstr(err.message, path));
    writeback_stop(writeback);
    writeback_stop(NULL);
    write_file(path, "");
    assert_int_equal(writeback_start(path, &writeback, &err), TRABAO_OK);
    for (size_t i = 0; i < 5; i++) {
        FILE *file = fopen(path, "a");
        assert_non_null(file);
        assert_true(fputs("more ", file) >= 0);
        assert_int_equal(fclose(file), 0);
        usleep(100000);
    }
    const double before = clock_ms();
    writeback_stop(writeback);
    assert_true(clock_ms() - before < 5000);
    assert_file(path, "more more more more more ");
    unlink(path);
}

/* ---- stderr ---------------------------------------------------------------------------------------------------- */

struct capture {
    int kept[2]; /* the real stdout and stderr */
    int file;    /* what stderr is meanwhile */
};

static void begin_capture(struct capture *c, int target)
{
    fflush(stdout);
    fflush(stderr);
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        c->kept[fd - STDOUT_FILENO] = dup(fd);
    }
    c->file = target;
    assert_int_equal(dup2(target, STDERR_FILENO), STDERR_FILENO);
}

static void end_capture(struct capture *c)
{
    fflush(stdout);
    fflush(stderr);
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        dup2(c->kept[fd - STDOUT_FILENO], fd);
        close(c->kept[fd - STDOUT_FILENO]);
    }
}

static int new_file(void)
{
    char path[PATH_BYTES];
    path_in(path, "said");
    const int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    unlink(path);
    return fd;
}

/* What was written to FD, which is closed. */
static size_t read_said(int fd, char said[SAID_BYTES])
{
    const ssize_t n = pread(fd, said, SAID_BYTES - 1, 0);
    assert_true(n >= 0);
    said[n] = '\0';
    close(fd);
    return (size_t)n;
}

static size_t log_said(enum log_level level, const char *message, const struct log_field *fields, size_t count,
                       char said[SAID_BYTES])
{
    struct capture c;
    begin_capture(&c, new_file());
    log_line(level, message, fields, count);
    end_capture(&c);
    return read_said(c.file, said);
}

/* Whatever the value holds, the line is one line of valid UTF-8 that no terminal takes for orders. */
static void assert_harmless(const char *said, size_t n)
{
    assert_true(n > 0 && said[n - 1] == '\n' && memchr(said, '\n', n) == said + n - 1);
    for (size_t i = 0; i + 1 < n; i++) {
        assert_true((uint8_t)said[i] >= 0x20 && said[i] != 0x7f);
        assert_false((uint8_t)said[i] == 0xc2 && (uint8_t)said[i + 1] < 0xa0);
    }
    assert_int_equal(utf8_valid_prefix(said, n), n);
}

static void log_lines_are_keys_and_escaped_values(void **state)
{
    (void)state;
    static char said[SAID_BYTES];
    const struct log_field fields[] = {{"target", "/search?q=\"bão\"\r\nX: y\\"}, {"ms", "12"}};
    const size_t n = log_said(LOG_WARNING, "slow query", fields, ARRAY_LEN(fields), said);
    struct civil when;
    assert_harmless(said, n);
    assert_true(civil_parse(said, strcspn(said, " "), &when));
    assert_string_equal(strchr(said, ' '), " level=warning message=\"slow query\" "
                                           "target=\"/search?q=\\\"bão\\\"\\x0d\\x0aX: y\\\\\" ms=\"12\"\n");
}

static void hostile_values_stay_on_their_line(void **state)
{
    (void)state;
    static char said[SAID_BYTES], longest[3 * 8192];
    static const char *const hostile[] = {"\x1b[2J", "\302\2332J", "\xFF\xFE", "a\xE1\xBA", "\x7f", ""};
    for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
        const struct log_field field = {"value", hostile[i]};
        assert_harmless(said, log_said(LOG_ERROR, hostile[i], &field, 1, said));
    }
    memset(longest, '"', sizeof longest - 1);
    const struct log_field fields[] = {{"first", longest}, {"second", longest}};
    assert_harmless(said, log_said(LOG_ERROR, "too long", fields, ARRAY_LEN(fields), said));
    assert_harmless(said, log_said(LOG_ERROR, longest, NULL, 0, said));
}

static void lines_above_the_level_are_dropped(void **state)
{
    (void)state;
    static char said[SAID_BYTES];
    assert_int_equal(log_said(LOG_DEBUG, "detail", NULL, 0, said), 0);
    log_set_level(LOG_DEBUG);
    assert_true(log_said(LOG_DEBUG, "detail", NULL, 0, said) > 0);
    log_set_level(LOG_ERROR);
    assert_int_equal(log_said(LOG_WARNING, "warning", NULL, 0, said), 0);
    assert_true(log_said(LOG_ERROR, "error", NULL, 0, said) > 0);
    log_set_level(LOG_INFO);
}

/* ---- progress -------------------------------------------------------------------------------------------------- */

/* Half a second of work that reports as often as it can. */
static void work(bool quiet, uint64_t total)
{
    struct progress p;
    progress_start(&p, "reading", quiet);
    const double end = clock_ms() + 500;
    for (uint64_t i = 1; clock_ms() < end; i++) {
        progress_update(&p, i, 1000 * i, MIN(i, total), total);
    }
    progress_end(&p);
}

static size_t count_of(const char *text, const char *piece)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, piece)); at += strlen(piece)) {
        count++;
    }
    return count;
}

/* In half a second at six a second: four lines at most, then the last one erased. */
static void assert_progress(const char *said, size_t n, bool with_share)
{
    const size_t drawn = count_of(said, "reading: ");
    assert_in_range(drawn, 1, 4);
    assert_int_equal(count_of(said, "articles"), drawn);
    assert_int_equal(count_of(said, "MB/s"), drawn);
    assert_int_equal(count_of(said, " s left"), with_share ? drawn : 0);
    assert_int_equal(count_of(said, " %"), with_share ? drawn : 0);
    assert_null(strchr(said, '\n'));
    assert_true(n >= 4 && strcmp(said + n - 4, "\r\033[K") == 0);
}

static void progress_is_for_terminals(void **state)
{
    (void)state;
    static char said[SAID_BYTES];
    struct capture c;
    begin_capture(&c, new_file());
    assert_int_equal(dup2(STDERR_FILENO, STDOUT_FILENO), STDOUT_FILENO);
    work(false, 10);
    end_capture(&c);
    assert_int_equal(read_said(c.file, said), 0);
}

static void progress_can_be_asked_for(void **state)
{
    (void)state;
    static char said[SAID_BYTES];
    struct capture c;
    setenv("TRABAO_PROGRESS", "always", 1);
    for (int known = 0; known <= 1; known++) {
        begin_capture(&c, new_file());
        work(false, known ? 1000000 : 0);
        end_capture(&c);
        const size_t n = read_said(c.file, said);
        assert_progress(said, n, known);
    }
    begin_capture(&c, new_file());
    work(true, 10);
    end_capture(&c);
    assert_int_equal(read_said(c.file, said), 0);
    unsetenv("TRABAO_PROGRESS");
}

static void progress_on_a_terminal(void **state)
{
    (void)state;
    char said[4096];
    struct capture c;
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) {
        print_message("no terminal can be made here\n");
        skip();
    }
    const int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_true(terminal >= 0);
    begin_capture(&c, terminal);
    work(false, 1000000);
    end_capture(&c);
    size_t n = 0;
    assert_int_equal(fcntl(master, F_SETFL, O_NONBLOCK), 0);
    for (ssize_t got; (got = read(master, said + n, sizeof said - 1 - n)) > 0;) {
        n += (size_t)got;
    }
    said[n] = '\0';
    assert_progress(said, n, true);
    close(terminal);
    close(master);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_folder_of_a_path),
        cmocka_unit_test(publishing_replaces_the_file),
        cmocka_unit_test(failures_name_the_step_and_leave_the_old_file),
        cmocka_unit_test(a_copy_is_the_same_and_has_the_same_permissions),
        cmocka_unit_test(a_copy_from_elsewhere_is_the_same),
        cmocka_unit_test(a_file_written_back_is_what_was_written),
        cmocka_unit_test(log_lines_are_keys_and_escaped_values),
        cmocka_unit_test(hostile_values_stay_on_their_line),
        cmocka_unit_test(lines_above_the_level_are_dropped),
        cmocka_unit_test(progress_is_for_terminals),
        cmocka_unit_test(progress_can_be_asked_for),
        cmocka_unit_test(progress_on_a_terminal),
    };
    return cmocka_run_group_tests_name("base/files", tests, make_folder, remove_folder);
}
