/*
 * fixture.c - see fixture.h.
 */
#include "tests/http/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

void fixture_program(const char *relative, char out[PATH_MAX])
{
    char self[PATH_MAX];
    const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(n > 0);
    self[n] = '\0';
    *strrchr(self, '/') = '\0';
    const int length = snprintf(out, PATH_MAX, "%s/%s", self, relative);
    assert_true(length > 0 && length < PATH_MAX);
}

void fixture_open(struct fixture *fixture)
{
    const char *base = getenv("TMPDIR");
    const int n = snprintf(fixture->folder, sizeof fixture->folder, "%s/trabao-http-XXXXXX", base ? base : P_tmpdir);
    assert_true(n > 0 && (size_t)n < sizeof fixture->folder);
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->archive, sizeof fixture->archive, "%s/bao.trabao", fixture->folder);
    fixture_program("fake_server", fixture->program);
}

void fixture_close(struct fixture *fixture)
{
    unlink(fixture->archive);
    rmdir(fixture->folder);
}

void fixture_publish_text(const struct fixture *fixture, const char *text)
{
    char aside[1200];
    snprintf(aside, sizeof aside, "%s.new", fixture->archive);
    FILE *file = fopen(aside, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(rename(aside, fixture->archive), 0);
}

void fixture_publish(const struct fixture *fixture, unsigned generation, unsigned articles)
{
    char text[64];
    snprintf(text, sizeof text, "fake %u %u\n", generation, articles);
    fixture_publish_text(fixture, text);
}
