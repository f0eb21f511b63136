/*
 * test_analyzer.h - the one analyzer of a test program, opened and closed with its group of tests.
 */
#ifndef TRABAO_TEST_ANALYZER_H
#define TRABAO_TEST_ANALYZER_H

#include "text/text.h"

static struct text_analyzer *analyzer;

static int open_analyzer(void **state)
{
    (void)state;
    return text_analyzer_open(&analyzer, NULL) == TRABAO_OK ? 0 : -1;
}

static int close_analyzer(void **state)
{
    (void)state;
    text_analyzer_close(analyzer);
    return 0;
}

#endif
