/*
 * fixture.h - a temporary folder with a fake archive, and where the program under test is.
 */
#ifndef TRABAO_TESTS_HTTP_FIXTURE_H
#define TRABAO_TESTS_HTTP_FIXTURE_H

#include <limits.h>

#include "base/base.h"

struct fixture {
    char program[PATH_MAX]; /* fake_server, which is built beside the test */
    char folder[1024];
    char archive[1100];
};

void fixture_open(struct fixture *fixture);
void fixture_close(struct fixture *fixture);

/* Publishes a generation as the indexer does: written aside, then renamed. */
void fixture_publish(const struct fixture *fixture, unsigned generation, unsigned articles);

/* The same with any content, which need not be an archive. */
void fixture_publish_text(const struct fixture *fixture, const char *text);

/* The program NAME in the folder of the running test, or RELATIVE to it. */
void fixture_program(const char *relative, char out[PATH_MAX]);

#endif
