/*
 * normal.h - ICU's part in canonical forms: normalisation and case folding of whatever the tables of letter.c lack.
 *
 * The functions keep no state: ICU's normalizers are shared and immutable.
 */
#ifndef TRABAO_NORMAL_H
#define TRABAO_NORMAL_H

#include "base/base.h"

#define NORMAL_INPUT_MAX 256
#define NORMAL_FOLDED_MAX (NORMAL_INPUT_MAX * 6) /* no character decomposes and folds to more */
#define NORMAL_FAILED SIZE_MAX

/*
 * The NFD of C (N <= NORMAL_INPUT_MAX code points), case-folded, in NFD again. OUT has room for NORMAL_FOLDED_MAX
 * code points. Returns their number, NORMAL_FAILED when ICU ran out of memory.
 */
size_t normal_fold_case(const uint32_t *c, size_t n, uint32_t *out);

/*
 * The NFC of C (N <= NORMAL_FOLDED_MAX code points) as UTF-8, cut at a character so that it fits in MAX bytes.
 * Returns its length, NORMAL_FAILED when ICU ran out of memory.
 */
size_t normal_compose(const uint32_t *c, size_t n, char *out, size_t max);

/* What normal_strip removes. */
enum normal_marks {
    NORMAL_TONES,    /* the five tone marks, from vowels */
    NORMAL_ALL_MARKS /* every combining mark, from Latin letters; the strokes of đ ø ł ħ ŧ; ı becomes i */
};

/* FORM (N bytes, a canonical form) without MARKS, in NFC; at most MAX bytes to OUT. As normal_compose otherwise. */
size_t normal_strip(const char *form, size_t n, enum normal_marks marks, char *out, size_t max);

#endif
