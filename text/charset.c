/*
 * charset.c - see charset.h. Converting is ICU's work.
 */
#include "text/charset.h"

#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/unorm2.h>

#include "base/utf8.h"

#define BOM "\xEF\xBB\xBF"
#define BYTES_MAX 3 /* of UTF-8 that one byte can become */

/* Appends valid UTF-8 with control characters cleaned; most text has none. */
static bool append_clean(const char *text, size_t n, struct buf *out)
{
    size_t done = 0;
    for (size_t i = 0; i < n; i++) {
        const uint8_t c = (uint8_t)text[i];
        const bool bad = (c < 0x20 && c != '\t' && c != '\n') || c == 0x7f;
        const bool bad_c1 = c == 0xc2 && i + 1 < n && (uint8_t)text[i + 1] < 0xa0;
        if (!bad && !bad_c1) {
            continue;
        }
        buf_append(out, text + done, i - done);
        if (!(c == '\r' && i + 1 < n && text[i + 1] == '\n')) {
            buf_append_char(out, ' ');
        }
        i += bad_c1;
        done = i + 1;
    }
    return buf_append(out, text + done, n - done);
}

/* Converts with ICU; false when a byte has no meaning in ENCODING, or OUT is full. */
static bool convert(const char *encoding, const char *text, size_t n, struct buf *out)
{
    UErrorCode code = U_ZERO_ERROR;
    struct buf utf8;
    buf_init(&utf8, out->ceiling);
    UConverter *converter = n <= INT32_MAX / BYTES_MAX ? ucnv_open(encoding, &code) : NULL;
    char *room = converter ? buf_reserve(&utf8, n * BYTES_MAX) : NULL;
    bool ok = false;
    if (room) {
        ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &code);
        const int32_t len = ucnv_toAlgorithmic(UCNV_UTF8, converter, room, (int32_t)(n * BYTES_MAX), text, (int32_t)n,
                                               &code);
        ok = U_SUCCESS(code) && append_clean(room, (size_t)len, out);
    }
    ucnv_close(converter);
    buf_free(&utf8);
    return ok;
}

bool charset_to_utf8(const char *text, size_t n, struct buf *out, const char **encoding)
{
    static const struct {
        const char *mark, *name;
    } utf16[] = {{"\xFF\xFE", "UTF-16LE"}, {"\xFE\xFF", "UTF-16BE"}};
    if (utf8_valid_prefix(text, n) == n) {
        const size_t skip = n >= 3 && memcmp(text, BOM, 3) == 0 ? 3 : 0;
        *encoding = "utf-8";
        return append_clean(text + skip, n - skip, out);
    }
    const size_t before = out->len;
    for (size_t i = 0; i < ARRAY_LEN(utf16); i++) {
        if (n >= 2 && memcmp(text, utf16[i].mark, 2) == 0) {
            *encoding = i ? "utf-16be" : "utf-16le";
            return convert(utf16[i].name, text + 2, n - 2, out);
        }
    }
    *encoding = "windows-1258";
    if (!memchr(text, '\0', n) && convert("windows-1258", text, n, out)) {
        return true;
    }
    if (!buf_failed(out)) {
        out->len = before;
    }
    return false;
}

size_t charset_loose_key(const char *text, size_t n, char *out, size_t room)
{
    UErrorCode code = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&code);
    size_t len = 0;
    bool blank = true; /* a blank before the first character is dropped */
    for (size_t i = 0; i < n;) {
        uint32_t c;
        UChar parts[32];
        i += utf8_decode(text + i, n - i, &c);
        code = U_ZERO_ERROR;
        UChar32 base = u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT);
        const int32_t count = U_SUCCESS(code) ? unorm2_getDecomposition(nfd, base, parts, ARRAY_LEN(parts), &code) : -1;
        if (count > 0) {
            /* The letters that have a decomposition here all begin with a unit of their own. */
            base = parts[0];
        }
        if (base == 0x111 || base == 0xf0) {
            base = 'd';
        }
        if (u_charType(base) == U_NON_SPACING_MARK) {
            continue;
        }
        const bool is_blank = u_isUWhiteSpace(base);
        char bytes[4];
        const size_t step = is_blank ? 1 : utf8_encode((uint32_t)base, bytes);
        if (len + step > room) {
            break;
        }
        if (!is_blank) {
            memcpy(out + len, bytes, step);
            len += step;
        } else if (!blank) {
            out[len++] = ' ';
        }
        blank = is_blank;
    }
    return len && out[len - 1] == ' ' ? len - 1 : len;
}

bool charset_is_capital(uint32_t code_point)
{
    return u_isupper((UChar32)code_point) || u_istitle((UChar32)code_point);
}
