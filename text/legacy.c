/*
 * legacy.c - see legacy.h. A table gives what each high byte means by itself; in VNI most high bytes are marks of the
 * letter before them. Code tables after RFC 1456 (VISCII) and TCVN 5712:1993, whose capitals fill what the fonts of
 * TCVN3 leave free; of 0x80 to 0x9F TCVN3 and VNI have the punctuation of Windows.
 */
#include "text/legacy.h"

#include <uchar.h>
#include <unicode/uchar.h>

#include "base/utf8.h"
#include "text/letter.h"

#define HIGH 0x80       /* the first byte of the tables */
#define NOTHING 0xFFFD  /* what the tables have for a byte without a meaning */
#define CAPITAL 0x20    /* in VNI, the distance of a mark or letter from its capital */
#define VNI_LETTERS 0xC0

static const char16_t tcvn3[] = u"€�‚�„…†‡�‰�‹����"
                                u"�‘’“”•–—�™�›����"
                                u"\u00A0ĂÂÊÔƠƯĐăâêôơưđẰ"
                                u"�����àảãáạẲằẳẵắẴ"
                                u"ẮẦẨẪẤỀặầẩẫấậèỂẻẽ"
                                u"éẹềểễếệìỉỄẾỒĩíịò"
                                u"Ổỏõóọồổỗốộờởỡớợù"
                                u"ỖủũúụừửữứựỳỷỹýỵỐ";

static const char16_t viscii[] = u"ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ"
                                 u"ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ"
                                 u"Õắằặấầẩậẽẹếềểễệố"
                                 u"ồổỗỠƠộờởịỰỨỪỬơớƯ"
                                 u"ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ"
                                 u"ĐứÒÓÔạỷừửÙÚỹỵÝỡư"
                                 u"àáâãảăữẫèéêẻìíĩỉ"
                                 u"đựòóôõỏọụùúũủýợỮ";

/* The capitals of VISCII for which the high bytes were not enough. */
static const struct {
    char byte;
    char16_t meaning;
} viscii_low[] = {{0x02, u'Ẳ'}, {0x05, u'Ẵ'}, {0x06, u'Ẫ'}, {0x14, u'Ỷ'}, {0x19, u'Ỹ'}, {0x1E, u'Ỵ'}};

/* VNI: bytes that are letters, then bytes that are marks; small ones. */
static const struct {
    uint8_t byte;
    char16_t meaning;
} vni_letters[] = {{0xF1, u'đ'}, {0xF4, u'ơ'}, {0xF6, u'ư'}, {0xEC, u'ì'}, {0xED, u'í'},
                   {0xE6, u'ỉ'}, {0xF3, u'ĩ'}, {0xF2, u'ị'}, {0xEE, u'ỵ'}};

static const struct {
    uint8_t byte, shape, tone;
} vni_marks[] = {
    {0xF8, SHAPE_NONE, TONE_GRAVE},       {0xF9, SHAPE_NONE, TONE_ACUTE},       {0xFB, SHAPE_NONE, TONE_HOOK},
    {0xF5, SHAPE_NONE, TONE_TILDE},       {0xEF, SHAPE_NONE, TONE_DOT},         {0xE2, SHAPE_CIRCUMFLEX, TONE_NONE},
    {0xE0, SHAPE_CIRCUMFLEX, TONE_GRAVE}, {0xE1, SHAPE_CIRCUMFLEX, TONE_ACUTE}, {0xE5, SHAPE_CIRCUMFLEX, TONE_HOOK},
    {0xE3, SHAPE_CIRCUMFLEX, TONE_TILDE}, {0xE4, SHAPE_CIRCUMFLEX, TONE_DOT},   {0xEA, SHAPE_BREVE, TONE_NONE},
    {0xE8, SHAPE_BREVE, TONE_GRAVE},      {0xE9, SHAPE_BREVE, TONE_ACUTE},      {0xFA, SHAPE_BREVE, TONE_HOOK},
    {0xFC, SHAPE_BREVE, TONE_TILDE},      {0xEB, SHAPE_BREVE, TONE_DOT}};

/* ---- one byte -------------------------------------------------------------------------------------------------- */

static uint32_t meaning_in_viscii(uint8_t byte)
{
    for (size_t i = 0; i < ARRAY_LEN(viscii_low); i++) {
        if (viscii_low[i].byte == (char)byte) {
            return viscii_low[i].meaning;
        }
    }
    return byte < HIGH ? byte : viscii[byte - HIGH];
}

/* The letter BEFORE with the mark BYTE; NOTHING if it is none, or the letter cannot bear it. */
static uint32_t marked_in_vni(uint32_t before, uint8_t byte)
{
    struct letter letter = letter_split(before);
    for (size_t i = 0; letter.base != 0 && i < ARRAY_LEN(vni_marks); i++) {
        if (vni_marks[i].byte != (byte | CAPITAL)) {
            continue;
        }
        if (letter.tone != TONE_NONE || (vni_marks[i].shape != SHAPE_NONE && letter.shape != SHAPE_NONE)) {
            return NOTHING;
        }
        letter.tone = vni_marks[i].tone;
        letter.shape = MAX(letter.shape, vni_marks[i].shape);
        const uint32_t joined = letter_join(letter);
        if (joined == 0) {
            return NOTHING;
        }
        return letter_is_capital(before) ? (uint32_t)u_toupper((UChar32)joined) : joined;
    }
    return NOTHING;
}

/* A byte of VNI by itself: a letter, punctuation of Windows or of Latin-1. */
static uint32_t meaning_in_vni(uint8_t byte)
{
    for (size_t i = 0; byte >= VNI_LETTERS && i < ARRAY_LEN(vni_letters); i++) {
        if (vni_letters[i].byte == byte) {
            return vni_letters[i].meaning;
        }
        if (vni_letters[i].byte == byte + CAPITAL) {
            return (uint32_t)u_toupper(vni_letters[i].meaning);
        }
    }
    if (byte >= VNI_LETTERS) {
        return NOTHING;
    }
    return byte >= HIGH && byte < 0xA0 ? tcvn3[byte - HIGH] : byte;
}

static uint32_t meaning_of(enum legacy encoding, uint8_t byte)
{
    switch (encoding) {
    case LEGACY_VNI:
        return meaning_in_vni(byte);
    case LEGACY_VISCII:
        return meaning_in_viscii(byte);
    case LEGACY_TCVN3:
    case LEGACY_COUNT:
    default:
        return byte < HIGH ? byte : tcvn3[byte - HIGH];
    }
}

/* ---- all of them ----------------------------------------------------------------------------------------------- */

const char *legacy_name(enum legacy encoding)
{
    static const char *const names[] = {"tcvn3", "vni", "viscii"};
    return names[encoding];
}

bool legacy_to_utf8(enum legacy encoding, const char *text, size_t n, struct buf *out)
{
    uint32_t before = 0;
    size_t before_at = out->len;
    for (size_t i = 0; i < n; i++) {
        const uint8_t byte = (uint8_t)text[i];
        char bytes[4];
        uint32_t c = meaning_of(encoding, byte);
        if (c == NOTHING && encoding == LEGACY_VNI && out->len > before_at) {
            c = marked_in_vni(before, byte);
            out->len = c == NOTHING ? out->len : before_at;
        }
        before_at = out->len;
        if (c == NOTHING || !buf_append(out, bytes, utf8_encode(c, bytes))) {
            return false;
        }
        before = c;
    }
    return true;
}
