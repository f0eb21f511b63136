/*
 * charset.c - see charset.h. Converting is ICU's work; deciding is ours.
 *
 * An 8-bit encoding gives some text for nearly all bytes, so that it does is no proof: what counts is in which of them
 * most words are Vietnamese syllables. Other languages are windows-1258 where nothing speaks against it: neither UTF-8
 * with a damaged byte (known by its many sound sequences) nor binary data (control characters) may pass for that.
 */
#include "text/charset.h"

#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/unorm2.h>

#include "base/utf8.h"
#include "text/legacy.h"
#include "text/letter.h"
#include "text/syllable.h"
#include "text/text.h"

#define BOM "\xEF\xBB\xBF"
#define BYTES_MAX 3  /* of UTF-8 that one byte can become */
#define WORD_MAX 256 /* bytes of a word that is looked at */
#define SOFT_HYPHEN 0xad

/* ---- control characters ---------------------------------------------------------------------------------------- */

/* Length of the control character at P, which has LEFT bytes of valid UTF-8; 0: it is none, or tab or newline. */
static size_t control_at(const char *p, size_t left)
{
    const uint8_t c = (uint8_t)p[0];
    if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f) {
        return 1;
    }
    return c == 0xc2 && left > 1 && (uint8_t)p[1] < 0xa0 ? 2 : 0;
}

#define EACH_BYTE(x) (UINT64_C(0x0101010101010101) * (x))
#define HAS_LESS(v, n) (((v) - EACH_BYTE(n)) & ~(v) & EACH_BYTE(0x80)) /* a byte below N, which is at most 0x80 */

/* True when none of the 8 bytes at P can be part of a control character. Some that cannot are not seen to be so. */
static bool is_plain(const char *p)
{
    const uint64_t v = LOAD(uint64_t, p);
    return !(HAS_LESS(v, 0x20) | HAS_LESS(v ^ EACH_BYTE(0x7f), 1) | HAS_LESS(v ^ EACH_BYTE(0xc2), 1));
}

bool charset_is_clean(const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        if (n - i >= sizeof(uint64_t) && is_plain(text + i)) {
            i += sizeof(uint64_t);
        } else if (control_at(text + i, n - i)) {
            return false;
        } else {
            i++;
        }
    }
    return true;
}

/* Appends valid UTF-8 with its control characters as blanks, and any line's end as a newline; most text has none. */
static bool append_clean(const char *text, size_t n, struct buf *out)
{
    size_t done = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t len = control_at(text + i, n - i);
        if (!len) {
            continue;
        }
        buf_append(out, text + done, i - done);
        if (!(text[i] == '\r' && i + 1 < n && text[i + 1] == '\n')) {
            buf_append_char(out, text[i] == '\r' ? '\n' : ' ');
        }
        i += len - 1;
        done = i + 1;
    }
    return buf_append(out, text + done, n - done);
}

/* ---- does it look like a language? ----------------------------------------------------------------------------- */

/* What was seen of a converted text. */
struct impression {
    size_t words, accented; /* words; those with other letters than ASCII's */
    size_t syllables;       /* accented words that are Vietnamese syllables */
    size_t odd;             /* controls, tone marks on consonants, symbols inside words */
    size_t humps;           /* capitals with marks behind small letters */
};

/* Letters and marks that Vietnamese is written with, in the shape of a syllable. */
static bool is_vietnamese(const char *word, size_t n)
{
    char form[TEXT_FORM_MAX];
    for (size_t i = 0; i < n;) {
        uint32_t c;
        uint8_t shape, tone;
        i += utf8_decode(word + i, n - i, &c);
        if (!letter_split(c).base && !letter_mark(c, &shape, &tone)) {
            return false;
        }
    }
    const size_t len = syllable_canonical(word, n, form);
    return len && len != SYLLABLE_FAILED && text_is_syllable(form, len);
}

static void look_at_word(struct impression *seen, const char *word, size_t n)
{
    bool accented = false;
    for (size_t i = 0; i < n; i++) {
        accented = accented || (uint8_t)word[i] >= 0x80;
    }
    seen->words++;
    seen->accented += accented;
    seen->syllables += accented && is_vietnamese(word, MIN(n, (size_t)WORD_MAX));
}

/* A symbol that no language puts between two letters; apostrophes and hyphens may stand there. */
static bool is_symbol(uint32_t c)
{
    return c >= 0x80 && !u_isUWhiteSpace((UChar32)c) && (c == SOFT_HYPHEN || !u_ispunct((UChar32)c));
}

static struct impression look_at(const char *text, size_t n)
{
    struct impression seen = {0};
    size_t word = 0, symbol = 0; /* where the word and the symbol before this place began, plus one; 0: none */
    uint32_t before = ' ';
    for (size_t i = 0; i < n;) {
        uint32_t c;
        const size_t len = utf8_decode(text + i, n - i, &c);
        const bool is_mark = u_charType((UChar32)c) == U_NON_SPACING_MARK;
        if (u_isalpha((UChar32)c) || (is_mark && word)) {
            seen.odd += (is_mark && !letter_is_vowel(letter_split(before).base)) || (symbol && !word);
            seen.humps += word && c >= 0x80 && u_isupper((UChar32)c) && u_islower((UChar32)before);
            word = word ? word : i + 1;
            symbol = 0;
        } else {
            if (word) {
                look_at_word(&seen, text + word - 1, i - (word - 1));
            }
            seen.odd += is_mark || (c >= 0x80 && c < 0xa0);
            symbol = word && is_symbol(c) ? i + 1 : 0;
            word = 0;
        }
        before = c;
        i += len;
    }
    if (word) {
        look_at_word(&seen, text + word - 1, n - (word - 1));
    }
    return seen;
}

/* The accented words are nearly all syllables. */
static bool is_vietnamese_text(const struct impression *seen)
{
    return seen->accented * 5 > seen->words && seen->syllables * 10 >= seen->accented * 8 &&
           seen->odd * 50 <= seen->words;
}

/* Vietnamese has marks on most words; other languages have few. */
static bool is_plausible(const struct impression *seen)
{
    return seen->accented * 3 > seen->words ? is_vietnamese_text(seen) : seen->odd == 0;
}

/* UTF-8 with some damage: more of its high bytes stand in sound sequences than elsewhere. */
static bool is_damaged_utf8(const char *text, size_t n)
{
    size_t sound = 0, stray = 0;
    for (size_t i = 0; i < n;) {
        uint32_t c;
        const size_t len = utf8_decode(text + i, n - i, &c);
        sound += len > 1 ? len : 0;
        stray += len == 1 && (uint8_t)text[i] >= 0x80;
        i += len;
    }
    return sound > stray;
}

/* ---- encodings --------------------------------------------------------------------------------------------------- */

/* Appends what TEXT is in ENCODING, by ICU; false when a byte has no meaning there, or OUT has no room for it. */
static bool convert(const char *encoding, const char *text, size_t n, struct buf *out)
{
    UErrorCode code = U_ZERO_ERROR;
    if (n > INT32_MAX / BYTES_MAX) {
        return false;
    }
    UConverter *converter = ucnv_open(encoding, &code);
    char *room = buf_reserve(out, n * BYTES_MAX);
    bool ok = false;
    if (!room || code == U_MEMORY_ALLOCATION_ERROR) {
        out->failed = true;
    } else if (U_SUCCESS(code)) {
        ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &code);
        const int32_t len =
            ucnv_toAlgorithmic(UCNV_UTF8, converter, room, (int32_t)(n * BYTES_MAX), text, (int32_t)n, &code);
        ok = U_SUCCESS(code);
        out->len += ok ? (size_t)len : 0;
    }
    ucnv_close(converter);
    return ok;
}

static const struct {
    const char *mark, *icu, *name;
} UTF16[] = {{"\xFF\xFE", "UTF-16LE", "utf-16le"}, {"\xFE\xFF", "UTF-16BE", "utf-16be"}};

/* The 8-bit encodings: that of ICU, then our own. */
#define EIGHT_BIT_ICU 0
#define EIGHT_BIT_COUNT (1 + LEGACY_COUNT)
#define WINDOWS_1258 "windows-1258"

static bool convert_8_bit(size_t encoding, const char *text, size_t n, struct buf *out)
{
    buf_clear(out);
    return encoding == EIGHT_BIT_ICU ? convert(WINDOWS_1258, text, n, out)
                                     : legacy_to_utf8((enum legacy)(encoding - 1), text, n, out);
}

/* Less that is wrong, or else more that is right. */
static bool reads_better(const struct impression *a, const struct impression *b)
{
    const size_t wrong_a = a->accented - a->syllables + a->odd + a->humps;
    const size_t wrong_b = b->accented - b->syllables + b->odd + b->humps;
    return wrong_a != wrong_b ? wrong_a < wrong_b : a->syllables > b->syllables;
}

/* The 8-bit encoding in which TEXT reads best; EIGHT_BIT_COUNT: it makes no sense in any, or WORK has no room. */
static size_t best_8_bit(const char *text, size_t n, struct buf *work)
{
    size_t best = EIGHT_BIT_COUNT;
    struct impression of_best = {0};
    for (size_t i = is_damaged_utf8(text, n) ? EIGHT_BIT_ICU + 1 : EIGHT_BIT_ICU; i < EIGHT_BIT_COUNT; i++) {
        if (convert_8_bit(i, text, n, work)) {
            const struct impression seen = look_at(buf_str(work), work->len);
            const bool plausible = i == EIGHT_BIT_ICU ? is_plausible(&seen) : is_vietnamese_text(&seen);
            if (plausible && (best == EIGHT_BIT_COUNT || reads_better(&seen, &of_best))) {
                best = i;
                of_best = seen;
            }
        } else if (work->failed) {
            return EIGHT_BIT_COUNT;
        }
    }
    return best;
}

static bool from_8_bit(const char *text, size_t n, struct buf *out, const char **encoding)
{
    struct buf utf8;
    buf_init(&utf8, n * BYTES_MAX);
    const size_t best = best_8_bit(text, n, &utf8);
    bool ok = false;
    if (best < EIGHT_BIT_COUNT && convert_8_bit(best, text, n, &utf8)) {
        *encoding = best == EIGHT_BIT_ICU ? WINDOWS_1258 : legacy_name((enum legacy)(best - 1));
        ok = append_clean(buf_str(&utf8), utf8.len, out);
    }
    out->failed = out->failed || utf8.failed;
    buf_free(&utf8);
    return ok;
}

static bool from_utf16(size_t order, const char *text, size_t n, struct buf *out)
{
    struct buf utf8;
    buf_init(&utf8, n * BYTES_MAX);
    const bool ok = convert(UTF16[order].icu, text, n, &utf8) && append_clean(buf_str(&utf8), utf8.len, out);
    out->failed = out->failed || utf8.failed;
    buf_free(&utf8);
    return ok;
}

bool charset_to_utf8(const char *text, size_t n, struct buf *out, const char **encoding)
{
    if (utf8_valid_prefix(text, n) == n) {
        const size_t skip = n >= 3 && memcmp(text, BOM, 3) == 0 ? 3 : 0;
        *encoding = "utf-8";
        return append_clean(text + skip, n - skip, out);
    }
    for (size_t i = 0; i < ARRAY_LEN(UTF16); i++) {
        if (n >= 2 && memcmp(text, UTF16[i].mark, 2) == 0) {
            *encoding = UTF16[i].name;
            if (from_utf16(i, text + 2, n - 2, out)) {
                return true;
            }
        }
    }
    return !memchr(text, '\0', n) && from_8_bit(text, n, out, encoding);
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
