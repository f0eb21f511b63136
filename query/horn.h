/*
 * horn.h - người typed as nguời or ngưòi: one of the two horns of ươ is easily missed, and what comes out is no
 * syllable that Vietnamese has.
 */
#ifndef TRABAO_QUERY_HORN_H
#define TRABAO_QUERY_HORN_H

#include "base/base.h"

/*
 * True when TYPED (N bytes) is the canonical form FORM (LEN bytes) but for one horn of an ươ that something follows.
 * thuở is no such word: nothing follows.
 */
bool horn_missing(const char *typed, size_t n, const char *form, size_t len);

#endif
