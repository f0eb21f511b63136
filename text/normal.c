/*
 * normal.c - normalisation, case folding and stripping of marks, by ICU, on bounded buffers.
 */
#include "text/normal.h"

#include <unicode/unorm2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "text/letter.h"
#include "text/text.h"

#define UNITS_MAX (NORMAL_FOLDED_MAX * 2)

/* Each returns the number of UTF-16 units written to OUT (room for UNITS_MAX), -1 on failure. */
static int32_t to_utf16(const uint32_t *c, size_t n, UChar *out)
{
    int32_t len = 0;
    for (size_t i = 0; i < n; i++) {
        U16_APPEND_UNSAFE(out, len, c[i]);
    }
    return len;
}

static int32_t decompose(const UChar *in, int32_t n, UChar *out)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
    const int32_t len = unorm2_normalize(nfd, in, n, out, UNITS_MAX, &status);
    return U_FAILURE(status) ? -1 : len;
}

/* Returns the number of code points, NORMAL_FAILED on failure. */
static size_t from_utf16(const UChar *in, int32_t n, uint32_t *out)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t count = 0;
    u_strToUTF32((UChar32 *)out, NORMAL_FOLDED_MAX, &count, in, n, &status);
    return U_FAILURE(status) ? NORMAL_FAILED : (size_t)count;
}

size_t normal_fold_case(const uint32_t *c, size_t n, uint32_t *out)
{
    UChar a[UNITS_MAX];
    UChar b[UNITS_MAX];
    UErrorCode status = U_ZERO_ERROR;
    const int32_t units = to_utf16(c, n, a);
    int32_t len = decompose(a, units, b);
    if (len < 0) {
        return NORMAL_FAILED;
    }
    len = u_strFoldCase(a, UNITS_MAX, b, len, U_FOLD_CASE_DEFAULT, &status);
    if (U_FAILURE(status)) {
        return NORMAL_FAILED;
    }
    len = decompose(a, len, b);
    return len < 0 ? NORMAL_FAILED : from_utf16(b, len, out);
}

size_t normal_compose(const uint32_t *c, size_t n, char *out, size_t max)
{
    UChar a[UNITS_MAX];
    UChar b[UNITS_MAX];
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    const int32_t units = to_utf16(c, n, a);
    const int32_t len = unorm2_normalize(nfc, a, units, b, UNITS_MAX, &status);
    if (U_FAILURE(status)) {
        return NORMAL_FAILED;
    }
    char utf8[NORMAL_FOLDED_MAX * 4];
    int32_t written = 0;
    u_strToUTF8(utf8, sizeof utf8, &written, b, len, &status);
    if (U_FAILURE(status)) {
        return NORMAL_FAILED;
    }
    const size_t fits = utf8_clip(utf8, (size_t)written, max);
    memcpy(out, utf8, fits);
    return fits;
}

/* ---- stripping marks ------------------------------------------------------------------------------------------- */

/* Letters whose stroke (or missing dot) is no combining mark for Unicode. */
static uint32_t without_stroke(uint32_t c)
{
    switch (c) {
    case 0x111:
        return 'd';
    case 0xF8:
        return 'o';
    case 0x142:
        return 'l';
    case 0x127:
        return 'h';
    case 0x167:
        return 't';
    case 0x131:
        return 'i';
    default:
        return c;
    }
}

static bool strips(enum normal_marks marks, uint32_t mark, uint32_t base)
{
    if (marks == NORMAL_TONES) {
        uint8_t shape;
        uint8_t tone;
        return letter_mark(mark, &shape, &tone) && tone != TONE_NONE && base < 0x80 && letter_is_vowel((char)base);
    }
    UErrorCode status = U_ZERO_ERROR;
    return uscript_getScript((UChar32)base, &status) == USCRIPT_LATIN;
}

size_t normal_strip(const char *form, size_t n, enum normal_marks marks, char *out, size_t max)
{
    UChar a[UNITS_MAX];
    UChar b[UNITS_MAX];
    uint32_t kept[NORMAL_FOLDED_MAX];
    uint32_t c;
    int32_t len = 0;
    for (size_t i = 0; i < n && len < NORMAL_INPUT_MAX;) {
        i += utf8_decode(form + i, n - i, &c);
        U16_APPEND_UNSAFE(a, len, c);
    }
    len = decompose(a, len, b);
    if (len < 0) {
        return NORMAL_FAILED;
    }
    const size_t count = from_utf16(b, len, kept);
    if (count == NORMAL_FAILED) {
        return NORMAL_FAILED;
    }
    size_t k = 0;
    uint32_t base = 0;
    for (size_t i = 0; i < count; i++) {
        const bool mark = (U_GET_GC_MASK((UChar32)kept[i]) & U_GC_M_MASK) != 0;
        if (mark && strips(marks, kept[i], base)) {
            continue;
        }
        c = marks == NORMAL_ALL_MARKS ? without_stroke(kept[i]) : kept[i];
        if (!mark) {
            base = c;
        }
        kept[k++] = c;
    }
    return normal_compose(kept, k, out, max);
}

/* ---- whole texts ------------------------------------------------------------------------------------------------ */

#define PIECE_UNITS 1024

static bool append_composed(struct buf *out, const UChar *units, int32_t n)
{
    UChar composed[PIECE_UNITS * 3]; /* the most that NFC expands */
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    const int32_t len = unorm2_normalize(nfc, units, n, composed, PIECE_UNITS * 3, &status);
    char utf8[PIECE_UNITS * 9];
    int32_t written = 0;
    u_strToUTF8(utf8, sizeof utf8, &written, composed, len, &status);
    return U_SUCCESS(status) && buf_append(out, utf8, (size_t)written);
}

/*
 * The text goes through NFC in pieces that begin where normalisation cannot reach back. More combining marks in a
 * row than fit in a piece are cut apart: no written language has them.
 */
bool text_nfc(const char *text, size_t n, struct buf *out)
{
    UChar piece[PIECE_UNITS];
    int32_t len = 0;
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    if (U_FAILURE(status)) {
        return false;
    }
    for (size_t i = 0; i < n;) {
        uint32_t c;
        i += utf8_decode(text + i, n - i, &c);
        if (letter_is_invisible(c)) {
            continue;
        }
        const bool boundary = len > PIECE_UNITS / 2 && (c < 0x80 || unorm2_hasBoundaryBefore(nfc, (UChar32)c));
        if (boundary || len > PIECE_UNITS - 2) {
            if (!append_composed(out, piece, len)) {
                return false;
            }
            len = 0;
        }
        U16_APPEND_UNSAFE(piece, len, c);
    }
    return append_composed(out, piece, len);
}
