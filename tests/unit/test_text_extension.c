/*
 * test_text_extension.c - the loadable extension as SQLite loads it: by its file name, with one symbol exported.
 *
 * The file is looked for in the folders above this program; without it the tests are skipped.
 */
#include "tests/unit/test_text_support.h"

#include <dlfcn.h>
#include <libgen.h>
#include <unistd.h>

#include <sqlite3.h>

static char path[4096];

static int find_extension(void **state)
{
    (void)state;
    char folder[2048];
    const ssize_t n = readlink("/proc/self/exe", folder, sizeof folder - 1);
    if (n < 0) {
        return -1;
    }
    folder[n] = 0;
    for (char *up = dirname(folder); strlen(up) > 1; up = dirname(up)) {
        snprintf(path, sizeof path, "%s/trabao_fts5.so", up);
        if (access(path, R_OK) == 0) {
            return 0;
        }
    }
    path[0] = 0;
    print_message("trabao_fts5.so has not been built\n");
    return 0;
}

static sqlite3 *open_with_extension(void)
{
    sqlite3 *db = NULL;
    if (path[0] == 0) {
        skip();
    }
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_load_extension(db, path, NULL, NULL), SQLITE_OK);
    return db;
}

static void tokenizes_after_loading(void **state)
{
    (void)state;
    static const char setup[] = "CREATE VIRTUAL TABLE t USING fts5(a, tokenize = 'vietnamese fold full');"
                                "INSERT INTO t VALUES('Hoà bình ngày 30.4'), ('Từ vòng bảng')";
    sqlite3 *db = open_with_extension();
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_exec(db, setup, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT rowid FROM t('\"hòa binh\" \"30/4\"')", -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), 1);
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void exports_its_entry_alone(void **state)
{
    (void)state;
    static const char *const hidden[] = {"text_tokenize", "fts5_vietnamese_register", "mem_alloc", "sqlite3_api"};
    if (path[0] == 0) {
        skip();
    }
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    assert_non_null(dlsym(library, "sqlite3_trabaofts_init"));
    for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
        assert_null(dlsym(library, hidden[i]));
    }
    dlclose(library);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokenizes_after_loading),
        cmocka_unit_test(exports_its_entry_alone),
    };
    return cmocka_run_group_tests_name("text extension", tests, find_extension, NULL);
}
