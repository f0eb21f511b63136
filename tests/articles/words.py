# Vietnamese text by Python's own means: words by one regular expression, keys by unicodedata. Shares nothing with the
# product, so that what agrees with it is right for two reasons.
#
# The key of a word is its letters without tone, and its tone: where the tone mark stands and how it is encoded does not
# show in it. Letters keep their shape marks (ă â ê ô ơ ư đ).
import functools
import re
import unicodedata

TONES = "\u0300\u0301\u0303\u0309\u0323"
STROKES = {"Ð": "đ", "ð": "đ", "Ɖ": "đ", "ɖ": "đ", "Đ": "đ"}
INITIALS = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx]|"
FINALS = "ch|ng|nh|[ckmnpt]"
OPEN = ("a ă â e ê i o ô ơ u ư y ai ao au âu ay ây eo êu ia iu oa oe oi ôi ơi ua uê ui uơ uy ưa ưi ưu iêu yêu oai oao "
        "oay oeo uây uôi uya uyu ươi ươu").split()
CLOSED = "a ă â e ê i o ô ơ u ư y iê oa oă oe oo uâ uê uô uy ươ yê uyê".split()


def character_class(*categories):
    """Of the characters below U+30000, for use between square brackets."""
    spans = []
    for code in range(0x30000):
        if unicodedata.category(chr(code)) not in categories:
            continue
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return "".join(f"\\U{a:08x}-\\U{b:08x}" for a, b in spans)


LETTERS = character_class("Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl")
INSIDE = character_class("Mn", "Mc", "Me", "Cf")
WORD = re.compile(f"[0-9]+(?:[.,][0-9]+)+|[{LETTERS}][{LETTERS}{INSIDE}]*")
INVISIBLE = re.compile("[" + character_class("Cf") + "]")
SYLLABLE = re.compile(f"({INITIALS})(?:({'|'.join(sorted(OPEN, key=len, reverse=True))})|"
                      f"({'|'.join(sorted(CLOSED, key=len, reverse=True))})({FINALS}))")


@functools.cache
def key(word):
    """(letters, tone) of a word."""
    letters, tones = [], []
    for character in unicodedata.normalize("NFD", INVISIBLE.sub("", word)).casefold():
        character = STROKES.get(character, character)
        (tones if character in TONES else letters).append(character)
    letters = unicodedata.normalize("NFC", "".join(letters))
    return re.sub("^([hklmst]|qu)y$", r"\1i", letters), "".join(tones)


def syllable(letters):
    """The match of a Vietnamese syllable's toneless letters, or None."""
    return SYLLABLE.fullmatch(letters)


def without_shapes(letters):
    plain = "".join(c for c in unicodedata.normalize("NFD", letters) if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", plain).replace("đ", "d")


def words(text):
    return WORD.findall(text or "")
