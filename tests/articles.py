"""Article records and Vietnamese text for the measuring scripts.

Records are JSON lines with the keys `id url title date author source category body`, plain or compressed with zstd,
gzip or xz. Text is cut and compared here in the plainest way that serves measuring; it owes nothing to the program
that is measured.
"""
import contextlib
import hashlib
import json
import re
import subprocess
import unicodedata

DECOMPRESSORS = {".zst": "zstdcat", ".gz": "zcat", ".xz": "xzcat"}
TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
CIRCUMFLEX, BREVE, HORN = "\u0302", "\u0306", "\u031b"
WORD = re.compile(r"[^\W_]+")


@contextlib.contextmanager
def open_lines(path):
    """The lines of a file as bytes, decompressed by the program that its name calls for."""
    program = next((p for ending, p in DECOMPRESSORS.items() if path.endswith(ending)), None)
    if program is None:
        with open(path, "rb") as lines:
            yield lines
        return
    process = subprocess.Popen([program, path], stdout=subprocess.PIPE)
    try:
        yield process.stdout
    finally:
        process.stdout.close()
        process.wait()


def read_articles(path):
    """Each record of a file of JSON lines, as a dict."""
    with open_lines(path) as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def key_of(record, number):
    """What a record is known by: its address, else its id, else its place (from 1)."""
    return record.get("url") or record.get("id") or str(number)


def number_of(key, purpose):
    """A number that depends on the key and on what it is for alone, the same in every run."""
    digest = hashlib.blake2b(f"{purpose}\t{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def words_of(text):
    """The words of a text in lower case, each with its marks as composed letters."""
    return WORD.findall(unicodedata.normalize("NFC", text).lower())


def fold(text):
    """The text without marks; đ is d."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn")


def toneless(text):
    """The text with its letters' marks, but without tones."""
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in TONES))


def telex_of_letter(letter):
    """The keys of a letter with its marks, but for the tone's, and the tone's key."""
    base, *marks = unicodedata.normalize("NFD", letter)
    keys = {"đ": "dd"}.get(base, base)
    keys += "".join(base if m == CIRCUMFLEX else "w" for m in marks if m in (CIRCUMFLEX, BREVE, HORN))
    return keys, "".join(TONES.get(m, "") for m in marks)


def telex_of_word(word, tone_last):
    keys, tones = "", ""
    for letter in word:
        letter_keys, tone = telex_of_letter(letter)
        keys += letter_keys + ("" if tone_last else tone)
        tones += tone if tone_last else ""
    return keys.replace("uwow", "uow") + tones


def telex(text, tone_last):
    """The keys of a text in Telex, as somebody types them who forgot to switch it on.

    ươ is uow, as most people type it; a tone's key is at the end of the word, or else right after its vowel.
    """
    words = unicodedata.normalize("NFC", text).split(" ")
    return " ".join(telex_of_word(word, tone_last) for word in words)


def spelling(word):
    """A word such that two spellings of one syllable are equal: hoà = hòa, tỷ = tỉ, quý = quí."""
    letters, tone = [], ""
    for c in unicodedata.normalize("NFD", word.lower().replace("đ", "d\u0335")):
        if c in TONES:
            tone = c
        else:
            letters.append(c)
    plain = unicodedata.normalize("NFC", "".join(letters))
    plain = re.sub(r"^(h|k|l|m|s|t|qu)y$", r"\1i", plain)
    return plain + tone
